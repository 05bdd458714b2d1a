// communiqued backup and restore: while the desk publishes, killed in the middle, in other hands,
// damaged, elsewhere, too old; and the drill of communiqued(8), typed as it stands there.
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { call } from "./fastcgi.mjs";
import { minisign, sha256 } from "./keys.mjs";
import { communique, COMMUNIQUE, COMMUNIQUED, release, Service, serving, Site, TOP, until } from "./site.mjs";
import { sign } from "./wire.mjs";

const HELLO = "2026-11-23-hello", PICTURE = Buffer.from("GIF89a of nothing at all");
const attached = (bytes, name = "picture.gif") => `${name}; sha256=${sha256(bytes)}`;
let site, backups;

const file = (...names) => path.join(site.state, ...names);
const conf = () => file("communique.conf");

function run(...args) {
	const { status, stdout, stderr } = spawnSync(COMMUNIQUED, args, { encoding: "utf8", timeout: 60000 });
	return { status, stdout, stderr, says: stdout + stderr };
}
function done(...args) {
	const answer = run(...args);
	assert.equal(answer.status, 0, `${args.join(" ")}: ${answer.says}`);
	return answer;
}
const runBeside = (program, args, options = {}) => new Promise((ended) => execFile(program, args,
	{ encoding: "utf8", ...options }, (error, stdout, stderr) => ended({ status: error ? error.code : 0, says: stdout + stderr })));
const backup = (dest, ...more) => done("backup", "-c", conf(), ...more, dest);
const newest = () => path.join(backups, fs.readdirSync(backups).filter((name) => name.startsWith("2")).sort().at(-1));
const filesOf = (folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true })
	.map((entry) => ({ name: path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)), entry }));
const hashes = (folder) => filesOf(folder).filter(({ entry }) => entry.isFile())
	.map(({ name }) => `${name} ${sha256(fs.readFileSync(path.join(folder, name)))}`).sort();
const attachment = (folder, bytes) => path.join(folder, "store/files", sha256(bytes).slice(0, 2), sha256(bytes));
const kept = (bytes) => attachment(site.state, bytes);

function exported(from, to) {
	fs.rmSync(to, { recursive: true, force: true });
	done("export", "-c", path.join(from, "communique.conf"), to);
	return hashes(to);
}

// To a desk's own socket, past nginx and its limits.
const desk = (folder, who, target, { method = "GET", body, headers } = {}) =>
	call(path.join(folder, "desk.sock"), { method, target, body,
		headers: sign(site.keys[who], { method, url: site.url + target, body, headers }) });

async function publishAt(folder, text, files = []) {
	const field = (name) => new RegExp(`^${name}: (.*)$`, "m").exec(text)[1];
	const draft = `/admin/drafts/${field("Language")}/${field("Release")}`;
	for (const bytes of files)
		await desk(folder, "author", `/admin/files/${sha256(bytes)}`,
			{ method: "PUT", body: bytes, headers: { "Content-Type": "application/octet-stream" } });
	const answers = [await desk(folder, "author", draft, { method: "PUT", body: text })];
	for (const who of ["author", "approver"])
		answers.push(await desk(folder, who, `${draft}/signatures/${site.keys[who].keyid.toLowerCase()}`,
			{ method: "PUT", body: minisign(site.keys[who], text), headers: { "If-Match": `"${sha256(text)}"` } }));
	return answers.at(-1);
}

let count = 0;
async function publishOne(folder = site.state) {
	const bytes = crypto.randomBytes(3000), slug = `2026-11-23-load-${++count}`;
	const answer = await publishAt(folder, release({ Release: slug, Attachment: attached(bytes) }), [bytes]);
	return { slug, bytes, answer };
}

