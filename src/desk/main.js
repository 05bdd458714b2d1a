// main - the frame of the page, and which view is in it. The address behind # says which:
//
//	#/queue  #/write[/language/release]  #/review/language/release  #/calendar
//	#/release/language/release  #/keys  #/audit  #/key
import { announce, button, fill, h } from "./dom.js";
import * as keys from "./keys.js";
import { memberOf, parseKeyset } from "./keyset.js";
import { keyIdText } from "./minisign.js";
import { Pictures } from "./attachments.js";
import { Problem, Server } from "./server.js";
import { viewAudit } from "./view_audit.js";
import { viewCalendar } from "./view_calendar.js";
import { viewKey } from "./view_key.js";
import { viewKeys } from "./view_keys.js";
import { viewQueue } from "./view_queue.js";
import { viewRelease } from "./view_release.js";
import { viewReview } from "./view_review.js";
import { viewWrite } from "./view_write.js";
import { sentence } from "./problems.js";
import { choose, language, languages, t } from "./words.js";

const VIEWS = [
	[/^#\/queue$/, viewQueue, "queue"],
	[/^#\/write(?:\/([A-Za-z0-9-]+)\/([a-z0-9-]+))?$/, viewWrite, "write"],
	[/^#\/text\/([a-z0-9-]+)$/, (app, main, id) => viewWrite(app, main, null, null, id), "write"],
	[/^#\/review\/([A-Za-z0-9-]+)\/([a-z0-9-]+)$/, viewReview, "queue"],
	[/^#\/calendar$/, viewCalendar, "calendar"],
	[/^#\/release(?:\/([A-Za-z0-9-]+)\/([a-z0-9-]+))?$/, viewRelease, "release"],
	[/^#\/keys$/, viewKeys, "keys"],
	[/^#\/audit$/, viewAudit, "audit"],
	[/^#\/key$/, viewKey, "key"],
];

const app = {
	server: null, key: null, me: null, keyset: null, pictureStore: new Pictures(),
	go: (to) => (location.hash === to ? show() : (location.hash = to)),
};

// Who this key is in the key set in force; null: it is not in it (yet), or there is no key.
app.recognise = async () => {
	app.me = app.keyset = null;
	if (!app.key)
		return;
	app.keyset = parseKeyset((await app.server.read("/keys/current")).text);
	app.me = memberOf(app.keyset, keyIdText(app.key.id));
};

function frame() {
	const at = location.hash.split("/")[1];
	const link = (view) => h("li", h("a", {
		href: `#/${view}`, "aria-current": VIEWS.some(([fits, , name]) =>
			name === view && fits.test(location.hash)) ? "page" : null,
	}, t(`menu-${view}`)));
	const other = Object.entries(languages).map(([tag, name]) => h("li", h("a", {
		href: location.hash, lang: tag, hreflang: tag, "aria-current": tag === language() ? "true" : null,
		onclick: (event) => {
			event.preventDefault();
			choose(tag);
			show();
		},
	}, name)));
	document.documentElement.lang = language();
	document.title = `${at && t(`menu-${at === "review" || at === "text" ? "queue" : at}`)} – ${t("desk")}`;
	fill(document.getElementById("skip"), t("skip"));
	fill(document.getElementById("bar"),
		h("p.brand", h("a", { href: "#/queue" }, t("desk")), " ",
			h("span.site", app.server.site.title[language()] ?? app.server.site.site)),
		h("nav", { "aria-label": t("languages") }, h("ul.languages", other)),
		h("p.who", app.me ? t("signed-in", app.me.holder) : t("no-holder")));
	const menu = document.getElementById("menu");
	menu.setAttribute("aria-label", t("menu"));
	fill(menu, h("ul", ["queue", "write", "calendar", "release", "keys", "audit", "key"].map(link)));
}

let leave = () => {};

async function show() {
	// A stage of its own for each view: what comes late falls into one that is not shown any more.
	const main = h("div.stage");
	let view = VIEWS.find(([fits]) => fits.test(location.hash));

	leave?.();
	leave = () => {};
	if (!view || (!app.me && view[1] !== viewKey)) {
		const to = app.me ? "#/queue" : "#/key";
		if (location.hash !== to)
			return location.replace(to);
		view = VIEWS.find(([fits]) => fits.test(to));
	}
	frame();
	fill(main, h("p.loading", t("loading")));
	fill(document.getElementById("content"), main);
	try {
		const left = await view[1](app, main, ...location.hash.match(view[0]).slice(1));
		if (!main.isConnected)
			return void left?.();
		leave = left;
		main.querySelector("h1")?.focus();
	} catch (problem) {
		if (!(problem instanceof Problem))
			console.error(problem);
		fill(main, h("h1", { tabindex: "-1" }, t("went-wrong")),
			h("p.problem", { role: "alert" }, sentence(problem)),
			button(t("again"), () => show()));
	}
}

// A copy that was saved to a file asks which server it is for; the page knows.
async function chooseServer() {
	if (location.protocol.startsWith("http"))
		return location.origin;
	const known = localStorage.getItem("communique-desk-server");
	if (known)
		return known;
	const main = document.getElementById("content");
	return new Promise((done) => {
		const input = h("input", { type: "url", required: true, id: "server", placeholder: "https://press.example" });
		fill(main, h("h1", t("server-title")), h("form", {
			onsubmit: (event) => {
				event.preventDefault();
				const origin = new URL(input.value).origin;
				localStorage.setItem("communique-desk-server", origin);
				done(origin);
			},
		}, h("label", { for: "server" }, t("server-label")), input, h("button", t("server-go"))));
	});
}

// A saved copy is the editor's own: the site that it met first is the one that it signs for,
// whatever the server says it is later.
function keepSite({ site }) {
	if (location.protocol.startsWith("http"))
		return;
	const known = localStorage.getItem("communique-desk-site") ?? site;
	if (known !== site)
		throw new Problem({ code: "site-other", detail: `${site}, ${known}` });
	localStorage.setItem("communique-desk-site", site);
}

async function start() {
	const main = document.getElementById("content");
	try {
		app.server = new Server(await chooseServer());
		app.server.onskew = (ahead) => announce(t("clock-wrong", String(Math.round(Math.abs(ahead) / 60))));
		await app.server.meet();
		keepSite(app.server.site);
		app.key = app.server.key = await keys.find();
		await app.recognise();
		addEventListener("hashchange", show);
		await show();
	} catch (problem) {
		fill(main, h("h1", t("went-wrong")), h("p.problem", { role: "alert" }, sentence(problem)),
			button(t("again"), () => start()));
	}
}

start();
