// The page that tells whether a text is ours, as a person uses it: with the script a known
// text never leaves the browser; a file may be dropped; a keyboard is enough; and without
// script it works just the same.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sha256 } from "../http/keys.mjs";
import { release, Site } from "../http/site.mjs";
import { open, visit } from "./browser.mjs";

const text = release({ Title: "An Agreement – 협정" });
let site, browser;
before(async () => {
	site = await Site.start({ languages: "en" });
	await site.publish(text);
	browser = await open();
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

async function go(options) {
	const visited = await visit(browser, `${site.url}/en/verify`, options);
	const posts = [];
	visited.page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
	return { ...visited, posts };
}

const said = (page) => page.locator(".result [role=status] strong").textContent();
const ours = (url) => url.search === `?sha256=${sha256(text)}`;

test("a known text is told by its hash alone", async () => {
	const { page, posts, complaints, close } = await go();
	await page.getByLabel("Text", { exact: true }).fill(text);
	await page.getByRole("button", { name: "Check" }).click();
	await page.waitForURL(ours);
	assert.equal(await said(page), "This is our text, unchanged.");
	assert.deepEqual([posts, complaints], [[], []]);
	await close();
});

test("a text that is not known is sent and compared", async () => {
	const { page, posts, complaints, close } = await go();
	await page.getByLabel("Text", { exact: true }).fill(text.replace("first paragraph", "only paragraph"));
	await page.getByRole("button", { name: "Check" }).click();
	await page.locator(".result").waitFor();
	assert.equal(await said(page), "This is not our text.");
	assert.match(await page.locator(".result del").textContent(), /first/);
	assert.equal(posts.length, 1);
	assert.deepEqual(complaints, []);
	await close();
});

test("a file is dropped, and checked at once", async () => {
	const { page, posts, close } = await go();
	const files = await page.evaluateHandle((content) => {
		const transfer = new DataTransfer();
		transfer.items.add(new File([content], "a.txt", { type: "text/plain" }));
		return transfer;
	}, text);
	await page.dispatchEvent("form.verify", "dragover", { dataTransfer: files });
	await page.dispatchEvent("form.verify", "drop", { dataTransfer: files });
	await page.waitForURL(ours);
	assert.equal(await said(page), "This is our text, unchanged.");
	assert.deepEqual(posts, []);
	await close();
});

test("a keyboard is enough", async () => {
	const { page, close } = await go();
	await page.getByLabel("Text", { exact: true }).focus();
	await page.keyboard.insertText(text);
	await page.keyboard.press("Tab");
	assert.equal(await page.evaluate(() => document.activeElement.type), "file");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await page.waitForURL(ours);
	await close();
});

test("without script it works just the same", async () => {
	const { page, posts, close } = await go({ javaScriptEnabled: false });
	await page.getByLabel("Text", { exact: true }).fill(text);
	await page.getByRole("button", { name: "Check" }).click();
	assert.equal(await said(page), "This is our text, unchanged.");
	await page.goto(`${site.url}/en/verify`);
	await page.getByLabel(/file/).setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from(text.replaceAll("\n", "\r\n")) });
	await page.getByRole("button", { name: "Check" }).click();
	assert.equal(await said(page), "This is our text.");
	assert.equal(posts.length, 2);
	await close();
});
