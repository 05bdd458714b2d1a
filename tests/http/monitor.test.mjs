// communique monitor: an honest site gives no alarm, however it grows; and what an operator who
// lies can do - he has the machine, the store and the log's key - is seen from outside, and named.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { Feigned } from "./feigned.mjs";
import { field, Forger, withField } from "./forge.mjs";
import { minisign, newKey, sha256, writeKey } from "./keys.mjs";
import { communique, COMMUNIQUE, COMMUNIQUED, release, Site, until, wait } from "./site.mjs";
import { StaticSite } from "./static.mjs";

const SLUG = "2026-11-23-first";
let site, copy, honest, seen;

const file = (name) => path.join(site.state, name);
const monitor = (url, state, ...args) => spawnSync(COMMUNIQUE, ["monitor", url, "--state", state, ...args],
	{ encoding: "utf8", timeout: 60000 });

function quiet(url, state, ...args) {
	const { status, stdout, stderr } = monitor(url, state, ...args);
	assert.equal(status, 0, stdout + stderr);
	return stdout;
}

// The codes of its alarms, and what they say.
function alarms(url, state, ...args) {
	const { status, stdout, stderr } = monitor(url, state, "--json", "--patience", "0", ...args);
	assert.equal(status, 1, stdout + stderr);
	const { alarms: found, notes } = JSON.parse(stdout);
	return { codes: found.map(({ code }) => code), says: found.map(({ says }) => says).join("\n"), notes };
}

function run(who, ...args) {
	const { status, stdout, stderr } = communique(site, who, ...args);
	assert.equal(status, 0, `${args.join(" ")}: ${stdout}${stderr}`);
}

const root = () => file("static");
const forger = () => new Forger(root(), file("log.key"));

function exportTo(folder) {
	const { status, stderr } = spawnSync(COMMUNIQUED, ["export", "-c", file("communique.conf"), folder],
		{ encoding: "utf8" });
	assert.equal(status, 0, stderr);
}

// Puts the copy back as it was, and the watcher's memory of it.
function restore() {
	fs.rmSync(root(), { recursive: true, force: true });
	fs.cpSync(honest, root(), { recursive: true, preserveTimestamps: true });
	fs.copyFileSync(file("seen.honest"), seen);
	fs.rmSync(`${seen}.evidence`, { force: true });
}

const edit = (name, change) => fs.writeFileSync(path.join(root(), name),
	change(fs.readFileSync(path.join(root(), name), "utf8")));

before(async () => {
	site = await Site.start();
	await site.publish(release());
	await site.publish(release({ Language: "ko" }));
	await site.publish(release({ Revision: "2", Change: "correction", "Change-Note": "A number was wrong.",
		Previous: sha256(release()) }, "1. Another paragraph.\n"));
	await site.publish(release({ Release: "2026-11-23-removed" }));
	run("author", "kill", "en/2026-11-23-removed", "--note", "A name had to go.", "--yes");
	await site.publish(release({ Release: "2026-11-24-last", Date: "2026-11-24" }));
	honest = file("honest");
	seen = file("seen");
	exportTo(honest);
	fs.cpSync(honest, root(), { recursive: true, preserveTimestamps: true });
	copy = await StaticSite.start(root(), file("static-nginx"));
	quiet(copy.url, seen);
	fs.copyFileSync(seen, file("seen.honest"));
});
beforeEach(restore);
after(async () => {
	await copy?.stop();
	await site?.stop();
});

// --- an honest site ----------------------------------------------------------------------------

test("the first look takes in all there is; the next one has nothing to tell", () => {
	const state = file("first-look");
	const first = quiet(site.url, state, "--anchor", sha256(fs.readFileSync(file("keys-1.txt"))));
	assert.match(first, /^7 leaves, 4 releases, all in agreement$/m);
	assert.equal(quiet(site.url, state), "7 leaves, 4 releases, all in agreement\n");
	assert.match(fs.readFileSync(state, "utf8"), /^release [0-9a-f]{32} 2 [0-9a-f]{64} 3 \d+ 0 en\/2026-11-23-first$/m);
});

