// Feeds, as three independent parsers and a plain XML parser read them: whole texts, what a
// change is, what is gone, pages, conditions.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { release, Site, until, wait } from "./site.mjs";

const require = createRequire(import.meta.url);
const FeedParser = require("feedparser");
const RssParser = require("rss-parser");
const { parseFeed } = require("@rowanmanning/feed-parser");
const { XMLParser, XMLValidator } = require("fast-xml-parser");

const HUB = "https://hub.example/";
const TOPIC = "Sea & \"ports\"";
const FEEDS = ["/en/feed.atom", "/en/feed.rss", "/ko/feed.atom", "/ko/feed.rss", "/ar/feed.atom", "/ar/feed.rss",
	`/en/topics/${encodeURIComponent(TOPIC)}/feed.atom`, `/en/topics/${encodeURIComponent(TOPIC)}/feed.rss`,
	"/en/feed.atom?page=2", "/en/feed.rss?page=2"];

let site;
const files = {}; // slug -> its newest text
const moment = (answer) => Date.parse(answer);

async function publish(fields, body) {
	const text = release(fields, body);
	await site.publish(text);
	files[fields.Release] = text;
	return text;
}

async function change(slug, Change, note, fields = {}, body) {
	const before = files[slug];
	const old = Object.fromEntries(before.split("\n\n")[0].split("\n").map((line) => line.split(/: (.*)/)));
	return publish({ ...old, Revision: String(Number(old.Revision) + 1), Previous: sha256(before), Change,
		"Change-Note": note, ...fields }, body ?? before.slice(before.indexOf("\n\n") + 2));
}

before(async () => {
	site = await Site.start({ settings: `websub-hub = ${HUB}\n` });
	for (let i = 0; i < 24; i++)
		await publish({ Release: `2026-10-01-release-${i}`, Date: "2026-10-01", Title: `Release <${i}> & more`,
			Topics: i % 2 ? `${TOPIC}; Trade` : undefined, Department: "Eurasia Division" });
	for (const [Language, Title] of [["ko", "제목 & 부제"], ["ar", "عنوان \u{1F54A}"]])
		await publish({ Release: "2026-10-02-translated", Language, Date: "2026-10-02", Title }, "1. 본문 \uFFFE “끝”.\n");
	await change("2026-10-01-release-3", "correction", "The <number> was wrong.", { Title: "Release 3, corrected" }, "1. Corrected.\n");
	await change("2026-10-01-release-5", "withdrawal", "It was too early.");
	await change("2026-10-01-release-7", "kill", "It named a person.", {}, "");
	await wait(1100);
	await change("2026-10-01-release-23", "minor", undefined, { Title: "Release 23, tidied" });
});
after(() => site?.stop());

const entriesOf = {
	feedparser: (text) => new Promise((done, failed) => {
		const parser = new FeedParser({ addmeta: true }), items = [];
		parser.on("error", failed).on("readable", () => {
			for (let item; (item = parser.read());)
				items.push({ id: item.guid, title: item.title, text: item.description, at: +item.pubdate, url: item.link,
					tags: item.categories, meta: item.meta });
		}).on("end", () => done(items));
		Readable.from([text]).pipe(parser);
	}),
	"rss-parser": async (text) => (await new RssParser().parseString(text)).items.map((item) => ({
		id: item.guid ?? item.id, title: item.title, text: item["content:encoded"] ?? item.content, at: moment(item.pubDate), url: item.link,
	})),
	"@rowanmanning/feed-parser": async (text) => parseFeed(text).items.map((item) => ({
		id: item.id, title: item.title, text: item.content, at: +item.published, url: item.url,
		tags: item.categories.map(({ term }) => term),
	})),
};

for (const feed of FEEDS)
	test(`three parsers read the same of ${feed}`, async () => {
		const { status, text, headers } = await site.get(feed);
		assert.equal(status, 200);
		assert.match(headers["content-type"], feed.includes("atom") ? /^application\/atom\+xml/ : /^application\/rss\+xml/);
		assert.equal(headers["access-control-allow-origin"], "*");
		assert.equal(XMLValidator.validate(text), true);
		const all = await Promise.all(Object.values(entriesOf).map((read) => read(text)));
		assert.ok(all[0].length > 0);
		for (const entries of all)
			assert.deepEqual(entries.map(({ id, title, url }) => [id, title, url]), all[0].map(({ id, title, url }) => [id, title, url]));
		for (const entry of all.flat()) {
			assert.ok(entry.id.startsWith(`${site.url}/`) && entry.id === entry.url, entry.id);
			assert.ok(Math.abs(entry.at - Date.now()) < 120e3, String(entry.at));
			assert.ok(entry.text.length > 0 && entry.title.length > 0);
		}
		for (const { id } of all[0])
			assert.ok([200, 410].includes((await site.get(id.slice(site.url.length))).status), id);
	});

