/*
 * locale - the words of menus, labels and messages, and how a date is written.
 *
 * One file a language, src/locale/<tag>.messages, `key = text`, compiled in. Every
 * file must have every key: the build fails otherwise. The language of these
 * words (the chrome) is independent of the language of a release's text.
 */
#ifndef COMMUNIQUE_LOCALE_H
#define COMMUNIQUE_LOCALE_H

#include <communique/clock.h>

struct locale;

const struct locale *locale_find(struct str tag); /* NULL: no such message file */
size_t locale_count(void);
const struct locale *locale_at(size_t n);

struct str locale_tag(const struct locale *locale);
/* The text; the key must exist (must). %1 … %9 are filled in by locale_format. */
struct str locale_message(const struct locale *locale, const char *key);
bool locale_has_message(struct str key);
void locale_format(const struct locale *locale, const char *key, const struct str *values,
		   size_t count, struct buf *out);
void locale_add_date(const struct locale *locale, struct date date, struct buf *out);
void locale_add_number(const struct locale *locale, uint64_t n, struct buf *out);

/* Of any language, with or without messages. */
bool language_is_rtl(struct str tag);
struct str language_name(struct str tag); /* in itself: 한국어; the tag when unknown */

#endif
