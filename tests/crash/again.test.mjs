// A store that is full grows, and does the transaction anew: so each one must be able to run
// twice. Here each does (again.c), act by act, and nothing is lost, there twice, or by half.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after as afterwards, before, test } from "node:test";
import { sha256 } from "../http/keys.mjs";
import { BUILD, release, until } from "../http/site.mjs";
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
afterwards(() => office?.close());

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

async function publish(one) {
	assert.ok((await office.save(one)).status < 300);
	assert.ok((await office.sign(one, "author")).status < 300);
	const answer = await office.sign(one, "approver");
	assert.equal(answer.status, 200, answer.text);
	return one;
}

const after = (one, change, body) => {
	const text = release({ Release: one.slug, Revision: "2", Previous: one.hash, Change: change, "Change-Note": "A word." }, body);
	return { ...one, text, hash: sha256(text), files: {} };
};

test("a correction, a kill and a link that is revoked", async () => {
	const one = await publish(office.next()), other = await publish(office.next()), before = undone();
	await publish(after(one, "correction", "1. Other words.\n"));
	assert.equal((await office.read(`/en/releases/${one.slug}.txt`)).text.includes("Revision: 2"), true);
	await publish(after(other, "kill", ""));
	assert.equal((await office.read(`/en/releases/${other.slug}`)).status, 410);
	const draft = office.next();
	await office.save(draft);
	const links = async () => (await office.desk("author", `/admin/drafts/${draft.edition}/previews`)).json.previews;
	const [, link] = /\/preview\/en\/[^/]+\/([0-9]+-press)\//.exec((await office.give(draft)).text);
	assert.equal((await links()).length, 1);
	assert.ok((await office.desk("author", `/admin/drafts/${draft.edition}/previews/${link}`, { method: "DELETE" })).status < 300);
	assert.equal((await links()).length, 0);
	assert.ok(undone() >= before + 8, "they were done once");
	office.fsck();
});

const size = async () => Number((await office.read("/log/checkpoint")).text.split("\n")[1]);

test("a lift, which becomes a leaf by the timer", async () => {
	const one = await publish(office.next({ "Publish-At": `${new Date(Date.now() + 3000).toISOString().slice(0, 19)}Z` }));
	const leaves = await size(), before = undone();
	assert.equal(await office.isPublic(one), false);
	await until("it is public", 200, async () => (await office.read(`/en/releases/${one.slug}`)).status === 200);
	await until("it is in the log", 100, async () => (await size()) === leaves + 1);
	assert.ok(undone() > before);
	office.fsck();
});

test("the log has each publication and each key set once", async () => {
	const { total } = (await office.read("/en/releases.json")).json;
	const version = Number(/^version (\d+)$/m.exec((await office.read("/keys/current")).text)[1]);
	assert.ok(total > 0 && version > 1);
	// One of them was corrected; one that is listed no more was published, and killed.
	assert.equal(await size(), total + 3 + version);
});
