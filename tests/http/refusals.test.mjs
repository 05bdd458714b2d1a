// Every way in which a request must be refused: with its own code, and with the store as it
// was. A control goes before and behind, so that nothing is refused for another reason.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { minisign, newKey, sha256 } from "./keys.mjs";
import { release, Site, wait } from "./site.mjs";
import { ask, contentDigest, raw, sign } from "./wire.mjs";

const EDITION = "en/2026-11-23-first";
const DRAFT = `/admin/drafts/${EDITION}`;
const TEXT = release();
let site;
let puts = 0;

before(async () => {
	site = await Site.start({
		editors: { author: "author", approver: "approver", leaver: "author" },
	});
	// Key set 2 says good-bye to one of them.
	const first = fs.readFileSync(path.join(site.state, "keys-1.txt"), "utf8");
	const { line } = site.keys.leaver;
	await site.admitKeys(2, first.replace("version 1\n", "version 2\n")
		.replace("previous -\n", `previous ${sha256(first)}\n`)
		.replace(`key ${line} leaver author\n`, "") + `revoked ${line} leaver author left 1\n`);
});
after(() => site?.stop());

// A draft that is accepted: a new one each time, so that no precondition is needed.
async function control() {
	const slug = `control-${++puts}`;
	const answer = await site.putDraft("author", `en/${slug}`, release({ Release: slug }));
	assert.equal(answer.status, 201, answer.text);
}

async function refused(answerOf, status, code, { store = true } = {}) {
	const before = store && site.dump();
	const answer = await answerOf();
	assert.equal(answer.status, status, answer.text ?? answer.body);
	const problem = answer.json ?? JSON.parse(answer.body);
	assert.equal(problem.code, code);
	assert.equal(problem.status, status);
	for (const part of ["title", "detail", "time"])
		assert.ok(problem[part], `the problem has no ${part}`);
	const type = answer.headers?.["content-type"] ?? /content-type: *([^\r]*)/i.exec(answer.head)[1];
	assert.equal(type, "application/problem+json");
	if (store)
		assert.deepEqual(site.dump(), before, "the store has changed");
	return answer;
}

const put = (options = {}, make = undefined, who = "author", address = DRAFT) =>
	site.admin(who, address, { method: "PUT", body: TEXT, ...options }, make);

