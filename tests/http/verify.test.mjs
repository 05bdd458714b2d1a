// communique verify: by address, by bundle, by file; and each thing that can be wrong, named.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { Feigned } from "./feigned.mjs";
import { field, Forger, leafHash, withField } from "./forge.mjs";
import { newKey, sha256, writeKey } from "./keys.mjs";
import { communique, COMMUNIQUE, COMMUNIQUED, release, Site } from "./site.mjs";
import { StaticSite } from "./static.mjs";

const SLUG = "2026-11-23-first", ADDRESS = `/en/releases/${SLUG}`;
let site, anchor, bundle;

const file = (name) => path.join(site.state, name);
const verify = (...args) => spawnSync(COMMUNIQUE, ["verify", ...args], { encoding: "utf8", timeout: 30000 });

function verified(...args) {
	const { status, stdout, stderr } = verify(...args);
	assert.equal(status, 0, stdout + stderr);
	return stdout;
}

function refused(words, ...args) {
	const { status, stdout, stderr } = verify(...args);
	assert.equal(status, 1, stdout + stderr);
	assert.match(stdout, /^verdict +NOT VERIFIED: /m);
	assert.match(stdout, words);
	return stdout;
}

async function fetchBundle(target = ADDRESS, to = "bundle.tar") {
	const answer = await site.get(`${target}.tar`);
	assert.equal(answer.status, 200);
	fs.writeFileSync(file(to), answer.bytes);
	return file(to);
}

// The bundle with some of its files changed: unpacked and packed again by a tar of our own.
const BLOCK = 512;
function unpack(bytes) {
	const files = [];
	for (let at = 0; bytes[at]; ) {
		const head = bytes.subarray(at, at + BLOCK), size = parseInt(head.toString("latin1", 124, 135), 8);
		files.push({ head: Buffer.from(head), name: head.toString("latin1", 0, 100).replace(/\0.*/s, ""),
			bytes: bytes.subarray(at + BLOCK, at + BLOCK + size) });
		at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
	}
	return files;
}

function pack(files) {
	const pieces = [];
	for (const { head, bytes } of files) {
		head.write(bytes.length.toString(8).padStart(11, "0"), 124, "latin1");
		head.fill(" ", 148, 156);
		const sum = head.reduce((all, byte) => all + byte, 0);
		head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
		pieces.push(head, bytes, Buffer.alloc((BLOCK - bytes.length % BLOCK) % BLOCK));
	}
	return Buffer.concat([...pieces, Buffer.alloc(2 * BLOCK)]);
}

function changed(change, from = bundle) {
	const files = unpack(fs.readFileSync(from)), to = file("changed.tar");
	const by = (name) => files.find((each) => each.name === name);
	const kept = change({ files, by, edit: (name, text) => { by(name).bytes = Buffer.from(text(by(name).bytes)); } });
	fs.writeFileSync(to, pack(kept ?? files));
	return to;
}

const flip = (bytes, at) => {
	const copy = Buffer.from(bytes);
	copy[at] ^= 1;
	return copy;
};

before(async () => {
	site = await Site.start();
	anchor = sha256(fs.readFileSync(file("keys-1.txt")));
	await site.publish(release());
	await site.publish(release({ Language: "ko" }));
	bundle = await fetchBundle();
});
after(() => site?.stop());

test("by address: a line for each piece, from the file to the log as it is now", () => {
	const out = verified(`${site.url}${ADDRESS}`, "--anchor", anchor);
	for (const line of [/^file +good: en\/2026-11-23-first, revision 1, of localhost$/m,
		/^sha256 +[0-9a-f]{64}$/m, /^keys +good: version 1 of localhost/m, /^anchor +good: /m,
		/^leaf +good: of this file, public since /m, /^signature +good: author, key /m,
		/^signature +good: approver, key /m, /^quorum +good: 2 of 2 holders, an approver among them$/m,
		/^inclusion +good: index 1 of \d+ in the log$/m, /^checkpoint good: signed by localhost\/log$/m,
		/^witness +the site names none$/m, /^address +good: readers get this very file$/m,
		/^log +good: has 3 leaves now/m, /\nverdict +verified\n$/])
		assert.match(out, line);
});

test("any address of a release will do", () => {
	for (const form of ["", ".txt", ".json", ".tar", "/r1", "/r1.txt"])
		verified(`${site.url}${ADDRESS}${form}`, "--anchor", anchor);
	const { status, stderr } = verify(`${site.url}/en/`);
	assert.equal(status, 2);
	assert.match(stderr, /is not the address of a release/);
});

