#include "choose.h"

/* A quality as thousandths (RFC 9110, 12.4.2); -1 when it is none. */
static int quality(struct str text)
{
	int q = 0;

	if (text.len == 0 || text.len > 5 || (text.at[0] != '0' && text.at[0] != '1'))
		return -1;
	if (text.len > 1 && text.at[1] != '.')
		return -1;
	for (size_t i = 2; i < 5; i++) {
		if (i < text.len && !is_digit(text.at[i]))
			return -1;
		q = 10 * q + (i < text.len ? text.at[i] - '0' : 0);
	}
	q += text.at[0] == '1' ? 1000 : 0;
	return q <= 1000 ? q : -1;
}

/* `ko;q=0.8`: takes the tag, returns its quality. A range that cannot be read wants nothing. */
static int range_read(struct str range, struct str *tag)
{
	struct str rest = range;

	*tag = str_trim(str_cut(&rest, ';'));
	if (!str_given(rest))
		return 1000;
	rest = str_trim(rest);
	if (!str_starts(rest, STR("q=")) && !str_starts(rest, STR("Q=")))
		return -1;
	return quality(str_skip(rest, 2));
}

static struct str primary(struct str tag)
{
	return str_first(tag, str_find(tag, '-'));
}

/* 2: the very language; 1: the same one but for region or script; 0: another. */
static int likeness(struct str ours, struct str wanted)
{
	if (str_equal_nocase(ours, wanted))
		return 2;
	return str_equal_nocase(primary(ours), primary(wanted)) ? 1 : 0;
}

size_t choose_language(const struct site *site, struct str accept_language)
{
	struct str rest = accept_language, tag;
	size_t best = 0;
	int best_score = 0;

	while (str_given(rest)) {
		int q = range_read(str_cut(&rest, ','), &tag);

		for (size_t i = 0; q > 0 && i < site->language_count; i++) {
			int like = likeness(site->languages[i], tag);
			int score = like > 0 ? 2 * q + like : 0;

			if (score > best_score) {
				best_score = score;
				best = i;
			}
		}
	}
	return best;
}

/* `x-gzip` is gzip (RFC 9110, 8.4.1.3). -1: another. */
static int encoding_named(struct str word)
{
	if (str_equal_nocase(word, STR("br")))
		return ENCODING_BROTLI;
	if (str_equal_nocase(word, STR("gzip")) || str_equal_nocase(word, STR("x-gzip")))
		return ENCODING_GZIP;
	return str_equal_nocase(word, STR("identity")) ? ENCODING_NONE : -1;
}

enum encoding choose_encoding(struct str accept_encoding)
{
	enum { UNNAMED = -2 };
	int of[] = { UNNAMED, UNNAMED, UNNAMED }, any = 0;
	struct str rest = accept_encoding, word;
	enum encoding best = ENCODING_NONE;

	while (str_given(rest)) {
		int q = range_read(str_cut(&rest, ','), &word), named = encoding_named(word);

		if (named >= 0)
			of[named] = q > of[named] ? q : of[named];
		else if (str_equal(word, STR("*")))
			any = q;
	}
	/* The text as it is may always be sent, but is wanted only by who names it. */
	for (int i = ENCODING_GZIP; i <= ENCODING_BROTLI; i++) {
		of[i] = of[i] == UNNAMED ? any : of[i];
		if (of[i] > 0 && of[i] >= of[best])
			best = (enum encoding)i;
	}
	return best;
}

bool etag_matches(struct str if_none_match, struct str etag)
{
	struct str rest = if_none_match;

	if (str_equal(str_trim(if_none_match), STR("*")))
		return true;
	while (str_given(rest)) {
		struct str tag = str_trim(str_cut(&rest, ','));

		if (str_starts(tag, STR("W/")))
			tag = str_skip(tag, 2);
		if (str_equal(tag, etag))
			return true;
	}
	return false;
}

bool if_match_parse(struct str if_match, struct hash *out, struct fault *why)
{
	struct str tag = str_trim(if_match);

	if (tag.len != HASH_TEXT_SIZE - 1 + 2 || tag.at[0] != '"' || tag.at[tag.len - 1] != '"' ||
	    !hash_parse(str_first(str_skip(tag, 1), HASH_TEXT_SIZE - 1), out))
		return fail(
			why, INVALID,
			"If-Match must be one \"<sha256>\", the ETag of what is to be replaced");
	return true;
}
