// A backup and a restore, stopped or failed at each of their steps on disk: what they make is
// there whole or not at all, the site itself is untouched, and the same command again succeeds.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { COMMUNIQUED } from "../http/site.mjs";
import { Control, FAIL_EIO, FAIL_ENOSPC, FAIL_EROFS, KILL_AFTER, KILL_BEFORE, KILL_HALFWAY, Office } from "./office.mjs";

const LONG = process.env.CRASH === "long";
const KILLS = LONG ? [KILL_BEFORE, KILL_HALFWAY, KILL_AFTER] : [KILL_HALFWAY];
const FAILURES = LONG ? [FAIL_EIO, FAIL_ENOSPC, FAIL_EROFS].flatMap((how) => [{ how }, { how, lasting: true }])
	: [{ how: FAIL_EIO }, { how: FAIL_ENOSPC, lasting: true }];

let office, control, from, kills = 0, refused = 0;
const file = (...names) => path.join(office.site.state, ...names);
const PART = ".communique-part";

function run(args, env = {}) {
	const { status, signal, stdout, stderr } = spawnSync(COMMUNIQUED, args,
		{ encoding: "utf8", timeout: 60000, env: { ...process.env, ...env } });
	return { status, signal, says: stdout + stderr };
}
function done(...args) {
	const { status, says } = run(args);
	assert.equal(status, 0, `${args.join(" ")}: ${says}`);
}
const bytesOf = (folder) => crypto.createHash("sha256").update(fs.readFileSync(path.join(folder, "store/data.mdb"))).digest("hex");

// prepare(): the folder in which it is made; whole(): what was made is what it should be.
const commands = {
	"a backup": {
		prepare() {
			fs.rmSync(file("made"), { recursive: true, force: true });
			fs.mkdirSync(file("made"));
			return { args: ["backup", "-c", file("communique.conf"), "--link", file("before"), file("made/new")], made: file("made/new"), beside: file("made") };
		},
		whole: ({ made }) => done("fsck", "--backup", made),
	},
	"a restore": {
		prepare() {
			const to = file("made");
			fs.rmSync(to, { recursive: true, force: true });
			fs.mkdirSync(to);
			for (const name of ["log.key", "log.state"])
				fs.copyFileSync(file(name), path.join(to, name));
			return { args: ["restore", from, to], made: path.join(to, "store"), beside: to };
		},
		whole({ beside }) {
			done("fsck", "-c", path.join(beside, "communique.conf"));
			assert.equal(bytesOf(beside), bytesOf(from));
		},
	},
};

before(async () => {
	office = await Office.open();
	control = new Control(office.site.state, "control.command");
	for (let i = 0; i < 2; i++) {
		const one = office.next({}, { "a.png": crypto.randomBytes(9000) });
		for (const bytes of Object.values(one.files))
			await office.upload(bytes);
		await office.save(one);
		await office.sign(one, "author");
		assert.equal((await office.sign(one, "approver")).status, 200);
		if (i === 0)
			done("backup", "-c", file("communique.conf"), file("before"));
	}
	// It would tidy meanwhile, and then there are other pages to copy than were counted.
	await office.site.services.desk.stop();
	from = file("from");
	done("backup", "-c", file("communique.conf"), from);
});
after(() => office?.close());

function finish(command, what) {
	if (!fs.existsSync(what.made))
		done(...what.args);
	assert.ok(!fs.existsSync(path.join(what.beside, PART)));
	command.whole(what);
}

function stopAt(command, how, at) {
	const what = command.prepare();
	control.arm({ at, how });
	const { signal, says } = run(what.args, control.env);
	assert.ok(control.disarm() >= at);
	assert.equal(signal, "SIGKILL", says);
	kills++;
	finish(command, what);
}

function failAt(command, fault) {
	const what = command.prepare();
	control.arm(fault);
	const { status, signal, says } = run(what.args, control.env);
	control.disarm();
	assert.equal(signal, null, says);
	if (status !== 0) {
		refused++;
		assert.equal(status, 3, says);
		assert.match(says, /No space left|Input\/output error|Read-only file system|the disk of the store/);
		// When the very last step failed, it has its name already.
		if (fs.existsSync(what.made))
			command.whole(what);
		assert.ok(!fs.existsSync(path.join(what.beside, PART)), says);
	}
	finish(command, what);
}

for (const [name, command] of Object.entries(commands)) {
	const steps = () => {
		const what = command.prepare();
		control.arm();
		assert.equal(run(what.args, control.env).status, 0);
		const count = control.disarm();
		command.whole(what);
		assert.ok(count > 15, `${count} steps are too few to be true`);
		return count;
	};
	const each = (count, hows, meet) => {
		for (const how of hows)
			for (let at = 1; at <= count; at++)
				try {
					meet(how, at);
				} catch (error) {
					error.message = `${JSON.stringify(how)} at step ${at} of ${count}: ${error.message}`;
					throw error;
				}
		office.fsck();
	};

	test(`${name}: killed at every step on disk`, (t) => {
		const count = steps();
		each(count, KILLS, (how, at) => stopAt(command, how, at));
		t.diagnostic(`${count} steps`);
	});

	test(`${name}: the disk fails at every step`, () => {
		each(steps(), FAILURES, (fault, at) => failAt(command, { at, ...fault }));
	});
}

test("each was met", (t) => {
	t.diagnostic(`${kills} kills, ${refused} failures told`);
	assert.ok(kills > 30 && refused > 30, `${kills} ${refused}`);
});
