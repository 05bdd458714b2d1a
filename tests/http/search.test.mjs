// The search, through the web server: what is found, how it is shown, what feeds and data say of
// it, that it knows nothing of what is still to come, and that it can be made anew.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { COMMUNIQUED, release, Site, until, wait } from "./site.mjs";

const { parseFeed } = createRequire(import.meta.url)("@rowanmanning/feed-parser");
const LANGUAGES = ["en", "ko", "ar"];
const texts = {}; // edition -> its newest text
let site;

async function publish(fields, body) {
	const text = release(fields, body);
	const { answer } = await site.publish(text);
	texts[`${fields.Language ?? "en"}/${fields.Release}`] = text;
	return answer;
}

const next = (edition, Change, fields = {}, body) => {
	const [head, ...old] = texts[edition].split("\n\n");
	const header = Object.fromEntries(head.split("\n").map((line) => line.split(/: (.*)/)));
	return [{ ...header, Revision: String(Number(header.Revision) + 1), Previous: sha256(texts[edition]), Change,
		"Change-Note": "So.", ...fields }, body ?? old.join("\n\n")];
};

const target = (query, { language = "en", end = "", ...rest } = {}) =>
	`/${language}/search${end}?${new URLSearchParams({ q: query, ...rest })}`;
async function data(query, how = {}) {
	const { status, text } = await site.get(target(query, { end: ".json", ...how }));
	assert.equal(status, 200, query);
	return JSON.parse(text);
}
const found = async (query, how) => (await data(query, how)).releases.map((entry) => entry.release);
const marks = (text) => [...text.matchAll(/<mark>([^<]*)<\/mark>/g)].map(([, word]) => word);

before(async () => {
	site = await Site.start();
	await publish({ Release: "2026-01-10-pact", Date: "2026-01-10", Title: "A pact on fisheries", Reference: "20-752", Department: "Eurasia Division",
		Topics: "Sea", Kind: "statement" },
	"1. Both sides will deepen their cooperation. The harbour fees were waived.\n\n° 外交部发言人 was present, and so was the Café owner.\n");
	await publish({ Release: "2026-02-10-fees", Date: "2026-02-10", Title: "Harbour and fees", Topics: "Trade" },
		"1. The fees of each harbour stay; harbour dues and fees are named in No. 20-753.\n");
	await publish({ Release: "2026-01-10-pact", Language: "ko", Date: "2026-01-10", Title: "어업 협정" }, "1. 정부는 신기후변화대응체제를 마련한다.\n");
	await publish({ Release: "2026-01-10-pact", Language: "ar", Date: "2026-01-10", Title: "اتفاقية" }, "1. وصلت السفينة إلى الميناء أمس.\n");
	await publish({ Release: "2026-03-01-gone", Date: "2026-03-01", Title: "Withdrawn soon" }, "1. Harbour vanishing.\n");
	await publish(...next("en/2026-03-01-gone", "withdrawal"));
	for (let i = 0; i < 25; i++)
		await publish({ Release: `2026-04-${String(1 + i).padStart(2, "0")}-lamp`, Date: `2026-04-${String(1 + i).padStart(2, "0")}`, Title: `Lamp ${i}` },
			`1. ${"A lighthouse. ".repeat(1 + i % 3)}It was told.\n`);
});
after(() => site?.stop());

test("words are found by stems, inside compounds, with and without article, by two letters, exactly, word for word", async () => {
	for (const [query, language, wanted] of [
		["cooperate", "en", ["2026-01-10-pact"]], ["COOPERATING", "en", ["2026-01-10-pact"]], ["cafe", "en", ["2026-01-10-pact"]],
		["기후", "ko", ["2026-01-10-pact"]], ["기후변화", "ko", ["2026-01-10-pact"]], ["어업", "ko", ["2026-01-10-pact"]],
		["سفينة", "ar", ["2026-01-10-pact"]], ["السفينة", "ar", ["2026-01-10-pact"]], ["السَّفِينَةِ", "ar", ["2026-01-10-pact"]], ["ميناء", "ar", ["2026-01-10-pact"]],
		["发言", "en", ["2026-01-10-pact"]], ["20-752", "en", ["2026-01-10-pact"]], ["20-753", "en", ["2026-02-10-fees"]],
		["\"harbour fees\"", "en", ["2026-01-10-pact"]], ["\"fees harbour\"", "en", []], ["harbour -dues", "en", ["2026-01-10-pact"]],
		["vanishing", "en", []], ["基金", "en", []], ["우주", "ko", []],
	])
		assert.deepEqual(await found(query, { language }), wanted, query);
	// A word of the title counts more than one of the body.
	assert.deepEqual(await found("harbour fees"), ["2026-02-10-fees", "2026-01-10-pact"]);
});