// [what, status, code, request]
const cases = [
	["an altered body", 400, "digest-mismatch", () =>
		put({}, (request) => ({ ...request, body: TEXT.replace("first", "worst") }))],
	["an altered body with a digest to match", 401, "signature-invalid", () =>
		put({}, (request) => {
			const body = TEXT.replace("first", "worst");
			return { ...request, body, headers: { ...request.headers, "Content-Digest": contentDigest(body) } };
		})],
	["an altered path", 401, "signature-invalid", () =>
		put({}, (request) => ({ ...request, target: `${DRAFT}-2` }))],
	["an altered query", 401, "signature-invalid", () =>
		site.admin("author", "/admin/audit?after=0", {}, (request) =>
			({ ...request, target: "/admin/audit?after=1" }))],
	["a query that was added", 401, "signature-invalid", () =>
		put({}, (request) => ({ ...request, target: `${DRAFT}?x=1` }))],
	["an altered method", 401, "signature-invalid", () =>
		site.admin("author", DRAFT, {}, (request) => ({ ...request, method: "DELETE" }))],
	["a method not covered", 401, "signature-insufficient", () =>
		put({ components: ["@target-uri", "content-digest", "content-type"] })],
	["a target not covered", 401, "signature-insufficient", () =>
		put({ components: ["@method", "content-digest", "content-type"] })],
	["only the path of the target covered", 401, "signature-insufficient", () =>
		put({ components: ["@method", "@authority", "@path", "content-digest", "content-type"] })],
	["a digest not covered", 401, "signature-insufficient", () =>
		put({ components: ["@method", "@target-uri", "content-type"] })],
	["a content type not covered", 401, "signature-insufficient", () =>
		put({ components: ["@method", "@target-uri", "content-digest"] })],
	["no moment of creation", 401, "signature-insufficient", () => put({ created: null, expires: 2e9 })],
	["no end", 401, "signature-insufficient", () => put({ expires: null })],
	["no nonce", 401, "signature-insufficient", () => put({ nonce: null })],
	["a field covered that is not there", 400, "component-missing", () =>
		put({ components: ["@method", "@target-uri", "content-digest", "content-type", "if-match"] })],
	["a field covered that is not known", 400, "unsupported-component", () =>
		put({
			headers: { "X-Other": "1" },
			components: ["@method", "@target-uri", "content-digest", "content-type", "x-other"],
		})],
	["one that has expired", 401, "signature-expired", () => put({ now: Math.floor(Date.now() / 1000) - 200 })],
	["one from the future", 401, "signature-not-yet-valid", () =>
		put({ now: Math.floor(Date.now() / 1000) + 100 })],
	["one that lives too long", 401, "signature-lifetime", () => {
		const now = Math.floor(Date.now() / 1000);
		return put({ created: now, expires: now + 301 });
	}],
	["an unknown key", 401, "key-unknown", () => put({}, undefined, newKey())],
	["a known key's name on another key's signature", 401, "signature-invalid", () =>
		put({ keyid: site.keys.author.keyid.toLowerCase() }, undefined, newKey())],
	["a revoked key", 401, "key-unknown", () => put({}, undefined, "leaver")],
	["a key without the role", 403, "role-missing", () => put({}, undefined, "root")],
	["another tag", 401, "signature-missing", () => put({ tag: "something-else" })],
	["no tag", 401, "signature-missing", () => put({ tag: null })],
	["two signatures with our tag", 400, "signature-malformed", () =>
		put({ label: "a" }, (request) => {
			const other = sign(site.keys.author,
				{ method: "PUT", url: site.url + DRAFT, body: TEXT, label: "b" });
			for (const name of ["Signature-Input", "Signature"])
				request.headers[name] += `, ${other[name]}`;
			return request;
		})],
	["a signature field that is no dictionary", 400, "signature-malformed", () =>
		put({}, (request) => ({ ...request, headers: { ...request.headers, Signature: "sig=:AA" } }))],
	["a digest of another kind only", 400, "digest-malformed", () =>
		put({ digest: `md5=:${crypto.createHash("md5").update(TEXT).digest("base64")}:` })],
	["a wrong digest", 400, "digest-mismatch", () => put({ digest: contentDigest("something else") })],
	["one right digest and one wrong", 400, "digest-mismatch", () =>
		put({ digest: `${contentDigest(TEXT)}, ${contentDigest("something else", "sha-512")}` })],
	["a digest that cannot be read", 400, "digest-malformed", () => put({ digest: "sha-256=:@@:" })],
	["a compressed body", 415, "encoding-not-accepted", () =>
		put({ headers: { "Content-Encoding": "gzip" } })],
	["another content type", 415, "encoding-not-accepted", () =>
		put({ headers: { "Content-Type": "application/json" } })],
	["an oversized draft", 413, "too-large", () => put({ body: "x".repeat(1024 * 1024 + 1) })],
	["an oversized signature", 413, "too-large", () =>
		site.admin("author", `${DRAFT}/signatures/${site.keys.author.keyid.toLowerCase()}`,
			{ method: "PUT", body: "x".repeat(5000), headers: { "If-Match": `"${sha256(TEXT)}"` } })],
	["a malformed release file", 422, "release-malformed", () =>
		put({ body: TEXT.replace("Kind: press-release", "Kind: rumour") })],
	["a file for another site", 422, "site-mismatch", () =>
		put({ body: release({ Site: "elsewhere.example" }) })],
	["a method that the address does not take", 405, "method-not-allowed", () =>
		site.admin("author", DRAFT, { method: "PATCH", body: TEXT })],
	["a draft that is not there", 404, "not-found", () =>
		site.admin("author", "/admin/drafts/en/never-was")],
];

