// `make run`, as a newcomer meets it: a filled site, services that come back, a clean end.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { COMMUNIQUE, freePort, seeds, TOP, until, wait } from "./site.mjs";
import { ask } from "./wire.mjs";

let state, port, url, run;

class Run {
	constructor(env = {}) {
		this.said = "";
		this.child = spawn(path.join(TOP, "src/build/run.sh"), {
			cwd: "/", env: { ...process.env, STATE: state, PORT: String(port), ...env,
				BUILD: path.resolve(TOP, process.env.BUILD ?? "build") },
			stdio: ["ignore", "pipe", "pipe"],
		});
		for (const stream of [this.child.stdout, this.child.stderr])
			stream.on("data", (piece) => { this.said += piece; });
		this.gone = new Promise((done) => this.child.once("exit", (code, signal) => {
			this.over = true;
			done(signal ?? code);
		}));
	}

	async ready() {
		const dead = this.gone.then((how) => { throw new Error(`it ended (${how}):\n${this.said}`); });
		await Promise.race([dead, until("make run invites", 1200, 
			() => this.over || this.said.includes("It is at "))]);
	}
}

// Processes whose command line names our state folder.
const ours = () => fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => {
	try {
		return { pid: Number(pid), line: fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") };
	} catch {
		return { pid: 0, line: "" };
	}
}).filter(({ line }) => line.includes(state));

before(async () => {
	state = fs.mkdtempSync(path.join(os.tmpdir(), "communique-run-"));
	port = await freePort();
	url = `http://127.0.0.1:${port}`;
});
after(async () => {
	run?.child.kill("SIGTERM");
	await run?.gone;
	for (const { pid } of ours())
		process.kill(pid, "SIGKILL");
	fs.rmSync(state, { recursive: true, force: true });
});

test("the first start makes keys, a site and its sample releases", async () => {
	run = new Run();
	await run.ready();
	assert.equal((await ask(`${url}/healthz`)).status, 200);
	for (const name of ["communique.conf", "nginx.conf", "store", "keys/root.key", "keys/root.pub",
		"keys/author.key", "keys/author.pub", "keys/approver.key", "keys/approver.pub"])
		assert.ok(fs.existsSync(path.join(state, name)), name);
	assert.ok(seeds().length >= 12);
	for (const { text, address } of seeds()) {
		assert.equal((await ask(url + address)).status, 200, address);
		assert.equal((await ask(`${url}${address}.txt`)).text, text, "the very file of seeds/");
	}
});

test("it says what to open, and commands that work as they are printed", async () => {
	assert.ok(run.said.includes(`${url}/`));
	const commands = run.said.split("\n").filter((line) => line.startsWith("    ")).map((line) => line.trim());
	assert.equal(commands.length, 8, run.said);
	// They are meant for a terminal, where approve asks before it signs.
	const script = commands.map((line) => (/ approve /.test(line) ? `${line} --yes` : line)).join("\n");
	execFileSync("bash", ["-euc", script], { cwd: TOP, stdio: ["ignore", "pipe", "pipe"] });
	const [, address] = /It is at (\S+) then/.exec(run.said);
	assert.match((await ask(address)).text, /Two people signed it\./);
});

test("a service that dies is started again at once", async () => {
	for (const word of ["serve", "desk", "nginx.conf"]) {
		const find = () => ours().find(({ line }) => line.includes(` ${word}`) || line.includes(`/${word}`));
		const { pid } = find();
		process.kill(pid, "SIGKILL");
		await until(`${word} is there again`, 60, () => find() && find().pid !== pid);
		await until("it answers", 60, async () => (await ask(`${url}/en/`)).status === 200 &&
			(await ask(`${url}/admin/drafts`)).status === 401);
	}
});

test("a second one, or a port that is taken: a clear message, and the first goes on", async () => {
	const second = new Run();
	assert.equal(await second.gone, 1);
	assert.match(second.said, /another make run/);
	const server = net.createServer();
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	const taken = server.address().port;
	const third = new Run({ PORT: String(taken), STATE: path.join(state, "third") });
	assert.equal(await third.gone, 1);
	assert.match(third.said, new RegExp(`port ${taken} is taken`));
	server.close();
	assert.equal((await ask(`${url}/healthz`)).status, 200);
});

for (const signal of ["SIGINT", "SIGTERM"])
	test(`${signal} stops all of it and leaves nothing running; the next start keeps everything`, async () => {
		run.child.kill(signal);
		assert.equal(await run.gone, 0, run.said);
		assert.deepEqual(ours(), []);
		const before = run.said;
		const began = Date.now();
		run = new Run();
		await run.ready();
		assert.ok(Date.now() - began < 5000, "the second start is quick");
		assert.ok(before.includes(url) && run.said.includes(url));
		assert.equal((await ask(`${url}/en/`)).status, 200);
	});

test("killed -9, it leaves nothing running either", async () => {
	run.child.kill("SIGKILL");
	await until("nothing of it is left", 100, () => ours().length === 0);
	await wait(100);
});

test("another port: the same site at its new address", async () => {
	port = await freePort();
	url = `http://127.0.0.1:${port}`;
	run = new Run();
	await run.ready();
	const listed = execFileSync(COMMUNIQUE, ["drafts"], {
		encoding: "utf8", env: { ...process.env, XDG_CONFIG_HOME: path.join(state, "author") },
	});
	assert.equal(typeof listed, "string");
	run.child.kill("SIGTERM");
	assert.equal(await run.gone, 0);
	assert.deepEqual(ours(), []);
});
