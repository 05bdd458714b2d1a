// Attachments: sent by editors, kept, given to readers; with a real nginx between.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { communique, release, Site, until } from "./site.mjs";
import { sign } from "./wire.mjs";

const MB = 1024 * 1024;
const OCTETS = { "Content-Type": "application/octet-stream" };
let site;
before(async () => { site = await Site.start({ quorum: 1 }); });
after(() => site?.stop());

const put = (bytes, options = {}, hash = sha256(bytes)) => site.admin("author", `/admin/files/${hash}`,
	{ method: "PUT", body: bytes, ...options, headers: { ...OCTETS, ...options.headers } });
const address = (bytes, name) => `/files/${sha256(bytes)}/${encodeURIComponent(name)}`;
const spool = () => fs.readdirSync(path.join(site.state, "spool"));
const kept = (hash) => path.join(site.state, "store/files", hash.slice(0, 2), hash);
const lines = (files) => Object.entries(files)
	.map(([name, bytes]) => `${name}; sha256=${sha256(bytes)}`).join("\nAttachment: ");

let count = 0;
async function publish(files, fields = {}, body) {
	const slug = `2026-11-23-files-${++count}`;
	const text = release({ Release: slug, ...fields, Attachment: lines(files) }, body);
	assert.equal((await site.putDraft("author", `en/${slug}`, text)).status, 201);
	const answer = await site.signDraft("author", `en/${slug}`, text);
	assert.equal(answer.status, 200, answer.text);
	return { slug, text };
}

// What a process holds by itself, in KiB; pages of the store's map are not its own.
function memoryOf(service) {
	const status = fs.readFileSync(`/proc/${site.services[service].child.pid}/status`, "utf8");
	return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)[1]);
}

