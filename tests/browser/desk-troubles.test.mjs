// The desk's page when colleagues, the network, the disk or the server are against the editor.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { sha256 } from "../http/keys.mjs";
import { communique, release, Site, until } from "../http/site.mjs";
import { profile, savedCopy } from "./browser.mjs";

let site, editor, page, folder;
before(async () => {
	site = await Site.start();
	folder = fs.mkdtempSync(path.join(os.tmpdir(), "communique-desk-"));
	editor = await profile(path.join(folder, "anna"), site.url, { locale: "en-US" });
	page = editor.page;
	await page.goto(`${site.url}/desk/`);
	await page.click("button.primary");
	const line = (await (await page.waitForSelector("pre.exact")).innerText()).trim();
	fs.writeFileSync(path.join(folder, "anna.pub"), `untrusted comment: minisign public key\n${line}\n`);
	const set = path.join(folder, "keys-2.txt");
	for (const args of [["keys", "new", "-o", set, "--editor", `anna:author:${folder}/anna.pub`], ["keys", "sign", set], ["keys", "publish", set]]) {
		const { status, stderr } = communique(site, "root", ...args);
		assert.equal(status, 0, stderr);
	}
	await page.reload();
	await page.waitForSelector(".who:has-text('anna')");
});
after(async () => {
	await editor?.close();
	await site?.stop();
	fs.rmSync(folder, { recursive: true, force: true });
});

const visit = async (view) => {
	await page.goto(`${site.url}/desk/#/key`);
	await page.goto(`${site.url}/desk/#/${view}`);
};
const drafts = async () => (await site.admin("author", "/admin/drafts")).json.drafts;
const states = async () => (await drafts()).map(({ state, revision }) => `${revision} ${state}`);
const kept = () => page.evaluate(async () => (await (await import("/desk/local.js")).all("texts")).length);
const drop = async (edition) => assert.equal((await site.admin("author", `/admin/drafts/${edition}`, { method: "DELETE" })).status, 200);

// --- what is scheduled ----------------------------------------------------------------------

const EMBARGOED = release({ Release: "lifts-tomorrow", Title: "Lifts Tomorrow",
	"Publish-At": `${new Date(Date.now() + 86400000).toISOString().slice(0, 19)}Z` });
const FOLLOWS = release({ Release: "lifts-tomorrow", Title: "Lifts Tomorrow", Revision: "2", Previous: sha256(EMBARGOED),
	Change: "correction", "Change-Note": "A colleague's work." }, "1. A colleague's work of two hours.\n");

async function changeTime() {
	page.once("dialog", (dialog) => dialog.accept());
	await page.getByRole("button", { name: "Change the time" }).click();
}

test("what is scheduled is not rescheduled below a colleague's draft, which stays", async () => {
	await site.publish(EMBARGOED);
	assert.equal((await site.putDraft("approver", "en/lifts-tomorrow", FOLLOWS)).status, 201);
	await visit("calendar");
	await changeTime();
	await page.waitForSelector("text=/lies over.*nothing was taken back/i");
	assert.deepEqual(await states(), ["2 waiting", "1 scheduled"]);
	assert.equal(await kept(), 0);
	await drop("en/lifts-tomorrow");
});

test("a draft that comes while one reschedules is not dropped, nor what it lies over", async () => {
	await visit("calendar");
	await page.route("**/admin/drafts/en/lifts-tomorrow", async (route) => {
		if (route.request().method() === "DELETE")
			assert.equal((await site.putDraft("approver", "en/lifts-tomorrow", FOLLOWS)).status, 201);
		await route.continue();
	});
	await changeTime();
	await page.waitForSelector("text=The draft has changed in the meantime.");
	await page.unroute("**/admin/drafts/en/lifts-tomorrow");
	assert.deepEqual(await states(), ["2 waiting", "1 scheduled"]);
	assert.equal(await kept(), 0);
	await drop("en/lifts-tomorrow");
});

test("what is rescheduled is the scheduled text, and the desk is told which one goes", async () => {
	await visit("calendar");
	const asked = page.waitForRequest((request) => request.method() === "DELETE");
	await changeTime();
	assert.equal((await asked).headers()["if-match"], `"${sha256(EMBARGOED)}"`);
	await page.locator("textarea.body").waitFor();
	assert.match(await page.locator("textarea.body").inputValue(), /The first paragraph/);
	await page.waitForSelector("text=Saved at the desk", { timeout: 15000 });
	assert.deepEqual(await states(), ["1 waiting"]);
	await drop("en/lifts-tomorrow");
});

// --- what is signed -------------------------------------------------------------------------

