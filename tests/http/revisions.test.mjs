// What happens to a release in its life, through nginx: revisions by the program's own
// commands, their banners, histories and differences; withdrawn, killed, reinstated; in
// several languages; two people at once.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { after, before, test } from "node:test";
import { minisign, sha256 } from "./keys.mjs";
import { communique, release, Site } from "./site.mjs";
import { sign } from "./wire.mjs";

const SLUG = "2026-11-23-first", EDITION = `en/${SLUG}`, ADDRESS = `/en/releases/${SLUG}`;
const SUFFIXES = ["", ".txt", ".txt.minisig", ".json", "/r1", "/r1.txt", "/r1.txt.minisig", "/r1.json",
	"/history", "/history/1..2"];

let site;

before(async () => {
	site = await Site.start({
		editors: { author: "author", approver: "approver", second: "approver" },
	});
});
after(() => site.stop());

function run(who, ...args) {
	const result = communique(site, who, ...args);
	assert.equal(result.status, 0, `${args.join(" ")}: ${result.stdout}${result.stderr}`);
	return result;
}

const refused = (who, ...args) => {
	const result = communique(site, who, ...args);
	assert.equal(result.status, 1, `${args.join(" ")}: ${result.stdout}${result.stderr}`);
	return result.stderr;
};

// revise, edit, publish, approve: by the commands.
function revise(edition, change, note, edit) {
	const file = path.join(site.state, `${edition.replace("/", "-")}.txt`);
	fs.rmSync(file, { force: true });
	run("author", "revise", edition, "--change", change, ...(note ? ["--note", note] : []), "-o", file);
	fs.writeFileSync(file, edit(fs.readFileSync(file, "utf8")));
	run("author", "publish", file);
	return run("approver", "approve", edition, "--yes").stdout;
}

const first = (fields, body) => site.publish(release(fields, body));
const page = async (address, status = 200) => {
	const answer = await site.get(address);
	assert.equal(answer.status, status, `${address}: ${answer.status}`);
	return answer;
};
const linkedData = (text) =>
	JSON.parse(/<script type="application\/ld\+json">([^]*?)<\/script>/.exec(text)[1]);
const plain = (html) => html.replace(/<[^>]*>/g, "").replace(/\s+/g, " ");
// The words of <del> or <ins>, without what is there for screen readers only.
const marked = (html, tag) => [...html.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, "g"))]
	.map(([, inner]) => inner.replace(/<span class="unseen"[^>]*>[^<]*<\/span>/g, ""));

test("a release that was never revised has a history of one", async () => {
	await first({}, "1. The port opened in May.\n\n2. Nobody came to see it.\n");
	const { text } = await page(`${ADDRESS}/history`);
	assert.match(text, /first published/);
	assert.match(text, /id="r1"/);
	assert.ok(!text.includes("/history/"), "there is nothing to compare it with");
	await page(`${ADDRESS}/history/1..2`, 404);
});

test("a correction: approve shows what it changes, the page the word, the note and the way to both", async () => {
	const shown = revise(EDITION, "correction", "It opened in June, not in May.",
		(text) => text.replace("opened in May", "opened in June").replace(/\n2\. Nobody.*\n/, "\n2. Many came to see it.\n"));
	assert.match(shown, /^- 1\. The port opened in May\.$/m);
	assert.match(shown, /^\+ 1\. The port opened in June\.$/m);
	const { text } = await page(ADDRESS);
	assert.match(text, /<strong>Correction\.<\/strong>/);
	assert.match(text, /It opened in June, not in May\./);
	assert.match(text, new RegExp(`href="${ADDRESS}/history"`));
	assert.match(text, /<span class="change"> · correction<\/span>/);
	const data = linkedData(text);
	assert.equal(data.version, 2);
	assert.equal(data.correction[0].text, "It opened in June, not in May.");
	assert.ok(data.dateModified >= data.datePublished);
});

test("the old revision says so, leads to the new one and is not indexed", async () => {
	const { text } = await page(`${ADDRESS}/r1`);
	// Who has it from before is not told that it is the same; of the file, which is, he is.
	const since = { "If-Modified-Since": (await page(`${ADDRESS}/r1.txt`)).headers["last-modified"] };
	assert.equal((await site.get(`${ADDRESS}/r1`, since)).status, 200);
	assert.equal((await site.get(`${ADDRESS}/r1.txt`, since)).status, 304);
	assert.match(text, /This is revision 1, which has been superseded\./);
	assert.match(text, new RegExp(`<a href="${ADDRESS}">Read the current revision</a>`));
	assert.match(text, /name="robots" content="noindex"/);
	assert.match(text, /in May/);
	assert.ok(!(await page(`${ADDRESS}/r2`)).text.includes("superseded"));
});