test("without an anchor the verdict says on what it depends", () => {
	const out = verified(`${site.url}${ADDRESS}`);
	assert.match(out, new RegExp(`^anchor +${anchor}, the SHA-256 of version 1$`, "m"));
	assert.match(out, /^verdict +verified, provided that this is the anchor that the office prints/m);
});

test("a bundle needs no network", () => {
	const { status, stdout, stderr } = spawnSync("unshare", ["-rn", COMMUNIQUE, "verify", bundle, "--anchor", anchor],
		{ encoding: "utf8" });
	assert.equal(status, 0, stdout + stderr);
	assert.match(stdout, /\nverdict +verified\n$/);
	assert.doesNotMatch(stdout, /^(address|log) /m);
	verified(bundle, "--keys", file("keys-1.txt"));
});

test("JSON says the same", () => {
	const { verified: yes, lines } = JSON.parse(verified(bundle, "--json", "--anchor", anchor));
	assert.equal(yes, true);
	assert.ok(lines.some(({ what, is }) => what === "inclusion" && is === "good"));
	const { stdout } = verify(bundle, "--json", "--anchor", "0".repeat(64));
	assert.match(JSON.parse(stdout).reason, /anchor/);
});

test("another office's anchor, another office's key set", () => {
	refused(/does not begin at the anchor/, bundle, "--anchor", "0".repeat(64));
	const other = fs.readFileSync(file("keys-1.txt"), "utf8").replace("quorum publish 2", "quorum publish 1");
	fs.writeFileSync(file("other.txt"), other);
	refused(/not the one of the key set that was given/, bundle, "--keys", file("other.txt"));
});

test("a changed text, with everything else as it was", () => {
	refused(/what the log holds is not this file/, changed(({ edit }) =>
		edit("release.txt", (bytes) => bytes.toString().replace("second", "zecond"))));
	refused(/this is no release file/, changed(({ edit }) => edit("release.txt", () => "hello\n")));
});

test("a changed text whose leaf was changed as well", () => {
	const to = changed(({ by, edit }) => {
		edit("release.txt", (bytes) => bytes.toString().replace("second", "zecond"));
		edit("log/leaf", (leaf) => withField(leaf, "sha256", sha256(by("release.txt").bytes)));
	});
	const out = refused(/a signature does not fit the file/, to);
	assert.match(out, /^inclusion +bad: /m);
});

test("a leaf that was backdated, and one of another key set", () => {
	refused(/the file is not in the public log/, changed(({ edit }) =>
		edit("log/leaf", (leaf) => withField(leaf, "time", Number(field(leaf, "time")) - 86400))));
	refused(/what the log holds is not this file/, changed(({ edit }) =>
		edit("log/leaf", (leaf) => withField(leaf, "keys", 2))));
});

test("a proof of another leaf, a checkpoint of another log", () => {
	refused(/the file is not in the public log/, changed(({ edit }) =>
		edit("log/proof", (bytes) => bytes.toString().replace(/^index 1$/m, "index 0"))));
	const stranger = newKey(), forger = new Forger(site.state, stranger);
	const leaf = unpack(fs.readFileSync(bundle)).find(({ name }) => name === "log/leaf").bytes;
	const note = forger.checkpoint([leaf]);
	refused(/the checkpoint is not one of the office's log/, changed(({ edit }) => {
		edit("log/proof", () => `c2sp.org/tlog-proof@v1\nindex 0\n\n${note}`);
		edit("log/checkpoint", () => note);
	}));
	assert.equal(leafHash(leaf).length, 32);
});

test("key sets that do not follow from the first", () => {
	refused(/key set 1 is not one of this site's history/, changed(({ edit }) =>
		edit("keys/1.txt", (bytes) => bytes.toString().replace("quorum publish 2", "quorum publish 1"))));
	refused(/key set 1 is not one of this site's history/, changed(({ files }) =>
		files.filter(({ name }) => !/^keys\/1\.txt\..*minisig$/.test(name))));
});

test("a signature too many, a file too many, a file too few", () => {
	const keyid = site.keys.author.keyid.toLowerCase();
	refused(/a signature was added that the log does not know/, changed(({ by, edit }) =>
		edit(`release.txt.${keyid}.minisig`, () => by(`keys/1.txt.${site.keys.root.keyid.toLowerCase()}.minisig`).bytes)));
	refused(/the bundle cannot be read/, changed(({ files }) => {
		files.push({ ...files[0], head: Buffer.from(files[0].head) });
	}));
	refused(/the bundle cannot be read/, changed(({ files }) => files.filter(({ name }) => name !== "log/leaf")));
});

