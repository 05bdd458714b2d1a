// keys - the editor's key: made here, kept here, never shown to anybody, not even to this page.
//
// WebCrypto makes it not extractable, IndexedDB keeps the handle. A browser that clears its
// storage loses it for good; its name is also noted aside, so that the loss can be told.
import * as local from "./local.js";
import { hex, sha256, join, utf8 } from "./bytes.js";
import { keyIdText } from "./minisign.js";

const NOTE = "communique-desk-key"; // in localStorage: the key id

export async function find() {
	return (await local.get("keys", "own")) ?? null;
}

// The id of a key that was here once; null: none is known to have been.
export const lost = () => localStorage.getItem(NOTE);

export async function make() {
	const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
	const key = {
		id: crypto.getRandomValues(new Uint8Array(8)),
		public: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
		secret: pair.privateKey,
		made: Date.now(),
	};
	key.kept = await local.askToKeep();
	await local.put("keys", "own", key);
	localStorage.setItem(NOTE, keyIdText(key.id));
	return key;
}

export async function remove() {
	await local.remove("keys", "own");
	localStorage.removeItem(NOTE);
}

export async function isSupported() {
	try {
		await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
		return true;
	} catch {
		return false;
	}
}

// Short enough to be read over the telephone: 80 bits of SHA-256 over id and key.
export async function fingerprint(key) {
	const hash = await sha256(join(utf8("communique key"), key.id, key.public));
	return hex(hash.subarray(0, 10)).match(/.{4}/g).join(" ");
}
