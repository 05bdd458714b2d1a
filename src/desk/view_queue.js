// view_queue - what waits for somebody, what waits for its lift, and what only this browser has.
import { announce, button, fill, h } from "./dom.js";
import { dropDraft, listDrafts, noteOf, revisionOf, signersOf, stateOf, when } from "./drafts.js";
import { value } from "./file.js";
import { daysLeft } from "./keyset.js";
import * as local from "./local.js";
import { keyIdText } from "./minisign.js";
import { sentence } from "./problems.js";
import { t } from "./words.js";
import { show } from "./zone.js";

function entry(app, draft, again) {
	const to = `${draft.language}/${draft.release}`;
	const own = draft.signers.some(({ keyid }) => keyid === keyIdText(app.key.id));
	const tell = h("p.problem", { role: "alert", hidden: true });
	const drop = button(t("drop"), async () => {
		if (!confirm(t(draft.state === "scheduled" ? "drop-schedule-sure" : "drop-sure", draft.title)))
			return;
		try {
			await dropDraft(app, draft);
			announce(t("dropped", draft.title));
			await again();
		} catch (problem) {
			tell.hidden = false;
			tell.textContent = sentence(problem);
		}
	}, "danger small");
	return h("li.draft",
		h("h3", h("a", { href: `#/review/${to}`, lang: draft.language, dir: "auto" }, draft.title)),
		h("p.meta", h("span.tag", draft.language), " ", revisionOf(draft), " · ",
			t("saved-by", draft.saved_by ?? "", show(when(draft.saved), app.server.site.zone))),
		h("p.state", stateOf(app, draft)), signersOf(app, draft), noteOf(app, draft),
		h("div.actions",
			h("a.button.primary", { href: `#/review/${to}` }, own || draft.state !== "waiting" ? t("read") : t("read-and-sign")),
			draft.state === "waiting" ? h("a.button", { href: `#/write/${to}` }, t("edit")) : null, drop),
		tell);
}

function keptEntry(app, record, again) {
	const title = value(record.file, "Title") || t("untitled");
	const to = record.edition ? `#/write/${record.edition}` : `#/text/${record.id}`;
	return h("li.draft", h("h3", h("a", { href: to, dir: "auto" }, title)),
		h("p.meta", t("kept-here", show(record.time / 1000, app.server.site.zone))),
		h("div.actions", h("a.button.primary", { href: to }, t("go-on")),
			button(t("throw-away"), async () => {
				if (confirm(t("throw-away-sure", title))) {
					await local.remove("texts", record.id);
					await again();
				}
			}, "danger small")));
}

const list = (title, entries, none = null) => (entries.length || none
	? h("section", h("h2", title), entries.length ? h("ul.drafts", entries) : h("p.help", none)) : null);

export async function viewQueue(app, main) {
	const again = () => viewQueue(app, main);
	const [drafts, kept] = await Promise.all([listDrafts(app), local.all("texts")]);
	const days = app.keyset && daysLeft(app.keyset, app.server.now());
	const of = (state) => drafts.filter((draft) => draft.state === state).map((draft) => entry(app, draft, again));

	fill(main, h("h1", { tabindex: "-1" }, t("menu-queue")),
		days !== null && days !== undefined
			? h("p.problem", { role: "alert" }, days > 0 ? t("keyset-ends", String(days)) : t("keyset-ended")) : null,
		h("p", h("a.button.primary", { href: "#/write" }, t("new-release"))),
		list(t("queue-kept"), kept.map((record) => keptEntry(app, record, again))),
		list(t("queue-waiting"), of("waiting"), t("queue-empty")),
		list(t("queue-scheduled"), of("scheduled")));
}
