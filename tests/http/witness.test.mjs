// Witnesses of the public log: a small one of our own (C2SP tlog-witness), asked by the desk and
// by hand; and the day on which the log gets another key.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { after, before, test } from "node:test";
import * as fcgi from "./fastcgi.mjs";
import { communique, COMMUNIQUED, freePort, release, Site, until } from "./site.mjs";

// --- a witness -----------------------------------------------------------------------------------

const hash = (...parts) => crypto.createHash("sha256").update(Buffer.concat(parts)).digest();
const node = (left, right) => hash(Buffer.from([1]), left, right);

// RFC 6962, 2.1.4.2: whether a tree of `to` grew out of one of `from`.
function grew(proof, from, to, before, now) {
	let [f, t] = [from - 1, to - 1];
	while (f % 2 === 1)
		[f, t] = [f >> 1, t >> 1];
	const path = [...proof];
	let one = f === 0 ? before : path.shift(), two = one;
	for (const step of path) {
		if (f % 2 === 1 || f === t) {
			[one, two] = [node(step, one), node(step, two)];
			while (f % 2 === 0 && f !== 0)
				[f, t] = [f >> 1, t >> 1];
		} else {
			two = node(two, step);
		}
		[f, t] = [f >> 1, t >> 1];
	}
	return one.equals(before) && two.equals(now);
}

class Witness {
	constructor(name) {
		this.name = name;
		const { publicKey, privateKey } = crypto.generateKeyPairSync("ed25519");
		this.secret = privateKey;
		const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
		const typed = Buffer.concat([Buffer.from([4]), raw]);
		this.hash = hash(Buffer.from(`${name}\n`), typed).subarray(0, 4);
		this.vkey = `${name}+${this.hash.toString("hex")}+${typed.toString("base64")}`;
		this.size = 0;
		this.root = hash();
		this.asked = [];
	}

	sign(body) {
		const time = Math.floor(Date.now() / 1000), moment = Buffer.alloc(8);
		moment.writeBigUInt64BE(BigInt(time));
		const signature = crypto.sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${body}`), this.secret);
		return `— ${this.name} ${Buffer.concat([this.hash, moment, signature]).toString("base64")}\n`;
	}

	answer(text) {
		const [head, ...rest] = text.split("\n\n");
		const [old, ...proof] = head.split("\n");
		const body = `${rest[0]}\n`, [, size, root] = body.split("\n");
		const from = Number(old.slice(4)), to = Number(size), now = Buffer.from(root, "base64");
		this.asked.push([from, to]);
		if (this.says)
			return [409, `${this.says}\n`];
		if (from !== this.size)
			return [409, `${this.size}\n`];
		if (from > 0 && !(from === to ? now.equals(this.root)
			: grew(proof.filter(Boolean).map((line) => Buffer.from(line, "base64")), from, to, this.root, now)))
			return [422, "it did not grow out of what I saw\n"];
		[this.size, this.root] = [to, now];
		return [200, this.sign(body)];
	}

	listen(port) {
		this.server = http.createServer((request, answer) => {
			const pieces = [];
			request.on("data", (piece) => pieces.push(piece)).on("end", () => {
				const [status, text] = request.url === "/add-checkpoint"
					? this.answer(Buffer.concat(pieces).toString()) : [404, ""];
				answer.writeHead(status, { "Content-Type": status === 409 ? "text/x.tlog.size" : "text/plain" }).end(text);
			});
		});
		return new Promise((done) => this.server.listen(port, "127.0.0.1", done));
	}

	close() {
		return new Promise((done) => this.server.close(done));
	}
}

// --- the site ----------------------------------------------------------------------------------------

let site, witness, port;
const daemon = (...args) => spawnSync(COMMUNIQUED, args, { encoding: "utf8", timeout: 20000 });
const conf = () => path.join(site.state, "communique.conf");
const checkpoint = async () => (await site.get("/log/checkpoint")).text;
const size = (note) => Number(note.split("\n")[1]);
const isSigned = (note) => note.includes(`\n— ${witness.name} `);

// What the desk tells Prometheus of the witness.
async function metric(name) {
	const { text } = await fcgi.call(path.join(site.state, "desk.sock"),
		{ target: "/metrics", variables: { COMMUNIQUE_DOOR: "local" } });
	return Number(new RegExp(`^communique_witness_${name}\\{witness="http://127\\.0\\.0\\.1:${port}"\\} (\\d+)$`, "m").exec(text)[1]);
}

function keys(version, ...options) {
	const file = path.join(site.state, `keys-${version}.txt`);
	for (const args of [["keys", "new", "-o", file, ...options], ["keys", "sign", file], ["keys", "publish", file]]) {
		const { status, stderr } = communique(site, "root", ...args);
		assert.equal(status, 0, stderr);
	}
}

before(async () => {
	witness = new Witness("witness.example/w1");
	port = await freePort();
	await witness.listen(port);
	site = await Site.start({ settings: `witnesses = http://127.0.0.1:${port}\n` });
	keys(2, "--witness", witness.vkey);
});
after(async () => {
	await site?.stop();
	await witness?.close();
});

