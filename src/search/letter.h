/*
 * letter - what search knows of a code point; private to this folder.
 */
#ifndef COMMUNIQUE_SEARCH_LETTER_H
#define COMMUNIQUE_SEARCH_LETTER_H

#include <communique/utf8.h>

/* Part of a word: letters, digits, and the marks on them. */
bool letter_is_word(uint32_t code);
bool letter_is_digit(uint32_t code);
/* Of a script whose words are found by pairs of letters. Such a letter is also of a word. */
bool letter_is_paired(uint32_t code);
/* Without a trace in a word: vowel signs and strokes of Arabic, joiners, soft hyphens. */
bool letter_is_silent(uint32_t code);

/* One case, one width, Arabic's alefs as one: at most LETTER_FOLDED code points; how many. What
 * is on a letter stays on it: stems need it. */
#define LETTER_FOLDED 8
size_t letter_fold(uint32_t code, uint32_t out[LETTER_FOLDED]);
/* After stemming: without what is on a Latin or Greek letter, ß as ss, ø as o; ة as ه. */
size_t letter_bare(uint32_t code, uint32_t out[LETTER_FOLDED]);

/* The bytes of a code point at `at`, which has room for four; how many. */
size_t letter_put(uint32_t code, char *at);

#endif
