// A mistake that lets a stranger run what he wants in one of the two processes: what he gets then.
// Each thing is tried by the process itself (hole.c), in the sandbox it is in when it answers.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { call } from "../http/fastcgi.mjs";
import { BUILD, COMMUNIQUED, Site, release, until } from "../http/site.mjs";

const HOLE = path.join(BUILD, "tests/takeover/communiqued");
const SUPERVISOR = path.join(BUILD, "tests/tools/supervisor");

let site, elsewhere, ears; // sockets of a service manager, and of somebody whom nobody is to tell anything
before(async () => {
	elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), "takeover-"));
	site = await Site.start();
	await site.publish(release());
	await site.putDraft("author", "en/2026-11-23-secret", release({ Release: "2026-11-23-secret" }));
	// An editor's key, and a file of somebody's, where no service has business.
	fs.copyFileSync(`${site.keyPath("author")}.key`, path.join(elsewhere, "author.key"));
	fs.writeFileSync(path.join(elsewhere, "file"), "somebody's");
	ears = ["notify", "other"].map((name) => spawn(SUPERVISOR, [path.join(elsewhere, name)]));
	for (const ear of ears) {
		ear.heard = "";
		ear.stdout.on("data", (piece) => {
			ear.heard += piece;
		});
		await until("it listens", 100, () => ear.heard);
	}
	for (const door of ["public", "desk"]) {
		site.services[door].program = HOLE;
		site.services[door].env = { NOTIFY_SOCKET: path.join(elsewhere, "notify"), WATCHDOG_USEC: "900000" };
	}
	await Promise.all(["public", "desk"].map((door) => site.restart(door)));
});
after(async () => {
	await site?.stop();
	for (const ear of ears ?? [])
		ear.kill();
	fs.rmSync(elsewhere, { recursive: true, force: true });
});

const inState = (...names) => path.join(site.state, ...names);
const pid = (door) => site.services[door].child.pid;
async function attempt(door, name, argument = "") {
	const answer = await call(inState(`${door}.sock`), { target: `/hole/${name}~${argument}` });
	assert.equal(answer?.status, 200, `${door} ${name}: it did not survive its own try`);
	assert.notEqual(answer.text, "unknown", name);
	return answer.text;
}

// Where a process has a file of the store mapped.
const mapped = (door, name) => fs.readFileSync(`/proc/${pid(door)}/maps`, "utf8").split("\n")
	.find((line) => line.endsWith(name)).split("-")[0];

test("the program that is installed has no hole, and the other has", () => {
	const words = (program) => execFileSync("grep", ["-ac", "makes_a_nameless_file\\|/hole/"], { input: fs.readFileSync(program), encoding: "utf8" });
	assert.ok(Number(words(HOLE)) > 0);
	assert.throws(() => words(COMMUNIQUED), ({ stdout }) => stdout === "0\n");
});

// What stands in the tables below: [what is tried, with what, what it gets]. A name of an errno is
// how it was kept from it.
const DENIED = "EACCES", FORBIDDEN = "EPERM";
const other = (door) => (door === "public" ? "desk" : "public");