// Sends a head and then a body that is made as it goes; `stop` breaks the sending off.
// `paced`: a piece a millisecond, half a gigabit a second, as a fast line gives; else what is
// counted as sent is the size of this machine's socket buffers.
function stream(target, headers, size, { stop = () => false, piece = Buffer.alloc(65536, 7), during, paced } = {}) {
	const { hostname, port } = new URL(site.url);
	return new Promise((done, failed) => {
		let sent = 0, answer = "", over = false;
		const socket = net.connect(Number(port), hostname);
		const finish = () => done({ sent, status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0), answer });
		const more = () => {
			while (!over && sent < size) {
				if (stop(sent))
					return socket.destroy();
				during?.(sent);
				const next = piece.subarray(0, Math.min(piece.length, size - sent));
				sent += next.length;
				if (!socket.write(next))
					return socket.once("drain", () => setTimeout(more, paced ? 1 : 0));
				if (paced)
					return setTimeout(more, 1);
			}
		};
		socket.on("connect", () => {
			socket.write(`PUT ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
				Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("") + "\r\n");
			more();
		});
		socket.on("data", (bytes) => { over = true; answer += bytes.toString("latin1"); });
		socket.on("error", (error) => { over = true; if (!answer && error.code !== "EPIPE" && error.code !== "ECONNRESET") failed(error); });
		socket.on("close", finish);
	});
}

// The headers of a signed upload whose body is not at hand.
function headersFor(target, digest, size) {
	return sign(site.keys.author, {
		method: "PUT", url: site.url + target, body: "", digest: `sha-256=:${digest.toString("base64")}:`,
		headers: { ...OCTETS, "Content-Length": String(size) },
	});
}

function generated(size, piece = Buffer.alloc(65536, 7)) {
	const hash = crypto.createHash("sha256");
	for (let left = size; left > 0; left -= piece.length)
		hash.update(piece.subarray(0, Math.min(piece.length, left)));
	return hash.digest();
}

test("an upload is kept under its hash, once; again it is fine", async () => {
	const bytes = crypto.randomBytes(200000);
	const first = await put(bytes);
	assert.equal(first.status, 201, first.text);
	assert.deepEqual(first.json, { state: "stored", sha256: sha256(bytes), size: bytes.length });
	assert.deepEqual(fs.readFileSync(kept(sha256(bytes))), bytes);
	assert.equal(fs.statSync(kept(sha256(bytes))).mode & 0o777, 0o640);
	assert.equal((await put(bytes)).status, 200);
	assert.deepEqual(spool(), []);
	assert.equal((await put(Buffer.alloc(0))).status, 201);
});

test("bytes that are not those announced, or not those of the address, leave nothing", async () => {
	const bytes = crypto.randomBytes(1000), other = sha256("other");
	const wrong = await put(bytes, {}, other);
	assert.deepEqual([wrong.status, wrong.json.code], [422, "hash-mismatch"]);
	const digest = `sha-256=:${crypto.createHash("sha256").update("x").digest("base64")}:`;
	const lying = await put(bytes, { digest });
	assert.deepEqual([lying.status, lying.json.code], [400, "digest-mismatch"]);
	assert.equal(fs.existsSync(kept(sha256(bytes))), false);
	assert.equal(fs.existsSync(kept(other)), false);
	assert.deepEqual(spool(), []);
});

test("what is encoded, too large, without a length, or not an editor's is refused", async () => {
	const bytes = Buffer.from("x");
	const encoded = await put(bytes, { headers: { "Content-Encoding": "gzip" } });
	assert.deepEqual([encoded.status, encoded.json.code], [415, "encoding-not-accepted"]);
	const hash = sha256(bytes), target = `/admin/files/${hash}`;
	const large = await stream(target, headersFor(target, Buffer.from(hash, "hex"), 512 * MB + 1), 0);
	assert.equal(large.status, 413);
	const { "Content-Length": _, ...chunked } = headersFor(target, Buffer.from(hash, "hex"), 1);
	const lengthless = await stream(target, { ...chunked, "Transfer-Encoding": "chunked" }, 0);
	assert.equal(lengthless.status, 411);
	const root = await site.admin("root", target, { method: "PUT", body: bytes, headers: OCTETS });
	assert.deepEqual([root.status, root.json.code], [403, "role-missing"]);
	const nowhere = await put(bytes, {}, "abc");
	assert.equal(nowhere.status, 404);
});

test("500 MB with a bad signature are refused before 3 MB of them are sent", async () => {
	const size = 500 * MB, digest = crypto.randomBytes(32), target = `/admin/files/${digest.toString("hex")}`;
	const headers = headersFor(target, digest, size);
	headers.Signature = headers.Signature.replace(/:(.)/, (_, c) => `:${c === "A" ? "B" : "A"}`);
	const { sent, status } = await stream(target, headers, size, { paced: true });
	assert.equal(status, 401);
	assert.ok(sent < 3 * MB, `${sent} bytes were sent`);
	assert.deepEqual(spool(), []);
});

test("an upload of 500 MB takes no memory for its size", async () => {
	const size = 500 * MB, digest = generated(size), target = `/admin/files/${digest.toString("hex")}`;
	await put(Buffer.from("warm"));
	const before = memoryOf("desk");
	let most = 0;
	const during = () => { most = Math.max(most, memoryOf("desk")); };
	const { status, answer } = await stream(target, headersFor(target, digest, size), size, { during });
	assert.equal(status, 201, answer);
	assert.ok(most - before < 1024, `${most - before} KiB more`);
	assert.equal(fs.statSync(kept(digest.toString("hex"))).size, size);
	fs.rmSync(kept(digest.toString("hex"))); // nothing refers to it, and the disk may be small
});

// The head of a signed upload, and the first of its bytes.
function begin(size) {
	const digest = crypto.randomBytes(32), target = `/admin/files/${digest.toString("hex")}`, { hostname, port } = new URL(site.url);
	const socket = net.connect(Number(port), hostname).on("error", () => {});
	socket.write(`PUT ${target} HTTP/1.1\r\nHost: x\r\n` + Object.entries(headersFor(target, digest, size))
		.map(([name, value]) => `${name}: ${value}\r\n`).join("") + "\r\n");
	socket.write(Buffer.alloc(1000));
	return socket;
}

test("of one key four uploads are on their way at once: nobody alone holds all threads of the desk", async () => {
	const slow = Array.from({ length: 4 }, () => begin(MB)), bytes = crypto.randomBytes(1000);
	const upload = (who) => site.admin(who, `/admin/files/${sha256(bytes)}`, { method: "PUT", body: bytes, headers: OCTETS, impatient: true });
	await until("they are on their way", 100, () => spool().length === 4);
	const refused = await upload("author");
	assert.deepEqual([refused.status, refused.json.code, refused.headers["retry-after"]], [429, "too-many-requests", "1"]);
	assert.match(refused.json.detail, /^4 requests with a body of the key [0-9a-f]{16} are on their way$/);
	assert.equal((await site.admin("author", "/admin/drafts")).status, 200);
	assert.equal((await upload("approver")).status, 201);
	for (const socket of slow)
		socket.destroy();
	await until("they are over", 100, () => spool().length === 0);
	await until("there is room again", 100, async () => (await upload("author")).status === 200);
});

test("a broken-off upload leaves nothing; what a killed desk left is removed at its start, when it is old enough", async () => {
	const size = 64 * MB, digest = crypto.randomBytes(32), target = `/admin/files/${digest.toString("hex")}`;
	const dump = site.dump();
	let seen = 0;
	await stream(target, headersFor(target, digest, size), size, {
		stop: (sent) => { seen = Math.max(seen, spool().length); return sent > 8 * MB && seen > 0; },
	});
	assert.equal(seen, 1);
	await until("the spool is empty", 100, () => spool().length === 0);
	assert.deepEqual(site.dump(), dump);

	fs.writeFileSync(path.join(site.state, "spool/upload-abcdef"), "half");
	const orphan = sha256("orphan");
	fs.mkdirSync(path.dirname(kept(orphan)), { recursive: true });
	fs.writeFileSync(kept(orphan), "orphan");
	await site.restart("desk");
	assert.deepEqual(spool(), []);
	assert.equal(fs.existsSync(kept(orphan)), true); // it may be that of a newer store
	const then = Date.now() / 1000 - 8 * 86400;
	fs.utimesSync(kept(orphan), then, then);
	await site.restart("desk");
	assert.equal(fs.existsSync(kept(orphan)), false);
});

test("before its release is public a file is what never was; then it is there", async () => {
	const bytes = crypto.randomBytes(5000), name = "보도자료 별첨.pdf";
	const sane = ({ status, headers, text }) => {
		const { date, ...rest } = headers;
		return { status, text, headers: rest };
	};
	const nothing = sane(await site.get(`/files/${sha256("never")}/${encodeURIComponent(name)}`));
	assert.equal(nothing.status, 404);
	const same = async () => assert.deepEqual(sane(await site.get(address(bytes, name))), nothing);
	await same();
	assert.equal((await put(bytes)).status, 201);
	await same();

	const soon = new Date(Date.now() + 4000).toISOString().replace(/\.\d+/, "");
	await publish({ [name]: bytes }, { "Publish-At": soon });
	await same();
	await until("the lift", 200, async () => (await site.get(address(bytes, name))).status === 200);
	assert.ok(Date.now() >= Date.parse(soon));

	const answer = await site.get(address(bytes, name));
	assert.deepEqual(answer.bytes, bytes);
	assert.equal(answer.headers["content-type"], "application/pdf");
	assert.equal(answer.headers["content-disposition"],
		`inline; filename="____ __.pdf"; filename*=UTF-8''${encodeURIComponent(name)}`);
	assert.equal(answer.headers.etag, `"${sha256(bytes)}"`);
	assert.equal(answer.headers["x-content-type-options"], "nosniff");
	assert.match(answer.headers["cache-control"], /^public, max-age=[01]$/);
	assert.equal((await site.get(address(bytes, "other.pdf"))).status, 404);
	assert.equal((await site.get(`${address(bytes, name)}?x=1`)).status, 301);
});

test("a withdrawn release keeps its files, a killed one does not", async () => {
	const bytes = crypto.randomBytes(100), name = "a.txt";
	await put(bytes);
	const { slug, text } = await publish({ [name]: bytes });
	let last = text;
	for (const [revision, change, status] of [[2, "withdrawal", 200], [3, "kill", 404]]) {
		const [header] = text.split("\n\n");
		const next = (change === "kill" ? `${header}\n\n` : text).replace("Revision: 1\n",
			`Revision: ${revision}\nPrevious: ${sha256(last)}\nChange: ${change}\nChange-Note: For a reason.\n`);
		const put = await site.putDraft("author", `en/${slug}`, next);
		assert.equal(put.status, 201, put.text);
		const answer = await site.signDraft("author", `en/${slug}`, next);
		assert.equal(answer.status, 200, answer.text);
		assert.equal((await site.get(address(bytes, name))).status, status, change);
		last = next;
	}
});

test("a part, HEAD, If-Range, 304, 416", async () => {
	const bytes = crypto.randomBytes(300000), name = "part.zip", where = address(bytes, name);
	await put(bytes);
	await publish({ [name]: bytes });
	const get = (headers, method) => site.get(where, headers, method);
	const whole = await get({});
	assert.deepEqual(whole.bytes, bytes);
	assert.equal(whole.headers["accept-ranges"], "bytes");
	assert.equal(whole.headers["content-disposition"], "attachment; filename=\"part.zip\"");
	for (const [range, from, to] of [["0-0", 0, 0], ["100-199", 100, 199], ["299999-", 299999, 299999],
		["-5", 299995, 299999], ["100-900000", 100, 299999], ["-900000", 0, 299999], ["1-", 1, 299999]]) {
		const part = await get({ Range: `bytes=${range}` });
		assert.equal(part.status, 206, range);
		assert.equal(part.headers["content-range"], `bytes ${from}-${to}/300000`);
		assert.equal(part.headers["content-length"], String(to - from + 1));
		assert.deepEqual(part.bytes, bytes.subarray(from, to + 1));
	}
	for (const range of ["bytes=5-2", "bytes=a-b", "lines=0-1", "bytes=0-1,5-6", "bytes=", "bytes=-"])
		assert.equal((await get({ Range: range })).status, 200, range);
	for (const range of ["bytes=300000-", "bytes=999999-9999999", "bytes=-0"]) {
		const outside = await get({ Range: range });
		assert.equal(outside.status, 416, range);
		assert.equal(outside.headers["content-range"], "bytes */300000");
	}
	const { etag, "last-modified": modified } = whole.headers;
	for (const [condition, status] of [[etag, 206], [modified, 206], ["\"other\"", 200], [`W/${etag}`, 200],
		["Mon, 23 Nov 2020 00:00:00 GMT", 200]])
		assert.equal((await get({ Range: "bytes=0-9", "If-Range": condition })).status, status, condition);
	assert.equal((await get({ "If-None-Match": etag, Range: "bytes=0-9" })).status, 304);
	const head = await get({ Range: "bytes=0-9" }, "HEAD");
	assert.deepEqual([head.status, head.headers["content-length"], head.bytes.length], [200, "300000", 0]);
	assert.equal((await get({}, "POST")).status, 405);
});

test("what could run as a page is never shown", async () => {
	const files = Object.fromEntries(["a.svg", "b.html", "c.xhtml", "d.xml", "e.js", "f.HTM", "g.unknown"]
		.map((name) => [name, Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"><script>${name}</script></svg>`)]));
	for (const bytes of Object.values(files))
		await put(bytes);
	await publish(files);
	for (const [name, bytes] of Object.entries(files)) {
		const { status, headers } = await site.get(address(bytes, name));
		assert.equal(status, 200);
		assert.equal(headers["content-type"], "application/octet-stream");
		assert.match(headers["content-disposition"], /^attachment;/);
		assert.equal(headers["x-content-type-options"], "nosniff");
		assert.match(headers["content-security-policy"], /default-src 'none'/);
	}
});

