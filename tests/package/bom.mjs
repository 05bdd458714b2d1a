// bom - a bill of materials held against CycloneDX's own schema, and against itself.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import Ajv from "ajv";
import { TOP } from "./packed.mjs";

const SCHEMAS = path.join(TOP, "tests/node_modules/@cyclonedx/cyclonedx-library/res/schema");
const schema = (name) => JSON.parse(fs.readFileSync(path.join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), "utf8"));

const formats = {
	"date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
	"iri-reference": /^[^\s<>"{}|\\^`]*$/,
	"idn-email": /^[^@\s]+@[^@\s]+$/,
	uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
};

let validate;
function validator() {
	const ajv = new Ajv({ strict: false, formats, allErrors: true });
	// They refer to each other by the names that their files have there.
	for (const name of ["spdx", "jsf-0.82"])
		ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
	return ajv.compile(schema("bom-1.6"));
}

// Returns it parsed.
export function checkBom(text) {
	const bom = JSON.parse(text);
	validate ??= validator();
	assert.ok(validate(bom), JSON.stringify(validate.errors?.slice(0, 5), null, 1));
	const known = new Set([bom.metadata.component["bom-ref"], ...bom.components.map((c) => c["bom-ref"])]);
	assert.equal(known.size, bom.components.length + 1, "a name stands twice");
	assert.deepEqual(new Set(bom.dependencies.map(({ ref }) => ref)), known);
	for (const { ref, dependsOn = [] } of bom.dependencies)
		assert.ok(dependsOn.every((name) => known.has(name)), `${ref} depends on what is not listed`);
	assert.ok(bom.metadata.component.components.length > 100, "the sources");
	return bom;
}
