/* The one script. Every page works without it: it turns the search link into a button
 * that opens the box, offers copying and printing, copies a paragraph's citation, and asks
 * whether a text is ours by its hash. */
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

	/* Is a text ours? Its hash is asked for; the form is sent only when that is not known. */
	var form = document.querySelector("form.verify");

	function verify(event) {
		var file = form.elements.file.files[0], text = form.elements.text.value;
		var said = form.querySelector(".status"), hash;

		event.preventDefault();
		said.textContent = form.dataset.working;
		(file ? file.arrayBuffer() : Promise.resolve(new TextEncoder().encode(text)))
			.then(function (bytes) {
				return crypto.subtle.digest("SHA-256", bytes);
			}).then(function (bytes) {
				hash = Array.from(new Uint8Array(bytes), function (byte) {
					return byte.toString(16).padStart(2, "0");
				}).join("");
				return fetch(form.action + ".json?sha256=" + hash);
			}).then(function (answer) {
				return answer.json();
			}).then(function (found) {
				if (found.result === "unknown" && (!file || file.size < form.dataset.max / 2)) form.submit();
				else location.assign(form.action + "?sha256=" + hash);
			}).catch(function () {
				form.submit();
			});
	}

	function dropping() {
		form.addEventListener("dragover", function (event) {
			event.preventDefault();
		});
		form.addEventListener("drop", function (event) {
			if (!event.dataTransfer.files.length) return;
			event.preventDefault();
			form.elements.file.files = event.dataTransfer.files;
			form.requestSubmit();
		});
		window.addEventListener("pageshow", function () {
			form.querySelector(".status").textContent = "";
		});
	}

	if (link && box) searchButton();
	if (form) dropping();
	if (form && window.crypto && crypto.subtle) form.addEventListener("submit", verify);
	if (release && status) sharing();
})();
