// communique-limits(7) has every limit of limits.h, and every one of nginx's configuration, with
// its value; and none that is not there.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { TOP } from "./site.mjs";

const read = (name) => fs.readFileSync(path.join(TOP, name), "utf8");
const page = read("src/man/communique-limits.7");
const KIB = { KiB: 2n ** 10n, MiB: 2n ** 20n, GiB: 2n ** 30n };

// `#define NAME expression`, with the names of others in it.
function constants() {
	const header = read("include/communique/limits.h").replace(/\\\n/g, " ").replace(/\/\*[\s\S]*?\*\//g, "");
	const all = new Map([...header.matchAll(/^#define ([A-Z_]+) (.+)$/gm)].map(([, name, value]) => [name, value.trim()]));
	const valueOf = (name) => {
		const text = all.get(name).replace(/[A-Z_]{2,}/g, (other) => valueOf(other)).replace(/(\d+)(?:ull|u)?\b/g, "$1n");
		assert.match(text, /^[\dn()*+<\s-]+$/, name);
		return String(eval(text)); // of our own header, and of digits and signs alone
	};
	return new Map([...all.keys()].map((name) => [name, BigInt(valueOf(name))]));
}

test("each limit of limits.h is in communique-limits(7), with its value and a reason", () => {
	const told = new Map([...page.matchAll(/^\.It Dv ([A-Z_]+) No = (\d+) (\w+)(?: .*)?\n(?!\.It|\.El)/gm)]
		.map(([, name, value, unit]) => [name, BigInt(value) * (KIB[unit] ?? 1n)]));
	assert.deepEqual(told, constants());
});

test("each limit of nginx's configuration is in it, as it stands there", () => {
	const LIMIT = /^\s*((?:[a-z_]+_timeout|limit_req[a-z_]*|[a-z_]+_body_size|[a-z_]*header_buffers?(?:_size)?|[a-z_]+_buffer_size|fastcgi_buffers)\s[^;]+);/gm;
	const there = new Set(["nginx/communique.conf", "nginx/communique-http.conf"]
		.flatMap((name) => [...read(name).matchAll(LIMIT)].map(([, words]) => words)));
	assert.deepEqual([...page.matchAll(/^\.It Ic (.*)$/gm)].map(([, words]) => words).sort(), [...there].sort());
});
