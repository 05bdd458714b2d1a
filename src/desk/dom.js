// dom - elements made by calls. Text is always text: nothing here reads HTML.

// h("a.more", { href: "#/" }, "text", element, null): properties with on… are listeners, true and
// false switch an attribute; what is null among the children is left out.
export function h(what, properties = {}, ...children) {
	if (typeof properties !== "object" || properties === null || properties instanceof Node ||
		Array.isArray(properties)) {
		children.unshift(properties);
		properties = {};
	}
	const [tag, ...classes] = what.split(".");
	const element = document.createElement(tag);
	if (classes.length)
		element.className = classes.join(" ");
	for (const [name, value] of Object.entries(properties)) {
		if (name.startsWith("on"))
			element.addEventListener(name.slice(2), value);
		else if (name === "value")
			element.value = value;
		else if (value === true)
			element.setAttribute(name, "");
		else if (value !== false && value !== null && value !== undefined)
			element.setAttribute(name, value);
	}
	element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
	return element;
}

export const fill = (element, ...children) => {
	element.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
	return element;
};

let count = 0;
export const newId = (word) => `${word}-${++count}`;

// A label above its field, with a line of help that is read with it.
export function field(label, input, help = null) {
	input.id ||= newId("field");
	const line = help ? h("p.help", { id: `${input.id}-help` }, help) : null;
	if (line)
		input.setAttribute("aria-describedby", line.id);
	return h("div.field-row", {}, h("label", { for: input.id }, label), input, line);
}

export const button = (text, onclick, kind = "") =>
	h(`button${kind ? `.${kind}` : ""}`, { type: "button", onclick }, text);

// The one place that is read aloud when something has happened.
export function announce(text) {
	const status = document.getElementById("status");
	status.textContent = "";
	requestAnimationFrame(() => (status.textContent = text));
}

// Does what a button asks for once at a time; what goes wrong stands beside it.
export function busy(target, work, tell) {
	return async (event) => {
		event?.preventDefault();
		if (target.getAttribute("aria-busy") === "true")
			return;
		target.setAttribute("aria-busy", "true");
		try {
			await work(event);
		} catch (problem) {
			tell(problem);
		} finally {
			target.removeAttribute("aria-busy");
		}
	};
}

export function copyButton(text, label, done) {
	return button(label, async () => {
		await navigator.clipboard.writeText(text);
		announce(done);
	}, "small");
}
