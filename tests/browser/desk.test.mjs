// The desk as editors use it: two of them, each with a browser of their own, from an empty
// profile to a published release and its correction.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { communique, Site, until, wait } from "../http/site.mjs";
import { profile, SHOTS } from "./browser.mjs";

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
