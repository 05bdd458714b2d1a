// The desk as editors use it: two of them, each with a browser of their own, from an empty
// profile to a published release and its correction.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { communique, Site, until, wait } from "../http/site.mjs";
import { profile, savedCopy, SHOTS } from "./browser.mjs";

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const TITLE = "Harbour Dialogue Agrees on a Pilot";
const SLUG = "harbour-dialogue-agrees-on-a-pilot";

let site, author, approver, folder;
before(async () => {
	site = await Site.start();
	folder = fs.mkdtempSync(path.join(os.tmpdir(), "communique-desk-"));
	author = await profile(path.join(folder, "author"), site.url, { locale: "en-US" });
	approver = await profile(path.join(folder, "approver"), site.url, { locale: "ko-KR", timezoneId: "Asia/Seoul" });
});
after(async () => {
	await author?.close();
	await approver?.close();
	await site?.stop();
	fs.rmSync(folder, { recursive: true, force: true });
});

const shot = (page, name) => page.screenshot({ path: path.join(SHOTS, `desk-${name}.png`), fullPage: true });
const enter = (page) => page.goto(`${site.url}/desk/`).then(() => page.waitForSelector("h1"));
// Chromium's own word for a status that is part of the conversation.
const real = (complaints) => complaints.filter((text) => !/status of (401|404|409|412|428)/.test(text));

test("each makes a key, which the root admits", async () => {
	const lines = {};
	for (const [name, page] of [["author", author.page], ["approver", approver.page]]) {
		await enter(page);
		await page.click("button.primary");
		lines[name] = (await page.waitForSelector("pre.exact")).innerText();
		lines[name] = (await lines[name]).trim();
		assert.match(lines[name], /^RW[A-Za-z0-9+/]{54}$/);
		fs.writeFileSync(path.join(folder, `${name}.pub`), `untrusted comment: minisign public key\n${lines[name]}\n`);
	}
	const file = path.join(folder, "keys-2.txt");
	for (const args of [["keys", "new", "-o", file, "--editor", `anna:author:${folder}/author.pub`,
		"--editor", `ben:approver:${folder}/approver.pub`], ["keys", "sign", file], ["keys", "publish", file]]) {
		const { status, stderr } = communique(site, "root", ...args);
		assert.equal(status, 0, stderr);
	}
	for (const [page, holder] of [[author.page, "anna"], [approver.page, "ben"]]) {
		await shot(page, `key-${holder}`);
		await page.reload();
		await page.waitForSelector(`.who:has-text("${holder}")`);
	}
});

test("the author writes, attaches a picture, sets an embargo, and signs", async () => {
	const { page } = author;
	await page.goto(`${site.url}/desk/#/write`);
	await page.getByLabel("Title", { exact: true }).fill(TITLE);
	assert.match(await page.getByLabel("Name in the address").inputValue(), new RegExp(`^\\d{4}-\\d\\d-\\d\\d-${SLUG}$`));
	const body = page.locator("textarea.body");
	await body.click();
	await page.keyboard.press("Alt+1");
	await page.keyboard.type("The two ministries agreed on a pilot in three harbours.");
	await page.keyboard.press("Enter");
	await page.keyboard.press("Enter");
	await page.keyboard.press("Alt+2");
	await page.keyboard.type("It begins in May.");
	assert.equal(await body.inputValue(), "1. The two ministries agreed on a pilot in three harbours.\n\n° It begins in May.");
	await page.setInputFiles("input[type=file]", { name: "harbour map.png", mimeType: "image/png", buffer: PNG });
	await page.waitForSelector("text=The desk has it.");
	await page.getByLabel("What is to be seen in the picture").fill("A map of three harbours");
	await page.getByRole("button", { name: "Put into the text" }).click();
	await page.waitForSelector("text=Saved at the desk", { timeout: 15000 });
	const frame = page.frameLocator("iframe");
	await frame.locator("h1", { hasText: TITLE }).waitFor();
	await frame.locator("img[alt='A map of three harbours']").waitFor();
	assert.equal(await frame.locator("#p1").count(), 1);
	await shot(page, "write");
	await page.getByRole("button", { name: "Read once more and sign" }).click();
	await page.waitForSelector("text=Sign exactly this text");
	await shot(page, "review-author");
	const text = await page.innerText("pre.whole");
	const shown = communique(site, "approver", "show", `en/${new Date().toISOString().slice(0, 10)}-${SLUG}`);
	assert.equal(shown.status, 0, shown.stderr);
	assert.equal(shown.stdout.trimEnd(), text.trimEnd());
	await page.getByRole("button", { name: "Sign exactly this text" }).click();
	await page.waitForSelector("h1:has-text('Signed. It waits for others.')");
	assert.deepEqual(real(author.complaints), []);
});

