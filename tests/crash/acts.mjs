// acts - what editors do that changes the disk, for tests that stop it in the middle.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";

export function actsOf(office) {
	const picture = () => crypto.randomBytes(20000);

	async function ready(fields, files = {}) {
		const one = office.next(fields, files);
		for (const bytes of Object.values(files))
			await office.upload(bytes);
		assert.equal((await office.save(one)).status, 201);
		return one;
	}
	async function signed(fields, files) {
		const one = await ready(fields, files);
		assert.equal((await office.sign(one, "author")).status, 200);
		return one;
	}
	const FAR = { "Publish-At": "2038-01-01T00:00:00Z" };
	const draftOf = async ({ edition }) => (await office.desk("author", `/admin/drafts/${edition}`));

	// prepare() -> what it is done to; act(); holds(): false or true, whether it was done;
	// final: what the state is when the act was repeated.
	return {
		"an upload": {
			prepare: picture, act: (bytes) => office.upload(bytes),
			holds: (bytes) => fs.existsSync(office.kept(bytes)) && fs.readFileSync(office.kept(bytes)).equals(bytes),
		},
		"a draft": {
			prepare: () => office.next(), act: (one) => office.save(one),
			holds: async (one) => {
				const there = await draftOf(one);
				assert.ok(there.status === 404 || there.text === one.text, "half a draft");
				return there.status === 200;
			},
		},
		"a first signature": {
			prepare: () => ready(), act: (one) => office.sign(one, "author"),
			holds: async (one) => {
				const { drafts } = (await office.desk("author", "/admin/drafts")).json;
				return drafts.find(({ release }) => release === one.slug).have === 1;
			},
		},
		"a publication": {
			prepare: () => signed({}, { "a.png": picture() }), act: (one) => office.sign(one, "approver"),
			holds: (one) => office.isPublic(one),
		},
		"a schedule": {
			prepare: () => signed(FAR), act: (one) => office.sign(one, "approver"),
			holds: async (one) => {
				assert.equal(await office.isPublic(one), false);
				const { drafts } = (await office.desk("author", "/admin/drafts")).json;
				return drafts.find(({ release }) => release === one.slug).state === "scheduled";
			},
		},
		"a schedule that is dropped": {
			prepare: async () => {
				const one = await signed(FAR);
				assert.equal((await office.sign(one, "approver")).json.state, "scheduled");
				return one;
			},
			act: (one) => office.drop(one), again: [200, 404],
			holds: async (one) => (await draftOf(one)).status === 404,
		},
		"a preview link": {
			prepare: () => ready(), act: (one) => office.give(one), again: [201, 409],
			holds: async (one) => (await office.desk("author", `/admin/drafts/${one.edition}/previews`)).json.previews.length === 1,
		},
		"a key set": {
			prepare: () => office.nextKeyset(), act: (text) => office.saveKeyset(text),
			holds: async (text) => JSON.stringify((await office.desk("root", "/admin/keys")).json)
				.includes(crypto.createHash("sha256").update(text).digest("hex")),
		},
		"a key set's signature": {
			prepare: async () => {
				const text = office.nextKeyset();
				assert.ok((await office.saveKeyset(text)).status < 300);
				return text;
			},
			act: (text) => office.signKeyset(text),
			holds: async (text) => {
				const done = (await office.read("/keys/current")).text === text;
				if (done)
					office.keyset = text;
				return done;
			},
		},
	};
}
