// The page that tells whether a text is ours: by hash, by form, and as JSON. What it says of
// each kind of text, and that nothing else can be learnt from it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { COMMUNIQUE, release, Site } from "./site.mjs";
import { ask } from "./wire.mjs";

const PAGE = "/en/verify";
const body = "1. The minister met <the> ambassadors & spoke of trade.\n\n° They agreed on three points.\n\n2. The next meeting is in May.\n";
const first = release({ Release: "2026-11-20-talks", Date: "2026-11-20", Title: "Talks on Trade" }, body);
const second = release({
	Release: "2026-11-20-talks", Date: "2026-11-20", Title: "Talks on Trade", Revision: "2",
	Previous: sha256(first), Change: "correction", "Change-Note": "The month was wrong.",
}, body.replace("May", "June"));
const gone = release({ Release: "2026-11-21-gone", Date: "2026-11-21", Title: "Never Mind This" });
const kill = release({
	Release: "2026-11-21-gone", Date: "2026-11-21", Title: "Never Mind This", Revision: "2",
	Previous: sha256(gone), Change: "kill", "Change-Note": "A court ordered it.",
}, "");
const korean = release({ Release: "2026-11-22-korean", Date: "2026-11-22", Language: "ko", Title: "통상 회담" },
	"1. 장관은 대사들을 만났다.\n");

let site;

before(async () => {
	site = await Site.start();
	for (const text of [first, second, gone, kill, korean])
		await site.publish(text);
});
after(() => site?.stop());

const boundary = "----communique-test";
function multipart(fields) {
	return Object.entries(fields).map(([name, value]) => `--${boundary}\r\n` +
		`Content-Disposition: form-data; name="${name}"${name === "file" ? '; filename="a.txt"' : ""}\r\n` +
		(name === "file" ? "Content-Type: text/plain\r\n" : "") + `\r\n${value}\r\n`).join("") + `--${boundary}--\r\n`;
}

const post = (body, type = `multipart/form-data; boundary=${boundary}`, page = PAGE, impatient = false) =>
	ask(site.url + page, {
		method: "POST", body, impatient,
		headers: { "Content-Type": type, "Content-Length": Buffer.byteLength(body) },
	});

// As a browser does: a text area's line ends leave as CR LF.
const paste = (text, page) => post(multipart({ text: text.replaceAll("\n", "\r\n"), file: "" }), undefined, page);
const upload = (text) => post(multipart({ text: "", file: text }));
const said = (answer) => /<div class="banner (\w+)" role="status">\s*<p[^>]*><strong>([^<]*)<\/strong>/.exec(answer.text)?.slice(1);
const main = (answer) => /<main[^]*<\/main>/.exec(answer.text)[0];

test("the page is there in each language, in the menu and the footer, and can be cached", async () => {
	for (const [language, title] of [["en", "Check a text"], ["ko", "진위 확인"], ["ar", "التحقق من نص"]]) {
		const page = await site.get(`/${language}/verify`);
		assert.equal(page.status, 200);
		assert.match(page.headers["cache-control"], /^public, max-age=/);
		assert.ok(page.text.includes(`<h1>${title}</h1>`), title);
		assert.equal(said(page), undefined);
		const home = await site.get(`/${language}/`);
		assert.equal(home.text.split(`href="/${language}/verify"`).length - 1, 2, "menu and footer");
	}
});

test("the hash of the current revision is told to be ours", async () => {
	const page = await site.get(`${PAGE}?sha256=${sha256(second)}`);
	assert.equal(page.status, 200);
	assert.deepEqual(said(page), ["good", "This is our text, unchanged."]);
	assert.match(page.text, /href="\/en\/releases\/2026-11-20-talks\/r2">Talks on Trade</);
	assert.match(page.text, /<meta name="robots" content="noindex">/);
	const keyid = site.keys.author.keyid.toLowerCase();
	assert.ok(page.text.includes(`href="/en/releases/2026-11-20-talks/r2.txt.${keyid}.minisig"`));
	assert.match(page.text, /minisign -VHm r2\.txt -x r2\.txt\.[0-9a-f]{16}\.minisig -P RW/);
	assert.match(page.text, /communique verify r2\.txt r2\.txt\.[0-9a-f]{16}\.minisig r2\.txt\.[0-9a-f]{16}\.minisig --keys current/);
});