test("the page tells how many there are and marks the words, and nothing in a query is markup", async () => {
	const { text, headers } = await site.get(target("cooperate harbour"));
	assert.match(text, /Releases found for “cooperate harbour”: 1</);
	assert.deepEqual(marks(text), ["cooperation", "harbour"]);
	assert.match(headers["content-security-policy"], /default-src/);
	assert.deepEqual(marks((await site.get(target("기후변화", { language: "ko" }))).text), ["기후변화"]);
	assert.deepEqual(marks((await site.get(target("سفينة", { language: "ar" }))).text), ["السفينة"]);
	const hostile = (await site.get(target("\"><script>alert(1)</script>"))).text;
	assert.ok(!hostile.includes("<script>alert") && hostile.includes("&lt;script&gt;"));
});

test("filters, order and pages narrow and turn the results, at one address each", async () => {
	assert.deepEqual(await found("fees", { kind: "statement" }), ["2026-01-10-pact"]);
	assert.deepEqual(await found("fees", { topic: "Trade" }), ["2026-02-10-fees"]);
	assert.deepEqual(await found("fees", { department: "Eurasia Division" }), ["2026-01-10-pact"]);
	assert.deepEqual(await found("fees", { from: "2026-02-01" }), ["2026-02-10-fees"]);
	assert.deepEqual(await found("fees", { to: "2026-02-01" }), ["2026-01-10-pact"]);
	const first = await data("lighthouse"), second = await data("lighthouse", { page: "2" });
	assert.deepEqual([first.total, first.pages, first.releases.length, second.releases.length], [25, 2, 20, 5]);
	const all = [...first.releases, ...second.releases].map((entry) => entry.release);
	assert.equal(new Set(all).size, 25);
	const newest = (await data("lighthouse", { sort: "date" })).releases.map((entry) => entry.date);
	assert.deepEqual(newest, [...newest].sort().reverse());
	const { text } = await site.get(target("lighthouse"));
	assert.match(text, /rel="next" href="\/en\/search\?q=lighthouse&amp;page=2"/);
	for (const [asked, right] of [
		["/en/search?topic=Trade&q=fees", "/en/search?q=fees&topic=Trade"], ["/en/search?q=fees&kind=&sort=&x=y", "/en/search?q=fees"],
		["/en/search?q=fees&page=1", "/en/search?q=fees"], ["/en/search/?q=fees", "/en/search?q=fees"], ["/en/search?q=harbour%20fees", "/en/search?q=harbour+fees"],
	]) {
		const { status, headers } = await site.get(asked);
		assert.deepEqual([status, headers.location], [301, right], asked);
	}
	for (const nothing of ["page=3", "page=0", "sort=x", "kind=x", "topic=None", "from=2026"])
		assert.equal((await site.get(`/en/search?q=lighthouse&${nothing}`)).status, 404, nothing);
	assert.equal((await site.get(target("x".repeat(200)))).status, 200);
	assert.equal((await site.get(target("x".repeat(201)))).status, 400);
});

test("who finds nothing is told what to do next", async () => {
	const { text } = await site.get(target("harbour xyzzy"));
	assert.match(text, /No release was found for “harbour xyzzy”/);
	assert.match(text, /<a href="\/en\/search\?q=harbour">Search without xyzzy \(2\)<\/a>/);
	assert.match(text, /href="\/en\/releases\/"/);
	const elsewhere = await data("기후변화");
	assert.deepEqual(elsewhere.otherLanguages.map(({ language, total }) => [language, total]), [["ko", 1]]);
	assert.match((await site.get(target("fees", { from: "2027-01-01" }))).text, /<a href="\/en\/search\?q=fees">Search in all releases/);
	assert.match((await site.get(target("?!"))).text, /no word to look for/);
	assert.match((await site.get("/en/search")).text, /All words are looked for/);
});

test("a search can be subscribed to, the newest first", async () => {
	for (const form of ["atom", "rss", "json"]) {
		const address = target("lighthouse", { end: `/feed.${form}` });
		const { status, text } = await site.get(address);
		assert.equal(status, 200, address);
		const titles = form === "json" ? JSON.parse(text).items.map(({ title }) => title) : parseFeed(text).items.map(({ title }) => title);
		assert.equal(titles.length, 20);
		assert.deepEqual(titles.slice(0, 2), ["Lamp 24", "Lamp 23"]);
		assert.equal((await site.get(`${address}&page=2`)).status, 200);
		assert.equal((await site.get(`${address}&page=3`)).status, 404);
	}
	assert.ok((await site.get(target("fees"))).text.includes("href=\"/en/search/feed.atom?q=fees\""));
});

