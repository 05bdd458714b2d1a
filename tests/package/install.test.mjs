// make install and make uninstall: what is put, where, and that all of it goes again.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { files, folder, make, run } from "./packed.mjs";

let root;
before(() => {
	root = folder();
});
after(() => fs.rmSync(root, { recursive: true, force: true }));

const install = (goal, dest, ...more) => make(goal, `DESTDIR=${dest}`, `BUILD=${process.env.BUILD ?? "build"}`, ...more);

test("make install fills DESTDIR below the prefix, and nothing beside it", () => {
	const dest = path.join(root, "local");
	install("install", dest);
	const put = files(dest);
	for (const name of ["bin/communique", "sbin/communiqued", "lib/systemd/system/communique-public.service",
		"lib/systemd/system/communique-desk.socket", "lib/sysusers.d/communique.conf",
		"lib/tmpfiles.d/communique.conf", "share/communique/nginx/communique.conf",
		"share/communique/paths.conf", "share/man/man1/communique.1",
		"share/man/man5/communique.conf.5", "share/man/man8/communiqued.8",
		"share/bash-completion/completions/communiqued", "share/zsh/site-functions/_communique",
		"share/fish/vendor_completions.d/communique.fish", "share/doc/communique/SECURITY.md"])
		assert.ok(put.includes(`usr/local/${name}`), `${name} is not in\n${put.join("\n")}`);
	assert.deepEqual(put.filter((name) => !name.startsWith("usr/local/")), []);
	assert.match(run(path.join(dest, "usr/local/bin/communique"), ["--version"]), /^communique \d/);
});

test("what is installed names the place it is in", () => {
	const dest = path.join(root, "usr");
	install("install", dest, "PREFIX=/usr");
	const told = files(dest).filter((name) => /\.(service|socket|timer|conf|[1-8])$/.test(name))
		.filter((name) => fs.readFileSync(path.join(dest, name), "utf8").includes("/usr/local"));
	assert.deepEqual(told, []);
	const unit = fs.readFileSync(path.join(dest, "usr/lib/systemd/system/communique-desk.service"), "utf8");
	assert.match(unit, /^ExecStart=\/usr\/sbin\/communiqued desk /m);
});

test("make uninstall takes away all of it, and nothing of others", () => {
	const dest = path.join(root, "uninstall");
	const others = ["usr/local/bin/other", "usr/local/share/communique/ours.conf"];
	install("install", dest);
	for (const name of others)
		fs.writeFileSync(path.join(dest, name), "");
	install("uninstall", dest);
	const left = files(dest).filter((name) => !fs.lstatSync(path.join(dest, name)).isDirectory());
	assert.deepEqual(left, others);
	assert.ok(!fs.existsSync(path.join(dest, "usr/local/share/communique/nginx")));
});

test("a folder with a space in its name", () => {
	const dest = path.join(root, "with a space");
	install("install", dest);
	assert.ok(fs.existsSync(path.join(dest, "usr/local/sbin/communiqued")));
});
