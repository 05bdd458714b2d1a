// What is embargoed does not exist: every address that will be there answers exactly like one
// that never will, until the second of its lift; then all are there, whether the desk runs or
// not.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { release, Site, wait } from "./site.mjs";

const AHEAD = 12; // seconds
const SECRET = "2026-11-23-secret"; // will be there
const NEVER = "2026-11-23-absent"; // the twin: as long, never there
const KNOWN = "2026-11-20-known"; // public; its second revision is embargoed
const LANGUAGES = ["en", "ko", "ar"];
const FILE = "0f".repeat(32);

let site, lift, second, baseline;
const keyid = () => site.keys.author.keyid.toLowerCase();

before(async () => {
	site = await Site.start();
	const first = release({ Release: KNOWN, Date: "2026-11-20", Title: "Known" });
	await site.publish(first);
	baseline = await lists();
	lift = Math.floor(Date.now() / 1000) + AHEAD;
	const when = { "Publish-At": new Date(lift * 1000).toISOString().replace(".000", "") };
	for (const language of LANGUAGES)
		await site.publish(release({ Release: SECRET, Language: language, Title: "Hushhush", ...when }));
	second = release({
		Release: KNOWN, Date: "2026-11-20", Title: "Known, hushhush", Revision: "2",
		Previous: sha256(first), Change: "correction", "Change-Note": "Hushhush.", ...when,
	}, "1. The first paragraph, hushhush.\n");
	const { answer } = await site.publish(second);
	assert.equal(answer.state, "scheduled");
});
after(() => site?.stop());

// What may differ between two answers given at different seconds.
const seen = ({ status, headers, text }) => {
	const { date, ...kept } = headers;
	return { status, headers: kept, text };
};

function addressesOf(slug) {
	const all = [];
	for (const language of LANGUAGES) {
		const page = `/${language}/releases/${slug}`;
		for (const base of [page, `${page}/r1`, `${page}/r2`])
			for (const suffix of ["", ".txt", ".txt.minisig", `.txt.${keyid()}.minisig`, ".json",
				".proof", ".tar"])
				all.push(base + suffix);
		all.push(`${page}/history`, `${page}/history/1..2`, `${page}/`, `${page}?q=1`,
			`/preview/${language}/${slug}/1795500000-press/${"A".repeat(43)}`);
	}
	all.push(`/files/${FILE}/${slug}.pdf`);
	return all;
}

const LISTS = LANGUAGES.flatMap((language) => [`/${language}/`, `/${language}/releases/`,
	`/${language}/releases/?page=2`, `/${language}/search?q=hushhush`, `/${language}/archive/2026/`,
	`/${language}/topics/`, `/${language}/feed.atom`, `/${language}/feed.json`]).concat(
	["/", "/sitemap.xml", "/sitemap-news.xml", "/robots.txt", `/en/releases/${KNOWN}`,
		`/en/releases/${KNOWN}.json`, `/en/releases/${KNOWN}.txt`, `/en/releases/${KNOWN}/r2`,
		`/en/releases/${KNOWN}/r2.txt`, `/en/releases/${KNOWN}/history/1..2`]);

async function lists() {
	const all = {};
	for (const address of LISTS)
		all[address] = seen(await site.get(address));
	return all;
}

test("each address that will be there answers like one that never will", async () => {
	const real = addressesOf(SECRET), twins = addressesOf(NEVER);
	for (let i = 0; i < real.length; i++) {
		const [one, twin] = [seen(await site.get(real[i])), seen(await site.get(twins[i]))];
		const strip = (answer) => JSON.parse(JSON.stringify(answer).replaceAll(SECRET, "X").replaceAll(NEVER, "X"));
		assert.deepEqual(strip(one), strip(twin), real[i]);
		assert.ok(one.status === 404 || one.status === 301, `${real[i]}: ${one.status}`);
	}
	for (const address of [real[0], `${real[0]}.txt`]) {
		const head = seen(await site.get(address, {}, "HEAD"));
		const twin = seen(await site.get(address.replace(SECRET, NEVER), {}, "HEAD"));
		assert.deepEqual(head, twin);
	}
	assert.ok(Date.now() / 1000 < lift - 1, "this was before the lift");
});

test("lists, counts and the public revision are those of before", async () => {
	const now = await lists();
	for (const address of LISTS)
		assert.deepEqual(now[address], baseline[address], address);
	assert.ok(!JSON.stringify(now).includes("ushhush.") && !JSON.stringify(now).includes(sha256(second)));
	assert.ok(Date.now() / 1000 < lift - 1, "this was before the lift");
});

test("at the lift, with the desk stopped, all of it is there within a second", async () => {
	await site.services.desk.stop();
	await wait(lift * 1000 - Date.now() - 300);
	const page = `/en/releases/${SECRET}`;
	assert.equal((await site.get(page)).status, 404, "not a moment early");
	await wait(lift * 1000 - Date.now() + 5);
	let ready;
	while ((ready = await site.get(page)).status !== 200 && Date.now() < (lift + 1) * 1000)
		await wait(20);
	assert.equal(ready.status, 200);
	for (const language of LANGUAGES)
		for (const suffix of ["", ".txt", ".txt.minisig", ".json", "/r1", "/r1.txt"])
			assert.equal((await site.get(`/${language}/releases/${SECRET}${suffix}`)).status, 200);
	const known = await site.get(`/en/releases/${KNOWN}`);
	assert.match(known.text, /hushhush/);
	assert.match(known.text, /correct/i);
	assert.equal((await site.get(`/en/releases/${KNOWN}.txt`)).text, second);
	assert.match((await site.get("/en/releases/")).text, /Hushhush/);
	site.services.desk.start();
	await site.ready();
});

test("a schedule is dropped before its lift, and nothing of it comes", async () => {
	const soon = Math.floor(Date.now() / 1000) + 6;
	const text = release({
		Release: NEVER, "Publish-At": new Date(soon * 1000).toISOString().replace(".000", ""),
	});
	const { edition, answer } = await site.publish(text);
	assert.equal(answer.state, "scheduled");
	const dropped = await site.admin("author", `/admin/drafts/${edition}`, { method: "DELETE" });
	assert.ok(dropped.status < 300, dropped.text);
	await wait(soon * 1000 - Date.now() + 1100);
	assert.equal((await site.get(`/en/releases/${NEVER}`)).status, 404);
	assert.ok(!(await site.get("/en/releases/")).text.includes(NEVER));
});
