// A machine of its own with systemd (machine.sh): the packages are installed on it, a site is
// set up by the words of the manual and nginx/README.md, and while it is read from and written
// to, it is upgraded again and again. No request fails.
//
// REQUESTS=200000 says how many are asked meanwhile.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { BUILD, folder, make, packageFile, run, TOP } from "./packed.mjs";

const REQUESTS = Number(process.env.REQUESTS ?? 200000);
const KEYS = "/srv/keys";
const NEXT = path.join(BUILD, "next");
const SERVICES = ["communique-public.service", "communique-desk.service"];
const versions = {};
let state, machine, inside;

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// A command on the machine, through its shell; what it printed.
const on = (command, options = {}) => run("nsenter", [...inside, "sh", "-ec", `cd ${KEYS} && ${command}`], options);
const asks = (command) => spawnSync("nsenter", [...inside, "sh", "-c", command], { encoding: "utf8" }).stdout.trim();

async function started() {
	state = folder();
	machine = spawn(path.join(TOP, "tests/package/machine.sh"), [state], { stdio: "inherit" });
	for (let tries = 0; tries < 300; tries++, await wait(100)) {
		if (!fs.existsSync(path.join(state, "pid")))
			continue;
		inside = ["--target", fs.readFileSync(path.join(state, "pid"), "utf8").trim(), "--all", "--"];
		if (asks("systemctl is-system-running") === "running")
			return;
	}
	throw new Error("the machine does not start");
}

before(async () => {
	make("deb", `BUILD=${path.relative(process.cwd(), NEXT)}`, "VERSION=0.1.1");
	versions.first = packageFile("communiqued");
	versions.next = packageFile("communiqued", path.join(NEXT, "deb"));
	await started();
	run("nsenter", [...inside, "mkdir", "-p", KEYS]);
});
after(async () => {
	if (machine) {
		const gone = new Promise((done) => machine.once("exit", done));
		machine.kill();
		await gone;
	}
	fs.rmSync(state, { recursive: true, force: true });
});

// The commands of communiqued(8), AS SERVICES, block by block, but for those that the package has
// done.
function manual() {
	const page = fs.readFileSync(path.join(TOP, "src/man/communiqued.8"), "utf8").replaceAll("/usr/local", "/usr");
	const section = /^\.Sh AS SERVICES$([\s\S]*?)^\.Ss Upgrading$/m.exec(page)[1];
	return [...section.matchAll(/^\.Bd -literal.*\n([\s\S]*?)^\.Ed$/gm)].map(([, block]) =>
		block.replaceAll("\\e\n", "\\\n")).filter((block) => !block.startsWith("systemd-sysusers"));
}

// Those of nginx/README.md; the certificate is its own authority.
function nginxManual() {
	const page = fs.readFileSync(path.join(TOP, "nginx/README.md"), "utf8").replaceAll("/usr/local", "/usr");
	return [...page.slice(0, page.indexOf("The copy is")).matchAll(/^ {4}(.*)$/gm)].map(([, line]) => line)
		.filter((line) => !line.startsWith("apt "));
}

const certificate = `mkdir -p /etc/ssl/press.example && cd /etc/ssl/press.example &&
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=press.example \
		-addext subjectAltName=DNS:press.example -keyout key.pem -out fullchain.pem 2>/dev/null &&
	cp fullchain.pem /usr/local/share/ca-certificates/press.crt && update-ca-certificates >/dev/null 2>&1 &&
	echo 127.0.0.1 press.example >>/etc/hosts`;

test("installing the packages starts and enables nothing", () => {
	on(`dpkg --install ${packageFile("communique")} ${versions.first}`);
	for (const unit of SERVICES.flatMap((name) => [name, name.replace("service", "socket")])) {
		assert.equal(asks(`systemctl is-enabled ${unit}`), "disabled", unit);
		assert.equal(asks(`systemctl is-active ${unit}`), "inactive", unit);
	}
});

