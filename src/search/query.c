#include <communique/query.h>
#include <communique/utf8.h>

/* --- terms ---------------------------------------------------------------------------------- */

struct reading {
	struct arena *arena;
	const struct stems *stems;
	struct query *query;
};

static bool has_term(const struct query *query, struct str text, unsigned group)
{
	for (size_t i = 0; i < query->count; i++) {
		if (query->terms[i].group == group && str_equal(query->terms[i].text, text))
			return true;
	}
	return false;
}

/* 1, for who counts them; one that was there already counts too. */
static size_t add_term(struct reading *reading, const struct token *token, unsigned group)
{
	struct query *query = reading->query;

	if (has_term(query, token->text, group))
		return 1;
	if (query->count == QUERY_TERMS_MAX) {
		query->shortened = true;
		return 1;
	}
	query->terms[query->count++] = (struct query_term){
		.text = arena_copy(reading->arena, token->text),
		.typed = token->source,
		.group = group,
		.piece = query->piece_count,
	};
	return 1;
}

static bool ends_before(struct str a, struct str b)
{
	return a.at + a.len <= b.at;
}

/* What a joined one or a pair says already is not asked for again: a letter is a term only when
 * no pair begins with it, which the next token tells. */
static size_t add_terms(struct reading *reading, struct str text, unsigned group)
{
	struct tokens tokens = tokens_begin(reading->stems, text);
	struct str covered = str_first(text, 0);
	struct token token, letter = { .source = STR_NONE };
	size_t count = 0;

	while (tokens_next(&tokens, &token)) {
		bool pair = token.kind == TOKEN_PAIR;

		if (letter.source.len && !(pair && token.source.at == letter.source.at))
			count += add_term(reading, &letter, group);
		letter.source = STR_NONE;
		if (!pair && !ends_before(covered, token.source))
			continue;
		if (token.kind == TOKEN_LETTER) {
			letter = token;
			letter.text = arena_copy(reading->arena, token.text);
			continue;
		}
		covered = token.source;
		count += add_term(reading, &token, group);
	}
	return count + (letter.source.len ? add_term(reading, &letter, group) : 0);
}

/* --- the text of a query -------------------------------------------------------------------- */

static bool is_space(uint32_t code)
{
	return code <= ' ' || code == 0xa0 || code == 0x3000 || (code >= 0x2000 && code <= 0x200a);
}

/* " “ ” „ « » 「 」 『 』 ＂ */
static bool is_quote(uint32_t code)
{
	return code == '"' || (code >= 0x201c && code <= 0x201f) || code == 0xab || code == 0xbb ||
	       (code >= 0x300c && code <= 0x300f) || code == 0xff02;
}

static bool is_minus(uint32_t code)
{
	return code == '-' || code == 0x2212 || code == 0xff0d;
}

/* Takes off what stands before the first such code point. */
static struct str take_until(struct str *rest, bool (*ends)(uint32_t code))
{
	struct str from = *rest;

	while (rest->len) {
		struct str next = *rest;

		if (ends(utf8_next(&next)))
			break;
		*rest = next;
	}
	return (struct str){ from.at, (size_t)(rest->at - from.at) };
}

static bool ends_word(uint32_t code)
{
	return is_space(code) || is_quote(code);
}

static bool starts(struct str rest, bool (*with)(uint32_t code))
{
	return rest.len && with(utf8_next(&rest));
}

static void add_quotation(struct reading *reading, struct str text, unsigned group)
{
	struct query *query = reading->query;

	if (add_terms(reading, text, group) < 2 || group)
		return;
	if (query->phrase_count < QUERY_PHRASES_MAX)
		query->phrases[query->phrase_count++] = text;
	else
		query->shortened = true;
}

/* A piece of the query: a word with what clings to it, or a quotation. */
static void read_piece(struct reading *reading, struct str *rest)
{
	struct query *query = reading->query;
	size_t before = query->count;
	struct str piece = *rest;
	unsigned group = 0;

	if (starts(*rest, is_minus)) {
		utf8_next(rest);
		group = query->groups + 1;
	}
	if (starts(*rest, is_quote)) {
		utf8_next(rest);
		add_quotation(reading, take_until(rest, is_quote), group);
		if (rest->len)
			utf8_next(rest);
	} else {
		add_terms(reading, take_until(rest, ends_word), group);
	}
	piece.len -= rest->len;
	if (query->count == before)
		return;
	if (group)
		query->groups = group;
	else
		query->pieces[query->piece_count++] = piece;
}

static int required_first(const void *a, const void *b)
{
	const struct query_term *one = a, *other = b;

	if (one->group != other->group)
		return one->group < other->group ? -1 : 1;
	return one->typed.at < other->typed.at ? -1 : one->typed.at > other->typed.at;
}

bool query_parse(struct arena *arena, const struct stems *stems, struct str text, struct query *out,
		 struct fault *why)
{
	struct reading reading = { arena, stems, out };
	struct str rest;

	*out = (struct query){ .count = 0 };
	if (text.len > QUERY_MAX)
		return fail(why, INVALID, "a query has at most %d bytes", QUERY_MAX);
	if (utf8_valid_length(text) != text.len)
		return fail(why, INVALID, "a query is UTF-8");
	out->text = utf8_to_nfc(arena, text);
	rest = out->text;
	while (rest.len) {
		struct str next = rest;

		if (is_space(utf8_next(&next)))
			rest = next;
		else
			read_piece(&reading, &rest);
	}
	qsort(out->terms, out->count, sizeof *out->terms, required_first);
	while (out->required < out->count && out->terms[out->required].group == 0)
		out->required++;
	return true;
}

struct str query_without(struct arena *arena, const struct query *query, size_t piece)
{
	struct str out = query->pieces[piece], text = query->text;
	struct str before = { text.at, (size_t)(out.at - text.at) };
	struct str behind = str_skip(text, before.len + out.len);

	before = str_trim(before);
	behind = str_trim(behind);
	return arena_printf(arena, "%.*s%s%.*s", STR_ARG(before),
			    before.len && behind.len ? " " : "", STR_ARG(behind));
}
