// view_key - the editor's own key: making it, having it admitted, losing it.
import { announce, busy, button, copyButton, fill, h } from "./dom.js";
import * as keys from "./keys.js";
import { keyIdText, publicFile, publicLine } from "./minisign.js";
import { sentence } from "./problems.js";
import { t } from "./words.js";

function download(name, text) {
	const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
	h("a", { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 1000);
}

async function withoutKey(app, main) {
	const lost = keys.lost();
	const tell = h("p.problem", { role: "alert", hidden: true });
	const make = h("button.primary", { type: "button" }, t("key-make"));
	make.addEventListener("click", busy(make, async () => {
		app.key = app.server.key = await keys.make();
		await app.recognise();
		announce(t("key-made"));
		await viewKey(app, main);
		main.querySelector("h1").focus();
	}, (problem) => {
		tell.hidden = false;
		tell.textContent = sentence(problem);
	}));
	if (!(await keys.isSupported()))
		return fill(main, h("h1", { tabindex: "-1" }, t("key-title")), h("p.problem", t("key-unsupported")));
	return fill(main, h("h1", { tabindex: "-1" }, t("key-title")),
		lost ? h("div.notice", h("p", h("strong", t("key-lost", lost))), h("p", t("key-lost-what"))) : null,
		h("p", t("key-what")), h("p", t("key-where")), make, tell);
}

function enrolment(app, main) {
	const id = keyIdText(app.key.id);
	const command = `communique keys new --editor NAME:author:${id}.pub -o keys-next.txt`;
	const again = button(t("key-look-again"), async () => {
		await app.recognise();
		announce(app.me ? t("key-admitted", app.me.holder) : t("key-not-yet"));
		if (app.me)
			app.go("#/queue");
	});
	return h("section", h("h2", t("key-enrol")), h("p", t("key-enrol-what")),
		h("pre.exact", h("code", publicLine(app.key))),
		h("div.actions", copyButton(publicLine(app.key), t("copy"), t("copied")),
			button(t("key-download"), () => download(`${id}.pub`, publicFile(app.key)), "small")),
		h("p", t("key-enrol-command")), h("pre.exact", h("code", command)), again);
}

export async function viewKey(app, main) {
	if (!app.key)
		return void (await withoutKey(app, main));
	const print = await keys.fingerprint(app.key);
	const remove = button(t("key-remove"), async () => {
		if (!confirm(t("key-remove-sure")))
			return;
		await keys.remove();
		app.key = app.server.key = app.me = null;
		await viewKey(app, main);
	}, "danger");
	fill(main, h("h1", { tabindex: "-1" }, t("key-title")),
		h("dl.facts",
			h("div", h("dt", t("key-holder")), h("dd", app.me
				? t("key-holder-roles", app.me.holder, app.me.roles.map((role) => t(`role-${role}`)).join(", "))
				: t("key-not-yet"))),
			h("div", h("dt", t("key-id")), h("dd", h("code", keyIdText(app.key.id)))),
			h("div", h("dt", t("key-fingerprint")), h("dd", h("code.fingerprint", print))),
			h("div", h("dt", t("key-storage")), h("dd", app.key.kept ? t("key-kept") : t("key-not-kept")))),
		app.me ? null : enrolment(app, main),
		h("section", h("h2", t("key-devices")), h("p", t("key-devices-what")), remove));
}
