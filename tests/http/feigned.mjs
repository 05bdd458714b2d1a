// feigned - an office that is made up: its keys, key sets, log and bundles, all of them signed as
// they should be, whatever they say. What a site never would make a test makes here, with Node's
// own crypto, and serves it.
import crypto from "node:crypto";
import http from "node:http";
import { leafHash, rootOf } from "./forge.mjs";
import { minisign, newKey, sha256 } from "./keys.mjs";
import { release } from "./site.mjs";

const SITE = "localhost", ORIGIN = `${SITE}/log`, NOTE = 1, COSIGNATURE = 4;
const START = Date.parse("2026-01-01T00:00:00Z") / 1000;
const hash = (...parts) => crypto.createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const keyHash = (name, type, raw) => hash(`${name}\n`, [type], raw).subarray(0, 4);
const keyId = (key) => key.keyid.toLowerCase();

function vkey(name, type, { raw }) {
	return `${name}+${keyHash(name, type, raw).toString("hex")}+${Buffer.concat([Buffer.from([type]), raw]).toString("base64")}`;
}

function pathTo(index, hashes) {
	let left = 1;
	if (hashes.length <= 1)
		return [];
	while (2 * left < hashes.length)
		left *= 2;
	return index < left ? [...pathTo(index, hashes.slice(0, left)), rootOf(hashes.slice(left))]
		: [...pathTo(index - left, hashes.slice(left)), rootOf(hashes.slice(0, left))];
}

function tar(files) {
	const pieces = [];
	for (const [name, content] of files) {
		const bytes = Buffer.from(content), head = Buffer.alloc(512);
		head.write(name, 0);
		head.write("0000644\0" + "0000000\0".repeat(2), 100);
		head.write(`${bytes.length.toString(8).padStart(11, "0")}\0` + "00000000000\0", 124);
		head.write("        0", 148);
		head.write("ustar\0" + "00", 257);
		head.write("0000000\0".repeat(2), 329);
		const sum = head.reduce((all, byte) => all + byte, 0);
		head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
		pieces.push(head, bytes, Buffer.alloc((512 - bytes.length % 512) % 512));
	}
	return Buffer.concat([...pieces, Buffer.alloc(1024)]);
}

export class Feigned {
	constructor({ witness } = {}) {
		Object.assign(this, { root: newKey(), anna: newKey(), ben: newKey(), log: newKey(), witness });
		Object.assign(this, { keysets: [], leaves: [], files: {} });
	}

	get anchor() {
		return sha256(this.keysets[0].text);
	}

	// The next key set: `anna` is "lost 1" and so on; `log` the key that signs from it on.
	keyset({ anna, expires = "2036-01-01T00:00:00Z", log = this.log } = {}) {
		const { keysets } = this, roles = "anna author,approver";
		const text = `communique keys v1\nsite ${SITE}\nversion ${keysets.length + 1}\n` +
			`previous ${keysets.length ? sha256(keysets.at(-1).text) : "-"}\nissued 2026-01-01T00:00:00Z\nexpires ${expires}\n` +
			`quorum root 1\nquorum publish 1\nquorum withdraw 1\nlog ${vkey(ORIGIN, NOTE, log)}\n` +
			(this.witness ? `witness ${vkey("witness.example/w", COSIGNATURE, this.witness)}\n` : "") +
			`key ${this.root.line} rita root\nkey ${this.ben.line} ben author,approver\n` +
			(anna ? `revoked ${this.anna.line} ${roles} ${anna}\n` : `key ${this.anna.line} ${roles}\n`);
		this.log = log;
		keysets.push({ text, index: this.leaves.length, minisig: minisign(this.root, Buffer.from(text)) });
		this.add({ kind: "keys", id: "keys", revision: keysets.length, file: text, keys: keysets.length,
			previous: keysets.length > 1 ? sha256(keysets.at(-2).text) : "-" }, keysets.at(-1).minisig);
	}

	// A release signed by `by`, said to have been accepted under key set `keys`; its index.
	publish({ by = "anna", keys = this.keysets.length, time, ...fields } = {}) {
		const file = release({ Release: "2026-11-23-first", ...fields }), minisig = minisign(this[by], Buffer.from(file));
		const slug = /^Release: (.*)$/m.exec(file)[1];
		this.files[this.leaves.length] = { file, slug, name: `release.txt.${keyId(this[by])}.minisig`, minisig };
		return this.add({ kind: "release", id: sha256(`en/${slug}`).slice(0, 32), revision: 1, file, keys, time, previous: "-" }, minisig);
	}

