/*
 * utf8 - what text may look like.
 *
 * Everything that is signed, stored or shown is UTF-8 in normal form C, as
 * libutf8proc's Unicode version has it. utf8_next() decodes strictly (RFC 3629:
 * no overlong form, no surrogate, nothing above U+10FFFF).
 */
#ifndef COMMUNIQUE_UTF8_H
#define COMMUNIQUE_UTF8_H

#include <communique/arena.h>

#define UTF8_INVALID 0xffffffffu

/* Takes the next code point off *rest, or UTF8_INVALID and one byte. Not at the
 * end: ask rest->len first. */
uint32_t utf8_next(struct str *rest);
void buf_add_utf8(struct buf *buf, uint32_t code);
size_t utf8_valid_length(struct str s); /* s.len when all of it is valid */
size_t utf8_count(struct str s);	/* code points, invalid bytes count as one */
bool utf8_is_nfc(struct str s);		/* s must be valid */
struct str utf8_to_nfc(struct arena *arena, struct str s);

/* What a reader sees as itself: no control (C0, C1), no joiner or mark without a shape, no
 * line separator, nothing that turns the direction of what stands around it. LF and TAB are
 * not among them. Whatever else is shown to people from outside is shown as \xNN. */
bool utf8_is_visible(uint32_t code);

/* Columns in a terminal: 2 for East Asian wide letters, 0 for combining marks. */
size_t utf8_columns(struct str s);

/* The first `count` code points, then back to the last space when that is not
 * too far: for summaries. True in *cut when something was left off. */
struct str utf8_cut_at_word(struct str s, size_t count, bool *cut);

#endif
