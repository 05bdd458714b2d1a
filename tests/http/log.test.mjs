// The public log, as anyone sees it: checkpoint, tiles, entries, proofs, bundles; what is not
// public is in none of them; and what happens when an older store is put in place.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { release, Site, until, wait } from "./site.mjs";

const FIRST = "2026-11-23-first";
let site, text;

before(async () => {
	site = await Site.start();
	text = release({ Release: FIRST });
	await site.publish(text);
});
after(() => site?.stop());

// --- a log client of thirty lines: what it checks, it checks with nothing of ours ---------------

const hash = (...parts) => crypto.createHash("sha256").update(Buffer.concat(parts)).digest();
const leafHash = (leaf) => hash(Buffer.from([0]), leaf);
const nodeHash = (left, right) => hash(Buffer.from([1]), left, right);

function root(hashes) {
	if (hashes.length === 1)
		return hashes[0];
	let left = 1;
	while (2 * left < hashes.length)
		left *= 2;
	return nodeHash(root(hashes.slice(0, left)), root(hashes.slice(left)));
}

// [origin, size, root], after its signature was verified with the key that the key set names.
async function checkpoint() {
	const { status, text: note, headers } = await site.get("/log/checkpoint");
	assert.equal(status, 200);
	assert.match(headers["content-type"], /^text\/plain/);
	const keys = (await site.get("/keys/current")).text;
	const [, name, , key] = /^log ([^+]+)\+([0-9a-f]{8})\+(\S+)$/m.exec(keys);
	const raw = Buffer.from(key, "base64").subarray(1);
	const [body, signatures] = note.split("\n\n");
	const line = signatures.split("\n").find((each) => each.startsWith(`— ${name} `));
	const signature = Buffer.from(line.split(" ")[2], "base64").subarray(4);
	const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
	assert.ok(crypto.verify(null, Buffer.from(`${body}\n`), crypto.createPublicKey({ key: spki, format: "der", type: "spki" }), signature));
	const [origin, size, rootText] = body.split("\n");
	return { origin, size: Number(size), root: Buffer.from(rootText, "base64"), note };
}

const partial = (size) => (size % 256 ? `.p/${size % 256}` : "");

async function entries(size) {
	const { bytes, status } = await site.get(`/log/tile/entries/000${partial(size)}`);
	assert.equal(status, 200);
	const found = [];
	for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at))
		found.push(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at)));
	assert.equal(found.length, size);
	return found;
}

const field = (leaf, name) => new RegExp(`^${name} (.*)$`, "m").exec(leaf.toString())[1];
const moment = (seconds) => new Date(seconds * 1000).toISOString().replace(".000", "");

// --- what is in it -------------------------------------------------------------------------------

test("the log is made of the key sets and public revisions, under one signed root", async () => {
	const head = await checkpoint();
	assert.equal(head.origin, "localhost/log");
	assert.equal(head.size, 2);
	const leaves = await entries(head.size);
	assert.deepEqual(leaves.map((leaf) => field(leaf, "kind")), ["keys", "release"]);
	assert.equal(field(leaves[0], "sha256"), sha256((await site.get("/keys/1")).text));
	assert.equal(field(leaves[1], "sha256"), sha256(text));
	assert.equal(field(leaves[1], "id"), sha256(`en/${FIRST}`).slice(0, 32));
	assert.deepEqual(root(leaves.map(leafHash)), head.root);
	const tile = await site.get(`/log/tile/0/000${partial(head.size)}`);
	assert.deepEqual(tile.bytes, Buffer.concat(leaves.map(leafHash)));
});

