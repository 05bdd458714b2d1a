// The journey of issue 2: the captured page, from a file on an editor's disk to a reader's
// page, by the commands alone. The capture is read from where it lies; none of its
// sentences stand here.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { communique, Site, SITE, TOP } from "./site.mjs";

const CAPTURES = path.resolve(TOP, "../shared/seeds");
const capture = fs.readdirSync(CAPTURES).filter((name) => name.endsWith(".txt"))
	.map((name) => path.join(CAPTURES, name))[0];

let site, file, edition, address;
before(async () => { site = await Site.start(); });
after(() => site?.stop());

// The blocks of the capture behind its title: [mark, text].
function blocksOf(text) {
	const blocks = text.replace(/\r/g, "").split(/\n\s*\n+/).map((block) => block.trim()).filter(Boolean);
	const first = blocks.findIndex((block) => block.startsWith("1. "));
	return {
		title: blocks[first - 1],
		body: blocks.slice(first).map((block) => /^(\d+\.|°)\s+([^]*)$/.exec(block).slice(1)),
	};
}

const unescape = (html) => html.replace(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">")
	.replaceAll("&quot;", "\"").replaceAll("&#39;", "'").replaceAll("&amp;", "&");
const squeeze = (text) => text.replace(/\s+/g, " ").trim();

function run(who, ...args) {
	const result = communique(site, who, ...args);
	assert.equal(result.status, 0, `communique ${args.join(" ")}\n${result.stdout}${result.stderr}`);
	return result;
}

test("import makes one release file of the capture", () => {
	const out = path.join(site.state, "imported");
	run("author", "import", capture, "-o", out, "--set", `Site=${SITE}`, "--set", "Date=2020-10-28",
		"--set", "Language=en");
	const files = fs.readdirSync(out).filter((name) => name.endsWith(".txt"));
	assert.equal(files.length, 1);
	file = path.join(out, files[0]);
	const text = fs.readFileSync(file, "utf8");
	const { title } = blocksOf(fs.readFileSync(capture, "utf8"));
	assert.match(text, new RegExp(`^Title: ${title}$`, "m"));
	edition = `${/^Language: (.*)$/m.exec(text)[1]}/${/^Release: (.*)$/m.exec(text)[1]}`;
	address = `/${edition.replace("/", "/releases/")}`;
});

test("check finds nothing wrong", () => {
	run("author", "check", file);
});

test("publish: the author's signature alone does not make it public", async () => {
	assert.equal((await site.get(address)).status, 404);
	const { stdout } = run("author", "publish", file);
	assert.match(stdout, /1 of 2|waiting/);
	assert.equal((await site.get(address)).status, 404);
	assert.equal((await site.get(`${address}.txt`)).status, 404);
});

test("drafts and show tell the approver what waits", () => {
	assert.match(run("approver", "drafts").stdout, new RegExp(edition));
	assert.equal(run("approver", "show", edition).stdout.includes(blocksOf(fs.readFileSync(capture, "utf8")).title), true);
});

test("approve makes it public at once", async () => {
	run("approver", "approve", edition, "--yes");
	assert.equal((await site.get(address)).status, 200);
});

test("h1 is the title; six paragraphs, one point each under 2 and 3; nothing lost, nothing added", async () => {
	const { title, body } = blocksOf(fs.readFileSync(capture, "utf8"));
	const { text } = await site.get(address);
	const h1 = [...text.matchAll(/<h1\b[^>]*>([^]*?)<\/h1>/g)].map(([, inner]) => squeeze(unescape(inner)));
	assert.deepEqual(h1, [title]);
	const ids = [...text.matchAll(/\bid="(p\d[\d.]*)"/g)].map(([, id]) => id);
	assert.deepEqual(ids, ["p1", "p2", "p2.1", "p3", "p3.1", "p4", "p5", "p6"]);

	// The whole text between the first paragraph and the list's end, marks included, equals
	// the capture's.
	const from = text.lastIndexOf("<ol", text.indexOf("id=\"p1\""));
	let depth = 0, to = from;
	for (const { 0: tag, index } of text.slice(from).matchAll(/<\/?ol\b[^>]*>/g)) {
		depth += tag.startsWith("</") ? -1 : 1;
		if (depth === 0) {
			to = from + index;
			break;
		}
	}
	const shown = squeeze(unescape(text.slice(from, to).replace(/<\/?(p|li|ol|ul|span|div)\b[^>]*>/g, " $&")));
	const wanted = squeeze(body.map(([mark, words]) => `${mark} ${words}`).join(" "));
	assert.equal(shown.replace(/ /g, ""), wanted.replace(/ /g, ""));
	for (const [mark] of body.filter(([mark]) => mark !== "°"))
		assert.match(text, new RegExp(`<span class="num">${mark.replace(".", "\\.")}</span>`));
});

