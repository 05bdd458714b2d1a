// communiqued export: the site as files, served by a plain nginx, held against the program.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { communique, COMMUNIQUED, release, Site, wait } from "./site.mjs";
import { StaticSite } from "./static.mjs";

const BOARD_PAGE_SIZE = 20;
let site, copy, folder;

const conf = () => path.join(site.state, "communique.conf");
const exportTo = (to = folder) => spawnSync(COMMUNIQUED, ["export", "-c", conf(), to], { encoding: "utf8" });
function exported(to) {
	const { status, stdout, stderr } = exportTo(to);
	assert.equal(status, 0, stdout + stderr);
	const [, written, unchanged, removed] =
		/^(\d+) written, (\d+) unchanged, (\d+) removed\n$/.exec(stdout).map(Number);
	return { written, unchanged, removed };
}
// Every file with its bytes and its moment.
const files = () => fs.readdirSync(folder, { recursive: true, withFileTypes: true })
	.filter((entry) => entry.isFile())
	.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
const states = () => new Map(files().map((file) => [path.relative(folder, file),
	`${sha256(fs.readFileSync(file))} ${fs.statSync(file).mtimeMs}`]));

function run(who, ...args) {
	const { status, stdout, stderr } = communique(site, who, ...args);
	assert.equal(status, 0, `${args.join(" ")}: ${stdout}${stderr}`);
}

async function same(target, status = 200) {
	const [from, to] = await Promise.all([site.get(target), copy.get(target)]);
	assert.equal(from.status, status, `${target} ${from.text.slice(0, 300)}`);
	assert.equal(to.status, status, target);
	assert.deepEqual(to.bytes, from.bytes, target);
	assert.equal(to.headers["content-type"], from.headers["content-type"], target);
	for (const name of ["content-security-policy", "x-content-type-options", "referrer-policy",
		"permissions-policy", "cross-origin-opener-policy"])
		assert.equal(to.headers[name], from.headers[name], `${target} ${name}`);
	// Of a page the copy's moment is when it was written: not before it said something else.
	if (/^\/\w\w\/releases\/.*\.(txt|minisig)$|^\/files\//.test(target) && status === 200)
		assert.equal(to.headers["last-modified"], from.headers["last-modified"], target);
}

const PICTURE = Buffer.from("GIF89a of nothing at all");
const PICTURE_NAME = "보도 자료.gif";
const FORMS = ["", ".txt", ".txt.minisig", ".json"];

before(async () => {
	site = await Site.start({ settings: "contact-security = security@press.example\n" });
	folder = path.join(site.state, "static");
	const picture = path.join(site.state, "picture.gif");
	fs.writeFileSync(picture, PICTURE);
	await site.admin("author", `/admin/files/${sha256(PICTURE)}`, { method: "PUT", body: PICTURE,
		headers: { "Content-Type": "application/octet-stream" } });
	await site.publish(release({ Attachment: `${PICTURE_NAME}; sha256=${sha256(PICTURE)}` }));
	await site.publish(release({ Language: "ko" }));
	const second = release({ Revision: "2", Change: "correction", "Change-Note": "A number was wrong.",
		Previous: sha256(release({ Attachment: `${PICTURE_NAME}; sha256=${sha256(PICTURE)}` })) },
	"1. Another paragraph.\n");
	await site.publish(second);
	await site.publish(release({ Release: "2026-11-23-removed" }));
	await site.publish(release({ Release: "2026-11-23-withdrawn" }));
	run("author", "withdraw", "en/2026-11-23-withdrawn", "--note", "It was wrong.", "--yes");
	run("approver", "approve", "en/2026-11-23-withdrawn", "--yes");
	for (let i = 0; i < BOARD_PAGE_SIZE; i++)
		await site.publish(release({ Release: `2026-11-24-more-${i}`, Date: "2026-11-24" }));
	exported();
	copy = await StaticSite.start(folder, path.join(site.state, "static-nginx"));
});
after(async () => {
	await copy?.stop();
	await site?.stop();
});

test("each page, text, signature and JSON is the program's own, byte for byte", async () => {
	for (const target of ["/en/", "/ko/", "/ar/", "/en/releases/", "/en/releases/?page=2",
		"/ko/releases/", "/robots.txt", "/sitemap.xml", "/en/sitemap.xml", "/.well-known/security.txt", "/en/feed.atom", "/ko/feed.json",
		"/en/releases.json", "/en.json", "/en/topics/", "/en/archive/2026/", "/keys/1", "/keys/current", "/en/releases/2026-11-23-first/history",
		"/en/releases/2026-11-23-first/history/1..2"])
		await same(target);
	for (const at of ["/en/releases/2026-11-23-first", "/en/releases/2026-11-23-first/r1",
		"/en/releases/2026-11-23-first/r2", "/ko/releases/2026-11-23-first",
		"/en/releases/2026-11-23-withdrawn", "/en/releases/2026-11-24-more-7"])
		for (const form of FORMS)
			await same(at + form);
	const keyid = site.keys.approver.keyid.toLowerCase();
	await same(`/en/releases/2026-11-23-first.txt.${keyid}.minisig`);
});

test("what pages refer to is there: style, script, attachments under their real names", async () => {
	const { text } = await copy.get("/en/releases/2026-11-23-first/r1");
	const assets = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, at]) => at);
	assert.ok(assets.length >= 3, assets.join(" "));
	for (const asset of new Set(assets))
		await same(asset);
	const target = `/files/${sha256(PICTURE)}/${encodeURIComponent(PICTURE_NAME)}`;
	await same(target);
	assert.deepEqual((await copy.get(target, { Range: "bytes=0-5" })).text, "GIF89a");
});