test("control: the very same requests, done right, are accepted", control);

for (const [what, status, code, request] of cases)
	test(`refused with ${status} ${code}: ${what}`, () => refused(request, status, code));

// --- the target ------------------------------------------------------------------------------

for (const target of ["/admin//drafts", "/admin/./drafts", "/admin/x/../drafts", "/admin/%64rafts",
	"/admin/drafts?a=%00", "/admin/drafts?a=b;c", "/admin/drafts/en/a+b"])
	test(`refused with 400 bad-target: ${target}`, () =>
		refused(() => ask(site.url, {
			target, headers: sign(site.keys.author, { url: site.url + target }),
		}), 400, "bad-target"));

// nginx decodes, and leads this to the desk; the desk looks at what was sent.
test("refused with 404 not-found: /%61dmin/drafts is not /admin/drafts", () =>
	refused(() => ask(site.url, {
		target: "/%61dmin/drafts",
		headers: sign(site.keys.author, { url: `${site.url}/%61dmin/drafts` }),
	}), 404, "not-found"));

// --- what only bare bytes can do ----------------------------------------------------------------

function bytesOf(headers, { body = TEXT, method = "PUT", target = DRAFT, extra = [] } = {}) {
	const lines = [...Object.entries(headers), ...extra].map(([name, value]) => `${name}: ${value}\r\n`);
	return `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${lines.join("")}\r\n${body}`;
}

for (const name of ["Signature", "Signature-Input", "Content-Digest", "Content-Type", "Date"])
	test(`refused with 400 duplicate-field: two ${name}`, () => {
		const headers = sign(site.keys.author, {
			method: "PUT", url: site.url + DRAFT, body: TEXT, headers: { Date: new Date().toUTCString() },
		});
		return refused(() => raw(site.url, bytesOf(headers, { extra: [[name, headers[name]]] })),
			400, "duplicate-field");
	});

// These nginx knows itself, and refuses before it looks where they go.
for (const name of ["Content-Length", "If-Match"])
	test(`refused with 400 before it reaches the desk: two ${name}`, async () => {
		const headers = sign(site.keys.author, {
			method: "PUT", url: site.url + DRAFT, body: TEXT, headers: { "If-Match": `"${sha256(TEXT)}"` },
		});
		const before = site.dump();
		const { status } = await raw(site.url, bytesOf(headers, { extra: [[name, headers[name]]] }));
		assert.equal(status, 400);
		assert.deepEqual(site.dump(), before);
	});

test("refused with 411 length-required: a chunked body without a length", () => {
	const headers = sign(site.keys.author, { method: "PUT", url: site.url + DRAFT, body: TEXT });
	delete headers["Content-Length"];
	const size = Buffer.byteLength(TEXT).toString(16);
	return refused(() => raw(site.url, bytesOf(headers, {
		body: `${size}\r\n${TEXT}\r\n0\r\n\r\n`, extra: [["Transfer-Encoding", "chunked"]],
	})), 411, "length-required");
});

test("refused with 413 too-large before it is read: a body of gigabytes", () => {
	const headers = sign(site.keys.author, { method: "PUT", url: site.url + DRAFT, body: TEXT });
	headers["Content-Length"] = String(3 * 2 ** 30);
	return refused(() => raw(site.url, bytesOf(headers)), 413, "too-large");
});

for (const [what, size, status] of [["that is not signed", 900 * 1024, 401], ["that is too large", 20 * 1024 * 1024, 413]])
	test(`a body ${what} is refused without being read`, async () => {
		const answer = await ask(site.url + DRAFT, {
			method: "PUT", body: "x".repeat(size),
			headers: { "Content-Length": size, "Content-Type": "text/plain" },
		}).catch((error) => error);
		// A client that is still writing may see the connection end before it reads the answer.
		if (answer instanceof Error)
			assert.match(answer.code, /EPIPE|ECONNRESET/);
		else
			assert.equal(answer.status, status);
		await control();
	});

