// What is embargoed does not exist: every address that will be there answers exactly like one
// that never will, until the second of its lift; then all are there, whether the desk runs or
// not.
//
// The addresses come from the route table (addresses.mjs). Each is filled in three times: with
// a release that lifts in a moment (its file, topic, year, words), with one that never was, and
// with one that is public already. Before the lift the first answers like the second, after it
// like the third; what names none of them (lists, feeds, …) answers as before anything was
// scheduled, and afterwards names the first where it names the third.
//
// All of it through nginx with its cache, which is kept warm until the very lift: each address
// is asked again and again, so that half of the answers are copies.
//
// The lifts are seconds ahead, not minutes: all questions fit into AHEAD several times (each
// test says so when they do not), and no answer depends on how far away a lift is, but for
// lifetimes, which are a second at most.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { after, before, test } from "node:test";
import { addresses } from "./addresses.mjs";
import { sha256 } from "./keys.mjs";
import { release, Site, wait } from "./site.mjs";
import * as wire from "./wire.mjs";

const AHEAD = 15, APART = 6; // seconds
const COPIES = 2100; // ms, until nginx has asked again for whatever it keeps
const LANGUAGES = ["en", "ko", "ar"];
const FILES = ["paper.pdf", "사진.png"];

// All that could be told of a release, each as long as in its twins. They share a first file,
// as a corrected report would, and differ in the second.
function story(word, year, topic) {
	const bytes = { [FILES[0]]: crypto.randomBytes(300), [FILES[1]]: crypto.randomBytes(200) };
	return {
		word, year, topic, bytes, release: `${year}-11-23-${word}`, date: `${year}-11-23`,
		sha256: Object.values(bytes).map(sha256),
	};
}
const SECRET = story("hushhush", "1996", "Harbours"); // lifts with the desk running
const SECOND = story("quietone", "1995", "Railways"); // lifts with the desk stopped
const NEVER = story("nonesuch", "1994", "Airports"); // never there
const PUBLIC = story("wellknwn", "1993", "Consular"); // there from the beginning
// The log has key set 1, KNOWN, PLAIN and the three languages of PUBLIC, and no tile beyond.
const TILES = ["0/000.p/6", "0/000.p/7", "0/000", "entries/000.p/6", "entries/000.p/7", "1/000.p/1"];
const KNOWN = "2026-11-20-known", PLAIN = "2026-11-20-plain"; // public; the first is corrected at the lift

const texts = {}; // in English, by release
let site, lift, later, baseline, link, second;

const fill = ({ word, year, topic, release, sha256 }) => ({
	language: LANGUAGES, LANGUAGE: "EN", release, word, year, month: "11", topic, sha256,
	name: FILES.map(encodeURIComponent), keyid: site.keys.author.keyid.toLowerCase(), number: "1", other: "2",
	version: ["1", "2"], tile: TILES, asset: "site.css", expiry: link.expiry, label: "press", mac: link.mac,
});
const all = (one) => addresses(fill(one));
// Those that name the release, or something of it, and those that name nothing of anyone.
const named = () => {
	const [one, never, second, known] = [SECRET, NEVER, SECOND, PUBLIC].map(all);
	return one.map((address, i) => [address, never[i], second[i], known[i]]).filter(([a, b]) => a !== b);
};
const lists = () => [...all(SECRET).filter((address, i, ours) => ours.indexOf(address) === i && all(NEVER)[i] === address), `/en/releases/${KNOWN}`,
	...["/r1", "/history", ".json", ".txt", ".txt.minisig"].map((suffix) => `/en/releases/${KNOWN}${suffix}`)];

async function save(text) {
	const field = (name) => new RegExp(`^${name}: (.*)$`, "m").exec(text)[1];
	const edition = `${field("Language")}/${field("Release")}`;
	const { answer } = await site.publish(text);
	return { edition, answer };
}

const moment = (seconds) => new Date(seconds * 1000).toISOString().replace(".000", "");

// Three languages, two attachments, one of them a picture in the text.
async function publish({ word, topic, bytes, ...one }, fields = {}) {
	for (const content of Object.values(bytes)) {
		const { status } = await site.admin("author", `/admin/files/${sha256(content)}`,
			{ method: "PUT", body: content, headers: { "Content-Type": "application/octet-stream" } });
		assert.equal(status, 201);
	}
	for (const language of [...LANGUAGES].reverse())
		await save(texts[one.release] = release({
			Release: one.release, Date: one.date, Language: language, Title: `About ${word}`, Topics: topic,
			Attachment: FILES.map((name) => `${name}; sha256=${sha256(bytes[name])}`).join("\nAttachment: "),
			...fields,
		}, `1. The first paragraph, ${word}.\n\n![Two people at a table](${FILES[1]})\n`));
}

const known = (slug, fields = {}) => release({ Release: slug, Date: "2026-11-20", Title: "Known", ...fields });

