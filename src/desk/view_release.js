// view_release - what was published: its revisions, and what can follow them.
import { busy, button, field, fill, h } from "./dom.js";
import { findDraft, path } from "./drafts.js";
import { keepText } from "./editor.js";
import { nextRevision, parseFile, value } from "./file.js";
import { sentence } from "./problems.js";
import { t } from "./words.js";

const EDITED = ["correction", "clarification", "update", "minor"];
const WHOLE = ["withdrawal", "kill", "reinstatement"];

// The last accepted revision; what waits as a draft is not it. null: nothing was accepted yet.
async function lastRevision(app, language, slug) {
	const there = await app.server.ask("GET", path(language, slug));
	const draft = await findDraft(app, language, slug);
	const number = Number(value(parseFile(there.text), "Revision")) - (draft?.state === "waiting" ? 1 : 0);
	if (number === 0)
		return null;
	const { text, hash } = await app.server.ask("GET", `${path(language, slug)}/r${number}`);
	return { number, text, hash };
}

// A killed text has no body: what comes back is the one before it.
async function nextText(app, language, slug, last, change, note) {
	const killed = value(parseFile(last.text), "Change") === "kill";
	const { text } = killed ? await app.server.ask("GET", `${path(language, slug)}/r${last.number - 1}`) : last;
	return nextRevision(text, { number: last.number + 1, previous: last.hash, change, note });
}

const possible = (change) => (change === "kill" ? ["reinstatement"]
	: change === "withdrawal" ? ["reinstatement", "kill"] : [...EDITED, "withdrawal", "kill"]);

function follow(app, language, slug, last) {
	const changes = possible(value(parseFile(last.text), "Change"));
	const change = h("select", {}, changes.map((word) => h("option", { value: word }, t(`change-${word}`))));
	const what = h("p.help"), note = h("input", { maxlength: "1024", required: true, dir: "auto", lang: language });
	const go = h("button.primary", { type: "submit" }), tell = h("p.problem", { role: "alert", hidden: true });
	const describe = () => {
		what.textContent = t(`change-${change.value}-what`);
		note.required = change.value !== "minor";
		go.textContent = WHOLE.includes(change.value) ? t("make-and-review") : t("make-and-edit");
	};
	const form = h("form", {}, field(t("change"), change), what, field(t("change-note"), note, t("change-note-help")), go, tell);
	change.addEventListener("change", describe);
	form.addEventListener("submit", busy(form, async () => {
		const text = await nextText(app, language, slug, last, change.value, note.value);
		if (WHOLE.includes(change.value)) {
			await app.server.ask("PUT", path(language, slug), { body: text });
			app.go(`#/review/${language}/${slug}`);
		} else {
			app.go(`#/text/${await keepText(parseFile(text), null)}`);
		}
	}, (problem) => {
		tell.hidden = false;
		tell.textContent = problem.code === "precondition-required" ? t("draft-waits") : sentence(problem);
	}));
	describe();
	return h("section", h("h2", t("what-follows")), form);
}

async function describe(app, main, language, slug) {
	const last = await lastRevision(app, language, slug);
	if (!last)
		return void fill(main, h("h1", { tabindex: "-1" }, t("not-there")), h("p", t("nothing-published")),
			h("p", h("a.button", { href: `#/review/${language}/${slug}` }, t("read"))));
	const file = parseFile(last.text), page = `${app.server.site.url}/${language}/releases/${slug}`;
	const change = value(file, "Change");
	fill(main, h("h1", { tabindex: "-1", lang: language, dir: "auto" }, value(file, "Title")),
		h("p.meta", h("span.tag", language), " ", change
			? t("revision-change", String(last.number), t(`change-${change}`)) : t("revision-first")),
		h("ul.plain", h("li", h("a", { href: page, rel: "noreferrer" }, t("see-page"))),
			h("li", h("a", { href: `${page}/history`, rel: "noreferrer" }, t("see-history")))),
		h("details", h("summary", t("exact-text")), h("pre.exact", { tabindex: "0", lang: language, dir: "auto" }, last.text)),
		follow(app, language, slug, last));
}

// What the public can read, by language, as the site's own list tells it.
async function publicList(app, list, tag, page) {
	const { json } = await app.server.read(app.server.site.board.replace("{language}", tag) + (page > 1 ? `?page=${page}` : ""));
	fill(list, h("ul.drafts", json.releases.map((one) => h("li.draft",
		h("h2", h("a", { href: `#/release/${tag}/${one.release}`, lang: tag, dir: "auto" }, one.title)),
		h("p.meta", one.date, one.change ? ` · ${t(`change-${one.change}`)}` : "")))),
		h("div.actions", page > 1 ? button(t("newer"), () => publicList(app, list, tag, page - 1), "small") : null,
			page < json.pages ? button(t("older"), () => publicList(app, list, tag, page + 1), "small") : null));
}

export async function viewRelease(app, main, language, slug) {
	if (language)
		return void (await describe(app, main, language, slug));
	const { site } = app.server, list = h("div");
	const choice = h("select", {}, site.languages.map((tag) => h("option", { value: tag }, site.names[tag] ?? tag)));
	const address = h("input", { placeholder: `${site.url}/${site.languages[0]}/releases/…`, dir: "ltr" });
	const tell = h("p.problem", { role: "alert", hidden: true });
	const open = h("form.inline", {
		onsubmit: (event) => {
			event.preventDefault();
			const found = /([A-Za-z0-9-]+)\/(?:releases\/)?([a-z0-9-]+)(?:\/.*)?$/.exec(address.value.trim().replace(site.url, ""));
			if (found)
				app.go(`#/release/${found[1]}/${found[2]}`);
			tell.hidden = Boolean(found);
			tell.textContent = t("address-wrong");
		},
	}, field(t("release-address"), address), h("button", t("open")));
	choice.addEventListener("change", () => publicList(app, list, choice.value, 1));
	fill(main, h("h1", { tabindex: "-1" }, t("menu-release")), h("p", t("release-what")), open, tell,
		field(t("language"), choice), list);
	await publicList(app, list, choice.value, 1);
}