test("the history: word, moment, note, signers, and links to both revisions and the difference", async () => {
	const { text, headers } = await page(`${ADDRESS}/history`);
	assert.match(plain(text), /Revision 2 · correction · current revision/);
	assert.match(text, /<p class="note"[^>]*>It opened in June, not in May\.<\/p>/);
	assert.match(plain(text), /Signed by: author [0-9a-f]{16}, approver [0-9a-f]{16}/);
	for (const to of ["/r1", "/r2", "/history/1..2"])
		assert.ok(text.includes(`href="${ADDRESS}${to}"`), to);
	assert.match(text, /<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ">/);
	assert.ok(!/immutable/.test(headers["cache-control"]));
});

test("the difference marks words, not lines", async () => {
	const { text } = await page(`${ADDRESS}/history/1..2`);
	assert.ok(marked(text, "del").includes("May"), text);
	assert.ok(marked(text, "ins").includes("June"), text);
	assert.match(plain(text), /The port opened in \[removed: May\] \[added: June\] \./);
	assert.match(plain(text), /changed: 2, added: 0, removed: 0/);
	for (const other of ["2..1", "1..1", "0..1", "1..3", "1..99999999999", "1..2..3", "1...2"])
		assert.equal((await site.get(`${ADDRESS}/history/${other}`)).status, 404, other);
});

test("a minor change moves no date and takes no notice away", async () => {
	const was = linkedData((await page(ADDRESS)).text);
	await new Promise((done) => setTimeout(done, 1100));
	revise(EDITION, "minor", null, (text) => text.replace("Many came", "Many people came"));
	const { text } = await page(ADDRESS);
	const data = linkedData(text);
	assert.equal(data.version, 3);
	assert.equal(data.dateModified, was.dateModified);
	assert.match(text, new RegExp(`article:modified_time" content="${was.dateModified}"`));
	assert.match(text, /<strong>Correction\.<\/strong>/);
	assert.deepEqual(marked((await page(`${ADDRESS}/history/2..3`)).text, "ins"), ["people "]);
	assert.equal((await site.get(`${ADDRESS}.json`)).json.modifiedAt, was.dateModified);
});

test("an update and a clarification say what they are, and keep the correction in the record", async () => {
	revise(EDITION, "update", "A third ship has come.", (text) => `${text}\n3. A third ship has come.\n`);
	assert.match((await page(ADDRESS)).text, /<strong>Updated\.<\/strong>/);
	revise(EDITION, "clarification", "It said ship, it is a boat.", (text) => text.replace("third ship", "third boat"));
	const { text } = await page(ADDRESS);
	assert.match(text, /<strong>Clarification\.<\/strong>/);
	assert.equal(linkedData(text).correction[0].text, "It opened in June, not in May.");
	const history = plain((await page(`${ADDRESS}/history`)).text);
	for (const words of ["Revision 5 · clarification", "Revision 4 · update", "Revision 3 · minor change",
		"Revision 2 · correction", "Revision 1 · first published"])
		assert.ok(history.includes(words), words);
});

test("an embargoed revision is in no history, no difference, no page", async () => {
	const there = (await site.get(`${ADDRESS}.txt`)).text;
	const at = new Date(Date.now() + 3600e3).toISOString().replace(/\.\d+/, "");
	const next = there.replace("Revision: 5", "Revision: 6").replace(/^Previous: .*$/m, `Previous: ${sha256(there)}`)
		.replace(/^Change: .*$/m, "Change: update").replace(/^Change-Note: .*$/m, `Change-Note: Secret so far.\nPublish-At: ${at}`)
		.replace("third boat", "fourth boat");
	const seen = await Promise.all(["", "/history", "/r5"].map(async (s) => (await site.get(ADDRESS + s)).text));
	const { answer } = await site.publish(next);
	assert.equal(answer.state, "scheduled");
	assert.deepEqual(await Promise.all(["", "/history", "/r5"].map(async (s) => (await site.get(ADDRESS + s)).text)), seen);
	for (const [twin, never] of [["/r6", "/r7"], ["/r6.txt", "/r7.txt"], ["/r6.json", "/r7.json"],
		["/history/5..6", "/history/5..7"], ["/history/1..6", "/history/1..7"]]) {
		const [one, other] = await Promise.all([site.get(ADDRESS + twin), site.get(ADDRESS + never)]);
		const { date: a, ...heads } = one.headers, { date: b, ...others } = other.headers;
		assert.equal(one.status, 404);
		assert.deepEqual([one.text, heads], [other.text, others], twin);
	}
	// The next revision follows the scheduled one, which only the desk has.
	assert.match(run("author", "revise", EDITION, "--change", "minor").stdout, /^Revision: 7$/m);
	run("author", "drop", EDITION);
});

test("withdrawn: still there, under a banner that says why", async () => {
	assert.equal(communique(site, "author", "withdraw", EDITION, "--note", "No.").status, 2, "without --yes it asks");
	const said = run("author", "withdraw", EDITION, "--note", "It was not yet agreed.", "--yes");
	assert.match(said.stdout, /^Change: withdrawal$[^]*^\d+\. The port opened in June[^]*^sha256 [0-9a-f]{64}$/m);
	const { text } = await page(ADDRESS);
	assert.match(text, /This release has been withdrawn\./);
	assert.match(text, /It was not yet agreed\./);
	assert.match(text, /The port opened in June/);
	assert.match(refused("author", "withdraw", EDITION, "--note", "Again.", "--yes"), /already/);
	assert.match(refused("author", "revise", EDITION, "--change", "update", "--note", "More."), /withdrawn already/);
});

test("killed: 410 at all its addresses, with reason and date, and nothing of the text", async () => {
	assert.equal(communique(site, "author", "kill", EDITION, "--note", "No.").status, 2, "without --yes it asks");
	assert.equal(communique(site, "author", "kill", EDITION, "--yes").status, 2, "a reason is needed");
	const said = run("author", "kill", EDITION, "--note", "It names a person.", "--yes");
	assert.match(said.stdout, /public/);
	const year = new Date().getUTCFullYear();
	for (const suffix of [...SUFFIXES, "/r7", "/r99", "/history/5..6"]) {
		const { text, headers } = await page(ADDRESS + suffix, 410);
		assert.match(text, /This release has been removed/, suffix);
		assert.match(text, /It names a person\./, suffix);
		if (suffix.endsWith(".json")) {
			assert.match(headers["content-type"], /^application\/problem\+json/);
			assert.match(JSON.parse(text).goneSince, new RegExp(`^${year}-\\d\\d-\\d\\dT`));
			continue;
		}
		assert.match(plain(text), new RegExp(`It was removed on [A-Z][a-z]+ \\d+, ${year}, \\d\\d:\\d\\d UTC`));
		assert.ok(!text.includes("port opened") && !text.includes("The First Release"), suffix);
		assert.ok(!/immutable/.test(headers["cache-control"]), suffix);
	}
	assert.ok(!(await page("/en/releases/")).text.includes(SLUG));
	assert.match(refused("author", "kill", EDITION, "--note", "Twice.", "--yes"), /killed already/);
});

test("reinstated: the text from before is back; what was killed stays gone", async () => {
	run("author", "reinstate", EDITION, "--note", "The person agreed.", "--yes");
	await page(ADDRESS, 410);
	run("approver", "approve", EDITION, "--yes");
	const { text } = await page(ADDRESS);
	assert.match(text, /<strong>Reinstated\.<\/strong>/);
	assert.match(text, /The port opened in June/);
	await page(`${ADDRESS}/r8`);
	for (const suffix of ["/r1", "/r1.txt", "/r7", "/history/1..2", "/history/7..8"])
		await page(ADDRESS + suffix, 410);
	const history = (await page(`${ADDRESS}/history`)).text;
	assert.ok(!history.includes(`href="${ADDRESS}/r7"`) && !history.includes("/history/7..8"));
	assert.match(plain(history), /Revision 7 · removed/);
	assert.match((await page("/en/releases/")).text, new RegExp(SLUG));
});

test("show --difference tells what a draft would change", async () => {
	const file = path.join(site.state, "draft.txt");
	run("author", "revise", EDITION, "--change", "update", "--note", "More.", "-o", file);
	assert.equal(communique(site, "author", "revise", EDITION, "--change", "minor", "-o", file).status, 1,
		"a file that is there is not written over");
	fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("Title: The", "Title: The Very"));
	run("author", "publish", file);
	const { stdout } = run("approver", "show", EDITION, "--difference");
	assert.match(stdout, /^from revision 8 to revision 9, update: More\.$/m);
	assert.match(stdout, /^- Title: The First Release$/m);
	assert.match(stdout, /^\+ Title: The Very First Release$/m);
	run("author", "drop", EDITION);
});

