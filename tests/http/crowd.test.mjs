// Ten thousand clients at nginx that take their time, with slow writers and slow readers of the
// largest page among them, and two thousand more at the two sockets: pages answer all the while,
// memory keeps within its bound, and when they leave all is as before. (Bodies that do not end,
// which the web server never sends, keep the lane busy that searches wait in, too.)
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { Site, TOP, release, until, wait } from "./site.mjs";

const CROWD = path.join(TOP, process.env.BUILD ?? "build", "tests/tools/crowd");
const CLIENTS = 10000, EACH = 1000, SECONDS = 8;
// communique-limits(7), "Memory": pages kept ready, answers that wait to be taken, a part of a
// head for each connection, a page in the making for each thread. In MiB.
const BOUND = { public: 64 + 128 + 136 + 2 * 48, desk: 128 + 136 + 8 * 8 };

let site;
before(async () => {
	process.env.CONNECTIONS = "15000";
	site = await Site.start({ quorum: 1, log: "warning" });
	await site.publish(release());
	await site.publish(release({ Release: "2026-11-23-large" },
		Array.from({ length: 1500 }, (_, n) => `${n + 1}. ${"A sentence of some length. ".repeat(20)}\n`).join("\n")));
});
after(() => site?.stop());

const pid = (door) => site.services[door].child.pid;
const memory = (door) => Math.round(Number(/^RssAnon:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid(door)}/status`, "utf8"))[1]) / 1024);
const descriptors = (door) => fs.readdirSync(`/proc/${pid(door)}/fd`).length;

test(`${CLIENTS} slow clients, and ${2 * EACH} at the sockets: pages answer, memory is bounded, all recovers`, async (t) => {
	const doors = ["public", "desk"], start = Object.fromEntries(doors.map((door) => [door, pid(door)]));
	const open = Object.fromEntries(doors.map((door) => [door, descriptors(door)]));
	const crowd = spawn(CROWD, [site.port, CLIENTS, "/en/releases/2026-11-23-large",
		...doors.flatMap((door) => [path.join(site.state, `${door}.sock`), EACH])].map(String), { stdio: ["pipe", "pipe", "inherit"] });
	let most = 0, longest = 0, asked = 0, closed = 0;
	const peak = { public: 0, desk: 0 };
	crowd.stdout.on("data", (lines) => {
		for (const [, now, gone] of String(lines).matchAll(/^(\d+) open, (\d+) closed/gm)) {
			most = Math.max(most, Number(now));
			closed = Number(gone);
		}
	});
	try {
		await until("the crowd is there", 600, () => most >= CLIENTS);
		for (const end = Date.now() + 1000 * SECONDS; Date.now() < end;) {
			for (const target of ["/en/", "/en/releases/2026-11-23-first", "/en/releases/2026-11-23-first.json", "/en/releases/"]) {
				const began = Date.now();
				assert.equal((await site.get(target)).status, 200, target);
				longest = Math.max(longest, Date.now() - began);
				asked++;
			}
			assert.equal((await site.admin("author", "/admin/drafts")).status, 200);
			for (const door of doors)
				peak[door] = Math.max(peak[door], memory(door));
			await wait(100);
		}
	} finally {
		crowd.stdin.end();
	}
	t.diagnostic(`${most} open at once, ${closed} closed by the other side; ${asked} pages asked meanwhile, the slowest in ${longest} ms; ` +
		`at most ${peak.public} MiB of the public process and ${peak.desk} MiB of the desk`);
	for (const door of doors)
		assert.ok(peak[door] <= BOUND[door], `${door}: ${peak[door]} MiB`);
	for (const door of doors) {
		await until(`${door} has let them go`, 1000, () => descriptors(door) <= open[door] + 8);
		assert.equal(pid(door), start[door]);
		assert.equal(site.services[door].child.exitCode, null);
	}
	for (let i = 0; i < 20; i++)
		assert.equal((await site.get("/en/releases/2026-11-23-large")).status, 200);
	await site.publish(release({ Release: "2026-11-23-behind" }));
	assert.equal((await site.get("/en/releases/2026-11-23-behind")).status, 200);
});
