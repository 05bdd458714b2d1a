// The Debian packages, built as `make deb` builds them, and looked at from outside: what is in
// them, what they do to a machine when they come, and what they leave when they go.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { checkBom } from "./bom.mjs";
import { field, files, folder, packageFile, run, TOP } from "./packed.mjs";

const NAMES = ["communique", "communiqued"];
const UNITS = fs.readdirSync(path.join(TOP, "src/systemd")).filter((name) => /\.(service|socket|timer)$/.test(name));
const debs = {}, roots = {};
let scratch;

before(() => {
	scratch = folder();
	for (const name of NAMES) {
		debs[name] = packageFile(name);
		roots[name] = path.join(scratch, name);
		run("dpkg-deb", ["--extract", debs[name], roots[name]]);
	}
});
after(() => fs.rmSync(scratch, { recursive: true, force: true }));

const has = (name, file) => fs.existsSync(path.join(roots[name], file));
const control = (name) => run("sh", ["-c", `dpkg-deb --ctrl-tarfile "$0" | tar -t`, debs[name]]).split("\n");

test("each program comes with its manual pages, completions and texts", () => {
	const wanted = {
		communique: ["bin/communique", "share/man/man1/communique.1.gz", "share/man/man5/communique-release.5.gz",
			"share/man/man7/communique-keys.7.gz", "share/man/man7/communique-limits.7.gz", "share/man/man7/communique-log.7.gz",
			"share/bash-completion/completions/communique", "share/zsh/vendor-completions/_communique",
			"share/fish/vendor_completions.d/communique.fish"],
		communiqued: ["sbin/communiqued", "share/man/man8/communiqued.8.gz", "share/man/man5/communique.conf.5.gz",
			"share/man/man5/communique-theme.5.gz", "share/man/man5/communique-json.5.gz",
			"share/communique/nginx/communique.conf", "share/communique/nginx/communique-http.conf",
			"share/communique/nginx/example-site.conf", "share/communique/paths.conf",
			"lib/sysusers.d/communique.conf", "lib/tmpfiles.d/communique.conf",
			"share/bash-completion/completions/communiqued"],
	};
	for (const name of NAMES) {
		for (const file of [...wanted[name], `share/doc/${name}/copyright`, `share/doc/${name}/changelog.gz`,
			`share/doc/${name}/SECURITY.md.gz`, `share/doc/${name}/sbom.cdx.json`])
			assert.ok(has(name, `usr/${file}`), `${name}: no usr/${file} in\n${files(roots[name]).join("\n")}`);
	}
	for (const unit of UNITS)
		assert.ok(has("communiqued", `lib/systemd/system/${unit}`), unit);
});

test("no file is in both, and the editors' program brings nothing of the server", () => {
	const [ours, theirs] = NAMES.map((name) => files(roots[name]));
	assert.deepEqual(ours.filter((name) => theirs.includes(name)), []);
	assert.deepEqual(ours.filter((name) => /systemd|sbin|nginx/.test(name)), []);
});

test("the programs run, and depend on what they load and no more", () => {
	const version = field(debs.communique, "Version").replace(/-1$/, "");
	assert.equal(run(path.join(roots.communique, "usr/bin/communique"), ["--version"]), `communique ${version}\n`);
	assert.equal(run(path.join(roots.communiqued, "usr/sbin/communiqued"), ["--version"]), `communiqued ${version}\n`);
	const needs = (name) => field(debs[name], "Depends");
	assert.match(needs("communique"), /libsodium23/);
	assert.doesNotMatch(needs("communique"), /lmdb|fcgi/);
	assert.match(needs("communiqued"), /liblmdb0.*libsodium23/);
	assert.match(needs("communiqued"), /libfcgi/);
});

test("programs are stripped and hardened", () => {
	for (const file of ["communique/usr/bin/communique", "communiqued/usr/sbin/communiqued"]) {
		const told = run("readelf", ["--wide", "-hldS", path.join(scratch, file)]);
		assert.match(told, /Type: +DYN/, "position-independent");
		assert.match(told, /GNU_RELRO/);
		assert.match(told, /Flags:.* NOW|BIND_NOW/);
		assert.match(told, /GNU_STACK.* RW /);
		assert.doesNotMatch(told, /\.debug_info/);
		const called = run("nm", ["--dynamic", path.join(scratch, file)]);
		assert.match(called, /__stack_chk_fail/);
		assert.match(called, /__\w+_chk@/);
	}
});

test("man finds the pages and lays them out without a warning", () => {
	for (const [name, page] of [["communique", "communique"], ["communique", "communique-keys"],
		["communiqued", "communiqued"], ["communiqued", "communique.conf"]]) {
		const env = { ...process.env, MANPATH: path.join(roots[name], "usr/share/man"), MANWIDTH: "80" };
		assert.match(run("sh", ["-c", `man --warnings "$0" 2>&1`, page], { env }), /^NAME\n/mi, page);
	}
});

