// Whatever a client of the sockets does — nginx after a fault, or somebody who got at a socket —
// the services answer others, take no more memory than their bound, and are well afterwards.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import * as fcgi from "./fastcgi.mjs";
import { release, Site, wait } from "./site.mjs";

const { BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, GET_VALUES, record, begin, pairs, paramsOf, stream, exchange, records } = fcgi;
const DOORS = ["public", "desk"];

let site;
before(async () => {
	site = await Site.start();
	await site.publish(release());
	for (const door of DOORS)
		start[door] = site.services[door].child.pid;
});
after(() => site?.stop());

const start = {};
const socket = (door) => path.join(site.state, `${door}.sock`);
const health = (door) => fcgi.call(socket(door), { target: "/healthz" });
const page = () => fcgi.call(socket("public"), { target: "/en/releases/2026-11-23-first" });

// Still the process of before, and it answers.
async function isWell(what) {
	for (const door of DOORS) {
		assert.equal(site.services[door].child.exitCode, null, `${door} ended: ${what}`);
		assert.equal(site.services[door].child.pid, start[door]);
		assert.equal((await health(door))?.status, 200, `${door} is not well: ${what}`);
	}
}
const memoryOf = (door) => Number(/^RssAnon:\s+(\d+) kB$/m
	.exec(fs.readFileSync(`/proc/${start[door]}/status`, "utf8"))[1]);

const good = { target: "/healthz" };
const end = (got) => records(got).all.find(({ type }) => type === END);
const ended = (got) => end(got) !== undefined;
const quick = { timeout: 400 };

test("both services have given up what they do not need, before the first request", () => {
	for (const door of DOORS) {
		for (const task of fs.readdirSync(`/proc/${start[door]}/task`)) {
			const own = fs.readFileSync(`/proc/${start[door]}/task/${task}/status`, "utf8");
			assert.match(own, /^NoNewPrivs:\t1$/m, `${door} ${task}`);
			assert.match(own, /^Seccomp:\t2$/m, `${door} ${task}`);
		}
		assert.ok(!/event=confine/.test(fs.readFileSync(site.services[door].log, "utf8")), "the kernel has it all");
	}
});

test("a request cut into bytes, one a packet, is answered like one in a piece", async () => {
	for (const door of DOORS) {
		const bytes = fcgi.request(1, good);
		const got = await new Promise((done) => {
			const client = net.connect(socket(door), async () => {
				client.setNoDelay(true);
				for (const byte of bytes) {
					client.write(Buffer.from([byte]));
					await new Promise(setImmediate);
				}
			});
			let all = Buffer.alloc(0);
			client.on("data", (piece) => {
				all = Buffer.concat([all, piece]);
				if (ended(all)) {
					client.destroy();
					done(all);
				}
			});
		});
		assert.match(records(got).all.find(({ type }) => type === STDOUT).content.toString(), /^Status: 200/);
	}
});

const p = (options) => pairs(paramsOf(options ?? good));
const wrong = {
	"another protocol": Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
	"another version": Buffer.concat([record(BEGIN, 1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]), { version: 2 })]),
	"no BEGIN": stream(PARAMS, 1, p()),
	"a BEGIN of a wrong size": record(BEGIN, 1, Buffer.from([0, 1, 0])),
	"request id 0": fcgi.request(0, good),
	"the role of an authorizer": fcgi.request(1, good, { role: 2 }),
	"the role of a filter": fcgi.request(1, good, { role: 3 }),
	"a role that nobody knows": fcgi.request(1, good, { role: 65535 }),
	"a type that nobody knows": Buffer.concat([begin(1), record(77, 1, Buffer.from("x"))]),
	"a management type that nobody knows": record(77, 0, Buffer.from("x")),
	"STDIN before PARAMS": Buffer.concat([begin(1), stream(STDIN, 1, Buffer.from("x")), stream(PARAMS, 1, p())]),
	"another id within a request": Buffer.concat([begin(1), record(PARAMS, 2, p())]),
	"two requests interleaved": Buffer.concat([begin(1), begin(2), record(PARAMS, 1, p()), record(PARAMS, 2, p()),
		record(PARAMS, 1), record(PARAMS, 2), record(STDIN, 1), record(STDIN, 2)]),
	"two BEGINs": Buffer.concat([begin(1), begin(1), stream(PARAMS, 1, p())]),
	"a pair that is longer than its record": Buffer.concat([begin(1), record(PARAMS, 1, Buffer.from([255, 255, 255, 255, 1])), record(PARAMS, 1)]),
	"a pair that ends in the middle": Buffer.concat([begin(1), record(PARAMS, 1, Buffer.from([5, 5, 65, 65])), record(PARAMS, 1)]),
	"a name of two gigabytes": Buffer.concat([begin(1), record(PARAMS, 1, Buffer.from([255, 255, 255, 254, 255, 255, 255, 254])), record(PARAMS, 1)]),
	"a head that is too large": Buffer.concat([begin(1), stream(PARAMS, 1, pairs({ REQUEST_METHOD: "GET", REQUEST_URI: "/", X: "x".repeat(60000) })), record(STDIN, 1)]),
	"many small pairs": Buffer.concat([begin(1), stream(PARAMS, 1, Buffer.concat(Array.from({ length: 30000 }, () => Buffer.from([1, 0, 65])))), record(STDIN, 1)]),
	"GET_VALUES with one name four times": record(GET_VALUES, 0, pairs({ FCGI_MAX_CONNS: "" }).toString("latin1").repeat(4)),
	"GET_VALUES of nothing sane": record(GET_VALUES, 0, Buffer.alloc(60000, 255)),
	"an ABORT without a request": record(ABORT, 1),
	"an ABORT in front of the answer": Buffer.concat([begin(1), stream(PARAMS, 1, p()), record(ABORT, 1)]),
	"an ABORT in the middle of the head": Buffer.concat([begin(1), record(PARAMS, 1, p().subarray(0, 10)), record(ABORT, 1)]),
	"an answer instead of a request": Buffer.concat([record(STDOUT, 1, Buffer.from("Status: 200 OK\r\n\r\n")), record(END, 1, Buffer.alloc(8))]),
	"no method": fcgi.request(1, {}).subarray(0, 16 + 8),
};
for (const [what, bytes] of Object.entries(wrong))
	test(`${what} harms nobody`, async () => {
		for (const door of DOORS)
			for (const cut of [bytes.length, Math.floor(bytes.length / 2), bytes.length - 1])
				await exchange(socket(door), bytes.subarray(0, cut), { ...quick, timeout: 100 });
		await isWell(what);
	});