test("a copy of plain files is followed like the site, with the site down", () => {
	assert.equal(quiet(copy.url, seen), "7 leaves, 4 releases, all in agreement\n");
	fs.rmSync(seen);
	assert.match(quiet(copy.url, seen), /^7 leaves, 4 releases, all in agreement$/m);
});

test("what is published is news, and no alarm", async () => {
	const state = file("news");
	quiet(site.url, state);
	await site.publish(release({ Release: "2026-11-25-news", Date: "2026-11-25" }));
	const out = quiet(site.url, state);
	assert.match(out, /^new: en\/2026-11-25-news, revision 1, index 7$/m);
	run("author", "withdraw", "en/2026-11-25-news", "--note", "It was wrong.", "--yes");
	const { news } = JSON.parse(quiet(site.url, state, "--json"));
	assert.match(news[0].says, /^en\/2026-11-25-news, revision 2, a withdrawal, index 8$/);
});

test("it is no alarm that a lift shows a release a moment before its leaf stands", async () => {
	const state = file("lift");
	quiet(site.url, state);
	const lift = Math.floor(Date.now() / 1000) + 3;
	await site.publish(release({ Release: "2026-11-25-lift",
		"Publish-At": new Date(lift * 1000).toISOString().replace(/\.\d+Z/, "Z") }));
	// With the desk stopped, readers get it and the log does not have it yet.
	await site.services.desk.stop();
	await wait(lift * 1000 + 1200 - Date.now());
	const { codes, says } = alarms(site.url, state);
	assert.deepEqual(codes, ["not-in-log"]);
	assert.match(says, /en\/2026-11-25-lift: it is public and not in the log.*desk is stopped/);
	const patient = spawn(COMMUNIQUE, ["monitor", site.url, "--state", state, "--patience", "20"], { stdio: "ignore" });
	const ended = new Promise((done) => patient.once("exit", done));
	await wait(1500);
	site.services.desk.start();
	assert.equal(await ended, 0);
});

test("it goes on for ever when told to, and survives that the site is away", async () => {
	const state = file("loop"), out = file("loop.out");
	const fd = fs.openSync(out, "w");
	const child = spawn(COMMUNIQUE, ["monitor", copy.url, "--state", state, "--every", "1", "--json"],
		{ stdio: ["ignore", fd, fd] });
	const rounds = () => fs.readFileSync(out, "utf8").split("\n").filter((line) => line.startsWith("{")).length;
	try {
		await until("two rounds are made", 200, () => rounds() >= 2);
		await copy.stop();
		await until("it says that it cannot", 200, () => /cannot read from .*; trying again/.test(fs.readFileSync(out, "utf8")));
		const before = rounds();
		copy = await StaticSite.start(root(), file("static-nginx"), copy.port);
		await until("it goes on", 200, () => rounds() > before);
	} finally {
		child.kill();
		fs.closeSync(fd);
	}
});

test("new keys are an alarm, once; what a stolen key signed is disputed", async () => {
	const state = file("watched-keys");
	quiet(site.url, state);
	await site.publish(release({ Release: "2026-11-25-forged" }));
	const out = quiet(site.url, state);
	const index = /2026-11-25-forged, revision 1, index (\d+)/.exec(out)[1];
	writeKey(site.keyPath("dana"), newKey());
	run("root", "keys", "new", "--from", file("keys-1.txt"), "--editor", `dana:approver:${site.keyPath("dana")}.pub`,
		"--revoke", `${site.keys.approver.keyid.toLowerCase()}:compromised:${index}`, "-o", file("keys-2.txt"));
	run("root", "keys", "sign", file("keys-2.txt"));
	run("root", "keys", "publish", file("keys-2.txt"));
	const { codes, says, notes } = alarms(site.url, state);
	assert.deepEqual(codes, ["new-keys", "disputed"]);
	assert.match(says, /key set 2 is in force/);
	assert.match(says, /en\/2026-11-25-forged, revision 1 \(index \d+\) has no quorum without the key of approver/);
	assert.ok(notes.some(({ says: note }) => /of dana is in key set 2 for the first time/.test(note)), JSON.stringify(notes));
	assert.ok(notes.some(({ says: note }) => /of approver is revoked in key set 2: it was compromised/.test(note)));
	quiet(site.url, state);
	// Somebody who looks for the first time is not alarmed by keys, but by what they signed.
	assert.deepEqual(alarms(site.url, file("keys-fresh")).codes, ["disputed"]);
});

