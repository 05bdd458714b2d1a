// office - a site whose desk can be killed or failed at any step on disk (shim.c), and a
// record of what it acknowledged.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { call } from "../http/fastcgi.mjs";
import { minisign, sha256 } from "../http/keys.mjs";
import { COMMUNIQUED, Site, TOP, release, until, wait } from "../http/site.mjs";
import { sign } from "../http/wire.mjs";

export const KILL_BEFORE = 0, KILL_HALFWAY = 1, KILL_AFTER = 2, FAIL_EIO = 3, FAIL_ENOSPC = 4, FAIL_EROFS = 5;
export const ways = ["killed before", "killed halfway", "killed after", "EIO", "ENOSPC", "EROFS"];
const OCTETS = { "Content-Type": "application/octet-stream" };
const SHIM = path.join(TOP, process.env.BUILD ?? "build", "tests/crash/shim.so");

// What shim.c is told, and what it counts; a file in the folder whose steps are meant.
export class Control {
	constructor(folder, name = "control") {
		this.fd = fs.openSync(path.join(folder, name), "w+");
		fs.writeSync(this.fd, Buffer.alloc(20));
		this.env = { LD_PRELOAD: SHIM, CRASH_FOLDER: fs.realpathSync(folder), CRASH_CONTROL: path.join(folder, name) };
	}

	// Steps are counted from here on; the at-th is met.
	arm({ at = 0, how = 0, lasting = false } = {}) {
		const numbers = Buffer.alloc(20);
		[1, at, how, lasting ? 1 : 0, 0].forEach((n, i) => numbers.writeUInt32LE(n, 4 * i));
		fs.writeSync(this.fd, numbers, 0, 20, 0);
	}

	disarm() {
		const numbers = Buffer.alloc(20);
		fs.readSync(this.fd, numbers, 0, 20, 0);
		fs.writeSync(this.fd, Buffer.alloc(20), 0, 20, 0);
		return numbers.readUInt32LE(16);
	}
}

export class Office {
	static async open(options = {}) {
		const office = new Office();
		office.site = await Site.start(options);
		office.control = new Control(office.site.state);
		Object.assign(office.site.services.desk.env, office.control.env);
		office.count = 0;
		office.checks = 0;
		office.keyset = fs.readFileSync(path.join(office.site.state, "keys-1.txt"), "utf8");
		await office.site.restart("desk");
		assert.ok(office.site.services.desk.child.pid);
		return office;
	}

	socket(door) {
		return path.join(this.site.state, `${door}.sock`);
	}

	// A signed request; null: there was no answer.
	desk(who, target, { method = "GET", body, headers } = {}) {
		const url = this.site.url + target;
		return call(this.socket("desk"), { method, target, body,
			headers: sign(this.site.keys[who], { method, url, body, headers }) });
	}

	read(target) {
		return call(this.socket("public"), { target });
	}

	arm(fault) {
		this.control.arm(fault);
	}

	disarm() {
		return this.control.disarm();
	}

	get isDown() {
		const { child } = this.site.services.desk;
		return child.exitCode !== null || child.signalCode !== null;
	}

	async kill(name) {
		await this.site.services[name].stop("SIGKILL");
	}

	async start(name) {
		const { services } = this.site;
		services[name].start();
		for (let tries = 0; tries < 2000; tries++) {
			const answer = await call(this.socket(name === "desk" ? "desk" : "public"), { target: "/healthz" });
			if (answer?.status === 200)
				return;
			await wait(3);
		}
		throw new Error(`${name} does not start\n${fs.readFileSync(services[name].log, "utf8").slice(-2000)}`);
	}

	// After a step that killed: the exit is known a moment after the connection ends.
	async died() {
		await until("the desk is gone", 100, () => this.isDown);
	}

	fsck() {
		this.checks++;
		const { status, stdout, stderr } = spawnSync(COMMUNIQUED,
			["fsck", "-c", path.join(this.site.state, "communique.conf")], { encoding: "utf8" });
		assert.equal(status, 0, stdout + stderr);
	}

	// --- what editors do ---------------------------------------------------------------------

	next(fields = {}, files = {}) {
		const slug = `2026-11-23-crash-${++this.count}`, edition = `en/${slug}`;
		const attached = Object.entries(files).map(([name, bytes]) => `${name}; sha256=${sha256(bytes)}`);
		const text = release({ Release: slug, ...fields, Attachment: attached.length ? attached.join("\nAttachment: ") : undefined },
			`1. ${crypto.randomBytes(600).toString("hex")}\n`);
		return { slug, edition, text, hash: sha256(text), files };
	}

	upload(bytes, who = "author") {
		return this.desk(who, `/admin/files/${sha256(bytes)}`, { method: "PUT", body: bytes, headers: OCTETS });
	}

	save({ edition, text }) {
		return this.desk("author", `/admin/drafts/${edition}`, { method: "PUT", body: text });
	}

	sign({ edition, text, hash }, who) {
		return this.desk(who, `/admin/drafts/${edition}/signatures/${this.site.keys[who].keyid.toLowerCase()}`,
			{ method: "PUT", body: minisign(this.site.keys[who], text), headers: { "If-Match": `"${hash}"` } });
	}

	drop({ edition }) {
		return this.desk("author", `/admin/drafts/${edition}`, { method: "DELETE" });
	}

	give({ edition }) {
		return this.desk("author", `/admin/drafts/${edition}/previews`,
			{ method: "POST", body: "{\"label\":\"press\",\"days\":1}", headers: { "Content-Type": "application/json" } });
	}

	nextKeyset() {
		const version = Number(/^version (\d+)$/m.exec(this.keyset)[1]) + 1;
		return this.keyset.replace(/^version .*$/m, `version ${version}`)
			.replace(/^previous .*$/m, `previous ${sha256(this.keyset)}`);
	}

	saveKeyset(text) {
		return this.desk("root", `/admin/keys/${/^version (\d+)$/m.exec(text)[1]}`, { method: "PUT", body: text });
	}

	signKeyset(text) {
		const { root } = this.site.keys;
		return this.desk("root", `/admin/keys/${/^version (\d+)$/m.exec(text)[1]}/signatures/${root.keyid.toLowerCase()}`,
			{ method: "PUT", body: minisign(root, text) });
	}

	kept(bytes) {
		const hash = sha256(bytes);
		return path.join(this.site.state, "store/files", hash.slice(0, 2), hash);
	}

	// All of a publication is there, or nothing of it.
	async isPublic({ slug, text, files }) {
		const page = `/en/releases/${slug}`, statuses = [];
		for (const target of [page, `${page}.json`, `${page}/r1`, `${page}/history`, `${page}.txt`, `${page}.txt.minisig`,
			...Object.entries(files).map(([name, bytes]) => `/files/${sha256(bytes)}/${name}`)]) {
			const answer = await this.read(target);
			statuses.push(answer.status);
			if (answer.status === 200 && target.endsWith(".txt"))
				assert.equal(answer.text, text);
		}
		const there = statuses[0] === 200;
		assert.deepEqual(statuses, statuses.map(() => (there ? 200 : 404)), "half of it is public");
		assert.equal(await this.isListed(slug), there, "the list says otherwise");
		return there;
	}

	// On one of the board's pages.
	async isListed(slug) {
		for (let page = 1; ; page++) {
			const board = await this.read(page === 1 ? "/en/releases/" : `/en/releases/?page=${page}`);
			if (board.status !== 200)
				return false;
			if (board.text.includes(`/${slug}"`))
				return true;
		}
	}

	close() {
		return this.site.stop();
	}
}
