// demo - the site on which the pages are looked at: the seeds of an invented ministry, and
// what happens to releases in their lives: corrected, disputed, withdrawn, killed, very long.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { newKey, sha256, writeKey } from "../http/keys.mjs";
import { communique, release, seeds, Site, TOP } from "../http/site.mjs";

const FISHERIES = "2026-01-14-fisheries-agreement", LONG = "2026-11-24-long-words";
const READOUT = "2026-03-17-readout-talvia-call", KILLED = "2026-11-24-killed", DISPUTED = "2026-11-24-disputed";

// In three languages: what a correction changes, and what it says of it.
const CORRECTIONS = {
	en: [/ninety days/, "sixty days", "The results will be published within sixty days, not ninety."],
	ko: [/귀항한 날부터 90일/, "귀항한 날부터 60일", "조사 결과의 공개 기한은 90일이 아니라 60일입니다."],
	ar: [/تسعين يومًا/, "ستين يومًا", "تُنشر النتائج خلال ستين يومًا لا تسعين."],
};
const search = (word) => `search?q=${encodeURIComponent(word)}`;
const FOUND = { en: search("port"), ko: search("항만"), ar: search("الصيد") };
const KILLS = {
	en: "It named a person who had not agreed to it.",
	ko: "동의하지 않은 사람의 이름이 실려 있었습니다.",
	ar: "ذُكر فيها اسم شخص لم يوافق على ذلك.",
};
// What no editor writes on a good day: all that the limits allow.
const LONG_TITLES = {
	en: "Statement on the Implementation of the Agreement on the Establishment of a Joint Commission ".repeat(5).slice(0, 400).trim(),
	ko: "해양생물다양성보전협정이행공동위원회설립준비회의결과에관한 외교부 대변인 성명 ".repeat(10).slice(0, 400).trim(),
	ar: "بيان بشأن تنفيذ الاتفاقية الخاصة بإنشاء لجنة مشتركة لحماية التنوع البيولوجي البحري ".repeat(5).slice(0, 400).trim(),
};
const LONG_BODY = `1. ${"Donaudampfschifffahrtsgesellschaftskapitaen".repeat(5)}

2. https://press.example/${"a-very-long-address/".repeat(12)}

| ${"Country | ".repeat(9)}
| ${"--- | ".repeat(9)}
| ${"Rimal 1,234,567 | ".repeat(9)}
`;

// A list of three pages, over two years.
const WEEKS = 42;
const weekly = (n) => release({
	Release: `2025-weekly-briefing-${n}`, Language: "ar", Title: `الإحاطة الصحفية الأسبوعية رقم ${n}`, Kind: "briefing",
	Date: new Date(Date.UTC(2024, 7, 1 + 7 * n)).toISOString().slice(0, 10),
}, "1. عقد المتحدث الرسمي باسم الوزارة إحاطته الأسبوعية (MOFA-2025/14) وأجاب عن أسئلة الصحفيين.\n");
const DISPUTES = {
	en: "Statement on the Postponement of the Harbour Conference",
	ko: "항만도시 외교회의 연기에 관한 성명",
	ar: "بيان بشأن تأجيل مؤتمر مدن الموانئ",
};
// What somebody makes of a text that was published, and what the verify page says of it.
const shown = (text, [was, is]) => `${/^Title: (.*)$/m.exec(text)[1]}${text.slice(text.indexOf("\n\n"))}`
	.replaceAll("*", "").replace(was, is);
const COPIES = {
	bare: (text) => `\n${text.replaceAll("\n", "\r\n")}`, // the same text
	quoted: shown, // its words
	part: (text, correction) => shown(text, correction).split("\n\n").slice(1, 3).join("\n\n"),
	edited: (text, correction) => shown(text, correction).replace("2024", "2023"), // not quite
};

// The text of the seed whose page has this address.
export const textOf = (address) => seeds().find((seed) => seed.address === address).text;

export const LANGUAGES = ["en", "ko", "ar"];

function run(site, who, ...args) {
	const { status, stdout, stderr } = communique(site, who, ...args);
	assert.equal(status, 0, `${args.join(" ")}: ${stdout}${stderr}`);
}

function revise(site, edition, change, note, edit) {
	const file = path.join(site.state, `${edition.replace("/", "-")}-${change}.txt`);
	run(site, "author", "revise", edition, "--change", change, ...(note ? ["--note", note] : []), "-o", file);
	fs.writeFileSync(file, edit(fs.readFileSync(file, "utf8")));
	run(site, "author", "publish", file);
	run(site, "approver", "approve", edition, "--yes");
}

function publishAttached(site) {
	const name = "2026-10-12-consular-line-report.en.txt";
	const text = fs.readFileSync(path.join(TOP, "seeds/attached", name), "utf8");
	const files = [...text.matchAll(/^Attachment: ([^;]*);/gm)].map(([, file]) => `--attach=seeds/files/${file}`);
	run(site, "author", "publish", `seeds/attached/${name}`, ...files);
	run(site, "approver", "approve", `en/${/^Release: (.*)$/m.exec(text)[1]}`, "--yes");
}