test("every byte of a bundle counts: whichever is flipped, it is refused", () => {
	const whole = fs.readFileSync(bundle);
	// The untrusted comment of a .minisig file is signed by nobody, and says so.
	const free = [];
	for (const { name, bytes } of unpack(whole))
		if (name.endsWith(".minisig"))
			free.push([bytes.byteOffset - whole.byteOffset, bytes.indexOf("\n")]);
	for (let at = 7; at < whole.length; at += 61) {
		fs.writeFileSync(file("flipped.tar"), flip(whole, at));
		if (free.some(([start, length]) => at >= start && at < start + length))
			continue;
		const { status } = verify(file("flipped.tar"), "--anchor", anchor);
		assert.equal(status, 1, `byte ${at} of ${whole.length}`);
	}
});

test("what was removed, what never was, and a site that is not there", () => {
	const nothing = verify(`${site.url}/en/releases/2026-11-23-nothing`);
	assert.equal(nothing.status, 1);
	assert.match(nothing.stderr, /there is nothing at .*never published/);
	assert.equal(verify("http://127.0.0.1:9/en/releases/2026-11-23-first").status, 3);
	assert.equal(verify("http://press.example/en/releases/2026-11-23-first").status, 2);
});

test("a copy of the site is verified with the site down", async () => {
	const root = file("static"), state = file("static-nginx");
	const made = spawnSync(COMMUNIQUED, ["export", "-c", file("communique.conf"), root], { encoding: "utf8" });
	assert.equal(made.status, 0, made.stderr);
	const copy = await StaticSite.start(root, state);
	try {
		await site.services.public.stop();
		assert.match(verified(`${copy.url}${ADDRESS}`, "--anchor", anchor), /^log +good: /m);
		// Readers are shown another text than the one that was signed.
		const page = path.join(root, `en/releases/${SLUG}.txt`);
		fs.writeFileSync(page, fs.readFileSync(page, "utf8").replace("second", "zecond"));
		refused(/readers get another text there/, `${copy.url}${ADDRESS}`);
		// The leaf was dropped from the log, while the old bundle is still handed out.
		fs.writeFileSync(page, release());
		const forger = new Forger(root, file("log.key"));
		forger.rewrite(forger.leaves().filter((_, i) => i !== 1));
		refused(/two logs that do not fit together/, `${copy.url}${ADDRESS}`);
	} finally {
		await copy.stop();
		site.services.public.start();
		await site.ready();
	}
});

test("of an older revision it says that there is a newer one", async () => {
	const second = release({ Revision: "2", Change: "correction", "Change-Note": "A word was wrong.",
		Previous: sha256(release()) }, "1. The only paragraph.\n");
	await site.publish(second);
	assert.match(verified(`${site.url}${ADDRESS}/r1`), /^newer +revision 2 is there, a correction$/m);
	assert.match(verified(`${site.url}${ADDRESS}`), /revision 2, of localhost, a correction$/m);
});

test("the bundle of a time before a key was stolen is good; what the thief signed is disputed", async () => {
	const run = (who, ...args) => {
		const { status, stdout, stderr } = communique(site, who, ...args);
		assert.equal(status, 0, `${args.join(" ")}: ${stdout}${stderr}`);
	};
	const dana = newKey();
	writeKey(site.keyPath("dana"), dana);
	await site.publish(release({ Release: "2026-11-24-forged" }));
	const before = verified(`${site.url}/en/releases/2026-11-24-forged`);
	const index = Number(/index (\d+) of/.exec(before)[1]);
	run("root", "keys", "new", "--from", file("keys-1.txt"), "--editor", `dana:approver:${site.keyPath("dana")}.pub`,
		"--revoke", `${site.keys.approver.keyid.toLowerCase()}:compromised:${index}`, "-o", file("keys-2.txt"));
	run("root", "keys", "sign", file("keys-2.txt"));
	run("root", "keys", "publish", file("keys-2.txt"));
	const out = refused(/^disputed +bad: approver, key [0-9a-f]+, is compromised from index/m,
		`${site.url}/en/releases/2026-11-24-forged`);
	assert.match(out, /it is disputed: without a key that was stolen it has no quorum/);
	// To its readers, too, in words, and by no colour of good news; what came before it is not.
	for (const [slug, disputed] of [["2026-11-24-forged", true], ["2026-11-23-first", undefined]]) {
		const hash = sha256((await site.get(`/en/releases/${slug}.txt`)).bytes);
		const page = await site.get(`/en/releases/${slug}`), told = await site.get(`/en/verify?sha256=${hash}`);
		for (const { text } of [page, told])
			assert.equal(/class="banner disputed"[^]*The signatures of this release are disputed/.test(text), Boolean(disputed), slug);
		assert.equal(/class="banner good"/.test(told.text), !disputed);
		assert.equal(/class="checked disputed"/.test(page.text), Boolean(disputed));
		for (const { json } of [await site.get(`/en/releases/${slug}.json`), await site.get(`/en/verify.json?sha256=${hash}`)])
			assert.equal(json.disputed, disputed, slug);
	}
	// Where it is listed as well.
	for (const address of ["/en/", "/en/releases/", "/en/archive/2026/11/", "/en/search?q=release"]) {
		const { text } = await site.get(address);
		assert.equal(text.match(/class="change disputed">signatures disputed</g)?.length, 1, address);
	}
	for (const address of ["/en/releases.json", "/en/search.json?q=release"]) {
		const marked = (await site.get(address)).json.releases.filter((entry) => entry.disputed);
		assert.deepEqual(marked.map((entry) => entry.release), ["2026-11-24-forged"], address);
	}
	for (const form of ["atom", "rss", "json"]) {
		const feed = await site.get(`/en/feed.${form}`);
		assert.equal(feed.text.match(/Disputed: /g)?.length, 1, form);
		assert.match(feed.text, /The signatures of this release are disputed/);
	}
	const since = { "If-Modified-Since": new Date().toUTCString() };
	assert.equal((await site.get("/en/releases/2026-11-24-forged", since)).status, 200);
	assert.match(out, /^keys +good: versions 1 to 2 of localhost, each admitted by the roots of the one before$/m);
	verified(`${site.url}${ADDRESS}`);
});

