// view_keys - the key set in force, who is in it, and what waits to follow it.
import { fill, h } from "./dom.js";
import { daysLeft, parseKeyset } from "./keyset.js";
import { t } from "./words.js";
import { show } from "./zone.js";

function row(key) {
	return h("tr", h("th", { scope: "row" }, key.holder),
		h("td", key.roles.map((role) => t(`role-${role}`)).join(", ")),
		h("td", h("code", key.id)),
		h("td", key.revoked ? t(`revoked-${key.revoked}`) : t("key-valid")));
}

function describe(app, status) {
	const keyset = parseKeyset(status.file), days = daysLeft(keyset, app.server.now());
	return h("section", h("h2", t(`keyset-${status.state}`, String(keyset.version))),
		status.state === "in-force" && days !== null
			? h("p.problem", { role: "alert" }, days > 0 ? t("keyset-ends", String(days)) : t("keyset-ended")) : null,
		h("dl.facts",
			h("div", h("dt", t("keyset-expires")), h("dd", show(keyset.expires, app.server.site.zone))),
			h("div", h("dt", t("keyset-publish")), h("dd", String(keyset.quorum.publish))),
			h("div", h("dt", t("keyset-withdraw")), h("dd", String(keyset.quorum.withdraw))),
			h("div", h("dt", t("keyset-root")), h("dd", String(keyset.quorum.root))),
			status.state === "waiting"
				? h("div", h("dt", t("signatures")), h("dd", t("have-need", String(status.have), String(status.need)))) : null),
		h("div.scroll", { tabindex: "0", role: "region", "aria-label": t("keyset-keys-of", String(keyset.version)) },
			h("table", h("caption.unseen", t("keyset-keys")),
				h("thead", h("tr", ["holder", "roles", "id", "state"].map((name) => h("th", { scope: "col" }, t(`key-${name}`))))),
				h("tbody", keyset.keys.map(row)))),
		h("details", h("summary", t("exact-text")), h("pre.exact", { tabindex: "0" }, status.file)));
}

export async function viewKeys(app, main) {
	const { keys } = (await app.server.ask("GET", "/admin/keys")).json;
	const order = { waiting: 0, "in-force": 1, superseded: 2 };
	fill(main, h("h1", { tabindex: "-1" }, t("menu-keys")), h("p", t("keys-what")),
		[...keys].sort((a, b) => order[a.state] - order[b.state] || b.version - a.version)
			.map((status) => describe(app, status)));
}
