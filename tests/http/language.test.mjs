// A further language is a further message file, and nothing else: a copy of the tree is built
// with one more, in which every text stands in brackets. What readers then see outside brackets
// is the release's, the site's own, or a word that is hidden somewhere in the program.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

const TOP = path.resolve(import.meta.dirname, "../..");
const copy = fs.mkdtempSync(path.join(os.tmpdir(), "communique-language-"));
const FILE = path.join(copy, "src/locale/fr.messages");
const ENGLISH = fs.readFileSync(path.join(TOP, "src/locale/en.messages"), "utf8");

// What was built is not built again: the copies are as old as what they are copies of.
function copyTree() {
	const built = path.resolve(TOP, process.env.BUILD ?? "build");
	fs.mkdirSync(path.join(copy, "build"));
	for (const name of ["Makefile", "include", "src"])
		execFileSync("cp", ["-a", path.join(TOP, name), copy]);
	for (const name of ["obj", "lib", "gen", "tools"])
		execFileSync("cp", ["-a", path.join(built, name), path.join(copy, "build")]);
}

const make = () => spawnSync("make", ["BUILD=build", "build/communique", "build/communiqued"],
	{ cwd: copy, encoding: "utf8", env: { ...process.env, MAKEFLAGS: "" } });

// Imported when the programs are built: they are those of this copy.
let wire, site, release;

before(async () => {
	copyTree();
	fs.writeFileSync(FILE, ENGLISH.replace(/^([a-z0-9-]+) = (.*)$/gm, "$1 = ⟦$2⟧"));
	const { status, stderr } = make();
	assert.equal(status, 0, stderr);
	process.env.BUILD = path.join(copy, "build");
	wire = await import("./site.mjs");
	release = (fields, body) => wire.release({ Language: "fr", Title: "«LA COOPÉRATION»", ...fields }, body ?? "1. «DES ACCORDS».\n");
	site = await wire.Site.start({ languages: "en,fr", settings: "name.fr = «LE MINISTÈRE»\nmasthead.fr = «ICI» %1\n" });
	await site.publish(wire.release());
	await site.publish(release());
	const second = path.join(site.state, "second.txt");
	const run = (who, ...args) => {
		const { status: how, stdout, stderr: said } = wire.communique(site, who, ...args);
		assert.equal(how, 0, `${args.join(" ")}: ${stdout}${said}`);
	};
	run("author", "revise", "fr/2026-11-23-first", "--change", "correction", "--note", "«DEUX».", "-o", second);
	fs.appendFileSync(second, "\n2. «ENCORE».\n");
	run("author", "publish", second);
	run("approver", "approve", "fr/2026-11-23-first", "--yes");
	await site.publish(release({ Release: "2026-11-24-gone" }));
	run("author", "kill", "fr/2026-11-24-gone", "--note", "«ERREUR».", "--yes");
});
after(async () => {
	await site?.stop();
	fs.rmSync(copy, { recursive: true, force: true });
});

const PAGES = [
	"", "releases/", "releases/?kind=press-release", "topics/", "archive/", "archive/2026/11/",
	"releases/2026-11-23-first", "releases/2026-11-23-first/r1", "releases/2026-11-23-first/history",
	"releases/2026-11-23-first/history/1..2", "releases/2026-11-24-gone", "nothing",
	"search", "search?q=accords", "search?q=xyzzy", "verify", `verify?sha256=${"0".repeat(64)}`,
];

// What stands outside of brackets, in text and in the attributes that are read out.
function bare(html) {
	let text = html.replace(/<(script|style|code|time)\b[^>]*>[^]*?<\/\1>/g, " ")
		.replace(/<[^>]*?\s(?:aria-label|title|alt|placeholder|data-open|data-close|data-copied|data-working)="([^"]*)"[^>]*>/g, " $1 ")
		.replace(/<[^>]*>/g, " ");
	for (let before = ""; before !== text;) {
		before = text;
		text = text.replace(/⟦[^⟦⟧]*⟧/g, " ").replace(/«[^«»]*»/g, " ");
	}
	return text.replace(/\s+/g, " ");
}

// Names that are so in every language: of languages, people, files, addresses, algorithms.
const NAMES = /http:\S+|\b[0-9a-f]{64}\b|English|Français|author|approver|SHA-256|xyzzy|accords|\/keys\/current|[\w.-]+\.(txt|minisig)\b|¶ \d/g;

test("every word of a page in it is from its message file", async () => {
	for (const page of PAGES) {
		const { text } = await site.get(`/fr/${page}`);
		assert.match(text, /<html lang="fr" dir="ltr">/, page);
		assert.ok(text.split("⟦").length > 20, page);
		assert.doesNotMatch(bare(text).replace(NAMES, " "), /\p{L}.*/u, page);
	}
});

test("it has its data, feeds and search; the other languages lead to it", async () => {
	assert.equal((await site.get("/fr/releases/2026-11-23-first.json")).json.title, "«LA COOPÉRATION»");
	assert.match((await site.get("/fr/feed.atom")).text, /xml:lang="fr"[^]*«ENCORE»/);
	assert.match((await site.get("/fr/search?q=accord")).text, /<mark>ACCORDS<\/mark>/);
	assert.match((await site.get("/en/releases/2026-11-23-first")).text,
		/<a href="\/fr\/releases\/2026-11-23-first" hreflang="fr" lang="fr" dir="ltr">Français<\/a>/);
	assert.equal((await site.get("/", { "Accept-Language": "fr-CA" })).headers.location, "/fr/");
});

test("a key that it does not have stops the build, and is named", () => {
	const text = fs.readFileSync(FILE, "utf8");
	fs.writeFileSync(FILE, text.replace(/^back-to-list = .*\n/m, ""));
	const { status, stderr } = make();
	assert.notEqual(status, 0);
	assert.match(stderr, /fr\.messages:\d+: error: "back-to-list" is missing \(it stands in src\/locale\/en\.messages:\d+\)/);
	fs.writeFileSync(FILE, text);
	assert.equal(make().status, 0);
});
