/*
 * settings - a configuration file: `key = value` lines.
 *
 *	# a comment
 *	site = press.example
 *	languages = en ko ar
 *
 * One table says which keys there are, of which type, with which default, and
 * what they are for; the same table prints the effective configuration and the
 * manual page. A key that is not in the table, stands twice, or has a value that
 * is not of its type is refused with the file's line.
 *
 * A key that ends in "." in the table stands for a family, one for each
 * language: `name.` takes `name.en`, `name.ko`.
 */
#ifndef COMMUNIQUE_SETTINGS_H
#define COMMUNIQUE_SETTINGS_H

#include <communique/arena.h>

enum setting_type {
	SETTING_TEXT,
	SETTING_WORDS,	/* separated by spaces */
	SETTING_PATH,	/* relative to the file's folder */
	SETTING_NUMBER, /* 0 to 2^31 - 1 */
	SETTING_SIZE,	/* bytes; K, M, G behind it are powers of 1024 */
	SETTING_SECONDS,
	SETTING_FLAG /* yes or no */
};

struct setting {
	const char *key;
	enum setting_type type;
	const char *fallback; /* as it would be written in the file; NULL: none */
	const char *help;
};

struct settings;

/* Reads path, or only the defaults when path is NULL. All memory is the arena's. */
bool settings_read(struct arena *arena, const struct setting *table, size_t count, const char *path,
		   struct settings **out, struct fault *why);

/* The same, to hear of all that is wrong at once: each is a line in `wrong`, also what
 * settings_fail() is told of later, which then returns true. Only a file that cannot be read
 * fails. */
bool settings_check(struct arena *arena, const struct setting *table, size_t count,
		    const char *path, struct buf *wrong, struct settings **out, struct fault *why);

/* The value, or its default; STR_NONE when it has neither. The key must be in the table. */
struct str settings_text(const struct settings *settings, const char *key);
const char *settings_cstr(const struct settings *settings, const char *key); /* or NULL */
const char *settings_path(const struct settings *settings, const char *key); /* or NULL */
uint64_t settings_number(const struct settings *settings, const char *key);  /* SIZE, SECONDS too */
bool settings_flag(const struct settings *settings, const char *key);
size_t settings_words(const struct settings *settings, const char *key, struct str *out,
		      size_t room);
/* name.en for ("name.", "en"); STR_NONE when it is not set. */
struct str settings_member(const struct settings *settings, const char *family, struct str member);

/* The family has only these members; else INVALID, about the first that is none of them. */
bool settings_members_among(const struct settings *settings, const char *family,
			    const struct str *names, size_t count, struct fault *why);

/* INVALID about a key's value, such as "url" or "name.en": the sentence gets the file in
 * front, and the line where the key stands in it. */
bool settings_fail(const struct settings *settings, const char *key, struct fault *why,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same of a fault that came of a key's value, such as a file that cannot be opened: its kind
 * stays, and the sentence gets the key in front, too. */
bool settings_blame(const struct settings *settings, const char *key, const struct fault *inside,
		    struct fault *why);

/* Every key with its value and where that came from, as a file that can be read again. */
void settings_print(const struct settings *settings, struct buf *out);

#endif