// A later revision by hand, for what the commands would not send.
const nextOf = (text, fields, body) => release({
	Release: /^Release: (.*)$/m.exec(text)[1],
	Revision: String(+/^Revision: (.*)$/m.exec(text)[1] + 1), Previous: sha256(text), Change: "update",
	"Change-Note": "News.", ...fields,
}, body);

test("a stale Previous is refused: 409 stale-previous, with what it should be", async () => {
	const Release = "2026-11-23-stale", edition = `en/${Release}`;
	const one = release({ Release }), two = nextOf(one, {}, "1. Second.\n"), late = nextOf(one, {}, "1. Too late.\n");
	await site.publish(one);
	await site.publish(two);
	const answer = await site.putDraft("author", edition, late);
	assert.equal(answer.status, 409);
	assert.equal(answer.json.code, "stale-previous");
	assert.ok(answer.json.detail.includes(sha256(two)));
	// Where there is none at all, none was accepted in the meantime either.
	const early = await site.putDraft("author", "en/2026-11-23-early",
		nextOf(release({ Release: "2026-11-23-early" }), {}, "1. Too early.\n"));
	assert.equal(`${early.json.title}: ${early.json.detail}`,
		"This is not the revision that comes next: there is no revision yet; the first is 1, not 2");
	assert.match((await site.get(`/en/releases/${Release}.txt`)).text, /Second\./);
});