const day = () => new Date().toISOString().slice(0, 10);
const edition = () => `en/${day()}-${SLUG}`;
const address = () => `/en/releases/${day()}-${SLUG}`;

// Only keys: Tab to the one with this name, then Enter.
async function pressOnly(page, name) {
	for (let i = 0; i < 120; i++) {
		await page.keyboard.press("Tab");
		if (await page.evaluate((word) => document.activeElement?.textContent?.trim() === word, name))
			return page.keyboard.press("Enter");
	}
	throw new Error(`Tab does not reach "${name}"`);
}

test("the approver reads in Korean and signs by keyboard: it is public, and minisign agrees", async () => {
	const { page } = approver;
	await page.goto(`${site.url}/desk/#/queue`);
	await page.waitForSelector(`h3:has-text("${TITLE}")`);
	await shot(page, "queue-ko");
	assert.equal((await site.get(address())).status, 404);
	await pressOnly(page, "읽고 서명");
	await page.waitForSelector("text=바로 이 글에 서명");
	await page.frameLocator("iframe").locator("img[alt='A map of three harbours']").waitFor();
	await shot(page, "review-ko");
	await pressOnly(page, "바로 이 글에 서명");
	await page.waitForSelector("h1:has-text('서명했고 공개되었습니다.')");
	assert.equal((await site.get(address())).status, 200);
	const text = path.join(folder, "text.txt");
	fs.writeFileSync(text, (await site.get(`${address()}.txt`)).bytes);
	for (const name of ["author", "approver"]) {
		const line = fs.readFileSync(path.join(folder, `${name}.pub`), "utf8").split("\n")[1];
		const keyid = Buffer.from(line, "base64").subarray(2, 10).reverse().toString("hex");
		fs.writeFileSync(`${text}.minisig`, (await site.get(`${address()}.txt.${keyid}.minisig`)).bytes);
		execFileSync("minisign", ["-VHm", text, "-P", line]);
	}
	assert.deepEqual(real(approver.complaints), []);
});

test("a correction: made from what was published, sent back with a note, changed, approved", async () => {
	const { page } = author;
	await page.goto(`${site.url}/desk/#/release`);
	await page.getByRole("link", { name: TITLE }).click();
	await page.waitForSelector("text=What follows it");
	await shot(page, "release");
	await page.getByLabel("Change", { exact: true }).selectOption("correction");
	await page.getByLabel("Note for the public").fill("The pilot begins in June.");
	await page.getByRole("button", { name: "Make the next revision and edit it" }).click();
	const body = page.locator("textarea.body");
	await body.waitFor();
	await body.fill((await body.inputValue()).replace("in May", "in July"));
	await page.waitForSelector("text=Saved at the desk", { timeout: 15000 });
	await page.getByRole("button", { name: "Read once more and sign" }).click();
	await page.getByRole("button", { name: "Sign exactly this text" }).click();
	await page.waitForSelector("h1:has-text('Signed.')");

	const { page: other } = approver;
	await other.goto(`${site.url}/desk/#/queue`);
	await other.goto(`${site.url}/desk/#/review/${edition()}`);
	await other.waitForSelector("del:has-text('May')");
	await other.waitForSelector("ins:has-text('July')");
	await shot(other, "review-difference-ko");
	await other.getByText("의견을 붙여 반려").click();
	await other.getByLabel("무엇을 고쳐야 합니까?").fill("6월입니다.");
	await other.getByRole("button", { name: "반려", exact: true }).click();
	await other.waitForSelector("text=6월입니다.");

	await page.goto(`${site.url}/desk/#/write/${edition()}`);
	await page.waitForSelector("text=6월입니다.");
	await page.waitForSelector("text=1 signed this already");
	await body.fill((await body.inputValue()).replace("in July", "in June"));
	await page.waitForSelector("text=Saved at the desk", { timeout: 15000 });
	await page.getByRole("button", { name: "Read once more and sign" }).click();
	await page.waitForSelector("ins:has-text('June')");
	assert.equal(await page.locator("text=6월입니다.").count(), 0, "the note goes when the draft is changed");
	await page.getByRole("button", { name: "Sign exactly this text" }).click();
	await page.waitForSelector("h1:has-text('Signed.')");
	await other.goto(`${site.url}/desk/#/queue`);
	await other.goto(`${site.url}/desk/#/review/${edition()}`);
	await other.getByRole("button", { name: "바로 이 글에 서명" }).click();
	await other.waitForSelector("h1:has-text('공개되었습니다')");
	const seen = await site.get(address());
	assert.match(seen.text, /June/);
	assert.match(seen.text, /correction/i);
});

