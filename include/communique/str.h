/*
 * str - borrowed text.
 *
 * A struct str points at bytes that somebody else owns: a buffer, an arena, a
 * page of the store's map, a literal. It is never NUL-terminated by promise and
 * never freed. It dies with its owner; whoever keeps it longer copies it into an
 * arena (arena_copy) or a buffer (buf_add).
 *
 * An empty str may have any `at`, NULL too; only `len` is asked. "No value" and
 * "empty value" are told apart by `at == NULL` (STR_NONE, str_given).
 */
#ifndef COMMUNIQUE_STR_H
#define COMMUNIQUE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <communique/banned.h>

struct str {
	const char *at;
	size_t len;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE ((struct str){ NULL, 0 })
/* For "%.*s". Only for text that is known to be printable. */
#define STR_ARG(s) (int)(s).len, (s).at ? (s).at : ""

struct str str_from(const char *text); /* NULL gives STR_NONE */
static inline bool str_given(struct str s)
{
	return s.at != NULL;
}

bool str_equal(struct str a, struct str b);
bool str_equal_nocase(struct str a, struct str b); /* ASCII letters only */
int str_compare(struct str a, struct str b);	   /* by bytes, a prefix sorts first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

struct str str_skip(struct str s, size_t n);  /* without its first n bytes, at most all */
struct str str_first(struct str s, size_t n); /* its first n bytes, at most all */
struct str str_trim(struct str s);	      /* without spaces and TABs around it */

/* The position of the first such byte or text, s.len when there is none. */
size_t str_find(struct str s, char byte);
size_t str_find_str(struct str s, struct str what);

/* Takes off and returns what stands before the first `separator`; both the
 * piece and the separator leave *rest. Without a separator the whole rest is the
 * piece and *rest becomes STR_NONE: loop `while (str_given(rest))`. */
struct str str_cut(struct str *rest, char separator);

/* Decimal digits, nothing else, no leading zero but "0" itself, at most `max`. */
bool str_to_u64(struct str s, uint64_t max, uint64_t *out);

/* ASCII, whatever the locale. */
static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}
static inline bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}
static inline bool is_alpha(char c)
{
	return is_lower(c) || is_upper(c);
}
static inline char to_lower(char c)
{
	return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

#endif