// Neither process needs any of this.
const never = (door) => [
	["maps_code", "", FORBIDDEN], ["makes_data_run", "", FORBIDDEN], ["makes_a_nameless_file", "", FORBIDDEN],
	["starts", "/bin/true", FORBIDDEN], ["starts_by_descriptor", "/bin/true", FORBIDDEN],
	["forks", "", FORBIDDEN], ["forks_by_the_new_call", "", "ENOSYS"],
	...["signals", "signals_a_thread", "signals_any_thread", "signals_with_a_word", "gets_a_handle_of", "traces",
		"looks_into", "writes_into", "limits", "slows_down"].map((name) => [name, pid(other(door)), FORBIDDEN]),
	["signals", process.pid, FORBIDDEN], ["signals", site.services.nginx.child.pid, FORBIDDEN],
	...["makes_tcp", "makes_tcp6", "makes_udp", "makes_netlink", "makes_a_pair"].map((name) => [name, "", FORBIDDEN]),
	["connects", inState(`${other(door)}.sock`), FORBIDDEN], ["connects", "/run/systemd/private", FORBIDDEN], ["binds", inState("new.sock"), FORBIDDEN],
	["sends_elsewhere", path.join(elsewhere, "other"), FORBIDDEN],
	["makes_a_ring", "", FORBIDDEN], ["mounts", "/mnt", FORBIDDEN], ["leaves_its_namespace", "", FORBIDDEN],
	["loads_a_filter", "", FORBIDDEN], ["becomes_another", "", FORBIDDEN], ["shares_memory", "", FORBIDDEN],
	["types_in_its_terminal", "", FORBIDDEN],
	["reads", `/proc/${pid(other(door))}/mem`, DENIED], ["reads", "/proc/self/mem", DENIED], ["writes", "/proc/self/mem", DENIED],
	["reads", `/proc/${pid(other(door))}/environ`, DENIED], ["reads", "/etc/passwd", DENIED], ["reads", "/etc/shadow", DENIED],
	["reads", path.join(elsewhere, "author.key"), DENIED], ["reads", path.join(elsewhere, "file"), DENIED], ["lists", elsewhere, DENIED],
	...["writes", "appends", "removes", "moves", "links", "points"].map((name) => [name, path.join(elsewhere, "file"), DENIED]),
	...["makes", "makes_a_folder"].map((name) => [name, path.join(elsewhere, "new"), DENIED]),
	["makes", "/tmp/communique-hole", DENIED], ["reads", "/dev/urandom", DENIED], ["writes", "/dev/null", DENIED],
];

// The public process has the store to read, and nothing else.
const ofTheReader = () => [
	...["data.mdb", "lock.mdb"].flatMap((name) => [
		["writes", inState("store", name), DENIED], ["appends", inState("store", name), DENIED], ["cuts", inState("store", name), FORBIDDEN],
		["removes", inState("store", name), DENIED], ["moves", inState("store", name), DENIED], ["links", inState("store", name), DENIED],
		["points", inState("store", name), DENIED], ["opens_up", inState("store", name), FORBIDDEN], ["gives_away", inState("store", name), FORBIDDEN],
		["backdates", inState("store", name), FORBIDDEN], ["labels", inState("store", name), FORBIDDEN],
		["cuts_what_it_has", inState("store", name), FORBIDDEN], ["opens_anew_what_it_has", inState("store", name), DENIED],
	]),
	["makes", inState("store/files/new"), DENIED], ["makes_a_folder", inState("store/new"), DENIED], ["lists", inState("store"), DENIED],
	["writes_to_what_it_has", inState("store/data.mdb"), "EBADF"],
	["maps_to_write_what_it_has", inState("store/data.mdb"), DENIED],
	["makes_its_map_writable", mapped("public", "/store/data.mdb"), DENIED],
	...["log.key", "preview.key", "log.state", "keys/root.key", "keys/author.key", "keys/approver.key", "communique.conf", "spool"]
		.map((name) => ["reads", inState(name), DENIED]),
	["makes", inState("new"), DENIED], ["writes", inState("log.state"), DENIED], ["removes", inState("desk.sock"), DENIED],
];

const doors = { public: () => [...never("public"), ...ofTheReader()], desk: () => never("desk") };

for (const door of Object.keys(doors))
	test(`${door}: whoever has taken it over is kept from all that it does not need`, async (t) => {
		const before = site.dump(), tries = doors[door]();
		const allowed = [];
		for (const [name, argument, wanted] of tries) {
			const got = await attempt(door, name, argument);
			if (got !== wanted)
				allowed.push(`${name} ${argument}: ${got}, and not ${wanted}`);
		}
		assert.deepEqual(allowed, []);
		t.diagnostic(`${tries.length} tries: ${[...new Set(tries.map(([name]) => name))].join(" ")}`);
		assert.deepEqual(site.dump(), before);
		assert.equal(fs.readFileSync(path.join(elsewhere, "file"), "utf8"), "somebody's");
		assert.equal(ears[1].heard, "listening\n");
		const heard = ears[0].heard.length;
		await until("it says that it lives, all the same", 100, () => ears[0].heard.slice(heard).includes("WATCHDOG=1"));
		assert.equal((await site.get("/en/releases/2026-11-23-first")).status, 200);
		assert.equal((await site.admin("author", "/admin/drafts")).status, 200);
	});

