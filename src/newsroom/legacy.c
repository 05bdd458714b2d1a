/*
 * legacy - the addresses that releases had elsewhere, before.
 *
 * They are compared in one spelling: the path's escapes undone and made anew, the parameters
 * sorted, since nobody remembers in which order an old board wrote them. The rows go by that
 * spelling's hash, a row for each revision that names the address; one counts when it is public.
 */
#include "desk.h"

#include <communique/digest.h>

#define PIECES_MAX 64 /* parameters of an old address */

static bool is_plain(char c)
{
	return is_alpha(c) || is_digit(c) || (c && strchr("-._~/", c));
}

/* Each byte has one form: as itself or as %NN; a slash that was escaped stays so. */
static void add_plain(struct buf *out, struct str text, bool in_query)
{
	while (text.len) {
		char c = *text.at;
		bool escaped = c == '%' && text.len > 2 &&
			       hex_decode(&c, 1, str_first(str_skip(text, 1), 2));

		if (in_query && c == '+' && !escaped)
			c = ' ';
		if (is_plain(c) && !(escaped && c == '/'))
			buf_add_char(out, c);
		else
			buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
		text = str_skip(text, escaped ? 3 : 1);
	}
}

static int by_bytes(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static bool add_query(struct buf *out, struct str query)
{
	struct str pieces[PIECES_MAX];
	char before = '?';
	size_t count = 0;

	while (str_given(query)) {
		struct str piece = str_cut(&query, '&');

		if (!piece.len)
			continue;
		if (count == PIECES_MAX)
			return false;
		pieces[count++] = piece;
	}
	qsort(pieces, count, sizeof *pieces, by_bytes);
	for (size_t i = 0; i < count; i++) {
		struct str value = pieces[i], name = str_cut(&value, '=');

		buf_add_char(out, before);
		add_plain(out, name, true);
		if (str_given(value))
			buf_add_char(out, '=');
		add_plain(out, value, true);
		before = '&';
	}
	return true;
}

/* The hash of an old address; false: it can be none. */
static bool legacy_hash(struct str address, struct hash *out)
{
	struct str query = address, path = str_cut(&query, '?');
	struct buf plain;
	bool ok;

	buf_init(&plain, 3 * LEGACY_ADDRESS_MAX);
	add_plain(&plain, path, false);
	ok = address.len <= LEGACY_ADDRESS_MAX && add_query(&plain, query) && !plain.full;
	*out = hash_of(buf_str(&plain));
	buf_release(&plain);
	return ok;
}

bool legacy_next_key(const struct release *release, size_t *next, struct store_key *out)
{
	struct edition edition = { release->language, release->slug };
	struct hash hash;

	while (*next < release->legacy.count) {
		if (legacy_hash(release->legacy.at[(*next)++], &hash)) {
			*out = key_use(&hash, edition, release->revision);
			return true;
		}
	}
	return false;
}

void legacy_put(struct store_txn *txn, const struct release *release)
{
	struct store_key key;
	size_t next = 0;

	while (legacy_next_key(release, &next, &key))
		store_put(txn, TABLE_LEGACY, &key, STR(""));
}

void legacy_delete(struct store_txn *txn, const struct release *release)
{
	struct store_key key;
	size_t next = 0;

	while (legacy_next_key(release, &next, &key))
		store_delete(txn, TABLE_LEGACY, &key);
}

/* The editions whose revisions name an address. */
typedef bool legacy_visitor(void *ctx, struct edition edition, uint32_t number);

static void visit_rows(struct store_txn *txn, const struct hash *hash, legacy_visitor *visit,
		       void *ctx)
{
	struct store_key prefix = key_hash(hash);
	struct store_cursor *cursor = NULL;
	struct str key, value;
	bool more = store_cursor_open(&cursor, txn, TABLE_LEGACY, &prefix, NULL);

	while (more && store_cursor_next(cursor, &key, &value)) {
		struct edition edition;
		uint32_t number;

		more = revision_of_key(str_skip(key, HASH_SIZE), &edition, &number) &&
		       visit(ctx, edition, number);
	}
	store_cursor_close(&cursor);
}

struct owner {
	struct str slug, other;
};

static bool find_other(void *ctx, struct edition edition, uint32_t number)
{
	struct owner *owner = ctx;

	(void)number;
	if (!str_equal(edition.slug, owner->slug))
		owner->other = edition.slug;
	return !str_given(owner->other);
}

bool legacy_check(struct store_txn *txn, const struct release *release, struct fault *why)
{
	struct owner owner = { release->slug, STR_NONE };

	for (size_t i = 0; i < release->legacy.count; i++) {
		struct str address = release->legacy.at[i];
		struct hash hash;

		if (!legacy_hash(address, &hash))
			return fail(why, RELEASE_MALFORMED, "Legacy: %s has too many parameters",
				    QUOTE(address));
		visit_rows(txn, &hash, find_other, &owner);
		if (str_given(owner.other))
			return fail(why, CONFLICT, "the old address %s belongs to %s",
				    QUOTE(address), QUOTE(owner.other));
	}
	return true;
}

struct successor {
	struct store_txn *txn;
	const struct str *languages;
	size_t count, best;
	int64_t now;
	struct revision *out;
};

/* Of several languages the site's first. */
static bool find_successor(void *ctx, struct edition edition, uint32_t number)
{
	struct successor *to = ctx;
	struct revision revision;

	for (size_t i = 0; i < to->best; i++) {
		if (str_equal(to->languages[i], edition.language) &&
		    reading_revision(to->txn, edition.language, edition.slug, number, to->now,
				     &revision)) {
			*to->out = revision;
			to->best = i;
		}
	}
	return to->best > 0;
}

bool reading_legacy(struct store_txn *txn, struct str address, const struct str *languages,
		    size_t count, int64_t now, struct revision *out)
{
	struct successor to = { txn, languages, count, count, now, out };
	struct hash hash;

	if (!legacy_hash(address, &hash))
		return false;
	visit_rows(txn, &hash, find_successor, &to);
	return to.best < count;
}
