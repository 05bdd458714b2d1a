// fastcgi - requests by FastCGI itself, without a web server between (FastCGI 1.0, 3 to 6).
import net from "node:net";

export const BEGIN = 1, ABORT = 2, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, STDERR = 7, GET_VALUES = 9;

// One record: version, type, request id, content and padding lengths, a reserved byte.
export function record(type, id, content = Buffer.alloc(0), { version = 1, padding = 0, length = content.length } = {}) {
	const head = Buffer.alloc(8);
	head[0] = version;
	head[1] = type;
	head.writeUInt16BE(id, 2);
	head.writeUInt16BE(length, 4);
	head[6] = padding;
	return Buffer.concat([head, Buffer.from(content), Buffer.alloc(padding)]);
}

export const begin = (id, { role = 1, flags = 0 } = {}) => record(BEGIN, id, Buffer.from([role >> 8, role & 255, flags, 0, 0, 0, 0, 0]));

function size(length) {
	if (length < 128)
		return Buffer.from([length]);
	const four = Buffer.alloc(4);
	four.writeUInt32BE(length + 0x80000000);
	return four;
}

// Name-value pairs, as PARAMS and GET_VALUES hold them.
export const pairs = (params) => Buffer.concat(Object.entries(params).flatMap(([name, value]) => {
	const [a, b] = [Buffer.from(name), Buffer.from(value)];
	return [size(a.length), size(b.length), a, b];
}));

// A stream of a type, cut into records, and the empty one that ends it.
export function stream(type, id, bytes, { piece = 65535, end = true } = {}) {
	const records = [];
	for (let at = 0; at < bytes.length; at += piece)
		records.push(record(type, id, bytes.subarray(at, at + piece)));
	if (end)
		records.push(record(type, id));
	return Buffer.concat(records);
}

// `variables`: what a web server's configuration adds.
export function paramsOf({ method = "GET", target = "/", headers = {}, variables = {}, body } = {}) {
	const params = { REQUEST_METHOD: method, REQUEST_URI: target, ...variables };
	for (const [name, value] of Object.entries(headers))
		params[/^content-(type|length)$/i.test(name) ? name.toUpperCase().replace("-", "_")
			: `HTTP_${name.toUpperCase().replaceAll("-", "_")}`] = String(value);
	if (body !== undefined)
		params.CONTENT_LENGTH ??= String(Buffer.byteLength(body));
	return params;
}

export const request = (id, options = {}, how = {}) => Buffer.concat([
	begin(id, how), stream(PARAMS, id, pairs(paramsOf(options)), how),
	stream(STDIN, id, Buffer.from(options.body ?? ""), how)]);

// The records in what was received: [{ type, id, content }], and what is left over.
export function records(bytes) {
	const all = [];
	let at = 0;
	while (bytes.length - at >= 8) {
		const length = bytes.readUInt16BE(at + 4), end = at + 8 + length + bytes[at + 6];
		if (bytes.length < end)
			break;
		all.push({ type: bytes[at + 1], id: bytes.readUInt16BE(at + 2), content: bytes.subarray(at + 8, at + 8 + length) });
		at = end;
	}
	return { all, rest: bytes.subarray(at) };
}

// A CGI answer: status, headers, body.
export function answer(bytes) {
	const at = bytes.indexOf("\r\n\r\n");
	const headers = Object.fromEntries(bytes.subarray(0, at).toString("latin1").split("\r\n").map((line) => {
		const colon = line.indexOf(":");
		return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
	}));
	const body = bytes.subarray(at + 4);
	return {
		status: Number.parseInt(headers.status ?? "200", 10), headers, bytes: body,
		get text() { return body.toString("utf8"); },
		get json() { return JSON.parse(body.toString("utf8")); },
	};
}

// Everything that comes back for the bytes sent, until the other side closes or `enough` says so.
export function exchange(path, bytes, { enough = () => false, timeout = 10000 } = {}) {
	return new Promise((done) => {
		let got = Buffer.alloc(0);
		const socket = net.connect(path, () => socket.write(bytes));
		const finish = () => { socket.destroy(); done(got); };
		socket.setTimeout(timeout, finish);
		socket.on("data", (piece) => {
			got = Buffer.concat([got, piece]);
			if (enough(got))
				finish();
		});
		socket.on("error", finish);
		socket.on("close", finish);
	});
}

// One request and its answer; null when the connection ended without one.
export async function call(path, options) {
	const ended = (got) => records(got).all.some(({ type }) => type === END);
	const got = await exchange(path, request(1, options), { enough: ended });
	if (!ended(got))
		return null;
	return answer(Buffer.concat(records(got).all.filter(({ type }) => type === STDOUT).map(({ content }) => content)));
}
