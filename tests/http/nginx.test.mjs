// nginx/ itself: that the example is one that nginx takes, and what the log keeps to itself.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { AS_ROOT, NGINX, Site, TOP, until } from "./site.mjs";

let site;
before(async () => { site = await Site.start(); });
after(() => site?.stop());

test("example-site.conf, with communique-http.conf in http {}, is a configuration that nginx takes", () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "communique-nginx-"));
	const at = (name) => path.join(folder, name);
	execFileSync("openssl", ["req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "1", "-subj",
		"/CN=press.example", "-keyout", at("key.pem"), "-out", at("cert.pem")], { stdio: "ignore" });
	let example = fs.readFileSync(path.join(TOP, "nginx/example-site.conf"), "utf8");
	for (const [theirs, ours] of [
		["/etc/ssl/press.example/fullchain.pem", at("cert.pem")], ["/etc/ssl/press.example/key.pem", at("key.pem")],
		["/var/log/nginx/press.example.log", at("log")], ["/var/cache/communique", at("cache")],
		["/usr/local/share/communique/nginx/communique.conf", path.join(TOP, "nginx/communique.conf")],
	]) {
		assert.ok(example.includes(theirs), theirs);
		example = example.replace(theirs, ours);
	}
	fs.writeFileSync(at("site.conf"), example);
	fs.writeFileSync(at("nginx.conf"), `user root;\npid ${at("pid")};\nevents {}\nhttp {\n` +
		`access_log off; client_body_temp_path ${at("body")}; fastcgi_temp_path ${at("fastcgi")};\n` +
		`proxy_temp_path ${at("proxy")}; scgi_temp_path ${at("scgi")}; uwsgi_temp_path ${at("uwsgi")};\n` +
		`include ${path.join(TOP, "nginx/communique-http.conf")};\ninclude ${at("site.conf")};\n}\n`);
	// It tries the ports as well, 80 and 443.
	const [program, ...words] = [...AS_ROOT, NGINX, "-t", "-e", at("error.log"), "-c", at("nginx.conf")];
	const { status, stderr } = spawnSync(program, words, { encoding: "utf8" });
	fs.rmSync(folder, { recursive: true });
	assert.equal(status, 0, stderr);
	assert.ok(!/warn/.test(stderr), stderr);
});

test("what nginx says to readers by itself is what communique says, in every language it speaks", () => {
	const conf = fs.readFileSync(path.join(TOP, "nginx/communique-http.conf"), "utf8");
	const map = (name) => new Map([...new RegExp(`\\$${name} \\{\n([^}]*)\\}`).exec(conf)[1]
		.matchAll(/^\s*(\S+)\s+"([^"]*)";$/gm)].map(([, key, words]) => [key.replace("default", "en-400"), words]));
	const maps = { title: map("communique_heading"), text: map("communique_sentence") };
	const languages = fs.readdirSync(path.join(TOP, "src/locale")).filter((name) => name.endsWith(".messages"));
	assert.equal(maps.title.size, 6 * languages.length);
	for (const file of languages) {
		const messages = fs.readFileSync(path.join(TOP, "src/locale", file), "utf8");
		for (const [part, words] of Object.entries(maps)) {
			for (const status of [400, 405, 413, 414, 429, 503]) {
				const [, ours] = new RegExp(`^error-${status}-${part} = (.*)$`, "m").exec(messages);
				assert.equal(words.get(`${file.split(".")[0]}-${status}`), ours, file);
			}
		}
	}
});

test("the log names no query, no referrer and no preview", async () => {
	await site.get("/en/search?q=hush", { Referer: "https://elsewhere.example/hush" });
	await site.get("/preview/en/hush/1-hush/hush");
	await site.get("/admin/audit?after=4711");
	await site.services.desk.stop();
	await site.get("/preview/en/hush/1-hush/hush");
	site.services.desk.start();
	await site.get("/en/");
	// A line is written when the answer is on its way.
	const logged = () => fs.readFileSync(path.join(site.state, "nginx/access.log"), "utf8");
	await until("the last request is logged", 100, () => /"GET \/en\/" 200/.test(logged()));
	const log = logged();
	assert.match(log, /"GET \/en\/search" 200/);
	assert.ok(!/hush|4711|elsewhere/.test(log), log);
	assert.ok(!/hush/.test(fs.readFileSync(path.join(site.state, "nginx/error.log"), "utf8")));
});

test("a request has the same name in nginx's log and in ours", async () => {
	await site.get("/en/releases/");
	const line = () => /"GET \/en\/releases\/" 200 .* ([0-9a-f]{32})$/m.exec(
		fs.readFileSync(path.join(site.state, "nginx/access.log"), "utf8"));
	await until("the request is logged", 100, line);
	const [, id] = line();
	assert.ok(fs.readFileSync(site.services.public.log, "utf8").includes(id), "not in the public process's log");
});
