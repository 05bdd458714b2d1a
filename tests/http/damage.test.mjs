// A store that is damaged: who opens it says so, and what to do, and does not just die.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { COMMUNIQUED, release, serving, Site } from "./site.mjs";

const PAGE = 4096, COMMANDS = ["fsck", "serve", "desk"];

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

// A service until it serves, and is ended, or ends by itself.
function started(words) {
	return new Promise((done) => {
		const child = spawn(COMMUNIQUED, words, { stdio: ["ignore", "ignore", "pipe"] });
		let stderr = "";
		child.stderr.on("data", (piece) => {
			const before = stderr.includes("event=serving");
			stderr += piece;
			if (!before && stderr.includes("event=serving"))
				child.kill();
		});
		child.on("close", (status, signal) => done({ status, signal, stderr }));
	});
}

// Each command on a store with these bytes. Those that run into the damage say what it is; others
// may have found nothing of it yet.
async function told(bytes, commands = COMMANDS) {
	const all = [], conf = path.join(site.state, "communique.conf");
	fs.writeFileSync(data, bytes);
	for (const name of commands) {
		const { status, signal, stderr } = name === "fsck"
			? spawnSync(COMMUNIQUED, [name, "-c", conf], { encoding: "utf8", timeout: 60000 })
			: await started(serving(name, conf));
		const which = `${name}: ${status} ${signal} ${stderr}`;
		assert.ok(signal === null && [0, 1, 3].includes(status), which);
		if (status !== 0)
			assert.match(stderr, /DAMAGED STORE/, which);
		all.push(status);
	}
	return all;
}

test("a store that is cut off", async () => {
	for (const pages of [2, 3, 8, Math.floor(whole.length / PAGE / 2)])
		assert.equal((await told(whole.subarray(0, pages * PAGE)))[0], 3, `${pages} pages`);
	assert.deepEqual(await told(Buffer.alloc(0), ["fsck", "serve"]), [3, 3]);
});

test("a store with pages that cannot be", async () => {
	let found = 0;
	for (let page = 2; page < whole.length / PAGE; page++) {
		const bytes = Buffer.from(whole);
		// The flags of a page: which kind it is.
		bytes.writeUInt16LE(0x04, page * PAGE + 10);
		found += (await told(bytes, ["fsck"]))[0] === 0 ? 0 : 1;
	}
	assert.ok(found > whole.length / PAGE / 4, `${found} of ${whole.length / PAGE}`);
});
