// A flood on what is dear, the search and the verify page, does not slow pages: their rate with
// and without it, through nginx, in turns. What is measured is a ratio, on the same machine at the
// same time; it is about 0.9, and without the lane (src/web/lane.h) it was 0.003.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { call } from "./fastcgi.mjs";
import { minisign, sha256 } from "./keys.mjs";
import { release, Site, TOP } from "./site.mjs";
import { sign } from "./wire.mjs";

const LOAD = path.join(TOP, process.env.BUILD ?? "build", "bench/load");
const PAGE = "/en/releases/2026-11-23-first", LEAST = 0.5, ROUNDS = 5, MS = 600;

let site;
before(async () => {
	site = await Site.start({ quorum: 1, log: "warning" });
	await site.publish(release());
	// Words that all have, so that a phrase of them is looked for in each.
	for (let i = 0; i < 80; i++)
		await publish(`2026-11-23-r${i}`, Array.from({ length: 20 }, (_, n) =>
			`${n + 1}. The ministry of paragraph ${i} ${n}, sea port and the agreement on fishing.\n`).join("\n"));
});
after(() => site?.stop());

// By the desk's own socket: the web server would let 20 requests a second through.
async function publish(slug, body) {
	const text = release({ Release: slug }, body), key = site.keys.author, draft = `/admin/drafts/en/${slug}`;
	for (const [target, body, headers] of [[draft, text, {}],
		[`${draft}/signatures/${key.keyid.toLowerCase()}`, minisign(key, text), { "If-Match": `"${sha256(text)}"` }]]) {
		const answer = await call(path.join(site.state, "desk.sock"),
			{ method: "PUT", target, body, headers: sign(key, { method: "PUT", url: site.url + target, body, headers }) });
		assert.ok(answer?.status < 300, answer?.text);
	}
}

// Kept connections, each asking again as soon as it has its answer.
const load = (target, clients, ms) => new Promise((done, failed) => {
	const child = spawn(LOAD, [String(site.port), target, String(clients), String(ms)], { stdio: ["ignore", "pipe", "inherit"] });
	let out = "";
	child.stdout.on("data", (piece) => { out += piece; });
	child.on("error", failed);
	child.on("exit", () => done(JSON.parse(out)));
});

for (const [what, target] of [["the search", "/en/search?q=the+ministry+%22agreement+on+fishing%22"], ["the verify page", "/en/verify"]])
	test(`64 clients at ${what} leave 8 readers of pages their rate`, async (t) => {
		const ratios = [];
		for (let round = 0; round < ROUNDS; round++) {
			const alone = await load(PAGE, 8, MS);
			const [flood, beside] = await Promise.all([load(target, 64, MS + 400), load(PAGE, 8, MS)]);
			assert.ok(flood.rate > 0 && alone.status === 200 && beside.status === 200);
			ratios.push(beside.rate / alone.rate);
			t.diagnostic(`pages: ${alone.rate} a second alone, ${beside.rate} beside ${flood.rate} of the flood`);
		}
		const middle = ratios.sort((a, b) => a - b)[ROUNDS >> 1];
		assert.ok(middle >= LEAST, `${middle} of the rate was left: ${ratios}`);
	});

// 2000 at once: more than may wait.
test("more searches than may wait are told to come again; those that wait get their answer", async () => {
	const socket = path.join(site.state, "public.sock"), statuses = {};
	await Promise.all(Array.from({ length: 2000 }, async () => {
		const answer = await call(socket, { target: "/en/search?q=the+ministry+%22agreement+on+fishing%22" });
		statuses[answer?.status] = (statuses[answer?.status] ?? 0) + 1;
		if (answer?.status === 503)
			assert.equal(answer.headers["retry-after"], "5");
	}));
	assert.deepEqual(Object.keys(statuses).sort(), ["200", "503"], JSON.stringify(statuses));
	assert.ok(statuses[200] >= 512, JSON.stringify(statuses));
	assert.equal((await site.get("/en/search?q=ministry")).status, 200);
});