test("an embargo is set in the site's zone, stands in the calendar, and can be changed", async () => {
	const { page } = author;
	await page.goto(`${site.url}/desk/#/queue`);
	await page.getByRole("link", { name: "New release" }).click();
	await page.getByLabel("Title", { exact: true }).fill("Under Embargo");
	const lift = new Date(Date.now() + 86400000).toISOString().slice(0, 16);
	await page.getByLabel(/Embargo lifts at/).fill(lift);
	await page.locator("textarea.body").fill("1. Tomorrow.");
	await page.waitForSelector("text=Saved at the desk", { timeout: 15000 });
	await page.getByRole("button", { name: "Read once more and sign" }).click();
	await page.getByRole("button", { name: "Sign exactly this text" }).click();
	await page.waitForSelector("h1:has-text('Signed.')");
	const { page: other } = approver;
	await other.goto(`${site.url}/desk/#/review/en/${day()}-under-embargo`);
	await other.getByRole("button", { name: "바로 이 글에 서명" }).click();
	await other.waitForSelector("h1:has-text('서명했고 예약되었습니다.')");
	assert.equal((await site.get(`/en/releases/${day()}-under-embargo`)).status, 404);

	await page.goto(`${site.url}/desk/#/calendar`);
	await page.waitForSelector(".draft:has-text('Under Embargo')");
	await shot(page, "calendar");
	page.once("dialog", (dialog) => dialog.accept());
	await page.getByRole("button", { name: "Change the time" }).click();
	await page.locator("textarea.body").waitFor();
	assert.equal(await page.locator("textarea.body").inputValue(), "1. Tomorrow.\n");
	await page.waitForSelector("text=Saved at the desk", { timeout: 15000 });
	await page.goto(`${site.url}/desk/#/queue`);
	await page.waitForSelector("h3:has-text('Under Embargo')");
	page.once("dialog", (dialog) => dialog.accept());
	await page.locator(".draft", { hasText: "Under Embargo" }).getByRole("button", { name: "Drop" }).click();
	await page.waitForSelector("text=Nothing waits.");
});

// Tab to the field with this label.
async function tabTo(page, label) {
	for (let i = 0; i < 120; i++) {
		await page.keyboard.press("Tab");
		if (await page.evaluate((word) => [...(document.activeElement?.labels ?? [])].some((one) => one.textContent.startsWith(word)), label))
			return;
	}
	throw new Error(`Tab does not reach "${label}"`);
}

// By Enter on the field that has the focus. Chromium is told to hand its dialogs over when somebody
// first listens, and a dialog that opens before that is lost: Enter is pressed again then.
async function openChooser(page) {
	for (let i = 0; i < 5; i++) {
		assert.equal(await page.evaluate(() => document.activeElement?.type), "file", "the focus was lost");
		const waits = page.waitForEvent("filechooser", { timeout: 5000 }).catch(() => null);
		await page.keyboard.press("Enter");
		const chooser = await waits;
		if (chooser)
			return chooser;
	}
	throw new Error("Enter opens no file chooser");
}

