// editor - a text while it is being written: kept in this browser at each key press, looked at
// by the server when the keys rest, saved at the desk as soon as it can be accepted there.
//
// A record { id, file, base, edition, time } in the store "texts" is what the desk does not
// have yet, and nothing else: it goes when the desk has it. `base` is the hash of the draft
// that it was made from, `edition` ("en/…") where that draft is; both null before the first
// save.
import { cleanLine, formatFile, value } from "./file.js";
import { path } from "./drafts.js";
import * as local from "./local.js";
import { look } from "./look.js";

const LOOK = 500, SAVE = 2500, AGAIN = 5000; // ms after the last key, after a failure

const newRecord = (file, base, edition) => ({
	id: Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => n.toString(16).padStart(2, "0")).join(""),
	file, base, edition, time: Date.now(),
});

// A text that nobody is writing at the moment: the name under which it can be opened.
export async function keepText(file, base, edition = null) {
	const record = newRecord(file, base, edition);
	await local.put("texts", record.id, record);
	return record.id;
}

export class Editor {
	// hooks: state(word, problem), seen(answer), conflict(theirs)
	constructor(app, record, hooks) {
		Object.assign(this, { app, hooks, record: record.id ? record : newRecord(record.file, record.base, record.edition) });
		this.keep = local.keeper("texts", this.record.id);
		this.dirty = Boolean(record.time); // it comes from this browser, the desk has it not
		this.accepted = false;
		this.stopped = false;
		this.online = () => this.save();
		addEventListener("online", this.online);
		this.timers = {};
		this.later("look", 0);
		if (this.dirty)
			this.later("save", SAVE);
	}

	get file() {
		return this.record.file;
	}

	text() {
		return formatFile(this.file);
	}

	later(what, ms) {
		clearTimeout(this.timers[what]);
		this.timers[what] = setTimeout(() => this[what](), ms);
	}

	async changed() {
		this.dirty = true;
		this.accepted = false;
		this.record.time = Date.now();
		this.later("look", LOOK);
		this.later("save", SAVE);
		await this.keep(structuredClone(this.record));
		if (this.dirty && !this.saving)
			this.hooks.state("kept");
	}

	async look() {
		const text = this.text();
		try {
			const seen = await look(this.app, text);
			if (this.stopped || text !== this.text())
				return;
			this.accepted = seen.accepted;
			this.hooks.seen(seen);
			if (this.dirty && !this.accepted)
				this.hooks.state("incomplete");
		} catch (problem) {
			this.hooks.state("failed", problem);
			if (!this.stopped)
				this.later("look", AGAIN);
		}
	}

	edition() {
		return `${cleanLine(value(this.file, "Language"))}/${cleanLine(value(this.file, "Release"))}`;
	}

	// True: the desk has exactly this text.
	async save() {
		clearTimeout(this.timers.save);
		if (this.stopped || this.saving || this.conflicting)
			return this.saving ?? false;
		if (!this.dirty)
			return true;
		this.saving = this.#put();
		try {
			return await this.saving;
		} finally {
			this.saving = null;
		}
	}

	async #put() {
		if (!this.accepted)
			await this.look();
		if (!this.accepted)
			return false;
		const text = this.text(), edition = this.record.edition ?? this.edition();
		this.hooks.state("saving");
		try {
			const [language, slug] = edition.split("/");
			const { json } = await this.app.server.ask("PUT", path(language, slug), { body: text, ifMatch: this.record.base });
			this.record.base = json.sha256;
			this.record.edition = edition;
			return await this.#settled(text);
		} catch (problem) {
			return this.#refused(problem, edition, text);
		}
	}

	// What was typed in the meantime goes with the next save.
	async #settled(text) {
		if (text === this.text()) {
			this.dirty = false;
			await local.remove("texts", this.record.id);
			this.hooks.state("saved");
			return true;
		}
		await this.keep(structuredClone(this.record));
		this.later("save", SAVE);
		return false;
	}

	async #refused(problem, edition, text) {
		if (problem.code !== "precondition-failed" && problem.code !== "precondition-required")
			return this.#failed(problem);
		let theirs;
		try {
			theirs = await this.app.server.ask("GET", path(...edition.split("/")));
		} catch (why) {
			if (why.status !== 404 || !this.record.base)
				return this.#failed(why);
			this.record.base = null; // a colleague has dropped the draft: this is a new one
			return this.#put();
		}
		if (theirs.text === text) { // our own save, whose answer was lost
			this.record.base = theirs.hash;
			this.record.edition = edition;
			return this.#settled(text);
		}
		this.conflicting = true;
		this.hooks.conflict(theirs);
		return false;
	}

	#failed(problem) {
		this.hooks.state("failed", problem);
		if (problem.code === "offline" || problem.status >= 500 || problem.status === 429)
			this.later("save", AGAIN);
		return false;
	}

	// After a conflict: this text goes over theirs, or theirs takes its place here.
	async resolve(theirs, file = null) {
		this.record.base = theirs.hash;
		this.record.edition ??= this.edition();
		this.conflicting = false;
		if (file)
			this.record.file = file;
		await this.changed();
		return this.save();
	}

	stop() {
		this.stopped = true;
		Object.values(this.timers).forEach(clearTimeout);
		removeEventListener("online", this.online);
	}
}
