// mutate - signed requests made wrong, as a thief, a proxy or a fault would: each way is one
// that the signature, the digest, the clock or the replay table has to notice.
//
// A request is { method, target, headers, body }; `odds` has random(below), pick(list) and
// bytes(count), so that a seed repeats a run.
import crypto from "node:crypto";
import { contentDigest, sign } from "./wire.mjs";

const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n; // of Ed25519's group

export function oddsOf(seed) {
	let state = seed;
	const odds = {
		random(below) {
			state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
			return Math.floor((state / 2 ** 32) * below);
		},
		pick: (list) => list[odds.random(list.length)],
		bytes: (count) => Buffer.from(Array.from({ length: count }, () => odds.random(256))),
	};
	return odds;
}

const set = (request, headers) => ({ ...request, headers: { ...request.headers, ...headers } });
const without = (request, name) => {
	const { [name]: gone, ...headers } = request.headers;
	return { ...request, headers };
};
const input = (request, change) =>
	set(request, { "Signature-Input": change(request.headers["Signature-Input"]) });
const signature = (request, change) => {
	const bytes = Buffer.from(/:(.*):/.exec(request.headers.Signature)[1], "base64");
	return set(request, { Signature: `sig=:${Buffer.from(change(bytes)).toString("base64")}:` });
};
const flipped = (bytes, at) => {
	const copy = Buffer.from(bytes);
	copy[at >> 3] ^= 1 << (at & 7);
	return copy;
};
const flippedText = (text, odds) => {
	const bytes = Buffer.from(text);
	return bytes.length ? flipped(bytes, 8 * odds.random(bytes.length) + odds.random(7)).toString("latin1") : "x";
};
const withBody = (request, body) => set({ ...request, body }, { "Content-Length": String(body.length) });
const body = (request) => Buffer.from(request.body ?? "");
const param = (name, change) => (request, odds) =>
	input(request, (text) => text.replace(new RegExp(`;${name}=("[^"]*"|[0-9]+)`), (all, value) => change(all, value, odds)));
const number = (all, value, odds) => all.replace(value, String(Number(value) + odds.pick([1, -1, 60, -60, 1000, -1000, 1e9])));
const words = (all, value, odds) => all.replace(value, JSON.stringify(odds.pick(["", "x", `${value.slice(1, -1)}0`, value.slice(2, -1), "communique-admin2", "00000000"])));

