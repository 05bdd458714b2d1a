// marks - the house style's marks, one key away; and what is pasted, laid out in it.
import { button, h } from "./dom.js";
import { fromPaste } from "./file.js";
import { t } from "./words.js";

// By execCommand, so that the browser's undo knows of it.
function insert(area, text) {
	area.focus();
	if (!document.execCommand("insertText", false, text)) {
		area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
		area.dispatchEvent(new Event("input", { bubbles: true }));
	}
}

// Where the line with the caret begins.
const lineStart = (area) => area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;

// The number that is expected next above the caret.
function nextNumber(area) {
	const numbers = area.value.slice(0, lineStart(area)).match(/^\d+(?=\. )/gm) ?? [];
	return Number(numbers.at(-1) ?? 0) + 1;
}

// In front of the line, in place of the mark that it has.
function mark(area, sign) {
	const start = lineStart(area), line = area.value.slice(start).split("\n", 1)[0];
	const old = /^(?:\d+\.|[°○□※·-]|##) +/.exec(line)?.[0] ?? "";
	const caret = Math.max(area.selectionStart - old.length, start);
	area.setSelectionRange(start, start + old.length);
	insert(area, `${sign} `);
	area.setSelectionRange(caret + sign.length + 1, caret + sign.length + 1);
}

function wrap(area, before, after) {
	const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
	const at = area.selectionStart + before.length;
	insert(area, before + chosen + after);
	area.setSelectionRange(at, at + chosen.length);
}

const TOOLS = [
	["number", "1.", "Digit1", (area) => mark(area, `${nextNumber(area)}.`)],
	["circle", "°", "Digit2", (area) => mark(area, "°")],
	["dash", "-", "Digit3", (area) => mark(area, "-")],
	["dot", "·", "Digit4", (area) => mark(area, "·")],
	["square", "□", "Digit5", (area) => mark(area, "□")],
	["remark", "※", "Digit6", (area) => mark(area, "※")],
	["heading", "##", "Digit7", (area) => mark(area, "##")],
	["strong", "B", "KeyB", (area) => wrap(area, "**", "**")],
	["emphasis", "I", "KeyI", (area) => wrap(area, "*", "*")],
	["link", "↗", "KeyK", (area) => wrap(area, "[", "](https://)")],
	["table", "▦", "Digit8", (area) => insert(area, `\n| ${t("table-head")} | ${t("table-head")} |\n|---|---|\n| | |\n`)],
];

const isLetter = (code) => code.startsWith("Key");
const keyName = (code) => (isLetter(code) ? `Ctrl+${code.at(-1)}` : `Alt+${code.at(-1)}`);

export function insertPicture(area, name, alt) {
	insert(area, `\n\n![${alt.replace(/[[\]]/g, "")}](${name})\n\n`);
}

// The bar above the text area, and its keys and paste.
export function marksBar(area) {
	area.addEventListener("keydown", (event) => {
		const tool = TOOLS.find(([, , code]) => code === event.code &&
			(isLetter(code) ? event.ctrlKey || event.metaKey : event.altKey) && !event.shiftKey);
		if (tool) {
			event.preventDefault();
			tool[3](area);
		}
	});
	area.addEventListener("paste", (event) => {
		// Word processors send HTML besides; what comes from a text field is left as it is.
		if (!event.clipboardData.types.includes("text/html"))
			return;
		event.preventDefault();
		insert(area, fromPaste(event.clipboardData.getData("text/plain")));
	});
	return h("div.marks", { role: "toolbar", "aria-label": t("marks"), "aria-controls": area.id },
		TOOLS.map(([name, sign, code, use]) => {
			const tool = button(sign, () => use(area));
			tool.setAttribute("aria-label", `${sign} ${t(`mark-${name}`)} (${keyName(code)})`); // WCAG 2.5.3
			tool.title = `${t(`mark-${name}`)} (${keyName(code)})`;
			return tool;
		}));
}

// Selects a line of the text; `line` counts from 1.
export function jumpToLine(area, line) {
	const lines = area.value.split("\n");
	const at = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
	area.focus();
	area.setSelectionRange(at, at + (lines[line - 1]?.length ?? 0));
	area.scrollTop = (area.scrollHeight * (line - 4)) / Math.max(lines.length, 1);
}