test("what each needs it has: the reader its store, the desk its store, spool and state", async () => {
	assert.equal(await attempt("public", "reads", inState("store/data.mdb")), "done");
	assert.equal(await attempt("desk", "reads", inState("log.key")), "done");
	assert.equal(await attempt("desk", "makes", inState("spool/new")), "done");
	assert.equal(await attempt("desk", "moves", inState("spool/new")), "done");
	assert.equal(await attempt("desk", "makes", inState("store/files/new")), "done");
	assert.equal(await attempt("desk", "removes", inState("store/files/new")), "done");
});

test("a desk that tells others makes connections, and still no process", async () => {
	const { desk } = site.services, conf = inState("communique.conf"), lines = fs.readFileSync(conf, "utf8");
	fs.writeFileSync(conf, `${lines}websub-hub = http://127.0.0.1:9/\n`);
	await site.restart("desk");
	assert.equal(await attempt("desk", "makes_tcp"), "done");
	assert.equal(await attempt("desk", "reads", "/etc/hosts"), "done");
	for (const [name, argument] of [["starts", "/bin/true"], ["forks"], ["maps_code"], ["signals", pid("public")]])
		assert.equal(await attempt("desk", name, argument), FORBIDDEN, name);
	for (const [name, argument] of [["reads", path.join(elsewhere, "author.key")], ["writes", "/etc/hosts"], ["makes", path.join(elsewhere, "new")]])
		assert.equal(await attempt("desk", name, argument), DENIED, name);
	fs.writeFileSync(conf, lines);
	await site.restart("desk");
	assert.ok(desk.child.pid);
});

// The same tries by a process that gave nothing up: else a try that cannot work would count.
test("without the sandbox the same tries succeed", async () => {
	const { public: service } = site.services;
	await service.stop();
	service.env = { HOLE_OPEN: "1", NOTIFY_SOCKET: path.join(elsewhere, "notify") };
	service.start();
	await until("it answers", 100, async () => (await call(inState("public.sock"), { target: "/healthz" }))?.status === 200);
	const file = path.join(elsewhere, "file"), copy = (name) => {
		fs.copyFileSync(file, path.join(elsewhere, name));
		return path.join(elsewhere, name);
	};
	const tries = [...["maps_code", "makes_data_run", "makes_a_nameless_file", "forks", "forks_by_the_new_call", "makes_tcp", "makes_udp",
		"makes_netlink", "makes_a_pair", "makes_a_ring", "leaves_its_namespace", "becomes_another", "shares_memory"].map((name) => [name]),
	...["signals", "signals_a_thread", "signals_any_thread", "signals_with_a_word", "gets_a_handle_of", "looks_into", "writes_into", "limits", "slows_down"].map((name) => [name, pid("desk")]),
	["reads", inState("log.key")], ["reads", path.join(elsewhere, "author.key")], ["reads", "/proc/self/mem"], ["lists", elsewhere],
	...["writes", "appends", "cuts", "opens_up", "gives_away", "backdates", "links", "removes"].map((name) => [name, copy(`try-${name}`)]),
	["moves", copy("try-moves")], ["points", copy("try-points")], ["makes", path.join(elsewhere, "new")], ["makes_a_folder", path.join(elsewhere, "folder")],
	["connects", inState("desk.sock")], ["binds", inState("new.sock")], ["sends_elsewhere", path.join(elsewhere, "other")],
	["cuts_what_it_has", inState("store/lock.mdb")], ["opens_anew_what_it_has", inState("store/data.mdb")]];
	for (const [name, argument] of tries)
		assert.equal(await attempt("public", name, argument), "done", name);
});
