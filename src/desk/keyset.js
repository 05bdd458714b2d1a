// keyset - the key set as its text says it (communique-keys(7)), as far as people want to see it.
import { keyIdOfLine } from "./minisign.js";

export function parseKeyset(text) {
	const keyset = { quorum: {}, keys: [], expires: null, version: 0 };
	for (const line of text.split("\n")) {
		const [word, ...rest] = line.split(" ");
		if (word === "version")
			keyset.version = Number(rest[0]);
		else if (word === "expires")
			keyset.expires = Date.parse(rest[0]) / 1000;
		else if (word === "quorum")
			keyset.quorum[rest[0]] = Number(rest[1]);
		else if (word === "key" || word === "revoked")
			keyset.keys.push({
				id: keyIdOfLine(rest[0]), line: rest[0], holder: rest[1], roles: rest[2].split(","),
				revoked: word === "revoked" ? rest[3] : null,
			});
	}
	return keyset;
}

export const memberOf = (keyset, id) => keyset.keys.find((key) => key.id === id && !key.revoked) ?? null;

// How near its end is, as it should be told: null, or the days that are left.
export function daysLeft(keyset, now) {
	const days = Math.ceil((keyset.expires - now) / 86400);
	return days <= 60 ? days : null;
}
