// What happens to somebody who changes a store behind the program's back: a byte in any
// table, a byte in any file. Each is found by `communiqued fsck`, or changes nothing that is
// served: then a copy of the whole public site is the same, file by file, as before.
//
// Which bytes is chosen by a seed (SEED=… for another one); a failure names what was flipped.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { communique, COMMUNIQUED, release, Site } from "./site.mjs";

const SEED = Number(process.env.SEED ?? 1);
const FLIPS_PER_TABLE = 6, FLIPS_PER_FILE = 3, FLIPS_IN_PAGES = Number(process.env.FLIPS ?? 24);
const PICTURE = Buffer.from("GIF89a, a picture of nothing at all");

let site, work, rows, wholeExport, dump;

// Mulberry32: small, and the same everywhere.
let state = SEED >>> 0;
function random(below) {
	state = (state + 0x6d2b79f5) >>> 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) % below;
}

function run(who, ...args) {
	const { status, stdout, stderr } = communique(site, who, ...args);
	assert.equal(status, 0, `${args.join(" ")}: ${stdout}${stderr}`);
}

async function makeHistory() {
	await site.admin("author", `/admin/files/${sha256(PICTURE)}`, { method: "PUT", body: PICTURE,
		headers: { "Content-Type": "application/octet-stream" } });
	const first = release({ Attachment: `picture.gif; sha256=${sha256(PICTURE)}`, Reference: "No. 1",
		Topics: "Ports", Department: "Harbour Office" });
	await site.publish(first);
	await site.publish(release({ Revision: "2", Change: "correction", "Change-Note": "A number.",
		Previous: sha256(first), Department: "Harbour Office" }, "1. Another paragraph.\n"));
	await site.publish(release({ Language: "ko" }));
	await site.publish(release({ Release: "2026-11-23-removed" }));
	run("author", "kill", "en/2026-11-23-removed", "--note", "A name.", "--yes");
	run("approver", "approve", "en/2026-11-23-removed", "--yes");
	await site.publish(release({ Release: "2026-11-24-later", "Publish-At": "2199-01-01T00:00:00Z" }));
	const draft = release({ Release: "2026-11-24-draft" });
	await site.putDraft("author", "en/2026-11-24-draft", draft);
}

// The rows of every table: { table, line of the key, line of the value } in the dump.
function rowsOf(lines) {
	const found = [];
	let table = null, inside = false, first = 0;
	lines.forEach((line, i) => {
		if (line.startsWith("database="))
			table = line.slice(9);
		if (line === "HEADER=END")
			[inside, first] = [true, i + 1];
		else if (line === "DATA=END")
			inside = false;
		else if (inside && (i - first) % 2 === 0)
			found.push({ table, key: i, value: i + 1 });
	});
	return found;
}

const conf = () => path.join(work, "communique.conf");
const fsck = () => spawnSync(COMMUNIQUED, ["fsck", "-c", conf()], { encoding: "utf8", timeout: 60000 });

// A copy of all that is served, as one number; what cannot be served at all is told apart.
function served() {
	const to = path.join(work, "static");
	fs.rmSync(to, { recursive: true, force: true });
	const { status, signal, stderr } = spawnSync(COMMUNIQUED, ["export", "-c", conf(), to],
		{ encoding: "utf8", timeout: 60000 });
	if (status !== 0)
		return `status ${status ?? signal}: ${stderr}`;
	const names = fs.readdirSync(to, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name)).sort();
	return sha256(names.map((name) => `${path.relative(to, name)} ${sha256(fs.readFileSync(name))}\n`).join(""));
}

// Found, or of no consequence. Says which, for the sum at the end.
function judge(what) {
	const { status, signal, stdout, stderr } = fsck();
	if (status === 1 || status === 3)
		return "found";
	assert.equal(status, 0, `${what}: fsck ended with ${status ?? signal}: ${stdout}${stderr}`);
	const now = served();
	if (now !== wholeExport)
		assert.fail(`${what}: changes what is served, and fsck does not see it\n${now}\n${changedRows()}`);
	return "no matter";
}

// For the message of a failure: the rows that are not what they were.
function changedRows() {
	const { stdout, stderr } = spawnSync("mdb_dump", ["-a", path.join(work, "store")], { encoding: "utf8" });
	const now = stdout.split("\n"), old = new Set(dump), was = new Set(now);
	return [...now.filter((line) => !old.has(line)).map((line) => `+${line}`),
		...dump.filter((line) => !was.has(line)).map((line) => `-${line}`)].join("\n").slice(0, 4000) + stderr;
}