	add({ kind, id, revision, file, keys, previous, time = START + 60 * this.leaves.length }, minisig) {
		const [, signature, comment, global] = minisig.split("\n");
		this.time = time;
		return this.leaves.push(Buffer.from(`communique.leaf/v1\nkind ${kind}\nid ${id}\nrevision ${revision}\nchange -\n` +
			`sha256 ${sha256(file)}\nprevious ${previous}\nkeys ${keys}\ntime ${time}\n` +
			`sig ${signature} ${global} ${comment.replace("trusted comment: ", "")}\n`)) - 1;
	}

	checkpoint(size = this.leaves.length, cosigned = false) {
		const root = rootOf(this.leaves.slice(0, size).map(leafHash)).toString("base64");
		const text = `${ORIGIN}\n${size}\n${root}\n`;
		const line = (name, ...parts) => `— ${name} ${Buffer.concat(parts).toString("base64")}\n`;
		let note = `${text}\n` + line(ORIGIN, keyHash(ORIGIN, NOTE, this.log.raw), crypto.sign(null, Buffer.from(text), this.log.secret));
		if (cosigned) {
			const when = Buffer.alloc(8), name = "witness.example/w";
			when.writeBigUInt64BE(BigInt(START));
			note += line(name, keyHash(name, COSIGNATURE, this.witness.raw), when,
				crypto.sign(null, Buffer.from(`cosignature/v1\ntime ${START}\n${text}`), this.witness.secret));
		}
		return note;
	}

	// The bundle of the release at this index; `known` is how many of the key sets it tells of.
	bundle(index, { known = this.keysets.length, cosigned = false } = {}) {
		const { file, name, minisig } = this.files[index], size = this.leaves.length, note = this.checkpoint(size, cosigned);
		const proof = (at) => `c2sp.org/tlog-proof@v1\nindex ${at}\n` +
			pathTo(at, this.leaves.map(leafHash)).map((each) => `${each.toString("base64")}\n`).join("") + `\n${note}`;
		const keysets = this.keysets.slice(0, known), root = keyId(this.root);
		return tar([["release.txt", file], [name, minisig],
			...keysets.flatMap(({ text, minisig: by }, n) => [[`keys/${n + 1}.txt`, text], [`keys/${n + 1}.txt.${root}.minisig`, by]]),
			["log/leaf", this.leaves[index]], ["log/proof", proof(index)],
			...keysets.flatMap(({ index: at }, n) => [[`log/keys/${n + 1}.leaf`, this.leaves[at]], [`log/keys/${n + 1}.proof`, proof(at)]]),
			["log/checkpoint", note]]);
	}

	// What the site answers at this address; undefined: nothing. `bundle` is what it hands out.
	answer(target, bundle) {
		const size = this.leaves.length, [, version] = /^\/keys\/(\d+|current)$/.exec(target) ?? [];
		if (target === "/log/checkpoint")
			return this.checkpoint();
		if (target === `/log/tile/0/000.p/${size}`)
			return Buffer.concat(this.leaves.map(leafHash));
		if (target === `/log/tile/entries/000.p/${size}`)
			return Buffer.concat(this.leaves.flatMap((leaf) => [Buffer.from([leaf.length >> 8, leaf.length & 255]), leaf]));
		if (version)
			return (version === "current" ? this.keysets.at(-1) : this.keysets[version - 1])?.text;
		for (const { slug, file } of Object.values(this.files)) {
			const page = `/en/releases/${slug}`;
			if (target === `${page}.tar`)
				return bundle;
			if (target === `${page}.txt` || target === `${page}/r1.txt`)
				return file;
			if (target === `${page}.json`)
				return JSON.stringify({ revision: 1, sha256: sha256(file),
					publicAt: new Date(this.time * 1000).toISOString().replace(".000", "") });
			if (target === "/en/")
				return `<a href="${page}">A release</a>`;
		}
		return target === "/" ? "<a href='/en/'>English</a>" : undefined;
	}

	// The site on a port of its own: { url, stop }.
	async serve(bundle) {
		const server = http.createServer((request, response) => {
			const found = this.answer(request.url, bundle);
			response.writeHead(found === undefined ? 404 : 200).end(found);
		});
		await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
		return { url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }) };
	}
}
