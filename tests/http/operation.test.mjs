// What an operator watches: /healthz at both doors, and the numbers for Prometheus, as
// nginx/metrics.conf hands them on; and that nobody else gets at them.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import * as fcgi from "./fastcgi.mjs";
import { communique, freePort, NGINX, release, Service, Site, TOP, until, wait } from "./site.mjs";
import { ask } from "./wire.mjs";

let site, port, door;

before(async () => {
	site = await Site.start();
	port = await freePort();
	const at = (name) => path.join(site.state, name);
	let conf = fs.readFileSync(path.join(TOP, "nginx/metrics.conf"), "utf8");
	assert.ok(conf.includes("listen 127.0.0.1:9617;"));
	conf = conf.replace("listen 127.0.0.1:9617;", `listen 127.0.0.1:${port};`);
	fs.mkdirSync(at("door"));
	fs.writeFileSync(at("door/metrics.conf"), conf);
	const paths = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"]
		.map((name) => `${name}_temp_path ${at(`door/${name}`)};`).join(" ");
	fs.writeFileSync(at("door/nginx.conf"), `daemon off; master_process off; pid ${at("door/pid")};\nevents {}\n` +
		`http { access_log off; ${paths}\nupstream communique_public { server unix:${at("public.sock")}; }\n` +
		`upstream communique_desk { server unix:${at("desk.sock")}; }\ninclude ${at("door/metrics.conf")};\n}\n`);
	door = new Service("door", at("door/log"), NGINX, ["-e", at("door/error.log"), "-c", at("door/nginx.conf")]);
	door.start();
	await until("the door for metrics is open", 100, async () => (await local("/public/healthz")).status === 200);
});
after(async () => {
	await door?.stop();
	await site?.stop();
});

const local = (target, headers = {}) => ask(`http://127.0.0.1:${port}${target}`, { headers, method: "GET", target });
const socket = (name) => path.join(site.state, `${name}.sock`);

// --- the text exposition format 0.0.4, strictly -----------------------------------------------------

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*", LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?\\d+(?:\\.\\d+)?)$`);

// { name: { type, help, samples: { "name{labels}": number } } }
function parse(text) {
	assert.ok(text.endsWith("\n") && !text.includes("\r"), "lines end with LF, the last too");
	const families = {};
	let family;
	for (const line of text.slice(0, -1).split("\n")) {
		const help = new RegExp(`^# HELP (${NAME}) (\\S.*)$`).exec(line);
		const type = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line);
		if (help) {
			assert.ok(!families[help[1]], `${help[1]} comes twice`);
			assert.ok(!help[2].includes("\\"), line);
			family = families[help[1]] = { name: help[1], help: help[2], samples: {} };
		} else if (type) {
			assert.equal(type[1], family.name);
			assert.ok(!family.type && Object.keys(family.samples).length === 0, `${line} comes late`);
			[, , family.type] = type;
		} else {
			const sample = SAMPLE.exec(line);
			assert.ok(sample, `no sample: ${line}`);
			const [, name, labels, value] = sample;
			const suffixes = family.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
			assert.ok(suffixes.some((suffix) => name === family.name + suffix), `${line} stands among ${family.name}`);
			const key = `${name}${labels ? `{${labels}}` : ""}`;
			assert.ok(!(key in family.samples), `${key} comes twice`);
			family.samples[key] = Number(value);
		}
	}
	for (const { name, type, samples } of Object.values(families)) {
		assert.ok(type, `${name} has no type`);
		assert.ok(Object.keys(samples).length > 0, `${name} has no sample`);
		assert.equal(name.endsWith("_total"), type === "counter", `${name} is a ${type}`);
		if (type === "histogram") {
			const buckets = Object.entries(samples).filter(([key]) => key.startsWith(`${name}_bucket`));
			const limits = buckets.map(([key]) => /le="([^"]+)"/.exec(key)[1]);
			assert.equal(limits.at(-1), "+Inf");
			assert.deepEqual(limits.slice(0, -1).map(Number), limits.slice(0, -1).map(Number).sort((a, b) => a - b));
			buckets.reduce((before, [, n]) => { assert.ok(n >= before); return n; }, 0);
			assert.equal(buckets.at(-1)[1], samples[`${name}_count`]);
			assert.ok(samples[`${name}_sum`] >= 0);
		}
	}
	return families;
}

