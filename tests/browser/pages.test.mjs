// Every kind of page, in three languages: as a phone and a wide screen show it, light and
// dark, with and without script. axe-core finds nothing, nothing is cut off, nothing complains,
// every word is marked as being in its own language.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { COMMUNIQUE, TOP } from "../http/site.mjs";
import { mismarked, open, SHOTS, submit, visit } from "./browser.mjs";
import { pages, start } from "./demo.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const EVERYTHING = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"] };
const COLOURS = { type: "rule", values: ["color-contrast"] };
const all = Object.entries(pages());

let site, browser;
before(async () => {
	site = await start();
	browser = await open();
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

const overflow = (page) => page.evaluate(() =>
	document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function fits(page, what) {
	const wide = await overflow(page);
	assert.ok(wide <= 0, `${what}: ${wide} px too wide`);
}

async function accessible(page, what, runOnly) {
	const { violations, passes } = await page.evaluate((options) =>
		axe.run(document, { runOnly: options, resultTypes: ["violations", "passes"] }), runOnly);
	assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`), [], what);
	assert.ok(passes.length, `${what}: axe looked at nothing`);
}

// Chromium's own word for the status of a page that says no.
const real = (complaints) => complaints.filter((text) => !/status of (404|410|502)/.test(text));

// One page after the other in the same tab, where all that axe-core is need not be read anew.
async function look(name, [address, status, text], { page, complaints }) {
	await page.emulateMedia({ colorScheme: "light", contrast: "no-preference" });
	await page.setViewportSize({ width: 1280, height: 900 });
	const answer = await page.goto(new URL(address, site.url).href, { waitUntil: "load" });
	assert.equal(answer.status(), status, address);
	if (text)
		await submit(page, text);
	assert.deepEqual(await mismarked(page), [], address);
	for (const width of [1024, 768, 600, 480]) {
		await page.setViewportSize({ width, height: 900 });
		await fits(page, `${address} at ${width} px`);
	}
	for (const width of [1280, 360])
		for (const colorScheme of ["light", "dark"]) {
			const what = `${address} at ${width} px, ${colorScheme}`;
			await page.setViewportSize({ width, height: width < 700 ? 740 : 900 });
			await page.emulateMedia({ colorScheme });
			await fits(page, what);
			// What is wide and dark has the colours of the one and the rest of the other.
			await accessible(page, what, width > 700 && colorScheme === "dark" ? COLOURS : EVERYTHING);
			await page.screenshot({ path: path.join(SHOTS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
		}
	await page.emulateMedia({ colorScheme: "light", contrast: "more" });
	await accessible(page, `${address} with more contrast`, COLOURS);
	assert.deepEqual(real(complaints), [], address);
}

// A wide screen at 400 % is 320 px; letters of twice the size, and further apart than usual,
// are what WCAG 1.4.4 and 1.4.12 ask for. No script: its file is not there.
async function enlarge(name, [address, , text], { page, complaints }) {
	await page.setViewportSize({ width: 320, height: 640 });
	await page.goto(site.url + address, { waitUntil: "load" });
	if (text)
		await submit(page, text);
	await fits(page, `${address} at 320 px`);
	for (const colorScheme of name.endsWith("-en") ? ["dark", "light"] : ["light"]) {
		await page.emulateMedia({ colorScheme });
		await accessible(page, `${address} without script at 320 px, ${colorScheme}`, EVERYTHING);
	}
	await page.evaluate(() => document.styleSheets[0].insertRule(
		"* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }",
		document.styleSheets[0].cssRules.length));
	await fits(page, `${address} with wide letters`);
	await page.setViewportSize({ width: 640, height: 640 });
	await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
	await fits(page, `${address} with large letters`);
	assert.deepEqual(real(complaints), [], address);
}

// Two at a time, each in a tab of its own.
async function each(act, options) {
	const left = [...all];
	const work = async () => {
		const tab = await visit(browser, `${site.url}/healthz`, { script: axe, ...options });
		for (let next = left.shift(); next; next = left.shift())
			await act(...next, tab);
		await tab.close();
	};
	await Promise.all([work(), work()]);
}

test("no page has an obstacle, is cut off, mixes languages or complains: phone and wide screen, light, dark, high contrast", () => each(look));

test("without script, at 320 px, with letters of twice the size or further apart, it is the same", () =>
	each(enlarge, { noScript: true }));

test("what an editor's program previews is a page of the same kind", async () => {
	for (const seed of ["2026-04-21-joint-statement-seas.en", "2026-05-11-weekly-briefing.ko", "2026-07-01-scholarships.ar"]) {
		const file = path.join(site.state, `${seed}.html`);
		execFileSync(COMMUNIQUE, ["preview", path.join(TOP, `seeds/${seed}.txt`), "-o", file]);
		const { href } = pathToFileURL(file), tab = await visit(browser, href, { script: axe });
		await look(`preview-${seed.slice(-2)}`, [href, 200], tab);
		await tab.close();
	}
});

test("when nothing answers behind the web server, its own page can be read", async () => {
	await site.services.public.stop();
	const tab = await visit(browser, `${site.url}/ar/`, { script: axe });
	await look("down", ["/ar/", 502], tab);
	await tab.close();
	site.services.public.start();
	await site.ready();
});
