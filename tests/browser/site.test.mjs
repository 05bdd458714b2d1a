// The site as people use it: by keyboard, on a phone, in the dark, without script.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { release, seeds, Site, TOP } from "../http/site.mjs";
import { open, SHOTS, visit } from "./browser.mjs";

let site, browser;
const own = "2026-11-23-browser";

// Every page that is looked at: the seeds' own, so that the pictures show what readers see.
let pages;
before(async () => {
	site = await Site.start({ settings: fs.readFileSync(path.join(TOP, "src/build/demo.conf"), "utf8") });
	for (const { text } of seeds())
		await site.publish(text);
	await site.publish(release({ Release: own, Title: "A Release for the Browser" }));
	const longest = (language) => seeds().filter(({ address }) => address.startsWith(`/${language}/`))
		.sort((a, b) => b.text.length - a.text.length)[0].address;
	pages = {
		"home-en": "/en/", "home-ko": "/ko/", "home-ar": "/ar/", "board-en": "/en/releases/",
		"release-en": longest("en"), "release-ko": longest("ko"), "release-ar": longest("ar"),
		"search-ko": "/ko/search", "missing-en": "/en/nothing",
	};
	browser = await open();
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

const go = (address, options) => visit(browser, site.url + address, options);
const focus = (page) => page.evaluate(() => {
	const { tagName, hash, href, textContent } = document.activeElement;
	return { tag: tagName, hash, href, text: textContent.trim() };
});

test("no page complains, on a phone, on a wide screen, in the dark; pictures are kept", async () => {
	for (const [name, address] of Object.entries(pages)) {
		for (const width of [360, 1280]) {
			for (const colorScheme of ["light", "dark"]) {
				const { page, answer, complaints, close } = await go(address, {
					viewport: { width, height: width === 360 ? 740 : 900 }, colorScheme,
				});
				assert.equal(answer.status(), name.startsWith("missing") ? 404 : 200, address);
				// Chromium's own word for the status of a page that is missing.
				const real = complaints.filter((text) => !(name.startsWith("missing") && /404/.test(text)));
				assert.deepEqual(real, [], `${address} at ${width} px, ${colorScheme}`);
				const wide = await page.evaluate(() =>
					document.documentElement.scrollWidth - document.documentElement.clientWidth);
				assert.ok(wide <= 0, `${address} is ${wide} px wider than ${width} px`);
				await page.screenshot({ path: path.join(SHOTS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
				await close();
			}
		}
	}
});

test("at 320 px, and at four times the letters' size, nothing is cut off", async () => {
	for (const address of Object.values(pages)) {
		const { page, close } = await go(address, { viewport: { width: 320, height: 640 } });
		const wide = await page.evaluate(() =>
			document.documentElement.scrollWidth - document.documentElement.clientWidth);
		assert.ok(wide <= 0, `${address} is ${wide} px too wide`);
		await close();
	}
});

for (const [name, menu, content, main] of [
	["release-en", "en", /content/i, /menu/i], ["release-ko", "ko", /본문 바로가기/, /주메뉴 바로가기/],
])
	test(`skip links: the first two tab stops, seen when focused, and they work (${menu})`, async () => {
		const { page, close } = await go(pages[name]);
		const top = () => page.evaluate(() => {
			const box = document.activeElement.getBoundingClientRect();
			return { inside: box.top >= 0 && box.left >= 0 && box.right <= innerWidth, size: box.width * box.height };
		});
		await page.keyboard.press("Tab");
		const first = await focus(page);
		assert.equal(first.tag, "A");
		assert.match(first.text, content);
		const seen = await top();
		assert.ok(seen.inside && seen.size > 500, `the link is not to be seen: ${JSON.stringify(seen)}`);
		await page.keyboard.press("Tab");
		const second = await focus(page);
		assert.match(second.text, main);
		assert.ok((await top()).inside);
		await page.keyboard.press("Enter");
		await page.keyboard.press("Tab");
		assert.equal(await page.evaluate(() => document.activeElement.closest("nav")?.id), second.hash.slice(1));

		await page.goto(site.url + pages[name]);
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		assert.equal(new URL(page.url()).hash, first.hash);
		assert.equal(await page.evaluate((at) => document.querySelector(at).tagName, first.hash), "MAIN");
		await page.keyboard.press("Tab");
		assert.equal(await page.evaluate(() => Boolean(document.activeElement.closest("main"))
			|| document.activeElement.closest("footer") !== null), true, "the next stop is in the content");
		await close();
	});

for (const [address, opens, closes] of [["/ko/", "검색창 열기", "검색창 닫기"], ["/en/", null, null]])
	test(`the search button opens and closes its box, and says so (${address})`, async () => {
		const { page, complaints, close } = await go(address);
		const button = page.locator("button[aria-expanded]");
		assert.equal(await button.count(), 1);
		const closed = (await button.textContent()).trim();
		assert.equal(await button.getAttribute("aria-expanded"), "false");
		const box = page.locator(`#${await button.getAttribute("aria-controls")}`);
		assert.equal(await box.isVisible(), false);
		await button.focus();
		await page.keyboard.press("Enter");
		const opened = (await button.textContent()).trim();
		assert.equal(await button.getAttribute("aria-expanded"), "true");
		assert.equal(await box.isVisible(), true);
		assert.notEqual(opened, closed);
		if (opens)
			assert.deepEqual([closed, opened], [opens, closes]);
		await page.screenshot({ path: path.join(SHOTS, `search-open${address.replaceAll("/", "-")}1280.png`) });
		assert.equal((await focus(page)).tag, "INPUT");
		await page.keyboard.press("Escape");
		assert.equal(await box.isVisible(), false);
		assert.equal(await button.getAttribute("aria-expanded"), "false");
		await button.click();
		await page.keyboard.type("first");
		await page.keyboard.press("Enter");
		await page.waitForURL(/\/search\?q=first$/);
		assert.deepEqual(complaints, []);
		await close();
	});

// What a page says of the language and direction of its chrome and of its text.
const marked = (page) => page.evaluate(() => {
	const of = (node) => `${node.closest("[lang]").lang} ${getComputedStyle(node).direction}`;
	return {
		chrome: of(document.documentElement), skip: of(document.querySelector(".skip a")),
		menu: of(document.querySelector("#menu a")), title: of(document.querySelector("h1")),
		text: of(document.querySelector("#p1")),
	};
});

test("each language's pages are marked, and written, in its direction", async () => {
	for (const [language, how] of [["en", "en ltr"], ["ko", "ko ltr"], ["ar", "ar rtl"]]) {
		const { page, close } = await go(pages[`release-${language}`]);
		assert.deepEqual(await marked(page), { chrome: how, skip: how, menu: how, title: how, text: how });
		await close();
	}
});

test("the chrome's language and the text's are independent: Korean chrome around English and Arabic", async () => {
	const other = await Site.start({ settings: "chrome.en = ko\nchrome.ar = ko\n" });
	try {
		for (const [language, how] of [["en", "en ltr"], ["ar", "ar rtl"]]) {
			const { text, address } = seeds().find((seed) => seed.address === pages[`release-${language}`]);
			await other.publish(text);
			const { page, complaints, close } = await visit(browser, other.url + address);
			assert.deepEqual(await marked(page),
				{ chrome: "ko ltr", skip: "ko ltr", menu: "ko ltr", title: how, text: how });
			assert.match(await page.locator(".skip a").first().textContent(), /본문 바로가기/);
			assert.deepEqual(complaints, []);
			await page.screenshot({ path: path.join(SHOTS, `release-${language}-in-korean-chrome-1280.png`) });
			await close();
		}
	} finally {
		await other.stop();
	}
});

test("without script everything is there, and the search is a link", async () => {
	const { page, complaints, close } = await go(pages["release-en"], { javaScriptEnabled: false });
	assert.ok((await page.locator("main").textContent()).length > 200);
	const link = page.locator("header a[href$='/search']").first();
	assert.equal(await link.isVisible(), true);
	await link.click();
	assert.match(page.url(), /\/en\/search$/);
	assert.equal(await page.locator("main input[name=q]").isVisible(), true);
	await page.locator("main input[name=q]").fill("seoul");
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/en\/search\?q=seoul$/);
	assert.deepEqual(complaints, []);
	await close();
});

test("a paragraph's address leads to it", async () => {
	const { page, close } = await go(`/en/releases/${own}#p2`);
	assert.match(await page.locator("#p2:target").textContent(), /The second one/);
	await close();
});

test("from the board to a release and back, by the keyboard alone", async () => {
	const { page, close } = await go("/en/releases/");
	const link = page.locator("main a[href*='/en/releases/']").first();
	const title = (await link.textContent()).trim();
	await link.focus();
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/en\/releases\/[a-z0-9-]+$/);
	assert.ok((await page.locator("h1").textContent()).includes(title));
	assert.ok((await page.title()).includes(title));
	await page.goBack();
	assert.match(page.url(), /\/en\/releases\/$/);
	await close();
});

test("printed, a release is its text and where it came from", async () => {
	const { page, close } = await go(pages["release-en"]);
	await page.emulateMedia({ media: "print" });
	assert.equal(await page.locator("h1").isVisible(), true);
	assert.equal(await page.locator("#menu").isVisible(), false);
	await page.screenshot({ path: path.join(SHOTS, "release-en-print.png"), fullPage: true });
	await close();
});
