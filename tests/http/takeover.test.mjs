// A new version takes over the sockets of the old one, as under a service manager: while
// readers read and editors write, no request fails.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { release, Site, TOP, until, wait } from "./site.mjs";

const TAKEOVER = path.join(TOP, process.env.BUILD ?? "build", "tests/tools/takeover");

let site;
before(async () => {
	site = await Site.start({ quorum: 1 });
	for (const name of ["public", "desk"]) {
		const service = site.services[name];
		await service.stop();
		service.args = [path.join(site.state, `${name}.sock`), service.program, ...service.args];
		service.program = TAKEOVER;
		service.start();
	}
	await site.ready();
	await site.publish(release());
});
after(() => site?.stop());

test("the inherited socket is served, and no other", async () => {
	assert.equal((await site.get("/en/releases/2026-11-23-first")).status, 200);
});

test("five takeovers of the public process under load: no request fails", async (t) => {
	let over = false, asked = 0;
	const reader = async () => {
		while (!over) {
			const { status } = await site.get(asked++ % 2 ? "/en/" : "/en/releases/2026-11-23-first.json");
			assert.equal(status, 200);
		}
	};
	const readers = Promise.all(Array.from({ length: 8 }, reader));
	for (let i = 0; i < 5; i++) {
		site.services.public.child.kill("SIGHUP");
		await wait(700);
	}
	over = true;
	await readers;
	t.diagnostic(`${asked} requests, none failed`);
	assert.ok(asked > 500, String(asked));
});

// Of desks there is one at a time, so it has no takeover; but its socket is there before it.
test("what is sent to the desk while it starts waits, and is done", async () => {
	const text = release({ Release: "2026-11-23-meanwhile" });
	const log = () => fs.readFileSync(path.join(site.state, "desk.log"), "utf8");
	const times = (event) => log().split(` event=${event} door=desk`).length - 1;
	const served = times("serving"), stopped = times("stopping");
	site.services.desk.child.kill("SIGUSR2");
	await until("the old one has heard it", 100, () => times("stopping") > stopped);
	const answer = await site.putDraft("author", "en/2026-11-23-meanwhile", text);
	assert.equal(answer.status, 201, answer.text);
	await until("the new one has served it", 100, () => times("serving") > served);
	await until("it is there", 20, async () =>
		(await site.admin("author", "/admin/drafts/en/2026-11-23-meanwhile")).text === text);
});
