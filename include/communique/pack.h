/*
 * pack - records as bytes: how a row of the store is written and read back.
 *
 * Writing is adding to a buf (buf_add_be32 …, pack_str for a text with its
 * length in front). Reading distrusts the disk like the network: an unpacker
 * remembers that it ran out, gives zeroes and empty texts from then on, and is
 * asked once, at the end.
 *
 *	u8, u16, u32, u64	big-endian
 *	str			u32 length, bytes
 *	bytes[n]		as they are
 *
 * Texts point into what is unpacked.
 */
#ifndef COMMUNIQUE_PACK_H
#define COMMUNIQUE_PACK_H

#include <communique/bytes.h>

void pack_str(struct buf *buf, struct str text);

struct unpack {
	struct str rest;
	bool broken;
};

struct unpack unpack_begin(struct str record);
uint8_t unpack_u8(struct unpack *from);
uint16_t unpack_u16(struct unpack *from);
uint32_t unpack_u32(struct unpack *from);
uint64_t unpack_u64(struct unpack *from);
struct str unpack_str(struct unpack *from);
void unpack_bytes(struct unpack *from, void *out, size_t len);
/* All was there and nothing is left over; else BROKEN, "a damaged <what> record". */
bool unpack_end(const struct unpack *from, const char *what, struct fault *why);

#endif
