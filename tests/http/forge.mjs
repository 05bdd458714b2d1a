// forge - an operator who lies: takes an exported site and the log's own key, changes the
// log, and signs it anew. Everything is computed here, with Node's crypto, so that it also is
// a second implementation of the log's format.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { readKey } from "./keys.mjs";

const WIDTH = 256;
const hash = (...parts) => crypto.createHash("sha256").update(Buffer.concat(parts)).digest();
export const leafHash = (leaf) => hash(Buffer.from([0]), leaf);
const nodeHash = (left, right) => hash(Buffer.from([1]), left, right);

export function rootOf(hashes) {
	if (hashes.length === 0)
		return hash();
	if (hashes.length === 1)
		return hashes[0];
	let left = 1;
	while (2 * left < hashes.length)
		left *= 2;
	return nodeHash(rootOf(hashes.slice(0, left)), rootOf(hashes.slice(left)));
}

// The part of a tile's address behind its level.
function numbered(n, width) {
	let text = String(n % 1000).padStart(3, "0");
	for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000))
		text = `x${String(rest % 1000).padStart(3, "0")}/${text}`;
	return text + (width < WIDTH ? `.p/${width}` : "");
}

const groups = (all) => Array.from({ length: Math.ceil(all.length / WIDTH) },
	(_, n) => all.slice(n * WIDTH, (n + 1) * WIDTH));

export const field = (leaf, name) => new RegExp(`^${name} (.*)$`, "m").exec(leaf.toString())[1];
export const withField = (leaf, name, value) =>
	Buffer.from(leaf.toString().replace(new RegExp(`^${name} .*$`, "m"), `${name} ${value}`));

export class Forger {
	constructor(folder, key, origin = "localhost/log") {
		Object.assign(this, { folder, origin, key: typeof key === "string" ? readKey(key) : key });
	}

	file(...names) {
		return path.join(this.folder, ...names);
	}

	write(name, bytes) {
		fs.mkdirSync(path.dirname(this.file(name)), { recursive: true });
		fs.writeFileSync(this.file(name), bytes);
	}

	get size() {
		return Number(fs.readFileSync(this.file("log/checkpoint"), "utf8").split("\n")[1]);
	}

	leaves() {
		const { size } = this, found = [];
		for (let n = 0; n * WIDTH < size; n++) {
			const bytes = fs.readFileSync(this.file("log/tile/entries", numbered(n, Math.min(WIDTH, size - n * WIDTH))));
			for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at))
				found.push(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at)));
		}
		return found;
	}

	writeEntries(leaves) {
		groups(leaves).forEach((group, n) => this.write(`log/tile/entries/${numbered(n, group.length)}`,
			Buffer.concat(group.flatMap((leaf) => [Buffer.from([leaf.length >> 8, leaf.length & 255]), leaf]))));
	}

	writeTiles(leaves) {
		let hashes = leaves.map(leafHash);
		for (let level = 0; hashes.length > 0; level++) {
			groups(hashes).forEach((group, n) =>
				this.write(`log/tile/${level}/${numbered(n, group.length)}`, Buffer.concat(group)));
			hashes = groups(hashes).filter((group) => group.length === WIDTH).map(rootOf);
		}
	}

	checkpoint(leaves, key) {
		return this.note(`${this.origin}\n${leaves.length}\n${rootOf(leaves.map(leafHash)).toString("base64")}\n`, key);
	}

	note(text, key = this.key) {
		const id = hash(Buffer.from(`${this.origin}\n`), Buffer.from([1]), key.raw).subarray(0, 4);
		const signature = Buffer.concat([id, crypto.sign(null, Buffer.from(text), key.secret)]);
		return `${text}\n— ${this.origin} ${signature.toString("base64")}\n`;
	}

	// A whole log of these leaves in the place of the one that was there.
	rewrite(leaves, key) {
		fs.rmSync(this.file("log"), { recursive: true });
		this.writeEntries(leaves);
		this.writeTiles(leaves);
		this.write("log/checkpoint", this.checkpoint(leaves, key));
	}
}
