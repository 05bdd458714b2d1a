// A store that is damaged: who opens it says so, and what to do, and does not just die.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { COMMUNIQUED, release, serving, Site } from "./site.mjs";

const PAGE = 4096, COMMANDS = [["fsck"], ["serve"], ["desk"]];

let site, data, whole;
before(async () => {
	site = await Site.start();
	for (let n = 1; n <= 12; n++)
		await site.publish(release({ Release: `2026-11-23-number-${n}` }));
	for (const name of ["nginx", "public", "desk"])
		await site.services[name].stop();
	data = path.join(site.state, "store/data.mdb");
	whole = fs.readFileSync(data);
});
after(() => site?.stop());

// Each command on a store with these bytes. Those that run into the damage say what it is; others
// may have found nothing of it yet, and are ended.
function told(bytes, commands = COMMANDS, says = /DAMAGED STORE/) {
	fs.writeFileSync(data, bytes);
	return commands.map(([name]) => {
		const words = name === "fsck" ? [name, "-c", path.join(site.state, "communique.conf")]
			: serving(name, path.join(site.state, "communique.conf"));
		const { status, signal, stderr } = spawnSync(COMMUNIQUED, words, { encoding: "utf8", timeout: 1500, killSignal: "SIGTERM" });
		const which = `${name}: ${status} ${signal} ${stderr}`;
		assert.ok(signal === null, which);
		if (name === "fsck")
			assert.ok([0, 1, 3].includes(status), which);
		else
			assert.ok([0, 3].includes(status), which);
		if (status === 1 || status === 3)
			assert.match(stderr, says, which);
		return status;
	});
}

test("a store that is cut off", () => {
	for (const pages of [2, 3, 8, Math.floor(whole.length / PAGE / 2)])
		assert.equal(told(whole.subarray(0, pages * PAGE))[0], 3, `${pages} pages`);
	assert.deepEqual(told(Buffer.alloc(0), [["fsck"], ["serve"]]), [3, 3]);
});

test("a store with pages that cannot be", () => {
	let found = 0;
	for (let page = 2; page < whole.length / PAGE; page++) {
		const bytes = Buffer.from(whole);
		// The flags of a page: which kind it is.
		bytes.writeUInt16LE(0x04, page * PAGE + 10);
		found += told(bytes, [["fsck"]])[0] === 0 ? 0 : 1;
	}
	assert.ok(found > whole.length / PAGE / 4, `${found} of ${whole.length / PAGE}`);
});

test("a store whose bytes are others", () => {
	let seed = 20261130;
	const random = (below) => {
		seed = (seed * 48271) % 0x7fffffff;
		return seed % below;
	};
	for (let times = 0; times < 60; times++) {
		const bytes = Buffer.from(whole);
		for (let i = 0; i < 24; i++)
			bytes[2 * PAGE + random(bytes.length - 2 * PAGE)] = random(256);
		told(bytes, [["fsck"]], /^communiqued: |level=error|DAMAGED STORE/m);
	}
});