test("tiles are kept for ever, the checkpoint for a second, and what is beyond is not there", async () => {
	assert.match((await site.get("/log/tile/0/000.p/2")).headers["cache-control"], /immutable/);
	assert.equal((await site.get("/log/tile/0/000.p/2")).headers["content-type"], "application/octet-stream");
	assert.match((await site.get("/log/checkpoint")).headers["cache-control"], /max-age=[01],/);
	for (const beyond of ["0/000.p/3", "0/000", "0/001.p/1", "1/000.p/1", "entries/000.p/3", "entries/000", "0/x001/000"]) {
		const { status, headers } = await site.get(`/log/tile/${beyond}`);
		assert.equal(status, 404, beyond);
		assert.doesNotMatch(headers["cache-control"], /immutable/);
	}
	for (const bad of ["0/0", "00/000.p/1", "0/000.p/0", "0/000.p/2/", "0/x000/000.p/1", "64/000.p/1", "0/000.p"])
		assert.equal((await site.get(`/log/tile/${bad}`)).status, 404, bad);
});

test("a release's proof leads from its leaf to the checkpoint", async () => {
	const { size, root: expected, note } = await checkpoint();
	const leaf = (await entries(size))[1];
	const { text: proof, status } = await site.get(`/en/releases/${FIRST}.proof`);
	assert.equal(status, 200);
	assert.equal((await site.get(`/en/releases/${FIRST}/r1.proof`)).text, proof);
	const [, index, hashes, under] = /^c2sp\.org\/tlog-proof@v1\nindex (\d+)\n((?:\S+\n)*)\n([^]*)$/.exec(proof);
	assert.equal(index, "1");
	assert.equal(under, note);
	assert.deepEqual(nodeHash(Buffer.from(hashes.trim(), "base64"), leafHash(leaf)), expected);
});

test("a bundle holds what is needed offline, in the same bytes each time, and tar unpacks it", async () => {
	const { bytes, headers, status } = await site.get(`/en/releases/${FIRST}.tar`);
	assert.equal(status, 200);
	assert.equal(headers["content-type"], "application/x-tar");
	assert.deepEqual((await site.get(`/en/releases/${FIRST}/r1.tar`)).bytes, bytes);
	const folder = fs.mkdtempSync(path.join(site.state, "bundle-"));
	execFileSync("tar", ["-xf", "-", "-C", folder], { input: bytes });
	const read = (name) => fs.readFileSync(path.join(folder, name), "utf8");
	assert.equal(read("release.txt"), text);
	assert.equal(read("log/checkpoint"), (await checkpoint()).note);
	assert.equal(read("log/proof"), (await site.get(`/en/releases/${FIRST}.proof`)).text);
	assert.equal(field(read("log/leaf"), "sha256"), sha256(text));
	assert.equal(sha256(read("keys/1.txt")), field(read("log/keys/1.leaf"), "sha256"));
	for (const who of ["author", "approver"])
		execFileSync("minisign", ["-VHm", path.join(folder, "release.txt"), "-x",
			path.join(folder, `release.txt.${site.keys[who].keyid.toLowerCase()}.minisig`), "-p", `${site.keyPath(who)}.pub`]);
	const root1 = site.keys.root.keyid.toLowerCase();
	execFileSync("minisign", ["-VHm", path.join(folder, "keys/1.txt"), "-x",
		path.join(folder, `keys/1.txt.${root1}.minisig`), "-p", `${site.keyPath("root")}.pub`]);
	assert.equal((await site.get(`/keys/1.${root1}.minisig`)).text, read(`keys/1.txt.${root1}.minisig`));
	assert.equal((await site.get(`/keys/2.${root1}.minisig`)).status, 404);
	assert.equal((await site.get("/keys/1.0000000000000000.minisig")).status, 404);
});

test("the page says where in the log it is", async () => {
	const { text: page } = await site.get(`/en/releases/${FIRST}`);
	assert.ok(page.includes(`/en/releases/${FIRST}.proof`));
	assert.ok(page.includes(`/en/releases/${FIRST}.tar`));
	assert.equal((await site.get(`/en/releases/${FIRST}.json`)).json.log.index, 1);
});

// --- what is not ------------------------------------------------------------------------------------