test("the commands that it shows can be typed, with the files that it links to", async () => {
	const page = await site.get(`${PAGE}?sha256=${sha256(second)}`);
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "communique-verify-"));
	const steps = /<section class="how">[^]*?<\/section>/.exec(page.text)[0];
	for (const [, address] of steps.matchAll(/<a dir="ltr" href="([^"]*)">/g))
		fs.writeFileSync(path.join(folder, path.basename(address)), (await site.get(address)).bytes);
	const commands = [...steps.matchAll(/<code class="command"[^>]*>([^<]*)</g)].map(([, command]) => command);
	assert.equal(commands.length, 2);
	for (const command of commands) {
		const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
			cwd: folder, encoding: "utf8", env: { ...process.env, PATH: `${path.dirname(COMMUNIQUE)}:${process.env.PATH}` },
		});
		assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
	}
	fs.rmSync(folder, { recursive: true });
});

test("of an older revision it is told that there is a newer one", async () => {
	const page = await site.get(`${PAGE}?sha256=${sha256(first)}`);
	assert.deepEqual(said(page), ["good", "This is our text, unchanged."]);
	assert.match(page.text, /This is revision 1, which has been superseded\. <a href="\/en\/releases\/2026-11-20-talks">/);
});

test("JSON says the same", async () => {
	const told = async (hash) => (await site.get(`${PAGE}.json?sha256=${hash}`)).json;
	const found = await told(sha256(second));
	assert.deepEqual({ ...found, publicAt: undefined }, {
		site: "localhost", language: "en", address: `${site.url}/en/verify?sha256=${sha256(second)}`,
		sha256: sha256(second), result: "current", release: "2026-11-20-talks", releaseLanguage: "en",
		revision: 2, newest: 2, title: "Talks on Trade", publicAt: undefined,
		file: `${site.url}/en/releases/2026-11-20-talks/r2.txt`,
	});
	assert.equal((await told(sha256(first))).result, "superseded");
	assert.deepEqual(Object.keys(await told(sha256(gone))), ["site", "language", "address", "sha256", "result"]);
	assert.equal((await told(sha256(gone))).result, "removed");
	assert.equal((await told("0".repeat(64))).result, "unknown");
	assert.equal((await told(sha256(korean))).releaseLanguage, "ko");
});

test("a hash has one spelling", async () => {
	for (const hash of [sha256(first).toUpperCase(), "12", "x".repeat(64), `${sha256(first)}0`])
		assert.equal((await site.get(`${PAGE}?sha256=${hash}`)).status, 400, hash);
	assert.equal((await site.get(`${PAGE}.json`)).status, 400);
	assert.equal((await site.get(`${PAGE}?sha256=`)).status, 301);
});

test("a pasted text is the file, whatever a form does to line ends", async () => {
	assert.deepEqual(said(await paste(second)), ["good", "This is our text, unchanged."]);
	const answer = await paste(first);
	assert.equal(answer.headers["cache-control"], "no-store");
	assert.match(answer.text, /superseded/);
});

test("a file is taken byte for byte, and what copying does to it is told as that", async () => {
	assert.deepEqual(said(await upload(second)), ["good", "This is our text, unchanged."]);
	for (const copied of [second.replaceAll("\n", "\r\n"), second.trimEnd(), `\n${second}\n\n`, `\ufeff${second}`]) {
		const answer = await upload(copied);
		assert.deepEqual(said(answer), ["good", "This is our text."], JSON.stringify(copied.slice(0, 9)));
		assert.match(answer.text, /revision 2/);
	}
});

test("a form of the plain type works, too", async () => {
	const answer = await post(new URLSearchParams({ text: second.replaceAll("\n", "\r\n") }).toString(),
		"application/x-www-form-urlencoded");
	assert.deepEqual(said(answer), ["good", "This is our text, unchanged."]);
});

