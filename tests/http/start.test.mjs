// Every way in which a service cannot start, tried: it says what is wrong, names the file and
// what to do, ends with its status, and leaves everything as it was. And what does not stop the
// desk but will stop a publication is said before anybody wants to publish.
//
// A broken theme is theme.test.mjs's, a socket that another process listens on torture.test.mjs's.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { call } from "./fastcgi.mjs";
import { newKey, sha256, writeKey } from "./keys.mjs";
import { AS_ROOT, BUILD, COMMUNIQUED, Site, until, wait } from "./site.mjs";

const NOBODY = 65534;
const ROOT = process.getuid() === 0;
const SUPERVISOR = path.join(BUILD, "tests/tools/supervisor");
let whole, folder; // a site as it is when both services have ended; the copy for one case

before(async () => {
	const site = await Site.start();
	await site.services.nginx.stop();
	await site.services.public.stop();
	await site.services.desk.stop();
	whole = fs.mkdtempSync(path.join(os.tmpdir(), "communique-start-"));
	fs.chmodSync(whole, 0o755);
	for (const name of ["communique.conf", "store", "spool", "log.key", "log.state", "preview.key"])
		fs.cpSync(path.join(site.state, name), path.join(whole, "site", name), { recursive: true });
	// As `communiqued init` leaves it.
	const settings = path.join(whole, "site/communique.conf");
	fs.writeFileSync(settings, fs.readFileSync(settings, "utf8").replace(/^log-level = .*\n/m, ""));
	await site.stop();
});
after(() => {
	execFileSync("chmod", ["-R", "u+rwX", whole]);
	fs.rmSync(whole, { recursive: true, force: true });
});

const at = (name) => path.join(folder, name);
const add = (...lines) => fs.appendFileSync(at("communique.conf"), `${lines.join("\n")}\n`);
const conf = (edit) => fs.writeFileSync(at("communique.conf"), edit(fs.readFileSync(at("communique.conf"), "utf8")));
const line = () => fs.readFileSync(at("communique.conf"), "utf8").split("\n").length - 1;