// The approver's key is reported stolen: what it signed since is in doubt.
function reportStolen(site, first) {
	const index = /index (\d+) of/.exec(communique(site, "author", "verify", `${site.url}/en/releases/${first}`).stdout)[1];
	const file = (name) => path.join(site.state, name);
	writeKey(site.keyPath("dana"), newKey());
	run(site, "root", "keys", "new", "--from", file("keys-1.txt"), "--editor", `dana:approver:${site.keyPath("dana")}.pub`,
		"--revoke", `${site.keys.approver.keyid.toLowerCase()}:compromised:${index}`, "-o", file("keys-2.txt"));
	run(site, "root", "keys", "sign", file("keys-2.txt"));
	run(site, "root", "keys", "publish", file("keys-2.txt"));
}

export async function start() {
	const site = await Site.start({ settings: fs.readFileSync(path.join(TOP, "src/build/demo.conf"), "utf8") });
	for (const { text } of seeds())
		await site.publish(text);
	publishAttached(site);
	for (const Language of LANGUAGES) {
		await site.publish(release({ Release: LONG, Language, Title: LONG_TITLES[Language], Date: "2026-01-02" }, LONG_BODY));
		await site.publish(release({ Release: KILLED, Language }));
		run(site, "author", "kill", `${Language}/${KILLED}`, "--note", KILLS[Language], "--yes");
		const [was, is, note] = CORRECTIONS[Language];
		revise(site, `${Language}/${FISHERIES}`, "correction", note, (text) => text.replace(was, is));
	}
	run(site, "author", "withdraw", `en/${READOUT}`, "--note", "The call took place on March 18. A new readout follows.", "--yes");
	for (let n = 1; n <= WEEKS; n++)
		await site.publish(weekly(n));
	run(site, "author", "withdraw", "ar/2025-weekly-briefing-7", "--note", "أُلغيت هذه الإحاطة.", "--yes");
	for (const Language of LANGUAGES)
		await site.publish(release({ Release: DISPUTED, Language, Title: DISPUTES[Language], Date: "2026-01-03" }));
	reportStolen(site, DISPUTED);
	return site;
}

// Every kind of page: name -> [address, status, text to check]; in each language unless it is said
// otherwise.
export function pages() {
	const all = {};
	for (const language of LANGUAGES) {
		const add = (name, address, status = 200, text) => { all[`${name}-${language}`] = [`/${language}/${address}`, status, text]; };
		add("home", "");
		add("board", "releases/");
		add("filtered", "releases/?kind=press-release&from=2026-01-01");
		add("topics", "topics/");
		add("archive", "archive/");
		add("month", "archive/2026/01/");
		add("topic", `topics/${encodeURIComponent({ en: "Rimal", ko: "리말", ar: "رِمال" }[language])}/`);
		add("release", `releases/${FISHERIES}`);
		add("revision", `releases/${FISHERIES}/r1`);
		add("history", `releases/${FISHERIES}/history`);
		add("difference", `releases/${FISHERIES}/history/1..2`);
		add("long", `releases/${LONG}`);
		add("search", "search");
		add("found", FOUND[language]);
		add("sifted", `${FOUND[language]}&kind=press-release&from=2026-01-01&sort=date`);
		add("lost", "search?q=xyzzy");
		add("verify", "verify");
		add("verified", `verify?sha256=${sha256(textOf(`/${language}/releases/${FISHERIES}`))}`);
		add("unknown", `verify?sha256=${"0".repeat(64)}`);
		add("differs", "verify", 200, textOf(`/${language}/releases/${FISHERIES}`).replace("2024", "2023"));
		add("missing", "nothing", 404);
		add("gone", `releases/${KILLED}`, 410);
		add("disputed", `releases/${DISPUTED}`);
	}
	const copied = (name, language) => {
		all[`${name}-${language}`] = [`/${language}/verify`, 200, COPIES[name](textOf(`/${language}/releases/${FISHERIES}`), CORRECTIONS[language])];
	};
	copied("bare", "en");
	copied("quoted", "ko");
	copied("part", "en");
	copied("edited", "ar");
	all["removed-ko"] = ["/ko/verify", 200, release({ Release: KILLED, Language: "ko" })];
	const one = (name, address) => { all[name] = [address, 200]; };
	one("empty-en", "/en/releases/?kind=remarks&from=2026-01-01&to=2026-01-02");
	one("outline-ko", "/ko/releases/2026-05-11-weekly-briefing");
	one("house-style-ko", "/ko/releases/2026-03-05-harbour-conference");
	one("attachments-en", "/en/releases/2026-10-12-consular-line-report");
	one("tables-en", "/en/releases/2026-02-03-consular-line");
	one("statement-en", "/en/releases/2026-04-21-joint-statement-seas");
	one("footnotes-en", "/en/releases/2026-08-19-relief-shipment");
	one("middle-ar", "/ar/releases/?page=2");
	one("last-ar", "/ar/releases/?page=3");
	one("withdrawn-ar", "/ar/releases/2025-weekly-briefing-7");
	one("withdrawn-en", `/en/releases/${READOUT}`);
	one("scholarships-ar", "/ar/releases/2026-07-01-scholarships");
	return all;
}
