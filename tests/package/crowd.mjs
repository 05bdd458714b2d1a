// crowd - readers and an editor of https://press.example, from inside its machine.
//
//	node crowd.mjs REQUESTS FOLDER	(FOLDER has alice.key, alice.pub)
//
// Readers keep 32 connections busy until so many requests have been answered; meanwhile an
// editor publishes one release after the other, another uploads slowly, and somebody compares a
// text. One line of JSON at the end: how many of each, what failed and how, when a
// reader had to ask again, and what was published.
import crypto from "node:crypto";
import https from "node:https";
import path from "node:path";
import { readKey, minisign, sha256 } from "../http/keys.mjs";
import { ask, sign, signed } from "../http/wire.mjs";

const URL_OF_SITE = "https://press.example";
const WANTED = Number(process.argv[2]);
const alice = readKey(path.join(process.argv[3], "alice.key"));
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const told = { reads: 0, edits: 0, uploads: 0, compared: 0, again: [], failures: [], published: [] };
let over = false;

const agent = new https.Agent({ keepAlive: true, maxSockets: 32, scheduling: "fifo" });

function get(target) {
	return new Promise((done, failed) => {
		const request = https.get(URL_OF_SITE + target, { agent }, (answer) => {
			let size = 0;
			answer.on("data", (piece) => {
				size += piece.length;
			});
			answer.on("error", failed);
			answer.on("end", () => done({ status: answer.statusCode, size,
				whole: size === Number(answer.headers["content-length"]) }));
		});
		request.on("error", failed);
	});
}

function fail(what, target, how) {
	told.failures.push(`${new Date().toISOString()} ${what} ${target}: ${how}`);
	over ||= told.failures.length > 100;
}

async function read(target) {
	try {
		const { status, size, whole } = await get(target);
		if (status !== 200 || !whole)
			fail("GET", target, `${status}, ${size} bytes`);
	} catch (error) {
		// When nginx is told to read its configuration anew it closes connections on which nothing
		// has arrived, just when we ask. A client asks again then, on a new one (RFC 9110, 9.2.2).
		if (error.code !== "ECONNRESET" || over)
			return fail("GET", target, error.message);
		told.again.push(Date.now());
		return read(target);
	}
	told.reads++;
}

async function reader(targets) {
	while (!over) {
		await read(targets[told.reads % targets.length]);
		over ||= told.reads + told.edits + told.uploads + told.compared >= WANTED;
	}
}

function text(name) {
	return `Site: press.example\nRelease: ${name}\nLanguage: en\nRevision: 1\nDate: ${name.slice(0, 10)}\n` +
		`Kind: press-release\nTitle: Release ${name.slice(11)}\n\n1. It was published during an upgrade.\n`;
}

async function edit(target, body, headers = {}) {
	const { status, text: says } = await signed(alice, URL_OF_SITE + target, { method: "PUT", body, headers });
	told.edits++;
	if (status > 201)
		fail("PUT", target, `${status} ${says}`);
	return status <= 201;
}

async function publish(name) {
	const file = text(name);
	try {
		if (await edit(`/admin/drafts/en/${name}`, file) &&
			await edit(`/admin/drafts/en/${name}/signatures/${alice.keyid.toLowerCase()}`,
				minisign(alice, file), { "If-Match": `"${sha256(file)}"` }))
			told.published.push(name);
	} catch (error) {
		fail("publishing", name, error.message);
	}
}

async function editor() {
	const today = new Date().toISOString().slice(0, 10);
	for (let n = 1; !over; n++) {
		await publish(`${today}-number-${n}`);
		await wait(50);
	}
}

// One attachment, over three seconds; its status.
function drip(bytes) {
	const url = `${URL_OF_SITE}/admin/files/${sha256(bytes)}`;
	const headers = sign(alice, { method: "PUT", url, body: bytes,
		headers: { "Content-Type": "application/octet-stream" } });
	return new Promise((done, failed) => {
		const request = https.request(url, { method: "PUT", headers, agent: false }, (answer) => {
			answer.resume().on("end", () => done(answer.statusCode));
		}).on("error", failed);
		const pieces = 30, size = bytes.length / pieces;
		for (let i = 0; i < pieces; i++)
			setTimeout(() => request.write(bytes.subarray(i * size, (i + 1) * size)), 100 * i);
		setTimeout(() => request.end(), 100 * pieces);
	});
}

async function uploader() {
	for (; !over; told.uploads++) {
		try {
			const status = await drip(crypto.randomBytes(300000));
			if (status !== 201)
				fail("PUT", "/admin/files", status);
		} catch (error) {
			fail("PUT", "/admin/files", error.message);
		}
	}
}

async function compare() {
	for (; !over; told.compared++) {
		const body = `text=${encodeURIComponent("Is this text one of yours?")}`;
		try {
			const { status } = await ask(`${URL_OF_SITE}/en/verify`, { method: "POST", body,
				headers: { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": body.length } });
			if (status !== 200)
				fail("POST", "/en/verify", status);
		} catch (error) {
			fail("POST", "/en/verify", error.message);
		}
		await wait(700);
	}
}

const first = `${new Date().toISOString().slice(0, 10)}-number-0`;
await publish(first);
const targets = ["/en/", `/en/releases/${first}`, `/en/releases/${first}.txt`, `/en/releases/${first}.json`,
	"/en/releases.json", "/en/feed.atom", "/healthz"];
await Promise.all([...Array.from({ length: 32 }, () => reader(targets)), editor(), uploader(), compare()]);
agent.destroy();
console.log(JSON.stringify(told));