test("two editors save at once: 428 without If-Match, 412 with an old one, no draft lost", async () => {
	const Release = "2026-11-23-two-editors", edition = `en/${Release}`;
	const texts = ["1. Mine.\n", "1. Yours.\n", "1. Theirs.\n"].map((body) => release({ Release }, body));
	const answers = await Promise.all(texts.slice(0, 2).map((text, n) =>
		site.putDraft(["author", "second"][n], edition, text)));
	assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 428]);
	const won = answers[0].status === 201 ? 0 : 1;
	const kept = () => site.admin("author", `/admin/drafts/${edition}`, {});
	assert.equal((await kept()).text, texts[won]);
	assert.equal((await site.putDraft("second", edition, texts[2], { "If-Match": `"${sha256(texts[1 - won])}"` })).status, 412);
	assert.equal((await kept()).text, texts[won]);
	assert.equal((await site.putDraft("second", edition, texts[2], { "If-Match": `"${sha256(texts[won])}"` })).status, 200);
	// A signature of what was there before is for a file that is no more.
	assert.equal((await site.signDraft("approver", edition, texts[won])).status, 412);
	assert.equal((await site.signDraft("approver", edition, texts[2], {})).status, 428);
});

test("two approvers at once: one publication, the same answer to both", async () => {
	const Release = "2026-11-23-two-approvers", edition = `en/${Release}`, text = release({ Release });
	await site.putDraft("author", edition, text);
	const answers = await Promise.all(["approver", "second"].map((who) => site.signDraft(who, edition, text)));
	assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
	assert.ok(answers.some(({ json }) => json.state === "public"));
	const history = plain((await page(`/en/releases/${Release}/history`)).text);
	assert.equal(history.match(/Revision 1/g).length, 1);
	await page(`/en/releases/${Release}/r2`, 404);
});

// The connection is cut as soon as the request has left: whether it was done is not known.
async function lose(who, target, { method, body, headers }) {
	const url = site.url + target;
	const request = http.request(url, {
		method, agent: false, headers: { ...sign(site.keys[who], { method, url, body, headers }) },
	});
	request.on("error", () => {});
	await new Promise((done) => request.end(body, done));
	request.destroy();
}

test("the answer is lost and the request repeated: one outcome, whichever came first", async () => {
	const bytes = Buffer.from("an attachment"), Release = "2026-11-23-lost", edition = `en/${Release}`;
	const text = release({ Release, Attachment: `a.pdf; sha256=${sha256(bytes)}` });
	const draft = `/admin/drafts/${edition}`, octets = { "Content-Type": "application/octet-stream" };
	const signature = (who) => [who, `${draft}/signatures/${site.keys[who].keyid.toLowerCase()}`,
		{ method: "PUT", body: minisign(site.keys[who], text), headers: { "If-Match": `"${sha256(text)}"` } }];
	const acts = [["author", `/admin/files/${sha256(bytes)}`, { method: "PUT", body: bytes, headers: octets }],
		["author", draft, { method: "PUT", body: text }], signature("author"), signature("approver")];
	let answer;
	for (const act of acts) {
		await lose(...act);
		// Twice: the lost one may be still on its way, or done, or never have come.
		for (let times = 0; times < 2; times++) {
			answer = await site.admin(...act);
			assert.ok(answer.status < 300, `${act[1]}: ${answer.status} ${answer.text}`);
		}
	}
	assert.equal(answer.json.state, "public");
	assert.equal((await site.get(`/en/releases/${Release}.txt`)).text, text);
	await page(`/en/releases/${Release}/r2`, 404);
	const { json } = await site.admin("author", "/admin/drafts");
	assert.ok(!JSON.stringify(json).includes(Release), "nothing of it waits any more");
	// Later too, when readers have it: the same answer, and no second publication.
	for (const act of acts.slice(1)) {
		const again = await site.admin(...act);
		assert.equal(again.status, 200, `${act[1]}: ${again.text}`);
		assert.equal(again.json.state, "public");
	}
	assert.equal(plain((await page(`/en/releases/${Release}/history`)).text).match(/Revision 1/g).length, 1);
});

