// blake2b - BLAKE2b-512 without a key (RFC 7693): what minisign signs of a file. WebCrypto has
// none. A 64-bit word is two 32-bit ones, the lower first: word n is at 2n and 2n + 1.

const BLOCK = 128; // bytes

const IV = new Uint32Array([
	0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a,
	0xade682d1, 0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19,
]);

// Section 2.7; rounds 10 and 11 are 0 and 1 again.
const SIGMA = [
	"0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8",
	"905724afe1bc683d", "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a",
	"6fe9b308c2d714a5", "a2847615fb9e3cd0",
].map((row) => Array.from(row, (digit) => parseInt(digit, 16)));

// The columns, then the diagonals of the 4 x 4 words.
const QUADS = [
	[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
	[0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
].map((quad) => quad.map((word) => 2 * word));

// v[a] += (low, high); the array itself takes the sums modulo 2^32.
function add(v, a, low, high) {
	const sum = v[a] + low;
	v[a] = sum;
	v[a + 1] = v[a + 1] + high + (sum > 0xffffffff ? 1 : 0);
}

// v[a] = (v[a] ^ v[b]) rotated to the right; by 32 both halves change places.
function turn(v, a, b, by) {
	const low = v[a] ^ v[b], high = v[a + 1] ^ v[b + 1];
	if (by === 32) {
		v[a] = high;
		v[a + 1] = low;
	} else if (by < 32) {
		v[a] = (low >>> by) | (high << (32 - by));
		v[a + 1] = (high >>> by) | (low << (32 - by));
	} else { // 63: one to the left
		v[a] = (low << 1) | (high >>> 31);
		v[a + 1] = (high << 1) | (low >>> 31);
	}
}

function mix(v, [a, b, c, d], m, x, y) {
	add(v, a, v[b], v[b + 1]);
	add(v, a, m[x], m[x + 1]);
	turn(v, d, a, 32);
	add(v, c, v[d], v[d + 1]);
	turn(v, b, c, 24);
	add(v, a, v[b], v[b + 1]);
	add(v, a, m[y], m[y + 1]);
	turn(v, d, a, 16);
	add(v, c, v[d], v[d + 1]);
	turn(v, b, c, 63);
}

// `count` bytes were taken so far, with this block.
function compress(h, block, count, last) {
	const v = new Uint32Array(32), m = new Uint32Array(32);
	const view = new DataView(block.buffer, block.byteOffset, BLOCK);

	for (let i = 0; i < 32; i++)
		m[i] = view.getUint32(4 * i, true);
	v.set(h);
	v.set(IV, 16);
	v[24] ^= count; // a file has less than 2^32 bytes
	v[25] ^= Math.floor(count / 2 ** 32);
	if (last) {
		v[28] = ~v[28];
		v[29] = ~v[29];
	}
	for (let round = 0; round < 12; round++) {
		const order = SIGMA[round % 10];
		for (let i = 0; i < 8; i++)
			mix(v, QUADS[i], m, 2 * order[2 * i], 2 * order[2 * i + 1]);
	}
	for (let i = 0; i < 16; i++)
		h[i] ^= v[i] ^ v[i + 16];
}

export function blake2b512(bytes) {
	const h = Uint32Array.from(IV), block = new Uint8Array(BLOCK);
	let at = 0;

	h[0] ^= 0x01010000 ^ 64; // no key, 64 bytes out
	for (; bytes.length - at > BLOCK; at += BLOCK) {
		block.set(bytes.subarray(at, at + BLOCK));
		compress(h, block, at + BLOCK, false);
	}
	block.fill(0);
	block.set(bytes.subarray(at));
	compress(h, block, bytes.length, true);

	const out = new DataView(new ArrayBuffer(64));
	h.forEach((word, i) => out.setUint32(4 * i, word, true));
	return new Uint8Array(out.buffer);
}