test("a witness that the key set names is shown each checkpoint, and its signature is served", async () => {
	await site.publish(release({ Release: "2026-11-23-seen" }));
	await until("it is cosigned", 200, async () => isSigned(await checkpoint()));
	const note = await checkpoint();
	assert.equal(size(note), witness.size);
	await site.publish(release({ Release: "2026-11-23-seen-too" }));
	await until("it is cosigned again", 200, async () => isSigned(await checkpoint()) && size(await checkpoint()) === size(note) + 1);
	assert.ok(witness.asked.some(([from, to]) => from > 0 && to > from), "with a proof that it grew");
	const { stdout, status } = communique(site, "author", "verify", `${site.url}/en/releases/2026-11-23-seen-too`);
	assert.equal(status, 0, stdout);
	assert.match(stdout, /witness\.example\/w1/);
});

test("a witness that is away delays nothing, and signs when it is back", async () => {
	await witness.close();
	const { answer } = await site.publish(release({ Release: "2026-11-23-alone" }));
	assert.equal(answer.state, "public");
	assert.equal((await site.get("/en/releases/2026-11-23-alone")).status, 200);
	assert.ok(!isSigned(await checkpoint()));
	await until("its outage is counted", 100, async () => (await metric("failures_total")) > 0);
	await until("its outage lasts", 100, async () => (await metric("outage_seconds")) > 0);
	assert.equal(await metric("size"), size(await checkpoint()) - 1);
	await witness.listen(port);
	await until("it is cosigned", 400, async () => isSigned(await checkpoint()));
	await until("its outage is over", 100, async () => (await metric("outage_seconds")) === 0);
	assert.equal(await metric("size"), size(await checkpoint()));
});

test("a witness that has seen another size says so, and is asked from there", async () => {
	witness.size = 0;
	await site.publish(release({ Release: "2026-11-23-forgotten" }));
	await until("it is cosigned", 200, async () => isSigned(await checkpoint()));
	assert.deepEqual(witness.asked.slice(-2).map(([from]) => from > 0), [true, false]);
});

test("a witness that says it saw more than there is, is asked again all the same", async () => {
	const failures = await metric("failures_total");
	witness.says = 1000000;
	await site.publish(release({ Release: "2026-11-23-more" }));
	await until("it is a failure", 200, async () => (await metric("failures_total")) > failures);
	assert.match(fs.readFileSync(site.services.desk.log, "utf8"), /it says that it saw 1000000 entries; the log has \d+/);
	witness.says = 0;
	await until("it is cosigned", 400, async () => isSigned(await checkpoint()));
});

test("by hand: what a witness is sent, and what it answers", async () => {
	assert.equal(daemon("log", "checkpoint", "-c", conf()).stdout, await checkpoint());
	await site.services.desk.stop();
	await witness.close();
	const request = daemon("log", "request", "-c", conf(), "--old", String(witness.size));
	assert.equal(request.status, 0, request.stderr);
	const [status, line] = witness.answer(request.stdout);
	assert.equal(status, 200);
	const file = path.join(site.state, "answer");
	fs.writeFileSync(file, line);
	const added = daemon("log", "add", "-c", conf(), file);
	assert.equal(added.status, 0, added.stderr);
	assert.match(added.stdout, /^1 signature/);
	fs.writeFileSync(file, new Witness("nobody.example/w").sign("x\n"));
	assert.equal(daemon("log", "add", "-c", conf(), file).status, 1);
	assert.equal(daemon("log", "request", "-c", conf(), "--old", "1000").status, 1);
	await witness.listen(port);
	site.services.desk.start();
	await site.ready();
	assert.notEqual(daemon("log", "add", "-c", conf(), file).status, 0, "not beside the desk");
});

test("the log gets another key by a key set that names it, and nothing of it breaks", async () => {
	const before = await checkpoint();
	const made = daemon("log", "key", "-c", conf());
	assert.equal(made.status, 0, made.stderr);
	const vkey = made.stdout.trim();
	assert.match(vkey, /^localhost\/log\+[0-9a-f]{8}\+/);
	assert.notEqual(daemon("log", "key", "-c", conf()).status, 0, "one that is there is not overwritten");
	keys(3, "--log", vkey);
	const name = Buffer.from(/\+([0-9a-f]{8})\+/.exec(vkey)[1], "hex");
	const signedBy = (note) => note.split("\n").filter((line) => line.startsWith("— localhost/log "))
		.map((line) => Buffer.from(line.split(" ")[2], "base64").subarray(0, 4).toString("hex"));
	await until("the new key has signed", 100, async () => signedBy(await checkpoint()).includes(name.toString("hex")));
	assert.equal(size(await checkpoint()), size(before) + 1);
	await site.publish(release({ Release: "2026-11-23-new-key" }));
	for (const slug of ["2026-11-23-seen", "2026-11-23-new-key"]) {
		const { status, stdout, stderr } = communique(site, "author", "verify", `${site.url}/en/releases/${slug}`);
		assert.equal(status, 0, stdout + stderr);
	}
	const { status, stdout, stderr } = communique(site, "author", "monitor", site.url, "--once", "--state", path.join(site.state, "monitor"));
	assert.equal(status, 0, stdout + stderr);
	assert.equal(daemon("fsck", "-c", conf()).status, 0);
});