test("a changed text is held against the revision that it claims to be", async () => {
	const answer = await paste(second.replace("three points", "four points").replace("Talks on", "Talks about"));
	assert.deepEqual(said(answer), ["withdrawn", "This is not our text."]);
	assert.match(answer.text, /<del>.*three.*<\/del>/);
	assert.match(answer.text, /<ins>.*four.*<\/ins>/);
	assert.match(answer.text, /<dt[^>]*>Title<\/dt><dd>Talks <del>/);
});

test("a revision that is not there is held against the newest, and called what it is", async () => {
	const answer = await paste(second.replace("Revision: 2", "Revision: 7").replace("June", "July"));
	assert.deepEqual(said(answer), ["withdrawn", "This is not our text."]);
	assert.match(answer.text, /says that it is revision 7 of this release, which is not published here\. It was compared with revision 2/);
});

test("a difference that no reader sees is not called none", async () => {
	const answer = await paste(second.replace("The month was wrong.", "The month was right."));
	assert.deepEqual(said(answer), ["withdrawn", "This is not our text."]);
	assert.match(answer.text, /No difference can be seen in the words/);
});

test("a file that cannot be read is still compared by its words", async () => {
	const answer = await paste(second.replace("Kind: press-release", "Kind: rumour").replace("June", "July"));
	assert.deepEqual(said(answer), ["withdrawn", "This is not our text."]);
	assert.match(answer.text, /<del>.*June.*<\/del>.*<ins>.*July.*<\/ins>/);
});

test("the words of a page are told from the file, and from other words", async () => {
	const page = (await site.get("/en/releases/2026-11-20-talks")).text;
	const shown = /<main[^]*?<\/main>/.exec(page)[0].replace(/<\/(p|li|h1|div|dd|dt)>/g, "\n").replace(/<[^>]*>/g, "")
		.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&").replaceAll("&quot;", '"');
	const same = await paste(shown);
	assert.deepEqual(said(same), ["changed", "These are the words of our release."]);
	assert.doesNotMatch(main(same), /<del>/);
	const other = await paste(shown.replace("three points", "nine points"));
	assert.deepEqual(said(other), ["changed", "These are not quite the words of our release."]);
	assert.match(other.text, /<del>.*three.*<\/del>/);
	const address = await paste(`As on ${site.url}/en/releases/2026-11-20-talks:\n${body.replaceAll("\n\n", "\n")}`);
	assert.equal(said(address)[0], "changed");
});

test("a paragraph that somebody copied is known by its words, in whatever language, and by no few of them", async () => {
	const part = body.split("\n\n").slice(0, 2).join("\n");
	const found = await paste(part);
	assert.deepEqual(said(found), ["changed", "These are words of our release."]);
	assert.match(found.text, /<h2 lang="en" dir="ltr"><a href="\/en\/releases\/2026-11-20-talks\/r2">/);
	assert.doesNotMatch(main(found), /<ins>/);
	const changed = await paste(part.replace("three", "nine"));
	assert.deepEqual(said(changed), ["changed", "These are not quite the words of our release."]);
	assert.match(changed.text, /<del>.*three.*<\/del>.*<ins>.*nine.*<\/ins>/);
	const foreign = await paste("장관은 대사들을 만났다.");
	assert.match(foreign.text, /<h2 lang="ko" dir="ltr"><a href="\/ko\/releases\/2026-11-22-korean\/r1">/);
	for (const other of ["They agreed on three points.", `${part.split("\n")[0]}\n${"What follows was never said by anybody. ".repeat(9)}`,
		"The minister of another country met five ambassadors in spring, and they spoke of the weather and the price of bread."])
		assert.deepEqual(said(await paste(other)), ["changed", "This is no release of ours."], other);
});

