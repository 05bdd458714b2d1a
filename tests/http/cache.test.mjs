// nginx's cache, as it is shipped: what it may keep, for how long, and what it must never show.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { release, Site, until, wait } from "./site.mjs";

const LISTS = ["/en/", "/en/releases/", "/ko/", "/ko/releases/"];
const page = (slug) => `/en/releases/${slug}`;
const long = "1. A paragraph of some length.\n\n".concat("2. Another one, that is much like the first.\n\n".repeat(200));

let site;
before(async () => { site = await Site.start({ cache: true }); });
after(() => site?.stop());

// How many requests came through to the public process for this address.
function came(address) {
	const wanted = ` path=${address} `;
	return fs.readFileSync(site.services.public.log, "utf8").split("\n")
		.filter((line) => line.includes(" event=request ") && line.includes(wanted)).length;
}

// Until it is just so; by then every copy that was kept before is over.
const OVER = 2100;

test("a page is asked of us once a second, whoever wants it", async () => {
	await site.publish(release({ Release: "2026-11-23-hot" }));
	await site.get(page("2026-11-23-hot"));
	const before = came(page("2026-11-23-hot")), begin = Date.now();
	for (let i = 0; i < 300; i++)
		assert.equal((await site.get(page("2026-11-23-hot"))).status, 200);
	const seconds = Math.ceil((Date.now() - begin) / 1000) + 1;
	const asked = came(page("2026-11-23-hot")) - before;
	assert.ok(asked <= seconds, `${asked} in ${seconds} s`);
});

test("of forty who want a page that is not there yet one comes through", async () => {
	await site.publish(release({ Release: "2026-11-23-cold" }));
	const answers = await Promise.all(Array.from({ length: 40 }, () => site.get(page("2026-11-23-cold"))));
	assert.ok(answers.every(({ status }) => status === 200));
	assert.equal(came(page("2026-11-23-cold")), 1);
});

test("a copy that has not changed is renewed by a 304", async () => {
	await site.publish(release({ Release: "2026-11-23-same" }));
	const first = await site.get(page("2026-11-23-same"));
	await wait(OVER);
	const again = await site.get(page("2026-11-23-same"));
	assert.equal(again.text, first.text);
	const lines = fs.readFileSync(site.services.public.log, "utf8").split("\n")
		.filter((line) => line.includes(` path=${page("2026-11-23-same")} `));
	assert.match(lines.at(-1), / status=304 /);
});

test("encodings are not mixed up, however they are asked for", async () => {
	await site.publish(release({ Release: "2026-11-23-coded" }, long));
	const plain = (await site.get(page("2026-11-23-coded"))).bytes;
	for (let round = 0; round < 2; round++)
		for (const [accept, coding] of [["br", "br"], ["gzip, deflate, br", "br"], ["gzip", "gzip"], ["GZIP;q=0.5", "gzip"],
			["br;q=0, gzip;q=1.0", "gzip"], ["br;q=0.001", "br"], ["br;q=0,gzip;q=0.00", undefined], [undefined, undefined],
			["identity", undefined], ["brotli, gzipped", undefined], ["deflate", undefined]]) {
			const { headers, bytes, status } = await site.get(page("2026-11-23-coded"),
				accept ? { "Accept-Encoding": accept } : {});
			assert.equal(status, 200);
			assert.equal(headers["content-encoding"], coding, accept);
			assert.equal(headers.vary, "Accept-Encoding");
			const text = coding === "br" ? zlib.brotliDecompressSync(bytes)
				: coding === "gzip" ? zlib.gunzipSync(bytes) : bytes;
			assert.deepEqual(text, plain, accept);
			if (coding)
				assert.ok(bytes.length < plain.length / 4);
		}
});

test("a reader who has a page already hears 304, for his encoding", async () => {
	for (const accept of ["br", "gzip", "identity"]) {
		const { headers } = await site.get("/en/releases/", { "Accept-Encoding": accept });
		for (let round = 0; round < 2; round++) {
			const again = await site.get("/en/releases/",
				{ "Accept-Encoding": accept, "If-None-Match": headers.etag });
			assert.equal(again.status, 304, accept);
			assert.equal(again.headers.etag, headers.etag);
			assert.equal(again.text, "");
		}
		const other = await site.get("/en/releases/",
			{ "Accept-Encoding": accept === "br" ? "gzip" : "br", "If-None-Match": headers.etag });
		assert.equal(other.status, 200);
		assert.equal((await site.get("/en/releases/", { "Accept-Encoding": accept, "If-None-Match": "\"x\"" })).status, 200);
	}
});

test("HEAD leaves nothing without a body behind", async () => {
	await site.publish(release({ Release: "2026-11-23-head" }, long));
	const address = page("2026-11-23-head");
	const head = await site.get(address, {}, "HEAD");
	assert.equal(head.status, 200);
	assert.equal(head.text, "");
	const get = await site.get(address);
	assert.equal(get.status, 200);
	assert.equal(String(get.bytes.length), get.headers["content-length"]);
	assert.equal(get.headers["content-length"], head.headers["content-length"]);
	assert.match(get.text, /Another one/);
	assert.equal((await site.get(address, {}, "HEAD")).text, "");
});

