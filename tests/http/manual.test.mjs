// The examples of communique(1), typed one after the other as it says they can be, and behind
// them those of communique-log(7), which use what they made. They are read from the pages as man
// shows them, 80 columns wide: what groff takes for its own, as quotes in a macro's line, is not there.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { COMMUNIQUE, SITE, Site, TOP } from "./site.mjs";

const PROGRAMS = "communique|communiqued|curl|minisign|mv";

// A line is where it stands: displays are indented, below a section or below an item of a list.
function shown(name) {
	const { stdout } = spawnSync("man", ["--warnings", "-l", path.join(TOP, "src/man", name)],
		{ encoding: "utf8", env: { ...process.env, MANWIDTH: "80", LC_ALL: "C.UTF-8", MANPAGER: "cat" } });
	return stdout.match(new RegExp(`^(?: {11}| {19})(?:${PROGRAMS}) (?:.*\\\\\n)*.*$`, "gm"));
}

// None may be missed, or be taken from elsewhere.
function written(name) {
	const source = fs.readFileSync(path.join(TOP, "src/man", name), "utf8");
	return [...source.matchAll(new RegExp(`^(?:\\.Dl )?(?:${PROGRAMS}) `, "gm"))].length;
}

const pages = ["communique.1", "communique-log.7"];
const examples = pages.flatMap(shown).map((lines) => lines.trim());
// What a person would be asked for on a terminal is said here.
const unasked = (line) => (/ (keygen) /.test(line) ? `${line} --no-password` :
	/ (approve|withdraw|reinstate) /.test(line) ? `${line} --yes` : line);
// Each verb of the table has one; these come from the program itself.
const verbs = spawnSync(COMMUNIQUE, ["--help"], { encoding: "utf8" }).stdout
	.split("\n").map((line) => /^ {2}([a-z]+)/.exec(line)?.[1]).filter(Boolean);

let site, home;

before(async () => {
	site = await Site.start();
	home = fs.mkdtempSync(path.join(os.tmpdir(), "communique-manual-"));
	fs.mkdirSync(path.join(home, "communique"));
	fs.writeFileSync(path.join(home, "communique/config"),
		`server = ${site.url}\nsite = ${SITE}\nlanguage = en\nkey = ${home}/author.key\n`);
	fs.writeFileSync(path.join(home, "text.txt"),
		"Our First Release\n\n1. The port opened in May.\n\n2. It is large.\n");
	fs.writeFileSync(path.join(home, "table.pdf"), "%PDF-1.4\n");
	fs.copyFileSync(path.join(site.state, "keys-1.txt"), path.join(home, "keys-1.txt"));
	const captures = path.join(TOP, "seeds/captures");
	fs.copyFileSync(path.join(captures, fs.readdirSync(captures).sort()[0]),
		path.join(home, "capture.txt"));
});
after(async () => {
	await site?.stop();
	if (home)
		fs.rmSync(home, { recursive: true, force: true });
});

function type(line) {
	const here = unasked(line).replaceAll("https://press.example", site.url);
	const { status, stdout, stderr } = spawnSync("sh", ["-c", here], {
		cwd: home, encoding: "utf8", timeout: 30000, stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, PATH: `${path.dirname(COMMUNIQUE)}:${process.env.PATH}`,
			XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, COMMUNIQUE_CONFIG: "" },
	});
	assert.equal(status, 0, `${line}\n${stdout}${stderr}`);
}

test("each example stands in its page as one line, or as lines that the shell joins", () => {
	for (const name of pages) {
		assert.equal(shown(name).length, written(name), name);
		for (const line of shown(name).join("\n").split("\n"))
			assert.ok(line.length <= 80, line);
	}
});

test("every command has an example", () => {
	assert.ok(verbs.length > 15, verbs.join(" "));
	for (const verb of verbs)
		assert.ok(examples.some((line) => line.startsWith(`communique ${verb} `) ||
			line === `communique ${verb}`), verb);
});

for (const line of examples)
	test(`example: ${line.replace(/\s*\\\n\s*/g, " ")}`, () => {
		type(line);
		// The keys that were just made are nobody's; those of the site take their place.
		const made = / keygen -o (root|author|approver)$/.exec(line)?.[1];
		for (const end of made ? ["key", "pub"] : [])
			fs.copyFileSync(`${site.keyPath(made)}.${end}`, path.join(home, `${made}.${end}`));
	});