function save(bytes, name = "feigned.tar") {
	fs.writeFileSync(file(name), bytes);
	return file(name);
}

test("a key that was revoked publishes nothing by naming a key set of old, whatever the word", () => {
	for (const word of ["left", "lost", "compromised"]) {
		const office = new Feigned();
		office.keyset();
		office.keyset({ anna: `${word} 1` });
		refused(/by key set 2, in force at its place in the log, 0 of 1 holders/, save(office.bundle(office.publish({ keys: 1 }))));
		assert.match(verified(save(office.bundle(office.publish({ by: "ben", keys: 1 }))), "--anchor", office.anchor), /\nverdict +verified\n$/);
	}
});

test("what was held back stays signed after its signer has left, on a condition that is said", () => {
	const time = Date.parse("2026-05-05T06:00:00Z") / 1000, held = { keys: 1, time, "Publish-At": "2026-05-05T06:00:00Z" };
	for (const word of ["left", "lost"]) {
		const office = new Feigned();
		office.keyset();
		office.keyset({ anna: `${word} 1` });
		assert.match(verified(save(office.bundle(office.publish(held))), "--anchor", office.anchor),
			/^verdict +verified, provided that it was signed before its signers were revoked .*, and held back until its Publish-At/m);
		refused(/published by keys that no longer counted/, save(office.bundle(office.publish({ ...held, time: time + 1 }))));
	}
	const stolen = new Feigned();
	stolen.keyset();
	stolen.keyset({ anna: "compromised 1" });
	refused(/^disputed +bad: anna/m, save(stolen.bundle(stolen.publish(held))));
});

test("a key set that has expired publishes nothing", () => {
	const office = new Feigned(), time = Date.parse("2026-06-01T00:00:00Z") / 1000;
	office.keyset({ expires: "2026-06-01T00:00:00Z" });
	verified(save(office.bundle(office.publish({ time: time - 1 }))));
	refused(/key set 1 had expired at 2026-06-01T00:00:00Z/, save(office.bundle(office.publish({ time }))));
	assert.match(verified(save(office.bundle(office.publish({ time, "Publish-At": "2026-06-01T00:00:00Z" })))), /provided that .*held back/);
});

// The feigned office answers from this very process, which therefore cannot wait for a child.
async function judged(office, handed, ...args) {
	const { url, stop } = await office.serve(handed);
	const child = spawn(COMMUNIQUE, ["verify", ...args.map((arg) => arg.replace(/^SITE/, url))]);
	let out = "";
	child.stdout.on("data", (text) => { out += text; });
	child.stderr.on("data", (text) => { out += text; });
	const status = await new Promise((done) => { child.on("close", done); });
	await stop();
	return { status, out };
}

