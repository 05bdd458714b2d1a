// What readers get, through nginx: that which is public, all of it, and nothing else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { minisign, sha256 } from "./keys.mjs";
import { release, Site, until } from "./site.mjs";
import { raw } from "./wire.mjs";

let site;
const slug = (n) => `2026-10-${String(n).padStart(2, "0")}-release`;
const texts = {};
const COUNT = 25; // more than a page of the board

before(async () => {
	site = await Site.start();
	for (let n = 1; n <= COUNT; n++) {
		texts[n] = release({
			Release: slug(n), Title: `Release <${n}> & "more"`, Date: `2026-10-${String(n).padStart(2, "0")}`,
		});
		await site.publish(texts[n]);
	}
	texts.ko = release({ Release: slug(1), Language: "ko", Title: "첫째 보도자료" }, "1. 첫째 문단.\n");
	texts.ar = release({ Release: slug(1), Language: "ar", Title: "البيان الأول" }, "1. الفقرة الأولى.\n");
	await site.publish(texts.ko);
	await site.publish(texts.ar);
});
after(() => site?.stop());

const ADDRESS = `/en/releases/${slug(1)}`;
const seen = ({ status, headers, text }) => {
	const { date, ...kept } = headers;
	return { status, headers: kept, text };
};

// --- what is there -----------------------------------------------------------------------------