// All that a search can tell, of words that are in what is to come and of some that are not.
async function answers() {
	const all = {};
	for (const language of LANGUAGES)
		for (const query of ["fees", "harbour", "harbour fees", "secretword", "fees secretword", "cooperate secretword", "lighthouse", "-secretword fees",
			"\"harbour fees\"", "기후변화", "سفينة"])
			for (const end of ["", ".json", "/feed.atom"])
				for (const more of [{}, end === "" ? { sort: "date" } : {}, { from: "2026-01-01" }]) {
					const address = target(query, { language, end, ...more });
					const { status, headers, text } = await site.get(address);
					const { date, ...kept } = headers;
					all[address] = JSON.stringify([status, kept, text]);
				}
	return all;
}
const moment = (seconds) => new Date(seconds * 1000).toISOString().replace(".000", "");

test("what is to come changes no answer before its moment, and is found from then on", async () => {
	const earlier = await answers();
	const lift = Math.ceil(Date.now() / 1000) + 12;
	const fields = { "Publish-At": moment(lift) };
	const body = `1. Secretword fees of the harbour, ${"fees ".repeat(20)}.\n`;
	for (const Language of LANGUAGES)
		assert.equal((await publish({ Release: "2026-05-01-secret", Language, Date: "2026-05-01", Title: "Secretword fees", ...fields }, body)).state, "scheduled");
	await publish(...next("en/2026-02-10-fees", "correction", { Title: "Secretword revised", ...fields }, "1. Secretword alone.\n"));
	await publish(...next("en/2026-01-10-pact", "withdrawal", fields));
	const dropped = await publish({ Release: "2026-05-02-dropped", Date: "2026-05-02", Title: "Secretword fees", ...fields, "Publish-At": moment(lift + 600) }, body);
	assert.equal(dropped.state, "scheduled");
	const between = await answers();
	assert.equal((await site.admin("author", "/admin/drafts/en/2026-05-02-dropped", { method: "DELETE" })).status, 200);
	assert.ok(Date.now() / 1000 < lift - 1, "the machine was too slow for this test");
	for (const [address, answer] of Object.entries(earlier))
		// A page's lifetime may end at the lift, a second away at most: all else is the same.
		assert.equal(between[address], answer, address);
	await until("the lift has come", 400, async () => Date.now() / 1000 > lift + 0.2);
	assert.deepEqual((await found("secretword")).sort(), ["2026-02-10-fees", "2026-05-01-secret"]);
	assert.deepEqual(await found("secretword", { language: "ko" }), ["2026-05-01-secret"]);
	assert.deepEqual(await found("fees"), ["2026-05-01-secret"]); // one was revised, one withdrawn
	assert.deepEqual(await found("cooperate"), []);
	// Merging what has come changes nothing.
	const fresh = await answers();
	await wait(6000);
	assert.deepEqual(Object.entries(await answers()).filter(([address, answer]) => {
		const [, { etag: a }] = JSON.parse(answer), [, { etag: b }] = JSON.parse(fresh[address]);
		return a !== b;
	}), []);
});

const operator = (...args) => spawnSync(COMMUNIQUED, [...args, "-c", path.join(site.state, "communique.conf")], { encoding: "utf8" });

test("indexes and search are made anew while readers read; not while the desk writes", async () => {
	const busy = operator("rebuild");
	assert.equal(busy.status, 3);
	assert.match(busy.stderr, /one at a time/);
	const earlier = await answers();
	await site.services.desk.stop();
	const done = operator("rebuild");
	assert.deepEqual([done.status, done.stderr], [0, ""]);
	assert.match(done.stdout, /^\d+ revisions: their indexes and the search are made anew\n$/);
	const after = await answers();
	for (const [address, answer] of Object.entries(earlier))
		assert.equal(JSON.parse(after[address])[2], JSON.parse(answer)[2], address);
	assert.match(operator("fsck").stdout, /all in agreement/);
	site.services.desk.start();
	await site.ready();
});

test("killed at any moment of a publication, the search agrees with the store", async () => {
	for (let round = 0; round < 6; round++) {
		const work = (async () => {
			for (let i = 0; i < 40; i++)
				await publish({ Release: `2026-06-01-k${round}-${i}`, Date: "2026-06-01", Title: `Kill ${round} ${i}` }, "1. Lighthouse again.\n");
		})().catch(() => null);
		await wait(60 + 37 * round);
		await site.services.desk.stop("SIGKILL");
		await work;
		const { stdout, status } = operator("fsck");
		assert.equal(status, 0, stdout);
		site.services.desk.start();
		await site.ready();
	}
	assert.ok((await data("kill")).total > 0);
});
