// frame - a page of the server's own making, shown inside this one: without its script, and
// with the pictures that only this browser or the desk has yet.
import { h } from "./dom.js";

export function pageFrame(title) {
	return h("iframe.page", { sandbox: "allow-same-origin", title, referrerpolicy: "no-referrer" });
}

// `pictures`: { sha256: address of a blob }
export function showPage(frame, html, pictures = {}) {
	const page = new DOMParser().parseFromString(html, "text/html");
	for (const script of page.querySelectorAll("script"))
		script.remove();
	for (const image of page.querySelectorAll("img")) {
		const hash = /[0-9a-f]{64}/.exec(image.getAttribute("src") ?? "")?.[0];
		if (hash && pictures[hash])
			image.setAttribute("src", pictures[hash]);
		else if (hash)
			image.removeAttribute("src");
	}
	const at = frame.contentDocument?.scrollingElement?.scrollTop ?? 0;
	frame.addEventListener("load", () => frame.contentDocument?.scrollingElement?.scrollTo(0, at), { once: true });
	frame.srcdoc = `<!DOCTYPE html>${page.documentElement.outerHTML}`;
}
