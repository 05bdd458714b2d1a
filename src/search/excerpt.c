#include <communique/excerpt.h>
#include <communique/utf8.h>

#include "letter.h"

#define HITS_MAX 128
#define WINDOW 220 /* columns of text that are shown */
#define BEFORE 60  /* bytes of it before the first mark, at most */

struct mark {
	struct str at; /* in the text */
	size_t term;
};

struct marks {
	struct mark at[HITS_MAX];
	size_t count;
};

static size_t term_of(const struct query *query, const struct token *token)
{
	for (size_t i = 0; i < query->required; i++) {
		struct str text = query->terms[i].text;

		if (text.len == token->text.len && *text.at == *token->text.at &&
		    str_equal(text, token->text))
			return i;
	}
	return query->required;
}

/* Stemming all words of a text to compare a few would be most of the work. */
static void find_initials(const struct query *query, bool initials[128])
{
	for (size_t i = 0; i < query->required; i++) {
		unsigned char stem = (unsigned char)*query->terms[i].text.at;
		unsigned char typed = (unsigned char)*query->terms[i].typed.at;

		if (stem < 0x80)
			initials[stem] = true;
		if (typed < 0x80)
			initials[(size_t)to_lower((char)typed)] = true;
	}
}

static void find_marks(const struct stems *stems, const struct query *query, struct str text,
		       struct marks *out)
{
	struct tokens tokens = tokens_begin(stems, text);
	bool initials[128] = { false };
	struct token token;

	if (!stems->moves_initial) {
		find_initials(query, initials);
		tokens.initials = initials;
	}
	out->count = 0;
	while (out->count < HITS_MAX && tokens_next(&tokens, &token)) {
		size_t term = term_of(query, &token);

		if (term < query->required)
			out->at[out->count++] = (struct mark){ token.source, term };
	}
}

static const char *end_of(struct str text)
{
	return text.at + text.len;
}

/* How many of the query's words stand from this mark on within a window. */
static unsigned words_from(const struct marks *marks, size_t first)
{
	const char *limit = marks->at[first].at.at + WINDOW - BEFORE;
	uint32_t seen = 0;

	for (size_t i = first; i < marks->count && end_of(marks->at[i].at) <= limit; i++)
		seen |= 1u << marks->at[i].term;
	return (unsigned)__builtin_popcount(seen);
}

static size_t best_mark(const struct marks *marks)
{
	unsigned most = 0;
	size_t best = 0;

	for (size_t i = 0; i < marks->count; i++) {
		unsigned words = words_from(marks, i);

		if (words > most) {
			most = words;
			best = i;
		}
	}
	return best;
}

/* --- where it is cut ------------------------------------------------------------------------ */

static bool is_inside(const char *at)
{
	return ((unsigned char)*at & 0xc0) == 0x80;
}

/* Back to where a word begins, or a letter of a script without spaces; never out of the text. */
static const char *start_of_window(struct str text, const char *mark)
{
	const char *at = mark - text.at > BEFORE ? mark - BEFORE : text.at;

	while (at > text.at && is_inside(at))
		at--;
	if (at == text.at)
		return at;
	for (const char *next = at; next < mark; next++) {
		struct str rest = { next, (size_t)(end_of(text) - next) };

		if (is_inside(next))
			continue;
		if (*next == ' ' || *next == '\n')
			return next + 1;
		if (letter_is_paired(utf8_next(&rest)))
			return next;
	}
	return mark;
}

static const char *end_of_window(struct str text, const char *start)
{
	struct str rest = { start, (size_t)(end_of(text) - start) };
	const char *word_end = start;
	size_t columns = 0;

	while (rest.len && columns < WINDOW) {
		const char *here = rest.at;
		uint32_t code = utf8_next(&rest);

		if (code == ' ' || code == '\n')
			word_end = here;
		else if (letter_is_paired(code))
			word_end = rest.at;
		columns += letter_is_paired(code) ? 2 : 1;
	}
	if (rest.len == 0)
		return end_of(text);
	return word_end > start ? word_end : rest.at;
}

/* --- pieces ----------------------------------------------------------------------------------- */

static void add_piece(struct excerpt *out, const char *from, const char *to, bool marked)
{
	if (from < to && out->count < EXCERPT_PIECES_MAX)
		out->pieces[out->count++] =
			(struct excerpt_piece){ { from, (size_t)(to - from) }, marked };
}

/* Marks that touch or overlap, as pairs of letters do, are one. */
static void add_pieces(struct excerpt *out, const struct marks *marks, const char *from,
		       const char *to)
{
	size_t i = 0;

	while (i < marks->count && marks->at[i].at.at < from)
		i++;
	while (i < marks->count && end_of(marks->at[i].at) <= to &&
	       out->count + 3 < EXCERPT_PIECES_MAX) {
		const char *start = marks->at[i].at.at, *end = end_of(marks->at[i].at);

		for (i++; i < marks->count && marks->at[i].at.at <= end; i++) {
			if (end_of(marks->at[i].at) > end && end_of(marks->at[i].at) <= to)
				end = end_of(marks->at[i].at);
		}
		add_piece(out, from, start, false);
		add_piece(out, start, end, true);
		from = end;
	}
	add_piece(out, from, to, false);
}

void excerpt_make(const struct stems *stems, const struct query *query, struct str text,
		  struct excerpt *out)
{
	struct marks marks;
	const char *start, *end;

	*out = (struct excerpt){ .count = 0 };
	find_marks(stems, query, str_first(text, EXCERPT_TEXT_MAX), &marks);
	start = text.at;
	if (marks.count)
		start = start_of_window(text, marks.at[best_mark(&marks)].at.at);
	end = end_of_window(text, start);
	add_pieces(out, &marks, start, end);
	out->cut_before = start > text.at;
	out->cut_behind = end < end_of(text);
}