test("nothing of /etc is the packages': a site's configuration is its own", () => {
	for (const name of NAMES) {
		assert.ok(control(name).includes("./control") && !control(name).includes("./conffiles"));
		assert.ok(!has(name, "etc"));
	}
});

test("systemd understands the units, users and folders", () => {
	const root = path.join(scratch, "verify");
	fs.cpSync(roots.communiqued, root, { recursive: true });
	for (const target of ["sysinit", "basic", "sockets", "timers", "multi-user", "shutdown", "time-set", "time-sync"]) {
		fs.writeFileSync(path.join(root, `lib/systemd/system/${target}.target`),
			`[Unit]\nDescription=${target}\n`);
	}
	for (const unit of ["system.slice", "-.slice", "-.mount", "tmp.mount"])
		fs.writeFileSync(path.join(root, "lib/systemd/system", unit), "");
	fs.mkdirSync(path.join(root, "etc"), { recursive: true });
	fs.writeFileSync(path.join(root, "etc/passwd"), "root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n");
	fs.writeFileSync(path.join(root, "etc/group"), "root:x:0:\nwww-data:x:33:\n");
	const told = run("sh", ["-c", `systemd-analyze verify --man=no --root="$0" ${UNITS.join(" ")} 2>&1`, root]);
	assert.deepEqual(told.split("\n").filter((line) => /communique/.test(line)), []);
	run("systemd-sysusers", [`--root=${root}`, "communique.conf"]);
	const users = fs.readFileSync(path.join(root, "etc/passwd"), "utf8");
	assert.match(users, /^communique:.*:\/var\/lib\/communique:.*nologin$/m);
	assert.match(users, /^communique-public:.*nologin$/m);
	assert.match(fs.readFileSync(path.join(root, "etc/group"), "utf8"), /^communique:x:\d+:communique-public$/m);
});

test("installing, upgrading, removing and purging: nothing is enabled, a site's data stays", {
	skip: process.getuid() !== 0 && "dpkg wants root",
}, () => {
	const root = path.join(scratch, "machine");
	const dpkg = (...args) => run("dpkg", [`--root=${root}`, "--force-not-root", "--force-depends",
		"--force-script-chrootless", `--log=${root}/log`, ...args],
		{ env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
	for (const name of ["var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/communique/store", "etc/communique",
		"var/backups/communique"])
		fs.mkdirSync(path.join(root, name), { recursive: true });
	fs.writeFileSync(path.join(root, "var/lib/dpkg/status"), "");
	const ours = ["var/lib/communique/store/data.mdb", "etc/communique/communique.conf", "var/backups/communique/one"];
	for (const name of ours)
		fs.writeFileSync(path.join(root, name), "ours");

	dpkg("--install", ...Object.values(debs));
	assert.match(fs.readFileSync(path.join(root, "etc/passwd"), "utf8"), /^communique:/m);
	dpkg("--install", ...Object.values(debs));
	const links = files(root).filter((name) => /\.wants\//.test(name));
	assert.deepEqual(links, [], "something was enabled");

	dpkg("--purge", ...NAMES);
	for (const name of ours)
		assert.equal(fs.readFileSync(path.join(root, name), "utf8"), "ours", name);
	// /run is empty after the next boot.
	assert.deepEqual(files(root).filter((name) =>
		/communique/.test(name) && !name.startsWith("run/") && !ours.includes(name)), []);
});

test("the bill of materials is valid CycloneDX, and about these very programs", () => {
	for (const [name, program] of [["communique", "bin/communique"], ["communiqued", "sbin/communiqued"]]) {
		const text = fs.readFileSync(path.join(roots[name], `usr/share/doc/${name}/sbom.cdx.json`), "utf8");
		const bom = checkBom(text);
		const bytes = fs.readFileSync(path.join(roots[name], "usr", program));
		assert.equal(bom.metadata.component.hashes[0].content, createHash("sha256").update(bytes).digest("hex"));
		const needed = run("readelf", ["-d", path.join(roots[name], "usr", program)])
			.match(/(?<=NEEDED.*\[)[^\]]+/g).sort();
		assert.deepEqual(bom.dependencies.find(({ ref }) => ref === name).dependsOn, needed);
		const depends = field(debs[name], "Depends");
		for (const library of needed) {
			const { properties: [{ value }] } = bom.components.find(({ name }) => name === library);
			assert.ok(depends.includes(value), `${value} is in the bill and not in ${depends}`);
		}
	}
});
