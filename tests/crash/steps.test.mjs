// Each act of an editor, stopped at each of its steps on disk: killed in the middle of it (of
// what has no middle: after it), and in the long form before it and after it, too. Then the desk starts again, fsck finds nothing, what was acknowledged is
// there, what was not is there whole or not at all, and the same act again succeeds.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { KILL_AFTER, KILL_BEFORE, KILL_HALFWAY, Office } from "./office.mjs";

const HOW = process.env.CRASH === "long" ? [KILL_BEFORE, KILL_HALFWAY, KILL_AFTER] : [KILL_HALFWAY];

let office, kills = 0, acknowledged = 0;
before(async () => { office = await Office.open(); });
after(() => office?.close());

const picture = () => crypto.randomBytes(20000);

async function ready(fields, files = {}) {
	const one = office.next(fields, files);
	for (const bytes of Object.values(files))
		await office.upload(bytes);
	assert.equal((await office.save(one)).status, 201);
	return one;
}
async function signed(fields, files) {
	const one = await ready(fields, files);
	assert.equal((await office.sign(one, "author")).status, 200);
	return one;
}
const FAR = { "Publish-At": "2038-01-01T00:00:00Z" };
const draftOf = async ({ edition }) => (await office.desk("author", `/admin/drafts/${edition}`));

// prepare() -> what it is done to; act(); holds(): false or true, whether it was done;
// final: what the state is when the act was repeated.
const acts = {
	"an upload": {
		prepare: picture, act: (bytes) => office.upload(bytes),
		holds: (bytes) => fs.existsSync(office.kept(bytes)) && fs.readFileSync(office.kept(bytes)).equals(bytes),
	},
	"a draft": {
		prepare: () => office.next(), act: (one) => office.save(one),
		holds: async (one) => {
			const there = await draftOf(one);
			assert.ok(there.status === 404 || there.text === one.text, "half a draft");
			return there.status === 200;
		},
	},
	"a first signature": {
		prepare: () => ready(), act: (one) => office.sign(one, "author"),
		holds: async (one) => {
			const { drafts } = (await office.desk("author", "/admin/drafts")).json;
			return drafts.find(({ release }) => release === one.slug).have === 1;
		},
	},
	"a publication": {
		prepare: () => signed({}, { "a.png": picture() }), act: (one) => office.sign(one, "approver"),
		holds: (one) => office.isPublic(one),
	},
	"a schedule": {
		prepare: () => signed(FAR), act: (one) => office.sign(one, "approver"),
		holds: async (one) => {
			assert.equal(await office.isPublic(one), false);
			const { drafts } = (await office.desk("author", "/admin/drafts")).json;
			return drafts.find(({ release }) => release === one.slug).state === "scheduled";
		},
	},
	"a schedule that is dropped": {
		prepare: async () => {
			const one = await signed(FAR);
			assert.equal((await office.sign(one, "approver")).json.state, "scheduled");
			return one;
		},
		act: (one) => office.drop(one), again: [200, 404],
		holds: async (one) => (await draftOf(one)).status === 404,
	},
	"a preview link": {
		prepare: () => ready(), act: (one) => office.give(one), again: [201, 409],
		holds: async (one) => (await office.desk("author", `/admin/drafts/${one.edition}/previews`)).json.previews.length === 1,
	},
	"a key set": {
		prepare: () => office.nextKeyset(), act: (text) => office.saveKeyset(text),
		holds: async (text) => JSON.stringify((await office.desk("root", "/admin/keys")).json)
			.includes(crypto.createHash("sha256").update(text).digest("hex")),
	},
	"a key set's signature": {
		prepare: async () => {
			const text = office.nextKeyset();
			assert.ok((await office.saveKeyset(text)).status < 300);
			return text;
		},
		act: (text) => office.signKeyset(text),
		holds: async (text) => {
			const done = (await office.read("/keys/current")).text === text;
			if (done)
				office.keyset = text;
			return done;
		},
	},
};

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

for (const [name, act] of Object.entries(acts))
	test(`${name}: stopped at every step on disk`, async (t) => {
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