test("a body that ends early changes nothing", async () => {
	const headers = sign(site.keys.author, { method: "PUT", url: site.url + DRAFT, body: TEXT });
	const before = site.dump();
	const { hostname, port } = new URL(site.url);
	const { connect } = await import("node:net");
	const socket = connect(Number(port), hostname);
	socket.on("error", () => {});
	socket.write(bytesOf(headers, { body: TEXT.slice(0, 20) }));
	await wait(200);
	socket.destroy();
	await wait(200);
	assert.deepEqual(site.dump(), before);
	await control();
});

// --- the same request twice --------------------------------------------------------------------

const fresh = () => {
	const slug = `replayed-${++puts}`;
	const url = `${site.url}/admin/drafts/en/${slug}`;
	const body = release({ Release: slug });
	return { url, options: { method: "PUT", body, headers: sign(site.keys.author, { method: "PUT", url, body }) } };
};

test("refused with 401 signature-replayed: the same request again", async () => {
	const { url, options } = fresh();
	assert.equal((await ask(url, options)).status, 201);
	await refused(() => ask(url, options), 401, "signature-replayed");
});

test("refused with 401 signature-replayed: the same request after a restart of the desk", async () => {
	const { url, options } = fresh();
	assert.equal((await ask(url, options)).status, 201);
	await site.restart("desk");
	await refused(() => ask(url, options), 401, "signature-replayed");
});

test("refused with 401 signature-replayed: the same request after the desk was killed", async () => {
	const { url, options } = fresh();
	assert.equal((await ask(url, options)).status, 201);
	await site.restart("desk", "SIGKILL");
	await refused(() => ask(url, options), 401, "signature-replayed");
});

test("the same request twice at once: exactly one is accepted", async () => {
	for (let round = 0; round < 5; round++) {
		const { url, options } = fresh();
		const answers = await Promise.all(Array.from({ length: 6 }, () => ask(url, options)));
		const codes = answers.map(({ status, json }) => (status === 201 ? "created" : json.code)).sort();
		assert.deepEqual(codes, ["created", ...Array(5).fill("signature-replayed")]);
	}
});

test("a body damaged on the way uses up nothing: sent right afterwards, it is accepted", async () => {
	const { url, options } = fresh();
	await refused(() => ask(url, { ...options, body: options.body.replace("second", "wrong-") }),
		400, "digest-mismatch");
	assert.equal((await ask(url, options)).status, 201);
});

test("a request that was refused for what it asks is used up", async () => {
	const { url } = fresh(), options = { method: "DELETE",
		headers: sign(site.keys.author, { method: "DELETE", url }) };
	await refused(() => ask(url, options), 404, "not-found");
	await refused(() => ask(url, options), 401, "signature-replayed");
});

// --- the precondition and the file's signature ---------------------------------------------------

