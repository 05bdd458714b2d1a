// browser - Debian's Chromium, without a head, without anything of its own on the network.
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import { TOP } from "../http/site.mjs";

const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
	.find((at) => fs.existsSync(at));

export const SHOTS = path.resolve(TOP, process.env.BUILD ?? "build", "shots");

export async function open() {
	fs.mkdirSync(SHOTS, { recursive: true });
	// No sandbox: as root, and in containers, Chromium has none to offer; it sees our pages only.
	return chromium.launch({
		executablePath: program, headless: true,
		args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync"],
	});
}

// A page of a new context, and everything that it complained about.
export async function visit(browser, url, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	const page = await context.newPage();
	const complaints = [];
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()))
			complaints.push(message.text());
	});
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
	page.on("request", (request) => {
		if (!request.url().startsWith(new URL(url).origin))
			complaints.push(`${request.url()} is elsewhere`);
	});
	const answer = await page.goto(url, { waitUntil: "load" });
	return { page, answer, complaints, close: () => context.close() };
}