// --- an operator who lies: seen by whoever looked before ------------------------------------------

test("a leaf is dropped from the end: the log was rolled back", () => {
	const forged = forger();
	forged.rewrite(forged.leaves().slice(0, -1));
	const { codes, says, notes } = alarms(copy.url, seen);
	assert.deepEqual(codes, ["rolled-back"]);
	assert.match(says, /from 7 leaves to 6/);
	assert.ok(notes.some(({ code }) => code === "evidence"));
	const evidence = fs.readFileSync(`${seen}.evidence`, "utf8");
	assert.equal(evidence.match(/^localhost\/log$/gm).length, 2);
	assert.equal(evidence.match(/^— localhost\/log /gm).length, 2);
	// The memory is as it was: the alarm goes on until the log is right again.
	assert.deepEqual(alarms(copy.url, seen).codes, ["rolled-back"]);
	restore();
	quiet(copy.url, seen);
});

test("a leaf is dropped and another one added: another log of the same size", () => {
	const forged = forger(), leaves = forged.leaves();
	forged.rewrite([...leaves.filter((_, i) => i !== 2), leaves.at(-1)]);
	assert.deepEqual(alarms(copy.url, seen).codes, ["split-view"]);
});

test("a leaf is dropped and two are added: it did not grow out of what was seen", () => {
	const forged = forger(), leaves = forged.leaves();
	forged.rewrite([...leaves.filter((_, i) => i !== 2), leaves.at(-1), leaves.at(-2)]);
	const { codes, says } = alarms(copy.url, seen);
	assert.deepEqual(codes, ["inconsistent"]);
	assert.match(says, /its history was rewritten/);
});

test("two leaves are swapped", () => {
	const forged = forger(), leaves = forged.leaves();
	[leaves[1], leaves[2]] = [leaves[2], leaves[1]];
	forged.rewrite(leaves);
	assert.deepEqual(alarms(copy.url, seen).codes, ["split-view"]);
});

test("a leaf is backdated", () => {
	const forged = forger(), leaves = forged.leaves();
	leaves[6] = withField(leaves[6], "time", Number(field(leaves[6], "time")) - 86400);
	forged.rewrite(leaves);
	assert.deepEqual(alarms(copy.url, seen).codes, ["split-view"]);
});

test("entries other than the tree's; a tile other than the entries'", () => {
	const forged = forger(), leaves = forged.leaves();
	leaves[6] = withField(leaves[6], "time", Number(field(leaves[6], "time")) + 1);
	forged.writeEntries(leaves);
	fs.rmSync(seen);
	assert.deepEqual(alarms(copy.url, seen).codes, ["entries"]);
	restore();
	forged.writeTiles(leaves);
	fs.rmSync(seen);
	assert.ok(alarms(copy.url, seen).codes.includes("tiles"));
});

// --- the same, and what is only shown otherwise: seen by anybody ------------------------------------

