// Each act of an editor, stopped at each of its steps on disk: killed in the middle of it (of
// what has no middle: after it), and in the long form before it and after it, too. Then the desk starts again, fsck finds nothing, what was acknowledged is
// there, what was not is there whole or not at all, and the same act again succeeds.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { actsOf } from "./acts.mjs";
import { KILL_AFTER, KILL_BEFORE, KILL_HALFWAY, Office } from "./office.mjs";

const HOW = process.env.CRASH === "long" ? [KILL_BEFORE, KILL_HALFWAY, KILL_AFTER] : [KILL_HALFWAY];

let office, acts, kills = 0, acknowledged = 0;
before(async () => {
	office = await Office.open();
	acts = actsOf(office);
});
after(() => office?.close());

async function stopAt(act, how, at) {
	const what = await act.prepare();
	office.arm({ at, how });
	const answer = await act.act(what);
	if (at <= office.disarm()) {
		await office.died();
		kills++;
		assert.equal((await office.read("/en/")).status, 200, "reading goes on");
		await office.start("desk");
	}
	if (answer) {
		assert.ok(answer.status < 300, answer.text);
		acknowledged++;
	}
	office.fsck();
	const done = await act.holds(what);
	assert.ok(done || !answer, "it was acknowledged, and is lost");
	const again = await act.act(what);
	assert.ok(again.status < 300 || act.again?.includes(again.status), again.text);
	assert.equal(await act.holds(what), true, "done again, it is done");
}

for (const name of Object.keys(actsOf()))
	test(`${name}: stopped at every step on disk`, async (t) => {
		const act = acts[name];
		office.arm();
		const what = await act.prepare();
		const before = office.disarm();
		office.arm();
		const answer = await act.act(what);
		assert.ok(answer.status < 300, answer.text);
		const steps = office.disarm();
		assert.ok(steps >= 3, `${steps} steps are too few to be true`);
		assert.equal(await act.holds(what), true);
		for (const how of HOW)
			for (let at = 1; at <= steps; at++)
				await stopAt(act, how, at).catch((error) => {
					error.message = `step ${at} of ${steps}, ${how}: ${error.message}`;
					throw error;
				});
		t.diagnostic(`${steps} steps (${before} before them)`);
	});

test("none was lost", (t) => {
	t.diagnostic(`${kills} kills at a step; ${acknowledged} answers came all the same; ${office.checks} times fsck found nothing`);
	assert.ok(kills > 50, String(kills));
});