// Whoever is root may do all, so there the services are somebody else's.
const as = (args) => (ROOT ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", ...args] : args);
const own = () => { if (ROOT) execFileSync("chown", ["-R", `${NOBODY}:${NOBODY}`, folder]); };

function run(args, { limit = "", env = {} } = {}) {
	const [program, ...rest] = as(["sh", "-c", `${limit} exec "$@"`, "sh", COMMUNIQUED, ...args]);
	return spawnSync(program, rest, { encoding: "utf8", timeout: 10000, cwd: "/", env: { ...process.env, ...env } });
}

// Whoever is not root may have closed a file to himself.
function hash(name) {
	try {
		return sha256(fs.readFileSync(name));
	} catch (error) {
		assert.equal(error.code, "EACCES");
		return `closed, ${fs.statSync(name).mtimeMs} ${fs.statSync(name).size}`;
	}
}

// Every file, its mode and bytes; LMDB's lock, which whoever opens it writes to, by its mode alone.
function tree(top = folder) {
	return fs.readdirSync(top, { withFileTypes: true }).flatMap((entry) => {
		const name = path.join(top, entry.name), { mode, uid } = fs.lstatSync(name);
		if (entry.isDirectory())
			return [`${name} ${mode} ${uid}`, ...tree(name)];
		const bytes = entry.isFile() && !/^(lock\.mdb|writer\.lock)$/.test(entry.name) ? hash(name) : "";
		return [`${name} ${mode} ${uid} ${bytes}`];
	}).sort();
}

let copies = 0;
function begin() {
	folder = path.join(whole, `case-${++copies}`);
	fs.cpSync(path.join(whole, "site"), folder, { recursive: true });
}

// What is wrong, how that comes about, which commands stop at it, their status, and what their last
// line says.
const BOTH = ["serve", "desk"];
const cases = [
	["there is no configuration", {
		prepare: () => fs.unlinkSync(at("communique.conf")), commands: [...BOTH, "config", "fsck"], status: 3,
		says: [/there is no configuration .*communique\.conf: name yours with -c, or make a site with `communiqued init`/],
	}],
	["the configuration is a folder", {
		prepare: () => { fs.unlinkSync(at("communique.conf")); fs.mkdirSync(at("communique.conf")); }, status: 3,
		says: [/communique\.conf: Is a directory/],
	}],
	["the configuration may not be read", {
		prepare: () => fs.chmodSync(at("communique.conf"), 0o000), status: 3,
		says: [/the user \S+ may not open .*communique\.conf: look at its mode, and at those of the folders above it/],
	}],
	["the configuration is empty", {
		prepare: () => conf(() => ""), status: 1, says: [/communique\.conf: the setting site is missing/],
	}],
	["the configuration is something else", {
		prepare: () => fs.copyFileSync(COMMUNIQUED, at("communique.conf")), status: 1, says: [/communique\.conf has more than \d+ bytes/],
	}],
	["a line is none", { prepare: () => add("colour red"), status: 1, says: () => [`communique.conf, line ${line()}: expected key = value`] }],
	["a key is unknown", { prepare: () => add("colour = red"), status: 1, says: () => [`communique.conf, line ${line()}: there is no setting "colour"`] }],
	["a value is of another type", { prepare: () => add("threads = many"), status: 1, says: () => [`line ${line()}: threads is a number, not "many"`] }],
	["a value is too large", { prepare: () => add("threads = 257"), status: 1, says: () => [`line ${line()}: threads is at most 256`] }],
	["a level is none", { prepare: () => add("log-level = loud"), status: 1, says: () => [`line ${line()}: log-level is error, warning, info or debug`] }],
	["the url is none", {
		prepare: () => conf((text) => text.replace(/^url = .*$/m, "url = press.example")), status: 1,
		says: [/communique\.conf, line \d+: url is an https address such as https:\/\/press\.example, or http of this machine, not "press\.example"/],
	}],
	["the url is not safe to sign requests for", {
		prepare: () => conf((text) => text.replace(/^url = .*$/m, "url = http://press.example")), status: 1,
		says: [/communique\.conf, line \d+: url is an https address .*, or http of this machine, not "http:\/\/press\.example"/],
	}],
	["the site is no host name", {
		prepare: () => conf((text) => text.replace(/^site = .*$/m, "site = Press Example")), status: 1,
		says: [/communique\.conf, line \d+: site is a host name in lower case such as press\.example, not "Press Example"/],
	}],
	["a path is empty", { prepare: () => add("store ="), status: 1, says: () => [`line ${line()}: store is empty: leave the line out for store`] }],
	["a socket has no name", { prepare: () => add("public-socket ="), status: 1, says: () => [`line ${line()}: public-socket is empty`] }],
	["no attachment would be taken", { prepare: () => add("attachment-size = 0"), status: 1, says: () => [`line ${line()}: attachment-size is at least 1K`] }],
	["no store has room in a byte", { prepare: () => add("store-size = 1"), status: 1, says: () => [`line ${line()}: store-size is at least 1M`] }],
	["a language has no name for its menus", { prepare: () => add("chrome.en = fr"), status: 1, says: () => [`line ${line()}: chrome.en: there are no messages in "fr"`] }],
	["a zone is none", { prepare: () => add("time-zone = Asia/Atlantis"), status: 1, says: () => [`line ${line()}: time-zone:`, "Asia/Atlantis"] }],
	["a witness is none", { prepare: () => add("witnesses = w.example"), status: 1, says: () => [`line ${line()}: witnesses: "w.example"`] }],
	["the web server's group is unknown", { prepare: () => add("socket-group = nobodies"), status: 1, says: () => [`line ${line()}: socket-group: there is no group nobodies on this machine`] }],

	["there is no store", {
		prepare: () => fs.rmSync(at("store"), { recursive: true }), status: 3, commands: [...BOTH, "fsck"],
		says: [/communique\.conf: store: there is no store in .*\/store: is its disk mounted\? communiqued\(8\), RESTORING; init only for a new site/],
	}],
	["the store is an empty folder", {
		prepare: () => { fs.rmSync(at("store"), { recursive: true }); fs.mkdirSync(at("store")); }, status: 3, commands: ["serve"],
		says: [/there is no store in .*\/store: is its disk mounted\?/],
	}],
	["the store is a file", {
		prepare: () => { fs.rmSync(at("store"), { recursive: true }); fs.writeFileSync(at("store"), ""); }, status: 3, says: [/\/store/, /directory|folder/],
	}],
	["the store is something else", {
		prepare: () => fs.writeFileSync(at("store/data.mdb"), "no store ".repeat(2000)), status: 3,
		says: [/\/store\/data\.mdb is not a store of this program, or damaged/],
	}],
	["the store is of another site", {
		prepare: () => conf((text) => text.replace(/^site = .*$/m, "site = other.example")), status: 1,
		says: [/communique\.conf, line \d+: \S+\/store: the store is of the site "localhost", and the configuration of "other\.example"/],
	}],
	["the store may not be read", {
		prepare: () => fs.chmodSync(at("store/data.mdb"), 0o000), commands: ["serve"], status: 3, says: [/cannot read .*\/store\/data\.mdb \(its group may\): Permission denied/],
	}],
	["the store's lock may not be written", {
		prepare: () => fs.chmodSync(at("store/lock.mdb"), 0o440), commands: ["serve"], status: 3,
		says: [/readers must be able to write to .*\/store\/lock\.mdb \(its group may\): Permission denied/],
	}],
	["the store was never opened by a desk", {
		prepare: () => fs.unlinkSync(at("store/lock.mdb")), commands: ["serve"], status: 3, says: [/\/store\/lock\.mdb is missing: start the desk once, it makes it/],
	}],
	["the store may not be written", {
		prepare: () => { fs.rmSync(at("store/writer.lock"), { force: true }); fs.chmodSync(at("store"), 0o555); }, commands: ["desk"], status: 3,
		says: [/cannot write to the store .*\/store: Permission denied/],
	}],
	["more is reserved for the store than there is", {
		prepare: () => add("store-size = 1000000G"), commands: ["desk"], status: 3, says: [/does not reserve \d+ bytes of address space for the store: make store-size smaller/],
	}],

	["a socket's path is too long", {
		prepare: () => add(`public-socket = ${"s".repeat(100)}`, `desk-socket = ${"d".repeat(100)}`), status: 1,
		says: () => [`line ${line() - 1}: public-socket: with its folder it has ${folder.length + 101} bytes, and a socket's path at most 107`],
	}],
	["there is no folder for the sockets", {
		prepare: () => add("public-socket = run/a.sock", "desk-socket = run/b.sock"), status: 3, says: [/there is no folder for the socket .*\/run\/[ab]\.sock: make it/],
	}],
	["the sockets' folder may not be written", {
		prepare: () => { fs.mkdirSync(at("run"), { mode: 0o555 }); add("public-socket = run/a.sock", "desk-socket = run/b.sock"); }, status: 3,
		says: [/this user may not make .*\/run\/[ab]\.sock: its folder must be writable to it/],
	}],
	["something else is where the socket should be", {
		prepare: () => { fs.writeFileSync(at("public.sock"), "x"); fs.writeFileSync(at("desk.sock"), "x"); }, status: 3,
		says: [/\/(public|desk)\.sock is there and no socket: name another, or remove it/],
	}],
	["the web server's group is none of this user's", {
		prepare: () => add("socket-group = root"), status: 3, says: [/cannot give .*\.sock to the group root, which this user must belong to: Operation not permitted/],
	}],
	["what the service manager passes on is no socket", {
		prepare: () => {}, how: { limit: "export LISTEN_FDS=1 LISTEN_PID=$$; exec 3</dev/null;" }, status: 1, says: [/descriptor 3, which LISTEN_FDS passes on, is no listening socket/],
	}],
	["the service manager passes two on", {
		prepare: () => {}, how: { limit: "export LISTEN_FDS=2 LISTEN_PID=$$;" }, status: 1, says: [/LISTEN_FDS is not 1/],
	}],
	["there are too few descriptors", {
		prepare: () => {}, how: { limit: "ulimit -n 40;" }, status: 3, says: [/may open 40 files and connections, and needs \d+ at least: raise LimitNOFILE= of its unit, or ulimit -n/],
	}],
	["there are no descriptors at all", {
		prepare: () => {}, how: { limit: "ulimit -n 4;" }, status: 3, says: [/Too many open files|files and connections/],
	}],

	["there is no such theme", { prepare: () => add("theme = colours"), status: 3, says: [/line \d+: theme: cannot open the folder .*\/colours: No such file or directory/], commands: [...BOTH, "config"] }],
	["there is no such logo", { prepare: () => add("logo = logo.svg"), status: 3, says: [/line \d+: logo: .*there is no file .*\/logo\.svg/], commands: [...BOTH, "config"] }],
	["the logo is something else", {
		prepare: () => { add("logo = logo.png"); fs.writeFileSync(at("logo.png"), "<svg/>"); }, status: 1, says: [/\/logo\.png is no PNG file/],
	}],

	["the key of previews is none", {
		prepare: () => fs.writeFileSync(at("preview.key"), "short"), commands: ["desk"], status: 1, says: [/preview-key: .*\/preview\.key is no key: it has not 32 bytes\. Without it the desk makes another/],
	}],
	["the key of previews may not be read", {
		prepare: () => fs.chmodSync(at("preview.key"), 0o000), commands: ["desk"], status: 3, says: [/the user \S+ may not open .*\/preview\.key/],
	}],
	["the folder for uploads is a file", {
		prepare: () => { fs.rmSync(at("spool"), { recursive: true }); fs.writeFileSync(at("spool"), ""); }, commands: ["desk"], status: 3, says: [/spool: .*\/spool is there, and no folder/],
	}],
	["the folder for uploads may not be made", {
		prepare: () => { fs.mkdirSync(at("up"), { mode: 0o555 }); add("spool = up/spool"); }, commands: ["desk"], status: 3, says: [/cannot make the folder .*\/up\/spool: Permission denied/],
	}],
	["a hub without https", { prepare: () => add("websub-hub = http://hub.example/"), commands: ["desk"], status: 1, says: () => [`line ${line()}: websub-hub is an https address, or http of this machine`] }],
	["a webhook without a key", { prepare: () => add("webhook-url = https://hook.example/"), commands: ["desk"], status: 1, says: () => [`line ${line()}: webhook-url needs a webhook-key to sign with`] }],
	["a webhook whose key is not there", {
		prepare: () => add("webhook-url = https://hook.example/", "webhook-key = hook.key"), commands: ["desk"], status: 3, says: [/line \d+: webhook-key: there is no file .*\/hook\.key/],
	}],
	["a webhook whose key is short", {
		prepare: () => { add("webhook-url = https://hook.example/", "webhook-key = hook.key"); fs.writeFileSync(at("hook.key"), "short", { mode: 0o600 }); },
		commands: ["desk"], status: 1, says: [/line \d+: webhook-key: .*\/hook\.key has less than 16 bytes/],
	}],
];

for (const [what, { prepare, commands = BOTH, status, says, how }] of cases)
	test(`${what}: ${commands.join(" and ")} say${commands.length > 1 ? "" : "s"} so, and nothing is written`, () => {
		for (const command of commands) {
			begin();
			prepare();
			own();
			const before = tree();
			const ended = run([command, "-c", at("communique.conf")], how);
			const where = `${command}: ${ended.stderr}`;
			assert.equal(ended.status, status, where);
			assert.equal(ended.stdout, "", where);
			const last = ended.stderr.trimEnd().split("\n").at(-1);
			assert.match(last, /^communiqued: /, where);
			for (const part of typeof says === "function" ? says() : says)
				assert.ok(part instanceof RegExp ? part.test(last) : last.includes(part), `${part} is not in\n${where}`);
			assert.deepEqual(tree(), before, where);
		}
	});

// Resolves when it serves; stop() gives all that it said.
async function startDesk(command = as([COMMUNIQUED, "desk", "-c", at("communique.conf")]), env = {}) {
	const said = at("desk.log");
	const [program, ...rest] = command;
	const out = fs.openSync(said, "w");
	const child = spawn(program, rest, { stdio: ["ignore", out, out], cwd: "/", env: { ...process.env, ...env } });
	const gone = new Promise((done) => child.once("exit", done));
	fs.closeSync(out);
	const text = () => fs.readFileSync(said, "utf8");
	await until(`the desk serves, and does not say\n${text()}`, 100, () => text().includes("event=serving"));
	return {
		child,
		async stop(signal = "SIGTERM") {
			child.kill(signal);
			assert.equal(await gone, 0);
			return text();
		},
	};
}

test("a second desk on a store is refused, and the first does not notice", async () => {
	begin();
	own();
	const first = await startDesk();
	for (const command of [["desk"], ["rebuild"], ["log", "add", "/dev/null"]]) {
		const second = run([...command, "-c", at("communique.conf")]);
		assert.equal(second.status, 3, second.stderr);
		assert.match(second.stderr, new RegExp(`process ${first.child.pid} writes to the store .*/store: one at a time`));
	}
	assert.doesNotMatch(await first.stop(), /level=(error|warning)/);
});

// --- what stops publications, and not the desk -----------------------------------------------------

const heard = [
	["the log's key is not there", () => fs.unlinkSync(at("log.key")), /level=error event=log-stopped .*\/log\.key \(there is no file/],
	["the log's key is another", () => fs.copyFileSync(at("preview.key"), at("log.key")), /level=error event=log-stopped .*the log key that the key set names is neither .*\/log\.key/],
	["the log's key may not be read", () => fs.chmodSync(at("log.key"), 0o000), /level=error event=log-stopped .*the user \S+ may not open .*\/log\.key/],
	["the state file is not there", () => fs.unlinkSync(at("log.state")), /level=error event=log-stopped .*\/log\.state is missing, .* STOPPED LOG/],
	["the state file is something else", () => fs.writeFileSync(at("log.state"), "at 12\n"), /level=error event=log-stopped .*\/log\.state is not the state file of the log/],
	["the state file's folder may not be written", () => {
		fs.mkdirSync(at("state"));
		fs.renameSync(at("log.state"), at("state/log.state"));
		fs.chmodSync(at("state"), 0o555);
		add("log-state = state/log.state");
	}, /level=warning event=log-state path=\S+\/state do="let the desk's user write there/],
	["others may read the log's key", () => fs.chmodSync(at("log.key"), 0o644), /level=warning event=secret-open-to-others path=\S+\/log\.key do="chmod 600/],
];

for (const [what, prepare, says] of heard)
	test(`${what}: the desk starts, and says so at once`, async () => {
		begin();
		prepare();
		own();
		const desk = await startDesk();
		const { json } = await call(at("desk.sock"), { target: "/healthz", variables: { COMMUNIQUE_DOOR: "local" } });
		assert.equal(json.publishing, !/^others/.test(what) ? false : true, json.why);
		assert.match((await desk.stop()).split("event=serving")[0], says);
	});

test("uploads that cannot be kept are told of at the start, and where", () => {
	for (const name of ["spool", "store/files"]) {
		begin();
		fs.mkdirSync(at(name), { recursive: true });
		own();
		fs.chmodSync(at(name), 0o555);
		const { status, stderr } = run(["desk", "-c", at("communique.conf")]);
		assert.equal(status, 3, stderr);
		assert.match(stderr, new RegExp(`uploads need to write in \\S+/${name}: Permission denied`));
	}
});

// A lost terminal, and whoever thinks that it reads its settings anew.
test("SIGHUP ends a service as SIGTERM does", async () => {
	begin();
	own();
	const desk = await startDesk();
	assert.match(await desk.stop("SIGHUP"), /event=stopping/);
});

// Only root can leave somebody what he may not touch.
if (ROOT) test("a socket that this user may not connect to is no proof that somebody listens", () => {
	begin();
	const program = `require("node:net").createServer().listen(${JSON.stringify(at("public.sock"))}, () => process.kill(process.pid, "SIGKILL"))`;
	spawnSync(process.execPath, ["-e", program]);
	own();
	fs.chownSync(at("public.sock"), 0, 0);
	fs.chmodSync(at("public.sock"), 0o600);
	const { status, stderr } = run(["serve", "-c", at("communique.conf")]);
	assert.equal(status, 3, stderr);
	assert.match(stderr, /public\.sock is there and this user may not connect to it: remove it, if nothing listens there/);
});

// --- whom a service runs as ---------------------------------------------------------------------------

function asRoot(...args) {
	const [program, ...rest] = [...AS_ROOT, COMMUNIQUED, ...args, "-c", at("communique.conf")];
	return spawnSync(program, rest, { encoding: "utf8", timeout: 10000 });
}

test("root is refused unless told, and nothing is written", () => {
	for (const command of BOTH) {
		begin();
		const before = tree(), { status, stderr } = asRoot(command);
		assert.equal(status, 1, stderr);
		assert.equal(stderr, `communiqued: ${command} does not run as root unless told: give it a user of its own with --user NAME (--user root if it must be)\n`);
		assert.deepEqual(tree(), before);
	}
});

test("root that is told to stay so is warned", () => {
	begin();
	fs.writeFileSync(at("public.sock"), "");
	assert.match(asRoot("serve", "--user", "root").stderr,
		/level=warning event=root service=serve do="give it a user of its own, and name that with --user"/);
});

// Several users are in a namespace only with a right of root's.
if (ROOT) test("--user: the service is that user for good, without a capability, and so is all it makes", async () => {
	begin();
	fs.unlinkSync(at("preview.key"));
	fs.rmSync(at("spool"), { recursive: true });
	own();
	const desk = await startDesk([COMMUNIQUED, "desk", "--user", "nobody", "-c", at("communique.conf")]);
	const status = fs.readFileSync(`/proc/${desk.child.pid}/status`, "utf8");
	for (const ids of ["Uid", "Gid"])
		assert.match(status, new RegExp(`^${ids}:(\\s${NOBODY}){4}$`, "m"));
	assert.match(status, new RegExp(`^Groups:\\s${NOBODY} $`, "m"));
	for (const set of ["CapInh", "CapPrm", "CapEff", "CapAmb"])
		assert.match(status, new RegExp(`^${set}:\\s0+$`, "m"));
	for (const name of ["preview.key", "spool", "desk.sock"])
		assert.equal(fs.statSync(at(name)).uid, NOBODY, name);
	assert.doesNotMatch(await desk.stop(), /level=(error|warning)/);
});

test("--user: a user that is not there, and another than this one, are refused", () => {
	begin();
	own();
	const before = tree();
	for (const [name, says] of [["nobody-at-all", "there is no user nobody-at-all on this machine"],
		["root", "only root can become the user root: leave --user out"]]) {
		const { status, stderr } = run(["serve", "--user", name, "-c", at("communique.conf")]);
		assert.equal(status, 1, stderr);
		assert.equal(stderr, `communiqued: ${says}\n`);
	}
	assert.deepEqual(tree(), before);
});

// --- what a service manager hears --------------------------------------------------------------------

test("a service manager hears that a service answers, lives, and ends", async (t) => {
	begin();
	own();
	const ear = spawn(SUPERVISOR, [at("notify")], { stdio: ["ignore", "pipe", "inherit"] });
	t.after(() => ear.kill());
	let heard = "";
	ear.stdout.on("data", (piece) => {
		heard += piece;
	});
	await until("it listens", 100, () => heard.startsWith("listening\n"));
	const desk = await startDesk(undefined, { NOTIFY_SOCKET: at("notify"), WATCHDOG_USEC: "900000" });
	t.after(() => desk.child.kill("SIGKILL"));
	await until("it has lived for a while", 200, () => heard.split("WATCHDOG=1\n").length > 4);
	// One that hangs says nothing more.
	desk.child.kill("SIGSTOP");
	await wait(1000);
	const before = heard;
	await wait(1200);
	assert.equal(heard, before);
	desk.child.kill("SIGCONT");
	assert.doesNotMatch(await desk.stop(), /level=(error|warning)/);
	await until("it hears the end", 100, () => heard.includes("STOPPING=1\n"));
	assert.match(heard, /^listening\nREADY=1\n(WATCHDOG=1\n)+STOPPING=1\n(WATCHDOG=1\n)*$/);
});

test("a service manager that cannot be reached is told of, and gone without", async () => {
	for (const name of [at("notify"), "vsock:2:9999", "@nobody"]) {
		begin();
		own();
		const desk = await startDesk(undefined, { NOTIFY_SOCKET: name });
		assert.match(await desk.stop(), /level=warning event=supervisor socket=\S+ error=/);
	}
	begin();
	own();
	const desk = await startDesk(undefined, { NOTIFY_SOCKET: "" });
	assert.doesNotMatch(await desk.stop(), /level=warning/);
});

// --- communiqued config --check ----------------------------------------------------------------------

test("config --check tells all that is wrong, each with its line", () => {
	begin();
	const first = line();
	add("colour = red", "threads = 300", "log-level = loud", "menu.en = nowhere", "masthead = perhaps",
		"name.fr = Ministère", "socket-group = nobodies", "webhook-url = http://hook.example/", `desk-socket = ${"d".repeat(120)}`,
		"logo = logo.svg", "threads = 2", "site", "url = press.example");
	own();
	const { status, stdout, stderr } = run(["config", "-c", at("communique.conf"), "--check"]);
	assert.equal(status, 1);
	const lines = stdout.trimEnd().split("\n");
	const at_line = (n, text) => assert.ok(lines.some((one) => one.startsWith(`${at("communique.conf")}, line ${first + n}: `) && one.includes(text)),
		`${n}: ${text} is not in\n${stdout}`);
	at_line(1, 'there is no setting "colour"');
	at_line(2, "threads is at most 256");
	at_line(3, "log-level is error, warning, info or debug");
	at_line(4, 'menu.en: "nowhere" is none of the pages');
	at_line(5, 'masthead is yes or no, not "perhaps"');
	at_line(6, "name.fr: fr is none of the languages");
	at_line(7, "socket-group: there is no group nobodies");
	at_line(8, "webhook-url is an https address");
	at_line(8, "webhook-url needs a webhook-key");
	at_line(9, "desk-socket: with its folder");
	at_line(11, `threads stands in line ${first + 2} already`);
	at_line(12, "expected key = value");
	at_line(13, "url stands in line");
	assert.ok(lines.some((one) => /there is no file .*\/logo\.svg/.test(one)), stdout);
	assert.equal(lines.length, 14, stdout);
	assert.match(stderr, /communique\.conf cannot be used as it is/);
});

const check = (user = run) => user(["config", "-c", at("communique.conf"), "--check"]);

test("config --check says when nothing is wrong", () => {
	begin();
	own();
	const before = tree(), { status, stdout, stderr } = check();
	assert.deepEqual([status, stdout, stderr], [0, `${at("communique.conf")}: nothing is wrong\n`, ""]);
	assert.deepEqual(tree(), before);
});

// What a start would refuse, or what would stop the log: [what, how it comes about, what is said].
const finds = [
	["a site that is not the store's", () => conf((text) => text.replace(/^site = .*$/m, "site = other.example")), /line \d+: \S+\/store: the store is of the site "localhost", and the configuration of "other\.example"/],
	["no store", () => add("store = /nope"), /line \d+: store: there is no store in \/nope: is its disk mounted/],
	["a store that is none", () => fs.writeFileSync(at("store/data.mdb"), "no store ".repeat(2000)), /store: .*data\.mdb is not a store of this program, or damaged/],
	["no folder for a socket", () => add("public-socket = /nope/x"), /line \d+: public-socket: there is no folder for the socket \/nope\/x: make it/],
	["a file in the place of a socket", () => fs.writeFileSync(at("desk.sock"), "x"), /desk-socket: .*\/desk\.sock is there and no socket/],
	["no secret for webhooks", () => add("webhook-key = /nope"), /line \d+: webhook-key: there is no file \/nope/],
	["no key of the log", () => add("log-key = /nope"), /line \d+: log-key: there is no file \/nope/],
	["no folder that may be made for uploads", () => add("spool = /nope"), /line \d+: spool: the desk must be able to write to \/: Permission denied/],
	["no folder for the key of previews", () => add("preview-key = /nope/x"), /line \d+: preview-key: the desk must be able to write to \/nope: No such file/],
	["a key of previews that is none", () => fs.writeFileSync(at("preview.key"), "x".repeat(40)), /preview-key: .*\/preview\.key has more than 32 bytes/],
	["no state file", () => fs.unlinkSync(at("log.state")), /log-state: .*\/log\.state is missing.*STOPPED LOG/],
	["no folder for the state file", () => add("log-state = /nope/x"), /line \d+: log-state: the desk must be able to write to \/nope/],
	["a theme that is none", () => { fs.mkdirSync(at("theme")); fs.writeFileSync(at("theme/release.mustache"), "{{#a}}"); add("theme = theme"); }, /line \d+: theme: .*release\.mustache/],
	["a logo that is none", () => { fs.writeFileSync(at("logo.png"), "x"); add("logo = logo.png"); }, /line \d+: logo: .*logo\.png is no PNG file/],
];

for (const [what, prepare, says] of finds)
	test(`config --check finds ${what}, and changes nothing`, () => {
		begin();
		prepare();
		own();
		// Root looks as the store's owner.
		const looks = fs.existsSync("/nope") ? [] : [run, ...(ROOT ? [(args) => spawnSync(COMMUNIQUED, args, { encoding: "utf8", cwd: "/" })] : [])];
		assert.ok(looks.length > 0);
		for (const user of looks) {
			const before = tree(), { status, stdout } = check(user);
			if (user !== run && /store = \/nope/.test(fs.readFileSync(at("communique.conf"), "utf8")))
				continue; // without a store there is no owner
			assert.equal(status, 1, stdout);
			assert.match(stdout, says);
			assert.ok(stdout.startsWith(at("communique.conf")), stdout);
			assert.equal(stdout.trimEnd().split("\n").length <= 2, true, stdout);
			assert.deepEqual(tree(), before);
		}
	});

// --- root gives the desk's commands --------------------------------------------------------------------

if (ROOT) test("what root makes in a site is its owner's", async () => {
	const mine = (...names) => {
		for (const name of names)
			assert.equal(fs.statSync(at(name)).uid, NOBODY, name);
	};
	begin();
	own();
	const first = asRoot("log", "checkpoint");
	fs.writeFileSync(at("checkpoint"), first.stdout);
	fs.unlinkSync(at("log.state"));
	for (const name of ["lock.mdb", "writer.lock"])
		fs.rmSync(at(`store/${name}`), { force: true });
	const done = (...args) => {
		const { status, stderr } = asRoot(...args);
		assert.equal(status, 0, `${args}: ${stderr}`);
	};
	done("rebuild");
	mine("store/lock.mdb", "store/writer.lock", "store/data.mdb");
	done("log", "resume", at("checkpoint"));
	mine("log.state");
	done("log", "key");
	mine("log.key.next");
	fs.mkdirSync(at("new"));
	fs.chownSync(at("new"), NOBODY, NOBODY);
	writeKey(at("root"), newKey());
	execFileSync(COMMUNIQUED, ["init", at("new"), "--site", "press.example", "--url", "https://press.example",
		"--root", at("root.pub"), "--editor", `alice:author:${at("root.pub")}`]);
	mine(...fs.readdirSync(at("new"), { recursive: true }).map((name) => path.join("new", name)));
	const desk = await startDesk();
	assert.doesNotMatch(await desk.stop(), /level=(error|warning)/);
});

// Whoever owns the configuration says in it where files lie; not where only root may write.
if (ROOT) test("root is not led to write where he alone may", () => {
	begin();
	own();
	fs.writeFileSync(at("checkpoint"), asRoot("log", "checkpoint").stdout);
	fs.unlinkSync(at("log.state"));
	const roots = path.join(whole, "roots");
	fs.mkdirSync(roots, { mode: 0o755 });
	add(`log-state = ${roots}/state`);
	const { status, stderr } = asRoot("log", "resume", at("checkpoint"));
	assert.ok(status > 0, stderr);
	assert.match(stderr, /Permission denied/);
	assert.deepEqual(fs.readdirSync(roots), []);
	const victim = path.join(roots, "victim");
	fs.writeFileSync(victim, "root's own\n");
	fs.rmSync(at("store/lock.mdb"));
	fs.symlinkSync(victim, at("store/lock.mdb"));
	for (const command of ["rebuild", "fsck", "backup"])
		assert.match(asRoot(command, ...(command === "backup" ? [path.join(roots, "backup")] : [])).stderr, /lock\.mdb is a link: LMDB would write elsewhere/);
	assert.equal(fs.readFileSync(victim, "utf8"), "root's own\n");
});
