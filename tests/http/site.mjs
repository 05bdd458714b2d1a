// site - a site of a test's own: a store in a new folder, both services, nginx with the
// configuration as it is shipped, on a free loopback port; and its keys.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { minisign, newKey, sha256, writeKey } from "./keys.mjs";
import { ask, signed } from "./wire.mjs";

export const TOP = path.resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
export const BUILD = path.resolve(TOP, process.env.BUILD ?? "build");
export const COMMUNIQUE = path.join(BUILD, "communique");
export const COMMUNIQUED = path.join(BUILD, "communiqued");
export const SITE = "localhost";
// Debian has it where users' paths do not lead.
export const NGINX = fs.existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";

// Words before a command that wants to be root. Who is not, is so in a namespace, with a network of its own.
export const AS_ROOT = process.getuid() === 0 ? [] : ["unshare", "--map-root-user", "--net"];

export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

export function freePort() {
	return new Promise((done, failed) => {
		const server = net.createServer().on("error", failed).listen(0, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => done(port));
		});
	});
}

export async function until(what, tries, test) {
	for (let i = 0; i < tries; i++) {
		try {
			if (await test())
				return;
		} catch {
			// not yet
		}
		await wait(50);
	}
	throw new Error(`waited in vain until ${what}`);
}

