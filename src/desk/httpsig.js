// httpsig - signed requests: RFC 9421 in the profile of the admin endpoints.
import { base64, sha256, utf8 } from "./bytes.js";
import { keyIdText } from "./minisign.js";

const LIFE = 120; // seconds; the server takes at most 300
export const contentDigest = async (body) => `sha-256=:${base64(await sha256(body))}:`;

// The signature base (section 2.5): no line end behind its last line.
export function signatureBase(components, params) {
	return components.map(([name, value]) => `"${name}": ${value}\n`).join("") +
		`"@signature-params": ${params}`;
}

// The fields that sign a request. `fields` are those it has already, with lower case names.
export async function signRequest(key, { method, url, fields, now }) {
	const covered = ["content-digest", "content-type", "if-match"];
	const components = [["@method", method], ["@target-uri", url],
		...covered.filter((name) => name in fields).map((name) => [name, fields[name]])];
	const nonce = base64(crypto.getRandomValues(new Uint8Array(15)));
	const params = `(${components.map(([name]) => `"${name}"`).join(" ")})` +
		`;created=${now};expires=${now + LIFE};nonce="${nonce}"` +
		`;keyid="${keyIdText(key.id)}";alg="ed25519";tag="communique-admin"`;
	const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", key.secret,
		utf8(signatureBase(components, params))));

	return { "signature-input": `sig=${params}`, signature: `sig=:${base64(signature)}:` };
}
