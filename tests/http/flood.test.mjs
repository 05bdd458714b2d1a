// A flood on what is dear, the search and the verify page, slows pages no more than as many
// readers of pages would: the crowd that asks, and nginx, are on the same processors. What is
// measured is a ratio, through nginx, in turns, of the rate of 8 readers beside the flood to their
// rate beside a crowd at a page; it is above 1, and without the lane (src/web/lane.h) it was 0.01.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { call } from "./fastcgi.mjs";
import { minisign, sha256 } from "./keys.mjs";
import { release, Site, TOP } from "./site.mjs";
import { sign } from "./wire.mjs";

const LOAD = path.join(TOP, process.env.BUILD ?? "build", "bench/load");
const PAGE = "/en/releases/2026-11-23-first", OTHER_PAGE = "/en/releases/2026-11-23-r1", LEAST = 1, ROUNDS = 5, MS = 600;

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
	test(`64 clients at ${what} slow 8 readers of pages no more than 64 at a page would`, async (t) => {
		const ratios = [];
		for (let round = 0; round < ROUNDS; round++) {
			const rate = [];
			for (const crowd of [OTHER_PAGE, target]) {
				const [flood, beside] = await Promise.all([load(crowd, 64, MS + 400), load(PAGE, 8, MS)]);
				assert.ok(flood.rate > 0 && beside.status === 200);
				rate.push(beside.rate);
				t.diagnostic(`pages: ${beside.rate} a second beside ${flood.rate} of ${crowd}`);
			}
			ratios.push(rate[1] / rate[0]);
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