test("a kill is seen everywhere when the second of the copies is over", async () => {
	const text = release({ Release: "2026-11-23-killed", Title: "Hushhush" });
	await site.publish(text);
	const addresses = [page("2026-11-23-killed"), `${page("2026-11-23-killed")}.txt`, `${page("2026-11-23-killed")}/r1`];
	for (const address of addresses)
		for (const accept of ["br", "gzip", "identity"])
			assert.equal((await site.get(address, { "Accept-Encoding": accept })).status, 200);
	for (const list of LISTS)
		await site.get(list);
	await site.publish(release({
		Release: "2026-11-23-killed", Title: "Hushhush", Revision: "2", Previous: sha256(text),
		Change: "kill", "Change-Note": "A person's address was in it.",
	}, ""));
	await wait(OVER);
	for (const address of addresses)
		for (const accept of ["br", "gzip", "identity"])
			assert.equal((await site.get(address, { "Accept-Encoding": accept })).status, 410, `${address} ${accept}`);
	for (const list of LISTS)
		assert.ok(!(await site.get(list)).text.includes("Hushhush"), list);
});

// The test of embargo.test.mjs again, with every copy warm: asked for without a pause from
// before the lift until after it.
test("no copy shows what is embargoed before its lift, or hides it after", async () => {
	const slug = "2026-11-23-secret", never = "2026-11-23-absent";
	const lift = Math.floor(Date.now() / 1000) + 9;
	const { answer } = await site.publish(release({
		Release: slug, Title: "Whispered", "Publish-At": new Date(lift * 1000).toISOString().replace(".000", ""),
	}));
	assert.equal(answer.state, "scheduled");
	const early = [], late = [];
	let rounds = 0;
	while (Date.now() < (lift + 1) * 1000) {
		for (const address of [page(slug), ...LISTS.slice(0, 2)])
			for (const accept of ["br", "identity"]) {
				const asked = Date.now();
				const got = await site.get(address, { "Accept-Encoding": accept });
				const answered = Date.now();
				const body = accept === "br" && got.headers["content-encoding"] === "br"
					? zlib.brotliDecompressSync(got.bytes).toString() : got.text;
				const shown = address === page(slug) ? got.status === 200 : body.includes("Whispered");
				if (shown && answered < lift * 1000)
					early.push(`${address} ${answered - lift * 1000}`);
				// The clock of the file system's timestamps and of nginx is a few milliseconds behind.
				if (!shown && asked > lift * 1000 + 50)
					late.push(`${address} ${asked - lift * 1000}`);
			}
		if (Date.now() < (lift - 1) * 1000) {
			const [one, twin] = [await site.get(page(slug)), await site.get(page(never))];
			assert.equal(one.status, 404);
			assert.equal(one.text.replaceAll(slug, "X"), twin.text.replaceAll(never, "X"));
			// Lifetimes end at the lift, and the two copies may have been made a second apart.
			const [a, b] = [one, twin].map(({ headers }) => headers["cache-control"]);
			assert.equal(a.replace(/\d+/g, "N"), b.replace(/\d+/g, "N"));
			assert.ok(Math.abs(/\d+/.exec(a)[0] - /\d+/.exec(b)[0]) <= 2, `${a}; ${b}`);
		}
		rounds++;
	}
	assert.ok(rounds > 20);
	assert.deepEqual(early, []);
	assert.deepEqual(late, []);
});

test("previews, the desk and what it answers are never kept", async () => {
	for (let i = 0; i < 2; i++) {
		await site.get("/preview/en/2026-11-23-hot/1795500000-press/" + "A".repeat(43));
		await site.admin("author", "/admin/drafts");
		await site.get("/healthz");
	}
	const names = fs.readdirSync(path.join(site.state, "nginx/cache"), { recursive: true })
		.map((name) => path.join(site.state, "nginx/cache", String(name)))
		.filter((name) => fs.statSync(name).isFile());
	const keys = names.map((name) => /\nKEY: (.*)\n/.exec(fs.readFileSync(name, "latin1"))[1]);
	assert.ok(keys.length > 5);
	assert.ok(!keys.some((key) => /\/(admin|preview|desk|files|healthz)/.test(key)), keys.join("\n"));
});

test("who asks cannot choose another copy by Host, or fill the cache by spellings", async () => {
	const address = page("2026-11-23-hot");
	await site.get(address);
	const count = () => fs.readdirSync(path.join(site.state, "nginx/cache"), { recursive: true }).length;
	const before = count();
	for (let i = 0; i < 20; i++)
		assert.equal((await site.get(address, { Host: `h${i}.example`, "Accept-Encoding": `deflate;q=0.${i + 1}` })).status, 200);
	assert.ok(count() <= before + 3);
});

test("while the public process is down old copies stand in, and it is asked again when it is back", async () => {
	await until("the page is warm", 10, async () => (await site.get(page("2026-11-23-hot"))).status === 200);
	await site.services.public.stop();
	await wait(OVER);
	assert.equal((await site.get(page("2026-11-23-hot"))).status, 200);
	assert.ok((await site.get("/en/nothing")).status >= 500, "there was none of this");
	site.services.public.start();
	await site.ready();
	assert.equal((await site.get("/en/nothing")).status, 404);
});
