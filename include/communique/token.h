/*
 * token - a text as the words that search knows it by.
 *
 * The same taking apart is done to texts and to queries, so that what looks alike meets:
 *
 *	WORD    letters and digits, case and width folded, stemmed by the language's
 *	        algorithm (libstemmer), Latin diacritics and Arabic vowel signs taken off:
 *	        cooperation, cooperate → cooper; café → cafe; السفينة, سفينة → سفين
 *	JOINED  a reference or number as it is written, its dashes made one kind: 20-752,
 *	        1,000, covid-19; its parts follow as words
 *	PAIR    two neighbours in a script that writes without spaces, or joins words to
 *	        compounds and endings: Hangul, Han, kana, Thai, Lao, Khmer, Burmese
 *	LETTER  one such letter alone
 *
 * A token says where in the text it stands, for snippets. Text in normal form C is
 * expected, as release files are; bytes that are no UTF-8 part words. Takes time linear
 * in the text. utf8proc and libstemmer are named nowhere but in src/search/ and src/base/.
 */
#ifndef COMMUNIQUE_TOKEN_H
#define COMMUNIQUE_TOKEN_H

#include <communique/str.h>

#define TOKEN_MAX 64 /* bytes; what is longer is known by its beginning */

/* How the words of a language are cut to their stems. */
struct stems {
	struct sb_stemmer *own; /* the language's; NULL: libstemmer knows none */
	struct sb_stemmer
		*latin; /* of words in Latin letters, when the language's own has others */
	bool arabic, english;
	bool moves_initial; /* stems may begin with another letter than their words */
};

void stems_open(struct stems *stems, struct str language); /* a BCP 47 tag */
void stems_close(struct stems *stems);

enum token_kind { TOKEN_WORD, TOKEN_JOINED, TOKEN_PAIR, TOKEN_LETTER };

struct token {
	enum token_kind kind;
	struct str text;   /* good until the next token */
	struct str source; /* in the text that was given */
};

struct tokens {
	const struct stems *stems; /* NULL: words as they are, folded */
	const bool *initials;	   /* of the 128 of ASCII: words that begin with another of them are
				    * passed over; NULL: none are */
	struct str rest;
	const char *joined_end; /* up to here a joined one has been told */
	struct str neighbour;	/* the letter before, of such a script */
	struct str letter;	/* to be told behind its pair */
	char text[TOKEN_MAX + 8];
	size_t len;
};

struct tokens tokens_begin(const struct stems *stems, struct str text);
bool tokens_next(struct tokens *tokens, struct token *out);

#endif