test("the .txt is the signed file, byte for byte", async () => {
	const { bytes } = await site.get(`${address}.txt`);
	assert.deepEqual(bytes, fs.readFileSync(file));
});

test("stock minisign accepts it with the author's public key, and only as it is", async () => {
	const local = path.join(site.state, "downloaded.txt");
	fs.writeFileSync(local, (await site.get(`${address}.txt`)).bytes);
	fs.writeFileSync(`${local}.minisig`, (await site.get(`${address}.txt.minisig`)).bytes);
	const verify = () => spawnSync("minisign", ["-VHm", local, "-p", `${site.keyPath("author")}.pub`], { encoding: "utf8" });
	const good = verify();
	assert.equal(good.status, 0, good.stderr);
	fs.appendFileSync(local, "\n");
	assert.notEqual(verify().status, 0);
});

test("verify says the same, with the key set, and no for another file", async () => {
	const keys = path.join(site.state, "keys-1.txt"), local = path.join(site.state, "verified.txt");
	fs.writeFileSync(local, (await site.get(`${address}.txt`)).bytes);
	fs.writeFileSync(`${local}.minisig`, (await site.get(`${address}.txt.minisig`)).bytes);
	const verify = () => communique(site, "reader-without-keys", "verify", local, "--keys", keys);
	const good = verify();
	assert.match(good.stdout, /author/, good.stderr);
	fs.appendFileSync(local, "7. Added.\n");
	assert.equal(verify().status, 1);
});

test("it stands on the board, in its language and in no other", async () => {
	const { title } = blocksOf(fs.readFileSync(capture, "utf8"));
	assert.ok(unescape((await site.get("/en/releases/")).text).includes(title));
	assert.ok(!unescape((await site.get("/ko/releases/")).text).includes(title));
});

test("a signed request by hand", () => {
	const { stdout } = run("author", "request", "GET", `${site.url}/admin/drafts`);
	JSON.parse(stdout);
});

test("text, new, publish, approve: a release of one's own", async () => {
	const source = path.join(site.state, "own.txt"), made = path.join(site.state, "own-release.txt");
	fs.writeFileSync(source, "1. It began.\n\n2. It went on.\n");
	const { stdout } = run("author", "new", "--from", source, "--set", "Title=It Goes On",
		"--set", "Language=en", "--set", "Date=2026-11-23", "--set", "Release=2026-11-23-it-goes-on",
		"--set", "Kind=press-release");
	fs.writeFileSync(made, stdout);
	run("author", "check", made);
	run("author", "publish", made);
	run("approver", "approve", "en/2026-11-23-it-goes-on", "--yes");
	const { text } = await site.get("/en/releases/2026-11-23-it-goes-on");
	assert.match(text, /It went on\./);
});

test("a key made by stock minisign signs for us, ours signs for it", () => {
	const key = path.join(site.state, "stock");
	execFileSync("minisign", ["-GWfp", `${key}.pub`, "-s", `${key}.key`], { stdio: "ignore" });
	run("author", "sign", file, "--key", `${key}.key`);
	execFileSync("minisign", ["-VHm", file, "-p", `${key}.pub`], { stdio: "ignore" });
});

test("refusals: exit status 1 and a reason, and nothing is published", async () => {
	const bad = path.join(site.state, "bad.txt");
	fs.writeFileSync(bad, fs.readFileSync(file, "utf8").replace(/^Kind: .*$/m, "Kind: rumour"));
	const checked = communique(site, "author", "check", bad);
	assert.equal(checked.status, 1);
	assert.match(checked.stdout + checked.stderr, /line \d+|:\d+/);
	const missing = communique(site, "author", "approve", "en/never-was", "--yes");
	assert.equal(missing.status, 1, missing.stderr);
	const away = communique(site, "author", "publish", file, "--server", "http://127.0.0.1:1");
	assert.equal(away.status, 3, away.stderr);
	assert.equal(communique(site, "author", "publish").status, 2);
});
