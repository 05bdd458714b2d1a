// Requests to the desk that are almost right, and ones that are not at all: none does anything.
// They go to the desk's own socket, so that no rate limit of the web server's is in the way.
//
// REQUESTS=1000000 in the long form (make abuse), 20000 in the short one; ABUSE_SEED=… repeats a
// run's choices.
//
// "The store is as it was" is a hash over each of its tables but these: audit, where a request
// whose signature was good and that was refused leaves a row by design; replay, where it is used
// up; words, documents and fresh, which the desk merges in its own time.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import * as fcgi from "./fastcgi.mjs";
import { minisign, newKey, sha256 } from "./keys.mjs";
import { damage, newNonce, noise, oddsOf, signings, ways } from "./mutate.mjs";
import { release, Site, TOP, until, wait } from "./site.mjs";
import { sign } from "./wire.mjs";

const { BEGIN, END, PARAMS, STDIN, STDOUT } = fcgi;
const REQUESTS = Number(process.env.REQUESTS ?? 20000), ROUND = 20000, CLIENTS = 24;
const MEMORY_MAX = 64 * 1024; // KiB more than after the first tenth: eight threads, a body each
const seed = Number(process.env.ABUSE_SEED ?? crypto.randomInt(1 << 30));
const odds = oddsOf(seed);

let site, keys, socket, recipes;
const text = (slug, title = "The Release") => release({ Release: slug, Title: title });
const SECOND = "2026-11-23-second", THIRD = "2026-11-23-third", FOURTH = "2026-11-23-fourth";
const draft = (slug) => `/admin/drafts/en/${slug}`;
const match = (bytes) => ({ "If-Match": `"${sha256(bytes)}"` });
const OCTETS = { "Content-Type": "application/octet-stream" }, JSONS = { "Content-Type": "application/json" };

// What the editors may do at the moment, each act as it would be signed. All are done at the end,
// in this order: so each is one that is accepted.
function makeRecipes(link, second, keyset) {
	const file = crypto.randomBytes(3000), { root, approver } = keys;
	const act = (who, method, target, more = {}) => ({ who, method, target, url: site.url + target, ...more });
	return [
		act("author", "GET", "/admin/drafts"),
		act("author", "GET", draft(SECOND)),
		act("approver", "GET", `${draft(SECOND)}/preview`),
		act("approver", "GET", `${draft(SECOND)}/previews`),
		act("author", "GET", "/admin/audit?after=0"),
		act("author", "GET", "/admin/outbox"),
		act("root", "GET", "/admin/keys"),
		act("author", "POST", "/admin/preview", { body: text("2026-11-23-look") }),
		act("author", "PUT", `/admin/files/${sha256(file)}`, { body: file, headers: OCTETS }),
		act("author", "PUT", draft("2026-11-23-new"), { body: text("2026-11-23-new") }),
		act("author", "PUT", draft(FOURTH), { body: text(FOURTH, "Better"), headers: match(text(FOURTH)) }),
		act("approver", "PUT", `${draft(THIRD)}/note`, { body: "Say who.", headers: match(text(THIRD)) }),
		act("author", "DELETE", draft(THIRD)),
		act("author", "POST", `${draft(SECOND)}/previews`, { body: "{\"label\":\"radio\",\"days\":2}", headers: JSONS }),
		act("author", "DELETE", `${draft(SECOND)}/previews/${link}`),
		act("approver", "PUT", `${draft(SECOND)}/signatures/${approver.keyid.toLowerCase()}`,
			{ body: minisign(approver, second), headers: match(second) }),
		act("root", "PUT", "/admin/keys/2", { body: keyset }),
		act("root", "PUT", `/admin/keys/2/signatures/${root.keyid.toLowerCase()}`, { body: minisign(root, keyset) }),
	];
}

const signedAs = (recipe, how = {}) => sign(keys[recipe.who], { ...recipe, nonce: newNonce(), ...how });
const perform = (recipe) => fcgi.call(socket, { ...recipe, headers: signedAs(recipe) });

// A key whose requests were refused too often is told to wait, also its holder.
async function accepted(recipe) {
	let answer = await perform(recipe);
	for (let tries = 0; answer?.status === 429 && tries < 10; tries++) {
		assert.equal(answer.headers["retry-after"], "1");
		assert.equal(answer.headers["content-type"], "application/problem+json");
		await wait(1100);
		answer = await perform(recipe);
	}
	assert.ok(answer?.status < 300, `${recipe.method} ${recipe.target}: ${answer?.text}`);
	return answer;
}

