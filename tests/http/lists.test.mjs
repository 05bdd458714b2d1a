// The ways to a release: the board with its filters, topics, the archive, its neighbours, the
// address it had before. Everything is held against a list of what was published.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sha256 } from "./keys.mjs";
import { release, Site } from "./site.mjs";

const KINDS = ["press-release", "statement", "readout"];
const TOPICS = ["Sea & ports", "한반도", "COVID-19"];
const DEPARTMENTS = ["Eurasia Division", "Protocol Office"];
const published = []; // {slug, date, kind, topics, departments}, newest first

let site;

before(async () => {
	site = await Site.start();
	for (let i = 0; i < 46; i++) {
		const date = `${2024 + i % 3}-${String(1 + i % 4).padStart(2, "0")}-${String(1 + i % 7).padStart(2, "0")}`;
		const entry = { slug: `${date}-release-${i}`, date, order: i, kind: KINDS[i % 3],
			topics: TOPICS.filter((_, n) => (i >> n) % 2), departments: i % 4 ? [DEPARTMENTS[i % 2]] : [] };
		await site.publish(release({
			Release: entry.slug, Date: date, Kind: entry.kind, Title: `Release ${i}`,
			Topics: entry.topics.length ? entry.topics.join("; ") : undefined,
			Department: entry.departments[0],
			Legacy: i === 7 ? "/eng/brd/m_5676/view.do?seq=321345&page=2" : undefined,
		}));
		published.push(entry);
	}
	published.sort((a, b) => b.date.localeCompare(a.date) || b.order - a.order);
	await site.publish(release({ Release: "2026-05-05-korean", Language: "ko", Date: "2026-05-05", Topics: "한반도" }));
});
after(() => site?.stop());

const json = async (target) => {
	const answer = await site.get(target);
	assert.equal(answer.status, 200, `${target}: ${answer.status}`);
	return JSON.parse(answer.text);
};
const slugs = (text) => [...text.matchAll(/<h[23][^>]*><a href="\/en\/releases\/([^"]+)">/g)].map((m) => m[1]);

function expected({ kind, department, topic, from, to }) {
	return published.filter((entry) => (!kind || entry.kind === kind) &&
		(!department || entry.departments.includes(department)) &&
		(!topic || entry.topics.includes(topic)) &&
		(!from || entry.date >= from) && (!to || entry.date <= to)).map(({ slug }) => slug);
}

const query = (filter) => new URLSearchParams(Object.entries(filter)).toString();

const FILTERS = [{}];
for (const kind of [undefined, KINDS[1]])
	for (const department of [undefined, DEPARTMENTS[0]])
		for (const topic of [undefined, ...TOPICS])
			for (const [from, to] of [[], ["2025-01-03"], [, "2025-02-28"], ["2024-02-02", "2026-02-05"]])
				FILTERS.push(JSON.parse(JSON.stringify({ kind, department, topic, from, to })));

test("every filter and all of them together: all entries, each once, in order, with the right number", async () => {
	for (const filter of FILTERS) {
		const wanted = expected(filter), seen = [];
		let next = `/en/releases.json${query(filter) && "?"}${query(filter)}`;
		while (next) {
			const page = await json(next);
			assert.equal(page.total, wanted.length, next);
			assert.deepEqual(page.filter, filter);
			seen.push(...page.releases.map((entry) => entry.release));
			next = page.next?.slice(site.url.length);
		}
		assert.deepEqual(seen, wanted, query(filter));
	}
});

test("the page shows what its data say, and its pages keep the filter", async () => {
	for (const filter of [{}, { topic: TOPICS[0] }, { kind: KINDS[0], from: "2024-01-01" }]) {
		const target = `/en/releases/?${query(filter)}`.replace(/\?$/, "");
		const { text } = await site.get(target);
		assert.deepEqual(slugs(text), expected(filter).slice(0, 20));
		if (expected(filter).length > 20) {
			const next = /rel="next" href="([^"]+)">/.exec(text)[1].replaceAll("&amp;", "&");
			assert.deepEqual(slugs((await site.get(next)).text), expected(filter).slice(20, 40));
		}
	}
	const { text } = await site.get(`/en/releases/?${query({ kind: KINDS[1], topic: TOPICS[1] })}`);
	assert.match(text, /<option value="statement"[^>]* selected>/);
	assert.match(text, /<option value="한반도"[^>]* selected>/);
	assert.match(text, /<meta name="robots" content="noindex">/);
});

