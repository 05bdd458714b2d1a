/*
 * messages - what src/build/embed.c makes of the message files.
 *
 * The keys are sorted; texts[n] is the text of messages_keys[n]. Every locale has
 * all of them: the build sees to that.
 */
#ifndef COMMUNIQUE_LOCALE_MESSAGES_H
#define COMMUNIQUE_LOCALE_MESSAGES_H

#include <communique/str.h>

struct locale {
	struct str tag;
	const struct str *texts;
};

extern const size_t messages_key_count;
extern const char *const messages_keys[];
extern const size_t locales_count;
extern const struct locale locales[];

#endif