const PLAIN = release({ Release: "read-me", Title: "Read Me" });

// The desk answers with these bytes, whatever it has.
async function review(bytes, type = "text/plain; charset=utf-8", state = {}) {
	const list = await drafts();
	await page.route("**/admin/drafts", (route) => route.fulfill({ contentType: "application/json",
		body: JSON.stringify({ drafts: list.map((one) => ({ ...one, sha256: sha256(bytes), ...state })) }) }));
	await page.route("**/admin/drafts/en/read-me", (route) => route.fulfill({ contentType: type, body: Buffer.from(bytes) }));
	await visit("review/en/read-me");
	await page.waitForSelector("pre.whole");
	await page.unroute("**/admin/drafts");
	await page.unroute("**/admin/drafts/en/read-me");
	return { text: await page.locator("pre.whole").evaluate((box) => box.textContent),
		button: await page.getByRole("button", { name: "Sign exactly this text" }).count(),
		told: await page.locator(".problem:not([hidden])").allInnerTexts() };
}

test("the text that is shown is that of the bytes that are signed, whatever they are called", async () => {
	assert.equal((await site.putDraft("author", "en/read-me", PLAIN)).status, 201);
	assert.deepEqual(await review(PLAIN, "application/octet-stream"), { text: PLAIN, button: 1, told: [] });
});

test("what cannot be shown exactly is not signed", async () => {
	for (const bytes of [Buffer.concat([Buffer.from(PLAIN), Buffer.from([0xff])]), `\ufeff${PLAIN}`, `${PLAIN}\u202etxet`, `${PLAIN}\u0008`]) {
		const { button, told } = await review(bytes);
		assert.equal(button, 0);
		assert.match(told.join(), /no text that can be shown exactly/);
	}
});

test("a file of another site, language, release or revision than was asked for is not signed", async () => {
	for (const [name, value] of Object.entries({ Site: "elsewhere.example", Language: "ko", Release: "another", Revision: "7" })) {
		const { text, button, told } = await review(PLAIN.replace(new RegExp(`^${name}: .*`, "m"), `${name}: ${value}`));
		assert.match(text, new RegExp(`${name}: ${value}`));
		assert.equal(button, 0);
		assert.match(told.join(), new RegExp(`Its ${name} is “${value}”`));
	}
	const { button, told } = await review(PLAIN, undefined, { sha256: "0".repeat(64) });
	assert.equal(button, 0);
	assert.match(told.join(), /The draft has changed in the meantime/);
	await drop("en/read-me");
});

// --- what is typed --------------------------------------------------------------------------

const DRAFT = "**/admin/drafts/en/two-write";

async function write(text) {
	await page.locator("textarea.body").fill(text);
	await page.waitForSelector(".save-state.saved", { timeout: 15000 });
}

test("a text whose draft a colleague drops is saved as a new one", async () => {
	assert.equal((await site.putDraft("author", "en/two-write", release({ Release: "two-write", Title: "Two Write" }))).status, 201);
	await visit("write/en/two-write");
	await write("1. Before it was dropped.");
	await drop("en/two-write");
	await page.locator("textarea.body").fill("1. After it was dropped.");
	await until("it is at the desk", 300, async () => /After it/.test((await site.admin("author", "/admin/drafts/en/two-write")).text));
	await page.waitForSelector(".save-state.saved");
	await write("1. And once more.");
});

test("a connection that fails between a refusal and the look at the other text stops no later save", async () => {
	const [{ sha256: base }] = await drafts();
	const theirs = release({ Release: "two-write", Title: "Two Write" }, "1. Theirs.\n");
	assert.equal((await site.putDraft("approver", "en/two-write", theirs, { "If-Match": `"${base}"` })).status, 200);
	let cut = 0;
	await page.route(DRAFT, (route) => (route.request().method() === "GET" && ++cut === 1 ? route.abort() : route.continue()));
	await page.locator("textarea.body").fill("1. Mine.");
	await page.waitForSelector("text=No connection.", { timeout: 15000 });
	await page.waitForSelector("text=Somebody else has saved this draft", { timeout: 15000 });
	await page.unroute(DRAFT);
	await page.getByRole("button", { name: "Put mine over it" }).click();
	await page.waitForSelector(".save-state.saved", { timeout: 15000 });
	await drop("en/two-write");
});

test("after a write that failed in this browser, what is typed is kept again", async () => {
	const seen = await page.evaluate(async () => {
		const local = await import("/desk/local.js"), real = IDBObjectStore.prototype.put;
		const keep = local.keeper("texts", "trouble");
		IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
		const first = await keep("one").then(() => "kept", ({ name }) => name);
		IDBObjectStore.prototype.put = real;
		const second = await keep("two").then(() => "kept", ({ name }) => name);
		const there = await local.get("texts", "trouble");
		await local.remove("texts", "trouble");
		return [first, second, there];
	});
	assert.deepEqual(seen, ["QuotaExceededError", "kept", "two"]);
});