before(async () => {
	site = await Site.start();
	keys = { ...site.keys, stranger: newKey() };
	socket = path.join(site.state, "desk.sock");
	await site.publish(release());
	for (const slug of [SECOND, THIRD, FOURTH])
		await site.putDraft("author", `en/${slug}`, text(slug));
	await site.signDraft("author", `en/${SECOND}`, text(SECOND));
	const given = await site.admin("author", `${draft(SECOND)}/previews`,
		{ method: "POST", body: "{\"label\":\"press\",\"days\":1}", headers: JSONS });
	assert.equal(given.status, 201, given.text);
	const [, link] = new RegExp(`/preview/en/${SECOND}/([0-9]+-press)/`).exec(given.text);
	const first = fs.readFileSync(path.join(site.state, "keys-1.txt"), "utf8");
	recipes = makeRecipes(link, text(SECOND), first.replace("version 1\n", "version 2\n")
		.replace("previous -\n", `previous ${sha256(first)}\n`));
});
after(() => site?.stop());

test("there is an act here for every row of the route table that changes something", () => {
	const source = fs.readFileSync(path.join(TOP, "src/web/route.c"), "utf8");
	const rows = source.slice(source.indexOf("routes[] = {")).match(/\{ METHOD_[\s\S]*?\},\n/g).filter((row) => row.includes(".changes = true"));
	const acts = new Set(recipes.filter(({ target, method }) => method !== "GET" && target !== "/admin/preview")
		.map(({ target, method }) => `${method} ${target.replace(/2026-11-23-[a-z]+/, "{release}")}`));
	assert.equal(acts.size, rows.length, rows.join(""));
});

// --- the storm -----------------------------------------------------------------------------

const encode = (pairs, body) => Buffer.concat([fcgi.begin(1, { flags: 1 }), fcgi.stream(PARAMS, 1, pairs), fcgi.stream(STDIN, 1, body)]);
const encoded = (request) => encode(fcgi.pairs(fcgi.paramsOf(request)), Buffer.from(request.body ?? ""));

function damaged({ pairs, body }) {
	const changed = damage(Buffer.concat([pairs, body]), odds);
	return encode(changed.subarray(0, pairs.length), changed.subarray(pairs.length));
}

// One connection, kept as long as the desk keeps it; ask() gives the answer's status and code.
class Client {
	ask(bytes) {
		return new Promise((done) => {
			this.done = done;
			this.got = Buffer.alloc(0);
			this.again = this.socket !== undefined;
			this.bytes = bytes;
			if (!this.socket)
				this.open();
			this.socket.write(bytes);
		});
	}

	open() {
		const mine = net.connect(socket);
		this.socket = mine;
		mine.setTimeout(20000, () => mine.destroy());
		mine.on("error", () => {});
		mine.on("data", (piece) => this.socket === mine && this.take(piece));
		mine.on("close", () => {
			if (this.socket !== mine)
				return;
			this.socket = undefined;
			// Closed between two requests: this one was not looked at.
			if (this.again && this.got.length === 0) {
				this.again = false;
				this.open();
				this.socket.write(this.bytes);
			} else
				this.done?.({ status: 0, code: "closed" });
		});
	}

	take(piece) {
		this.got = this.got.length ? Buffer.concat([this.got, piece]) : piece;
		const { all } = fcgi.records(this.got);
		if (!all.some(({ type }) => type === END))
			return;
		const text = Buffer.concat(all.filter(({ type }) => type === STDOUT).map(({ content }) => content)).toString("latin1");
		const status = Number(/^Status: (\d+)/.exec(text)?.[1] ?? 200);
		this.done({ status, code: /"code":"([a-z-]+)"/.exec(text)?.[1] ?? String(status), text });
	}
}

// Requests that were made once already and are used up, and how a request of each act is signed:
// a minute old at most. Those that only read may be made again, so they are not among the used.
async function prepare(round) {
	const slug = `2026-11-23-used-${round}`, file = crypto.randomBytes(500), url = (target) => site.url + target;
	const acts = [
		{ who: "author", method: "PUT", target: draft(slug), body: text(slug) },
		{ who: "approver", method: "PUT", target: `${draft(slug)}/note`, body: "No.", headers: match(text(slug)) },
		{ who: "author", method: "PUT", target: `/admin/files/${sha256(file)}`, body: file, headers: OCTETS },
		{ who: "author", method: "PUT", target: `${draft(slug)}/signatures/${keys.author.keyid.toLowerCase()}`,
			body: minisign(keys.author, text(slug)), headers: match(text(slug)) },
		{ who: "author", method: "DELETE", target: draft(slug) },
		{ who: "author", method: "PUT", target: draft(`${slug}-again`), body: text(`${slug}-again`) },
		{ who: "author", method: "DELETE", target: draft(`${slug}-again`) },
	];
	const used = [];
	for (const act of acts) {
		let request, answer;
		do {
			request = { ...act, headers: signedAs({ ...act, url: url(act.target) }, { expires: undefined }) };
			answer = await fcgi.call(socket, request);
		} while (answer?.status === 429 && await wait(1100) === undefined);
		assert.ok(answer?.status < 300, answer?.text);
		used.push({ pairs: fcgi.pairs(fcgi.paramsOf(request)), body: Buffer.from(request.body ?? "") });
	}
	const now = Math.floor(Date.now() / 1000);
	const fresh = recipes.map((recipe) => ({ ...recipe, headers: signedAs(recipe, { created: now, expires: now + 290 }) }));
	const wrong = recipes.flatMap((recipe) => Object.entries(signings)
		.map(([what, how]) => ({ ...recipe, what, headers: how({ ...recipe, nonce: newNonce() }, keys, now) })));
	return { used, fresh, wrong };
}