test("the last two signatures of two editions at once, and a change of the draft beside them", async () => {
	const Release = "2026-11-23-race", edition = `en/${Release}`;
	const one = release({ Release }), other = release({ Release }, "1. Changed.\n");
	await site.putDraft("author", edition, one);
	await site.signDraft("author", edition, one);
	const [changed, signed] = await Promise.all([
		site.putDraft("second", edition, other, { "If-Match": `"${sha256(one)}"` }),
		site.signDraft("approver", edition, one)]);
	const { status, text } = await site.get(`/en/releases/${Release}.txt`);
	if (signed.status === 200) {
		// What was approved is public; the change came too late and is told what to do.
		assert.deepEqual([status, text], [200, one]);
		assert.ok([409, 412].includes(changed.status), `${changed.status} ${changed.text}`);
		assert.ok(changed.json.detail.length > 20, changed.text);
	} else {
		// The draft was another when the approval came: nothing is public.
		assert.deepEqual([signed.status, status, changed.status], [412, 404, 200]);
		assert.equal((await site.admin("author", `/admin/drafts/${edition}`)).text, other);
	}
});

test("languages of one release are linked, each with its own revisions", async () => {
	const Release = "2026-11-23-languages", address = (language) => `/${language}/releases/${Release}`;
	const english = release({ Release }), korean = release({ Release, Language: "ko", Title: "항구 개항" }, "1. 외교부장관은 5월에 항구를 열었다.\n");
	await site.publish(english);
	const alone = (await page(address("en"))).text;
	assert.match(alone, /<a href="\/ko\/" hreflang="ko"[^>]* title="한국어\(으\)로는 제공되지 않습니다"/);
	assert.ok(!/rel="alternate" hreflang="ko"/.test(alone));
	await site.publish(korean);
	const both = (await page(address("en"))).text;
	assert.match(both, new RegExp(`<a href="${address("ko")}" hreflang="ko"`));
	assert.match(both, new RegExp(`rel="alternate" hreflang="ko" href="[^"]*${address("ko")}"`));
	revise(`ko/${Release}`, "correction", "5월이 아니라 6월입니다.", (text) => text.replace("장관은 5월에", "장관이 6월에"));
	assert.equal(linkedData((await page(address("en"))).text).version, 1);
	assert.equal(linkedData((await page(address("ko"))).text).version, 2);
	const difference = (await page(`${address("ko")}/history/1..2`)).text;
	assert.deepEqual([marked(difference, "del"), marked(difference, "ins")], [["은 5"], ["이 6"]]);
	run("author", "kill", `ko/${Release}`, "--note", "오류입니다.", "--yes");
	assert.match((await page(address("ko"), 410)).text, /lang="ko"[^>]*>오류입니다\./);
	assert.match((await page(address("en"))).text, /<a href="\/ko\/" hreflang="ko"/);
});

test("a page from right to left, its history and its difference", async () => {
	const Release = "2026-11-23-arabic", address = `/ar/releases/${Release}`;
	await site.publish(release({ Release, Language: "ar", Title: "افتتاح الميناء" }, "1. افتتح الوزير الميناء.\n"));
	revise(`ar/${Release}`, "correction", "كان الرئيس.", (text) => text.replace("الوزير", "الرئيس"));
	for (const suffix of ["", "/history", "/history/1..2"]) {
		const { text } = await page(address + suffix);
		assert.match(text, /<main[^>]* dir="rtl"/, suffix);
		assert.match(text, /<h1 lang="ar" dir="rtl">/, suffix);
	}
	const { text } = await page(`${address}/history/1..2`);
	assert.deepEqual([marked(text, "del"), marked(text, "ins")], [["الوزير"], ["الرئيس"]]);
});
