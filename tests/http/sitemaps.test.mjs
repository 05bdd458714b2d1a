// What search engines and other machines are told: sitemaps, robots.txt, security.txt, and the
// head of every page.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { release, Site } from "./site.mjs";

const { XMLParser, XMLValidator } = createRequire(import.meta.url)("fast-xml-parser");
const LANGUAGES = ["en", "ko", "ar"];
let site;

async function revise(text, change, body) {
	await site.publish(text.replace("Revision: 1\n", `Revision: 2\nPrevious: ${sha256(text)}\nChange: ${change}\nChange-Note: So.\n`)
		.replace(/\n\n[^]*/, `\n\n${body ?? text.slice(text.indexOf("\n\n") + 2)}`));
}

before(async () => {
	site = await Site.start({ settings: "contact-security = security@press.example\n" });
	for (const Language of LANGUAGES)
		await site.publish(release({ Release: "2026-11-23-everywhere", Language, Title: `In <${Language}>`, Topics: "Sea" }));
	await site.publish(release({ Release: "1999-05-01-old", Date: "1999-05-01" }));
	const withdrawn = release({ Release: "2026-11-20-withdrawn" }), killed = release({ Release: "2026-11-20-killed" });
	await site.publish(withdrawn);
	await site.publish(killed);
	await revise(withdrawn, "withdrawal");
	await revise(killed, "kill", "");
});
after(() => site?.stop());

const parse = (text) => {
	assert.equal(XMLValidator.validate(text), true);
	return new XMLParser({ ignoreAttributes: false, isArray: (name) => ["sitemap", "url", "xhtml:link"].includes(name) }).parse(text);
};
const get = async (url) => {
	const answer = await site.get(url.replace(site.url, ""));
	assert.equal(answer.status, 200, url);
	return answer;
};

async function urls() {
	const index = parse((await get("/sitemap.xml")).text).sitemapindex.sitemap.map(({ loc }) => loc);
	const all = [];
	for (const part of index)
		all.push(...parse((await get(part)).text).urlset.url);
	return { index, all };
}

test("the index leads to every page and release, each alive, in parts by language and month", async () => {
	const { index, all } = await urls();
	assert.deepEqual(index.map((loc) => loc.replace(site.url, "")).sort(), [
		...LANGUAGES.flatMap((language) => [`/${language}/sitemap.xml`, `/${language}/sitemap-2026-11.xml`]), "/en/sitemap-1999-05.xml"].sort());
	for (const { loc } of all)
		await get(loc);
	const locs = all.map(({ loc }) => loc.replace(site.url, ""));
	assert.equal(new Set(locs).size, locs.length, "each once");
	for (const expected of ["/en/", "/ko/releases/", "/ar/topics/", "/en/archive/", "/en/archive/1999/05/", "/en/releases/1999-05-01-old",
		...LANGUAGES.map((language) => `/${language}/releases/2026-11-23-everywhere`)])
		assert.ok(locs.includes(expected), expected);
	assert.ok(!locs.some((loc) => /withdrawn|killed/.test(loc)), "what is withdrawn or killed is in none");
});

test("translations name each other; lastmod is the last change", async () => {
	const { all } = await urls();
	const of = (path) => all.find(({ loc }) => loc === site.url + path);
	for (const language of LANGUAGES)
		assert.deepEqual(of(`/${language}/releases/2026-11-23-everywhere`)["xhtml:link"].map((link) => [link["@_hreflang"], link["@_href"]]).sort(),
			LANGUAGES.map((tag) => [tag, `${site.url}/${tag}/releases/2026-11-23-everywhere`]).sort());
	const { lastmod, "xhtml:link": none } = of("/en/releases/1999-05-01-old");
	assert.ok(Math.abs(Date.parse(lastmod) - Date.now()) < 120e3);
	assert.equal(none, undefined);
});

test("a part that is not there is 404, and has one spelling", async () => {
	for (const part of ["/en/sitemap-2026-10.xml", "/en/sitemap-2026-11-2.xml", "/en/sitemap-2026-11-1.xml", "/en/sitemap-2026-13.xml",
		"/en/sitemap-26-11.xml", "/en/sitemap-2026-1.xml", "/xx/sitemap.xml", "/ko/sitemap-1999-05.xml", "/en/sitemap-2026-11-02.xml"])
		assert.equal((await site.get(part)).status, 404, part);
	assert.equal((await site.get("/sitemap.xml?x=1")).headers.location, "/sitemap.xml");
});