const atom = (text) => new XMLParser({ ignoreAttributes: false, isArray: (name) => ["entry", "category", "link", "at:deleted-entry"].includes(name) })
	.parse(text).feed;
const slugOf = (address) => /releases\/([^/]+)$/.exec(address)[1];

test("an entry has the whole text, its times, and whole addresses", async () => {
	const feed = atom((await site.get("/en/feed.atom")).text);
	assert.equal(feed.id, `${site.url}/en/feed.atom`);
	const link = (rel, of = feed) => of.link.find((one) => one["@_rel"] === rel)?.["@_href"];
	assert.equal(link("self"), `${site.url}/en/feed.atom`);
	assert.equal(link("next"), `${site.url}/en/feed.atom?page=2`);
	assert.equal(link("hub"), HUB);
	assert.equal(link("alternate"), `${site.url}/en/releases/`);
	const entry = feed.entry.find(({ id }) => slugOf(id) === "2026-10-01-release-21");
	assert.match(entry.content["#text"], /<span class="num">2\.<\/span>|The second one/);
	assert.equal(entry.title, "Release &lt;21&gt; &amp; more".replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
	assert.equal(entry.published, entry.updated);
	assert.equal(entry.author.name, "Eurasia Division");
	assert.deepEqual(entry.category.map((one) => one["@_term"]), ["press-release", TOPIC, "Trade"]);
	assert.equal(feed.updated, [...feed.entry.map(({ updated }) => updated),
		...feed["at:deleted-entry"].map((one) => one["@_when"])].sort().at(-1));
});

test("a correction says so in its title, before its text and as a category, and moves to the front", async () => {
	const feed = atom((await site.get("/en/feed.atom")).text);
	const entry = feed.entry[0];
	assert.equal(slugOf(entry.id), "2026-10-01-release-3");
	assert.equal(entry.title, "Correction: Release 3, corrected");
	assert.match(entry.content["#text"], /^<p><strong>Correction\.<\/strong> The &lt;number&gt; was wrong\.<\/p>[^]*Corrected\./);
	assert.equal(entry.category[0]["@_term"], "correction");
	assert.ok(moment(entry.updated) >= moment(entry.published));
	for (const [name, read] of Object.entries(entriesOf)) {
		const item = (await read((await site.get("/en/feed.rss")).text)).find(({ id }) => slugOf(id) === "2026-10-01-release-3");
		assert.equal(item.title, "Correction: Release 3, corrected", name);
		assert.ok(!item.tags || item.tags.includes("correction"), name);
	}
});

test("what is withdrawn or removed arrives as such, and of the removed nothing is left", async () => {
	const { text } = await site.get("/en/feed.atom");
	const gone = atom(text)["at:deleted-entry"];
	assert.deepEqual(gone.map((one) => [slugOf(one["@_ref"]), one["at:comment"]]),
		[["2026-10-01-release-7", "It named a person."], ["2026-10-01-release-5", "It was too early."]]);
	assert.ok(!atom(text).entry.some(({ id }) => /-(5|7)$/.test(id)));
	const rss = (await site.get("/en/feed.rss")).text;
	const items = await entriesOf["rss-parser"](rss);
	assert.equal(items.find(({ id }) => slugOf(id) === "2026-10-01-release-5").title, "Withdrawn: Release <5> & more");
	assert.equal(items.find(({ id }) => slugOf(id) === "2026-10-01-release-7").title, "This release has been removed.");
	const data = (await site.get("/en/feed.json")).text;
	for (const one of [text, rss, data])
		assert.ok(!/Release (<|&lt;|\\u003c)7/.test(one));
	const of = (n) => JSON.parse(data).items.find(({ id }) => slugOf(id) === `2026-10-01-release-${n}`);
	assert.deepEqual([of(5), of(7)].map(({ _communique: { change, note }, title }) => [change, note, title]), [
		["withdrawal", "It was too early.", "Withdrawn: Release <5> & more"],
		["kill", "It named a person.", "This release has been removed."]]);
});

test("a minor change tidies the text and moves nothing", async () => {
	const feed = atom((await site.get("/en/feed.atom")).text);
	const at = feed.entry.findIndex(({ id }) => slugOf(id) === "2026-10-01-release-23");
	assert.equal(feed.entry[at].title, "Release 23, tidied");
	assert.equal(feed.entry[at].updated, feed.entry[at].published);
	assert.equal(at, 1, "behind the correction, before what came earlier");
});

test("JSON Feed says the same", async () => {
	const { text, headers } = await site.get("/en/feed.json");
	assert.match(headers["content-type"], /^application\/feed\+json/);
	const feed = JSON.parse(text);
	assert.equal(feed.version, "https://jsonfeed.org/version/1.1");
	assert.equal(feed.feed_url, `${site.url}/en/feed.json`);
	assert.equal(feed.next_url, `${site.url}/en/feed.json?page=2`);
	assert.deepEqual(feed.hubs, [{ type: "WebSub", url: HUB }]);
	const rss = await entriesOf.feedparser((await site.get("/en/feed.rss")).text);
	assert.deepEqual(feed.items.map(({ id, title }) => [id, title]), rss.map(({ id, title }) => [id, title]));
	assert.deepEqual(feed.items.map(({ content_html }) => content_html.trim()), rss.map((item) => item.text.trim()));
	assert.ok(feed.items[2].content_html.includes(`href="${feed.items[2].url}#p1"`));
});

test("pages lead through all of them, each once", async () => {
	const seen = [];
	let next = "/en/feed.json";
	while (next) {
		const page = JSON.parse((await site.get(next)).text);
		seen.push(...page.items.map(({ id }) => slugOf(id)));
		next = page.next_url?.slice(site.url.length);
	}
	assert.equal(seen.length, 24);
	assert.equal(new Set(seen).size, 24);
	for (const nothing of ["?page=3", "?page=0", "?page=101", "?page=x"])
		assert.equal((await site.get(`/en/feed.atom${nothing}`)).status, 404, nothing);
	for (const [asked, right] of [["?page=1", ""], ["?x=1", ""], ["?x&page=2", "?page=2"]])
		assert.equal((await site.get(`/en/feed.atom${asked}`)).headers.location, `/en/feed.atom${right}`);
	const topic = JSON.parse((await site.get(`/en/topics/${encodeURIComponent(TOPIC)}/feed.json`)).text);
	assert.equal(topic.items.length, 12);
	assert.equal((await site.get("/en/topics/Nothing/feed.atom")).status, 404);
});

test("304 for who has it already, and not after a change", async () => {
	for (const feed of ["/en/feed.atom", "/en/feed.rss", "/en/feed.json", `/en/topics/${encodeURIComponent(TOPIC)}/feed.atom`]) {
		// Later than the second in which it last changed, and the next.
		await until(`${feed} has a moment`, 100, async () => (await site.get(feed)).headers["last-modified"]);
		const { headers } = await site.get(feed);
		assert.equal((await site.get(feed, { "If-Modified-Since": headers["last-modified"] })).status, 304, feed);
		const again = await site.get(feed, { "If-None-Match": headers.etag });
		assert.deepEqual([again.status, again.text], [304, ""], feed);
	}
	const { headers } = await site.get("/en/feed.atom");
	await wait(1100);
	await change("2026-10-01-release-1", "minor", undefined, { Title: "Release 1, tidied" });
	await change("2026-10-01-release-22", "update", "More is known.");
	await wait(1100);
	for (const [name, value] of [["If-None-Match", headers.etag], ["If-Modified-Since", headers["last-modified"]]])
		assert.equal((await site.get("/en/feed.atom", { [name]: value })).status, 200, name);
});

test("an empty site has feeds, too", async () => {
	const { text } = await site.get("/ar/feed.atom");
	assert.ok(text.includes("xml:lang=\"ar\""));
	const other = await Site.start({ languages: "en" });
	try {
		for (const feed of ["/en/feed.atom", "/en/feed.rss", "/en/feed.json"])
			assert.equal((await other.get(feed)).status, 200, feed);
		assert.equal(XMLValidator.validate((await other.get("/en/feed.atom")).text), true);
		assert.equal(parseFeed((await other.get("/en/feed.rss")).text).items.length, 0);
	} finally {
		await other.stop();
	}
});
