// keys - minisign's own files, without a password, and what is signed with them.
//
//   secret  comment line; base64 of 158 bytes: "Ed" kdf[2] "B2" salt[32] opslimit[8]
//           memlimit[8] keyid[8] seed[32] public[32] checksum[32]
//   public  comment line; base64 of 42 bytes: "Ed" keyid[8] public[32]
//
// All of it with Node's own crypto, so that the server is checked by something that shares
// no code with it.
import crypto from "node:crypto";
import fs from "node:fs";

const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

function fromSeed(id, seed) {
	const secret = crypto.createPrivateKey({
		key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8",
	});
	const raw = crypto.createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);
	return {
		id, seed, raw, secret,
		keyid: Buffer.from(id).reverse().toString("hex").toUpperCase(),
		line: Buffer.concat([Buffer.from("Ed"), id, raw]).toString("base64"),
	};
}

export const newKey = () => fromSeed(crypto.randomBytes(8), crypto.randomBytes(32));

export function readKey(path) {
	const bytes = Buffer.from(fs.readFileSync(path, "utf8").split("\n")[1], "base64");
	if (bytes.length !== 158 || bytes.readUInt16LE(2) !== 0)
		throw new Error(`${path} is no minisign secret key without a password`);
	return fromSeed(bytes.subarray(54, 62), bytes.subarray(62, 94));
}

export function writeKey(path, key) {
	const body = Buffer.concat([
		Buffer.from("Ed"), Buffer.from([0, 0]), Buffer.from("B2"), Buffer.alloc(48),
		key.id, key.seed, key.raw, Buffer.alloc(32),
	]);
	fs.writeFileSync(`${path}.key`,
		`untrusted comment: minisign encrypted secret key\n${body.toString("base64")}\n`,
		{ mode: 0o600 });
	fs.writeFileSync(`${path}.pub`,
		`untrusted comment: minisign public key ${key.keyid}\n${key.line}\n`);
}

// A .minisig of the prehashed kind.
export function minisign(key, bytes, comment = "timestamp:1795451641\tfile:release.txt\thashed") {
	const hash = crypto.createHash("blake2b512").update(bytes).digest();
	const signature = crypto.sign(null, hash, key.secret);
	const over = crypto.sign(null, Buffer.concat([signature, Buffer.from(comment)]), key.secret);
	const body = Buffer.concat([Buffer.from("ED"), key.id, signature]).toString("base64");
	return `untrusted comment: signature from a test\n${body}\n` +
		`trusted comment: ${comment}\n${over.toString("base64")}\n`;
}

export const sha256 = (bytes) => crypto.createHash("sha256").update(bytes).digest("hex");