async function scrape(name) {
	const { status, headers, text } = await local(`/${name}/metrics`);
	assert.equal(status, 200, text);
	assert.equal(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
	assert.equal(headers["cache-control"], "no-store");
	const families = parse(text);
	const all = Object.assign({}, ...Object.values(families).map(({ samples }) => samples));
	return { text, families, of: (key) => { assert.ok(key in all, `${key} is not there`); return all[key]; } };
}

test("both processes tell Prometheus what it can read", async () => {
	const [open, desk] = [await scrape("public"), await scrape("desk")];
	for (const { of } of [open, desk]) {
		assert.ok(of("process_resident_memory_bytes") > 1e6);
		assert.ok(of("process_open_fds") > 3 && of("process_open_fds") < of("process_max_fds"));
		assert.ok(of("process_cpu_seconds_total") > 0);
		assert.ok(Math.abs(of("process_start_time_seconds") - Date.now() / 1000) < 600);
		assert.ok(of("communique_connections") >= 1);
	}
	assert.equal(desk.of("communique_keyset_version"), 1);
	assert.ok(desk.of("communique_store_bytes") > 4096);
	assert.ok(desk.of("communique_store_map_bytes") >= 1 << 30);
	assert.ok(desk.of("communique_store_readers") >= 1);
	assert.ok(desk.of("communique_disk_free_bytes") > 0);
});

test("they count answers, times and publications", async () => {
	const before = [await scrape("public"), await scrape("desk")];
	for (let i = 0; i < 20; i++)
		assert.equal((await site.get("/en/")).status, 200);
	for (let i = 0; i < 3; i++)
		assert.equal((await site.get("/en/nowhere")).status, 404);
	await site.get("/en/", {}, "HEAD");
	assert.equal((await site.get("/en/search?q=first")).status, 200);
	await site.publish(release());
	const late = release({ Release: "2026-11-23-later", "Publish-At": "2036-01-01T00:00:00Z" });
	await site.publish(late);
	await site.putDraft("author", "en/2026-11-23-draft", release({ Release: "2026-11-23-draft" }));
	assert.equal((await site.get("/admin/drafts")).status, 401);
	const now = [await scrape("public"), await scrape("desk")];
	const more = (door, key) => now[door].of(key) - before[door].of(key);
	// HEAD comes as GET (nginx/communique.conf); the scrape itself is counted, too.
	assert.equal(more(0, 'communique_requests_total{method="get",status="2xx"}'), 20 + 1 + 1 + 1);
	assert.equal(more(0, 'communique_requests_total{method="get",status="4xx"}'), 3);
	assert.equal(more(0, "communique_request_duration_seconds_count"), 26);
	assert.equal(more(0, "communique_requests_put_off_total"), 1);
	assert.equal(more(0, "communique_requests_turned_away_total"), 0);
	assert.ok(more(0, 'communique_pages_total{from="ready"}') >= 19);
	assert.ok(more(0, "communique_answer_bytes_total") > 20 * 1000);
	assert.equal(more(1, 'communique_requests_total{method="put",status="2xx"}'), 7);
	assert.equal(more(1, 'communique_requests_total{method="get",status="4xx"}'), 1);
	assert.equal(more(1, "communique_publications_total"), 1);
	assert.equal(now[1].of('communique_drafts{state="waiting"}'), 1);
	assert.equal(now[1].of('communique_drafts{state="scheduled"}'), 1);
	assert.equal(now[1].of("communique_next_lift_timestamp_seconds"), Date.parse("2036-01-01T00:00:00Z") / 1000);
	assert.equal(more(1, "communique_log_size"), 1);
	assert.equal(now[1].of("communique_log_lag_seconds"), 0);
});

test("the alarms and the manual speak of numbers that there are", async () => {
	const here = new Set((await Promise.all(["public", "desk"].map(scrape))).flatMap(({ families }) => Object.keys(families)));
	// Those of witnesses are there where there are witnesses (witness.test.mjs).
	for (const name of ["size", "failures_total", "outage_seconds"])
		here.add(`communique_witness_${name}`);
	const rules = fs.readFileSync(path.join(TOP, "src/prometheus/communique.rules.yml"), "utf8");
	const manual = fs.readFileSync(path.join(TOP, "src/man/communiqued.8"), "utf8");
	for (const [text, least] of [[rules, 15], [manual, 10]]) {
		const named = [...text.matchAll(/\b(?:communique|process)_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, ""));
		assert.ok(new Set(named).size >= least, named.join(" "));
		for (const name of named)
			assert.ok(here.has(name), `there is no ${name}`);
	}
});

test("the public process tells nothing of drafts and embargoes, not even to the machine", async () => {
	const names = Object.keys((await scrape("public")).families);
	assert.ok(names.length > 10);
	for (const name of names)
		assert.match(name, /^process_|^communique_(build|request|pages|connections|accept|answer)/);
});

test("nobody comes to the numbers from outside", async () => {
	const nothing = await site.get("/en/nowhere");
	const door = { "Communique-Door": "local", "COMMUNIQUE_DOOR": "local", "X-Communique-Door": "local" };
	for (const address of ["/metrics", "/metrics/", "/public/metrics", "/desk/metrics", "/admin/metrics", "//metrics", "/%6detrics"]) {
		for (const headers of [{}, door]) {
			const { status, text } = await site.get(address, headers);
			assert.ok([400, 401, 404].includes(status), `${address}: ${status}`);
			assert.ok(!/process_|communique_/.test(text), `${address}: ${text}`);
		}
	}
	assert.equal((await site.get("/metrics", door)).text, nothing.text);
	// As a web server hands headers on, to the sockets themselves.
	for (const name of ["public", "desk"])
		assert.equal((await fcgi.call(socket(name), { target: "/metrics", headers: { "Communique-Door": "local" } })).status, 404);
	for (const address of ["/", "/metrics", "/desk/", "/admin/drafts", "/public/en/"])
		assert.equal((await local(address)).status, 404, address);
});

test("/healthz says how the site is; to readers only what they may know", async () => {
	const open = await site.get("/healthz");
	assert.equal(open.status, 200);
	assert.deepEqual(Object.keys(open.json), ["status", "live", "ready", "store", "log"]);
	assert.deepEqual(Object.keys(open.json.log), ["size", "signed_at", "lag_seconds"]);
	assert.equal(open.headers["cache-control"], "no-store");
	assert.equal(Number((await site.get("/log/checkpoint")).text.split("\n")[1]), open.json.log.size);
	const desk = await local("/desk/healthz");
	assert.equal(desk.status, 200);
	assert.equal(desk.json.publishing, true);
	assert.equal(desk.json.log.stopped, false);
	assert.equal(desk.json.keys.version, 1);
});

test("a log that has stopped is told at the desk, and readers read on", async () => {
	const state = path.join(site.state, "log.state");
	fs.renameSync(state, `${state}.away`);
	const { status, json } = await local("/desk/healthz");
	assert.equal(status, 200);
	assert.equal(json.publishing, false);
	assert.match(json.why, /log\.state is missing/);
	assert.equal((await scrape("desk")).of("communique_log_stopped"), 1);
	assert.equal((await site.get("/healthz")).status, 200);
	// An editor who is refused hears by which name the operator finds it.
	const edition = "en/2026-11-23-draft";
	await site.signDraft("author", edition, release({ Release: "2026-11-23-draft" }));
	const refused = communique(site, "approver", "approve", edition, "--yes");
	assert.equal(refused.status, 3, refused.stderr);
	const [, name] = /the public log is stopped.* \(request ([0-9a-f]{32})\)/is.exec(refused.stderr) ?? assert.fail(refused.stderr);
	assert.match(log("desk"), new RegExp(`level=error event=desk code=log-stopped .*id=${name}\\n`));
	fs.renameSync(`${state}.away`, state);
	assert.equal((await scrape("desk")).of("communique_log_stopped"), 0);
});

// --- the log -----------------------------------------------------------------------------------------

const log = (name) => fs.readFileSync(site.services[name].log, "utf8");

// What is not plain stands in quotes, with whatever is not a visible letter as \xNN.
const LINE = new RegExp("^time=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ level=(error|warning|info|debug) event=[a-z-]+" +
	"(?: [a-z_]+=(?:[!#-<>-\\[\\]-~]+|\"(?:[^\"\\\\\\x00-\\x1f]|\\\\x[0-9a-f]{2})*\"))*$");

test("the log is lines of key=value, whatever is asked for", async () => {
	const nasty = ["/en/\n level=error event=forged", "/en/\"quoted\" \\back", "/en/\u001b[31m", "/en/a=b c", "/en/외교"];
	for (const target of nasty) {
		await fcgi.call(socket("public"), { target });
		await fcgi.call(socket("desk"), { target: `/admin/${target}` });
		await fcgi.call(socket("public"), { target, method: "GE\nT x=y" });
	}
	for (const name of ["public", "desk"]) {
		const lines = log(name).split("\n");
		assert.equal(lines.pop(), "");
		assert.ok(lines.length > 10);
		for (const line of lines)
			assert.match(line, LINE);
		assert.ok(!lines.some((line) => / event=forged/.test(line.replace(/"[^"]*"/g, ""))));
	}
});

test("an error's answer, nginx's log and ours call a request by one name", async () => {
	const refused = await site.get("/admin/drafts");
	assert.equal(refused.status, 401);
	const { request } = refused.json;
	assert.match(request, /^[0-9a-f]{32}$/);
	assert.equal(refused.headers["x-request-id"], request);
	// nginx writes its line after the answer.
	await until("nginx has it", 100, () => fs.readFileSync(path.join(site.state, "nginx/access.log"), "utf8").includes(` ${request}\n`));
	assert.match(log("desk"), new RegExp(`event=request .*status=401 .*id=${request}\\n`));
	// All that was said on the way carries it, too.
	const act = await site.admin("author", "/admin/drafts/en/2026-11-23-draft", { method: "DELETE" });
	assert.equal(act.status, 200);
	const [, id] = /event=act .*method=DELETE target=\/admin\/drafts\/en\/2026-11-23-draft .*id=(\w+)\n/.exec(log("desk"));
	assert.match(log("desk"), new RegExp(`event=request .*method=DELETE .*id=${id}\\n`));
	// What may be kept in a cache has none: it would be another's.
	assert.equal((await site.get("/en/nowhere")).headers["x-request-id"], undefined);
	assert.equal((await site.get("/en/")).headers["x-request-id"], undefined);
});

test("what the web server gave no usable name gets one of ours", async () => {
	const ask = (id) => fcgi.exchange(socket("desk"), Buffer.concat([fcgi.begin(1), fcgi.stream(fcgi.PARAMS, 1,
		fcgi.pairs({ ...fcgi.paramsOf({ target: "/admin/drafts" }), ...(id === undefined ? {} : { REQUEST_ID: id }) })), fcgi.record(fcgi.STDIN, 1)]),
	{ enough: (got) => fcgi.records(got).all.some(({ type }) => type === fcgi.END) })
		.then((got) => fcgi.answer(Buffer.concat(fcgi.records(got).all.filter(({ type }) => type === fcgi.STDOUT).map(({ content }) => content))).json.request);
	assert.equal(await ask("Caddy-17.b_c"), "Caddy-17.b_c");
	const own = [await ask(), await ask("a b"), await ask("x\ny"), await ask("a".repeat(65))];
	for (const id of own)
		assert.match(id, /^[0-9a-f]{32}$/);
	assert.equal(new Set(own).size, 4);
});

test("nginx's own errors say the request's name, too", async () => {
	await site.services.desk.stop();
	const { status, headers, json } = await site.get("/admin/drafts");
	site.services.desk.start();
	await site.ready();
	assert.equal(status, 503);
	assert.match(json.request, /^[0-9a-f]{32}$/);
	assert.equal(headers["x-request-id"], json.request);
});

test("SIGUSR1 and SIGUSR2 make the log of a running process say more or less", async () => {
	const since = (name, at) => log(name).slice(at);
	for (const name of ["public", "desk"]) {
		const { child } = site.services[name];
		const address = name === "public" ? "/en/" : "/admin/drafts";
		const said = async (signal, expected) => {
			const at = log(name).length;
			child.kill(signal);
			await until("the level is said", 100, () => since(name, at).includes(`event=log-level level=${expected}\n`));
			return at;
		};
		const tells = async () => {
			const at = log(name).length;
			await site.get(address);
			await wait(50);
			return since(name, at).includes("event=request");
		};
		await said("SIGUSR2", "info"); // tests' sites begin with all there is
		await said("SIGUSR2", "warning");
		assert.equal(await tells(), false);
		await said("SIGUSR2", "error");
		await said("SIGUSR1", "warning");
		await said("SIGUSR1", "info");
		// Readers' requests are in nginx's log anyway, and told here as details.
		assert.equal(await tells(), name === "desk");
		const at = await said("SIGUSR1", "debug");
		assert.equal(await tells(), true);
		if (name === "public") {
			await site.get("/en/releases.json");
			await until("details are told", 100, () => /level=debug event=made page=\/en\/releases\.json id=/.test(since(name, at)));
		}
		await said("SIGUSR2", "info");
		assert.equal(child.exitCode ?? child.signalCode, null);
	}
});
