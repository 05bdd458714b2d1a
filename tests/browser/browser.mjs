// browser - Debian's Chromium, without a head, without anything of its own on the network.
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import { TOP } from "../http/site.mjs";

export const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
	.find((at) => fs.existsSync(at));

export const BUILD = path.resolve(TOP, process.env.BUILD ?? "build");
export const SHOTS = path.join(BUILD, "shots");

// No sandbox: as root, and in containers, Chromium has none to offer; it sees our pages only.
export const ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-sync"];

const how = { executablePath: program, headless: true, args: ARGUMENTS };

export async function open() {
	fs.mkdirSync(SHOTS, { recursive: true });
	return chromium.launch(how);
}

// What a page complains about: in the console, by a failure, by asking anybody else.
function listen(page, origin) {
	const complaints = [];
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()))
			complaints.push(message.text());
	});
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
	page.on("request", (request) => {
		if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(origin))
			complaints.push(`${request.url()} is elsewhere`);
	});
	return complaints;
}

// A file has no origin, and may ask for itself alone.
const originOf = (url) => (url.startsWith("file:") ? url : new URL(url).origin);

// A browser with a folder of its own, which outlives it: one person's.
export async function profile(folder, url, options = {}) {
	fs.mkdirSync(SHOTS, { recursive: true });
	const context = await chromium.launchPersistentContext(folder,
		{ ...how, viewport: { width: 1280, height: 900 }, ...options });
	const page = context.pages()[0] ?? await context.newPage();
	return { context, page, complaints: listen(page, new URL(url).origin), close: () => context.close() };
}

// The editors' page saved as one file, in a browser of its own, told where its server is.
export async function savedCopy(folder, file, url) {
	const own = await profile(folder, url, { locale: "en-US" });
	await own.page.goto(`file://${file}`);
	await own.page.getByLabel("The site’s address").fill(url);
	await own.page.keyboard.press("Enter");
	return own;
}

// A page of a new context, and everything that it complained about. `noScript`: ours is not
// there, but the test's own `script` runs.
export async function visit(browser, url, { noScript, script, ...options } = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	if (noScript)
		await context.route("**/*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
	if (script)
		await context.addInitScript(script);
	const page = await context.newPage();
	const complaints = listen(page, originOf(url));
	const answer = await page.goto(url, { waitUntil: "load" });
	return { page, answer, complaints, close: () => context.close() };
}

// Gives a text to the page that tells whether it is ours.
export async function submit(page, text) {
	await page.locator("#verify-text").fill(text);
	await page.locator("form.verify button").click();
	await page.locator(".result").waitFor();
}

// Words in letters of one language that are marked as being in another.
export const mismarked = (page) => page.evaluate(() => {
	const found = [], walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node; node = walker.nextNode()) {
		const text = node.data.trim(), parent = node.parentElement;
		const lang = /\p{Script=Hangul}/u.test(text) ? "ko" : /\p{Script=Arabic}{2}/u.test(text) ? "ar" : null;
		if (!lang || parent.closest("script, style"))
			continue;
		const said = parent.closest("[lang]").lang, way = getComputedStyle(parent).direction;
		if (said !== lang || (lang === "ar" && way !== "rtl"))
			found.push(`${said} ${way}: ${text.slice(0, 60)}`);
	}
	return found;
});
