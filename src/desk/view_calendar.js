// view_calendar - what is scheduled, on a month's sheet and as a list with its countdown.
import { button, fill, h } from "./dom.js";
import { dropDraft, findDraft, listDrafts, path, revisionOf, when } from "./drafts.js";
import { parseFile, setValues } from "./file.js";
import { keepText } from "./editor.js";
import * as local from "./local.js";
import { sentence } from "./problems.js";
import { Problem } from "./server.js";
import { language, t } from "./words.js";
import { ownZone, show, showSpan, toInput } from "./zone.js";

const dayOf = (app, draft) => toInput(when(draft.public_at), app.server.site.zone).slice(0, 10);

function sheet(app, drafts, month) {
	const [year, number] = month.split("-").map(Number);
	const first = new Date(Date.UTC(year, number - 1, 1)), count = new Date(Date.UTC(year, number, 0)).getUTCDate();
	const names = Array.from({ length: 7 }, (day, i) => new Intl.DateTimeFormat(language(), { weekday: "short", timeZone: "UTC" })
		.format(new Date(Date.UTC(2024, 0, 1 + i)))); // a Monday
	const none = (length) => Array.from({ length }, () => h("td.none"));
	const cells = none((first.getUTCDay() + 6) % 7);
	for (let day = 1; day <= count; day++) {
		const date = `${month}-${String(day).padStart(2, "0")}`;
		const here = drafts.filter((draft) => dayOf(app, draft) === date);
		cells.push(h(`td${here.length ? ".some" : ""}`, h("time", { datetime: date }, String(day)),
			here.map((draft) => h("a", { href: `#/review/${draft.language}/${draft.release}`, lang: draft.language, dir: "auto", title: draft.title }, draft.title))));
	}
	cells.push(...none((7 - cells.length % 7) % 7));
	const weeks = [];
	for (let at = 0; at < cells.length; at += 7)
		weeks.push(h("tr", cells.slice(at, at + 7)));
	return h("table.month", h("caption", new Intl.DateTimeFormat(language(), { year: "numeric", month: "long", timeZone: "UTC" }).format(first)),
		h("thead", h("tr", names.map((name) => h("th", { scope: "col" }, name)))), h("tbody", weeks));
}

// The time stands in the signed text: another one is another text, to be signed anew.
async function reschedule(app, draft) {
	if (!confirm(t("reschedule-sure", draft.title)))
		return;
	// A draft of the next revision lies over it, and would go in its place.
	const there = await findDraft(app, draft.language, draft.release);
	if (there?.state === "waiting")
		throw new Problem({ code: "draft-over", detail: t("saved-by", there.saved_by ?? "", show(when(there.saved), app.server.site.zone)) });
	const { text } = await app.server.ask("GET", `${path(draft.language, draft.release)}/r${draft.revision}`);
	const file = parseFile(text);
	setValues(file, "Publish-At", []);
	const id = await keepText(file, null);
	try {
		await dropDraft(app, draft);
	} catch (problem) {
		if (problem.status) // without an answer it may have gone: then this is the only copy
			await local.remove("texts", id);
		throw problem;
	}
	app.go(`#/text/${id}`);
}

export async function viewCalendar(app, main) {
	const drafts = (await listDrafts(app)).filter(({ state }) => state === "scheduled")
		.sort((a, b) => when(a.public_at) - when(b.public_at));
	const { zone } = app.server.site, sheets = h("div.scroll", { tabindex: "0", role: "region", "aria-label": t("menu-calendar") });
	const tell = h("p.problem", { role: "alert", hidden: true });
	let month = toInput(app.server.now(), zone).slice(0, 7);
	const turn = (by) => {
		const [year, number] = month.split("-").map(Number);
		month = new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
		fill(sheets, sheet(app, drafts, month));
	};
	const spans = drafts.map((draft) => [h("strong.countdown"), when(draft.public_at)]);
	const tick = () => spans.forEach(([span, at]) => {
		const left = at - app.server.now();
		span.textContent = left > 0 ? showSpan(left) : t("lifted");
	});

	fill(main, h("h1", { tabindex: "-1" }, t("menu-calendar")), h("p.help", t("calendar-zone", zone)),
		h("div.actions", button(t("month-before"), () => turn(-1), "small"), button(t("month-after"), () => turn(1), "small")), sheets,
		drafts.length ? h("ul.drafts", drafts.map((draft, i) => h("li.draft",
			h("h2", h("a", { href: `#/review/${draft.language}/${draft.release}`, lang: draft.language, dir: "auto" }, draft.title)),
			h("p.meta", h("span.tag", draft.language), " ", revisionOf(draft)),
			h("p.state", spans[i][0], " · ", show(when(draft.public_at), zone), ` (${zone})`,
				ownZone() === zone ? null : ` · ${show(when(draft.public_at), ownZone())} (${ownZone()})`),
			h("div.actions", button(t("reschedule"), () => reschedule(app, draft).catch((problem) => {
				tell.hidden = false;
				tell.textContent = sentence(problem);
			}), "small"))))) : h("p.help", t("calendar-empty")), tell);
	turn(0);
	tick();
	const timer = setInterval(tick, 1000);
	return () => clearInterval(timer);
}
