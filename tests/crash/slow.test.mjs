// A commit can be seen in the file before it is on the disk and counts. On a disk that takes long
// (slow.c) a page that is asked for all the time is made in between, from what was before, and must
// not stay as what is after.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { call } from "../http/fastcgi.mjs";
import { sha256 } from "../http/keys.mjs";
import { BUILD, release, Site } from "../http/site.mjs";

const READERS = 6, KILLS = 4;

let site;
before(async () => {
	site = await Site.start();
	Object.assign(site.services.desk.env, { LD_PRELOAD: path.join(BUILD, "tests/crash/slow.so"), SLOW_MS: "20" });
	await site.restart("desk");
});
after(() => site?.stop());

const ask = (target) => call(path.join(site.state, "public.sock"), { target });

// Who asks for it again and again while `act` is done.
async function besides(target, act) {
	let over = false, asked = 0;
	const readers = Array.from({ length: READERS }, async () => {
		for (; !over; asked++)
			await ask(target);
	});
	try {
		await act();
	} finally {
		over = true;
		await Promise.all(readers);
	}
	assert.ok(asked > READERS, "nobody read");
}

test("what was killed is gone when the desk has said so, however often it is asked for", async () => {
	for (let n = 1; n <= KILLS; n++) {
		const slug = `2026-11-23-number-${n}`, text = release({ Release: slug });
		await site.publish(text);
		const kill = release({ Release: slug, Revision: "2", Previous: sha256(text), Change: "kill", "Change-Note": "A name." }, "");
		await site.putDraft("author", `en/${slug}`, kill);
		await besides(`/en/releases/${slug}`, async () => {
			const { json, text: said } = await site.signDraft("approver", `en/${slug}`, kill);
			assert.equal(json.state, "public", said);
		});
		assert.equal((await ask(`/en/releases/${slug}`)).status, 410, slug);
	}
});

test("so is a new key set", async () => {
	const first = fs.readFileSync(path.join(site.state, "keys-1.txt"), "utf8");
	const next = first.replace("version 1\n", "version 2\n").replace("previous -\n", `previous ${sha256(first)}\n`);
	await besides("/keys/current", () => site.admitKeys(2, next));
	assert.equal((await ask("/keys/current")).text, next);
});
