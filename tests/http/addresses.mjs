// addresses - every public address there is, from the route table itself (src/web/route.c).
//
// A new route is in the tests that use this as soon as it stands in the table. A new
// placeholder needs a line in what is filled in; a parameter, a line in MORE.
import fs from "node:fs";
import path from "node:path";
import { TOP } from "./site.mjs";

// Addresses that the table does not tell: with parameters, suffixes that are not there yet,
// and what nearly is an address.
export const MORE = [
	"/{language}/releases/?page=2",
	"/{language}/releases/?topic={topic}",
	"/{language}/search?q={word}", "/{language}/search.json?q={word}", "/{language}/search?q={word}+paragraph&topic={topic}",
	"/{language}/search?q=%22first+paragraph%22&from={year}-11-01&to={year}-11-30&sort=date",
	...["atom", "rss", "json"].map((form) => `/{language}/search/feed.${form}?q={word}`),
	"/{language}/releases/?kind=press-release",
	"/{language}/releases/?kind=press-release&topic={topic}&from={year}-01-01&to={year}-12-31",
	"/{language}/releases.json?kind=press-release&topic={topic}",
	"/{language}/releases.json?from={year}-11-01&to={year}-11-30",
	"/{language}/archive/{year}",
	"/{language}/topics/{topic}",
	"/{language}/topics/{topic}/?page=2",
	"/{language}/feed.atom?page=2",
	"/{language}/verify",
	"/sitemap.xml", "/desk/", "/desk/site.json",
	"/sitemap-news.xml",
	"/{language}/releases/{release}/",
	"/{language}/releases/{release}?q=1",
	"/{LANGUAGE}/releases/{release}",
	"/{language}/releases/{release}/r{other}",
	"/files/{sha256}/other-{name}",
	"/preview/{language}/{release}/{expiry}-{label}/{mac}",
	"/preview/{language}/{release}/{expiry}-{label}/{mac}/files/{sha256}/{name}",
];

// The patterns of the table's public rows; its macros are strings before strings.
function patterns() {
	const source = fs.readFileSync(path.join(TOP, "src/web/route.c"), "utf8");
	const macros = {};
	const text = (pieces) => pieces.trim().split(/\s+/)
		.map((piece) => (piece.startsWith("\"") ? piece.slice(1, -1) : macros[piece])).join("");
	for (const [, name, pieces] of source.matchAll(/^#define ([A-Z]+)((?: [A-Z]+)? ".*")$/gm))
		macros[name] = text(pieces);
	return [...source.matchAll(/\{ METHOD_GET, ([^,]+), (DOOR_[A-Z |_]+),/g)]
		.filter(([, , doors]) => doors.includes("DOOR_PUBLIC")).map(([, pieces]) => text(pieces));
}

// All of them, filled in: `fill` gives each placeholder its value, or a list of values.
export function addresses(fill, all = [...new Set([...patterns(), ...MORE])]) {
	return all.flatMap((pattern) => {
		const found = /\{(\w+)\}/.exec(pattern);
		if (!found)
			return [pattern];
		const values = fill[found[1]];
		if (values === undefined)
			throw new Error(`${pattern}: tell tests/http/embargo.test.mjs what ${found[0]} is filled with`);
		return addresses(fill, [values].flat().map((value) => pattern.replaceAll(found[0], value)));
	});
}