// The moment of an answer is its own; all else must be the same.
const seen = ({ status, headers, text }) => {
	const { date, ...kept } = headers;
	return { status, headers: kept, text };
};
const ask = async (...how) => seen(await site.get(...how));

// What two twins may differ in is their names; where a page says what it was asked for, so
// does the tag, which is made of its bytes.
function plain({ status, headers, text }, ...names) {
	const { etag, ...rest } = headers;
	let all = JSON.stringify({ status, headers: { ...rest, etag: etag?.length }, text });
	for (const name of names)
		all = all.replaceAll(name, "X");
	return all;
}

function assertTwins(one, other, where) {
	let at = 0;
	while (at < one.length && one[at] === other[at])
		at++;
	const [ours, theirs] = [one, other].map((text) => text.slice(Math.max(0, at - 60), at + 100));
	assert.ok(one === other, `${where} tells itself from what never was:\n  ${ours}\n  ${theirs}`);
}
const namesOf = ({ release, word, year, topic, sha256 }) => [...sha256, release, word, year, topic];

async function snapshot() {
	const answers = {};
	for (const address of lists())
		answers[address] = await ask(address);
	return answers;
}

// A link to the draft, and the same with one letter of its mac changed: that of a guess.
async function giveLink() {
	const text = release({ Release: SECRET.release, Date: SECRET.date });
	await site.putDraft("author", `en/${SECRET.release}`, text);
	const { json } = await site.admin("author", `/admin/drafts/en/${SECRET.release}/previews`, {
		method: "POST", body: JSON.stringify({ label: "press", days: 1 }), headers: { "Content-Type": "application/json" },
	});
	const [, expiry, mac] = /\/(\d+)-press\/([\w-]{43})$/.exec(json.address);
	await site.admin("author", `/admin/drafts/en/${SECRET.release}`, { method: "DELETE" });
	return { expiry, mac: (mac[0] === "A" ? "B" : "A") + mac.slice(1) };
}

before(async () => {
	site = await Site.start({ cache: true });
	link = await giveLink();
	const first = known(KNOWN);
	await save(first);
	await save(known(PLAIN));
	await publish(PUBLIC);
	baseline = await snapshot();
	lift = Math.floor(Date.now() / 1000) + AHEAD;
	later = lift + APART;
	await publish(SECRET, { "Publish-At": moment(lift) });
	await publish(SECOND, { "Publish-At": moment(later) });
	second = known(KNOWN, {
		Title: "Known, hushhush", Revision: "2", Previous: sha256(first), Change: "correction",
		"Change-Note": "Hushhush.", "Publish-At": moment(lift),
	});
	assert.equal((await save(second)).answer.state, "scheduled");
});
after(() => site?.stop());

const ETAGS = () => [SECRET.sha256[0], sha256(second)].map((hash) => [`"${hash}"`, `"${hash.slice(0, 32)}"`]).flat();

const beforeTheLift = () => assert.ok(Date.now() / 1000 < lift - 1, "this took too long: the lift has come");

test("each address that will be there answers like one that never will, each time it is asked", async () => {
	for (const [one, never] of named())
		for (let times = 0; times < 2; times++) {
			const [answer, twin] = [await ask(one), await ask(never)];
			assertTwins(plain(answer, ...namesOf(SECRET)), plain(twin, ...namesOf(NEVER)), one);
			assert.ok([404, 301].includes(answer.status) || /\?/.test(one), `${one}: ${answer.status}`);
		}
	beforeTheLift();
});

test("so do HEAD, and questions whether it changed, and for a part of it", async () => {
	const ways = [[{}, "HEAD"], [{ "If-None-Match": ETAGS().join(", ") }], [{ "If-None-Match": "*" }],
		[{ "If-Modified-Since": new Date(Date.now() + 86400000).toUTCString() }], [{ Range: "bytes=0-9" }]];
	for (const [one, never] of named())
		for (const way of ways) {
			const [answer, twin] = [await ask(one, ...way), await ask(never, ...way)];
			assertTwins(plain(answer, ...namesOf(SECRET)), plain(twin, ...namesOf(NEVER)), `${JSON.stringify(way)} ${one}`);
		}
	beforeTheLift();
});

test("the second revision of what is public is not there, as if there were none", async () => {
	const suffixes = addresses({ ...fill(SECRET), language: "en", release: "X", number: ["1", "2", "3"] })
		.filter((address) => address.startsWith("/en/releases/X")).map((address) => address.slice(14));
	for (const suffix of suffixes) {
		const [one, plainOne] = [await ask(`/en/releases/${KNOWN}${suffix}`), await ask(`/en/releases/${PLAIN}${suffix}`)];
		assert.equal(one.status, plainOne.status, suffix);
		if (one.status !== 200)
			assertTwins(plain(one, KNOWN), plain(plainOne, PLAIN), suffix);
		assert.ok(!plain(one).includes("ushhush") && !plain(one).includes(sha256(second)), suffix);
	}
	beforeTheLift();
});