test("by the log alone: swapped, backdated, dropped, of the future, unsigned", () => {
	const cases = [
		["swapped", (leaves) => { [leaves[1], leaves[3]] = [leaves[3], leaves[1]]; }, /2 follows 0: one is missing/],
		["backdated", (leaves) => { leaves[6] = withField(leaves[6], "time", 1700000000); }, /time goes back/],
		["dropped", (leaves) => { leaves.splice(1, 1); }, /2 follows 0/],
		["without a signer", (leaves) => {
			leaves[6] = Buffer.from(leaves[6].toString().split("\n").filter((line, i, all) =>
				!line.startsWith("sig ") || all.findIndex((each) => each.startsWith("sig ")) !== i).join("\n"));
		}, /1 of 2 holders signed it/],
		["of another key set", (leaves) => { leaves[6] = withField(leaves[6], "keys", 2); }, /key set 2, which the log did not have/],
		["no leaf at all", (leaves) => { leaves[6] = Buffer.from("hello\n"); }, /leaf 6 cannot be read/],
		["without key set 1", (leaves) => { leaves.shift(); }, /begins with key set 1/],
	];
	for (const [name, change, words] of cases) {
		restore();
		const forged = forger(), leaves = forged.leaves();
		change(leaves);
		forged.rewrite(leaves);
		fs.rmSync(seen);
		const { codes, says } = alarms(copy.url, seen);
		assert.ok(codes.some((code) => /^leaf-/.test(code)), `${name}: ${codes}`);
		assert.match(says, words, name);
	}
	restore();
	const forged = forger(), leaves = forged.leaves();
	leaves.push(withField(leaves[6], "time", Math.floor(Date.now() / 1000) + 90000));
	forged.rewrite(leaves);
	assert.ok(alarms(copy.url, seen).codes.includes("future"));
});

