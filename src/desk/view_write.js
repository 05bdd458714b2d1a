// view_write - the header as a form, the text with its marks one key away, and beside it the
// page as the server would show it.
import { attachmentsSection } from "./attachments.js";
import { announce, busy, button, field, fill, h } from "./dom.js";
import { findDraft, noteOf, path } from "./drafts.js";
import { Editor } from "./editor.js";
import { countWords, formatFile, KINDS, parseFile, setValues, suggestSlug, value, values } from "./file.js";
import { pageFrame, showPage } from "./frame.js";
import * as local from "./local.js";
import { remarks } from "./look.js";
import { jumpToLine, marksBar } from "./marks.js";
import { sentence } from "./problems.js";
import { t } from "./words.js";
import { fromFile, fromInput, ownZone, show, toFile, toInput, today } from "./zone.js";

const CHANGES = ["update", "correction", "clarification", "minor"];

function newFile(app) {
	const { site, languages, zone } = app.server.site;
	return {
		fields: [["Site", site], ["Language", languages[0]], ["Revision", "1"], ["Date", today(zone)], ["Kind", KINDS[0]]],
		body: "",
	};
}

// The text that is meant: one that only this browser has, or the desk's draft.
async function findRecord(app, language, release, id) {
	const kept = await local.all("texts");
	if (id)
		return kept.find((record) => record.id === id) ?? null;
	if (!language)
		return { file: newFile(app), base: null, edition: null };
	const edition = `${language}/${release}`;
	const mine = kept.find((record) => record.edition === edition);
	if (mine)
		return mine;
	const { text, hash } = await app.server.ask("GET", path(language, release));
	return { file: parseFile(text), base: hash, edition };
}

// --- the fields -----------------------------------------------------------------------------

function inputs(app, editor, changed) {
	const { file } = editor;
	const text = (name, properties = {}) => {
		const input = h("input", { autocomplete: "off", value: value(file, name), dir: "auto", ...properties });
		input.addEventListener("input", () => {
			setValues(file, name, [input.value]);
			changed(name);
		});
		return input;
	};
	const lines = (name, rows) => {
		const area = h("textarea", { rows: String(rows), dir: "auto", value: values(file, name).join("\n") });
		area.addEventListener("input", () => {
			setValues(file, name, area.value.split("\n").map((line) => line.trim()));
			changed(name);
		});
		return area;
	};
	const select = (name, options) => {
		const box = h("select", {}, options.map(([key, word]) => h("option", { value: key }, word)));
		box.value = value(file, name);
		box.addEventListener("change", () => {
			setValues(file, name, [box.value]);
			changed(name);
		});
		return box;
	};
	return { text, lines, select };
}

// The embargo, in the site's zone, with the reader's own beside it.
function embargoField(app, editor, changed) {
	const { zone } = app.server.site, { file } = editor;
	const at = fromFile(value(file, "Publish-At"));
	const input = h("input", { type: "datetime-local", value: at ? toInput(at, zone) : "" });
	const other = h("p.help", { "aria-live": "polite" });
	const tell = () => {
		const time = input.value ? fromInput(input.value, zone) : null;
		const gone = time !== null && time <= app.server.now();
		other.textContent = time === null ? t("embargo-none") : gone ? t("embargo-past")
			: ownZone() === zone ? show(time, zone) : `${show(time, zone)} (${zone}) · ${show(time, ownZone())} (${ownZone()})`;
	};
	input.addEventListener("input", () => {
		const time = input.value ? fromInput(input.value, zone) : null;
		setValues(file, "Publish-At", time === null ? [] : [toFile(time, zone)]);
		tell();
		changed("Publish-At");
	});
	tell();
	return h("div", field(t("embargo-at", zone), input), other);
}

function headerForm(app, editor, changed) {
	const { file } = editor, make = inputs(app, editor, changed), site = app.server.site;
	const number = Number(value(file, "Revision"));
	const fixed = Boolean(editor.record.edition) || number > 1;
	const slug = make.text("Release", { pattern: "[a-z0-9]+(-[a-z0-9]+)*", readonly: fixed });
	const language = make.select("Language", site.languages.map((tag) => [tag, site.names[tag] ?? tag]));
	language.disabled = fixed;
	const title = make.text("Title", { maxlength: "400", required: true });
	let suggested = !fixed && (value(file, "Release") === "" || value(file, "Release") === suggestSlug(value(file, "Date"), value(file, "Title")));
	const suggest = () => {
		if (!suggested)
			return;
		slug.value = suggestSlug(value(file, "Date"), value(file, "Title"));
		setValues(file, "Release", [slug.value]);
	};
	slug.addEventListener("input", () => (suggested = false));
	const date = make.text("Date", { type: "date", required: true, dir: null });
	for (const input of [title, date])
		input.addEventListener("input", suggest);
	suggest();
	return {
		fix: () => {
			slug.readOnly = language.disabled = true;
			suggested = false;
		},
		element: h("div.header-form",
			number > 1 ? h("div.row", field(t("change"), make.select("Change", CHANGES.map((word) => [word, t(`change-${word}`)]))),
				field(t("change-note"), make.text("Change-Note", { maxlength: "1024" }), t("change-note-help"))) : null,
			field(t("title"), title),
			h("div.row", field(t("language"), language), field(t("kind"), make.select("Kind", KINDS.map((word) => [word, t(`kind-${word}`)]))),
				field(t("date"), date)),
			field(t("slug"), slug, fixed ? t("slug-fixed") : t("slug-help")),
			embargoField(app, editor, changed),
			h("details", h("summary", t("more-fields")),
				field(t("subtitles"), make.lines("Subtitle", 2), t("one-a-line")),
				field(t("summary"), make.text("Summary", { maxlength: "320" }), t("summary-help")),
				h("div.row", field(t("reference"), make.text("Reference", { maxlength: "32" })), field(t("place"), make.text("Place", { maxlength: "80" }))),
				field(t("departments"), make.lines("Department", 2), t("one-a-line")),
				field(t("contacts"), make.lines("Contact", 2), t("contacts-help")),
				field(t("topics"), make.text("Topics"), t("topics-help")),
				field(t("rights"), make.text("Rights", { maxlength: "32", placeholder: site.rights })))),
	};
}

