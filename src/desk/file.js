// file - the release file, as far as a form needs it: a header of `Name: value` lines and a
// body. Whether a file is right only the server's parser decides; communique-release(5).

// In the order in which they are written. `most`: how often a field may stand.
export const FIELDS = {
	Site: 1, Release: 1, Language: 1, Revision: 1, Previous: 1, Change: 1, "Change-Note": 1,
	Date: 1, "Publish-At": 1, Kind: 1, Title: 1, Subtitle: 3, Summary: 1, Reference: 1, Place: 1,
	Department: 4, Contact: 8, Topics: 1, Rights: 1, Attachment: 32, Legacy: 4,
};

export const KINDS = ["press-release", "statement", "joint-statement", "readout", "remarks",
	"briefing", "media-advisory", "explanatory"];

const nameOf = (text) =>
	Object.keys(FIELDS).find((name) => name.toLowerCase() === text.toLowerCase()) ?? text;

// { fields: [[name, value], …], body }
export function parseFile(text) {
	const end = text.indexOf("\n\n");
	const fields = [];
	for (const line of text.slice(0, end).split("\n")) {
		if (/^[ \t]/.test(line) && fields.length)
			fields.at(-1)[1] += ` ${line.trim()}`;
		else
			fields.push([nameOf(line.slice(0, line.indexOf(":"))), line.slice(line.indexOf(":") + 1).trim()]);
	}
	return { fields, body: text.slice(end + 2) };
}

export const values = (file, name) => file.fields.filter(([is]) => is === name).map(([, value]) => value);
export const value = (file, name) => values(file, name)[0] ?? "";

export function setValues(file, name, all) {
	const at = file.fields.findIndex(([is]) => is === name);
	const rest = file.fields.filter(([is]) => is !== name);
	rest.splice(at < 0 ? rest.length : at, 0, ...all.filter(Boolean).map((one) => [name, one]));
	file.fields = rest;
}

// What people type as the format wants it: composed letters, plain spaces and line ends,
// nothing that cannot be seen.
export function cleanText(text) {
	return text.normalize("NFC").replace(/\r\n?|\u2028|\u2029/g, "\n")
		.replace(/[\u00a0\u2007\u202f]/g, " ")
		// eslint-disable-next-line no-control-regex
		.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u2060\ufeff\u202a-\u202e]/g, "");
}

export const cleanLine = (text) => cleanText(text).replace(/\s+/g, " ").trim();

// Without spaces at the ends of lines and without empty lines around it. Not by patterns: those
// look at each space of a long run again from each of its spaces.
function trimLines(text) {
	const lines = text.split("\n").map((line) => {
		let end = line.length;
		while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t"))
			end--;
		return line.slice(0, end);
	});
	const last = lines.findLastIndex((line) => line !== "");
	return last < 0 ? "" : lines.slice(lines.findIndex((line) => line !== ""), last + 1).join("\n");
}

export function formatFile({ fields, body }) {
	const names = Object.keys(FIELDS);
	const order = (name) => (names.indexOf(name) + 1 || names.length + 1);
	const header = fields.map(([name, text]) => [name, cleanLine(text)]).filter(([, text]) => text)
		.sort(([one], [other]) => order(one) - order(other))
		.map(([name, text]) => `${name}: ${text}\n`).join("");
	const text = trimLines(cleanText(body));
	return `${header}\n${text ? `${text}\n` : ""}`;
}

// The revision that follows, as a text: `text` is the file it is made from, `previous` the hash
// of the last accepted one.
// Lines stay as they were written, folded ones too: what did not change is no difference, and
// a withdrawal may change nothing.
export function nextRevision(text, { number, previous, change, note }) {
	const killed = ["Site", "Release", "Language", "Date", "Kind", "Title", "Reference", "Legacy"];
	const anew = ["Previous", "Change", "Change-Note", "Publish-At"];
	const end = text.indexOf("\n\n");
	const header = [];
	let keeps = false;

	for (const line of text.slice(0, end).split("\n")) {
		const folded = /^[ \t]/.test(line);
		const name = folded ? "" : nameOf(line.slice(0, line.indexOf(":")));
		if (name === "Revision") {
			header.push(`Revision: ${number}`, `Previous: ${previous}`, `Change: ${change}`);
			if (note)
				header.push(`Change-Note: ${cleanLine(note)}`);
		}
		if (!folded)
			keeps = name !== "Revision" &&
				(change === "kill" ? killed.includes(name) : !anew.includes(name));
		if (keeps)
			header.push(line);
	}
	return `${header.join("\n")}\n\n${change === "kill" ? "" : text.slice(end + 2)}`;
}

// The date, and the title's letters a-z and digits, as `communique new` makes it.
export function suggestSlug(date, title) {
	const words = title.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
		.replace(/['\u2019]/g, "").match(/[a-z0-9]+/g) ?? [];
	let slug = date;
	for (const word of words.slice(0, 8))
		if (slug.length + word.length < 72)
			slug += `-${word}`;
	return slug;
}

// `name.ext; sha256=…; title="…"; language=…`. A semicolon in quotation marks parts nothing.
export function parseAttachment(text) {
	const name = /^[^;]*/.exec(text)[0], parts = { sha256: "", title: "", language: "" };
	for (const [, key, quoted, word] of text.slice(name.length).matchAll(/;([^=;]*)=(?:"([^"]*)"?|([^;]*))/g))
		if (Object.hasOwn(parts, key.trim()))
			parts[key.trim()] = quoted ?? word.trim();
	return { name: name.trim(), ...parts };
}

// No quotation mark can stand in a title.
export function formatAttachment({ name, sha256, title, language }) {
	return `${name}; sha256=${sha256}` + (title ? `; title="${title.replace(/"/g, "'")}"` : "") +
		(language ? `; language=${language}` : "");
}

export function countWords(body) {
	return (body.match(/[\p{L}\p{N}]+(?:['\u2019-][\p{L}\p{N}]+)*/gu) ?? []).length;
}

// Text from a word processor: its paragraphs end with one line end each, its marks stand
// before a TAB. Here an empty line parts paragraphs, and a space follows a mark.
export function fromPaste(text) {
	const lines = cleanText(text).split("\n").map((line) =>
		line.replace(/^([ \t]*)(\S{1,4})\t+/, "$1$2 ").replace(/\t/g, " ").trimEnd());
	if (lines.some((line, i) => i > 0 && i < lines.length - 1 && line === ""))
		return lines.join("\n");
	return lines.filter((line) => line !== "").join("\n\n");
}