// Each takes a request that would be accepted, and gives one that must not be.
export const ways = {
	"the method": (r, odds) => ({ ...r, method: odds.pick(["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "put", "X"].filter((m) => m !== r.method)) }),
	"a bit of the method": (r, odds) => ({ ...r, method: flippedText(r.method, odds) }),
	"a bit of the target": (r, odds) => ({ ...r, target: `/${flippedText(r.target.slice(1), odds)}` }),
	"the end of the target": (r, odds) => ({ ...r, target: r.target + odds.pick(["/", "?", "?a=1", "0", "#", "%00", "/..", "/../x", "//", ";", " "]) }),
	"the front of the target": (r, odds) => ({ ...r, target: odds.pick(["/", "/.", "/x/..", "http://localhost", "/%61dmin/.."]) + r.target }),
	"another spelling of the target": (r, odds) => {
		const at = 1 + odds.random(r.target.length - 1);
		return { ...r, target: `${r.target.slice(0, at)}%${r.target.charCodeAt(at).toString(16)}${r.target.slice(at + 1)}` };
	},
	"the target of another": (r, odds, other) => ({ ...r, target: other.target === r.target ? `${r.target}2` : other.target }),
	"a bit of the body": (r, odds) => withBody(r, r.body ? flipped(body(r), odds.random(8 * body(r).length)) : Buffer.from("x")),
	"the end of the body": (r, odds) => withBody(r, r.body && odds.random(2) ? body(r).subarray(0, odds.random(body(r).length)) : Buffer.concat([body(r), odds.bytes(1 + odds.random(40))])),
	"the body of another, with its digest": (r, odds, other) => set(withBody(r, Buffer.concat([body(other), Buffer.from([10])])), { "Content-Digest": contentDigest(Buffer.concat([body(other), Buffer.from([10])])) }),
	"the body of another": (r, odds, other) => withBody(r, Buffer.concat([body(other), Buffer.from([10])])),
	"the digest": (r, odds) => (r.body === undefined ? signature(r, (b) => flipped(b, 3)) : set(r, { "Content-Digest": odds.pick(["", "sha-256=::", "sha-256=:AAAA:", "sha-256", "md5=:AAAA:", "unknown=:AAAA:", `sha-256=:${odds.bytes(32).toString("base64")}:`, contentDigest(body(r), "sha-512")]) })),
	"a bit of the digest": (r, odds) => (r.body === undefined ? signature(r, (b) => flipped(b, 4)) : set(r, { "Content-Digest": flippedText(r.headers["Content-Digest"], odds) })),
	"no digest": (r) => (r.body === undefined ? signature(r, (b) => b.subarray(1)) : without(r, "Content-Digest")),
	"the type": (r, odds) => (r.body === undefined ? signature(r, (b) => flipped(b, 5)) : set(r, { "Content-Type": odds.pick(["text/html", "application/x-www-form-urlencoded", "", "text/plain", "application/octet-stream;x=y"].filter((t) => t !== r.headers["Content-Type"])) })),
	"If-Match": (r, odds) => ("If-Match" in r.headers ? odds.pick([without(r, "If-Match"), set(r, { "If-Match": "*" }), set(r, { "If-Match": flippedText(r.headers["If-Match"], odds) })]) : set(r, { "Signature-Input": `${r.headers["Signature-Input"]}x` })),
	"the length": (r, odds) => set(r, { "Content-Length": odds.pick(["1", "99999999999999999999", "-5", "1e2", "0x10", String(body(r).length + 1), String(body(r).length + 70000)]) }),
	"a bit of the signature": (r, odds) => signature(r, (bytes) => flipped(bytes, odds.random(512))),
	"the length of the signature": (r, odds) => signature(r, (bytes) => (odds.random(2) ? bytes.subarray(0, odds.random(64)) : Buffer.concat([bytes, odds.bytes(1 + odds.random(9))]))),
	"a signature of zeros": (r) => signature(r, () => Buffer.alloc(64)),
	"random bytes as a signature": (r, odds) => signature(r, () => odds.bytes(64)),
	// The same point and a scalar beyond the order: the same equation, another 64 bytes.
	"the signature's other form": (r) => signature(r, (bytes) => {
		let s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString("hex")}`) + ORDER;
		const copy = Buffer.from(bytes);
		for (let i = 32; i < 64; i++, s >>= 8n)
			copy[i] = Number(s & 255n);
		return copy;
	}),
	"the signature of another": (r, odds, other) => set(r, { Signature: other.headers.Signature === r.headers.Signature ? "sig=::" : other.headers.Signature }),
	"the signature's fields of another": (r, odds, other) => (other.target === r.target ? signature(r, (b) => flipped(b, 1)) : set(r, { Signature: other.headers.Signature, "Signature-Input": other.headers["Signature-Input"] })),
	"no signature": (r) => without(r, "Signature"),
	"no input": (r) => without(r, "Signature-Input"),
	"neither": (r) => without(without(r, "Signature"), "Signature-Input"),
	"another label": (r) => set(r, { Signature: r.headers.Signature.replace("sig=", "gis=") }),
	"created": param("created", number),
	"expires": param("expires", number),
	"the nonce": param("nonce", words),
	"the key's name": param("keyid", words),
	"the tag": param("tag", words),
	"a parameter less": (r, odds) => param(odds.pick(["created", "expires", "nonce", "keyid", "tag"]), () => "")(r, odds),
	"a parameter more": (r, odds) => input(r, (text) => text + odds.pick([";alg=\"rsa-pss-sha512\"", ";alg=\"hmac-sha256\"", ";x", ";created=1", ";nonce=\"b\"", ";alg=ed25519", ";expires=9999999999", ";alg=\"ed25519\""])),
	"the order of the parameters": (r) => input(r, (text) => {
		const [components, ...params] = text.split(";");
		return [components, ...params.reverse()].join(";");
	}),
	"a component less": (r, odds) => input(r, (text) => {
		const names = /\((.*)\)/.exec(text)[1].split(" ");
		names.splice(odds.random(names.length), 1);
		return text.replace(/\(.*\)/, () => `(${names.join(" ")})`);
	}),
	"a component more": (r, odds) => input(r, (text) => text.replace(")", () => odds.pick([" \"@scheme\")", " \"@authority\")", " \"@method\")", " \"@query-param\";name=\"a\")", " \"x\")", " \"@method\";req)", " \"content-length\")", " \"@status\")"]))),
	"the order of the components": (r) => input(r, (text) => text.replace(/\((.*)\)/, (all, names) => `(${names.split(" ").reverse().join(" ")})`)),
	"a bit of the input": (r, odds) => input(r, (text) => `sig=(${flippedText(text.slice(5), odds)}`),
	"an encoding": (r, odds) => set(r, odds.pick([{ "Content-Encoding": "gzip" }, { "Transfer-Encoding": "chunked" }, { "Content-Encoding": "br, identity" }])),
};

// Whole requests that were signed, but not as they must be.
export const signings = {
	"expired": (recipe, keys, now) => sign(keys[recipe.who], { ...recipe, created: now - 400, expires: now - 100 }),
	"from the future": (recipe, keys, now) => sign(keys[recipe.who], { ...recipe, created: now + 100, expires: now + 200 }),
	"meant to live an hour": (recipe, keys, now) => sign(keys[recipe.who], { ...recipe, created: now, expires: now + 3600 }),
	"by a stranger": (recipe, keys) => sign(keys.stranger, recipe),
	"by a stranger in the name of an editor": (recipe, keys) => sign(keys.stranger, { ...recipe, keyid: keys[recipe.who].keyid.toLowerCase() }),
	"by one editor in the name of another": (recipe, keys) => sign(keys[recipe.who === "author" ? "approver" : "author"], { ...recipe, keyid: keys[recipe.who].keyid.toLowerCase() }),
	"for another address of the site": (recipe, keys) => sign(keys[recipe.who], { ...recipe, url: recipe.url.replace("127.0.0.1", "127.0.0.2") }),
	"without the method": (recipe, keys) => sign(keys[recipe.who], { ...recipe, components: ["@target-uri", ...(recipe.body ? ["content-digest", "content-type"] : [])] }),
	"without the target": (recipe, keys) => sign(keys[recipe.who], { ...recipe, components: ["@method", ...(recipe.body ? ["content-digest", "content-type"] : [])] }),
	"for another purpose": (recipe, keys) => sign(keys[recipe.who], { ...recipe, tag: "communique-reader" }),
	"without a nonce": (recipe, keys) => sign(keys[recipe.who], { ...recipe, nonce: null }),
	"without an end": (recipe, keys) => sign(keys[recipe.who], { ...recipe, expires: null }),
};

const NAMES = ["REQUEST_METHOD", "REQUEST_URI", "CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_SIGNATURE", "HTTP_SIGNATURE_INPUT",
	"HTTP_CONTENT_DIGEST", "HTTP_IF_MATCH", "HTTP_DATE", "HTTP_ACCEPT", "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_ENCODING", "HTTP_X"];

// No request at all: parameters and values by chance. [name, value] pairs.
export function noise(odds) {
	const value = () => odds.pick([() => odds.bytes(odds.random(60)), () => odds.pick(["PUT", "DELETE", "POST"]),
		() => "/admin/drafts/en/x", () => "sig=(\"@method\" \"@target-uri\");created=1;expires=2;nonce=\"n\";keyid=\"0000000000000000\";tag=\"communique-admin\"",
		() => `sig=:${odds.bytes(64).toString("base64")}:`, () => String(odds.random(1000)), () => "(;,:\"=?".repeat(odds.random(40))])();
	const pairs = Array.from({ length: odds.random(9) }, () => [odds.pick(NAMES), value()]);
	return odds.random(3) ? [["REQUEST_METHOD", odds.pick(["PUT", "POST", "DELETE"])], ["REQUEST_URI", "/admin/drafts/en/2026-11-23-second"], ...pairs] : pairs;
}

// Some bytes of what stands behind the head, anywhere.
export function damage(bytes, odds) {
	const copy = Buffer.from(bytes);
	for (let n = 1 + odds.random(6); n > 0; n--)
		copy[odds.random(copy.length)] ^= 1 << odds.random(8);
	return copy;
}

export const newNonce = () => crypto.randomBytes(12).toString("base64url");
