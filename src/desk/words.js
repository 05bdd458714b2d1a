// words - the desk's own languages. {0}, {1} in a message are filled in by t().
import { en } from "./en.js";
import { ko } from "./ko.js";

const tables = { en, ko };
const STORED = "communique-desk-language";
let chosen = null;

export const languages = { en: "English", ko: "한국어" };

export function language() {
	chosen ??= [localStorage.getItem(STORED), ...navigator.languages.map((tag) => tag.slice(0, 2))]
		.find((tag) => tag in tables) ?? "en";
	return chosen;
}

export function choose(tag) {
	localStorage.setItem(STORED, tag);
	chosen = tag;
}

export function t(key, ...values) {
	const text = tables[language()][key];
	if (text === undefined)
		throw new Error(`there is no message ${key}`);
	return text.replace(/\{(\d)\}/g, (all, n) => values[n] ?? "");
}
