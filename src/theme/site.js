/* The one script. Every page works without it: it turns the search link into a button
 * that opens the box, offers copying and printing, and copies a paragraph's citation. */
(function () {
	"use strict";

	var link = document.querySelector(".search-open");
	var box = document.getElementById("search-box");

	function searchButton() {
		var button = document.createElement("button");

		function show(open) {
			box.hidden = !open;
			button.setAttribute("aria-expanded", String(open));
			button.textContent = open ? link.dataset.close : link.dataset.open;
			if (open) box.querySelector("input").focus();
		}
		button.type = "button";
		button.className = "search-open";
		button.setAttribute("aria-controls", box.id);
		button.addEventListener("click", function () {
			show(box.hidden);
		});
		box.addEventListener("keydown", function (event) {
			if (event.key !== "Escape") return;
			show(false);
			button.focus();
		});
		show(false);
		link.replaceWith(button);
	}

	var release = document.querySelector(".release[data-citation]");
	var status = document.querySelector(".share .status");

	function copy(text) {
		if (!navigator.clipboard) return;
		navigator.clipboard.writeText(text).then(function () {
			status.textContent = release.dataset.copied;
		}, function () {});
	}

	function offer(button, act) {
		button.parentNode.hidden = false;
		button.addEventListener("click", act);
	}

	function sharing() {
		var copyButton = document.querySelector("[data-copy]");
		var printButton = document.querySelector("[data-print]");

		if (navigator.clipboard) {
			offer(copyButton, function () {
				copy(copyButton.dataset.copy);
			});
		}
		offer(printButton, function () {
			window.print();
		});
		release.addEventListener("click", function (event) {
			var pilcrow = event.target.closest(".pilcrow");

			if (!pilcrow) return;
			copy(release.dataset.citation + ", ¶ " + pilcrow.hash.slice(2) + ". " +
				copyButton.dataset.copy + pilcrow.hash);
		});
	}

	if (link && box) searchButton();
	if (release && status) sharing();
})();