test("a site is set up by the manual's words", () => {
	on("for key in root alice; do communique keygen -o $key --no-password; done");
	const blocks = manual();
	assert.equal(blocks.length, 3, blocks.join("\n"));
	for (const block of blocks)
		on(block);
	on(certificate);
	for (const line of nginxManual()) {
		// A cache would hide what we look for.
		on(line.replace(/^nginx -t.*/, `sed -i 's|^    include /usr|    set $communique_cache off;\\n&|' \
			/etc/nginx/sites-available/press.example && nginx -t && systemctl start nginx`));
	}
	on("communique keys sign /var/lib/communique/keys-1.txt --key root.key");
	on("communique keys publish /var/lib/communique/keys-1.txt --key root.key --server https://press.example");
	assert.match(on("curl -sf https://press.example/keys/1"), /alice/);
});

test("both run as users of their own, confined, by units that systemd calls safe", () => {
	for (const [unit, user] of [["communique-public", "communique-public"], ["communique-desk", "communique"]]) {
		const pid = asks(`systemctl show -P MainPID ${unit}.service`);
		assert.equal(on(`stat -c %U /proc/${pid}`).trim(), user);
		assert.match(on(`cat /proc/${pid}/status`), /^Seccomp:\s2$/m);
		assert.match(on(`cat /proc/${pid}/status`), /^NoNewPrivs:\s1$/m);
		const level = /exposure level for .*: ([\d.]+)/.exec(on(`systemd-analyze security --no-pager ${unit}.service || true`));
		assert.ok(Number(level[1]) < 1.5, level[0]);
	}
	assert.doesNotMatch(asks("journalctl --no-pager -u 'communique-*'"), /level=(error|warning)/);
});

test("a start ends when the service answers, and fails when it cannot", () => {
	for (const unit of SERVICES)
		assert.equal(asks(`systemctl show -P Type -P ActiveState ${unit}`).replace(/\s+/g, " "), "notify active");
	on("mkdir -p /run/systemd/system/communique-public.service.d");
	on(`printf '[Service]\nExecStart=\nExecStart=/usr/sbin/communiqued serve -c /nowhere\n' \
		>/run/systemd/system/communique-public.service.d/test.conf && systemctl daemon-reload`);
	assert.notEqual(asks(`systemctl restart ${SERVICES[0]}; echo $?`), "0");
	on(`rm /run/systemd/system/communique-public.service.d/test.conf && systemctl daemon-reload`);
	on(`systemctl restart ${SERVICES[0]}`);
	on("curl -sf https://press.example/healthz");
});

test("what hangs is ended by the watchdog and started anew; who asks meanwhile waits", async () => {
	for (const unit of SERVICES) {
		on(`mkdir -p /run/systemd/system/${unit}.d && printf '[Service]\nWatchdogSec=3s\n' >/run/systemd/system/${unit}.d/test.conf`);
		on(`systemctl daemon-reload && systemctl restart ${unit}`);
		const pid = asks(`systemctl show -P MainPID ${unit}`);
		await wait(12000);
		assert.equal(asks(`systemctl show -P MainPID ${unit}`), pid, "what lives was ended");
		on(`kill -STOP ${pid}`);
		await wait(8000);
		const [address, status] = unit.includes("desk") ? ["admin/drafts", "401"] : ["en/", "200"];
		assert.equal(on(`curl -s -o /dev/null -w '%{http_code}' --max-time 20 'https://press.example/${address}'`), status);
		assert.notEqual(asks(`systemctl show -P MainPID ${unit}`), pid);
		assert.equal(asks(`systemctl show -P NRestarts ${unit}`), "1");
		on(`rm /run/systemd/system/${unit}.d/test.conf && systemctl daemon-reload && systemctl restart ${unit}`);
	}
});

// The commands of communiqued(8), Users: as root, and without systemd's units.
test("two users without systemd, by the manual's words", () => {
	const page = fs.readFileSync(path.join(TOP, "src/man/communiqued.8"), "utf8");
	const block = /^\.Ss Users$[^]*?^\.Bd -literal.*\n([^]*?)^\.Ed$/m.exec(page)[1].replaceAll("\\e\n", "\\\n");
	on(block.replaceAll(/^(communiqued (desk|serve) .*) &$/gm, "setsid $1 >/srv/press/$2.log 2>&1 </dev/null &\nsleep 1"));
	for (const [name, user] of [["desk", "press"], ["serve", "press-public"]]) {
		const pid = on(`pgrep -f '^communiqued ${name} -c /srv/press'`).trim();
		assert.equal(on(`stat -c %U /proc/${pid}`).trim(), user);
		assert.match(on(`cat /proc/${pid}/status`), /^CapEff:\s0+$/m);
		assert.doesNotMatch(on(`cat /srv/press/${name}.log`), /level=(error|warning)|communiqued:/);
		const socket = on(`ls -l /run/press-${name === "desk" ? "desk" : "public"}/socket`);
		assert.match(socket, new RegExp(`^srw-rw---- 1 ${user} www-data `));
	}
	assert.equal(asks("runuser -u press-public -- test -w /srv/press/store/data.mdb; echo $?"), "1");
	assert.equal(asks("runuser -u press-public -- test -r /srv/press/log.key; echo $?"), "1");
	on("pkill -f '^communiqued (desk|serve) -c /srv/press'");
});

