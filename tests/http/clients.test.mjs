// Four clients that share no code with ours, or with each other, each put a draft through
// nginx. They are stock: nothing of them is configured but the key, the components and the tag.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import * as messageSig from "http-message-sig";
import messageSignatures from "http-message-signatures";
import { sha256 } from "./keys.mjs";
import { release, Site, TOP } from "./site.mjs";
import { ask } from "./wire.mjs";

// Node 18 has it, but not by this name.
globalThis.crypto ??= crypto.webcrypto;

const TYPE = "text/plain; charset=utf-8";
let site;
before(async () => { site = await Site.start(); });
after(() => site?.stop());

const draftOf = (slug) => ({
	address: `/admin/drafts/en/${slug}`,
	text: release({ Release: slug, Title: `From ${slug}` }),
});

// What was stored is what was sent, and the author is named for it.
async function isKept(slug, text) {
	const { status, bytes } = await site.admin("author", `/admin/drafts/en/${slug}`);
	assert.equal(status, 200);
	assert.equal(bytes.toString(), text);
	const { json } = await site.admin("author", "/admin/drafts");
	assert.ok(JSON.stringify(json).includes(sha256(text)), "the list names its hash");
}

test("npm http-message-signatures uploads a draft", async () => {
	const { address, text } = draftOf("http-message-signatures");
	const { httpbis, createSigner } = messageSignatures;
	const { keys: { author }, url } = site;
	const request = await httpbis.signMessage({
		key: createSigner(author.secret, "ed25519", author.keyid.toLowerCase()),
		fields: ["@method", "@target-uri", "content-digest", "content-type"],
		params: ["created", "expires", "nonce", "keyid", "tag", "alg"],
		paramValues: { nonce: crypto.randomUUID(), tag: "communique-admin" },
	}, {
		method: "PUT", url: url + address,
		headers: {
			"Content-Type": TYPE,
			"Content-Digest": `sha-512=:${crypto.createHash("sha512").update(text).digest("base64")}:`,
		},
	});
	const answer = await fetch(request.url, { ...request, body: text });
	assert.equal(answer.status, 201, await answer.text());
	assert.equal(answer.headers.get("etag"), `"${sha256(text)}"`);
	await isKept("http-message-signatures", text);
});

test("npm http-message-sig uploads a draft", async () => {
	const { address, text } = draftOf("http-message-sig");
	const { keys: { author }, url } = site;
	const pkcs8 = author.secret.export({ format: "der", type: "pkcs8" });
	const key = await crypto.webcrypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
	const now = Math.floor(Date.now() / 1000);
	const request = new Request(url + address, {
		method: "PUT", body: text, headers: {
			"Content-Type": TYPE,
			"Content-Digest": `sha-256=:${crypto.createHash("sha256").update(text).digest("base64")}:`,
		},
	});
	const fields = await messageSig.createSignature(request, {
		label: "any-label",
		components: ["@method", "@authority", "@path", "@query", "content-digest", "content-type"],
		parameters: {
			created: now, expires: now + 120, nonce: crypto.randomUUID(),
			keyid: author.keyid.toLowerCase(), tag: "communique-admin",
		},
		signer: messageSig.webcrypto.signer(key),
	});
	const answer = await fetch(request, { headers: messageSig.appendSignature(request.headers, fields) });
	assert.equal(answer.status, 201, await answer.text());
	await isKept("http-message-sig", text);
});

test("twenty-five lines of WebCrypto upload a draft", async () => {
	const { address, text } = draftOf("webcrypto");
	const { keys: { author }, url } = site;

	const { subtle } = crypto.webcrypto;
	const base64 = (bytes) => Buffer.from(bytes).toString("base64");
	const put = async (target, body, pkcs8, keyid) => {
		const bytes = new TextEncoder().encode(body);
		const key = await subtle.importKey("pkcs8", pkcs8, { name: "Ed25519" }, false, ["sign"]);
		const digest = `sha-256=:${base64(await subtle.digest("SHA-256", bytes))}:`;
		const now = Math.floor(Date.now() / 1000);
		const params = `("@method" "@target-uri" "content-type" "content-digest")` +
			`;created=${now};expires=${now + 60};nonce="${crypto.randomUUID()}"` +
			`;keyid="${keyid}";alg="ed25519";tag="communique-admin"`;
		const lines = [`"@method": PUT`, `"@target-uri": ${target}`, `"content-type": ${TYPE}`,
			`"content-digest": ${digest}`, `"@signature-params": ${params}`];
		const signature = await subtle.sign("Ed25519", key, new TextEncoder().encode(lines.join("\n")));
		return fetch(target, {
			method: "PUT", body: bytes, headers: {
				"Content-Type": TYPE, "Content-Digest": digest,
				"Signature-Input": `webcrypto=${params}`,
				"Signature": `webcrypto=:${base64(signature)}:`,
			},
		});
	};

	const pkcs8 = author.secret.export({ format: "der", type: "pkcs8" });
	const answer = await put(url + address, text, pkcs8, author.keyid.toLowerCase());
	assert.equal(answer.status, 201, await answer.text());
	await isKept("webcrypto", text);
});

test("bash with openssl and curl uploads a draft", async () => {
	const { address, text } = draftOf("openssl-and-curl");
	const file = path.join(site.state, "draft.txt");
	fs.writeFileSync(file, text);
	const { stderr } = await promisify(execFile)(path.join(TOP, "tests/http/upload.sh"),
		[`${site.keyPath("author")}.key`, site.url + address, file]);
	assert.equal(stderr.trim(), "201");
	await isKept("openssl-and-curl", text);
});

test("a client that covers more than it must is welcome", async () => {
	const { address, text } = draftOf("covers-more");
	const answer = await site.admin("author", address, {
		method: "PUT", body: text, headers: { Date: new Date().toUTCString(), Accept: "*/*" },
		components: ["content-length", "@scheme", "date", "@request-target", "@method", "@target-uri",
			"@authority", "@path", "@query", "content-digest", "content-type", "accept"],
	});
	assert.equal(answer.status, 201, answer.text);
	await isKept("covers-more", text);
});

test("another's signature beside ours is ignored", async () => {
	const { address, text } = draftOf("beside-another");
	const answer = await site.admin("author", address, { method: "PUT", body: text, label: "ours" },
		(request) => {
			request.headers["Signature-Input"] =
				`proxy=("@method";req);created=1;tag="x", ${request.headers["Signature-Input"]}`;
			request.headers.Signature = `proxy=:AAAA:, ${request.headers.Signature}`;
			return request;
		});
	assert.equal(answer.status, 201, answer.text);
});

test("an unsigned request is told how to sign", async () => {
	const answer = await ask(`${site.url}/admin/drafts`);
	assert.equal(answer.status, 401);
	assert.match(answer.headers["www-authenticate"], /^Signature/);
	assert.match(answer.headers["accept-signature"], /"@method"/);
	assert.match(answer.headers["accept-signature"], /tag="communique-admin"/);
	assert.ok(Math.abs(Date.parse(answer.headers.date) - Date.now()) < 5000);
	assert.equal(answer.headers["content-type"], "application/problem+json");
	assert.equal(answer.json.code, "signature-missing");
});