test("a list has one address: any other spelling leads to it, what is nothing is not there", async () => {
	const right = `/en/releases/?kind=statement&topic=${encodeURIComponent(TOPICS[1])}&from=2025-01-01`;
	for (const [asked, answer] of [
		["/en/releases/?from=2025-01-01&topic=%ED%95%9C%EB%B0%98%EB%8F%84&kind=statement", right],
		["/en/releases/?kind=statement&topic=%ed%95%9c%eb%b0%98%eb%8f%84&from=2025-01-01", right],
		[`/en/releases/?kind=statement&department=&topic=${encodeURIComponent(TOPICS[1].normalize("NFD"))}&from=2025-01-01&to=`, right],
		[`${right}&kind=readout&x=y`, right], ["/en/releases/?page=1&kind=statement", "/en/releases/?kind=statement&page=1"],
		["/en/releases/?kind=statement&page=1", "/en/releases/?kind=statement"],
		["/en/releases/?topic=Sea%20%26%20ports", "/en/releases/?topic=Sea+%26+ports"],
	]) {
		const { status, headers } = await site.get(asked);
		assert.deepEqual([status, headers.location], [301, answer], asked);
	}
	for (const nothing of ["kind=Statement", "kind=x", "topic=Unknown", "topic=covid-19", "department=X", "from=2025-1-1",
		"from=2025-02-30", "to=yesterday", "kind=statement&page=99", "page=02", `topic=${"x".repeat(500)}`])
		assert.equal((await site.get(`/en/releases/?${nothing}`)).status, 404, nothing);
	assert.deepEqual((await json("/en/releases.json?from=2030-01-01")).releases, []);
});

test("topics: counted, by name, with a page of their own under their own name", async () => {
	const { topics } = await json("/en/topics.json");
	assert.deepEqual(topics.map(({ name, total }) => [name, total]).sort(),
		TOPICS.map((topic) => [topic, expected({ topic }).length]).sort());
	const index = (await site.get("/en/topics/")).text;
	for (const topic of TOPICS) {
		const address = `/en/topics/${encodeURIComponent(topic)}/`;
		assert.ok(index.includes(`href="${address}"`), address);
		assert.deepEqual(slugs((await site.get(address)).text), expected({ topic }).slice(0, 20));
		const data = await json(`${address.slice(0, -1)}.json`);
		assert.equal(data.total, expected({ topic }).length);
		assert.equal(data.address, site.url + address);
	}
	for (const [asked, right] of [["/en/topics/COVID-19", "/en/topics/COVID-19/"], ["/EN/topics/COVID-19/", "/en/topics/COVID-19/"],
		["/en/topics/%43OVID-19/", "/en/topics/COVID-19/"], ["/en/topics/COVID-19/?page=1", "/en/topics/COVID-19/"],
		["/en/topics/COVID-19/?x=1", "/en/topics/COVID-19/"],
		[`/en/topics/${encodeURIComponent("한반도".normalize("NFD"))}/`, `/en/topics/${encodeURIComponent("한반도")}/`],
		[`/en/topics/${encodeURIComponent("한반도").toLowerCase()}/`, `/en/topics/${encodeURIComponent("한반도")}/`]]) {
		const { status, headers } = await site.get(asked);
		assert.deepEqual([status, headers.location], [301, right], asked);
	}
	for (const unknown of ["/en/topics/Covid-19/", "/en/topics/x/", "/ko/topics/COVID-19/", "/en/topics/%20/", "/en/topics/?page=2"])
		assert.equal((await site.get(unknown)).status, 404, unknown);
	assert.equal((await json(`/ko/topics/${encodeURIComponent("한반도")}.json`)).total, 1);
});

test("the archive counts by year and month, and leads to each", async () => {
	const { years, months } = await json("/en/archive.json");
	const count = (prefix) => published.filter(({ date }) => date.startsWith(prefix)).length;
	assert.deepEqual(years.map(({ year, total }) => [year, total]), [2026, 2025, 2024].map((y) => [y, count(`${y}-`)]));
	assert.deepEqual(months.map(({ month, total }) => [month, total]), [4, 3, 2, 1].map((m) => [m, count(`2026-0${m}`)]));
	for (const year of ["2024", "2025", "2026"]) {
		const of = expected({ from: `${year}-01-01`, to: `${year}-12-31` });
		assert.deepEqual(slugs((await site.get(`/en/archive/${year}/`)).text), of.slice(0, 20));
		const month = await json(`/en/archive/${year}/03.json`);
		assert.deepEqual(month.releases.map((entry) => entry.release), expected({ from: `${year}-03-01`, to: `${year}-03-31` }));
		assert.equal(month.address, `${site.url}/en/archive/${year}/03/`);
	}
	assert.match((await site.get("/ko/archive/2026/05/")).text, /2026년 5월/);
	for (const unknown of ["/en/archive/2023/", "/en/archive/2026/05/", "/en/archive/2026/13/", "/en/archive/2026/3/",
		"/en/archive/02026/", "/en/archive/0000/", "/en/archive/?page=2", "/en/archive/2026/?page=2", "/en/archive/2026.json?page=9"])
		assert.equal((await site.get(unknown)).status, 404, unknown);
	assert.equal((await site.get("/en/archive/2026")).headers.location, "/en/archive/2026/");
});

