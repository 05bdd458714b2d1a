/*
 * bytes - numbers and bytes as they stand on disk and in text.
 *
 * Numbers are big-endian everywhere in the store, so that byte order is number
 * order. The base64 here is RFC 4648, section 4 (url: section 5), with padding
 * (url: without), and strict: one text for each sequence of bytes, as a signed
 * text that can be spelt two ways can be changed without anyone seeing it.
 */
#ifndef COMMUNIQUE_BYTES_H
#define COMMUNIQUE_BYTES_H

#include <communique/buf.h>

void put_be16(void *at, uint16_t n);
void put_be32(void *at, uint32_t n);
void put_be64(void *at, uint64_t n);
uint16_t get_be16(const void *at);
uint32_t get_be32(const void *at);
uint64_t get_be64(const void *at);

void buf_add_be16(struct buf *buf, uint16_t n);
void buf_add_be32(struct buf *buf, uint32_t n);
void buf_add_be64(struct buf *buf, uint64_t n);

/* Lower case. hex_decode takes either case and wants exactly 2 * len digits. */
void buf_add_hex(struct buf *buf, const void *bytes, size_t len);
struct str hex_encode(char *out, const void *bytes, size_t len); /* 2 * len bytes, no NUL */
bool hex_decode(void *out, size_t len, struct str hex);

void buf_add_base64(struct buf *buf, const void *bytes, size_t len);
void buf_add_base64url(struct buf *buf, const void *bytes, size_t len);
/* Writes at most `room` bytes; false when the text is not canonical or longer. */
bool base64_decode(void *out, size_t room, size_t *len, struct str text);
bool base64url_decode(void *out, size_t room, size_t *len, struct str text);

#endif
