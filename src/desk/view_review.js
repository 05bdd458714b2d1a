// view_review - the exact text that is signed, its hash, what it changes, who has signed: and
// then the signature, or the way back to the author with a note.
import { fromUtf8 } from "./bytes.js";
import { announce, busy, button, copyButton, field, fill, h } from "./dom.js";
import { findDraft, noteOf, path, revisionOf, signersOf, stateOf, when } from "./drafts.js";
import { parseAttachment, parseFile, value, values } from "./file.js";
import { pageFrame, showPage } from "./frame.js";
import { look, remarks, showChanges } from "./look.js";
import { keyIdText, signFile } from "./minisign.js";
import { sentence } from "./problems.js";
import { BYTES, hashOf } from "./server.js";
import { previewLinks } from "./links.js";
import { t } from "./words.js";
import { ownZone, show } from "./zone.js";

// What the release's parser does not take: it would not be seen in the text, or turn it round.
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\ufeff]/;

// The text of the very bytes that are signed, and why they must not be (null: nothing is wrong).
// The file says itself what it is; a server that offers another one than was asked for must not
// get a signature for it.
function readFile(app, draft, bytes, hash) {
	let text = "";
	try {
		text = fromUtf8(bytes);
	} catch {
		return { text, file: parseFile(""), wrong: t("review-no-text") };
	}
	const file = parseFile(text);
	const asked = { Site: app.server.site.site, Language: draft.language, Release: draft.release, Revision: String(draft.revision) };
	const other = Object.keys(asked).find((name) => values(file, name).join(" / ") !== asked[name]);
	const wrong = UNSEEN.test(text) ? t("review-no-text")
		: other ? t("review-other", other, values(file, other).join(" / "), asked[other])
			: hash !== draft.sha256 ? t("problem-precondition-failed") : null;
	return { text, file, wrong };
}

// The draft's pictures, which only the desk has as yet; what cannot be had is left out.
function attachmentList(file) {
	const all = values(file, "Attachment").map(parseAttachment);
	return all.length ? h("section", h("h2", t("attachments")), h("ul.files", all.map((one) =>
		h("li", h("bdi", one.name), one.title ? ` – ${one.title}` : "", h("code.hash", one.sha256))))) : null;
}

function embargo(app, file) {
	const at = value(file, "Publish-At");
	if (!at)
		return h("dd", t("at-once"));
	const time = when(at), { zone } = app.server.site;
	return h("dd", show(time, zone), ` (${zone})`, ownZone() === zone ? null : h("span.help", ` ${show(time, ownZone())} (${ownZone()})`));
}

async function sign(app, draft, bytes, hash, main) {
	const { language, release } = draft;
	// By this computer's clock: the server's word for the time is not signed, and the signature stays.
	const now = Math.floor(Date.now() / 1000);
	const file = await signFile(app.key, bytes, `${release}.${language}.txt`, now);
	const { json } = await app.server.ask("PUT",
		`${path(language, release)}/signatures/${keyIdText(app.key.id)}`, { body: file, ifMatch: hash, type: BYTES });
	announce(t(`signed-${json.state}`));
	fill(main, h("h1", { tabindex: "-1" }, t(`signed-${json.state}`)),
		h("p", stateOf(app, json)), signersOf(app, json),
		json.state === "public" ? h("p", h("a.button.primary", { href: json.address, rel: "noreferrer" }, t("see-page"))) : null,
		h("p", h("a.button", { href: "#/queue" }, t("back-to-queue"))));
	main.querySelector("h1").focus();
}

function sendBack(app, draft, hash, again) {
	const text = h("textarea", { rows: "3", maxlength: "1000", required: true });
	const tell = h("p.problem", { role: "alert", hidden: true });
	const form = h("form", {}, field(t("note-label"), text, t("note-help")), h("button", t("note-send")), tell);
	form.addEventListener("submit", busy(form, async () => {
		await app.server.ask("PUT", `${path(draft.language, draft.release)}/note`, { body: text.value, ifMatch: hash });
		announce(t("note-sent"));
		await again();
	}, (problem) => {
		tell.hidden = false;
		tell.textContent = sentence(problem);
	}));
	return h("details.send-back", h("summary", t("send-back")), form);
}

function decision(app, draft, bytes, hash, main) {
	const own = draft.signers.some(({ keyid }) => keyid === keyIdText(app.key.id));
	const tell = h("p.problem", { role: "alert", hidden: true });
	const again = () => viewReview(app, main, draft.language, draft.release);
	if (draft.state !== "waiting")
		return h("p.state", stateOf(app, draft));
	const now = h("button.primary", { type: "button" }, t("sign-exactly"));
	now.addEventListener("click", busy(now, () => sign(app, draft, bytes, hash, main), (problem) => {
		tell.hidden = false;
		tell.textContent = sentence(problem);
	}));
	return h("section.decision", h("h2", t("your-signature")),
		own ? h("p", t("own-signature")) : [h("p", t("sign-what")), h("p", now)], tell,
		h("p", h("a.button", { href: `#/write/${draft.language}/${draft.release}` }, t("edit"))),
		sendBack(app, draft, hash, again));
}

export async function viewReview(app, main, language, release) {
	const draft = await findDraft(app, language, release);
	if (!draft)
		return void fill(main, h("h1", { tabindex: "-1" }, t("not-there")), h("p", t("not-there-what")),
			h("p", h("a.button", { href: `#/release/${language}/${release}` }, t("menu-release"))));
	const { bytes } = await app.server.ask("GET", path(language, release));
	const hash = await hashOf(bytes), { text, file, wrong } = readFile(app, draft, bytes, hash);
	const exact = h("section", h("h2", t("exact-text")), h("p.help", t("exact-text-what")),
		h("pre.exact.whole", { lang: language, dir: "auto", tabindex: "0" }, text),
		h("p", t("hash"), " ", h("code.hash", hash), " ", copyButton(hash, t("copy"), t("copied"))));
	if (wrong)
		return void fill(main, h("h1", { tabindex: "-1", lang: language, dir: "auto" }, draft.title),
			h("p.problem", { role: "alert" }, wrong), exact);
	const seen = await look(app, text), page = pageFrame(t("preview"));
	const doubts = remarks(app, seen, () => {});

	fill(main, h("h1", { tabindex: "-1", lang: language, dir: "auto" }, draft.title),
		h("p.meta", h("span.tag", language), " ", revisionOf(draft)), noteOf(app, draft),
		h("dl.facts",
			h("div", h("dt", t("state")), h("dd", stateOf(app, draft))),
			h("div", h("dt", t("embargo")), embargo(app, file)),
			h("div", h("dt", t("saved")), h("dd", t("saved-by", draft.saved_by ?? "", show(when(draft.saved), app.server.site.zone))))),
		signersOf(app, draft),
		h("section", h("h2", t("changes")), showChanges(seen.changes, language)),
		doubts.length ? h("section", h("h2", t("remarks")), h("ul.remarks", doubts)) : null,
		attachmentList(file),
		exact,
		h("section", h("h2", t("preview")), page),
		decision(app, draft, bytes, hash, main),
		draft.state === "public" ? null : previewLinks(app, language, release));
	if (seen.html)
		showPage(page, seen.html, await app.pictureStore.of(app, `${language}/${release}`, file));
}