test("a picture in the text, and the list with type and size", async () => {
	const picture = Buffer.from("89504e470d0a1a0a", "hex"), paper = crypto.randomBytes(1500 * 1024);
	await put(picture);
	await put(paper);
	const { slug } = await publish({ "사진.png": picture, "paper.hwpx": paper }, {},
		"1. Look.\n\n![Two people at a table](사진.png)\n");
	const { text } = await site.get(`/en/releases/${slug}`);
	assert.ok(text.includes(`<img src="${address(picture, "사진.png")}" alt="Two people at a table"`), text);
	assert.match(text, /PNG · 8 bytes/);
	assert.match(text, /HWPX · 1\.5 MB/);
	const { json } = await site.get(`/en/releases/${slug}.json`);
	assert.deepEqual(json.attachments.map(({ name, size }) => [name, size]),
		[["사진.png", 8], ["paper.hwpx", paper.length]]);
});

test("a preview has its pictures, sizes and files, for those who may see it, and until the lift", async () => {
	const picture = Buffer.from("89504e470d0a1a0a", "hex"), paper = crypto.randomBytes(64 * 1024), other = Buffer.from("other");
	for (const bytes of [picture, paper, other])
		await put(bytes);
	await publish({ "unrelated.pdf": other }, { "Publish-At": "2038-01-01T00:00:00Z" });
	const slug = `2026-11-23-files-${++count}`, draft = `/admin/drafts/en/${slug}`;
	const lift = Math.floor(Date.now() / 1000) + 5;
	const text = release({
		Release: slug, Attachment: lines({ "사진.png": picture, "paper.pdf": paper }),
		"Publish-At": new Date(lift * 1000).toISOString().replace(".000", ""),
	}, "1. Look.\n\n![Two people at a table](사진.png)\n");
	await site.putDraft("author", `en/${slug}`, text);
	const given = await site.admin("author", `${draft}/previews`, {
		method: "POST", body: "{\"label\":\"press\",\"days\":1}", headers: { "Content-Type": "application/json" },
	});
	const link = new URL(given.json.address).pathname;

	const shown = await site.get(link);
	assert.match(shown.text, /PNG · 8 bytes/);
	assert.match(shown.text, /PDF · 66 KB/);
	const sources = [...shown.text.matchAll(/(?:src|href)="([^"]*\/files\/[^"]*)"/g)].map(([, address]) => address);
	assert.equal(sources.length, 3, "the picture in the text, and both in the list");
	for (const source of sources)
		assert.ok(source.startsWith(`${link}/files/`), source);
	const seen = await site.get(sources[0]);
	assert.deepEqual([seen.status, seen.bytes, seen.headers["content-type"]], [200, picture, "image/png"]);
	assert.deepEqual([seen.headers["cache-control"], seen.headers["referrer-policy"], seen.headers["x-robots-tag"]],
		["no-store", "no-referrer", "noindex"]);
	const file = `${link}${address(paper, "paper.pdf")}`;
	assert.deepEqual((await site.get(file)).bytes, paper);
	const part = await site.get(file, { Range: "bytes=10-19" });
	assert.deepEqual([part.status, part.bytes], [206, paper.subarray(10, 20)]);
	assert.deepEqual([(await site.get(file, {}, "HEAD")).headers["content-length"]], [String(paper.length)]);

	const nothing = await site.get("/preview/nothing");
	for (const wrong of [`${link}${address(other, "unrelated.pdf")}`, `${link}${address(paper, "other.pdf")}`,
		`${link}x${address(paper, "paper.pdf")}`, `${file}?x=1`]) {
		const answer = await site.get(wrong);
		assert.deepEqual([answer.status, answer.text], [404, nothing.text], wrong);
	}

	const page = await site.admin("approver", `${draft}/preview`);
	const [, source] = /<img src="([^"]*)"/.exec(page.text);
	assert.equal(source, `${draft}/preview/files/${sha256(picture)}`);
	assert.deepEqual((await site.admin("approver", source)).bytes, picture);
	assert.equal((await site.get(source)).status, 401);
	assert.equal((await site.admin("approver", `${draft}/preview/files/${sha256(other)}`)).status, 404);

	assert.equal((await site.signDraft("author", `en/${slug}`, text)).json.state, "scheduled");
	assert.equal((await site.get(file)).status, 200);
	await until("the lift", 200, async () => (await site.get(file)).status === 302);
	assert.ok(Date.now() >= lift * 1000);
	const away = (await site.get(file)).headers.location;
	assert.equal(away, address(paper, "paper.pdf"));
	assert.deepEqual((await site.get(away)).bytes, paper);
});