before(async () => {
	site = await Site.start({ settings: "theme = theme\nlogo = mark.svg\n", before(state) {
		fs.mkdirSync(path.join(state, "theme"));
		fs.writeFileSync(path.join(state, "theme/site.css"), "body { color: #123 }\n");
		fs.writeFileSync(path.join(state, "theme/.swap"), "an editor's");
		fs.writeFileSync(path.join(state, "mark.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n");
	} });
	backups = file("backups");
	fs.mkdirSync(backups);
	const one = release({ Release: HELLO, Attachment: attached(PICTURE) });
	assert.equal((await publishAt(site.state, one, [PICTURE])).status, 200);
	await publishAt(site.state, release({ Release: HELLO, Language: "ko" }));
	await publishAt(site.state, release({ Release: HELLO, Revision: "2", Change: "correction", "Change-Note": "A number.",
		Previous: sha256(one), Attachment: attached(PICTURE) }, "1. Another paragraph.\n"));
	await publishAt(site.state, release({ Release: "2026-11-24-later", "Publish-At": "2199-01-01T00:00:00Z" }));
	const draft = release({ Release: "2026-11-24-draft" });
	assert.equal((await desk(site.state, "author", "/admin/drafts/en/2026-11-24-draft", { method: "PUT", body: draft })).status, 201);
});
after(() => site?.stop());

test("backups that are made while the desk publishes are whole, each of its moment", async (t) => {
	let over = false, published = 0;
	const load = Promise.all([1, 2, 3].map(async () => {
		for (; !over; published++)
			assert.equal((await publishOne()).answer.status, 200);
	}));
	const logs = [];
	for (let i = 0; i < 6; i++) {
		const dest = file(`load-${i}`), link = i > 0 ? ["--link", file(`load-${i - 1}`)] : [];
		const made = await runBeside(COMMUNIQUED, ["backup", "-c", conf(), ...link, "--json", dest]);
		assert.equal(made.status, 0, made.says);
		const told = JSON.parse(made.says);
		assert.equal(told.backup, dest);
		assert.equal(told.left_out, 0);
		assert.equal(told.linked > 0, i > 0, made.says);
		logs.push(told.log_size);
		const checked = await runBeside(COMMUNIQUED, ["fsck", "--backup", dest]);
		assert.equal(checked.status, 0, checked.says);
		const sums = await runBeside("sha256sum", ["--quiet", "--strict", "-c", "SHA256SUMS"], { cwd: dest });
		assert.equal(sums.status, 0, sums.says);
		// Every file is on the list.
		const listed = fs.readFileSync(path.join(dest, "SHA256SUMS"), "utf8").trim().split("\n").map((line) => line.slice(66));
		assert.deepEqual([...listed, "SHA256SUMS"].sort(), filesOf(dest).filter(({ entry }) => entry.isFile()).map(({ name }) => name).sort());
	}
	over = true;
	await load;
	t.diagnostic(`${published} publications meanwhile; the log had ${logs.join(", ")} entries`);
	assert.ok(logs.every((size, i) => i === 0 || size >= logs[i - 1]) && logs.at(-1) > logs[0], logs.join(" "));
	// What both have is one file on the disk, and not the site's own.
	const [one, other] = [0, 5].map((i) => fs.statSync(attachment(file(`load-${i}`), PICTURE)));
	assert.equal(one.ino, other.ino);
	assert.notEqual(one.ino, fs.statSync(kept(PICTURE)).ino);
	done("fsck", "-c", conf());
});

test("only its owner may read a backup, and no key is in it", () => {
	const folder = file("load-0");
	for (const { name, entry } of [{ name: ".", entry: { isFile: () => false } }, ...filesOf(folder)])
		assert.equal((fs.lstatSync(path.join(folder, name)).mode & 0o7777).toString(8), entry.isFile() ? "600" : "700", name);
	// A minisign file's last line; any 32 bytes, with line ends among them.
	const secrets = [fs.readFileSync(file("log.key"), "latin1").trim().split("\n").at(-1), fs.readFileSync(file("preview.key"), "latin1")];
	for (const { name } of filesOf(folder).filter(({ entry }) => entry.isFile())) {
		assert.doesNotMatch(name, /key|state|lock/);
		const bytes = fs.readFileSync(path.join(folder, name)).toString("latin1");
		assert.ok(secrets.every((secret) => secret.length > 20 && !bytes.includes(secret)), name);
	}
	assert.ok(fs.existsSync(path.join(folder, "theme/site.css")) && fs.existsSync(path.join(folder, "logo.svg")));
	assert.ok(!fs.existsSync(path.join(folder, "theme/.swap")));
});

test("in a folder that is there backups stand side by side, named by their moments", () => {
	const first = backup(backups).stdout;
	assert.match(first, /backups\/20\d\d-\d\d-\d\dT\d{6}Z: \d+ files, \d+\.\d [KM]B\n$/);
	spawnSync("sleep", ["1.1"]);
	assert.match(backup(backups).stdout, /\(\d+ attachments as before\)/);
	assert.equal(fs.readdirSync(backups).length, 2);
});

test("a backup that was changed is not linked to", () => {
	const from = file("load-5"), copy = attachment(from, PICTURE);
	const whole = fs.readFileSync(copy);
	fs.writeFileSync(copy, "other bytes");
	backup(file("unlinked"), "--link", from);
	assert.deepEqual(fs.readFileSync(attachment(file("unlinked"), PICTURE)), whole);
	done("fsck", "--backup", file("unlinked"));
	const found = run("fsck", "--backup", from);
	assert.equal(found.status, 1);
	assert.match(found.stdout, new RegExp(`${sha256(PICTURE)} is not what SHA256SUMS says`));
	fs.writeFileSync(copy, whole);
});

test("what cannot be is refused, and nothing is left behind", () => {
	const before = fs.readdirSync(site.state).sort();
	const refused = (status, pattern, ...args) => {
		const answer = run(...args);
		assert.equal(answer.status, status, answer.says);
		assert.match(answer.stderr, pattern);
	};
	refused(1, /load-0 is a backup already/, "backup", "-c", conf(), file("load-0"));
	refused(1, /is there already/, "backup", "-c", conf(), conf());
	refused(3, /there is no folder/, "backup", "-c", conf(), file("none/new"));
	refused(3, /--link: .* is no backup/, "backup", "-c", conf(), "--link", site.state, file("new"));
	refused(2, /usage/, "backup", "-c", conf());
	refused(3, /there is no .*none\.conf/, "backup", "-c", file("none.conf"), file("new"));
	refused(3, /is no backup/, "restore", site.state, file("new"));
	refused(1, /store is there already/, "restore", file("load-0"), site.state);
	refused(3, /is no backup/, "fsck", "--backup", site.state);
	refused(2, /configuration of its own/, "fsck", "-c", conf(), "--backup", file("load-0"));
	assert.deepEqual(fs.readdirSync(site.state).sort(), before);
});

test("a disk that takes no more is told with the name of the file", () => {
	const full = (blocks, ...args) => spawnSync("sh", ["-c", `trap "" XFSZ; ulimit -f ${blocks}; exec "$@"`, "sh", COMMUNIQUED, ...args], { encoding: "utf8" });
	assert.match(full(0, "log", "key", "-c", conf()).stderr, /log\.key\.next: cannot write: File too large/);
	assert.match(full(1, "export", "-c", conf(), file("cut")).stderr, /cut\/[^:]+: cannot write: File too large/);
	assert.ok(!fs.existsSync(file("log.key.next")));
	fs.rmSync(file("cut"), { recursive: true });
});

test("a backup that is killed in the middle is not there, and the next one clears up", async () => {
	const large = crypto.randomBytes(24 << 20);
	await desk(site.state, "author", `/admin/files/${sha256(large)}`,
		{ method: "PUT", body: large, headers: { "Content-Type": "application/octet-stream" } });
	const part = file(".communique-part"), dest = file("killed");
	let kills = 0;
	for (let delay = 0; delay < 12; delay++) {
		const child = spawn(COMMUNIQUED, ["backup", "-c", conf(), dest], { stdio: "ignore" });
		const gone = new Promise((ended) => child.once("exit", (code, signal) => ended(signal)));
		await until("it has begun", 200, () => fs.existsSync(part) || child.exitCode !== null);
		await new Promise((later) => setTimeout(later, delay * 6));
		child.kill("SIGKILL");
		if (await gone === "SIGKILL" && !fs.existsSync(dest))
			kills++;
		else
			done("fsck", "--backup", dest);
		fs.rmSync(dest, { recursive: true, force: true });
		assert.equal((await publishOne()).answer.status, 200, "the desk goes on");
	}
	assert.ok(kills >= 3, `${kills} kills in the middle`);
	backup(dest);
	assert.ok(!fs.existsSync(part));
	done("fsck", "--backup", dest);
	done("fsck", "-c", conf());
	fs.rmSync(dest, { recursive: true });
});

test("an attachment that is damaged here is left out, which is said; all else is in the backup", () => {
	const whole = fs.readFileSync(kept(PICTURE));
	for (const [damage, why] of [[() => fs.writeFileSync(kept(PICTURE), "other bytes"), /it has other bytes/],
		[() => fs.rmSync(kept(PICTURE)), /it cannot be opened: No such file/]]) {
		damage();
		const made = run("backup", "-c", conf(), file("damaged"));
		assert.equal(made.status, 1, made.says);
		assert.match(made.stderr, new RegExp(`the attachment ${sha256(PICTURE)} is left out: ${why.source}`));
		assert.match(made.stderr, /is made, without 1 attachment: see fsck/);
		const restored = run("restore", file("damaged"), file("from-damaged"));
		assert.equal(restored.status, 1, restored.says);
		assert.match(restored.stderr, /is restored, with 1 difference that the backup has, too/);
		assert.match(restored.stdout, /It is not whole: what differs, above, may fail when it is asked for\./);
		assert.doesNotMatch(restored.stdout, /It can be served/);
		assert.match(restored.stdout, new RegExp(`the attachment ../${sha256(PICTURE)}: its file cannot be opened`));
		fs.writeFileSync(kept(PICTURE), whole);
		// It is a site, and a good copy of the file makes it whole.
		fs.mkdirSync(path.dirname(attachment(file("from-damaged"), PICTURE)), { recursive: true });
		fs.writeFileSync(attachment(file("from-damaged"), PICTURE), whole);
		fs.copyFileSync(file("log.state"), file("from-damaged/log.state"));
		done("fsck", "-c", file("from-damaged/communique.conf"));
		for (const name of ["damaged", "from-damaged"])
			fs.rmSync(file(name), { recursive: true });
	}
});

test("restored elsewhere it is the same site, byte for byte, and cannot sign", async () => {
	backup(file("whole"));
	const to = file("elsewhere"), { stdout } = done("restore", file("whole"), to);
	assert.match(stdout, /localhost as of 20\S+Z; \d+ rows, all in agreement/);
	assert.match(stdout, new RegExp(`\n  ${sha256(fs.readFileSync(file("keys-1.txt")))}\n`));
	assert.match(stdout, /It can be served\. Nothing can be published yet: .*log\.state is missing/s);
	assert.match(stdout, /elsewhere\/communique\.conf: these paths are in this folder now, and their old lines comments: logo$/m);
	assert.doesNotMatch(stdout, /put it back/);
	assert.deepEqual(exported(to, file("static-elsewhere")), exported(site.state, file("static-here")));

	const log = file("elsewhere.log");
	const services = ["serve", "desk"].map((name) => new Service(name, log, COMMUNIQUED, serving(name, path.join(to, "communique.conf"))));
	for (const service of services)
		service.start();
	try {
		const read = (target) => call(path.join(to, "public.sock"), { target });
		await until("it is served", 100, async () => (await read("/healthz")).status === 200);
		await until("its desk answers", 100, async () => (await desk(to, "author", "/admin/drafts"))?.status === 200);
		assert.equal((await read(`/en/releases/${HELLO}`)).text, (await call(file("public.sock"), { target: `/en/releases/${HELLO}` })).text);
		assert.deepEqual((await read(`/files/${sha256(PICTURE)}/picture.gif`)).bytes, PICTURE);
		const drafts = (await desk(to, "author", "/admin/drafts")).json.drafts.map(({ release: slug }) => slug);
		assert.deepEqual(drafts.sort(), ["2026-11-24-draft", "2026-11-24-later"]);
		const { answer } = await publishOne(to);
		assert.equal(answer.status, 503, answer.text);
		assert.equal(answer.json.code, "log-stopped");
	} finally {
		for (const service of services)
			await service.stop();
	}
	const again = run("restore", file("whole"), to);
	assert.equal(again.status, 1);
	assert.match(again.stderr, /elsewhere\/store is there already/);
});

test("what is there already stays as it is, and another site's folder is refused", () => {
	const to = file("prepared");
	fs.mkdirSync(to);
	fs.writeFileSync(path.join(to, "communique.conf"), `${fs.readFileSync(conf(), "utf8")}contact = press@press.example\n`);
	fs.copyFileSync(file("log.state"), path.join(to, "log.state"));
	fs.copyFileSync(file("log.key"), path.join(to, "log.key"));
	fs.copyFileSync(file("mark.svg"), path.join(to, "mark.svg"));
	const { stdout, stderr } = done("restore", file("whole"), to);
	assert.match(stderr, /prepared\/communique\.conf is there already, and stays as it is/);
	assert.match(fs.readFileSync(path.join(to, "communique.conf"), "utf8"), /contact = press@press\.example/);
	assert.match(stdout, /The public log can go on from it/);
	assert.doesNotMatch(stdout, /put it back/);
	done("fsck", "-c", path.join(to, "communique.conf"));
	fs.rmSync(path.join(to, "store"), { recursive: true });
	fs.writeFileSync(path.join(to, "communique.conf"), "site = other.example\nurl = https://other.example\n");
	const refused = run("restore", file("whole"), to);
	assert.equal(refused.status, 1);
	assert.match(refused.stderr, /is of the site other\.example, the backup of localhost/);
	assert.deepEqual(fs.readdirSync(to).sort(), ["communique.conf", "log.key", "log.state", "logo.svg", "mark.svg", "theme"]);
});

test("a backup that was damaged or forged on its way is refused, and nothing is left of it", () => {
	const from = file("tampered"), to = file("from-tampered");
	const edit = (name, change) => fs.writeFileSync(path.join(from, name), change(fs.readFileSync(path.join(from, name))));
	const flip = (bytes) => (bytes[bytes.length >> 1] ^= 1, bytes);
	const list = (change) => edit("SHA256SUMS", (bytes) => change(bytes.toString()));
	const picture = path.relative(site.state, kept(PICTURE));
	const cases = {
		"the store": [() => edit("store/data.mdb", flip), /store\/data\.mdb is not what SHA256SUMS says/],
		"an attachment": [() => edit(picture, flip), /is not what SHA256SUMS says/],
		"the configuration": [() => edit("communique.conf", flip), /communique\.conf is not what|communique\.conf, line/],
		"what it says of itself": [() => edit("backup.txt", flip), /backup\.txt is not what SHA256SUMS says/],
		"the theme": [() => edit("theme/site.css", flip), /site\.css is not what SHA256SUMS says/],
		"a missing store": [() => fs.rmSync(path.join(from, "store/data.mdb")), /tampered is not whole: store\/data\.mdb is missing/],
		"a missing configuration": [() => fs.rmSync(path.join(from, "communique.conf")), /tampered is not whole: communique\.conf is missing/],
		"a missing attachment": [() => fs.rmSync(path.join(from, picture)), /cannot open/],
		"a link in place of a file": [() => { fs.rmSync(path.join(from, picture)); fs.symlinkSync(kept(PICTURE), path.join(from, picture)); }, /cannot open/],
		"a list that leads out": [() => list((text) => `${text}${sha256("x")}  ../../escaped\n`), /SHA256SUMS, line \d+: this is no file of a backup/],
		"a list without the store": [() => list((text) => text.replace(/^.*data\.mdb\n/m, "")), /store\/data\.mdb is missing/],
		"a list that is cut off": [() => list((text) => text.slice(0, -5)), /SHA256SUMS, line/],
		"a list without an attachment": [() => list((text) => text.replace(/^.*store\/files.*\n/m, "")), null],
		"another site's store": [() => { edit("communique.conf", (bytes) => bytes.toString().replace("site = localhost", "site = other.example"));
			list((text) => text.replace(/^.*(?= {2}communique.conf)/m, sha256(fs.readFileSync(path.join(from, "communique.conf"))))); }, /is of the site "localhost"/],
		"no store at all": [() => { edit("store/data.mdb", () => Buffer.alloc(8192));
			list((text) => text.replace(/^.*(?= {2}store\/data.mdb)/m, sha256(Buffer.alloc(8192)))); }, /not a store|damaged/],
	};
	for (const [name, [damage, says]] of Object.entries(cases)) {
		fs.rmSync(from, { recursive: true, force: true });
		fs.cpSync(file("whole"), from, { recursive: true });
		damage();
		const { status, stderr, stdout } = run("restore", from, to);
		if (!says) {
			assert.equal(status, 1, name);
			assert.match(stdout, /its file cannot be opened/);
			fs.rmSync(to, { recursive: true });
			continue;
		}
		assert.ok(status === 1 || status === 3, `${name}: ${status} ${stderr}`);
		assert.match(stderr, says, name);
		assert.ok(!fs.existsSync(to), name);
		assert.ok(!fs.existsSync(file("escaped")));
	}
});

// As with systemd's units: the configuration names the site's places from wherever it stands.
test("beside the running site a copy has nothing of it in its hands", async () => {
	const live = file("live.conf"), to = file("beside"), hook = file("hook.key");
	fs.writeFileSync(hook, "sixteen bytes or more");
	const paths = { store: "store", spool: "spool", "log-key": "log.key", "log-state": "log.state", "preview-key": "preview.key",
		theme: "theme", logo: "mark.svg", "public-socket": "public.sock", "desk-socket": "desk.sock", "webhook-key": "hook.key" };
	const rest = fs.readFileSync(conf(), "utf8").replace(/^(theme|logo) = .*\n/gm, "");
	fs.writeFileSync(live, `${rest}${Object.entries(paths).map(([key, name]) => `${key} = ${file(name)}\n`).join("")}name.en = Off/Line = Office\r\n`);
	done("backup", "-c", live, file("of-live"));
	const { stdout } = done("restore", file("of-live"), to);
	assert.match(stdout, new RegExp(`their old lines comments: ${Object.keys(paths).join(", ")}$`, "m"));
	assert.match(stdout, /webhook-key = \S+\/beside\/hook\.key is not there: put it back/);
	const text = fs.readFileSync(path.join(to, "communique.conf"), "utf8");
	for (const [key, name] of Object.entries(paths)) {
		assert.ok(text.includes(`\n# ${key} = ${file(name)}\n${key} = ${key === "logo" ? "logo.svg" : name}\n`), `${key}\n${text}`);
		assert.equal(text.split(`\n${key} = `).length, 2, key);
	}
	assert.ok(text.endsWith("name.en = Off/Line = Office\r\n"));
	// It reads its own store: what comes later is not in it.
	const { slug, answer } = await publishOne();
	assert.equal(answer.status, 200);
	done("export", "-c", path.join(to, "communique.conf"), file("static-beside"));
	assert.ok(fs.existsSync(file(`static-beside/en/releases/${HELLO}.txt`)));
	assert.ok(!fs.existsSync(file(`static-beside/en/releases/${slug}.txt`)));
	// Whose paths lead into the folder already are as they were, by whatever name.
	const again = file("again");
	fs.mkdirSync(again);
	fs.symlinkSync(again, file("again-link"));
	fs.writeFileSync(live, fs.readFileSync(live, "utf8").replaceAll(`${site.state}/`, `${again}/`));
	for (const name of ["theme", "mark.svg"])
		fs.cpSync(file(name), path.join(again, name), { recursive: true });
	fs.symlinkSync(file("store"), path.join(again, "store"));
	done("backup", "-c", live, file("of-again"));
	fs.unlinkSync(path.join(again, "store"));
	assert.match(done("restore", file("of-again"), path.relative(process.cwd(), file("again-link"))).stdout, /old lines comments: logo$/m);
	for (const name of ["beside", "again", "of-live", "of-again", "static-beside", "hook.key", "live.conf"])
		fs.rmSync(file(name), { recursive: true });
	fs.unlinkSync(file("again-link"));
});

// --- the log ------------------------------------------------------------------------------------

const stop = () => Promise.all(["desk", "public"].map((name) => site.services[name].stop()));
async function start() {
	site.services.public.start();
	site.services.desk.start();
	await site.ready();
}
// Of the newest checkpoint, for whoever asks later.
async function keepCheckpoint() {
	fs.writeFileSync(file("checkpoint"), (await site.get("/log/checkpoint")).bytes);
}

test("an older backup in the site's place is served, and publishes nothing that would fork the log", async () => {
	backup(file("older"));
	const { slug } = await publishOne();
	await keepCheckpoint();
	await stop();
	fs.renameSync(file("store"), file("store.newest"));
	const { stdout } = done("restore", file("older"), site.state);
	assert.match(stdout, /Nothing can be published yet: a log of \d+ was signed, and the store's has \d+: an older store was put in place .*STOPPED LOG/);
	await start();
	assert.equal((await site.get(`/en/releases/${HELLO}`)).status, 200);
	assert.equal((await site.get(`/en/releases/${slug}`)).status, 404);
	const { answer } = await publishOne();
	assert.equal(answer.status, 503);
	assert.equal(answer.json.code, "log-stopped");
	// Nor is there a way around it.
	const there = run("log", "resume", "-c", conf(), file("checkpoint"));
	assert.equal(there.status, 1);
	assert.match(there.stderr, /log\.state is there already/);
	fs.renameSync(file("log.state"), file("log.state.away"));
	const older = run("log", "resume", "-c", conf(), file("checkpoint"));
	assert.equal(older.status, 1);
	assert.match(older.stderr, /this is an older store/);
	assert.ok(!fs.existsSync(file("log.state")));
	fs.renameSync(file("log.state.away"), file("log.state"));
	// The newest is put back: it goes on.
	await stop();
	fs.rmSync(file("store"), { recursive: true });
	fs.renameSync(file("store.newest"), file("store"));
	await start();
	assert.equal((await publishOne()).answer.status, 200);
	done("fsck", "-c", conf());
});

test("the newest backup in the site's place goes on where the site was, with its own state file", async () => {
	backup(file("last"));
	await stop();
	fs.rmSync(file("store"), { recursive: true });
	assert.match(done("restore", file("last"), site.state).stdout, /The public log can go on from it/);
	await start();
	assert.equal((await publishOne()).answer.status, 200);
	done("fsck", "-c", conf());
});

// --- the drill ----------------------------------------------------------------------------------

const manual = fs.readFileSync(path.join(TOP, "src/man/communiqued.8"), "utf8");
const section = /^\.Sh BACKUP$[^]*?^\.Sh RESTORING$[^]*?(?=^\.Sh )/m.exec(manual)[0];
const examples = [...section.matchAll(/^\.Dl (.*)$/gm)].map(([, line]) => line);

function type(line) {
	const here = line.replaceAll("2026-11-23T090000Z", path.basename(newest())).replaceAll("/srv/press", site.state)
		.replaceAll("-o press -g press", "").replaceAll("-o press", "").replaceAll("/var/backups/press", backups).replaceAll("/srv/drill", file("drill")).replaceAll("/media/safe", file("safe"));
	fs.mkdirSync(file("drill-desk"), { recursive: true });
	const { status, stdout, stderr } = spawnSync("sh", ["-c", here], { cwd: file("drill-desk"), encoding: "utf8", timeout: 60000,
		env: { ...process.env, PATH: `${path.dirname(COMMUNIQUE)}:${process.env.PATH}` } });
	assert.equal(status, 0, `${here}\n${stdout}${stderr}`);
	return stdout;
}

const stopped = /^\.Ss STOPPED LOG$[^]*?(?=^\.Ss )/m.exec(manual)[0];
const block = (title) => stopped.slice(stopped.indexOf(title)).split(/^\.[BE]d.*\n/m)[1].trim().split("\n");

test("a state file that is no more is moved away, and written anew, as the manual says", async () => {
	fs.mkdirSync(file("drill-desk"));
	for (const text of ["", "garbage\n"]) {
		await keepCheckpoint();
		fs.copyFileSync(file("checkpoint"), file("drill-desk/checkpoint"));
		fs.writeFileSync(file("log.state"), text);
		assert.equal((await publishOne()).answer.json.code, "log-stopped");
		const refused = run("log", "resume", "-c", conf(), file("checkpoint"));
		assert.equal(refused.status, 1, refused.stderr);
		assert.match(refused.stderr, /log\.state is not the state file of the log .*: move it away, then `communiqued log resume`/);
		for (const line of block("The state file is missing"))
			type(line);
		assert.equal((await publishOne()).answer.status, 200);
	}
});

test("the drill of the manual, as it is written: backup, another place, a lost machine, publishing on", async (t) => {
	assert.ok(examples.length >= 13, examples.join("\n"));
	fs.mkdirSync(file("safe"));
	fs.copyFileSync(file("log.key"), file("safe/log.key"));
	const memory = file("monitor.state");
	const monitor = () => spawnSync(COMMUNIQUE, ["monitor", site.url, "--state", memory], { encoding: "utf8", timeout: 60000 });
	assert.equal(monitor().status, 0, monitor().stdout);
	spawnSync("sleep", ["1.1"]);
	for (const line of examples) {
		t.diagnostic(line);
		if (/ restore .* \/srv\/press$/.test(line)) {
			// The machine is lost, with all but what stands elsewhere.
			await keepCheckpoint();
			fs.copyFileSync(file("checkpoint"), file("drill-desk/checkpoint"));
			await stop();
			for (const name of ["store", "log.state", "log.key", "preview.key", "communique.conf", "theme"])
				fs.rmSync(file(name), { recursive: true });
		}
		const said = type(line);
		if (line.startsWith("sha256sum "))
			assert.equal(said.slice(0, 64), sha256(fs.readFileSync(file("keys-1.txt"))));
	}
	await start();
	const { slug, answer } = await publishOne();
	assert.equal(answer.status, 200, answer.text);
	const verified = communique(site, "author", "verify", `${site.url}/en/releases/${slug}`, "--keys", file("keys-1.txt"));
	assert.equal(verified.status, 0, verified.stdout + verified.stderr);
	const watched = monitor();
	assert.equal(watched.status, 0, watched.stdout + watched.stderr);
	done("fsck", "-c", conf());
});

// The roots name another one, and clients follow through the key sets.
test("a log key of which there is no copy is lost, and the log goes on under another", async () => {
	fs.rmSync(file("log.key"));
	assert.equal((await publishOne()).answer.status, 503);
	const vkey = done("log", "key", "-c", conf()).stdout.trim();
	const last = (await site.get("/keys/current")).text, version = Number(/^version (\d+)$/m.exec(last)[1]) + 1;
	await site.admitKeys(version, last.replace(/^version .*$/m, `version ${version}`).replace(/^log .*$/m, `log ${vkey}`)
		.replace(/^previous .*$/m, `previous ${sha256(last)}`));
	fs.renameSync(file("log.key.next"), file("log.key"));
	const { slug, answer } = await publishOne();
	assert.equal(answer.status, 200, answer.text);
	const verified = communique(site, "author", "verify", `${site.url}/en/releases/${slug}`, "--keys", file("keys-1.txt"));
	assert.equal(verified.status, 0, verified.stdout + verified.stderr);
	done("fsck", "-c", conf());
});

// The key set after the one in force; its text.
async function nextKeys(edit) {
	const last = (await site.get("/keys/current")).text, version = Number(/^version (\d+)$/m.exec(last)[1]) + 1;
	const text = edit(last).replace(/^version .*$/m, `version ${version}`).replace(/^previous .*$/m, `previous ${sha256(last)}`);
	await site.admitKeys(version, text);
	return { version, text };
}

test("a store that cannot be had any more: the log goes on from an older one, under another key, and who remembers sees it", async (t) => {
	const steps = block("The newest store cannot be had any more");
	const memory = file("monitor.state.lost");
	const monitor = () => spawnSync(COMMUNIQUE, ["monitor", site.url, "--state", memory], { encoding: "utf8", timeout: 60000 });
	backup(file("before-the-loss"));
	const lost = await nextKeys((last) => last);
	const { slug, bytes } = await publishOne();
	const at = `/en/releases/${slug}`, text = (await site.get(`${at}.txt`)).text;
	const watched = monitor();
	assert.equal(watched.status, 0, watched.stdout);
	await site.services.desk.stop();
	await site.services.public.stop();
	fs.rmSync(file("store"), { recursive: true });
	done("restore", file("before-the-loss"), site.state);
	site.services.public.start();
	let vkey;
	for (const step of steps) {
		t.diagnostic(step);
		const { status, stdout, stderr } = spawnSync("sh", ["-c", step.replaceAll("/srv/press", site.state)],
			{ cwd: site.state, encoding: "utf8", env: { ...process.env, PATH: `${path.dirname(COMMUNIQUE)}:${process.env.PATH}` } });
		assert.equal(status, 0, `${step}: ${stderr}`);
		vkey = stdout.trim();
	}
	site.services.desk.start();
	await site.ready();
	// Nothing is signed before the roots have named the other key.
	assert.equal((await publishOne()).answer.json.code, "log-stopped");
	const { version } = await nextKeys((last) => last.replace(/^log .*$/m, `log ${vkey}`));
	assert.equal(version, lost.version);
	fs.renameSync(file("log.key.next"), file("log.key"));
	assert.equal((await publishAt(site.state, text, [bytes])).status, 200);
	assert.equal((await site.get(`${at}.txt`)).text, text);
	const verified = communique(site, "author", "verify", `${site.url}${at}`, "--keys", file("keys-1.txt"));
	assert.equal(verified.status, 0, verified.stdout + verified.stderr);
	done("fsck", "-c", conf());
	const alarm = monitor();
	assert.equal(alarm.status, 1, alarm.stdout + alarm.stderr);
	assert.match(alarm.stdout, /^ALARM: .*(did not grow out of|key set \d+ is not what it was)/m);
	t.diagnostic(alarm.stdout);
});
