// The public log, read by programs that know nothing of communique: Go's sumdb libraries, as
// Debian has them, and sigstore's verifier from npm. Both unchanged.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import crypto from "node:crypto";
import path from "node:path";
import { after, before, test } from "node:test";
import { Forger, leafHash, rootOf, withField } from "./forge.mjs";
import { COMMUNIQUED, release, Site, TOP } from "./site.mjs";
import { StaticSite } from "./static.mjs";

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require("@sigstore/verify/dist/timestamp/checkpoint.js");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/timestamp/merkle.js");

const SLUG = "2026-11-23-first";
let site, copy, root, tlog, vkey, earlier;

const file = (name) => path.join(site.state, name);
const go = (...args) => spawnSync(tlog, args, { encoding: "utf8", timeout: 60000 });
const head = async () => (await site.get("/log/checkpoint")).text.split("\n");

before(async () => {
	site = await Site.start({ quorum: 1 });
	tlog = file("tlog");
	const built = spawnSync("go", ["build", "-o", tlog, "."], {
		cwd: path.join(TOP, "tests/http/tlog"), encoding: "utf8",
		env: { ...process.env, GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "",
			GOCACHE: process.env.GOCACHE ?? path.join(TOP, "build/go-cache") },
	});
	assert.equal(built.status, 0, built.stderr);
	vkey = /^log (.*)$/m.exec((await site.get("/keys/current")).text)[1];
	for (let i = 0; i < 4; i++)
		await site.publish(release({ Release: `2026-11-24-more-${i}` }));
	earlier = await head();
	await site.publish(release({ Release: SLUG }));
	for (let i = 4; i < 9; i++)
		await site.publish(release({ Release: `2026-11-24-more-${i}` }));
	root = file("static");
	assert.equal(spawnSync(COMMUNIQUED, ["export", "-c", file("communique.conf"), root]).status, 0);
	copy = await StaticSite.start(root, file("static-nginx"));
});
after(async () => {
	await copy?.stop();
	await site?.stop();
});

test("Go reads checkpoint, tiles and entries, and proves each leaf and each growth", () => {
	for (const url of [site.url, copy.url]) {
		const { status, stdout, stderr } = go(url, vkey);
		assert.equal(status, 0, stderr);
		assert.equal(stdout, "11\n");
	}
});

test("Go proves that the log grew out of a checkpoint that was seen before", () => {
	const [, size, seen] = earlier;
	const { status, stderr } = go(site.url, vkey, size, seen);
	assert.equal(status, 0, stderr);
	const other = Buffer.from(seen, "base64");
	other[0] ^= 1;
	assert.equal(go(site.url, vkey, size, other.toString("base64")).status, 1);
});

test("Go refuses a log that was changed, and another key", () => {
	const forger = new Forger(root, file("log.key")), leaves = forger.leaves();
	leaves[3] = withField(leaves[3], "time", "1700000000");
	forger.writeEntries(leaves);
	assert.match(go(copy.url, vkey).stderr, /leaf 3/);
	forger.rewrite(leaves);
	assert.equal(go(copy.url, vkey).status, 0);
	assert.equal(go(copy.url, vkey, earlier[1], earlier[2]).status, 1);
	const strange = vkey.replace(/.{8}$/, "AAAAAAA=");
	assert.equal(go(site.url, strange).status, 1);
});

// A proof as sigstore's structures have it.
async function entryOf(target) {
	const { text } = await site.get(`${target}.proof`);
	const [, index, hashes, envelope] = /^c2sp\.org\/tlog-proof@v1\nindex (\d+)\n((?:\S+\n)*)\n([^]*)$/.exec(text);
	const [, size, rootHash] = envelope.split("\n");
	const leaves = new Forger(file("honest"), file("log.key")).leaves();
	return {
		integratedTime: "1795451641",
		canonicalizedBody: leaves[Number(index)],
		inclusionProof: {
			logIndex: index, treeSize: size, rootHash: Buffer.from(rootHash, "base64"),
			hashes: hashes.trim().split("\n").map((line) => Buffer.from(line, "base64")),
			checkpoint: { envelope },
		},
	};
}

test("sigstore verifies the checkpoint and the inclusion of a release's leaf", async () => {
	assert.equal(spawnSync(COMMUNIQUED, ["export", "-c", file("communique.conf"), file("honest")]).status, 0);
	const [, id, key] = /^[^+]+\+([0-9a-f]{8})\+(.*)$/.exec(vkey); // base64 may have a + too
	const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(key, "base64").subarray(1)]);
	const trusted = [{
		logID: Buffer.concat([Buffer.from(id, "hex"), Buffer.alloc(28)]),
		publicKey: crypto.createPublicKey({ key: spki, format: "der", type: "spki" }),
		validFor: { start: new Date(0), end: new Date("2199-01-01") },
	}];
	const entry = await entryOf(`/en/releases/${SLUG}`);
	verifyCheckpoint(entry, trusted);
	verifyMerkleInclusion(entry);
	entry.canonicalizedBody = withField(entry.canonicalizedBody, "revision", 2);
	assert.throws(() => verifyMerkleInclusion(entry), /inclusion proof/);
	const envelope = entry.inclusionProof.checkpoint.envelope.replace("localhost/log\n", "elsewhere/log\n");
	assert.throws(() => verifyCheckpoint({ ...entry, inclusionProof: { ...entry.inclusionProof, checkpoint: { envelope } } }, trusted));
});

test("thirty lines of Node come to the same root", async () => {
	const leaves = new Forger(file("honest"), file("log.key")).leaves();
	const [origin, size, rootText] = await head();
	assert.equal(origin, "localhost/log");
	assert.equal(leaves.length, Number(size));
	assert.equal(rootOf(leaves.map(leafHash)).toString("base64"), rootText);
	assert.ok(fs.existsSync(path.join(root, "log/checkpoint")));
});