test("the same bytes under two names of one release", async () => {
	const bytes = crypto.randomBytes(10), text = lines({ "one.pdf": bytes }) + "\nAttachment: " + lines({ "two.pdf": bytes });
	await put(bytes);
	const file = release({ Release: "2026-11-23-twins", Attachment: text });
	await site.putDraft("author", "en/2026-11-23-twins", file);
	assert.equal((await site.signDraft("author", "en/2026-11-23-twins", file)).status, 200);
	for (const [name, status] of [["one.pdf", 200], ["two.pdf", 200], ["three.pdf", 404]])
		assert.equal((await site.get(address(bytes, name))).status, status, name);
});

test("a long download takes no memory, and no turn from others", async () => {
	const size = 64 * MB, digest = generated(size), name = "long.zip", target = `/admin/files/${digest.toString("hex")}`;
	await stream(target, headersFor(target, digest, size), size);
	const text = release({ Release: "2026-11-23-long", Attachment: `${name}; sha256=${digest.toString("hex")}` });
	await site.putDraft("author", "en/2026-11-23-long", text);
	assert.equal((await site.signDraft("author", "en/2026-11-23-long", text)).status, 200);
	const before = memoryOf("public"), hash = crypto.createHash("sha256");
	let most = 0, got = 0;
	const response = await fetch(`${site.url}/files/${digest.toString("hex")}/${name}`);
	for await (const piece of response.body) {
		hash.update(piece);
		got += piece.length;
		most = Math.max(most, memoryOf("public"));
		if (got % (8 * MB) < piece.length)
			assert.equal((await site.get("/healthz")).status, 200);
	}
	assert.equal(got, size);
	assert.deepEqual(hash.digest(), digest);
	assert.ok(most - before < 2048, `${most - before} KiB more`);
});