test("a draft is replaced only by one who has seen it", async () => {
	const edition = "en/contested";
	const texts = [1, 2, 3].map((n) => release({ Release: "contested", Title: `Version ${n}` }));
	const tag = (n) => `"${sha256(texts[n])}"`;
	assert.equal((await site.putDraft("author", edition, texts[0])).status, 201);
	assert.equal((await site.putDraft("author", edition, texts[0], { "If-Match": tag(0) })).status, 200);
	await refused(() => site.putDraft("author", edition, texts[1]), 428, "precondition-required");
	await refused(() => site.putDraft("author", edition, texts[1], { "If-Match": tag(2) }),
		412, "precondition-failed");
	const answer = await site.putDraft("author", edition, texts[1], { "If-Match": tag(0) });
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.headers.etag, tag(1));

	// Signatures: of this very file, by this very key, which must be in the key set.
	const sig = (text, key, named = key, match = sha256(texts[1]), who = "author") =>
		site.admin(who, `/admin/drafts/${edition}/signatures/${named.keyid.toLowerCase()}`, {
			method: "PUT", body: minisign(key, text),
			headers: match ? { "If-Match": `"${match}"` } : {},
		});
	const { author, approver, root, leaver } = site.keys;
	await refused(() => sig(texts[1], author, author, null), 428, "precondition-required");
	await refused(() => sig(texts[1], author, author, sha256(texts[0])), 412, "precondition-failed");
	await refused(() => sig(texts[0], author), 422, "signature-wrong");
	await refused(() => sig(texts[1], approver, author), 422, "signature-wrong");
	await refused(() => sig(texts[1], newKey()), 422, "signature-wrong");
	await refused(() => sig(texts[1], leaver), 422, "signature-wrong");
	await refused(() => sig(texts[1], root), 403, "role-missing");
	assert.equal((await sig(texts[1], author)).json.have, 1);

	// A changed draft has no signatures any more.
	assert.equal((await site.putDraft("author", edition, texts[2], { "If-Match": tag(1) })).status, 200);
	const { json } = await site.signDraft("approver", edition, texts[2]);
	assert.deepEqual([json.state, json.have, json.need], ["waiting", 1, 2]);
	assert.equal((await site.get("/en/releases/contested")).status, 404);

	assert.equal((await site.admin("author", `/admin/drafts/${edition}`, { method: "DELETE" })).status < 300,
		true);
	await refused(() => site.admin("author", `/admin/drafts/${edition}`), 404, "not-found");
});

test("two authors are not enough where one must be an approver", async () => {
	// `leaver` is gone, so the author alone, twice: one holder is one voice.
	const edition = "en/one-voice";
	const text = release({ Release: "one-voice" });
	assert.equal((await site.putDraft("author", edition, text)).status, 201);
	for (let i = 0; i < 2; i++) {
		const { json } = await site.signDraft("author", edition, text);
		assert.deepEqual([json.state, json.have, json.need], ["waiting", 1, 2]);
	}
	const last = await site.signDraft("approver", edition, text);
	assert.equal(last.json.state, "public", last.text);
	// Given again, it answers the same.
	const again = await site.signDraft("approver", edition, text);
	assert.equal(again.json.state, "public", again.text);
});

// --- key sets ------------------------------------------------------------------------------------

test("a key set is accepted only as the next one, and with its root's signature", async () => {
	const { json } = await site.admin("root", "/admin/keys");
	assert.ok(JSON.stringify(json).includes("\"version\":2"));
	const first = fs.readFileSync(path.join(site.state, "keys-1.txt"), "utf8");
	const put = (version, text) => site.admin("root", `/admin/keys/${version}`, { method: "PUT", body: text });
	await refused(() => put(3, first.replace("version 1\n", "version 3\n")), 422, "keys-malformed");
	await refused(() => put(3, "communique keys v1\n"), 422, "keys-malformed");
});

test("control: after all that, a right request is still accepted", control);

test("every act is in the audit, with who, what and its outcome", async () => {
	const { status, text } = await site.admin("author", "/admin/audit?after=0");
	assert.equal(status, 200);
	for (const word of ["done", "digest-mismatch", "role-missing", "/admin/drafts/en/control-1", "author"])
		assert.ok(text.includes(word), `no ${word} in the audit`);
});

test("a flood is met with 429, as a problem document", async () => {
	const answers = await Promise.all(Array.from({ length: 400 }, () =>
		ask(`${site.url}/admin/drafts`, { impatient: true })));
	const refusals = answers.filter(({ status }) => status === 429);
	assert.ok(refusals.length > 20, `only ${refusals.length} of 400`);
	assert.equal(refusals[0].json.code, "too-many-requests");
	assert.equal(refusals[0].headers["content-type"], "application/problem+json");
	assert.ok(Number(refusals[0].headers["retry-after"]) > 0);
	assert.equal((await site.get("/healthz")).status, 200, "readers do not notice");
	await wait(3000);
});

test("both services stop when they are told to", async () => {
	const { desk, public: reading } = site.services;
	assert.equal(await desk.stop(), 0);
	assert.equal(await reading.stop(), 0);
	desk.start();
	reading.start();
	await site.ready();
});