test("by keyboard alone: written, attached, embargoed, signed; a link for one reader; dropped", async () => {
	const { page } = author;
	await page.goto(`${site.url}/desk/#/queue`);
	await page.waitForSelector("text=New release");
	await pressOnly(page, "New release");
	await page.waitForSelector("textarea.body");
	await tabTo(page, "Title");
	await page.keyboard.type("Keys Alone");
	await tabTo(page, "Embargo");
	const tomorrow = new Date(Date.now() + 86400000).toISOString();
	await page.keyboard.type(`${tomorrow.slice(5, 7)}${tomorrow.slice(8, 10)}${tomorrow.slice(0, 4)}`);
	await page.keyboard.press("Tab");
	await page.keyboard.type("0900AM");
	await page.waitForSelector(`text=${tomorrow.slice(0, 4)}, 9:00`);
	await tabTo(page, "Text");
	await page.keyboard.press("Alt+1");
	await page.keyboard.type("No mouse was near.");
	await tabTo(page, "Add files");
	const chooser = await openChooser(page);
	await chooser.setFiles({ name: "table.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n") });
	await page.waitForSelector("text=The desk has it.");
	await page.waitForSelector("text=Saved at the desk", { timeout: 15000 });
	await pressOnly(page, "Read once more and sign");
	await page.waitForSelector("text=Sign exactly this text");
	await tabTo(page, "For whom");
	await page.keyboard.type("agency");
	await pressOnly(page, "Make a link");
	await page.waitForSelector(".links li");
	const { previews } = (await site.admin("author", `/admin/drafts/en/${day()}-keys-alone/previews`)).json;
	assert.match((await site.get(new URL(previews[0].address).pathname)).text, /No mouse was near/);
	await pressOnly(page, "Revoke");
	await page.waitForFunction(() => document.querySelectorAll(".links li").length === 0);
	assert.equal((await site.get(new URL(previews[0].address).pathname)).status, 404);
	await pressOnly(page, "Sign exactly this text");
	await page.waitForSelector("h1:has-text('Signed.')");
	const { page: other } = approver;
	await other.goto(`${site.url}/desk/#/review/en/${day()}-keys-alone`);
	await other.waitForSelector("text=Asia/Seoul"); // the embargo in the reader's own zone, too
	await pressOnly(page, "Back to what waits");
	await page.waitForSelector("h3:has-text('Keys Alone')");
	page.once("dialog", (dialog) => dialog.accept());
	await pressOnly(page, "Drop");
	await page.waitForSelector("text=Nothing waits.");
});

test("what was published is withdrawn, and removed, from the desk", async () => {
	const { page } = author, { page: other } = approver;
	for (const [change, name, status] of [["withdrawal", "철회", 200], ["kill", "삭제", 410]]) {
		await page.goto(`${site.url}/desk/#/queue`);
		await page.goto(`${site.url}/desk/#/release/${edition()}`);
		await page.getByLabel("Change", { exact: true }).selectOption(change);
		await page.getByLabel("Note for the public").fill("It was sent too early.");
		await page.getByRole("button", { name: "Make it, read it and sign" }).click();
		await page.getByRole("button", { name: "Sign exactly this text" }).click();
		await page.waitForSelector("h1:has-text('Signed')");
		assert.equal((await site.get(address())).status, status, name); // one signature withdraws here
		assert.match((await site.get(address())).text, /too early/);
	}
	await other.goto(`${site.url}/desk/#/release/${edition()}`);
	await other.locator("select option").first().waitFor({ state: "attached" });
	assert.deepEqual(await other.locator("select option").allTextContents(), ["복원"]);
});

test("text from a word processor keeps its paragraphs and marks", async () => {
	const { page } = author;
	const pasted = await page.evaluate(async () => {
		const { fromPaste } = await import("/desk/file.js");
		return [fromPaste("1.\tThe first paragraph.\r\n\u00b7\tA point\u00a0beneath.\r\n2.\tThe second."),
			fromPaste("One.\n\nTwo\u200b.\n\n| a | b |\n"), fromPaste("e\u0301")];
	});
	assert.deepEqual(pasted, ["1. The first paragraph.\n\n\u00b7 A point beneath.\n\n2. The second.", "One.\n\nTwo.\n\n| a | b |\n", "\u00e9"]);
});

