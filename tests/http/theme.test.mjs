// A site's own look and words: the example of communique-theme(5), the settings of the
// frame, and how a service says that a theme is broken.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { COMMUNIQUED, release, serving, Site, TOP } from "./site.mjs";

const manual = fs.readFileSync(path.join(TOP, "src/man/communique-theme.5"), "utf8");
const literals = [...manual.matchAll(/^\.Bd -literal.*\n([^]*?)^\.Ed/gm)].map(([, text]) => text);
const PAGE = "/en/releases/2026-11-23-first";

let site, theme;

const put = (name, text) => fs.writeFileSync(path.join(theme, name), text);

before(async () => {
	theme = fs.mkdtempSync(path.join(os.tmpdir(), "communique-theme-"));
	const [house, bottom] = literals;
	put("house.css", house);
	put("bottom.mustache", bottom);
	fs.copyFileSync(path.join(TOP, "src/theme/bottom.mustache"), path.join(theme, "ours.mustache"));
	put("house.woff2", "wOF2");
	put("logo.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1"/></svg>');
	site = await Site.start({
		languages: "en,ko", settings: [`theme = ${theme}`, "time-zone = Asia/Seoul",
			"name.en = The Ministry & Co", "masthead.en = An official website of %1.",
			"menu.en = releases; About us | https://ministry.example/about; home",
			"footer.en = Privacy | https://ministry.example/privacy; 1 Sejong-daero, Seoul", ""].join("\n"),
	});
	await site.publish(release());
});
after(async () => {
	await site?.stop();
	fs.rmSync(theme, { recursive: true, force: true });
});

const link = (page, pattern) => new RegExp(pattern).exec(page.text)?.[0];

test("the example of the manual is what readers get", async () => {
	const page = await site.get(PAGE);
	assert.match(page.text, /<p class="motto" lang="en" dir="ltr">The Ministry &amp; Co: in public, since 1948\.<\/p>/);
	assert.match(page.text, /<footer/);
	const css = await site.get(link(page, "/static/house\\.[0-9a-f]{10}\\.css"));
	assert.equal(css.status, 200);
	assert.match(css.headers["content-type"], /^text\/css/);
	assert.match(css.headers["cache-control"], /immutable/);
	assert.match(css.text, /--accent: #7a1f3d/);
	const font = await site.get(link(css, "/static/house\\.[0-9a-f]{10}\\.woff2"));
	assert.deepEqual([font.status, font.text, font.headers["content-type"]], [200, "wOF2", "font/woff2"]);
	assert.match(page.headers["content-security-policy"], /font-src 'self'/);
	assert.ok(page.text.indexOf("/static/site.") < page.text.indexOf("/static/house."), "house.css is the last word");
});

test("the logo stands for the name, which is its text", async () => {
	const page = await site.get(PAGE);
	assert.match(page.text, /<img src="\/static\/logo\.[0-9a-f]{10}\.svg" alt="The Ministry &amp; Co"/);
	const logo = await site.get(link(page, "/static/logo\\.[0-9a-f]{10}\\.svg"));
	assert.deepEqual([logo.status, logo.headers["content-type"]], [200, "image/svg+xml"]);
});

test("masthead, menu and footer are those of the settings, in their language", async () => {
	const [en, ko] = [await site.get("/en/"), await site.get("/ko/")];
	assert.match(en.text, /An official website of <strong>The Ministry &amp; Co<\/strong>\./);
	const menu = /<nav class="menu"[^]*?<\/nav>/.exec(en.text)[0];
	assert.deepEqual([...menu.matchAll(/href="([^"]*)"/g)].map(([, href]) => href),
		["/en/releases/", "https://ministry.example/about", "/en/"]);
	assert.match(en.text, /<footer[^]*https:\/\/ministry\.example\/privacy[^]*<\/footer>/);
	assert.match(en.text, /<footer[^]*1 Sejong-daero, Seoul[^]*<\/footer>/);
	assert.doesNotMatch(ko.text, /ministry\.example/);
});

test("times are in the site's zone, and say so", async () => {
	const page = await site.get(PAGE);
	assert.match(page.text, /Published here [A-Z][a-z]+ \d+, \d{4}, \d\d:\d\d KST \(UTC\+9\)\./);
	const { publicAt } = (await site.get(`${PAGE}.json`)).json;
	const there = new Date(Date.parse(publicAt) + 9 * 3600e3).toISOString();
	assert.ok(page.text.includes(`${there.slice(11, 16)} KST`), `${publicAt} is ${there}`);
});

test("a broken theme is told with file and line before the first page", () => {
	const conf = path.join(site.state, "communique.conf");
	put("home.mustache", "{{> top}}\n{{#entries}}\n");
	for (const command of [["config", "-c", conf], serving("serve", conf), serving("desk", conf)]) {
		const { status, stdout, stderr } = spawnSync(COMMUNIQUED, command, { encoding: "utf8", timeout: 10000 });
		assert.equal(status, 1, command[0]);
		assert.equal(stdout, "");
		assert.match(stderr, /home\.mustache:2: this section is never closed: entries/);
	}
	fs.unlinkSync(path.join(theme, "home.mustache"));
	const good = spawnSync(COMMUNIQUED, ["config", "-c", conf], { encoding: "utf8" });
	assert.equal(good.status, 0, good.stderr);
	assert.match(good.stdout, /\ntheme = /);
});

// Every name in our templates, so that the manual cannot fall behind them.
const templates = fs.readdirSync(path.join(TOP, "src/theme")).filter((name) => name.endsWith(".mustache"));
const sections = manual.split(/^\.Ss /m).slice(1);
const words = (text) => new Set([...text.matchAll(/^\.(?:It )?Va (.*)$/gm)]
	.flatMap(([, line]) => line.split(" ")).filter((word) => /^[a-z]/.test(word)));

for (const template of templates)
	test(`communique-theme(5) has every value of ${template}`, () => {
		const known = new Set(sections.filter((text) =>
			/^All templates|^preview/.test(text) || text.split("\n")[0].includes(template))
			.flatMap((text) => [...words(text)]));
		const text = fs.readFileSync(path.join(TOP, "src/theme", template), "utf8");
		const used = [...text.matchAll(/{{[#^&]?\s*([a-z][^}\s]*)\s*}}/g)].map(([, name]) => name);
		const missing = [...new Set(used)].filter((name) => !name.startsWith("t.") && !known.has(name));
		assert.deepEqual(missing, [], `${template}: add these to src/man/communique-theme.5`);
	});
