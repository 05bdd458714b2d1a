// A disk that fails or is full, at each step of each act of an editor, once or from then on:
// the editor is told, readers read on, nothing is half done, and when the disk is well again the
// same act succeeds, without a restart.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { actsOf } from "./acts.mjs";
import { wait } from "../http/site.mjs";
import { FAIL_EIO, FAIL_ENOSPC, FAIL_EROFS, Office, ways } from "./office.mjs";

const HOW = process.env.CRASH === "long"
	? [FAIL_EIO, FAIL_ENOSPC, FAIL_EROFS].flatMap((how) => [{ how }, { how, lasting: true }])
	: [{ how: FAIL_EIO }, { how: FAIL_ENOSPC, lasting: true }];

let office, acts, failures = 0, refused = 0;
before(async () => {
	office = await Office.open();
	acts = actsOf(office);
});
after(() => office?.close());

async function failAt(act, fault) {
	const { pid } = office.site.services.desk.child;
	const what = await act.prepare();
	office.arm(fault);
	const answer = await act.act(what);
	assert.equal((await office.read("/en/")).status, 200, "reading goes on");
	failures += office.disarm() >= fault.at ? 1 : 0;
	assert.ok(answer, "there is an answer");
	if (answer.status >= 300) {
		refused++;
		assert.equal(answer.status, fault.how === FAIL_ENOSPC ? 507 : 503, answer.text);
		assert.match(answer.headers["retry-after"] ?? "", /^\d+$/);
		assert.equal(answer.json.code, fault.how === FAIL_ENOSPC ? "disk-full" : "disk-failed");
		assert.ok(answer.json.detail.length > 20, "and why");
	}
	office.fsck();
	assert.ok(await act.holds(what) || answer.status >= 300, "it was acknowledged, and is lost");
	const again = await act.act(what);
	assert.ok(again.status < 300 || act.again?.includes(again.status), again.text);
	assert.equal(await act.holds(what), true, "done again, it is done");
	assert.equal(office.site.services.desk.child.pid, pid);
	assert.ok(!office.isDown, "without a restart");
}

for (const name of Object.keys(actsOf()))
	test(`${name}: the disk fails at every step`, async () => {
		const act = acts[name], what = await act.prepare();
		office.arm();
		await act.act(what);
		const steps = office.disarm();
		await act.holds(what);
		for (const way of HOW)
			for (let at = 1; at <= steps; at++)
				await failAt(act, { at, ...way }).catch((error) => {
					error.message = `${ways[way.how]} ${way.lasting ? "from" : "at"} step ${at} of ${steps}: ${error.message}`;
					throw error;
				});
	});

test("each failure was told", (t) => {
	t.diagnostic(`${failures} failures, ${refused} of them told; ${office.checks} times fsck found nothing`);
	assert.ok(refused > 50, String(refused));
	// The step after which LMDB takes nothing any more was among them.
	assert.match(fs.readFileSync(office.site.services.desk.log, "utf8"), /event=store-reopened .*outcome=done/);
});

// With no descriptor left nothing new can be opened; what came before is answered, and what
// comes waits for one.
test("without a file descriptor left the services wait, and go on when there are some", async () => {
	const limit = (name, soft) => execFileSync("prlimit",
		["--pid", String(office.site.services[name].child.pid), `--nofile=${soft}:`]);
	// The limit that leaves so many: descriptors are given by number, the lowest first.
	const leave = (name, count) => {
		const open = fs.readdirSync(`/proc/${office.site.services[name].child.pid}/fd`).map(Number);
		let number = 0;
		for (let left = count; left > 0 || open.includes(number); number++)
			left -= open.includes(number) ? 0 : 1;
		limit(name, number);
	};
	const cpu = (name) => fs.readFileSync(`/proc/${office.site.services[name].child.pid}/stat`, "utf8")
		.split(") ")[1].split(" ").slice(11, 13).reduce((a, b) => a + Number(b), 0);
	const bytes = crypto.randomBytes(1000);
	for (const name of ["desk", "public"]) {
		const before = cpu(name);
		leave(name, 0);
		const late = name === "desk" ? office.upload(bytes) : office.read("/en/");
		await wait(1500);
		assert.ok(cpu(name) - before < 75, `it waits, and does not spin: ${cpu(name) - before} hundredths of a second`);
		assert.ok(!office.isDown);
		limit(name, 1024);
		// The desk's timer may have given one back: then the connection had it, and the file none.
		let answer = await late;
		if (answer.status === 503 && /Too many open files/.test(answer.text))
			answer = await office.upload(bytes);
		assert.ok(answer.status < 300, answer.text);
	}
	// A connection, and no descriptor for the file.
	leave("desk", 1);
	const { status, text } = await office.upload(crypto.randomBytes(1000));
	limit("desk", 1024);
	assert.equal(status, 503, text);
	assert.equal((await office.upload(bytes)).status, 200);
	office.fsck();
});