// A release file; a field given as undefined is left out.
export function release(fields = {}, body = "1. The first paragraph.\n\n2. The second one.\n") {
	const header = {
		Site: SITE, Release: "2026-11-23-first", Language: "en", Revision: "1",
		Date: "2026-11-23", Kind: "press-release", Title: "The First Release", ...fields,
	};
	return Object.entries(header).filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${name}: ${value}\n`).join("") + `\n${body}`;
}

// The sample releases: [text, address of its page].
export function seeds() {
	const folder = path.join(TOP, "seeds");
	return fs.readdirSync(folder).filter((name) => name.endsWith(".txt"))
		.map((name) => fs.readFileSync(path.join(folder, name), "utf8"))
		.filter((text) => /^Release: /m.test(text))
		.map((text) => {
			const field = (name) => new RegExp(`^${name}: (.*)$`, "m").exec(text)[1];
			return { text, address: `/${field("Language")}/releases/${field("Release")}` };
		});
}

// How a service is started; it does not run as root unless told.
export const serving = (name, conf) => [name, "-c", conf, ...(process.getuid() === 0 ? ["--user", "root"] : [])];

export class Service {
	constructor(name, log, program, args, env = {}) {
		Object.assign(this, { name, log, program, args, env });
	}

	start() {
		const out = fs.openSync(this.log, "a");
		this.child = spawn(this.program, this.args, {
			stdio: ["ignore", out, out], env: { ...process.env, ...this.env },
		});
		fs.closeSync(out);
		this.gone = new Promise((done) => this.child.once("exit", (code, signal) => done(signal ?? code)));
	}

	async stop(signal = "SIGTERM") {
		if (this.child.exitCode === null && this.child.signalCode === null)
			this.child.kill(signal);
		const late = setTimeout(() => this.child.kill("SIGKILL"), 8000);
		const how = await this.gone;
		clearTimeout(late);
		return how;
	}
}

export class Site {
	// editors: name -> roles; all of their keys are in key set 1.
	// settings: lines for the end of communique.conf. cache: nginx keeps readers' pages.
	// before: what is done to the folder before the services start.
	static async start({ quorum = 2, languages = "en,ko,ar", settings = "", cache = false, log = "debug", before = () => {},
		editors = { author: "author", approver: "approver" } } = {}) {
		const site = new Site();
		site.state = fs.mkdtempSync(path.join(os.tmpdir(), "communique-"));
		site.port = await freePort();
		site.url = `http://127.0.0.1:${site.port}`;
		site.keys = {};
		fs.mkdirSync(path.join(site.state, "keys"));
		for (const name of ["root", ...Object.keys(editors)]) {
			site.keys[name] = newKey();
			writeKey(site.keyPath(name), site.keys[name]);
		}
		site.services = {};
		execFileSync(COMMUNIQUED, ["init", site.state, "--site", SITE, "--url", site.url,
			"--root", `${site.keyPath("root")}.pub`,
			...Object.entries(editors).flatMap(([name, roles]) =>
				["--editor", `${name}:${roles}:${site.keyPath(name)}.pub`]),
			"--quorum-publish", String(quorum), "--languages", languages]);
		execFileSync(path.join(TOP, "src/build/nginx-conf.sh"), [site.state, String(site.port), ...(cache ? ["cache"] : [])]);
		const conf = path.join(site.state, "communique.conf");
		fs.appendFileSync(conf, `log-level = ${log}\n${settings}`);
		before(site.state);
		const service = (name, program, args) => {
			site.services[name] =
				new Service(name, path.join(site.state, `${name}.log`), program, args);
			site.services[name].start();
		};
		service("public", COMMUNIQUED, serving("serve", conf));
		service("desk", COMMUNIQUED, serving("desk", conf));
		service("nginx", NGINX, ["-e", path.join(site.state, "nginx/error.log"),
			"-c", path.join(site.state, "nginx.conf")]);
		try {
			await site.ready();
			await site.admitKeys(1, fs.readFileSync(path.join(site.state, "keys-1.txt")), false);
		} catch (error) {
			const logs = Object.values(site.services)
				.map(({ log }) => fs.readFileSync(log, "utf8").slice(-2000)).join("\n");
			await site.stop();
			throw new Error(`${error.message}\n${logs}`);
		}
		return site;
	}

	keyPath(name) {
		return path.join(this.state, "keys", name);
	}

	async ready() {
		await until("the public process answers", 200,
			async () => (await ask(`${this.url}/healthz`)).status === 200);
		await until("the desk answers", 200,
			async () => (await ask(`${this.url}/admin/drafts`)).status === 401);
	}

	async restart(name, signal) {
		await this.services[name].stop(signal);
		this.services[name].start();
		await this.ready();
	}

	// A request to an admin address, signed by one of the site's editors.
	admin(who, target, options, make) {
		return signed(this.keys[who] ?? who, this.url + target, options, make);
	}

	// Puts a key set (unless init did) and its root's signature.
	async admitKeys(version, text, put = true) {
		const { root } = this.keys;
		const type = { "Content-Type": "text/plain; charset=utf-8" };
		const address = `/admin/keys/${version}`;
		const steps = put ? [[address, text]] : [];
		steps.push([`${address}/signatures/${root.keyid.toLowerCase()}`, minisign(root, text)]);
		for (const [target, body] of steps) {
			const answer = await this.admin("root", target, { method: "PUT", body, headers: type });
			if (answer.status > 201)
				throw new Error(`PUT ${target}: ${answer.status} ${answer.text}`);
		}
	}

	putDraft(who, edition, text, headers = {}) {
		return this.admin(who, `/admin/drafts/${edition}`, { method: "PUT", body: text, headers });
	}

	signDraft(who, edition, text, headers = { "If-Match": `"${sha256(text)}"` }) {
		const key = this.keys[who] ?? who;
		return this.admin(who, `/admin/drafts/${edition}/signatures/${key.keyid.toLowerCase()}`,
			{ method: "PUT", body: minisign(key, text), headers });
	}

	// Draft and both signatures: public when it returns.
	async publish(text) {
		const field = (name) => new RegExp(`^${name}: (.*)$`, "m").exec(text)[1];
		const edition = `${field("Language")}/${field("Release")}`;
		const answers = [await this.putDraft("author", edition, text),
			await this.signDraft("author", edition, text),
			await this.signDraft("approver", edition, text)];
		const last = answers.at(-1);
		if (last.status !== 200)
			throw new Error(answers.map((a) => `${a.status} ${a.text}`).join("\n"));
		return { edition, answer: last.json };
	}

	get(target, headers = {}, method = "GET") {
		return ask(this.url + target, { headers, method, target });
	}

	// A form, as a browser sends it without script: a text area's line ends leave as CR LF.
	post(target, fields) {
		const form = new FormData();
		for (const [name, value] of Object.entries(fields))
			form.set(name, value);
		return fetch(this.url + target, { method: "POST", body: form }).then(async (answer) =>
			({ status: answer.status, text: await answer.text() }));
	}

	// Everything in the store but what every request leaves, the audit and the replay table, and
	// what the desk merges in its own time: the search's (fsck holds those against the files).
	dump() {
		const store = path.join(this.state, "store");
		const names = execFileSync("mdb_dump", ["-l", store], { encoding: "utf8" }).trim().split("\n");
		const kept = names.filter((name) => !/^(audit|replay|words|documents|fresh)$/i.test(name));
		if (kept.length < 15 || kept.length > names.length - 2)
			throw new Error(`unexpected tables: ${names.join(" ")}`);
		return Object.fromEntries(kept.map((name) =>
			[name, sha256(tableRows(execFileSync("mdb_dump", ["-s", name, store])))]));
	}

	async stop() {
		const { nginx, ...others } = this.services;
		await nginx.stop();
		this.endings = await Promise.all(Object.values(others).map((service) => service.stop()));
		if (!process.env.KEEP)
			fs.rmSync(this.state, { recursive: true, force: true });
	}
}

// The rows alone: the head of a dump holds the map's size and the number of readers.
function tableRows(dump) {
	return dump.subarray(dump.indexOf("HEADER=END"));
}

// Runs the command communique as one of the site's editors; never asks on a terminal.
export function communique(site, who, ...args) {
	const home = path.join(site.state, "home", who);
	fs.mkdirSync(path.join(home, "communique"), { recursive: true });
	fs.writeFileSync(path.join(home, "communique/config"),
		`server = ${site.url}\nsite = ${SITE}\nkey = ${site.keyPath(who)}.key\n`);
	const { status, stdout, stderr } = spawnSync(COMMUNIQUE, args, {
		cwd: TOP, encoding: "utf8", timeout: 30000, stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, XDG_CONFIG_HOME: home, COMMUNIQUE_CONFIG: "" },
	});
	return { status, stdout, stderr };
}