test("from release to release by their neighbours: the whole board, there and back", async () => {
	const all = expected({}), seen = [];
	const step = async (slug, class_) =>
		new RegExp(`<li class="${class_}"><a href="/en/releases/([^"]+)"`).exec((await site.get(`/en/releases/${slug}`)).text)?.[1];
	for (let at = all[0]; at; at = await step(at, "older"))
		seen.push(at);
	assert.deepEqual(seen, all);
	assert.equal(await step(all[0], "newer"), undefined);
	assert.equal(await step(all[1], "newer"), all[0]);
});

test("an address of before leads to the release, in any order and spelling of its parameters", async () => {
	const { slug } = published.find(({ order }) => order === 7);
	for (const old of ["/eng/brd/m_5676/view.do?seq=321345&page=2", "/eng/brd/m_5676/view.do?page=2&seq=321345",
		"/eng/brd/m%5F5676/view.do?seq=%33%32%31345&&page=2&"]) {
		const { status, headers } = await site.get(old);
		assert.deepEqual([status, headers.location], [301, `/en/releases/${slug}`], old);
	}
	for (const other of ["/eng/brd/m_5676/view.do", "/eng/brd/m_5676/view.do?seq=321346&page=2", "/eng/brd/M_5676/view.do?seq=321345&page=2",
		"/eng/brd/m_5676/view.do?seq=321345&page=2&x=1"])
		assert.equal((await site.get(other)).status, 404, other);
});

test("old addresses that look like ours, or are in another encoding, lead there too", async () => {
	const fields = { Release: "2023-01-01-old", Date: "2023-01-01" };
	const first = release({ ...fields, Legacy: "/?p=12" }).replace("Legacy: /?p=12\n",
		"Legacy: /?p=12\nLegacy: /en/releases/old-name\nLegacy: /list?word=%B0%A1\n");
	await site.publish(first);
	for (const old of ["/?p=12", "/en/releases/old-name", "/list?word=%b0%a1"])
		assert.equal((await site.get(old)).headers.location, "/en/releases/2023-01-01-old", old);
	assert.equal((await site.get("/?p=13")).headers.location, "/");
	// Another release cannot take the address over; the same in another language may.
	await assert.rejects(site.publish(release({ ...fields, Release: "2023-01-01-thief", Legacy: "/?p=12" })), /conflict/);
	await site.publish(release({ ...fields, Language: "ko", Legacy: "/?p=12" }));
	assert.equal((await site.get("/?p=12")).headers.location, "/en/releases/2023-01-01-old");
	// Not before its lift.
	const later = release({ ...fields, Revision: "2", Previous: sha256(first), Change: "minor", Legacy: "/soon?a=1",
		"Publish-At": new Date(Date.now() + 3600e3).toISOString().replace(/\.\d+/, "") });
	await site.publish(later);
	assert.equal((await site.get("/soon?a=1")).status, 404);
	assert.equal((await site.get("/?p=12")).status, 301, "what a revision named leads on");
});

test("every link of these pages is alive, and none is a redirect", async () => {
	const pages = ["/en/", "/en/releases/", "/en/topics/", "/en/archive/", "/en/archive/2025/", "/en/archive/2025/02/", "/ko/topics/",
		"/ar/archive/", "/ar/topics/", `/en/topics/${encodeURIComponent(TOPICS[0])}/`, `/en/releases/${published[5].slug}`];
	const links = new Set();
	for (const page of pages) {
		const { status, text } = await site.get(page);
		assert.equal(status, 200, page);
		for (const [, href] of text.matchAll(/(?:href|action)="(\/[^"#]*)"/g))
			links.add(href.replaceAll("&amp;", "&"));
	}
	for (const link of links)
		if (!link.includes("/feed."))
			assert.equal((await site.get(link)).status, 200, link);
	assert.ok(links.size > 50, String(links.size));
});