function load(lines) {
	const data = path.join(work, "store/data.mdb");
	for (const name of ["data.mdb", "lock.mdb"])
		fs.rmSync(path.join(work, "store", name), { force: true });
	execFileSync("mdb_load", [path.join(work, "store")], { input: lines.join("\n"), stdio: ["pipe", "ignore", "ignore"] });
	fs.chmodSync(data, 0o640);
}

// One bit of one byte of a line of hexadecimal digits that begins with a space.
function flipHex(line) {
	const at = 1 + random((line.length - 1) / 2) * 2;
	const byte = parseInt(line.slice(at, at + 2), 16) ^ (1 << random(8));
	return line.slice(0, at) + byte.toString(16).padStart(2, "0") + line.slice(at + 2);
}

function flipFile(file, least = 0) {
	const bytes = fs.readFileSync(file);
	const at = least + random(bytes.length - least);
	bytes[at] ^= 1 << random(8);
	fs.writeFileSync(file, bytes);
	return at;
}

before(async () => {
	site = await Site.start();
	await makeHistory();
	for (const service of Object.values(site.services))
		await service.stop();
	work = path.join(site.state, "work");
	fs.mkdirSync(work);
	for (const name of fs.readdirSync(site.state)) {
		const from = path.join(site.state, name);
		if (name !== "work" && (fs.statSync(from).isFile() || name === "store"))
			fs.cpSync(from, path.join(work, name), { recursive: true });
	}
	dump = execFileSync("mdb_dump", ["-a", path.join(work, "store")],
		{ encoding: "utf8", maxBuffer: 1 << 28 }).split("\n");
	rows = rowsOf(dump);
	load(dump);
	wholeExport = served();
	assert.match(wholeExport, /^[0-9a-f]{64}$/, wholeExport);
	assert.equal(fsck().status, 0);
});
after(() => site && fs.rmSync(site.state, { recursive: true, force: true }));

test("the store that is tampered with has rows in the tables that matter", () => {
	const tables = new Set(rows.map(({ table }) => table));
	for (const table of ["META", "KEYSETS", "FILES", "SIGNATURES", "DRAFTS", "REVISIONS", "JOURNAL", "SCHEDULE",
		"BOARD", "TALLY", "REFERENCES", "ATTACHMENTS", "USES", "AUDIT"])
		assert.ok([...tables].some((name) => name?.toUpperCase() === table), `${table}: ${[...tables].join(" ")}`);
});

test("a byte in any row of any table is found by fsck, or changes nothing that is served", (t) => {
	const tally = {};
	for (const table of new Set(rows.map((row) => row.table))) {
		const own = rows.filter((row) => row.table === table);
		for (let i = 0; table && i < FLIPS_PER_TABLE; i++) {
			const row = own[random(own.length)];
			const part = i % 3 === 0 || dump[row.value].length < 3 ? "key" : "value";
			const lines = [...dump];
			lines[row[part]] = flipHex(dump[row[part]]);
			load(lines);
			const how = judge(`SEED=${SEED}, ${table}, ${part} ${dump[row[part]]} became ${lines[row[part]]}`);
			tally[`${table} ${how}`] = (tally[`${table} ${how}`] ?? 0) + 1;
		}
	}
	t.diagnostic(JSON.stringify(tally));
	assert.ok(Object.keys(tally).filter((name) => name.endsWith("found")).length >= 10, JSON.stringify(tally));
});

test("a row that is taken out of any table is found, or changes nothing that is served", () => {
	for (const table of new Set(rows.map((row) => row.table))) {
		const own = rows.filter((row) => row.table === table);
		const row = own[random(own.length)];
		load(dump.filter((line, i) => i !== row.key && i !== row.value));
		judge(`SEED=${SEED}, ${table} without ${dump[row.key]}`);
	}
});

test("a byte in an attachment is found", () => {
	load(dump);
	const files = fs.readdirSync(path.join(work, "store/files"), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
	assert.equal(files.length, 1);
	for (let i = 0; i < FLIPS_PER_FILE; i++) {
		const before = fs.readFileSync(files[0]);
		const at = flipFile(files[0]);
		assert.equal(judge(`SEED=${SEED}, ${files[0]} at ${at}`), "found");
		fs.writeFileSync(files[0], before);
	}
});

test("a byte of the store's own file is found, or changes nothing that is served", (t) => {
	load(dump);
	const data = path.join(work, "store/data.mdb"), whole = fs.readFileSync(data);
	const tally = {};
	for (let i = 0; i < FLIPS_IN_PAGES; i++) {
		const at = flipFile(data, 2 * 4096); // behind the two pages that hold only LMDB's own
		const how = judge(`SEED=${SEED}, data.mdb at ${at}`);
		tally[how] = (tally[how] ?? 0) + 1;
		fs.writeFileSync(data, whole);
	}
	t.diagnostic(JSON.stringify(tally));
});