test("an embargoed file is in no address of the log before its lift, and is in it a second after", async () => {
	const lift = Math.floor(Date.now() / 1000) + 4;
	const secret = release({ Release: "2026-11-23-secret", "Publish-At": moment(lift) });
	const { answer } = await site.publish(secret);
	assert.equal(answer.state, "scheduled");
	const { size } = await checkpoint();
	// The smallest log that could have it, however it came there.
	const places = [0, 1, 2].flatMap((more) => ["0", "entries"].map((level) => `/log/tile/${level}/000.p/${size + more}`));
	for (const address of ["/log/checkpoint", ...places, "/en/releases/2026-11-23-secret.proof", "/en/releases/2026-11-23-secret.tar"]) {
		const { bytes, status } = await site.get(address);
		assert.ok(!bytes.includes(sha256(secret)) && !bytes.includes(Buffer.from(sha256(secret), "hex")), address);
		assert.equal(status, address === "/log/checkpoint" || address.endsWith(`/${size}`) ? 200 : 404, address);
	}
	// Something else that goes public meanwhile does not take it along.
	const meanwhile = release({ Release: "2026-11-23-meanwhile" });
	await site.publish(meanwhile);
	assert.equal((await checkpoint()).size, size + 1);
	assert.ok(Date.now() / 1000 < lift, "this took too long");
	await wait(lift * 1000 + 1000 - Date.now());
	const head = await checkpoint();
	assert.equal(head.size, size + 2);
	const leaves = await entries(head.size);
	assert.deepEqual(leaves.slice(-2).map((leaf) => field(leaf, "sha256")), [sha256(meanwhile), sha256(secret)]);
	assert.equal(field(leaves.at(-1), "time"), String(lift));
	assert.equal((await site.get("/en/releases/2026-11-23-secret.proof")).status, 200);
});

test("a lift that the desk slept through is caught up when it starts", async () => {
	const lift = Math.floor(Date.now() / 1000) + 3;
	const late = release({ Release: "2026-11-23-late", "Publish-At": moment(lift) });
	await site.publish(late);
	const { size } = await checkpoint();
	await site.services.desk.stop();
	await wait(lift * 1000 + 1100 - Date.now());
	assert.equal((await site.get("/en/releases/2026-11-23-late")).status, 200);
	assert.equal((await checkpoint()).size, size);
	site.services.desk.start();
	await site.ready();
	await until("the log has it", 60, async () => (await checkpoint()).size === size + 1);
	assert.equal(field((await entries(size + 1)).at(-1), "time"), String(lift));
});

// --- an older store ------------------------------------------------------------------------------------

test("an older store is refused a signature, says so, and is read as before", async () => {
	const data = path.join(site.state, "store/data.mdb");
	await site.services.desk.stop();
	const old = fs.readFileSync(data);
	site.services.desk.start();
	await site.ready();
	await site.publish(release({ Release: "2026-11-23-after-the-backup" }));
	const newest = await checkpoint();
	await Promise.all([site.services.desk.stop(), site.services.public.stop()]);
	const kept = fs.readFileSync(data);
	fs.writeFileSync(data, old);
	site.services.public.start();
	site.services.desk.start();
	await site.ready();

	const one = release({ Release: "2026-11-23-on-top" });
	await site.putDraft("author", "en/2026-11-23-on-top", one);
	await site.signDraft("author", "en/2026-11-23-on-top", one);
	const refusal = await site.signDraft("approver", "en/2026-11-23-on-top", one);
	assert.equal(refusal.status, 503);
	assert.equal(refusal.json.code, "log-stopped");
	assert.match(refusal.json.detail, /older store.*communiqued\(8\), STOPPED LOG/);
	assert.equal((await site.get("/en/releases/2026-11-23-on-top")).status, 404);
	assert.equal((await site.get(`/en/releases/${FIRST}`)).status, 200);
	assert.equal((await checkpoint()).size, newest.size - 1);

	await Promise.all([site.services.desk.stop(), site.services.public.stop()]);
	fs.writeFileSync(data, kept);
	site.services.public.start();
	site.services.desk.start();
	await site.ready();
	await site.publish(release({ Release: "2026-11-23-goes-on" }));
	assert.equal((await checkpoint()).size, newest.size + 1);
});