test("a second request is answered behind the first one's answer, and refused before it", async () => {
	const one = fcgi.request(1, good, { flags: 1 });
	for (const door of DOORS) {
		let asked = 1;
		const count = (got) => records(got).all.filter(({ type }) => type === END).length;
		const got = await new Promise((done) => {
			const client = net.connect(socket(door), () => client.write(one));
			let all = Buffer.alloc(0);
			client.setTimeout(5000, () => client.destroy());
			client.on("error", () => {});
			client.on("close", () => done(all));
			client.on("data", (piece) => {
				all = Buffer.concat([all, piece]);
				if (count(all) === 3)
					client.destroy();
				else if (count(all) === asked) {
					asked++;
					client.write(one);
				}
			});
		});
		assert.equal(count(got), 3, door);
		assert.ok(count(await exchange(socket(door), Buffer.concat([one, one]), quick)) <= 1, door);
	}
	await isWell("two on one connection");
});

test("a body longer or shorter than announced, or none, and a length that is none", async () => {
	const target = "/admin/drafts/en/x", length = (n) => ({ method: "PUT", target, headers: { "Content-Length": n } });
	for (const [options, body] of [[length(10), "x".repeat(1000)], [length(1000), "x"], [length("9".repeat(30)), "x"],
		[length("-1"), ""], [length("1e3"), ""], [length(0), "x".repeat(100000)]]) {
		const bytes = Buffer.concat([begin(1), stream(PARAMS, 1, p(options)), stream(STDIN, 1, Buffer.from(body))]);
		for (const door of DOORS)
			await exchange(socket(door), bytes, { timeout: 300, enough: ended });
	}
	await isWell("bodies");
});

// The seed is printed, so that what was found can be found again.
test("five thousand mutilated requests", async (t) => {
	const seed = Number(process.env.TORTURE_SEED ?? crypto.randomInt(1 << 30));
	let state = seed;
	const random = (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
	t.diagnostic(`TORTURE_SEED=${seed}`);
	const seeds = [fcgi.request(1, good), fcgi.request(1, { target: "/en/" }, { flags: 1 }), ...Object.values(wrong)];
	for (let round = 0; round < 100; round++) {
		await Promise.all(Array.from({ length: 50 }, () => {
			const bytes = Buffer.from(seeds[random(seeds.length)]);
			for (let changes = random(6); changes > 0 && bytes.length; changes--)
				bytes[random(Math.min(bytes.length, 64))] = random(256);
			return exchange(socket(DOORS[random(2)]), bytes.subarray(0, random(2) ? bytes.length : random(bytes.length)),
				{ timeout: 30 + random(40), enough: ended });
		}));
		assert.equal((await page())?.status, 200, `round ${round}, TORTURE_SEED=${seed}`);
	}
	await isWell("mutilated requests");
});

test("two thousand connections that send nothing, or half a head, or read nothing: others are answered", async () => {
	const memory = Object.fromEntries(DOORS.map((door) => [door, memoryOf(door)]));
	const half = fcgi.request(1, { target: "/en/" }).subarray(0, 40);
	const clients = [];
	for (const door of DOORS)
		for (let i = 0; i < 1000; i++) {
			const client = net.connect(socket(door));
			client.on("error", () => {});
			client.pause();
			if (i % 3 === 1)
				client.write(half);
			if (i % 3 === 2)
				client.write(fcgi.request(1, { target: "/en/releases/2026-11-23-first" }, { flags: 1 }));
			clients.push(client);
			if (i % 50 === 0)
				await wait(1);
		}
	await wait(500);
	for (let i = 0; i < 20; i++)
		assert.equal((await site.get("/en/releases/2026-11-23-first")).status, 200);
	assert.equal((await site.admin("author", "/admin/drafts")).status, 200);
	for (const door of DOORS)
		assert.ok(memoryOf(door) - memory[door] < 100 * 1024, `${door}: ${memoryOf(door) - memory[door]} KiB more`);
	for (const client of clients)
		client.destroy();
	await wait(300);
	await isWell("two thousand connections");
});