test("a key set that the bundle leaves out and the site has is seen", async () => {
	const office = new Feigned();
	office.keyset();
	office.keyset({ anna: "compromised 1" });
	const handed = office.bundle(office.publish({ keys: 1 }), { known: 1 }), to = save(handed);
	verified(to);
	for (const args of [[`SITE${ADDRESS}`], [to, "--against", "SITE"]]) {
		const { status, out } = await judged(office, handed, ...args);
		assert.equal(status, 1, out);
		assert.match(out, /^keys +bad: the bundle leaves out key set 2, which the log had before/m);
		assert.match(out, /NOT VERIFIED: the site's key sets do not continue those of the bundle/);
	}
});

test("a key that was found to be stolen after the bundle was made disputes it, when the site is asked", async () => {
	const office = new Feigned();
	office.keyset();
	const to = save(office.bundle(office.publish()));
	const good = await judged(office, undefined, to, "--against", "SITE");
	assert.match(good.out, /^keys +good: the site has no later ones$/m);
	assert.equal(good.status, 0);
	office.keyset({ anna: "compromised 1" });
	const { status, out } = await judged(office, undefined, to, "--against", "SITE");
	assert.equal(status, 1, out);
	assert.match(out, /^keys +good: the site has later ones, which continue these$/m);
	assert.match(out, /NOT VERIFIED: it is disputed/);
});

test("key sets of the site that do not continue the bundle's, and one that its log does not have", async () => {
	const office = new Feigned(), other = new Feigned();
	office.keyset();
	const to = save(office.bundle(office.publish())), honest = [...office.keysets];
	other.keyset();
	office.keysets = other.keysets;
	const { status, out } = await judged(office, undefined, to, "--against", "SITE");
	assert.equal(status, 1, out);
	assert.match(out, /^keys +bad: the site has another key set 1 in force/m);
	office.keysets = honest;
	office.keyset();
	office.leaves.pop();
	const hidden = await judged(office, undefined, to, "--against", "SITE");
	assert.equal(hidden.status, 3, hidden.out);
	assert.match(hidden.out, /its log has it not yet: ask again/);
	// Signed by roots that are not this office's.
	office.root = newKey();
	office.keysets.pop();
	office.keyset();
	const forged = await judged(office, undefined, to, "--against", "SITE");
	assert.equal(forged.status, 1, forged.out);
	assert.match(forged.out, /^keys +bad: /m);
});

test("after a proper change of the log's key an old bundle still fits the site", async () => {
	const office = new Feigned();
	office.keyset();
	const to = save(office.bundle(office.publish()));
	office.keyset({ log: newKey() });
	const { status, out } = await judged(office, undefined, to, "--against", "SITE", "--anchor", office.anchor);
	assert.equal(status, 0, out);
	assert.match(out, /^log +good: has 3 leaves now, and grew out of this checkpoint$/m);
	// A key set cannot be hidden behind another leaf, nor behind none.
	const [own, keys] = [office.leaves[2], office.keysets.pop()], entries = (change) => {
		const answer = office.answer.bind(office);
		office.answer = (target, ...rest) => change(target, answer(target, ...rest));
	};
	entries((target, bytes) => (target.startsWith("/log/tile/entries") ? Buffer.concat([bytes.subarray(0, -own.length), flip(own, 25)]) : bytes));
	assert.match((await judged(office, undefined, to, "--against", "SITE")).out, /^keys +bad: (?!the site)/m);
	delete office.answer;
	entries((target, bytes) => (target.startsWith("/log/tile/entries") ? bytes.subarray(0, -own.length - 2) : bytes));
	assert.match((await judged(office, undefined, to, "--against", "SITE")).out, /^keys +bad: entries of the log are missing from 2 on$/m);
	delete office.answer;
	office.keysets.push(keys);
	// Not so one that the key sets do not name.
	office.log = newKey();
	assert.match((await judged(office, undefined, to, "--against", "SITE")).out, /NOT VERIFIED: the site shows two logs/);
});

test("where the key set names witnesses and none has signed, the verdict says so", () => {
	const office = new Feigned({ witness: newKey() });
	office.keyset();
	const index = office.publish(), bundle = (options) => save(office.bundle(index, options));
	assert.match(verified(bundle(), "--anchor", office.anchor),
		/^verdict +verified, provided that others are shown this log, too: none of the key set's witnesses \(1\) has signed/m);
	assert.match(verified(bundle()), /provided that this is the anchor .*; and that others are shown this log, too/);
	assert.match(verified(bundle({ cosigned: true }), "--anchor", office.anchor), /\nverdict +verified\n$/);
});

test("what was killed says that the office removed it", () => {
	for (const [who, ...args] of [["author", "kill", `ko/${SLUG}`, "--note", "A name.", "--yes"]])
		assert.equal(communique(site, who, ...args).status, 0);
	const { status, stderr } = verify(`${site.url}/ko/releases/${SLUG}`);
	assert.equal(status, 1);
	assert.match(stderr, /the office has removed this release \(410\)/);
});
