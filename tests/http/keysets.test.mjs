// Key sets through the real program: a colleague joins, a laptop is stolen, a set is changed by
// its roots alone.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { newKey, writeKey } from "./keys.mjs";
import { communique, release, Site } from "./site.mjs";

let site, keys2, keys3;
const file = (name) => path.join(site.state, name);

before(async () => {
	site = await Site.start();
	for (const name of ["dana", "erin"]) {
		site.keys[name] = newKey();
		writeKey(site.keyPath(name), site.keys[name]);
	}
	keys2 = file("keys-2.txt");
	keys3 = file("keys-3.txt");
});
after(() => site?.stop());

const run = (who, ...args) => {
	const { status, stdout, stderr } = communique(site, who, ...args);
	assert.equal(status, 0, `${args.join(" ")}: ${stdout}${stderr}`);
	return stdout;
};

test("a new version is made, signed and published; only then it counts", async () => {
	run("root", "keys", "new", "--from", file("keys-1.txt"), "--editor",
		`dana:approver:${site.keyPath("dana")}.pub`, "-o", keys2);
	assert.match(fs.readFileSync(keys2, "utf8"), /^version 2$/m);
	assert.equal((await site.admin("dana", "/admin/drafts")).json.code, "key-unknown");
	run("root", "keys", "sign", keys2);
	run("root", "keys", "publish", keys2);
	assert.equal((await site.admin("dana", "/admin/drafts")).status, 200);
	const listed = (await site.admin("author", "/admin/keys")).json;
	assert.deepEqual(listed.keys.map(({ version }) => version), [1, 2]);
	assert.equal((await site.get("/keys/current")).text, fs.readFileSync(keys2, "utf8"));
	assert.equal((await site.get("/keys/1")).text, fs.readFileSync(file("keys-1.txt"), "utf8"));
});

test("the new colleague's signature completes a quorum", async () => {
	const text = release({ Release: "2026-11-23-dana" });
	await site.putDraft("author", "en/2026-11-23-dana", text);
	await site.signDraft("author", "en/2026-11-23-dana", text);
	const { json } = await site.signDraft("dana", "en/2026-11-23-dana", text);
	assert.equal(json.state, "public");
});

test("a stolen key: it opens nothing, and what it signed and waits does not count", async () => {
	const text = release({ Release: "2026-11-23-waits" }), edition = "en/2026-11-23-waits";
	await site.putDraft("author", edition, text);
	assert.equal((await site.signDraft("approver", edition, text)).json.have, 1);
	run("root", "keys", "new", "--from", keys2, "--revoke",
		`${site.keys.approver.keyid.toLowerCase()}:compromised:1`, "-o", keys3);
	run("root", "keys", "sign", keys3);
	run("root", "keys", "publish", keys3);
	assert.equal((await site.admin("approver", "/admin/drafts")).json.code, "key-unknown");
	assert.equal((await site.signDraft("approver", edition, text)).json.code, "key-unknown");
	const author = await site.signDraft("author", edition, text);
	assert.equal(author.json.state, "waiting");
	assert.equal(author.json.have, 1);
	assert.equal((await site.get(`/en/releases/2026-11-23-waits`)).status, 404);
	assert.equal((await site.signDraft("dana", edition, text)).json.state, "public");
});

test("an index behind the log's end revokes nothing that was signed: that is told", async () => {
	const size = Number((await site.get("/log/checkpoint")).text.split("\n")[1]);
	const dana = site.keys.dana.keyid.toLowerCase();
	const note = (index) => {
		const { status, stderr } = communique(site, "root", "keys", "new", "--revoke", `${dana}:compromised:${index}`,
			"--editor", `erin:approver:${site.keyPath("erin")}.pub`, "-o", file(`keys-from-${index}.txt`));
		assert.equal(status, 0, stderr);
		return stderr;
	};
	assert.equal(note(size), "");
	assert.equal(note(size + 1), `note: the public log has ${size} leaves; revoked from index ${size + 1} on, ` +
		`the key ${dana} keeps all that it has signed\n`);
});

test("a file that is no signature is named", () => {
	fs.writeFileSync(file("bad.minisig"), "no signature\n");
	const { status, stderr } = communique(site, "root", "keys", "publish", keys3, file("bad.minisig"));
	assert.equal(status, 1);
	assert.ok(stderr.includes(`${file("bad.minisig")}, line 1: this line begins with`), stderr);
});

test("what was published before stays, with its signatures", async () => {
	assert.equal((await site.get("/en/releases/2026-11-23-dana")).status, 200);
});

test("no one but a root signs a key set, and versions follow each other", async () => {
	const text = fs.readFileSync(keys3, "utf8");
	const put = (version, body) => site.admin("author", `/admin/keys/${version}`,
		{ method: "PUT", body, headers: { "Content-Type": "text/plain" } });
	assert.equal((await put(3, text.replace("quorum publish 2", "quorum publish 1"))).json.code,
		"keys-changed");
	assert.equal((await put(5, text.replace("version 3", "version 5"))).json.code,
		"keys-malformed");
	const left = communique(site, "author", "keys", "sign", keys3, "--key", `${site.keyPath("author")}.key`);
	const tried = communique(site, "author", "keys", "publish", keys3);
	assert.ok(left.status !== 0 || tried.status !== 0, "an author's signature does not count");
});
