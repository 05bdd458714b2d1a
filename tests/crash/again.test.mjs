// A store that is full grows, and does the transaction anew: so each one must be able to run
// twice. Here each does (again.c), act by act, and nothing is lost, there twice, or by half.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { BUILD } from "../http/site.mjs";
import { actsOf } from "./acts.mjs";
import { Office } from "./office.mjs";

let office, acts, count;
before(async () => {
	office = await Office.open();
	acts = actsOf(office);
	count = path.join(office.site.state, "again");
	Object.assign(office.site.services.desk.env, { LD_PRELOAD: path.join(BUILD, "tests/crash/again.so"), AGAIN_COUNT: count });
	await office.site.restart("desk");
});
after(() => office?.close());

const undone = () => fs.statSync(count).size;

for (const name of Object.keys(actsOf()))
	test(`${name}, in a transaction that is done twice`, async () => {
		const act = acts[name], what = await act.prepare(), before = undone();
		const answer = await act.act(what);
		assert.ok(answer.status < 300, answer.text);
		assert.equal(await act.holds(what), true);
		assert.ok(undone() > before, "it was done once");
		office.fsck();
	});

test("the log has each publication and each key set once", async () => {
	const leaves = Number((await office.read("/log/checkpoint")).text.split("\n")[1]);
	const board = (await office.read("/en/releases.json")).json;
	const version = Number(/^version (\d+)$/m.exec((await office.read("/keys/current")).text)[1]);
	assert.ok(board.total > 0 && version > 1);
	assert.equal(leaves, board.total + version);
});