test("a release page holds the text, escaped, with its anchors", async () => {
	const { status, headers, text } = await site.get(ADDRESS);
	assert.equal(status, 200);
	assert.equal(headers["content-type"], "text/html; charset=utf-8");
	assert.match(text, /^<!doctype html>/i);
	assert.match(text, /<h1[^>]*>Release &lt;1&gt; &amp; (&quot;|&#34;|")more(&quot;|&#34;|")<\/h1>/);
	assert.ok(text.indexOf("id=\"p1\"") > 0 && text.indexOf("id=\"p2\"") > text.indexOf("id=\"p1\""));
	assert.ok(!/<script(?![^>]*\bsrc=|[^>]*application\/ld\+json)/.test(text), "no script in the page");
	assert.ok(!/ style=| on[a-z]+=/.test(text), "no style or handler in an attribute");
});

test(".txt is the signed file, byte for byte; .txt.minisig its first signature", async () => {
	const file = await site.get(`${ADDRESS}.txt`);
	assert.equal(file.status, 200);
	assert.equal(file.text, texts[1]);
	assert.equal(file.headers["content-type"], "text/plain; charset=utf-8");
	const signature = await site.get(`${ADDRESS}.txt.minisig`);
	assert.equal(signature.status, 200);
	assert.equal(signature.text, minisign(site.keys.author, texts[1]));
});

test("each signer's signature has an address of its own", async () => {
	for (const who of ["author", "approver"]) {
		const key = site.keys[who];
		const { status, text } = await site.get(`${ADDRESS}.txt.${key.keyid.toLowerCase()}.minisig`);
		assert.equal(status, 200, who);
		assert.equal(text, minisign(key, texts[1]));
	}
});

test(".json is the release as data", async () => {
	const { status, headers, json } = await site.get(`${ADDRESS}.json`);
	assert.equal(status, 200);
	assert.match(headers["content-type"], /^application\/json/);
	const flat = JSON.stringify(json);
	for (const part of [sha256(texts[1]), "Release <1> & \\\"more\\\"", "2026-10-01"])
		assert.ok(flat.includes(part), `no ${part} in ${flat}`);
});

test("the board has pages of twenty, newest first", async () => {
	const listed = async (target) => {
		const { status, text } = await site.get(target);
		assert.equal(status, 200, target);
		const found = [...text.matchAll(/href="\/en\/releases\/([a-z0-9-]+)"/g)].map(([, name]) => name);
		return [...new Set(found)].filter((name) => name.endsWith("-release"));
	};
	const all = Array.from({ length: COUNT }, (_, i) => slug(COUNT - i));
	assert.deepEqual(await listed("/en/releases/"), all.slice(0, 20));
	assert.deepEqual(await listed("/en/releases/?page=2"), all.slice(20));
	assert.match((await site.get("/en/releases/")).text, /aria-current="page"/);
	for (const page of ["3", "0", "-1", "x", "99999999999999999999", "1e3", ""])
		assert.equal((await site.get(`/en/releases/?page=${page}`)).status, page === "" ? 301 : 404, `page=${page}`);
});

test("each language has its board, its chrome and its direction", async () => {
	for (const [language, dir, mine, others] of [
		["en", "ltr", slug(20), "첫째"], ["ko", "ltr", "첫째 보도자료", slug(20)], ["ar", "rtl", "البيان الأول", slug(20)],
	]) {
		const { status, text } = await site.get(`/${language}/releases/`);
		assert.equal(status, 200);
		assert.ok(text.includes(mine) && !text.includes(others), language);
		const html = /<html[^>]*>/.exec(text)[0];
		assert.match(html, /lang="/);
		const page = await site.get(`/${language}/releases/${slug(1)}`);
		assert.match(page.text, new RegExp(`lang="${language}"`));
		if (dir === "rtl")
			assert.match(page.text, /dir="rtl"/);
	}
});

test("/ leads to the reader's language", async () => {
	for (const [accept, where] of [
		[undefined, "/en/"], ["ko", "/ko/"], ["ar-EG, en;q=0.5", "/ar/"], ["fr, ko;q=0.3, en;q=0.2", "/ko/"],
		["fr", "/en/"], ["ko;q=0, ar", "/ar/"], ["\"; q=broken,,,", "/en/"], ["*", "/en/"],
	]) {
		const { status, headers } = await site.get("/", accept === undefined ? {} : { "Accept-Language": accept });
		assert.equal(status, 302, accept);
		assert.equal(headers.location.replace(site.url, ""), where, accept);
	}
});

test("static files are immutable, named by their hash, and of a type", async () => {
	const { text } = await site.get(ADDRESS);
	const found = [...new Set([...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, at]) => at))];
	assert.ok(found.length >= 1, "the page links no style");
	for (const address of found) {
		const { status, headers, bytes } = await site.get(address);
		assert.equal(status, 200, address);
		assert.match(headers["cache-control"], /immutable/);
		assert.match(headers["content-type"], /^(text\/css|text\/javascript|image\/svg\+xml|image\/)/);
		assert.ok(bytes.length > 0 && bytes.length <= 20 * 1024, `${address}: ${bytes.length} bytes`);
		assert.equal((await site.get(address.replace(/\.[0-9a-f]+\./, ".0000000000000000."))).status, 404);
	}
});

test("every link of a page leads somewhere", async () => {
	for (const page of ["/en/", "/ko/", "/en/releases/", ADDRESS, "/en/search"]) {
		const { text } = await site.get(page);
		const links = [...text.matchAll(/<a\b[^>]*href="(\/[^"#]*)/g)].map(([, at]) => at.replaceAll("&amp;", "&"));
		assert.ok(links.length > 3, page);
		for (const link of new Set(links))
			assert.equal((await site.get(link)).status, 200, `${page} links ${link}`);
	}
});

// --- HEAD, 304, methods -----------------------------------------------------------------------

for (const address of ["/en/", "/en/releases/", ADDRESS, `${ADDRESS}.txt`, `${ADDRESS}.json`, "/nothing"])
	test(`HEAD is GET without the body: ${address}`, async () => {
		const get = seen(await site.get(address)), head = seen(await site.get(address, {}, "HEAD"));
		assert.equal(head.text, "");
		assert.equal(get.headers["content-length"], String(Buffer.byteLength(get.text)));
		assert.deepEqual(head.headers, get.headers);
		assert.equal(head.status, get.status);
	});

for (const address of ["/en/", "/en/releases/", ADDRESS, `${ADDRESS}.txt`, `${ADDRESS}.txt.minisig`, `${ADDRESS}.json`])
	test(`304 for who has it already: ${address}`, async () => {
		const { headers } = await site.get(address);
		const { etag } = headers;
		assert.match(etag, /^"[^"]+"$/, "a strong ETag");
		for (const match of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
			const again = await site.get(address, { "If-None-Match": match });
			assert.equal(again.status, 304, match);
			assert.equal(again.text, "");
			assert.equal(again.headers.etag, etag);
			assert.equal(again.headers["cache-control"], headers["cache-control"]);
		}
		assert.equal((await site.get(address, { "If-None-Match": "\"other\"" })).status, 200);
		// If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2).
		assert.equal((await site.get(address, {
			"If-None-Match": "\"other\"", "If-Modified-Since": new Date().toUTCString(),
		})).status, 200);
	});

for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "TRACE"])
	test(`405 with Allow: ${method}`, async () => {
		const { status, headers } = await site.get(ADDRESS, {}, method);
		assert.equal(status, 405);
		assert.equal(headers.allow, "GET, HEAD");
	});

test("a POST with a body is answered, small or large", async () => {
	const post = (size) => raw(site.url, `POST ${ADDRESS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
		`Content-Length: ${size}\r\n\r\n${"x".repeat(size)}`);
	assert.equal((await post(100)).status, 405);
	assert.equal((await post(100000)).status, 413);
});

// --- what is not there ----------------------------------------------------------------------------

test("an unknown address: a page in the right language, with the search", async () => {
	for (const [address, language] of [["/en/nothing", "en"], ["/ko/releases/never", "ko"], ["/nothing", "en"]]) {
		const { status, text, headers } = await site.get(address);
		assert.equal(status, 404);
		assert.match(headers["content-type"], /^text\/html/);
		assert.match(text, new RegExp(`<html[^>]*lang="${language}"`), address);
		assert.match(text, /search/);
	}
});

test("before its time a release answers exactly as one that never was", async () => {
	const name = "2026-12-24-secret", edition = `en/${name}`;
	const suffixes = ["", ".txt", ".txt.minisig", ".json", "/r1", "/history",
		`.txt.${site.keys.author.keyid.toLowerCase()}.minisig`];
	const others = ["/en/", "/en/releases/", "/en/releases/?page=2"];
	const look = async () => {
		const all = {};
		for (const suffix of suffixes)
			all[suffix] = seen(await site.get(`/en/releases/${name}${suffix}`));
		for (const other of others)
			all[other] = seen(await site.get(other));
		return all;
	};
	const never = await look();
	for (const suffix of suffixes)
		assert.equal(never[suffix].status, 404, suffix);

	const text = release({ Release: name, "Publish-At": "2099-01-01T00:00:00Z" });
	assert.equal((await site.putDraft("author", edition, text)).status, 201);
	assert.deepEqual(await look(), never, "as a draft");
	assert.equal((await site.signDraft("author", edition, text)).json.state, "waiting");
	assert.deepEqual(await look(), never, "with one signature");
	const { json } = await site.signDraft("approver", edition, text);
	assert.equal(json.state, "scheduled");
	assert.deepEqual(await look(), never, "scheduled");

	// And as any other that never was.
	const other = seen(await site.get("/en/releases/2026-12-24-nosuch"));
	const same = seen(await site.get(`/en/releases/${name}`));
	assert.deepEqual(JSON.parse(JSON.stringify(same).replaceAll(name, "2026-12-24-nosuch")), other);
});

test("one address a page: its twins lead to it, or are not there", async () => {
	for (const [twin, right] of [
		["/en", "/en/"], ["/en/releases", "/en/releases/"], [`${ADDRESS}/`, ADDRESS],
		["/en/releases/?page=1", "/en/releases/"],
	]) {
		const { status, headers } = await site.get(twin);
		assert.equal(status, 301, twin);
		assert.equal(headers.location.replace(site.url, ""), right);
	}
	for (const twin of ["/EN/", "//en/", "/en//releases/", "/en/./releases/", "/en/releases/../releases/",
		ADDRESS.toUpperCase(), `${ADDRESS}.TXT`, "/%65n/", "/en/releases/%32026-10-01-release"])
		assert.ok([301, 400, 404].includes((await site.get(twin)).status), twin);
	for (const unknown of [`${ADDRESS}?x=1`, "/en/?utm_source=x", "/en/releases/?page=2&page=2", "/en/releases/?x="])
		assert.ok([301, 400, 404].includes((await site.get(unknown)).status), unknown);
});

for (const target of ["/../../etc/passwd", "/en/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/en/%00",
	"/en/releases/a%00b", "/%c0%af", "/en/releases/%ff%fe", "/en/releases/%ed%a0%80", "/en/%", "/en/%zz",
	"/static/../communique.conf", "/static/%2e%2e%2fx", "/en/search?q=%00", "/en/search?q=%ff",
	`/en/search?q=${"a".repeat(3000)}`, `/${"a".repeat(3000)}`, "/en/releases/?page=%31%00",
	"/en/releases/x\\y", "/en/releases/x%0d%0aSet-Cookie:%20a=b", "/.git/config", "/admin", "/store/data.mdb"])
	test(`a plain 4xx, and nothing else: ${target.slice(0, 50)}`, async () => {
		const answer = await raw(site.url, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
		assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
		assert.ok(!/^set-cookie/im.test(answer.head));
		assert.ok(!/root:/.test(answer.body));
	});

test("an over-long header is 431, an over-long address 414", async () => {
	const get = (target, header) => raw(site.url,
		`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: ${header}\r\n\r\n`);
	assert.equal((await get("/en/", "a".repeat(6000))).status, 431);
	assert.equal((await get(`/${"a".repeat(6000)}`, "a")).status, 414);
});

// --- headers ---------------------------------------------------------------------------------------

const everywhere = ["/", "/en/", "/en/releases/", ADDRESS, `${ADDRESS}.txt`, `${ADDRESS}.json`, "/nothing",
	"/healthz", "/en/%00", "/admin/drafts"];
for (const address of everywhere)
	test(`security headers, once each, on ${address}`, async () => {
		const { headers, raw: lines } = await site.get(address);
		const names = lines.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
		assert.equal(headers["x-content-type-options"], "nosniff");
		assert.equal(headers.server, "nginx", "no version");
		assert.ok(!names.includes("set-cookie") && !names.includes("x-powered-by"));
		assert.ok(!names.includes("x-accel-expires"));
		if (!address.startsWith("/admin/")) {
			const policy = headers["content-security-policy"];
			assert.match(policy, /frame-ancestors 'none'/);
			assert.ok(!/unsafe/.test(policy));
			for (const name of ["referrer-policy", "permissions-policy", "cross-origin-opener-policy"])
				assert.ok(headers[name], name);
		}
		for (const name of ["content-security-policy", "x-content-type-options", "cache-control", "content-type"])
			assert.ok(names.filter((other) => other === name).length <= 1, `${name} stands twice`);
	});

test("how long an answer may be kept", async () => {
	const age = async (address) => (await site.get(address)).headers["cache-control"];
	// Of a revision too: a kill takes it away at once.
	for (const address of ["/en/", "/en/releases/", ADDRESS, `${ADDRESS}.txt`, `${ADDRESS}/r1.txt`])
		assert.match(await age(address), /^public, max-age=[01]\b/);
	for (const address of ["/healthz", "/admin/drafts"])
		assert.match(await age(address), /no-store/);
	assert.equal((await site.get(ADDRESS)).headers.vary ?? "Accept-Encoding", "Accept-Encoding");
});

test("what nginx's own files and the desk have is not to be reached by readers", async () => {
	for (const address of ["/.communique/refused", "/.communique/problem", "/preview/en/x/1-a/b", "/desk/nothing", "/metrics"])
		assert.equal((await site.get(address)).status, 404, address);
});

test("a release that is older than the site says when it came here, beside its date", async () => {
	await site.publish(release({ Release: "2020-01-02-old", Date: "2020-01-02", Language: "ar" }));
	const { text } = await site.get("/ar/releases/2020-01-02-old");
	const today = new Date().toISOString().slice(0, 10);
	const [, dated, here] = /<dl class="facts">\s*<div>.*datetime="([^"]*)".*<\/div>\s*<div>.*datetime="([^"]*)"/.exec(text);
	assert.equal(dated, "2020-01-02");
	assert.ok(Math.abs(new Date(here) - new Date(today)) <= 864e5, here);
	assert.ok(!text.includes("banner late"));
});

// --- services come and go ---------------------------------------------------------------------------

test("restarts lose nothing, and pages stay the same to the byte", async () => {
	const before = seen(await site.get(ADDRESS));
	const board = seen(await site.get("/en/releases/"));
	for (const [name, signal] of [["public", "SIGTERM"], ["desk", "SIGTERM"], ["public", "SIGKILL"], ["desk", "SIGKILL"]])
		await site.restart(name, signal);
	assert.deepEqual(seen(await site.get(ADDRESS)), before);
	assert.deepEqual(seen(await site.get("/en/releases/")), board);
	for (let n = 1; n <= COUNT; n++)
		assert.equal((await site.get(`/en/releases/${slug(n)}.txt`)).text, texts[n]);
});

test("readers do not need the desk; the desk does not need the public process", async () => {
	await site.services.desk.stop();
	assert.equal((await site.get(ADDRESS)).status, 200);
	const refused = await site.get("/admin/drafts");
	assert.equal(refused.status, 503);
	assert.equal(refused.json.code, "busy");
	site.services.desk.start();
	await site.services.public.stop();
	const down = await site.get(ADDRESS);
	assert.equal(down.status, 502);
	assert.ok(down.headers["content-security-policy"]);
	assert.ok(down.headers["retry-after"]);
	assert.match(down.text, /<html lang="en" dir="ltr">[^]*<p>502<\/p>\n<h1>Please try again in a moment<\/h1>/);
	assert.match((await site.get("/ko/search?q=a")).text, /<html lang="ko" dir="ltr">[^]*<h1>잠시 뒤에/);
	assert.match((await site.get("/ar")).text, /<html lang="ar" dir="rtl">[^]*الموقع مشغول الآن/);
	assert.match((await site.get("/arrivals")).text, /<html lang="en"/);
	site.services.public.start();
	await site.ready();
});

test("two hundred readers at once, each answered", async () => {
	const answers = await Promise.all(Array.from({ length: 200 }, (_, i) =>
		site.get(`/en/releases/${slug(1 + (i % COUNT))}`)));
	for (const [i, { status, text }] of answers.entries()) {
		assert.equal(status, 200);
		assert.ok(text.includes(`Release &lt;${1 + (i % COUNT)}&gt;`));
	}
});

test("a silent or broken client holds nobody up", async () => {
	const { connect } = await import("node:net");
	const { hostname, port } = new URL(site.url);
	const silent = Array.from({ length: 50 }, () => {
		const socket = connect(Number(port), hostname);
		socket.on("error", () => {});
		socket.write("GET /en/ HTTP/1.1\r\nHo");
		return socket;
	});
	assert.equal((await site.get(ADDRESS)).status, 200);
	silent.forEach((socket) => socket.destroy());
});

// What a page shows is not its own alone: the neighbours, other languages, signers' names.
test("a page is as it was since the last change of the site, and says so to the second", async () => {
	const pages = [ADDRESS, `${ADDRESS}.json`, `${ADDRESS}/history`, "/en/releases/", "/en/feed.atom"];
	const moments = async () => Promise.all(pages.map(async (address) => (await site.get(address)).headers["last-modified"]));
	await until("all have a moment", 100, async () => (await moments()).every(Boolean));
	const before = await moments();
	for (const [i, address] of pages.entries())
		assert.equal((await site.get(address, { "If-Modified-Since": before[i] })).status, 304, address);
	await site.publish(release({ Release: "2026-11-24-a-neighbour", Date: "2026-11-24" }));
	for (const [i, address] of pages.entries())
		assert.equal((await site.get(address, { "If-Modified-Since": before[i] })).status, 200, address);
	assert.deepEqual((await moments()).filter(Boolean), [], "there may be another change in this second");
	await until("all have a later one", 100, async () => (await moments()).every((moment, i) => moment && new Date(moment) > new Date(before[i])));
	const [later] = await moments();
	await site.restart("public");
	await until("a new start is a change, too", 100, async () => new Date((await moments())[0] ?? 0) > new Date(later));
});