// --- what happens ---------------------------------------------------------------------------

// Both texts beside each other, and the choice between them.
function conflictBox(editor, theirs, done) {
	const mine = editor.text();
	const column = (title, text) => h("div", h("h3", title), h("pre.exact", { tabindex: "0", dir: "auto" }, text));
	const box = h("section.notice.conflict", { role: "alert" }, h("h2", { tabindex: "-1" }, t("conflict")), h("p", t("conflict-what")),
		h("div.columns", column(t("conflict-mine"), mine), column(t("conflict-theirs"), theirs.text)),
		h("div.actions",
			button(t("conflict-keep-mine"), () => editor.resolve(theirs).then(() => done(false)), "primary"),
			button(t("conflict-take-theirs"), () => editor.resolve(theirs, parseFile(theirs.text)).then(() => done(true)))));
	return box;
}

const stateText = (word, problem) => (word === "saved" ? t("saved-at", new Date().toLocaleTimeString())
	: word === "failed" ? (problem.code === "offline" ? t("save-offline") : sentence(problem)) : t(`save-${word}`));

export async function viewWrite(app, main, language, release, id) {
	const record = await findRecord(app, language, release, id);
	const draft = record?.edition ? await findDraft(app, ...record.edition.split("/")) : null;
	if (!record || (record.edition && !record.time && draft?.state !== "waiting"))
		return void fill(main, h("h1", { tabindex: "-1" }, t("not-there")), h("p", t("not-there-what")));

	const state = h("p.save-state", { role: "status" }), list = h("ul.remarks"), words = h("p.help");
	const frame = pageFrame(t("preview")), conflict = h("div"), problem = h("p.problem", { role: "alert", hidden: true });
	let bodyLine = 1, form = null;
	const area = h("textarea.body", { id: "body-text", rows: "22", dir: "auto", spellcheck: "true", lang: value(record.file, "Language"), value: record.file.body });
	const editor = new Editor(app, record, {
		state: (word, why) => {
			state.textContent = stateText(word, why);
			state.className = `save-state ${word}`;
			if (word === "saved" && editor.record.edition && !location.hash.startsWith("#/write/")) {
				history.replaceState(null, "", `#/write/${editor.record.edition}`);
				form.fix();
			}
		},
		seen: async (seen) => {
			bodyLine = seen.body_line ?? formatFile(editor.file).split("\n\n")[0].split("\n").length + 2;
			fill(list, remarks(app, seen, (line) => (line >= bodyLine ? jumpToLine(area, line - bodyLine + 1) : form.element.querySelector("input").focus())));
			if (seen.html)
				showPage(frame, seen.html, await app.pictureStore.of(app, editor.record.edition, editor.file));
		},
		conflict: (theirs) => {
			fill(conflict, conflictBox(editor, theirs, (reload) => {
				fill(conflict);
				if (reload)
					viewWrite(app, main, ...editor.record.edition.split("/"));
			}));
			conflict.querySelector("h2").focus();
		},
	});
	const count = () => (words.textContent = t("words", String(countWords(area.value)), String(area.value.length)));
	const changed = () => editor.changed().catch((why) => {
		problem.hidden = false;
		problem.textContent = sentence(why);
	});
	form = headerForm(app, editor, (name) => {
		if (name === "Language")
			area.lang = value(editor.file, "Language");
		changed();
	});
	area.addEventListener("input", () => {
		editor.file.body = area.value;
		count();
		changed();
	});
	count();
	const submit = h("button.primary", { type: "submit" }, t("to-review"));
	const sheet = h("form.write", {}, form.element,
		h("div.field-row", h("label", { for: area.id }, t("text")), marksBar(area), area, words),
		attachmentsSection(app, editor, area, changed).section,
		problem, h("div.actions", submit));
	sheet.addEventListener("submit", busy(submit, async () => {
		problem.hidden = true;
		if (await editor.save())
			app.go(`#/review/${editor.record.edition}`);
		else if (!editor.conflicting) {
			problem.hidden = false;
			problem.textContent = t("not-saved-yet");
		}
	}, (why) => {
		problem.hidden = false;
		problem.textContent = sentence(why);
	}));
	fill(main, h("h1", { tabindex: "-1" }, record.edition ? t("edit") : t("new-release")),
		draft && noteOf(app, draft),
		draft?.signers.length ? h("p.notice", t("signed-already", String(draft.signers.length))) : null,
		state, conflict,
		h("div.desk-columns", sheet, h("div.beside",
			h("section", h("h2", t("remarks")), list), h("section", h("h2", t("preview")), frame))));
	editor.hooks.state(record.time ? "kept" : record.edition ? "unchanged" : "empty");
	if (record.time)
		announce(t("restored"));
	return () => editor.stop();
}
