// What is sent, without a browser: the Nu HTML checker on every kind of page and on the style
// sheet, a crawl along every link, and the weight of it all.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { COMMUNIQUE, TOP } from "../http/site.mjs";
import { LANGUAGES, pages, start } from "./demo.mjs";

const KB = 1000, CSS_MAX = 20 * 1024, PAGE_MAX = 30 * KB;
const checker = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");

let site;
before(async () => { site = await start(); });
after(() => site?.stop());

test("the Nu HTML checker has nothing to say of any kind of page, nor of the style sheet", async () => {
	const folder = path.join(site.state, "pages");
	fs.mkdirSync(folder);
	const save = (name, text) => fs.writeFileSync(path.join(folder, name), text);
	for (const [name, [address, status, checked]] of Object.entries(pages())) {
		const answer = checked ? await site.post(address, { text: checked }) : await site.get(address);
		assert.equal(answer.status, status, address);
		save(`${name}.html`, answer.text);
	}
	const css = (await site.get(/href="(\/static\/site[^"]*\.css)"/.exec((await site.get("/en/")).text)[1])).text;
	save("site.css", css);
	const preview = spawnSync(COMMUNIQUE, ["preview", path.join(TOP, "seeds/2026-02-03-consular-line.en.txt"),
		"-o", path.join(folder, "preview.html")]);
	assert.equal(preview.status, 0, String(preview.stderr));
	const { stdout, stderr } = spawnSync("java", ["-Xss4m", "-jar", checker, "--format", "json", "--stdout",
		"--also-check-css", folder], { encoding: "utf8", maxBuffer: 1 << 26 });
	assert.ok(stdout, stderr);
	assert.deepEqual(JSON.parse(stdout).messages.map(({ url, lastLine, message, extract }) =>
		`${path.basename(url)}:${lastLine}: ${message} ${extract ?? ""}`), []);
	assert.ok(css.length <= CSS_MAX, `the style sheet has ${css.length} bytes`);
});

// What a page leads to: [address, fragment].
function links(text, base) {
	const body = text.replace(/<script[^>]*>[^]*?<\/script>/g, "");
	return [...body.matchAll(/\s(?:href|src|action)="([^"]*)"/g)]
		.map(([, address]) => new URL(address.replaceAll("&amp;", "&"), base))
		.filter(({ origin }) => origin === site.url)
		.map(({ pathname, search, hash }) => [pathname + search, decodeURIComponent(hash.slice(1))]);
}

const ids = (text) => new Set([...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));

test("a crawl from each home page: no broken link or fragment, no redirect, no heavy page", async () => {
	const seen = new Map(), wanted = [], left = LANGUAGES.map((language) => `/${language}/`), heavy = [];
	let css;
	while (left.length) {
		const address = left.pop();
		if (seen.has(address))
			continue;
		const answer = await site.get(address);
		seen.set(address, answer);
		if (answer.status !== 200 || !/^text\/html/.test(answer.headers["content-type"]))
			continue;
		css ??= gzipSync((await site.get(/href="(\/static\/[^"]*\.css)"/.exec(answer.text)[1])).text).length;
		const weight = gzipSync(answer.text).length + css;
		if (weight >= PAGE_MAX)
			heavy.push(`${address}: ${weight} bytes`);
		for (const [to, fragment] of links(answer.text, site.url + address)) {
			wanted.push([address, to, fragment]);
			left.push(to);
		}
	}
	// "/" leads to the reader's language, and is named for those who have none of ours.
	assert.equal(seen.get("/").status, 302);
	const broken = wanted.filter(([, to]) => to !== "/").filter(([, to, fragment]) => seen.get(to).status !== 200 ||
		(fragment && !ids(seen.get(to).text).has(fragment)))
		.map(([from, to, fragment]) => `${from} -> ${to}#${fragment}: ${seen.get(to).status}`);
	assert.deepEqual(broken, []);
	assert.deepEqual(heavy, []);
	assert.ok(seen.size > 100, `only ${seen.size} addresses were found`);
	for (const end of [".minisig", ".proof", ".tar", "/history", "/history/1..2"])
		assert.ok([...seen.keys()].some((address) => address.endsWith(end)), `nothing leads to ${end}`);
});
