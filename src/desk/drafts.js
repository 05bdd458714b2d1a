// drafts - what waits at the desk, in words.
import { h } from "./dom.js";
import { t } from "./words.js";
import { show, showSpan } from "./zone.js";

export const path = (language, slug) => `/admin/drafts/${language}/${slug}`;

export async function listDrafts(app) {
	return (await app.server.ask("GET", "/admin/drafts")).json.drafts;
}

export async function findDraft(app, language, slug) {
	return (await listDrafts(app)).find((draft) => draft.language === language && draft.release === slug) ?? null;
}

// What the editor has seen, and nothing else: a draft that came in the meantime stays, and so
// does what lay beneath when the request is made twice.
export const dropDraft = (app, draft) =>
	app.server.ask("DELETE", path(draft.language, draft.release), { ifMatch: draft.sha256 });

export const when = (text) => Date.parse(text) / 1000;

// "waits for 1 more signature", "public in 3 hours: …"
export function stateOf(app, draft) {
	const { zone } = app.server.site;
	if (draft.state === "scheduled")
		return t("state-scheduled", showSpan(when(draft.public_at) - app.server.now()), show(when(draft.public_at), zone));
	if (draft.state === "public")
		return t("state-public");
	if (draft.missing === "approver")
		return t("state-approver", String(draft.have), String(draft.need));
	return t("state-waiting", String(draft.have), String(draft.need));
}

export const signersOf = (app, draft) => (draft.signers.length
	? h("ul.signers", draft.signers.map((signer) =>
		h("li", t("signed-by", signer.holder, show(when(signer.time), app.server.site.zone)))))
	: h("p.help", t("nobody-signed")));

export const noteOf = (app, draft) => (draft.note
	? h("div.notice", h("p", h("strong", t("sent-back", draft.note.holder, show(when(draft.note.time), app.server.site.zone)))),
		h("p", draft.note.text))
	: null);

export const revisionOf = (draft) =>
	(draft.change ? t("revision-change", String(draft.revision), t(`change-${draft.change}`)) : t("revision-first"));