test("a file is written in linear time, and its lines end as before", async () => {
	const [took, ...texts] = await page.evaluate(async () => {
		const { formatFile } = await import("/desk/file.js");
		const body = (text) => formatFile({ fields: [], body: text }).slice(1);
		const began = performance.now();
		body(`a${" ".repeat(80000)}b${"\n".repeat(80000)}c`);
		const spent = performance.now() - began;
		return [spent, ...["\n \n\n  One. \t\n\t\nTwo.\u3000\r\n \n\n", " \n\t\n", ""].map(body)];
	});
	assert.ok(took < 300, `${took} ms`);
	assert.deepEqual(texts, ["  One.\n\nTwo.\u3000\n", "", ""]);
});

test("an attachment's title keeps its semicolons", async () => {
	const hash = "0".repeat(64);
	const lines = [`a.pdf; sha256=${hash}; title="Annex; part 2 = \\ the end"; language=en`, `a.pdf; sha256=${hash}`,
		`한글 파일.pdf; sha256=${hash}; title="language=ko"`];
	const [again, loose, took] = await page.evaluate(async (all) => {
		const { formatAttachment, parseAttachment } = await import("/desk/file.js");
		const began = performance.now();
		parseAttachment(`a.pdf;${" ".repeat(100000)};${"title".repeat(20000)}`);
		const spent = performance.now() - began;
		return [all.map((line) => formatAttachment(parseAttachment(line))),
			parseAttachment("a.pdf ;language = ko;title=\"never ended; sha256=1"), spent];
	}, lines);
	assert.deepEqual(again, lines);
	assert.deepEqual(loose, { name: "a.pdf", sha256: "", title: "never ended; sha256=1", language: "ko" });
	assert.ok(took < 300, `${took} ms`);
});

// --- what time it is ------------------------------------------------------------------------

test("the server's word for the time does not get into a signature that stays", async () => {
	assert.equal((await site.putDraft("author", "en/read-me", PLAIN)).status, 201);
	const other = await editor.context.newPage();
	await other.addInitScript(() => {
		const real = Date.now.bind(Date);
		Date.now = () => real() + 300_000;
	});
	await other.goto(`${site.url}/desk/#/review/en/read-me`);
	const sent = other.waitForRequest((request) => request.url().includes("/signatures/"));
	await other.getByRole("button", { name: "Sign exactly this text" }).click();
	const [, time] = /timestamp:(\d+)/.exec((await sent).postDataBuffer().toString());
	assert.ok(Math.abs(Number(time) - Date.now() / 1000 - 300) < 60, time);
	await other.waitForSelector("h1:has-text('Signed.')");
	await other.close();
	await drop("en/read-me");
});

test("clocks that are more than a day apart are told, and nothing is set by them", async () => {
	let asked = 0;
	for (const days of [-400, -1.1, 1.1, 400]) {
		await page.goto(`${site.url}/desk/#/key`);
		await page.reload();
		await page.waitForSelector("h1");
		await page.route("**/admin/audit*", (route) => {
			asked++;
			return route.fulfill({ status: 401, contentType: "application/problem+json", body: '{"code":"signature-expired"}',
				headers: { date: new Date(Date.now() + days * 86400000).toUTCString() } });
		});
		await visit("audit");
		await page.waitForSelector("text=differ by more than a day");
		await page.unroute("**/admin/audit*");
	}
	assert.equal(asked, 4, "no request is made again");
});

test("a saved copy signs for the site that it met first, whatever the server says later", async () => {
	const file = path.join(folder, "desk.html");
	assert.equal(communique(site, "author", "desk", "-o", file).status, 0);
	const own = await savedCopy(path.join(folder, "copy"), file, site.url);
	await own.page.waitForSelector("text=Make my key");
	await own.page.reload();
	await own.page.waitForSelector("text=Make my key");
	const { json } = await site.get("/desk/site.json");
	await own.page.route("**/desk/site.json", (route) => route.fulfill({ contentType: "application/json",
		headers: { "access-control-allow-origin": "*" }, body: JSON.stringify({ ...json, site: "elsewhere.example" }) }));
	await own.page.reload();
	await own.page.waitForSelector("text=/another site’s than before.*elsewhere.example, localhost/");
	assert.equal(await own.page.locator("text=Make my key").count(), 0);
	await own.close();
});
