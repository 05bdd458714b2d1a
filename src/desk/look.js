// look - what the server's own parser makes of a text: whether it can be accepted, what is
// doubtful in it and where, the page it will be, and what it changes.
import { h } from "./dom.js";
import { t } from "./words.js";

// { accepted, errors: [{ line, says }], doubts: [{ line, says }], body_line, html, changes }
export async function look(app, text) {
	return (await app.server.ask("POST", "/admin/preview", { body: text })).json;
}

// Changed words, from the server's { mark, text } segments.
const segment = ({ mark, text }) => (mark === "removed" ? h("del", h("span.unseen", t("removed")), text)
	: mark === "added" ? h("ins", h("span.unseen", t("added")), text) : text);

export function showChanges(changes, language) {
	if (!changes)
		return h("p.help", t("no-revision-before"));
	const seen = changes.filter(({ change }) => change !== "kept");
	if (!seen.length)
		return h("p.help", t("no-changes"));
	return h("ol.changes", seen.map((block) => h(`li.${block.change}`, { lang: language, dir: "auto" },
		h("p.what", { lang: document.documentElement.lang }, t(`block-${block.change}`), block.field ? ` · ${block.field}` : ""),
		h("p", block.segments.map(segment)))));
}

export function remarks(app, seen, jump) {
	const line = (kind) => ({ line, says }) => h(`li.${kind}`,
		h("span.tag", t(kind)), " ",
		line ? h("button.link", { type: "button", onclick: () => jump(line) }, t("line", String(line))) : null,
		" ", h("span", { lang: "en" }, says));
	return [...seen.errors.map(line("error")), ...seen.doubts.map(line("doubt"))];
}
