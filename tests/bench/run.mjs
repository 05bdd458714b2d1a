// run - `make bench`: how fast the readers' side is, next to floors measured in the same minutes.
//
// Everything is measured in turns - the static file, communique, communique behind nginx's cache,
// and again - and compared within a turn: a machine that is busy for a while is so for all of
// them. Medians of the turns' ratios, with the least and the largest beside.
//
//	BENCH_QUICK=1	in a minute and a half, with more noise
//	BENCH_FULL=1	the table of sizes up to 10^6 releases
import { execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { sha256 } from "../http/keys.mjs";
import { COMMUNIQUED, freePort, NGINX, release, Site, TOP, until, wait } from "../http/site.mjs";
import { picture } from "./picture.mjs";

const QUICK = !!process.env.BENCH_QUICK;
const TURNS = QUICK ? 3 : 7;
const MS = QUICK ? 250 : 700;
const BUILD = path.resolve(TOP, process.env.BUILD ?? "build");
const OUT = path.join(BUILD, "bench");
const SIZES = { "0.5 KB": 512, "6 KB": 6 * 1024, "60 KB": 60 * 1024 };
const CLIENTS = [16, 64, 256, 1000];
const BUSY_HERTZ = 100; // of /proc: USER_HZ

// --- what is measured ------------------------------------------------------------------------

// Words that compress as prose does.
function prose(bytes, seed = 7) {
	const words = ("the ministry of foreign affairs announced on that both sides had agreed to hold talks about " +
		"fisheries harbour trade visa consular office next month after two rounds in which experts from and " +
		"discussed measures for safety at sea cooperation research students exchange language cities").split(" ");
	let random = seed, text = "1.";
	for (let n = 2; text.length < bytes - 80;) {
		random = (random * 1103515245 + 12345) % 2147483648;
		text += " " + words[random % words.length];
		if (random % 61 === 0)
			text += `${random % 1000}.\n\n${n++}.`;
	}
	return text.padEnd(bytes, "x");
}

function releaseOf(bytes, slug) {
	const head = release({ Release: slug }, "");
	return release({ Release: slug }, prose(bytes - head.length - 1) + "\n");
}

// One nginx of two workers, as a machine of two cores would have, with a server for each way.
function nginxConf(site, ports, statics, trivial) {
	const common = `access_log ${site.state}/nginx/bench.log communique buffer=64k flush=1s;`;
	const door = (port, cache) => `server { listen 127.0.0.1:${port} backlog=4096; server_name bench${port}; ${common}
		set $communique_cache ${cache}; include ${TOP}/nginx/communique.conf; }`;
	const file = (port, more) => `server { listen 127.0.0.1:${port} backlog=4096; server_tokens off; ${common} ${more}
		location / { root ${statics}; open_file_cache max=1000; open_file_cache_valid 60s; } }`;
	return `${process.getuid() === 0 ? `user root ${execFileSync("id", ["-gn"], { encoding: "utf8" }).trim()};` : ""}
daemon off; worker_processes 2; worker_rlimit_nofile 16384;
pid ${site.state}/nginx/bench.pid; error_log ${site.state}/nginx/bench-error.log warn;
events { worker_connections 8192; }
http {
	sendfile on; tcp_nopush on; keepalive_requests 100000000; default_type text/plain;
	client_body_temp_path ${site.state}/nginx/b; fastcgi_temp_path ${site.state}/nginx/f;
	proxy_temp_path ${site.state}/nginx/p; scgi_temp_path ${site.state}/nginx/s; uwsgi_temp_path ${site.state}/nginx/u;
	fastcgi_cache_path ${site.state}/nginx/bench-cache keys_zone=communique:16m levels=1:2 inactive=10m use_temp_path=off;
	include ${TOP}/nginx/communique-http.conf;
	upstream communique_public { server unix:${site.state}/public.sock; keepalive 512; keepalive_requests 1000000; keepalive_timeout 30s; }
	upstream communique_desk { server unix:${site.state}/desk.sock; }
	upstream trivial { server unix:${trivial}; keepalive 512; keepalive_requests 1000000; }
	${file(ports.file, "")}
	${file(ports.gzip, "gzip on; gzip_comp_level 6; gzip_types text/plain;")}
	${door(ports.ours, "off")}
	${door(ports.cached, "communique")}
	server { listen 127.0.0.1:${ports.trivial} backlog=4096; ${common}
		location / { fastcgi_pass trivial; fastcgi_keep_conn on; fastcgi_pass_request_headers off;
			fastcgi_param REQUEST_METHOD $request_method; fastcgi_param REQUEST_URI $request_uri;
			fastcgi_buffer_size 16k; fastcgi_buffers 8 32k; fastcgi_max_temp_file_size 0; } }
}
`;
}

// --- measuring --------------------------------------------------------------------------------

// Seconds of processor time of these processes.
const busy = (pids) => pids.reduce((sum, pid) => {
	const fields = fs.readFileSync(`/proc/${pid}/stat`, "latin1").replace(/.*\) /, "").split(" ");
	return sum + (Number(fields[11]) + Number(fields[12])) / BUSY_HERTZ;
}, 0);