test("every link within the copy leads somewhere", async () => {
	const seen = new Set(), next = ["/en/"];
	while (next.length) {
		const target = next.pop();
		if (seen.has(target))
			continue;
		seen.add(target);
		const answer = await copy.get(target);
		assert.equal(answer.status, 200, target);
		if (!answer.headers["content-type"].startsWith("text/html"))
			continue;
		for (const [, found] of answer.text.matchAll(/href="(\/[^"#]*)/g))
			next.push(found.replaceAll("&amp;", "&"));
	}
	assert.ok(seen.size > 100, String(seen.size));
});

test("addresses that are nobody's answer 404 with the site's page; a slash too few is put right", async () => {
	const { text } = await site.get("/en/releases/2026-11-23-nothing");
	assert.ok(text.length > 500);
	for (const target of ["/en/releases/2026-11-23-nothing", "/en/releases/?page=9", "/files/x",
		"/.site", "/.gone/", "/.page/2/en/releases/index.html", "/admin/drafts", "/healthz"])
		assert.equal((await copy.get(target)).status, 404, target);
	assert.match((await copy.get("/nothing")).text, /<title/);
	const answer = await copy.get("/en");
	assert.equal(answer.status, 301);
	assert.equal(new URL(answer.headers.location, copy.url).pathname, "/en/");
	// As here and not as the reader says: no host, and what was asked for with it.
	assert.equal((await copy.get("/en/releases?page=2", { Host: "elsewhere.example" })).headers.location, "/en/releases/?page=2");
	assert.equal((await copy.get("/" + encodeURI("en/topics/없음"))).status, 404);
	assert.match((await copy.get("/")).text, /url=\/en\//);
});

test("a second run writes nothing, and leaves every file as it is", () => {
	const beforehand = states();
	const { written, unchanged, removed } = exported();
	assert.deepEqual({ written, removed }, { written: 0, removed: 0 });
	assert.equal(unchanged, beforehand.size - 1); // without .site
	assert.deepEqual(states(), beforehand);
});

test("a correction rewrites its own pages and the lists, and nothing else", async () => {
	const beforehand = states();
	run("author", "revise", "en/2026-11-24-more-3", "--change", "correction", "--note", "A word.",
		"-o", path.join(site.state, "revised.txt"));
	run("author", "publish", path.join(site.state, "revised.txt"));
	run("approver", "approve", "en/2026-11-24-more-3", "--yes");
	exported();
	const changed = [...states()].filter(([file, state]) => beforehand.get(file) !== state)
		.map(([file]) => file);
	assert.ok(changed.includes("en/releases/2026-11-24-more-3.html"));
	const strange = changed.filter((file) => file.startsWith("en/releases/2026-") &&
		!file.startsWith("en/releases/2026-11-24-more-3"));
	assert.deepEqual(strange, []);
	await same("/en/releases/2026-11-24-more-3");
});

test("what a kill took is gone from every address, and says why", async () => {
	run("author", "kill", "en/2026-11-23-removed", "--note", "A name had to go.", "--yes");
	run("approver", "approve", "en/2026-11-23-removed", "--yes");
	assert.ok(exported().removed >= FORMS.length);
	for (const at of ["", "/r1"])
		for (const form of FORMS)
			await same(`/en/releases/2026-11-23-removed${at}${form}`, 410);
	assert.match((await copy.get("/en/releases/2026-11-23-removed")).text, /A name had to go\./);
	const left = files().filter((file) => !file.includes("/.gone/") && file.includes("2026-11-23-removed"));
	assert.deepEqual(left, []);
});

test("nothing leaves before its lift, by name or by hash", async () => {
	const lift = Math.floor(Date.now() / 1000) + 6;
	const text = release({ Release: "2026-11-25-secret", Title: "A Secret Until Then",
		"Publish-At": new Date(lift * 1000).toISOString().replace(/\.\d+Z/, "Z") });
	const { answer } = await site.publish(text);
	assert.equal(answer.state, "scheduled");
	const beforehand = states();
	exported();
	assert.ok(Date.now() / 1000 < lift, "the machine is too slow for this test");
	assert.deepEqual(states(), beforehand);
	for (const file of files()) {
		const bytes = fs.readFileSync(file);
		assert.ok(!bytes.includes("2026-11-25-secret") && !bytes.includes("A Secret Until Then") &&
			!bytes.includes(sha256(text)), file);
	}
	await wait(lift * 1000 + 1100 - Date.now());
	exported();
	await same("/en/releases/2026-11-25-secret");
});

test("it is written only into an empty folder or over its own export", () => {
	const other = path.join(site.state, "photographs");
	fs.mkdirSync(other);
	fs.writeFileSync(path.join(other, "cat.jpg"), "a cat");
	const { status, stderr } = exportTo(other);
	assert.equal(status, 1, stderr);
	assert.match(stderr, /holds other things/);
	assert.deepEqual(fs.readdirSync(other), ["cat.jpg"]);
});

test("a run that was killed is made good by the next one", async () => {
	const beforehand = states();
	fs.mkdirSync(path.join(folder, ".new"));
	fs.writeFileSync(path.join(folder, ".new/file"), "half of");
	fs.truncateSync(path.join(folder, "en/index.html"), 10);
	fs.rmSync(path.join(folder, "en/releases/index.html"));
	const { written } = exported();
	assert.equal(written, 2);
	assert.deepEqual([...states().keys()].sort(), [...beforehand.keys()].sort());
	await same("/en/");
});

test("a name that is too long for a file is left out and said, and the rest is there", async () => {
	const topic = "\u{20000}".repeat(80); // 320 bytes
	await site.publish(release({ Release: "2026-11-26-long", Topics: topic }));
	const { status, stderr } = exportTo();
	assert.equal(status, 0, stderr);
	assert.match(stderr, /^note: left out, a file's name has at most 255 bytes: \/en\/topics\/%F0%A0%80%80/m);
	await same("/en/releases/2026-11-26-long");
	await same("/en/topics/");
	assert.equal((await site.get(encodeURI(`/en/topics/${topic}/`))).status, 200);
	assert.equal(exported().written, 0);
});

test("what is called index has a page of its own beside its folder's", async () => {
	await site.publish(release({ Release: "index", Topics: "index" },
		`1. [A topic](${site.url}/en/topics/index), a slash too few.\n`));
	exported();
	for (const target of ["/en/releases/", "/en/topics/", "/en/topics/index/", "/en/releases/index/r1", "/en/releases/index/history",
		...FORMS.map((form) => `/en/releases/index${form}`)])
		await same(target);
	assert.equal((await copy.get("/en/releases/index/")).status, 404);
	run("author", "kill", "en/index", "--note", "No.", "--yes");
	run("approver", "approve", "en/index", "--yes");
	exported();
	await same("/en/releases/index", 410);
	await same("/en/releases/index/r1", 410);
	await same("/en/releases/");
});

test("what was killed goes also when the run comes to no end", async () => {
	await site.publish(release({ Release: "2026-11-27-killed" }));
	exported();
	run("author", "kill", "en/2026-11-27-killed", "--note", "No.", "--yes");
	run("approver", "approve", "en/2026-11-27-killed", "--yes");
	const home = path.join(folder, "en/index.html");
	fs.rmSync(home);
	fs.mkdirSync(path.join(home, "in-the-way"), { recursive: true });
	assert.equal(exportTo().status, 3);
	assert.deepEqual(files().filter((file) => !file.includes("/.gone/") && file.includes("2026-11-27-killed")), []);
	fs.rmSync(home, { recursive: true });
	exported();
	await same("/en/releases/2026-11-27-killed", 410);
});