test("a release is replaced: its text, its JSON, its date", () => {
	edit(`en/releases/${SLUG}.txt`, (text) => text.replace("Another", "No other"));
	let { codes, says } = alarms(copy.url, seen);
	assert.deepEqual(codes, ["differs"]);
	assert.match(says, /^en\/2026-11-23-first: readers get a file with the sha256 [0-9a-f]{64}, the log names/);
	restore();
	edit(`en/releases/${SLUG}.json`, (text) => text.replace(/"sha256":"./, '"sha256":"0'));
	({ codes } = alarms(copy.url, seen));
	assert.deepEqual(codes, ["differs"]);
	restore();
	edit(`en/releases/${SLUG}.json`, (text) => text.replace(/"publicAt":"\d{4}/, '"publicAt":"2020'));
	({ codes, says } = alarms(copy.url, seen));
	assert.deepEqual(codes, ["backdated"]);
	assert.match(says, /public since 2020-.*, the log says 20/);
	restore();
	fs.copyFileSync(path.join(root(), `en/releases/${SLUG}/r1.txt`), path.join(root(), `en/releases/${SLUG}.txt`));
	assert.match(alarms(copy.url, seen).says, /an older revision is shown/);
});

test("a release is kept back, or removed without a kill that was signed", () => {
	fs.rmSync(path.join(root(), `ko/releases/${SLUG}.txt`));
	let { codes, says } = alarms(copy.url, seen);
	assert.deepEqual(codes, ["vanished"]);
	assert.match(says, /ko\/2026-11-23-first: it was public, and its address now answers 404/);
	fs.mkdirSync(path.join(root(), ".gone/ko/releases"), { recursive: true });
	fs.writeFileSync(path.join(root(), `.gone/ko/releases/${SLUG}.txt.html`), "Gone.");
	({ codes, says } = alarms(copy.url, seen));
	assert.deepEqual(codes, ["removed"]);
	assert.match(says, /the log knows of no kill/);
});

const NEVER = "2026-11-26-never";
const list = (slug) => edit("en/releases/index.html", (page) =>
	page.replace("</main>", `<a href="/en/releases/${slug}">Never</a></main>`));

test("a release is shown that was never published", () => {
	forger().write(`en/releases/${NEVER}.txt`, release({ Release: NEVER }));
	list(NEVER);
	const { codes, says } = alarms(copy.url, seen);
	assert.deepEqual(codes, ["not-in-log"]);
	assert.match(says, /^en\/2026-11-26-never: .*readers are shown what was never published/);
});

// The signatures of a release that was signed, in a leaf of another one, which is shown.
function replay() {
	const forged = forger(), leaves = forged.leaves(), text = release({ Release: NEVER }, "1. Nobody signed this.\n");
	leaves.push(withField(withField(leaves[6], "id", sha256(`en/${NEVER}`).slice(0, 32)), "sha256", sha256(text)));
	forged.rewrite(leaves);
	forged.write(`en/releases/${NEVER}.txt`, text);
	forged.write(`en/releases/${NEVER}.json`, fs.readFileSync(forged.file("en/releases/2026-11-24-last.json"), "utf8")
		.replace(/"sha256":"[0-9a-f]{64}/, `"sha256":"${sha256(text)}`));
	return { forged, text };
}

test("signatures of another release, and the revision's own address says that it is gone", () => {
	const { forged, text } = replay();
	forged.write(`.gone/en/releases/${NEVER}/r1.txt.html`, "Gone.");
	list(NEVER);
	// Until it can be had, each time: nobody has signed that it should go.
	for (let round = 0; round < 2; round++) {
		const { codes, says } = alarms(copy.url, seen);
		assert.deepEqual(codes, ["removed"]);
		assert.match(says, /^en\/2026-11-26-never, revision 1 was removed .* knows of no kill/);
	}
	forged.write(`en/releases/${NEVER}/r1.txt`, text);
	fs.rmSync(forged.file(".gone/en/releases", NEVER), { recursive: true });
	const { codes, says } = alarms(copy.url, seen);
	assert.deepEqual(codes, ["leaf-breaks-rules"]);
	assert.match(says, /^leaf 7, en\/2026-11-26-never, revision 1: .*has not signed these bytes/);
});

test("signatures of another release, which is in the lists only later", () => {
	const { forged, text } = replay();
	forged.write(`en/releases/${NEVER}/r1.txt`, text);
	assert.match(quiet(copy.url, seen), /1 release of the log is in none of the site's lists/);
	// What is owed outlives the round, in the file.
	assert.match(fs.readFileSync(seen, "utf8"), /^unread 7 1 \d+ [A-Za-z0-9+/=]+$/m);
	list(NEVER);
	for (let round = 0; round < 2; round++)
		assert.deepEqual(alarms(copy.url, seen).codes, ["leaf-breaks-rules"]);
});

test("an honest release that is in the lists only later is held against its leaf then, and once", () => {
	const index = fs.readFileSync(path.join(root(), "en/releases/index.html"), "utf8");
	fs.rmSync(seen);
	const hide = (name) => edit(name, (page) => page.replaceAll("releases/2026-11-24-last", `releases/${SLUG}`));
	for (const name of fs.readdirSync(root(), { recursive: true }))
		if (/\.(html|xml)$/.test(name) && !name.startsWith(".gone"))
			hide(name);
	quiet(copy.url, seen);
	assert.match(fs.readFileSync(seen, "utf8"), /^unread 6 /m);
	fs.writeFileSync(path.join(root(), "en/releases/index.html"), index);
	quiet(copy.url, seen);
	assert.doesNotMatch(fs.readFileSync(seen, "utf8"), /^unread 6 /m);
});

test("a text at the address of what the log says was killed", () => {
	forger().write("en/releases/2026-11-23-removed.txt", release({ Release: "2026-11-23-removed" }));
	fs.rmSync(path.join(root(), ".gone/en/releases/2026-11-23-removed.txt.html"));
	list("2026-11-23-removed");
	const { codes, says } = alarms(copy.url, seen);
	assert.deepEqual(codes, ["differs"]);
	assert.match(says, /killed by the log, and readers are shown a text/);
});

test("a memory that was written before there were such marks is still read", () => {
	fs.writeFileSync(seen, fs.readFileSync(seen, "utf8").replace(/^(kill|unread) .*\n/mg, ""));
	quiet(copy.url, seen);
});

test("a leaf that calls an update a withdrawal, for which one editor is enough", () => {
	const forged = forger(), leaves = forged.leaves(), [last] = leaves.slice(3);
	const text = release({ Revision: "3", Previous: field(last, "sha256"), Change: "update", "Change-Note": "News." },
		"1. One editor alone says this.\n");
	const [, signature, comment, over] = minisign(site.keys.author, Buffer.from(text)).split("\n");
	const fields = { revision: 3, change: "withdrawal", sha256: sha256(text), previous: field(last, "sha256"),
		time: field(leaves[6], "time") };
	const leaf = Object.entries(fields).reduce((all, [name, value]) => withField(all, name, value), last).toString()
		.replace(/^sig .*\n/mg, "") + `sig ${signature} ${over} ${comment.replace("trusted comment: ", "")}\n`;
	forged.rewrite([...leaves, Buffer.from(leaf)]);
	for (const name of [".txt", "/r3.txt"])
		forged.write(`en/releases/${SLUG}${name}`, text);
	edit(`en/releases/${SLUG}.json`, (json) => json.replace(/"sha256":"[0-9a-f]{64}/, `"sha256":"${sha256(text)}`)
		.replace(/"publicAt":"[^"]*/, `"publicAt":"${new Date(fields.time * 1000).toISOString().replace(".000", "")}`));
	const { codes, says } = alarms(copy.url, seen);
	assert.deepEqual(codes, ["leaf-breaks-rules"]);
	assert.match(says, /^leaf 7, .*revision 3: its revision, change or previous file are not the file's/);
});

test("another key set in the place of one, another key for the log", () => {
	edit("keys/1", (text) => text.replace("quorum publish 2", "quorum publish 1"));
	assert.deepEqual(alarms(copy.url, seen).codes, ["keys-changed"]);
	restore();
	const forged = forger();
	forged.rewrite(forged.leaves(), newKey());
	assert.deepEqual(alarms(copy.url, seen).codes, ["checkpoint"]);
	restore();
	fs.rmSync(seen);
	assert.deepEqual(alarms(copy.url, seen, "--anchor", "0".repeat(64)).codes, ["anchor"]);
	restore();
	fs.writeFileSync(path.join(root(), "log/checkpoint"), "hello\n");
	assert.deepEqual(alarms(copy.url, seen).codes, ["checkpoint"]);
});

test("a checkpoint of a huge log: unsigned it is an alarm; signed it takes no memory that nothing came for", () => {
	const forged = forger(), size = 2 ** 40;
	const huge = (key) => {
		const text = `localhost/log\n${size}\n${Buffer.alloc(32).toString("base64")}\n`;
		forged.write("log/checkpoint", forged.note(text, key));
		forged.write("log/tile/5/000.p/1", Buffer.alloc(32, 1));
	};
	fs.rmSync(seen);
	huge(newKey());
	assert.deepEqual(alarms(copy.url, seen).codes, ["checkpoint"]);
	huge();
	const { signal, stderr } = monitor(copy.url, seen);
	assert.equal(signal, null, stderr);
	assert.match(stderr, /entries\/000 answers 404/);
});

test("a key set of the log that cannot be had, or is not admitted: nothing is remembered, and later it is taken", () => {
	const forged = forger(), leaves = forged.leaves(), first = fs.readFileSync(forged.file("keys/1"), "utf8");
	const second = first.replace("version 1", "version 2").replace("previous -", `previous ${sha256(first)}`);
	const [, signature, comment, over] = minisign(site.keys.root, Buffer.from(second)).split("\n");
	const fields = { revision: 2, sha256: sha256(second), previous: sha256(first), keys: 2, time: field(leaves[6], "time") };
	const leaf = Object.entries(fields).reduce((all, [name, value]) => withField(all, name, value), leaves[0]).toString()
		.replace(/^sig .*\n/mg, "") + `sig ${signature} ${over} ${comment.replace("trusted comment: ", "")}\n`;
	forged.rewrite([...leaves, Buffer.from(leaf)]);
	const before = fs.readFileSync(seen, "utf8");
	const { codes, says } = alarms(copy.url, seen);
	assert.deepEqual(codes, ["leaf-breaks-rules"]);
	assert.match(says, /^leaf 7, key set 2: the key set cannot be had/);
	forged.write("keys/2", first);
	assert.match(alarms(copy.url, seen).says, /key set 2: the file is not the one that the log names/);
	assert.equal(fs.readFileSync(seen, "utf8"), before);
	forged.write("keys/2", second);
	assert.deepEqual(alarms(copy.url, seen).codes, ["new-keys"]);
	quiet(copy.url, seen);
});

test("an anchor that is given later is looked at, too, and in each round", () => {
	quiet(copy.url, seen, "--anchor", sha256(fs.readFileSync(path.join(root(), "keys/1"))));
	for (let round = 0; round < 2; round++)
		assert.deepEqual(alarms(copy.url, seen, "--anchor", "0".repeat(64)).codes, ["anchor"]);
});

// --- wrong usage -------------------------------------------------------------------------------------

test("a memory that is damaged or of another site is not used", () => {
	fs.writeFileSync(seen, fs.readFileSync(seen, "utf8").replace(/^keys 1 /m, "keys 2 "));
	let { status, stderr } = monitor(copy.url, seen);
	assert.equal(status, 3);
	assert.match(stderr, /is damaged: line 4: it cannot be read/);
	restore();
	({ status, stderr } = monitor(site.url, seen));
	assert.equal(status, 2);
	assert.match(stderr, /is the memory of another site/);
	assert.equal(monitor(`${copy.url}/en/`, seen).status, 2);
	assert.equal(monitor("http://127.0.0.1:9", file("nothing-seen")).status, 3);
	assert.equal(monitor(copy.url, seen, "--every", "0").status, 2);
	assert.equal(monitor(copy.url, seen, "--once", "--every", "5").status, 2);
});

// The feigned office answers from this very process, which therefore cannot wait for a child.
async function watched(office) {
	const { url, stop } = await office.serve(), state = file("feigned");
	fs.rmSync(state, { force: true });
	const child = spawn(COMMUNIQUE, ["monitor", url, "--state", state, "--json", "--patience", "0"]);
	let out = "";
	child.stdout.on("data", (text) => { out += text; });
	await new Promise((done) => { child.on("close", done); });
	await stop();
	return JSON.parse(out);
}

test("a key that was revoked publishes nothing by naming a key set of old", async () => {
	const alarm = async (word, fields) => {
		const office = new Feigned();
		office.keyset();
		office.keyset({ anna: `${word} 1` });
		office.publish({ keys: 1, ...fields });
		const { alarms: found, notes } = await watched(office);
		return [...found, ...notes].filter(({ code }) => ["leaf-breaks-rules", "disputed", "held"].includes(code));
	};
	const held = { time: Date.parse("2026-05-05T06:00:00Z") / 1000, "Publish-At": "2026-05-05T06:00:00Z" };
	for (const word of ["left", "lost", "compromised"]) {
		const { says } = (await alarm(word, {})).find(({ code }) => code === "leaf-breaks-rules");
		assert.match(says, /by key set 2, in force at its place in the log, 0 of 1 holders/);
	}
	const [{ code, says }, ...others] = await alarm("left", held);
	assert.equal(code, "held");
	assert.match(says, /holds only if it was signed before and held back: key set 1 names who had signed, key set 2 was in force/);
	assert.deepEqual(others, []);
	assert.deepEqual((await alarm("compromised", held)).map((each) => each.code), ["disputed", "held"]);
});