// What somebody does to a site that runs, in turn.
const deeds = {
	"upgrade by package": () => on(`dpkg --install ${versions.next}`),
	"restart by hand": () => on(`systemctl try-restart ${SERVICES.join(" ")}`),
	"the old package again": () => on(`dpkg --force-downgrade --install ${versions.first}`),
	"backup": () => on("systemctl start communique-backup.service"),
	"reload of nginx": () => on("systemctl reload nginx"),
};

test(`upgraded, restarted and reloaded while ${REQUESTS} requests are asked: none fails`, async (t) => {
	const crowd = spawn("nsenter", [...inside, "env", "NODE_EXTRA_CA_CERTS=/etc/ssl/press.example/fullchain.pem",
		"node", path.join(TOP, "tests/package/crowd.mjs"), String(REQUESTS), KEYS], { stdio: ["ignore", "pipe", "inherit"] });
	let said = "", over = false;
	crowd.stdout.on("data", (piece) => {
		said += piece;
	});
	const gone = new Promise((done) => crowd.once("close", (code) => {
		over = true;
		done(code);
	}));
	const done = Object.fromEntries(Object.keys(deeds).map((name) => [name, 0]));
	const pids = new Set(), reloads = [];
	await wait(1000);
	for (let n = 0; !over; n++) {
		const name = Object.keys(deeds)[n % 5];
		const from = Date.now();
		deeds[name]();
		done[name]++;
		pids.add(asks(`systemctl show -P MainPID ${SERVICES[0]}`));
		await wait(1000);
		if (name.includes("nginx"))
			reloads.push([from, Date.now()]);
	}
	assert.equal(await gone, 0);
	const told = JSON.parse(said);
	t.diagnostic(`${told.reads} reads, ${told.edits} of an editor, ${told.uploads} slow uploads, ${told.compared} texts compared: ` +
		`${told.failures.length} failed, ${told.again.length} were asked again`);
	t.diagnostic(Object.entries(done).map(([name, count]) => `${name}: ${count}`).join(", "));
	assert.deepEqual(told.failures, []);
	assert.deepEqual(told.again.filter((at) => !reloads.some(([from, to]) => at >= from && at <= to)), [],
		"asked again, and nginx was not being reloaded");
	assert.ok(told.reads + told.edits + told.uploads + told.compared >= REQUESTS);
	assert.ok(done["upgrade by package"] >= 2 && pids.size >= 4, "too few upgrades to tell");

	// Nothing acknowledged is lost.
	assert.ok(told.uploads > 5, String(told.uploads));
	assert.ok(told.published.length > 10, String(told.published.length));
	for (const name of told.published)
		on(`curl -sf -o /dev/null https://press.example/en/releases/${name}`);
	on("runuser -u communique -- communiqued fsck");
	assert.ok(Number(asks("ls /var/backups/communique | wc -l")) >= done.backup);
});

test("removing the packages stops both; purging them leaves the site, and a later one goes on with it", () => {
	on("dpkg --purge communique communiqued");
	for (const unit of SERVICES)
		assert.notEqual(asks(`systemctl is-active ${unit}`), "active");
	assert.equal(asks("pgrep -c communiqued"), "0");
	assert.ok(Number(asks("stat -c %s /var/lib/communique/store/data.mdb")) > 0);
	assert.equal(asks("find /etc/systemd -name '*communique*'"), "");
	on(`dpkg --install ${versions.first}`);
	on(`systemctl start ${SERVICES.join(" ")} communique-public.socket communique-desk.socket`);
	assert.match(on("curl -sf --retry 5 https://press.example/healthz"), /ok/);
});