test("what fails on the server's side is told with the name by which the operator finds it", async () => {
	const { page } = author;
	const told = await page.evaluate(async () => {
		const { sentence } = await import("/desk/problems.js");
		const request = "0123abc";
		return [[503, "busy"], [409, "stale-previous"]].map(([status, code]) => sentence({ status, code, request }));
	});
	assert.deepEqual(told.map((text) => text.includes("The operator finds it in the log as 0123abc.")), [true, false], told.join("\n"));
});

test("the policy allows nothing inline and nothing from elsewhere", async () => {
	const { headers } = await site.get("/desk/");
	assert.doesNotMatch(headers["content-security-policy"], /unsafe/);
	assert.match(headers["content-security-policy"], /default-src 'none'.*frame-ancestors 'none'/);
	const { headers: shared } = await site.get("/admin/drafts", {}, "OPTIONS");
	assert.equal(shared["access-control-allow-origin"], "*");
	assert.equal(shared["access-control-allow-credentials"], undefined);
});

test("two save one draft: both texts are shown, and the choice is the editor's", async () => {
	const { page } = author;
	await page.goto(`${site.url}/desk/#/write`);
	await page.getByLabel("Title", { exact: true }).fill("Two at Once");
	await page.locator("textarea.body").fill("1. Mine.");
	await page.waitForSelector("text=Saved at the desk", { timeout: 15000 });
	const shown = communique(site, "approver", "show", `en/${day()}-two-at-once`);
	const theirs = path.join(folder, "theirs.txt");
	fs.writeFileSync(theirs, shown.stdout.replace("Mine", "Theirs"));
	assert.equal(communique(site, "approver", "publish", theirs, "--replace").status, 0);
	await page.locator("textarea.body").fill("1. Mine, once more.");
	await page.waitForSelector("text=Somebody else has saved this draft", { timeout: 15000 });
	assert.match(await page.innerText(".conflict"), /Theirs\.[^]*|Mine, once more/);
	await shot(page, "conflict");
	await page.getByRole("button", { name: "Put mine over it" }).click();
	await page.waitForSelector("text=Saved at the desk", { timeout: 15000 });
	assert.match(communique(site, "approver", "show", `en/${day()}-two-at-once`).stdout, /Mine, once more/);
});

test("the connection is cut, then the desk restarted: what is typed is kept, said, and saved", async () => {
	const { page } = author;
	await page.goto(`${site.url}/desk/#/write/en/${day()}-two-at-once`);
	const body = page.locator("textarea.body");
	await body.waitFor();
	await author.context.setOffline(true);
	await body.fill("1. Typed without a connection.");
	await page.waitForSelector("text=No connection.", { timeout: 15000 });
	await author.context.setOffline(false);
	await page.waitForSelector("text=Saved at the desk", { timeout: 20000 });
	await site.services.desk.stop();
	await body.fill("1. Typed while the desk was away.");
	await page.waitForSelector(".save-state.failed", { timeout: 15000 });
	site.services.desk.start();
	await page.waitForSelector("text=Saved at the desk", { timeout: 30000 });
	assert.match(communique(site, "approver", "show", `en/${day()}-two-at-once`).stdout, /while the desk was away/);
	author.complaints.length = 0; // failures were the point here
});

test("a browser that is killed while one types has the text when it comes back", async () => {
	const { page } = author;
	await page.goto(`${site.url}/desk/#/queue`);
	await page.goto(`${site.url}/desk/#/write`);
	await page.getByLabel("Title", { exact: true }).fill("Cut Off");
	await page.locator("textarea.body").click();
	await page.keyboard.type("1. This was typed just before the power went");
	await until("the last key is kept", 100, () => page.evaluate(async () => {
		const local = await import("/desk/local.js");
		return (await local.all("texts")).some(({ file }) => file.body.endsWith("power went"));
	}));
	execFileSync("pkill", ["-9", "-f", `user-data-dir=${path.join(folder, "author")}`]);
	await wait(500);
	author = await profile(path.join(folder, "author"), site.url, { locale: "en-US" });
	await author.page.goto(`${site.url}/desk/#/queue`);
	await author.page.waitForSelector("text=Not at the desk yet");
	await author.page.getByRole("link", { name: "Go on writing" }).click();
	await author.page.waitForSelector("textarea.body");
	assert.match(await author.page.locator("textarea.body").inputValue(), /just before the power went/);
	await shot(author.page, "restored");
});