test("the command: new --attach, publish --attach", async () => {
	const folder = path.join(site.state, "work");
	fs.mkdirSync(folder);
	const paper = path.join(folder, "부록.pdf"), text = path.join(folder, "text"), file = path.join(folder, "r.txt");
	fs.writeFileSync(paper, crypto.randomBytes(100000));
	fs.writeFileSync(text, "About a Command\n\n1. It was said.\n");
	const run = (...args) => communique(site, "author", ...args);
	const made = run("new", "--from", text, "--attach", paper, "--set", "Language=en", "--set", "Kind=statement",
		"--set", "Date=2026-11-23", "--set", "Site=localhost", "-o", file, "--no-questions");
	assert.equal(made.status, 0, made.stderr);
	const hash = sha256(fs.readFileSync(paper));
	assert.match(fs.readFileSync(file, "utf8"), new RegExp(`^Attachment: 부록\\.pdf; sha256=${hash}$`, "m"));

	const missing = run("publish", file);
	assert.equal(missing.status, 1);
	assert.match(missing.stderr, /--attach/);
	const bytes = fs.readFileSync(paper);
	fs.appendFileSync(paper, "changed");
	const changed = run("publish", file, "--attach", paper);
	assert.equal(changed.status, 1);
	assert.match(changed.stderr, /부록\.pdf/);
	fs.writeFileSync(paper, bytes);
	const stranger = run("publish", file, "--attach", paper, "--attach", text);
	assert.equal(stranger.status, 1);
	const done = run("publish", file, "--attach", paper);
	assert.equal(done.status, 0, done.stderr);
	assert.equal(sha256((await site.get(`/files/${hash}/${encodeURIComponent("부록.pdf")}`)).bytes), hash);
});