// The page that tells whether a text is ours: asked for a hash, and sent the text itself.
const verify = async (text) => [...await Promise.all(["", ".json"].map((suffix) =>
	ask(`/en/verify${suffix}?sha256=${sha256(text)}`))), seen(await wire.ask(`${site.url}/en/verify`, {
	method: "POST", body: new URLSearchParams({ text }).toString(),
	headers: { "Content-Type": "application/x-www-form-urlencoded" },
}))];

test("whoever has the text of what will be there learns no more than of a text that never was ours", async () => {
	const other = (text) => text.replaceAll(SECRET.release, NEVER.release).replaceAll("ushhush", "onesuch");
	for (const text of [texts[SECRET.release], second, second.replace("Title: Known", "Title: Knowm")]) {
		const [answers, twins] = [await verify(text), await verify(other(text))];
		for (const [i, answer] of answers.entries())
			assertTwins(plain(answer, SECRET.release, "ushhush", sha256(text)),
				plain(twins[i], NEVER.release, "onesuch", sha256(other(text))), `${i}: ${text.slice(0, 60)}`);
		assert.match(answers[0].text, /This is no release of ours/);
		assert.match(answers[1].text, /"result":"unknown"/);
	}
	beforeTheLift();
});

test("lists, counts and the public revision are those of before anything was scheduled", async () => {
	for (let times = 0; times < 2; times++) {
		const now = await snapshot();
		for (const address of lists())
			assert.deepEqual(now[address], baseline[address], address);
	}
	beforeTheLift();
});

// Everything is asked once, a second after the lift: then it is there.
async function assertThere(one, at, desk = true) {
	const column = one === SECRET ? 0 : 2;
	for (const row of named()) {
		const [address, known] = [row[column], row[3]];
		const [answer, twin] = [await ask(address), await ask(known)];
		// Who appends to the public log is the desk.
		const expected = !desk && /\.(proof|tar)$/.test(address) && twin.status === 200 ? 404 : twin.status;
		assert.equal(answer.status, expected, address);
	}
	for (const address of lists()) {
		const { text } = await ask(address);
		if (text.includes(PUBLIC.release))
			assert.ok(text.includes(one.release), `${address} does not name what is public since ${moment(at)}`);
	}
	for (const name of FILES)
		assert.deepEqual((await site.get(`/files/${sha256(one.bytes[name])}/${encodeURIComponent(name)}`)).bytes,
			one.bytes[name]);
}

// The copies that were made last before the lift are those that could be left standing over it.
async function keepWarm(until) {
	const addresses = [...named().flat(), ...lists()];
	for (let i = 0; Date.now() < until; i++)
		await ask(addresses[i % addresses.length]);
}

async function waitFor(one, at) {
	const page = `/en/releases/${one.release}`;
	await keepWarm(at * 1000 - 300);
	const early = await site.get(page);
	if (Date.now() < at * 1000)
		assert.equal(early.status, 404, "not a moment early");
	await wait(at * 1000 + 1000 - Date.now());
}

test("at the lift all of it is there within a second", async () => {
	await waitFor(SECRET, lift);
	await assertThere(SECRET, lift);
	const page = await site.get(`/en/releases/${KNOWN}`);
	assert.match(page.text, /hushhush/);
	assert.match(page.text, /correct/i);
	assert.equal((await site.get(`/en/releases/${KNOWN}.txt`)).text, second);
	for (const text of [texts[SECRET.release], second])
		assert.match((await verify(text))[2].text, /This is our text, unchanged/);
	assert.equal((await site.get(`/en/releases/${KNOWN}/history/1..2`)).status, 200);
});

test("with the desk stopped from before to after, too", async () => {
	await site.services.desk.stop();
	assert.ok(Date.now() < later * 1000, "this took too long: the lift came before the desk was stopped");
	await waitFor(SECOND, later);
	await assertThere(SECOND, later, false);
	site.services.desk.start();
	await site.ready();
	await wait(1000 + COPIES); // proofs that were not there were asked for a moment ago
	await assertThere(SECOND, later);
});

test("a schedule is dropped before its lift, and nothing of it comes", async () => {
	const soon = Math.floor(Date.now() / 1000) + 5;
	const text = release({ Release: NEVER.release, Date: NEVER.date, "Publish-At": moment(soon) });
	const { edition, answer } = await save(text);
	assert.equal(answer.state, "scheduled");
	const dropped = await site.admin("author", `/admin/drafts/${edition}`, { method: "DELETE" });
	assert.ok(dropped.status < 300, dropped.text);
	await wait(soon * 1000 - Date.now() + 1100);
	assert.equal((await site.get(`/en/releases/${NEVER.release}`)).status, 404);
	assert.ok(!(await site.get("/en/releases/")).text.includes(NEVER.release));
});
