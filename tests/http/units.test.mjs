// The units as systemd itself scores them: 0 is the safest, 10 has everything that root has.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { TOP } from "./site.mjs";

const folder = path.join(TOP, "src/systemd");
const units = fs.readdirSync(folder).filter((name) => name.endsWith(".service"));

test("there are three services", () => {
	assert.equal(units.length, 3, units.join(" "));
});

for (const unit of units)
	test(`${unit} is below 1.5 in systemd-analyze security`, (t) => {
		const { stdout, stderr } = spawnSync("systemd-analyze", ["security", "--offline=true", "--no-pager", path.join(folder, unit)],
			{ encoding: "utf8" });
		const [, score] = /Overall exposure level for .*: ([0-9.]+)/.exec(stdout) ?? assert.fail(stdout + stderr);
		t.diagnostic(`${unit}: ${score}`);
		assert.ok(Number(score) < 1.5, stdout);
	});