test("the words of what is embargoed are nobody's yet", async () => {
	const words = "1. Nobody may know before its moment that the harbour of Seomun will be opened to ships of every flag.\n";
	await site.publish(release({ Release: "2026-11-25-harbour", Date: "2026-11-25", Title: "A Harbour Opens",
		"Publish-At": new Date(Date.now() + 3600e3).toISOString().replace(/\.\d+/, "") }, words));
	for (const text of [words, `A Harbour Opens\n${words}`])
		assert.deepEqual(said(await paste(text)), ["changed", "This is no release of ours."]);
});

test("a release in another language keeps its language", async () => {
	const answer = await paste(korean.replace("대사들", "장관들"));
	assert.match(answer.text, /<h2 lang="ko" dir="ltr"><a href="\/ko\/releases\/2026-11-22-korean\/r1">통상 회담/);
});

test("what was removed is said to be, and nothing of it is shown", async () => {
	for (const answer of [await site.get(`${PAGE}?sha256=${sha256(gone)}`), await paste(gone), await paste(gone.replace("first", "1st"))]) {
		assert.deepEqual(said(answer), ["withdrawn", "This release has been removed."]);
		assert.doesNotMatch(main(answer), /Never Mind|2026-11-21-gone|court|paragraph/);
	}
});

test("what is none of ours is told so, and escaped", async () => {
	for (const text of ["<script>alert(1)</script>", "Talks on Trade", release({ Release: "2026-11-23-forged", Title: "<b>Forged</b>" }),
		first.replace("Site: localhost", "Site: press.example"), "\u0000\u0001", "x".repeat(100000)]) {
		const answer = await paste(text);
		assert.equal(answer.status, 200);
		assert.deepEqual(said(answer), ["changed", "This is no release of ours."], text.slice(0, 40));
		assert.doesNotMatch(answer.text, /<script>alert|<b>Forged/);
	}
	const odd = await post(Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"\r\n\r\n`),
		Buffer.from([0xff, 0xfe, 0x00, 0xc3]), Buffer.from(`\r\n--${boundary}--\r\n`)]));
	assert.deepEqual(said(odd), ["changed", "This is no release of ours."]);
});

test("an empty form is the page again", async () => {
	const answer = await paste("");
	assert.equal(answer.status, 200);
	assert.equal(said(answer), undefined);
});

test("what is no form is refused", async () => {
	const type = `multipart/form-data; boundary=${boundary}`;
	assert.equal((await post(first, "text/plain")).status, 400);
	assert.equal((await post("text=%zz", "application/x-www-form-urlencoded")).status, 400);
	for (const bad of ["", "x", `--${boundary}`, `--${boundary}\r\n\r\nx\r\n--${boundary}--`,
		`--${boundary}\r\nContent-Disposition: form-data; name="text"\r\n\r\nx`, multipart({ text: "a" }).slice(0, -6)])
		assert.equal((await post(bad, type)).status, 400, bad);
	assert.equal((await post(multipart({ text: "a" }), "multipart/form-data")).status, 400);
});

test("a body has a limit, and other addresses take none", async () => {
	assert.equal((await upload("x".repeat(2 * 1024 * 1024))).status, 413);
	assert.equal((await upload("x".repeat(2 * 1024 * 1024 - 1000))).status, 200);
	for (const page of ["/en/", "/en/verify.json", "/en/releases/2026-11-20-talks"]) {
		const answer = await post(multipart({ text: "a" }), undefined, page);
		assert.equal(answer.status, 405, page);
		assert.equal(answer.headers.allow, "GET, HEAD");
	}
	const put = await site.get(PAGE, {}, "PUT");
	assert.deepEqual([put.status, put.headers.allow], [405, "GET, HEAD, POST"]);
	assert.equal((await paste("a", "/fr/verify")).status, 404);
});

test("who sends without end is asked to wait", async () => {
	const answers = await Promise.all(Array.from({ length: 60 }, () => post(multipart({ text: "a" }), undefined, PAGE, true)));
	const statuses = answers.map(({ status }) => status);
	assert.ok(statuses.includes(429), statuses.join(" "));
	assert.ok(statuses.every((status) => status === 200 || status === 429), statuses.join(" "));
	assert.equal((await site.get(`${PAGE}?sha256=${sha256(second)}`)).status, 200, "asking is not counted");
});