test("the news sitemap has what was published in the last two days, and is still there", async () => {
	const { text } = await get("/sitemap-news.xml");
	const { url } = parse(text).urlset;
	assert.deepEqual(url.map(({ loc }) => loc.replace(site.url, "")).sort(), [
		...LANGUAGES.map((language) => `/${language}/releases/2026-11-23-everywhere`), "/en/releases/1999-05-01-old"].sort());
	const korean = url.find(({ loc }) => loc.includes("/ko/"))["news:news"];
	assert.equal(korean["news:publication"]["news:language"], "ko");
	assert.equal(korean["news:title"], "In <ko>");
	assert.ok(Math.abs(Date.parse(korean["news:publication_date"]) - Date.now()) < 120e3);
});

test("robots.txt names the sitemaps, and lets nobody into lists without end", async () => {
	const { text, headers } = await get("/robots.txt");
	assert.match(headers["content-type"], /^text\/plain/);
	for (const [, map] of text.matchAll(/^Sitemap: (.*)$/gm))
		parse((await get(map)).text);
	assert.equal(text.match(/^Sitemap: /gm).length, 2);
	const rules = [...text.matchAll(/^Disallow: (.*)$/gm)].map(([, rule]) =>
		new RegExp(`^${rule.replace(/[.?+]/g, "\\$&").replaceAll("*", ".*")}`));
	const allowed = (path) => !rules.some((rule) => rule.test(path));
	for (const path of ["/en/", "/en/releases/", "/en/releases/?page=2", "/en/releases/2026-11-23-everywhere", "/en/topics/Sea/", "/files/a/b.pdf",
		"/static/site.css", "/en/search?q=a"])
		assert.ok(allowed(path), path);
	for (const path of ["/admin/drafts", "/desk/", "/preview/en/a/1-b/c", "/en/releases/?kind=statement", "/en/releases/?topic=Sea&from=2026-01-01"])
		assert.ok(!allowed(path), path);
});

test("security.txt says where to tell of a weakness, for a while", async () => {
	const { text } = await get("/.well-known/security.txt");
	assert.match(text, /^Contact: mailto:security@press\.example$/m);
	assert.match(text, /^Preferred-Languages: en, ko, ar$/m);
	assert.ok(text.includes(`\nCanonical: ${site.url}/.well-known/security.txt\n`));
	const expires = Date.parse(/^Expires: (.*)$/m.exec(text)[1]) - Date.now();
	assert.ok(expires > 140 * 86400e3 && expires < 190 * 86400e3);
});

test("every page has a title, a description, one address, its languages, feeds and data", async () => {
	const release = "/en/releases/2026-11-23-everywhere";
	for (const page of ["/en/", "/en/releases/", "/en/topics/", "/en/topics/Sea/", "/en/archive/", "/en/archive/2026/", "/en/archive/2026/11/",
		release, `${release}/r1`, `${release}/history`, "/en/releases/2026-11-20-withdrawn/history/1..2"]) {
		const { text } = await get(page);
		const head = text.slice(0, text.indexOf("</head>"));
		assert.match(head, /<title[^>]*>[^<]{4,}<\/title>/, page);
		assert.match(head, /<meta name="description" content="[^"]{4,}">/, page);
		const [, canonical] = /<link rel="canonical" href="([^"]+)">/.exec(head);
		assert.equal(canonical, site.url + page, page);
		for (const type of ["application/atom+xml", "application/rss+xml", "application/feed+json"])
			await get(new RegExp(`<link rel="alternate" type="${type.replace("+", "\\+")}" title="[^"]+" href="([^"]+)">`).exec(head)[1]);
		const twin = JSON.parse((await get(/<link rel="alternate" type="application\/json" href="([^"]+)">/.exec(head)[1])).text);
		assert.equal(twin.address, canonical, page);
		assert.match(head, /<meta property="og:type" content="(website|article)">/, page);
		for (const [, href] of head.matchAll(/<link rel="alternate" hreflang="[^"]+" href="([^"]+)">/g))
			assert.ok([200, 302].includes((await site.get(href.replace(site.url, ""))).status), href);
	}
	const { text } = await get(release);
	const data = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/.exec(text)[1]);
	assert.equal(data["@type"], "NewsArticle");
	assert.equal(data.publisher["@type"], "GovernmentOrganization");
	for (const name of ["headline", "datePublished", "dateModified", "inLanguage", "identifier", "version", "license", "workTranslation"])
		assert.ok(data[name] !== undefined, name);
	assert.equal((text.match(/hreflang="x-default"/g) ?? []).length, 1);
});
