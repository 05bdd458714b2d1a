// wire - requests as they are meant to arrive: nothing is normalised, merged or repaired.
import crypto from "node:crypto";
import http from "node:http";
import https from "node:https";
import net from "node:net";

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function once(url, { method = "GET", target, headers = {}, body }) {
	const { protocol, hostname, port, pathname, search } = new URL(url);
	return new Promise((done, failed) => {
		const request = (protocol === "https:" ? https : http).request({
			hostname, port, method, headers, agent: false, path: target ?? pathname + search,
		}, (answer) => {
			const pieces = [];
			answer.on("data", (piece) => pieces.push(piece));
			answer.on("error", failed);
			answer.on("end", () => {
				const bytes = Buffer.concat(pieces);
				done({
					status: answer.statusCode, headers: answer.headers,
					raw: answer.rawHeaders, bytes,
					get text() { return bytes.toString("utf8"); },
					get json() { return JSON.parse(bytes.toString("utf8")); },
				});
			});
		});
		request.on("error", failed);
		request.end(body);
	});
}

// One request. When the web server's rate limit refuses it, wait and ask again, as
// any client should: nothing was done yet, so the same signature still counts.
export async function ask(url, options = {}) {
	for (let tries = 0; ; tries++) {
		const answer = await once(url, options);
		if (answer.status !== 429 || options.impatient || tries === 20)
			return answer;
		await wait(500);
	}
}

// Bytes as they are, over one connection that we close; the answer's status, head and body.
export function raw(url, bytes) {
	const { hostname, port } = new URL(url);
	return new Promise((done, failed) => {
		const pieces = [];
		const socket = net.connect(Number(port), hostname, () => socket.write(bytes));
		const finish = () => {
			const text = Buffer.concat(pieces).toString("latin1");
			const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(text)?.[1] ?? 0);
			const at = text.indexOf("\r\n\r\n");
			done({ status, head: text.slice(0, at), body: text.slice(at + 4) });
		};
		socket.setTimeout(15000, () => failed(new Error("no answer within 15 s")));
		socket.on("data", (piece) => pieces.push(piece));
		socket.on("error", (error) => (pieces.length ? finish() : failed(error)));
		socket.on("close", finish);
	});
}

export const contentDigest = (body, algorithm = "sha-256") => {
	const name = algorithm.replace("-", "");
	return `${algorithm}=:${crypto.createHash(name).update(body).digest("base64")}:`;
};

// The headers of a signed request (RFC 9421 in the profile of the admin endpoints). Each
// part can be set to something wrong by the tests of refusals.
export function sign(key, {
	method = "GET", url, body, headers = {}, now = Math.floor(Date.now() / 1000),
	created = now, expires = created + 60, nonce = crypto.randomBytes(12).toString("base64url"),
	tag = "communique-admin", label = "sig", keyid = key.keyid.toLowerCase(),
	components = ["@method", "@target-uri",
		...(body === undefined ? [] : ["content-digest", "content-type"]),
		...("If-Match" in headers ? ["if-match"] : [])],
	digest = body === undefined ? undefined : contentDigest(body),
}) {
	const all = { ...headers };
	if (body !== undefined) {
		all["Content-Type"] ??= "text/plain; charset=utf-8";
		all["Content-Digest"] ??= digest;
		all["Content-Length"] ??= String(Buffer.byteLength(body));
	}
	const address = new URL(url);
	const values = {
		"@method": method, "@target-uri": url, "@authority": address.host,
		"@scheme": address.protocol.slice(0, -1), "@path": address.pathname,
		"@query": address.search || "?", "@request-target": address.pathname + address.search,
	};
	for (const [name, value] of Object.entries(all))
		values[name.toLowerCase()] = value;

	const params = `(${components.map((name) => `"${name}"`).join(" ")})` +
		(created === null ? "" : `;created=${created}`) +
		(expires === null ? "" : `;expires=${expires}`) +
		(nonce === null ? "" : `;nonce="${nonce}"`) +
		`;keyid="${keyid}"` + (tag === null ? "" : `;tag="${tag}"`);
	const base = components.map((name) => `"${name}": ${values[name]}\n`).join("") +
		`"@signature-params": ${params}`;
	const signature = crypto.sign(null, Buffer.from(base), key.secret).toString("base64");
	return {
		...all,
		"Signature-Input": `${label}=${params}`,
		"Signature": `${label}=:${signature}:`,
	};
}

// A signed request; `make` may still change what was signed, on its way.
export function signed(key, url, options = {}, make = (request) => request) {
	const { method = "GET", body, headers, impatient, ...how } = options;
	return ask(url, make({
		method, body, impatient, headers: sign(key, { method, url, body, headers, ...how }),
	}));
}
