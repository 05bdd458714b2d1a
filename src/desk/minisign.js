// minisign - public keys and signatures in minisign's own files, byte for byte.
//
//	public key	base64 of "Ed" | key id [8] | public key [32]
//	signature	comment; base64 of "ED" | key id [8] | signature [64]; trusted comment;
//			base64 of Ed25519 over signature [64] | trusted comment
//
// The signature is over BLAKE2b-512 of the file, the only kind that the server takes.
import { blake2b512 } from "./blake2b.js";
import { base64, fromBase64, hex, join, utf8 } from "./bytes.js";

// As minisign prints it: the eight bytes as one little-endian number.
export const keyIdText = (id) => hex(Uint8Array.from(id).reverse());

export const publicLine = (key) => base64(join(utf8("Ed"), key.id, key.public));

export const publicFile = (key) =>
	`untrusted comment: minisign public key ${keyIdText(key.id).toUpperCase()}\n${publicLine(key)}\n`;

// The key id of a public key's line.
export const keyIdOfLine = (line) => keyIdText(fromBase64(line).subarray(2, 10));

// The secret key never leaves WebCrypto.
const ed25519 = async (key, bytes) =>
	new Uint8Array(await crypto.subtle.sign("Ed25519", key.secret, bytes));

export async function signFile(key, bytes, name, now) {
	const comment = `timestamp:${now}\tfile:${name}\thashed`;
	const signature = await ed25519(key, blake2b512(bytes));
	const over = await ed25519(key, join(signature, utf8(comment)));

	return "untrusted comment: signature from minisign secret key\n" +
		`${base64(join(utf8("ED"), key.id, signature))}\n` +
		`trusted comment: ${comment}\n${base64(over)}\n`;
}
