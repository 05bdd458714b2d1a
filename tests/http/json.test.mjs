// The data of every page: as the schemas say that the site serves, with no member that they do
// not name; for any other site's scripts; the same as the page.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { release, Site, TOP } from "./site.mjs";

const Ajv = createRequire(import.meta.url)("ajv/dist/2020").default;
const NAMES = ["board", "topics", "archive", "search", "release", "history", "difference", "verify", "problem"];
const PDF = Buffer.from("%PDF-1.4 of the test");
const RELEASE = "/en/releases/2026-11-23-rich";
let site, strict;

// In the tests nothing may be left undescribed; who reads data must let members be added.
function closed(schema) {
	if (Array.isArray(schema))
		return schema.map(closed);
	if (schema === null || typeof schema !== "object")
		return schema;
	const all = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
	return schema.properties && typeof schema.type === "string" ? { ...all, additionalProperties: false } : all;
}

before(async () => {
	site = await Site.start();
	await site.admin("author", `/admin/files/${sha256(PDF)}`,
		{ method: "PUT", body: PDF, headers: { "Content-Type": "application/octet-stream" } });
	const first = release({
		Release: "2026-11-23-rich", Subtitle: "Below it", Summary: "In short.", Reference: "26-1", Place: "Seoul",
		Department: "Eurasia Division", Contact: "Desk, desk@press.example", Topics: "Sea; Trade", Rights: "KOGL-1",
		Attachment: `table.pdf; sha256=${sha256(PDF)}; title="A table"; language=en`,
	});
	await site.publish(first);
	await site.publish(first.replace("Language: en", "Language: ko").replace("Reference: 26-1\n", ""));
	await site.publish(first.replace("Revision: 1\n", `Revision: 2\nPrevious: ${sha256(first)}\nChange: correction\nChange-Note: It was May.\n`)
		.replace("Title: ", "Title: Corrected: ").replace("The second one", "The second and last one, with [a link](/en/)"));
	const gone = release({ Release: "2026-11-20-gone", Date: "2026-11-20" });
	await site.publish(gone);
	const kill = gone.replace("Revision: 1\n", `Revision: 2\nPrevious: ${sha256(gone)}\nChange: kill\nChange-Note: It named a person.\n`)
		.replace(/\n\n[^]*/, "\n\n");
	await site.publish(kill);
	const back = gone.replace("Revision: 1\n", `Revision: 3\nPrevious: ${sha256(kill)}\nChange: reinstatement\nChange-Note: Agreed.\n`);
	await site.publish(back);
	for (let i = 0; i < 21; i++)
		await site.publish(release({ Release: `2026-10-01-r${i}`, Date: "2026-10-01", Department: "Eurasia Division", Topics: "Trade" }));
	const killed = release({ Release: "2026-11-19-killed", Date: "2026-11-19" });
	await site.publish(killed);
	await site.publish(killed.replace("Revision: 1\n", `Revision: 2\nPrevious: ${sha256(killed)}\nChange: kill\nChange-Note: It named a person.\n`)
		.replace(/\n\n[^]*/, "\n\n"));

	strict = new Ajv({ allErrors: true, strictTypes: false, strictRequired: false });
	strict.addFormat("uri", (text) => URL.canParse(text));
	strict.addFormat("date", /^\d{4}-\d\d-\d\d$/);
	for (const name of NAMES) {
		const { status, text, headers } = await site.get(`/schema/${name}.json`);
		assert.equal(status, 200, name);
		assert.match(headers["content-type"], /^application\/schema\+json/);
		strict.addSchema(closed(JSON.parse(text)), `${name}.json`);
	}
});
after(() => site?.stop());

async function valid(target, name, status = 200) {
	const answer = await site.get(target);
	assert.equal(answer.status, status, target);
	assert.equal(answer.headers["access-control-allow-origin"], "*", target);
	assert.match(answer.headers["content-type"], status === 200 ? /^application\/json/ : /^application\/problem\+json/, target);
	const data = JSON.parse(answer.text);
	assert.ok(strict.validate(`${name}.json`, data), `${target}: ${strict.errorsText()}`);
	if (status === 200)
		assert.equal((await site.get(data.address.replace(site.url, ""))).status, 200, data.address);
	return data;
}