const names = Object.keys(ways);
function next({ used, fresh, wrong }) {
	const kind = odds.random(20);
	if (kind < 12) {
		const what = odds.pick(names), request = odds.pick(fresh);
		return { what, request, bytes: encoded(ways[what](request, odds, odds.pick(fresh))) };
	}
	if (kind < 14) {
		const request = odds.pick(wrong);
		return { what: request.what, request, bytes: encoded(request) };
	}
	if (kind < 15) {
		const { pairs, body } = odds.pick(used);
		return { what: "made a second time", bytes: encode(pairs, body) };
	}
	if (kind < 19)
		return { what: "made a second time, damaged", bytes: damaged(odds.pick(used)) };
	return { what: "noise", bytes: encode(Buffer.concat(noise(odds).map(([name, value]) => fcgi.pairs({ [name]: value }))), odds.bytes(odds.random(100))) };
}

const memory = () => Number(/^RssAnon:\s+(\d+) kB$/m
	.exec(fs.readFileSync(`/proc/${site.services.desk.child.pid}/status`, "utf8"))[1]);

test(`${REQUESTS} requests that are wrong: none is accepted, the store is as it was, the desk is well`, async (t) => {
	const codes = {}, pid = site.services.desk.child.pid;
	let made = 0, first, over = false;
	t.diagnostic(`ABUSE_SEED=${seed}`);
	try {
		for (let round = 0; made < REQUESTS; round++) {
			const pool = await prepare(round), until = Math.min(REQUESTS, made + ROUND);
			const before = site.dump(), clients = Array.from({ length: CLIENTS }, () => new Client());
			await Promise.all(clients.map(async (client) => {
				while (made < until && !over) {
					made++;
					const { what, request, bytes } = next(pool);
					const { status, code, text } = await client.ask(bytes);
					codes[code] = (codes[code] ?? 0) + 1;
					assert.ok(status === 0 || status >= 300, `${what}: ${request?.method} ${request?.target} was accepted: ${text}`);
					assert.ok(status < 500, `${what}: ${text}`);
				}
			}));
			for (const client of clients)
				client.socket?.destroy();
			assert.deepEqual(site.dump(), before, `the store has changed in round ${round}`);
			if (made >= REQUESTS / 10)
				first ??= memory();
			assert.ok(memory() < first + MEMORY_MAX || first === undefined, `${memory()} KiB, and ${first} after the first tenth`);
		}
	} catch (error) {
		over = true;
		error.message = `ABUSE_SEED=${seed}, after ${made}: ${error.message}`;
		throw error;
	}
	t.diagnostic(`${made} requests, 0 accepted; the desk's memory ${first} KiB after the first tenth, ${memory()} KiB at the end`);
	t.diagnostic(Object.entries(codes).sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`).join(", "));
	// Each part of the door was tried.
	for (const code of ["signature-invalid", "signature-missing", "signature-malformed", "signature-insufficient", "signature-expired",
		"signature-not-yet-valid", "signature-lifetime", "signature-replayed", "key-unknown", "digest-mismatch", "bad-target",
		"component-missing", "unsupported-component", "encoding-not-accepted", "length-required",
		...(REQUESTS >= 20000 ? ["too-many-requests"] : [])])
		assert.ok(codes[code] > 0, `no request was refused with ${code}`);
	assert.ok((codes.closed ?? 0) < made / 10, `${codes.closed} had no answer`);
	assert.equal(site.services.desk.child.pid, pid);
	assert.equal(site.services.desk.child.exitCode, null);
});

test("behind it all that was signed well is accepted, each act once", async () => {
	await until("the desk is well", 100, async () => (await fcgi.call(socket, { target: "/healthz" }))?.status === 200);
	for (const recipe of recipes)
		await accepted(recipe);
	assert.equal((await site.get(`/en/releases/${SECOND}`)).status, 200);
	assert.equal((await site.get("/keys/2")).status, 200);
});
