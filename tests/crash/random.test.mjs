// kill -9 at random moments, while four clients work at once: the desk, the public process, or
// both. After each: fsck finds nothing, and each client's record of what was acknowledged
// agrees with what is there. Then every act that got no answer is done again.
//
// KILLS=2000 in the long form, 40 in the short one; CRASH_SEED=… repeats a run's choices.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import { test } from "node:test";
import { wait } from "../http/site.mjs";
import { Office } from "./office.mjs";

const KILLS = Number(process.env.KILLS ?? 40), PER_STORE = 100, CLIENTS = 4;
const seed = Number(process.env.CRASH_SEED ?? crypto.randomInt(1 << 30));
let state = seed;
const random = (below) => {
	state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
	return Math.floor((state / 2 ** 32) * below);
};

// What becomes of a release, act by act; `at` says how far.
const FAR = { "Publish-At": "2038-01-01T00:00:00Z" };
function story(office) {
	const far = random(3) === 0, file = crypto.randomBytes(random(60000));
	const one = office.next(far ? FAR : {}, { "a.png": file });
	const acts = [() => office.upload(file), () => office.save(one), () => office.sign(one, "author"),
		() => office.sign(one, "approver"), ...(far ? [() => office.drop(one)] : [])];
	return { one, far, acts, at: 0, open: false };
}

// How far it is, as the desk and readers see it.
async function measure(office, { one, far }) {
	if (await office.isPublic(one))
		return 4;
	const { drafts } = (await office.desk("author", "/admin/drafts")).json;
	const draft = drafts.find(({ release }) => release === one.slug);
	if (!draft)
		return far ? [0, 1, 5] : [0, 1];
	return draft.state === "scheduled" ? 4 : 2 + draft.have;
}

const totals = { kills: 0, acknowledged: 0, unanswered: 0, done: 0, undone: 0, refused: 0 };

// Acts until the desk is no more; *open: the last one got no answer.
async function work(office, stories, over) {
	while (!over.yet) {
		const mine = story(office);
		stories.push(mine);
		while (mine.at < mine.acts.length && !over.yet) {
			const answer = await mine.acts[mine.at]();
			if (!answer) {
				mine.open = true;
				totals.unanswered++;
				return;
			}
			assert.ok(answer.status < 300 || answer.status === 503, answer.text);
			if (answer.status === 503) {
				totals.refused++;
				return;
			}
			mine.at++;
			totals.acknowledged++;
		}
	}
}

async function check(office, mine) {
	const there = [await measure(office, mine)].flat();
	const may = mine.open ? [mine.at, mine.at + 1] : [mine.at];
	const at = may.findLast((step) => there.includes(step));
	assert.ok(at !== undefined, `acknowledged up to ${mine.at}, and it stands at ${there}`);
	totals[at > mine.at ? "done" : "undone"] += mine.open ? 1 : 0;
	if (mine.at >= 1)
		assert.ok(fs.readFileSync(office.kept(mine.one.files["a.png"])).equals(mine.one.files["a.png"]), "its file");
	// On to its end: what was done is done again first, where nobody was told.
	for (let step = mine.at; step < mine.acts.length; step++) {
		const answer = await mine.acts[step]();
		assert.ok(answer.status < 300 || (step === 4 && answer.status === 404), `act ${step}: ${answer.text}`);
	}
	assert.equal(await office.isPublic(mine.one), !mine.far);
}

async function round(office) {
	const stories = [], over = { yet: false }, which = random(10);
	const clients = Array.from({ length: CLIENTS }, () => work(office, stories, over));
	await wait(2 + random(60));
	const names = which < 7 ? ["desk"] : which < 9 ? ["public"] : ["desk", "public"];
	await Promise.all(names.map((name) => office.kill(name)));
	over.yet = true;
	await Promise.all(clients);
	for (const name of names)
		await office.start(name);
	office.fsck();
	for (const mine of stories)
		await check(office, mine);
	totals.kills += names.length;
}

test(`${KILLS} kills at random moments lose nothing that was acknowledged`, async (t) => {
	while (totals.kills < KILLS) {
		const office = await Office.open();
		try {
			for (const until = Math.min(KILLS, totals.kills + PER_STORE); totals.kills < until;)
				await round(office);
			office.fsck();
		} catch (error) {
			error.message = `CRASH_SEED=${seed}, after ${totals.kills} kills: ${error.message}`;
			throw error;
		} finally {
			await office.close();
		}
	}
	t.diagnostic(`${totals.kills} kills; ${totals.acknowledged} acts acknowledged, 0 lost; ` +
		`${totals.unanswered} got no answer: ${totals.done} of them were done, ${totals.undone} not, none half`);
	assert.ok(totals.acknowledged > KILLS);
});