for (const [name, targets] of Object.entries({
	board: ["/en.json", "/ko.json", "/ar.json", "/en/releases.json", "/en/releases.json?page=2", "/ar/releases.json", "/en/topics/Trade.json",
		"/en/topics/Trade.json?page=2", "/en/releases.json?kind=press-release&department=Eurasia+Division&topic=Trade&from=2026-01-01&to=2026-12-31"],
	topics: ["/en/topics.json", "/ko/topics.json", "/ar/topics.json"],
	archive: ["/en/archive.json", "/ar/archive.json", "/en/archive/2026.json", "/en/archive/2026.json?page=2", "/en/archive/2026/10.json"],
	search: ["/en/search.json", "/en/search.json?q=first", "/en/search.json?q=first&page=2", "/en/search.json?q=first+xyzzy", "/ar/search.json?q=first",
		"/en/search.json?q=%22first+paragraph%22+-xyzzy&kind=press-release&department=Eurasia+Division&topic=Trade&from=2026-01-01&sort=date"],
	release: [`${RELEASE}.json`, `${RELEASE}/r1.json`, `${RELEASE}/r2.json`, "/ko/releases/2026-11-23-rich.json", "/en/releases/2026-11-20-gone.json"],
	history: [`${RELEASE}/history.json`, "/en/releases/2026-11-20-gone/history.json"],
	difference: [`${RELEASE}/history/1..2.json`],
	verify: [`/en/verify.json?sha256=${"0".repeat(64)}`],
}))
	for (const target of targets)
		test(`as its schema says: ${target}`, () => valid(target, name));

test("where there is no page there are no data, and a problem document says so", async () => {
	for (const target of ["/en/releases/none.json", "/en/topics/none.json", "/en/archive/1999.json", "/en/releases.json?page=9", "/xx/releases.json",
		`${RELEASE}/history/1..9.json`, "/schema/none.json"])
		assert.equal((await valid(target, "problem", 404)).status, 404);
	const gone = await valid("/en/releases/2026-11-19-killed.json", "problem", 410);
	assert.equal(gone.detail, "It named a person.");
	assert.equal((await valid("/en/releases/2026-11-20-gone/r1.json", "problem", 410)).detail, "It named a person.");
});

test("a hash is told to be of a revision, of one that was removed, or of none", async () => {
	const hashOf = async (target) => sha256((await site.get(target)).text);
	const found = async (hash) => (await valid(`/en/verify.json?sha256=${hash}`, "verify")).result;
	assert.equal(await found(await hashOf(`${RELEASE}/r2.txt`)), "current");
	assert.equal(await found(await hashOf(`${RELEASE}/r1.txt`)), "superseded");
	assert.equal(await found(sha256(release({ Release: "2026-11-19-killed", Date: "2026-11-19" }))), "removed");
	assert.equal((await valid("/en/verify.json?sha256=12", "problem", 400)).status, 400);
});

test("a difference's segments are the old text and the new one", async () => {
	const { blocks, fields } = await valid(`${RELEASE}/history/1..2.json`, "difference");
	const block = blocks.find(({ state }) => state === "changed");
	const text = (not) => block.segments.filter((one) => !(not in one)).map((one) => Object.values(one)[0]).join("");
	assert.match(text("added"), /The second one/);
	assert.match(text("removed"), /The second and last one/);
	assert.ok(fields.some(({ field, state }) => field === "Title" && state === "changed"));
});

test("the manual names every member there is", () => {
	const manual = fs.readFileSync(path.join(TOP, "src/man/communique-json.5"), "utf8");
	const said = new Set([...manual.matchAll(/^\.It Va (.*)$/gm)].flatMap(([, names]) => names.split(" , ")));
	const members = (schema) => schema && typeof schema === "object"
		? [...Object.keys(schema.properties ?? {}), ...Object.values(schema).flatMap(members)] : [];
	for (const name of NAMES) {
		const schema = JSON.parse(fs.readFileSync(path.join(TOP, `src/schema/${name}.json`), "utf8"));
		assert.deepEqual([...new Set(members(schema))].filter((member) => !said.has(member)), [], `${name}: add these to communique-json(5)`);
	}
});

test("texts, feeds, keys and files may be read by other sites' scripts; pages may not", async () => {
	for (const target of [`${RELEASE}.txt`, `${RELEASE}.txt.minisig`, "/en/feed.atom", "/en/feed.json", "/keys/current", "/sitemap.xml",
		`/files/${sha256(PDF)}/table.pdf`])
		assert.equal((await site.get(target)).headers["access-control-allow-origin"], "*", target);
	for (const target of [RELEASE, "/en/", "/en/releases/", "/en/none"])
		assert.equal((await site.get(target)).headers["access-control-allow-origin"], undefined, target);
});
