// view_audit - every act of an editor, the newest first.
import { button, fill, h } from "./dom.js";
import { t } from "./words.js";
import { show } from "./zone.js";

const SHOWN = 200;

// The desk gives them oldest first, a page at a time; only the last ones are kept.
async function readAll(app) {
	let rows = [], after = 0;
	while (after !== undefined) {
		const { json } = await app.server.ask("GET", `/admin/audit?after=${after}`);
		rows = rows.concat(json.rows).slice(-1000);
		after = json.next;
	}
	return rows.reverse();
}

const row = (app, act) => h("tr", h("td", h("time", { datetime: act.time }, show(Date.parse(act.time) / 1000, app.server.site.zone))),
	h("th", { scope: "row" }, act.holder), h("td", h("code", `${act.method} ${act.target}`)),
	h("td", act.outcome === "done" ? t("outcome-done") : h("strong", act.outcome)),
	h("td", h("code", { title: act.request }, act.request.slice(0, 12))));

export async function viewAudit(app, main) {
	const rows = await readAll(app), body = h("tbody");
	let shown = 0;
	const more = button(t("audit-more"), () => {
		body.append(...rows.slice(shown, shown + SHOWN).map((act) => row(app, act)));
		shown += SHOWN;
		more.hidden = shown >= rows.length;
	});
	fill(main, h("h1", { tabindex: "-1" }, t("menu-audit")), h("p", t("audit-what")),
		h("div.scroll", { tabindex: "0", role: "region", "aria-label": t("menu-audit") },
			h("table", h("caption.unseen", t("menu-audit")),
				h("thead", h("tr", ["time", "holder", "act", "outcome", "request"].map((name) => h("th", { scope: "col" }, t(`audit-${name}`))))),
				body)),
		more);
	more.click();
}
