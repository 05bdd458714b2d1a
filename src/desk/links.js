// links - previews for one reader each: given, listed, revoked.
import { announce, busy, button, copyButton, field, fill, h } from "./dom.js";
import { path, when } from "./drafts.js";
import { sentence } from "./problems.js";
import { t } from "./words.js";
import { show } from "./zone.js";

export function previewLinks(app, language, release) {
	const to = path(language, release);
	const rows = h("ul.links"), tell = h("p.problem", { role: "alert", hidden: true });
	const label = h("input", { required: true, pattern: "[a-z0-9\\-]{1,32}", maxlength: "32", autocomplete: "off" });
	const days = h("input", { type: "number", min: "1", max: "14", value: "2", required: true });
	const complain = (problem) => {
		tell.hidden = false;
		tell.textContent = sentence(problem);
	};

	async function list() {
		const { json } = await app.server.ask("GET", `${to}/previews`);
		fill(rows, json.previews.map((link) => h("li",
			h("span", t("link-for", link.label, show(when(link.expires), app.server.site.zone), link.holder)),
			h("div.actions", copyButton(link.address, t("copy"), t("copied")),
				button(t("revoke"), async () => {
					await app.server.ask("DELETE", `${to}/previews/${link.link}`).catch(complain);
					announce(t("revoked"));
					await list();
				}, "danger small")))));
	}
	const form = h("form.inline", {}, field(t("link-label"), label, t("link-label-help")),
		field(t("link-days"), days), h("button", t("link-give")));
	form.addEventListener("submit", busy(form, async () => {
		await app.server.ask("POST", `${to}/previews`,
			{ body: JSON.stringify({ label: label.value, days: Number(days.value) }), type: "application/json" });
		form.reset();
		announce(t("link-given"));
		await list();
	}, complain));
	list().catch(complain);
	return h("section", h("h2", t("links")), h("p.help", t("links-what")), rows, form, tell);
}