test("a clock that is five minutes off is set by the server's, and that is said", async () => {
	const context = author.context;
	const page = await context.newPage();
	await page.addInitScript(() => {
		const real = Date.now.bind(Date);
		Date.now = () => real() + 300_000;
	});
	await page.goto(`${site.url}/desk/#/audit`);
	await page.waitForSelector("table tbody tr");
	assert.match(await page.innerText("#status"), /5 minutes off/);
	await page.close();
});

test("every view is without a violation, at 360 and 1280 px, light and dark", async () => {
	const source = fs.readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
	const { page } = author;
	const views = ["queue", "write", `write/en/${day()}-two-at-once`, `review/en/${day()}-two-at-once`, "calendar", "release",
		`release/${edition()}`, "keys", "audit", "key"];
	for (const [width, colorScheme] of [[360, "light"], [1280, "light"], [1280, "dark"]]) {
		await page.setViewportSize({ width, height: 900 });
		await page.emulateMedia({ colorScheme });
		for (const view of views) {
			await page.goto(`${site.url}/desk/#/key`);
			await page.goto(`${site.url}/desk/#/${view}`);
			await page.waitForFunction(() => document.querySelector("main h1") && !document.querySelector(".loading"));
			await page.waitForTimeout(150);
			await page.evaluate(source);
			const { violations } = await page.evaluate(() => window.axe.run(document, {
				runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], iframes: false,
			}));
			assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], `${view} at ${width} px, ${colorScheme}`);
			const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
			assert.ok(wide <= 0, `${view} is ${wide} px wider than ${width} px`);
			await shot(page, `${view.replace(/[^a-z]+/g, "-").slice(0, 24)}-${width}-${colorScheme}`);
		}
	}
});

test("a copy saved as one file signs for the server that it is told", async () => {
	const file = path.join(folder, "desk.html");
	assert.equal(communique(site, "author", "desk", "-o", file).status, 0);
	const own = await savedCopy(path.join(folder, "copy"), file, site.url);
	await own.page.click("button.primary");
	const line = (await (await own.page.waitForSelector("pre.exact")).innerText()).trim();
	fs.writeFileSync(path.join(folder, "copy.pub"), `untrusted comment: minisign public key\n${line}\n`);
	const set = path.join(folder, "keys-3.txt");
	for (const args of [["keys", "new", "-o", set, "--editor", `carla:approver:${folder}/copy.pub`], ["keys", "sign", set], ["keys", "publish", set]]) {
		const { status, stderr } = communique(site, "root", ...args);
		assert.equal(status, 0, stderr);
	}
	await own.page.reload();
	await own.page.waitForSelector(`.who:has-text("carla")`);
	await own.page.getByRole("link", { name: "Waiting" }).click();
	await own.page.getByRole("link", { name: "Two at Once" }).click();
	await own.page.frameLocator("iframe").locator("h1").waitFor();
	await own.page.getByRole("button", { name: "Sign exactly this text" }).click();
	await own.page.waitForSelector("h1:has-text('Signed.')");
	const drafts = JSON.parse(communique(site, "author", "drafts", "--json").stdout);
	assert.ok(drafts.drafts.some(({ signers }) => signers.some(({ holder }) => holder === "carla")));
	await shot(own.page, "copy");
	await own.close();
});

test("BLAKE2b as OpenSSL has it, and each message in both languages", async () => {
	const { page } = author;
	await page.goto(`${site.url}/desk/`);
	const { createHash, randomBytes } = await import("node:crypto");
	for (const size of [0, 1, 64, 127, 128, 129, 255, 256, 1000, 70000]) {
		const bytes = randomBytes(size);
		const ours = await page.evaluate(async (list) => {
			const { blake2b512 } = await import("/desk/blake2b.js");
			const { hex } = await import("/desk/bytes.js");
			return hex(blake2b512(Uint8Array.from(list)));
		}, [...bytes]);
		assert.equal(ours, createHash("blake2b512").update(bytes).digest("hex"), `${size} bytes`);
	}
	const keys = await page.evaluate(async () => [Object.keys((await import("/desk/en.js")).en), Object.keys((await import("/desk/ko.js")).ko)]);
	assert.deepEqual(keys[0], keys[1]);
});
