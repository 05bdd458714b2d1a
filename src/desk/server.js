// server - signed requests to the desk, and what goes wrong with them.
import { hex, sha256, utf8 } from "./bytes.js";
import { contentDigest, signRequest } from "./httpsig.js";

export const TEXT = "text/plain; charset=utf-8";
export const BYTES = "application/octet-stream";
const AHEAD_MAX = 86400; // seconds

// What the server refused (RFC 9457), or that it could not be reached: code "offline".
export class Problem extends Error {
	constructor({ status = 0, code, title = "", detail = "", line = 0, request = "" }) {
		super(detail || title || code);
		Object.assign(this, { status, code, title, detail, line, request });
	}
}

// XMLHttpRequest, as fetch() does not tell how far an upload is.
function send({ method, url, fields, body, progress }) {
	return new Promise((done, failed) => {
		const request = new XMLHttpRequest();
		request.open(method, url);
		request.responseType = "arraybuffer";
		for (const [name, value] of Object.entries(fields))
			request.setRequestHeader(name, value);
		request.upload.onprogress = (event) => progress?.(event.loaded, event.total);
		request.onload = () => done({
			status: request.status, bytes: new Uint8Array(request.response),
			field: (name) => request.getResponseHeader(name),
		});
		request.onerror = request.onabort = request.ontimeout =
			() => failed(new Problem({ code: "offline" }));
		request.send(body ?? null);
	});
}

export class Server {
	#ahead = 0; // seconds that the server's clock is before ours

	constructor(origin) {
		this.origin = origin;
		this.key = null;
		this.onskew = () => {};
	}

	now() {
		return Math.floor(Date.now() / 1000) + this.#ahead;
	}

	async #once(method, path, { body, type, ifMatch, progress }) {
		const fields = {};
		if (body !== undefined) {
			fields["content-type"] = type ?? TEXT;
			fields["content-digest"] = await contentDigest(body);
		}
		if (ifMatch)
			fields["if-match"] = `"${ifMatch}"`;
		const url = this.site.url + path;
		Object.assign(fields, await signRequest(this.key, { method, url, fields, now: this.now() }));
		return send({ method, url: this.origin + path, fields, body, progress });
	}

	// A clock that is wrong is set by the server's, and the request made once more. A Date is not
	// signed: one that is a day away may be anybody's, and a person has to look.
	#correct(answer) {
		const theirs = Date.parse(answer.field("date") ?? "") / 1000;
		if (answer.status !== 401 || !Number.isFinite(theirs))
			return false;
		const ahead = Math.round(theirs - Date.now() / 1000);
		if (Math.abs(ahead - this.#ahead) < 30)
			return false;
		if (Math.abs(ahead) > AHEAD_MAX)
			throw new Problem({ status: answer.status, code: "clocks-apart" });
		this.#ahead = ahead;
		this.onskew(ahead);
		return true;
	}

	// { status, bytes, text, json, hash: of the ETag }
	async ask(method, path, options = {}) {
		if (typeof options.body === "string")
			options = { ...options, body: utf8(options.body) };
		let answer = await this.#once(method, path, options);
		if (this.#correct(answer))
			answer = await this.#once(method, path, options);
		return this.#read(answer);
	}

	#read({ status, bytes, field }) {
		const type = field("content-type") ?? "";
		const text = type.startsWith("text/") || type.includes("json") ? new TextDecoder().decode(bytes) : "";
		let json = null;
		try {
			json = type.includes("json") ? JSON.parse(text) : null;
		} catch {
			// not what it says: treated as an answer without JSON
		}
		if (status >= 200 && status < 300)
			return { status, bytes, text, json, hash: (field("etag") ?? "").replace(/"/g, "") };
		throw new Problem({ status, code: json?.code ?? `http-${status}`, ...json });
	}

	// What is public, without a signature: as it is now, and not as the browser remembers it.
	async read(path) {
		const answer = await fetch(this.origin + path, { cache: "no-store" })
			.catch(() => { throw new Problem({ code: "offline" }); });
		return this.#read({
			status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()),
			field: (name) => answer.headers.get(name),
		});
	}

	async meet() {
		this.site = (await this.read("/desk/site.json")).json;
	}
}

export const hashOf = async (bytes) => hex(await sha256(bytes));
