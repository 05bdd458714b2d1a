// What `make deb` makes is the same everywhere, and lintian has nothing to say of it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { DEB, folder, packageFile, run, TOP } from "./packed.mjs";

const NAMES = ["communique", "communiqued", "communique-dbgsym", "communiqued-dbgsym"];
const sum = (file) => createHash("sha256").update(fs.readFileSync(file)).digest("hex");
let elsewhere;

before(() => {
	elsewhere = folder();
});
after(() => fs.rmSync(elsewhere, { recursive: true, force: true }));

// Another folder, umask, date, time zone, language and user's name.
test("a second build, elsewhere and another day, gives the same bytes", (t) => {
	const copy = path.join(elsewhere, "a longer way to it/copy");
	fs.mkdirSync(path.dirname(copy), { recursive: true });
	run("git", ["clone", "--quiet", "--no-hardlinks", TOP, copy]);
	for (const name of run("git", ["ls-files", "--modified", "--others", "--exclude-standard", "--deduplicate"])
		.split("\n").filter((name) => name && fs.existsSync(path.join(TOP, name))))
		fs.cpSync(path.join(TOP, name), path.join(copy, name));
	run("sh", ["-c", `umask 077 && exec env -i PATH="$PATH" HOME=/nowhere LANG=ko_KR.UTF-8 LC_ALL=tr_TR.UTF-8 \
		TZ=Asia/Kathmandu USER=someone faketime -f '+40d' make deb 2>&1`],
	{ cwd: copy });
	for (const name of NAMES) {
		const [here, there] = [packageFile(name), packageFile(name, path.join(copy, "build/deb"))];
		assert.equal(path.basename(here), path.basename(there));
		assert.equal(sum(here), sum(there), `${path.basename(here)} differs`);
		t.diagnostic(`${path.basename(here)} ${sum(here)}`);
	}
});

test("lintian says nothing, not even for information", () => {
	const changes = fs.readdirSync(DEB).filter((name) => name.endsWith(".changes"));
	assert.equal(changes.length, 1);
	assert.equal(run("lintian", ["--display-info", "--pedantic", "--fail-on", "error,warning,info,pedantic",
		"--allow-root", path.join(DEB, changes[0])]), "");
});