// Not the one that loads the cache: it ends after a minute.
const workers = (pid) => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ").map(Number)
	.filter((child) => fs.readFileSync(`/proc/${child}/cmdline`, "latin1").includes("worker process"));

async function crowd(bench, way, address, clients, fields = [], ms = MS) {
	const before = { nginx: busy(bench.workers), ours: busy([bench.public]) };
	const text = await new Promise((done, failed) => {
		const child = spawn(path.join(OUT, "load"), [bench.ports[way], address, clients, ms, ...fields].map(String),
			{ stdio: ["ignore", "pipe", "inherit"] });
		let said = "";
		child.stdout.on("data", (piece) => { said += piece; });
		child.on("close", (code) => (code === 0 ? done(said) : failed(new Error(`load: ${code}`))));
	});
	const seen = JSON.parse(text);
	// All of it is counted here, of the answers only nine tenths.
	const all = seen.answers / 0.9;
	seen.nginx = (busy(bench.workers) - before.nginx) * 1e6 / all;
	seen.ours = (busy([bench.public]) - before.ours) * 1e6 / all;
	if (seen.errors > 0)
		bench.errors.push(`${way} ${address} ${clients}: ${seen.errors} errors, last status ${seen.status}`);
	return seen;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const spread = (numbers) => ({ median: median(numbers), least: Math.min(...numbers), most: Math.max(...numbers) });

// The ways in turns. For each: the ratio of its rate to the first one's, and what else is asked.
async function turns(bench, ways, clients, { count = TURNS, ms = MS } = {}) {
	const seen = ways.map(() => []);
	for (let turn = 0; turn < count; turn++)
		for (let i = 0; i < ways.length; i++) {
			const n = (i + turn) % ways.length; // nobody is always first
			const { way, address, fields } = ways[n];
			seen[n].push(await crowd(bench, way, address, clients, fields, ms));
		}
	return seen.map((all, n) => ({
		...ways[n], clients,
		ratio: spread(all.map(({ rate }, turn) => rate / seen[0][turn].rate)),
		p99: median(all.map(({ p99 }) => p99)),
		p99Ratio: median(all.map(({ p99 }, turn) => p99 / seen[0][turn].p99)),
		fair: median(all.map(({ least, median: middle }) => (middle ? least / middle : 0))),
		none: Math.max(...all.map(({ none }) => none)),
		nginx: median(all.map(({ nginx }) => nginx)), ours: median(all.map(({ ours }) => ours)),
		cpuRatio: median(all.map(({ ours }, turn) => ours / seen[0][turn].nginx)),
		rate: median(all.map(({ rate }) => rate)), body: all[0].body, status: all[0].status,
	}));
}

// --- what comes out ------------------------------------------------------------------------------

const report = { lines: [], goals: [] };
const say = (line = "") => {
	report.lines.push(line);
	console.log(line);
};
const two = (number) => number.toFixed(2);
const range = ({ median: middle, least, most }) => `${two(middle)} (${two(least)}–${two(most)})`;

function goal(what, value, good, wanted) {
	report.goals.push({ what, value, good, wanted });
}

function table(head, rows) {
	const width = head.map((cell, i) => Math.max(...[head, ...rows].map((row) => [...String(row[i])].length)));
	for (const row of [head, head.map((cell, i) => "-".repeat(width[i])), ...rows])
		say("  " + row.map((cell, i) => (i === 0 ? String(cell).padEnd(width[i]) : String(cell).padStart(width[i]))).join("  ").trimEnd());
	say();
}

// --- the parts --------------------------------------------------------------------------------------

async function pages(bench) {
	const rows = [], all = [];
	for (const [name, bytes] of Object.entries(SIZES))
		for (const clients of CLIENTS) {
			const address = bench.addresses[bytes];
			const ways = [{ way: "file", address }, { way: "ours", address }, { way: "cached", address }];
			if (clients === 64)
				ways.push({ way: "trivial", address: `/${bytes}` });
			const [file, ours, cached, trivial] = await turns(bench, ways, clients);
			rows.push([`${name}, ${clients} clients`, range(ours.ratio), range(cached.ratio), trivial ? range(trivial.ratio) : "",
				two(ours.p99Ratio), two(ours.fair), two(file.fair), `${file.nginx.toFixed(1)}`, `${ours.nginx.toFixed(1)} + ${ours.ours.toFixed(1)}`]);
			all.push({ name, bytes, clients, file, ours, cached, trivial });
		}
	say("Ready pages, to nginx serving the same bytes as a static file (1.00)");
	say();
	table(["", "communique", "with nginx's cache", "libfcgi, trivial", "p99", "fair", "fair: file", "µs file", "µs nginx + ours"], rows);
	const at = (bytes, clients) => all.find((one) => one.bytes === bytes && one.clients === clients);
	for (const [bytes, clients, wanted] of [[6144, 16, 0.55], [6144, 64, 0.55], [6144, 1000, 0.35], [61440, 64, 0.5]])
		goal(`${bytes / 1024} KB, ${clients} clients, uncached`, at(bytes, clients).ours.ratio.median,
			at(bytes, clients).ours.ratio.median >= wanted, `≥ ${wanted}`);
	const crowded = at(6144, 1000).ours;
	goal("1 000 clients: without an answer", crowded.none, crowded.none === 0, "0");
	goal("1 000 clients: least / median answers", crowded.fair, crowded.fair >= 0.5, "≥ 0.5");
	goal("p99 at 64 clients, 6 KB", at(6144, 64).ours.p99Ratio, at(6144, 64).ours.p99Ratio <= 3, "≤ 3");
	goal("our processor time a request / nginx's on the file", at(6144, 64).ours.cpuRatio, at(6144, 64).ours.cpuRatio <= 0.75, "≤ 0.75");
	for (const bytes of [6144, 61440])
		goal(`${bytes / 1024} KB, 64 clients, nginx's cache`, at(bytes, 64).cached.ratio.median, at(bytes, 64).cached.ratio.median >= 0.9, "≥ 0.9");
	return all;
}

async function encodings(bench) {
	const rows = [];
	for (const [name, bytes] of Object.entries(SIZES).slice(1)) {
		const address = bench.addresses[bytes];
		for (const accept of ["gzip", "br"]) {
			const fields = [`Accept-Encoding: ${accept}`];
			const [squeezed, ours, cached] = await turns(bench, [{ way: "gzip", address, fields: ["Accept-Encoding: gzip"] },
				{ way: "ours", address, fields }, { way: "cached", address, fields }], 64);
			rows.push([`${name}, ${accept}`, range(ours.ratio), range(cached.ratio), ours.body]);
			if (bytes === 61440)
				goal(`60 KB in ${accept} / nginx's gzip level 6`, ours.ratio.median, ours.ratio.median >= 20, "≥ 20");
		}
	}
	say("Encoded, to nginx compressing the same bytes for each request (gzip level 6), 64 clients");
	say();
	table(["", "communique", "with nginx's cache", "bytes"], rows);
}

async function unchanged(bench) {
	const address = bench.addresses[6144];
	const etag = async (way) => (await (await fetch(`http://127.0.0.1:${bench.ports[way]}${address}`,
		{ headers: { "Accept-Encoding": "identity" } })).headers).get("etag");
	const ways = [];
	for (const way of ["file", "ours", "cached"])
		ways.push({ way, address, fields: [`If-None-Match: ${await etag(way)}`] });
	const [, ours, cached] = await turns(bench, ways, 64);
	say("304, to nginx's own for a static file, 64 clients");
	say();
	table(["", "communique", "with nginx's cache"], [["6 KB", range(ours.ratio), range(cached.ratio)]]);
	if (ours.status !== 304)
		bench.errors.push(`304: got ${ours.status}`);
	goal("304, uncached", ours.ratio.median, ours.ratio.median >= 0.6, "≥ 0.6");
}

// A publication every second, against none, on the page of 6 KB and on the list that it changes.
async function publishing(bench, site) {
	const rows = [];
	let n = 0;
	for (const [name, address] of [["6 KB", bench.addresses[6144]], ["the board", "/en/releases/"]]) {
		const ratios = [];
		for (let turn = 0; turn < (QUICK ? 2 : 5); turn++) {
			const ms = QUICK ? 1000 : 2000;
			const quiet = await crowd(bench, "ours", address, 64, [], ms);
			let stopped = false;
			const publisher = (async () => {
				while (!stopped) {
					await site.publish(release({ Release: `2026-11-23-n${n++}` }));
					for (let i = 0; i < 9 && !stopped; i++)
						await wait(100);
				}
			})();
			const disturbed = await crowd(bench, "ours", address, 64, [], ms);
			stopped = true;
			await publisher;
			ratios.push(disturbed.rate / quiet.rate);
		}
		rows.push([name, range(spread(ratios))]);
		goal(`a publication a second, ${name}`, median(ratios), median(ratios) >= 0.95, "≥ 0.95");
	}
	say("A publication every second, to none, 64 clients (the three signed requests of each are on the same two cores)");
	say();
	table(["", "throughput"], rows);
}

async function visible(bench, site) {
	const file = path.join(site.state, "fsync"), syncs = [], waits = [];
	let unseen = 0;
	const read = async (address) => {
		const begin = process.hrtime.bigint();
		const text = await (await fetch(`http://127.0.0.1:${bench.ports.ours}${address}`)).text();
		return { text, ms: Number(process.hrtime.bigint() - begin) / 1e6 };
	};
	for (let i = 0; i < 15; i++) {
		const fd = fs.openSync(file, "w");
		fs.writeSync(fd, Buffer.alloc(4096));
		const begin = process.hrtime.bigint();
		fs.fsyncSync(fd);
		syncs.push(Number(process.hrtime.bigint() - begin) / 1e6);
		fs.closeSync(fd);
		const slug = `2026-11-23-v${i}`;
		await site.publish(release({ Release: slug }));
		let more = 0;
		for (const address of [`/en/releases/${slug}`, "/en/releases/", "/en/"]) {
			const first = await read(address);
			unseen += !first.text.includes(slug);
			more += first.ms - median([await read(address), await read(address), await read(address)].map(({ ms }) => ms));
		}
		waits.push(Math.max(0, more));
	}
	say("What is acknowledged is on its page, the board and the front page at the next request. Those who ask first wait " +
		`${two(median(waits))} ms longer for all three, which are made anew, than who comes after them; an fsync here takes ${two(median(syncs))} ms`);
	say();
	goal("acknowledged, and not seen by who asks next on one of its three pages", unseen, unseen === 0, "0");
}

function searchPart() {
	const documents = process.env.BENCH_FULL ? 1e6 : QUICK ? 1e4 : 1e5;
	const folder = fs.mkdtempSync(path.join(OUT, "search-"));
	const { stdout, status } = spawnSync(path.join(OUT, "search"), [folder, documents, 15].map(String),
		{ encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
	fs.rmSync(folder, { recursive: true });
	say("Search");
	say();
	for (const line of stdout.trimEnd().split("\n"))
		say(`  ${line}`);
	say();
	const figure = (name) => Number(new RegExp(`^${name}: ([0-9.]+)$`, "m").exec(stdout)?.[1] ?? NaN);
	const faster = figure("FTS5 / ours, commonest word"), worst = figure("slowest of ours / FTS5's commonest word");
	goal("commonest word: FTS5's bm25 / ours", faster, status === 0 && faster >= 50, "≥ 50");
	goal("slowest query of 200 bytes / FTS5's commonest word", worst, status === 0 && worst <= 0.1, "≤ 0.1");
}

function scalePart() {
	const sizes = ["1000", ...(QUICK ? ["10000"] : ["100000"]), ...(process.env.BENCH_FULL ? ["1000000"] : [])];
	const program = path.join(BUILD, "bench/scale");
	if (!fs.existsSync(program))
		return;
	const seen = sizes.map((size) => JSON.parse(execFileSync(program, [size], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 24 })));
	const rows = Object.keys(seen[0]).map((what) => [what, ...seen.map((one) => one[what].toPrecision(3)),
		...seen.slice(1).map((one) => two(one[what] / seen[0][what]))]);
	say("Releases in the store (µs a page made, from the store; of memory and disk KB a release), and ratios to the first column");
	say();
	table(["", ...sizes, ...sizes.slice(1).map((size) => `× ${size}`)], rows);
	const memory = seen.at(-1)["memory without the map, MB"];
	goal(`public process at ${sizes.at(-1)} releases, MB without the map`, memory, memory <= 128, "≤ 128");
	for (const [what, , ...rest] of rows) {
		const ratio = Number(rest[seen.length - 1]);
		if (/µs/.test(what))
			goal(`${what}: ${sizes[1]} / ${sizes[0]}`, ratio, ratio <= (/search/.test(what) ? 2 : 1.1), /search/.test(what) ? "≤ 2" : "≤ 1.1");
	}
}

// Instructions of a request that a ready page answers, in the program and the C library; what the
// kernel does for it is not among them. Callgrind counts, so that nothing else is in it.
function stagesPart() {
	const folder = fs.mkdtempSync(path.join(OUT, "path-")), requests = 20000, program = path.join(OUT, "path");
	const out = path.join(folder, "callgrind");
	const run = (command, args) => execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 24 });
	run(program, ["make", folder]);
	run("valgrind", ["--tool=callgrind", `--callgrind-out-file=${out}`, "--collect-atstart=no", "--toggle-collect=connection_attend",
		program, "run", folder, String(requests)]);
	const seen = {};
	for (const [, count, name] of run("callgrind_annotate", ["--inclusive=yes", "--threshold=100", out]).matchAll(/^ *([0-9,]+) .*?:(\w+) \[/gm))
		seen[name] ??= Number(count.replaceAll(",", ""));
	fs.rmSync(folder, { recursive: true });
	// The first of them makes the page.
	const each = (name) => Math.round((seen[name] - (["public_answer", "connection_attend"].includes(name) ? seen.show_release : 0)) / requests);
	const stages = [["the records of FastCGI are looked through", "gate_look"], ["the variables become a request", "request_read"],
		["the page is found, and the condition met", "public_answer"], ["records around it", "frame_make"]];
	const all = each("connection_attend"), rest = all - stages.reduce((sum, [, name]) => sum + each(name), 0);
	say("Instructions of a request, by stage (a ready page)");
	say();
	table(["", "instructions", "of all"], [...stages.map(([what, name]) => [what, each(name), two(each(name) / all)]),
		["reading, sending, turns, the log", rest, two(rest / all)], ["all", all, "1.00"]]);
}

function machine() {
	const cpus = os.cpus();
	return `${cpus.length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB, Linux ${os.release().replace(/[-+].*/, "")}, ${
		execFileSync("sh", ["-c", `${NGINX} -v 2>&1`], { encoding: "utf8" }).trim().replace("nginx version: ", "")}`;
}

// --- all of it -----------------------------------------------------------------------------------

async function setUp() {
	const site = await Site.start({ log: "info" });
	const bench = { errors: [], addresses: {}, ports: {} };
	const statics = path.join(site.state, "static"), trivial = path.join(site.state, "trivial.sock");
	for (const way of ["file", "gzip", "ours", "cached", "trivial"])
		bench.ports[way] = await freePort();
	for (const bytes of Object.values(SIZES)) {
		const slug = `2026-11-23-of-${bytes}`, text = releaseOf(bytes, slug);
		await site.publish(text);
		bench.addresses[bytes] = `/en/releases/${slug}.txt`;
		const file = path.join(statics, bench.addresses[bytes]);
		fs.mkdirSync(path.dirname(file), { recursive: true });
		fs.writeFileSync(file, text);
	}
	const conf = path.join(site.state, "bench.conf");
	fs.writeFileSync(conf, nginxConf(site, bench.ports, statics, trivial));
	bench.children = [
		spawn(path.join(OUT, "trivial"), [trivial], { stdio: "ignore" }),
		spawn(NGINX, ["-e", path.join(site.state, "nginx/bench-error.log"), "-c", conf], { stdio: "inherit" }),
	];
	bench.public = site.services.public.child.pid;
	try {
		for (const way of Object.keys(bench.ports))
			await until(`${way} answers`, 200, async () => {
				const address = way === "trivial" ? "/6144" : bench.addresses[6144];
				const answer = await fetch(`http://127.0.0.1:${bench.ports[way]}${address}`, { headers: { "Accept-Encoding": "identity" } });
				return answer.status === 200 && (await answer.arrayBuffer()).byteLength === 6144;
			});
	} catch (error) {
		await tearDown(site, bench);
		throw error;
	}
	bench.workers = workers(bench.children[1].pid);
	return { site, bench };
}

async function tearDown(site, bench) {
	for (const child of bench.children)
		child.kill(child.spawnfile.endsWith("trivial") ? "SIGKILL" : "SIGTERM"); // libfcgi goes on after a SIGTERM
	await site.stop();
}

function verdict() {
	if (report.goals.length === 0)
		return;
	say("Figures of the issue");
	say();
	table(["", "measured", "wanted", ""], report.goals.map(({ what, value, good, wanted }) => [what, two(value), wanted, good ? "reached" : "MISSED"]));
	const reached = report.goals.filter(({ good }) => good).length;
	say(`${reached} of ${report.goals.length} reached`);
}

const begin = Date.now();
say(`communique, ${execFileSync(COMMUNIQUED, ["--version"], { encoding: "utf8" }).trim()}: ${machine()}${QUICK ? ", quick" : ""}`);
say();
const { site, bench } = await setUp();
const parts = { pages, encodings, unchanged, publishing, visible }; // and search, scale, stages
const wanted = process.argv.slice(2); // parts by name; none: all
const is = (name) => wanted.length === 0 || wanted.includes(name);
let all;
try {
	for (const [name, part] of Object.entries(parts))
		if (is(name))
			all = (await part(bench, site)) ?? all;
} finally {
	await tearDown(site, bench);
}
if (is("search"))
	searchPart();
if (is("scale"))
	scalePart();
if (is("stages"))
	stagesPart();
verdict();
say(`in ${Math.round((Date.now() - begin) / 1000)} s`);
for (const error of new Set(bench.errors))
	say(`! ${error}`);
fs.writeFileSync(path.join(OUT, "results.txt"), report.lines.join("\n") + "\n");
if (all)
	fs.writeFileSync(path.join(OUT, "results.svg"), picture(all));
console.log(`\n${path.relative(TOP, OUT)}/results.txt and results.svg`);
