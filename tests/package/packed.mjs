// packed - folders that look like a machine's root, and commands whose failure tells all.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export const TOP = path.resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
export const BUILD = path.resolve(TOP, process.env.BUILD ?? "build");
export const DEB = path.join(BUILD, "deb");

// What the command printed; with its error, when it failed.
export function run(program, args, options = {}) {
	const { status, signal, stdout, stderr, error } =
		spawnSync(program, args, { cwd: TOP, encoding: "utf8", maxBuffer: 1 << 26, ...options });
	if (error)
		throw error;
	if (status !== 0)
		throw new Error(`${program} ${args.join(" ")}: ${signal ?? status}\n${stdout}${stderr}`);
	return stdout;
}

// A make that knows nothing of the one that called us.
export function make(...args) {
	const env = { ...process.env };
	for (const name of ["MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "BUILD"])
		delete env[name];
	return run("make", ["--no-print-directory", `-j${os.cpus().length}`, ...args], { env });
}

export function folder() {
	return fs.mkdtempSync(path.join(os.tmpdir(), "communique-package-"));
}

// Paths below a folder, sorted; of folders only those with nothing in them.
export function files(root) {
	return fs.readdirSync(root, { recursive: true }).sort().filter((name) => {
		const at = path.join(root, name);
		return !fs.lstatSync(at).isDirectory() || fs.readdirSync(at).length === 0;
	});
}

// The package of that name which `make deb` has left in a folder.
export function packageFile(name, within = DEB) {
	const found = fs.readdirSync(within).filter((file) => file.startsWith(`${name}_`) && file.endsWith(".deb"));
	if (found.length !== 1)
		throw new Error(`${found.length} packages ${name} in ${within}`);
	return path.join(within, found[0]);
}

export function field(deb, name) {
	return run("dpkg-deb", ["--field", deb, name]).trim();
}
