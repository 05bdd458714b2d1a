// The site as people use it: by keyboard, by ear, without script, on paper.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { Site } from "../http/site.mjs";
import { mismarked, open, SHOTS, visit } from "./browser.mjs";
import { LANGUAGES, pages, start, textOf } from "./demo.mjs";

const all = pages();
const at = (name) => all[name][0];
let site, browser;
before(async () => {
	site = await start();
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

// --- by keyboard -----------------------------------------------------------------------------

for (const [language, content, main] of [
	["en", /content/i, /menu/i], ["ko", /본문 바로가기/, /주메뉴 바로가기/], ["ar", /المحتوى/, /القائمة/],
])
	test(`skip links: the first two tab stops, seen when focused, and they work (${language})`, async () => {
		const address = at(`release-${language}`);
		const { page, close } = await go(address);
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
		await page.screenshot({ path: path.join(SHOTS, `skip-${language}-1280.png`) });
		await page.keyboard.press("Tab");
		const second = await focus(page);
		assert.match(second.text, main);
		assert.ok((await top()).inside);
		await page.keyboard.press("Enter");
		await page.keyboard.press("Tab");
		assert.equal(await page.evaluate(() => document.activeElement.closest("nav")?.id), second.hash.slice(1));

		await page.goto(site.url + address);
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		assert.equal(new URL(page.url()).hash, first.hash);
		assert.equal(await page.evaluate((to) => document.querySelector(to).tagName, first.hash), "MAIN");
		await page.keyboard.press("Tab");
		assert.ok(await page.evaluate(() => document.activeElement.closest("main") !== null), "the next stop is in the content");
		await close();
	});

// What can be reached, in the order of the page; and what Tab reaches, with what shows it.
const STOPS = "a[href], button, input, select, textarea, summary, [tabindex='0']";
const stops = (page) => page.evaluate((selector) => [...document.querySelectorAll(selector)]
	.map((node, n) => { node.dataset.stop = n; return node; })
	.filter((node) => node.checkVisibility({ visibilityProperty: true }))
	.map((node) => Number(node.dataset.stop)), STOPS);
const reached = (page) => page.evaluate(() => {
	const node = document.activeElement, style = getComputedStyle(node), box = node.getBoundingClientRect();
	return {
		stop: Number(node.dataset.stop ?? -1), html: node.outerHTML.slice(0, 120),
		ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
		inside: box.bottom > 0 && box.top < innerHeight && box.width > 0,
	};
});

test("Tab goes through everything there is to use, in the order of the page, and shows where it is", async () => {
	for (const name of ["home-en", "filtered-ko", "release-ar", "attachments-en", "tables-en", "history-ar", "missing-en"])
		for (const width of name.endsWith("en") ? [360] : [1280]) {
			const { page, close } = await go(at(name), { viewport: { width, height: 800 } });
			const expected = await stops(page), found = [];
			// A date has stops of its own, for day, month and year.
			for (let i = 0; found.length < expected.length && i < 2 * expected.length; i++) {
				await page.keyboard.press("Tab");
				const { stop, html, ring, inside } = await reached(page);
				assert.ok(ring && inside, `${name} at ${width} px: the focus is not to be seen: ${html}`);
				if (stop !== found.at(-1))
					found.push(stop);
			}
			assert.deepEqual(found, expected, `${name} at ${width} px`);
			await close();
		}
});

for (const [address, opens, closes] of [["/ko/", "검색창 열기", "검색창 닫기"], ["/en/", "Open search", "Close search"]])
	test(`the search button opens and closes its box, and says so (${address})`, async () => {
		const { page, complaints, close } = await go(address);
		const button = page.locator("button[aria-expanded]");
		assert.equal(await button.count(), 1);
		const name = async () => (await button.textContent()).trim();
		const closed = await name();
		assert.equal(await button.getAttribute("aria-expanded"), "false");
		const box = page.locator(`#${await button.getAttribute("aria-controls")}`);
		assert.equal(await box.isVisible(), false);
		await button.focus();
		await page.keyboard.press("Enter");
		assert.deepEqual([closed, await name()], [opens, closes]);
		assert.equal(await button.getAttribute("aria-expanded"), "true");
		assert.equal(await box.isVisible(), true);
		await page.screenshot({ path: path.join(SHOTS, `search-open${address.replaceAll("/", "-")}1280.png`) });
		assert.equal((await focus(page)).tag, "INPUT");
		await page.keyboard.press("Escape");
		assert.equal(await box.isVisible(), false);
		assert.equal(await button.getAttribute("aria-expanded"), "false");
		assert.equal((await focus(page)).text, opens, "the focus is where it was");
		await button.click();
		await page.keyboard.type("first");
		await page.keyboard.press("Enter");
		await page.waitForURL(/\/search\?q=first$/);
		assert.deepEqual(complaints, []);
		await close();
	});

test("from the board to a release and back, by the keyboard alone", async () => {
	const { page, close } = await go("/en/releases/");
	const link = page.locator("main .entry a").first();
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

test("on a phone nothing that stands alone is smaller than a finger", async () => {
	for (const name of ["home-en", "board-ko", "filtered-en", "archive-ar", "release-en", "attachments-en", "history-ar", "difference-ko", "found-en", "missing-ar"]) {
		const { page, close } = await go(at(name), { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
		const small = await page.evaluate(() =>
			[...document.querySelectorAll("button, input, .search-open, .languages a, .menu a, .paging a, .times a, .share a, .back a, .more a, .ways a, summary, select")]
				.filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 44)
				.map((node) => `${node.getBoundingClientRect().height} px: ${node.outerHTML.slice(0, 100)}`));
		assert.deepEqual(small, [], name);
		await close();
	}
});

test("on a phone the menu and the breadcrumb take one line each, in every language", async () => {
	const { page, close } = await go("/en/", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
	for (const language of LANGUAGES)
		for (const name of ["board", "verify", "history", "difference", "month"]) {
			await page.goto(site.url + at(`${name}-${language}`));
			const lines = await page.evaluate(() => [".menu li", ".crumbs li"].map((selector) =>
				new Set([...document.querySelectorAll(selector)].filter((node) => node.checkVisibility())
					.map((node) => node.getBoundingClientRect().top)).size));
			assert.deepEqual(lines, [1, 1], `${name}-${language}`);
		}
	await close();
});

// The first letter of each line of a page's text, with the one before it.
const beginnings = (page) => page.evaluate(() => {
	const found = [], walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
	const range = document.createRange();
	let last = null;
	for (let node = walker.nextNode(); node; node = walker.nextNode())
		for (let i = 0; i < node.data.length; i++) {
			range.setStart(node, i);
			range.setEnd(node, i + 1);
			const { top, width } = range.getBoundingClientRect();
			if (last && width && top > last.top + 10)
				found.push(last.letter + node.data[i]);
			last = { top, letter: node.data[i] };
		}
	return found;
});

test("no line of Korean begins with what belongs to the word before", async () => {
	const { page, close } = await go(at("home-ko"));
	let lines = 0;
	for (const name of ["home-ko", "release-ko", "house-style-ko", "outline-ko", "found-ko"])
		for (const width of [320, 360, 412, 768, 1280]) {
			await page.setViewportSize({ width, height: 800 });
			await page.goto(site.url + at(name));
			const found = await beginnings(page);
			assert.deepEqual(found.filter((pair) => /^[^\s\p{Script=Hangul}]\p{Script=Hangul}$/u.test(pair)), [], `${name} at ${width} px`);
			lines += found.length;
		}
	assert.ok(lines > 500, `only ${lines} lines`);
	await close();
});

// --- by ear --------------------------------------------------------------------------------

// What a page says of the language and direction of its chrome and of its text.
const marked = (page) => page.evaluate(() => {
	const of = (node) => `${node.closest("[lang]").lang} ${getComputedStyle(node).direction}`;
	return {
		chrome: of(document.documentElement), skip: of(document.querySelector(".skip a")),
		menu: of(document.querySelector("#menu a")), title: of(document.querySelector("h1")),
		text: of(document.querySelector("#p1")),
	};
});

test("the chrome's language and the text's are independent: Korean chrome around English and Arabic", async () => {
	const other = await Site.start({ settings: "chrome.en = ko\nchrome.ar = ko\nname.ko = 한빛공화국 외교부\n" });
	try {
		for (const [language, how] of [["en", "en ltr"], ["ar", "ar rtl"]]) {
			const address = at(`release-${language}`);
			await other.publish(textOf(address));
			const { page, complaints, close } = await visit(browser, other.url + address);
			assert.deepEqual(await marked(page),
				{ chrome: "ko ltr", skip: "ko ltr", menu: "ko ltr", title: how, text: how });
			assert.match(await page.locator(".skip a").first().textContent(), /본문 바로가기/);
			assert.deepEqual(await mismarked(page), []);
			assert.deepEqual(complaints, []);
			await page.screenshot({ path: path.join(SHOTS, `release-${language}-in-korean-chrome-1280.png`), fullPage: true });
			await close();
		}
	} finally {
		await other.stop();
	}
});

// What assistive technology is told, from Chromium's own tree.
async function heard(page) {
	const session = await page.context().newCDPSession(page);
	const { nodes } = await session.send("Accessibility.getFullAXTree");
	return nodes.filter(({ ignored }) => !ignored).map(({ role, name }) => ({ role: role?.value, name: name?.value }));
}

test("lists are lists, landmarks have names, the numbers of paragraphs are read", async () => {
	const { page, close } = await go(at("statement-en"));
	const nodes = await heard(page);
	const count = (wanted) => nodes.filter(({ role }) => role === wanted).length;
	const items = await page.evaluate(() => [...document.querySelectorAll("li")].filter((node) => node.checkVisibility()).length);
	assert.equal(count("listitem"), items);
	for (const one of ["banner", "main", "contentinfo"])
		assert.equal(count(one), 1, one);
	const named = nodes.filter(({ role }) => role === "navigation").map(({ name }) => name);
	assert.deepEqual(named.filter((name, n) => !name || named.indexOf(name) !== n), [], "navigation without a name of its own");
	assert.ok(nodes.some(({ role, name }) => role === "StaticText" && /^2\)/.test(name)), "the number is text");
	assert.ok(nodes.some(({ role, name }) => role === "link" && name === "¶ 2"), "a paragraph's link has a name");
	assert.deepEqual(nodes.filter(({ role, name }) => ["link", "button", "textbox", "searchbox", "heading"].includes(role) && !name), []);
	await close();
});

// --- otherwise -------------------------------------------------------------------------------

test("without script everything is there, and the search is a link", async () => {
	const { page, complaints, close } = await go(at("release-en"), { javaScriptEnabled: false });
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

test("a paragraph's address leads to it, and its sign copies what one cites", async () => {
	const { page, close } = await go(`${at("statement-en")}#p2`,
		{ permissions: ["clipboard-read", "clipboard-write"] });
	assert.match(await page.locator("#p2:target").textContent(), /joint exercises/);
	const sign = page.locator("#p1 > p > .pilcrow");
	assert.equal(await sign.evaluate((node) => getComputedStyle(node).opacity), "0");
	await sign.focus();
	await page.waitForFunction((node) => getComputedStyle(node).opacity === "1", await sign.elementHandle());
	await page.keyboard.press("Enter");
	const said = page.locator(".share [role=status]");
	await page.waitForFunction((node) => node.textContent !== "", await said.elementHandle());
	assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^Joint Statement .*, ¶ 1\. http:\/\/.*#p1$/);
	await close();
});

test("a picture has its place on the page before it is there", async () => {
	const { page, close } = await go(at("attachments-en"));
	const picture = page.locator(".body img");
	assert.deepEqual(await picture.evaluate(({ width, height, naturalWidth, naturalHeight, attributes }) => ({
		given: [Number(attributes.width.value), Number(attributes.height.value)], is: [naturalWidth, naturalHeight],
		shape: Math.abs(width / height - naturalWidth / naturalHeight) < 0.02,
	})), { given: [1344, 744], is: [1344, 744], shape: true });
	await close();
});

test("printed, a release is a sheet of its own: text, contact, address and hash, and nothing of the site", async () => {
	for (const name of [...LANGUAGES.map((language) => `release-${language}`), "attachments-en", "house-style-ko", "withdrawn-en"]) {
		const { page, close } = await go(at(name));
		const file = path.join(SHOTS, `${name}-print`);
		await page.pdf({ path: `${file}.pdf`, preferCSSPageSize: true });
		execFileSync("pdftoppm", ["-r", "90", "-png", `${file}.pdf`, file]);
		// A short one is one sheet, with all that belongs to it.
		if (["release-ko", "withdrawn-en"].includes(name))
			assert.match(execFileSync("pdfinfo", [`${file}.pdf`], { encoding: "utf8" }), /^Pages: +1$/m, name);
		const text = execFileSync("pdftotext", [`${file}.pdf`, "-"], { encoding: "utf8" }).replace(/\s+/g, "");
		const wanted = await page.evaluate(() => ({
			address: document.querySelector("link[rel=canonical]").href,
			hash: document.querySelector("code.hash").textContent,
			mail: document.querySelector(".side a[href^='mailto:']").textContent,
		}));
		for (const [what, words] of Object.entries(wanted))
			assert.ok(text.includes(words), `${name}: its ${what} is not on paper`);
		for (const gone of await page.locator(".search-open, .menu a, .crumbs a, .share button, .languages a, .back a").all()) {
			await page.emulateMedia({ media: "print" });
			assert.equal(await gone.isVisible(), false, await gone.innerHTML());
		}
		await close();
	}
});
