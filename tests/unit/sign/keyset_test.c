/*
 * Key sets: the text, what it may not be, who follows whom, and counting.
 */
#include "sign_tests.h"

#include <sodium.h>

#include <communique/keyset.h>
#include <communique/limits.h>
#include <communique/vkey.h>

static struct arena arena;

/* --- making key sets ------------------------------------------------------------ */

/* The key number n: always the same one, its id all n. */
static struct public_key key_number(unsigned n)
{
	unsigned char seed[32], secret[64];
	struct public_key key;

	memset(seed, (int)n, sizeof seed);
	memset(key.id.at, (int)n, sizeof key.id.at);
	crypto_sign_seed_keypair(key.key, secret, seed);
	return key;
}

static struct str key_text(unsigned n)
{
	struct public_key key = key_number(n);
	struct str text;
	struct buf out;

	buf_init(&out, 128);
	public_key_format_text(&key, &out);
	text = arena_copy(&arena, buf_str(&out));
	buf_release(&out);
	return text;
}

static struct str vkey_text(const char *name, uint8_t type, unsigned n)
{
	struct public_key key = key_number(n);
	struct str text;
	struct buf out;

	buf_init(&out, VKEY_MAX);
	vkey_format(str_from(name), type, key.key, &out);
	text = arena_copy(&arena, buf_str(&out));
	buf_release(&out);
	return text;
}

/* A whole key set of 16 lines, or with one of them replaced, or left out when
 * `instead` is NULL. In `instead`, %1 … %9 stand for keys and %l, %w for vkeys. */
static void add_expanded(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text != '%') {
			buf_add_char(out, *text);
			continue;
		}
		text++;
		if (*text == 'l')
			buf_add(out, vkey_text("press.example/log", VKEY_NOTE, 100));
		else if (*text == 'w')
			buf_add(out, vkey_text("witness.example/w1", VKEY_COSIGNATURE, 101));
		else
			buf_add(out, key_text((unsigned)(*text - '0')));
	}
}

static const char *const lines_of_set[] = {
	"communique keys v1",
	"site press.example",
	"version 1",
	"previous -",
	"issued 2026-11-23T09:00:00Z",
	"expires 2027-11-23T09:00:00Z",
	"quorum root 2",
	"quorum publish 2",
	"quorum withdraw 1",
	"log %l",
	"witness %w",
	"key %1 anna root,author,approver",
	"key %2 anna author",
	"key %3 boris root",
	"key %4 chan author",
	"revoked %5 chan author lost 17",
};

static struct str set_with(unsigned line, const char *instead)
{
	struct str text;
	struct buf out;

	buf_init(&out, KEYSET_MAX);
	for (unsigned i = 0; i < COUNT(lines_of_set); i++) {
		const char *now = i + 1 == line ? instead : lines_of_set[i];

		if (!now)
			continue;
		add_expanded(&out, now);
		buf_add_char(&out, '\n');
	}
	text = arena_copy(&arena, buf_str(&out));
	buf_release(&out);
	return text;
}

static struct keyset *parse(struct str text)
{
	struct keyset *keyset;
	struct fault why;

	if (!keyset_parse(&arena, text, &keyset, &why))
		fail_msg("%s", why.says);
	return keyset;
}

/* --- text ------------------------------------------------------------------------ */

static void a_key_set_is_read(void **state)
{
	struct str text = set_with(0, NULL);
	struct keyset *keyset = parse(text);
	struct hash hash = hash_of(text);
	struct public_key fifth = key_number(5), unknown = key_number(9);
	const struct keyset_key *key;

	(void)state;
	assert_true(str_equal(keyset->site, STR("press.example")));
	assert_int_equal(keyset->version, 1);
	assert_false(keyset->has_previous);
	assert_int_equal(keyset->expires - keyset->issued, 365 * 24 * 3600);
	assert_int_equal(keyset->quorum_root, 2);
	assert_int_equal(keyset->quorum_publish, 2);
	assert_int_equal(keyset->quorum_withdraw, 1);
	assert_int_equal(keyset->witness_count, 1);
	assert_int_equal(keyset->key_count, 5);
	assert_true(hash_equal(&keyset->hash, &hash));
	assert_int_equal(keyset->keys[0].roles, ROLE_ROOT | ROLE_AUTHOR | ROLE_APPROVER);
	assert_int_equal(keyset->keys[0].state, KEY_GOOD);
	key = keyset_find(keyset, &fifth.id);
	assert_non_null(key);
	assert_int_equal(key->state, KEY_LOST);
	assert_int_equal(key->bad_from, 17);
	assert_true(str_equal(key->holder, STR("chan")));
	assert_null(keyset_find(keyset, &unknown.id));
}

static void a_key_set_is_written_as_it_was_read(void **state)
{
	static const struct {
		unsigned line;
		const char *instead;
	} sets[] = {
		{ 0, NULL },
		{ 11, NULL },
		{ 11, "witness %w" },
		{ 16, NULL },
		{ 16, "revoked %5 chan author compromised 0" },
		{ 16, "revoked %5 chan author left 9223372036854775807" },
		{ 5, "issued 1970-01-01T00:00:00Z" },
		{ 6, "expires 9999-12-31T23:59:59Z" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(sets); i++) {
		struct str text = set_with(sets[i].line, sets[i].instead);
		struct buf out;

		buf_init(&out, KEYSET_MAX);
		keyset_format(parse(text), &out);
		assert_true(str_equal(buf_str(&out), text));
		buf_release(&out);
	}
}

static void revoked_keys_are_written_last(void **state)
{
	struct keyset *keyset = parse(set_with(0, NULL));
	struct keyset_key moved = keyset->keys[4];
	struct buf out;

	(void)state;
	keyset->keys[4] = keyset->keys[0];
	keyset->keys[0] = moved;
	buf_init(&out, KEYSET_MAX);
	keyset_format(keyset, &out);
	assert_int_equal(parse(buf_str(&out))->keys[4].state, KEY_LOST);
	buf_release(&out);
}

/* clang-format off */
static const struct {
	unsigned line;       /* which is replaced */
	const char *instead; /* NULL: left out */
	unsigned at;         /* the line the refusal names */
	const char *says;
} bad[] = {
	{ 1, NULL, 1, "begins with" },
	{ 1, "communique keys v2", 1, "begins with" },
	{ 1, "communique keys v1 ", 1, "begins with" },
	{ 1, "communique keys v1\r", 1, "carriage return" },
	{ 1, "\xef\xbb\xbf" "communique keys v1", 1, "begins with" },
	{ 2, NULL, 2, "\"site\"" },
	{ 2, "site", 2, "\"site\"" },
	{ 2, "site ", 2, "a site has" },
	{ 2, "site  press.example", 2, "a site has" },
	{ 2, "site Press.example", 2, "a site has" },
	{ 2, "site press.example/x", 2, "a site has" },
	{ 2, "Site press.example", 2, "\"site\"" },
	{ 2, "site\tpress.example", 2, "\"site\"" },
	{ 2, "site other.example", 10, "the log's name" },
	{ 3, NULL, 3, "\"version\"" },
	{ 3, "version 0", 3, "from 1" },
	{ 3, "version 01", 3, "from 1" },
	{ 3, "version -1", 3, "from 1" },
	{ 3, "version 4294967296", 3, "from 1" },
	{ 3, "version 2", 4, "all others have" },
	{ 4, "previous e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 4, "version 1 has no" },
	{ 4, "previous E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", 4, "SHA-256" },
	{ 4, "previous none", 4, "SHA-256" },
	{ 5, "issued 2026-11-23", 5, "a time like" },
	{ 5, "issued 2026-11-23T09:00:00+00:00", 5, "a time like" },
	{ 5, "issued 2026-11-23T10:00:00+01:00", 5, "a time like" },
	{ 5, "issued 2026-11-23t09:00:00z", 5, "a time like" },
	{ 5, "issued 2026-02-30T09:00:00Z", 5, "a time like" },
	{ 6, "expires 2026-11-23T09:00:00Z", 6, "after issued" },
	{ 6, "expires 2025-11-23T09:00:00Z", 6, "after issued" },
	{ 6, "expires never", 6, "a time like" },
	{ 7, NULL, 7, "\"quorum root\"" },
	{ 7, "quorum root 0", 7, "1 to 64" },
	{ 7, "quorum root 65", 7, "1 to 64" },
	{ 7, "quorum root 2 ", 7, "1 to 64" },
	{ 7, "quorum  root 2", 7, "\"quorum root\"" },
	{ 7, "quorum root 3", 7, "only 2 holders" },
	{ 8, "quorum publish 3", 8, "only 2 holders" },
	{ 9, "quorum withdraw 3", 9, "only 2 holders" },
	{ 8, "quorum withdraw 1", 8, "\"quorum publish\"" },
	{ 12, "key %1 anna root,author", 8, "needs an approver" },
	{ 10, NULL, 10, "\"log\"" },
	{ 10, "log press.example/log", 10, "log: " },
	{ 10, "log %w", 10, "type 1" },
	{ 10, "log press.example/log+00000000+AdX/fQDOyZEhs8ZEWCvsu9bpt0+rsKYk6GvI9Uq9Jjk3", 10, "log: " },
	{ 11, "witness %l", 11, "type 4" },
	{ 11, "witness %w\nwitness %w", 12, "twice" },
	{ 11, "witness x", 11, "witness: " },
	{ 11, "witness ", 11, "witness: " },
	{ 12, "key %1 anna", 12, "no role" },
	{ 12, "key %1 anna ", 12, "no role" },
	{ 12, "key %1", 12, "a holder has" },
	{ 12, "key", 12, "\"key\"" },
	{ 12, "key  anna root", 12, "characters" },
	{ 12, "key RWAA anna root", 12, "56 characters" },
	{ 12, "key RWRKN69/nv4yKQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA anna root", 12, "valid point" },
	{ 12, "key %1 Anna root", 12, "a holder has" },
	{ 12, "key %1 anna_b root", 12, "a holder has" },
	{ 12, "key %1 abcdefghijklmnopqrstuvwxyz0123456 root", 12, "a holder has" },
	{ 12, "key %1 anna author,root", 12, "in the order" },
	{ 12, "key %1 anna root,root", 12, "twice" },
	{ 12, "key %1 anna root, author", 12, "not a role" },
	{ 12, "key %1 anna root,", 12, "not a role" },
	{ 12, "key %1 anna admin", 12, "not a role" },
	{ 12, "key %1 anna root x", 12, "not a role" },
	{ 12, "key %1 anna\troot", 12, "a holder has" },
	{ 13, "key %1 dora author", 13, "key id 0101010101010101 stands here twice" },
	{ 13, "", 13, "only key lines" },
	{ 13, "# a comment", 13, "only key lines" },
	{ 13, "witness %w", 13, "only key lines" },
	{ 13, "key %2 \xc2\x85nna author", 13, "control" },
	{ 13, "key %2 anna author\x01", 13, "control" },
	{ 16, "revoked %5 chan author", 16, "lost, left or compromised" },
	{ 16, "revoked %5 chan author gone 17", 16, "lost, left or compromised" },
	{ 16, "revoked %5 chan author good 17", 16, "lost, left or compromised" },
	{ 16, "revoked %5 chan author lost", 16, "log index" },
	{ 16, "revoked %5 chan author lost ", 16, "log index" },
	{ 16, "revoked %5 chan author lost -1", 16, "log index" },
	{ 16, "revoked %5 chan author lost 9223372036854775808", 16, "log index" },
	{ 16, "revoked %5 chan author lost 1 2", 16, "log index" },
	{ 16, "revoked %4 chan author lost 1", 16, "twice" },
	{ 16, "revoked %5 chan author lost 17\nkey %6 dora author", 17, "only key lines" },
	{ 16, "revoked %5 chan author lost 17\n", 17, "only key lines" },
};
/* clang-format on */

static void malformed_key_sets_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct keyset *keyset;
		struct fault why;

		if (keyset_parse(&arena, set_with(bad[i].line, bad[i].instead), &keyset, &why))
			fail_msg("%s is taken", bad[i].instead ? bad[i].instead : "a gap");
		if (!strstr(why.says, bad[i].says) || why.line != bad[i].at)
			fail_msg("%s: %s", bad[i].instead ? bad[i].instead : "a gap", why.says);
		assert_int_equal(why.kind, KEYS_MALFORMED);
	}
}

static void a_key_set_ends_with_its_last_line(void **state)
{
	struct str text = set_with(0, NULL);
	struct keyset *keyset;
	struct fault why;
	char *big = arena_alloc(&arena, KEYSET_MAX + 1);

	(void)state;
	text.len--;
	assert_refused(keyset_parse(&arena, text, &keyset, &why), why, KEYS_MALFORMED, 16,
		       "no line feed");
	assert_refused(keyset_parse(&arena, STR(""), &keyset, &why), why, KEYS_MALFORMED, 1,
		       "begins with");
	assert_refused(keyset_parse(&arena, STR("communique keys v1\n"), &keyset, &why), why,
		       KEYS_MALFORMED, 2, "the file ends");
	assert_refused(keyset_parse(&arena, (struct str){ big, KEYSET_MAX + 1 }, &keyset, &why),
		       why, KEYS_MALFORMED, 0, "65536");
}

static void a_public_key_stands_once(void **state)
{
	struct public_key twin = key_number(1);
	struct keyset *keyset;
	struct fault why;
	struct buf out;

	(void)state;
	memset(twin.id.at, 77, sizeof twin.id.at);
	buf_init(&out, 256);
	buf_add(&out, STR("key "));
	public_key_format_text(&twin, &out);
	buf_add(&out, STR(" dora author"));
	buf_add_char(&out, '\0');
	assert_refused(keyset_parse(&arena, set_with(13, out.at), &keyset, &why), why,
		       KEYS_MALFORMED, 13, "this public key stands here twice");
	buf_release(&out);
}

static void there_are_at_most_16_witnesses(void **state)
{
	struct keyset *keyset;
	struct fault why;
	struct buf out;

	(void)state;
	buf_init(&out, KEYSET_MAX);
	for (unsigned i = 0; i < 17; i++) {
		const char *name = arena_printf(&arena, "w%u", i).at;

		buf_addf(&out, "%switness %.*s", i ? "\n" : "",
			 STR_ARG(vkey_text(name, VKEY_COSIGNATURE, i + 1)));
	}
	buf_add_char(&out, '\0');
	assert_refused(keyset_parse(&arena, set_with(11, out.at), &keyset, &why), why,
		       KEYS_MALFORMED, 27, "more than 16 witnesses");
	buf_release(&out);
}

/* Line 12 is the first key; the 257th stands on line 268. */
static void there_are_at_most_256_keys(void **state)
{
	struct keyset *keyset;
	struct fault why;
	struct buf out;

	(void)state;
	buf_init(&out, KEYSET_MAX);
	for (unsigned i = 0; i < KEYSET_KEYS_MAX; i++) {
		unsigned char seed[32] = { (unsigned char)i, 99 }, secret[64];
		struct public_key key = { .id = { { (unsigned char)i, 99 } } };

		crypto_sign_seed_keypair(key.key, secret, seed);
		buf_add_text(&out, i ? "\nkey " : "key ");
		public_key_format_text(&key, &out);
		buf_add(&out, STR(" dora author"));
	}
	buf_add_char(&out, '\0');
	assert_refused(keyset_parse(&arena, set_with(13, out.at), &keyset, &why), why,
		       KEYS_MALFORMED, 268, "more than 256 keys");
	buf_release(&out);
}

/* --- succession ---------------------------------------------------------------------- */

/* Version 2 of `now`, with one line replaced (counted in the text of 16 lines). */
static struct keyset *next_of(const struct keyset *now, unsigned line, const char *instead)
{
	struct str text = set_with(line, instead), rest = text;
	struct buf out;
	struct str copy;

	buf_init(&out, KEYSET_MAX);
	while (rest.len) {
		struct str one = str_cut(&rest, '\n');

		if (str_equal(one, STR("version 1")))
			one = arena_printf(&arena, "version %u", (unsigned)now->version + 1);
		if (str_equal(one, STR("previous -")))
			one = arena_printf(&arena, "previous %s", HASH_TEXT(&now->hash));
		buf_add(&out, one);
		buf_add_char(&out, '\n');
	}
	copy = arena_copy(&arena, buf_str(&out));
	buf_release(&out);
	return parse(copy);
}

static void versions_follow_each_other(void **state)
{
	struct keyset *first = parse(set_with(0, NULL));
	struct keyset *second = next_of(first, 15, "key %4 chan author\nkey %6 dora approver");
	struct keyset *third = next_of(second, 0, NULL);
	struct keyset wrong;
	struct fault why;

	(void)state;
	assert_true(keyset_follows(first, NULL, &why));
	assert_true(keyset_follows(second, first, &why));
	assert_refused(keyset_follows(second, NULL, &why), why, KEYS_MALFORMED, 0,
		       "the first key set is version 1");
	assert_refused(keyset_follows(first, first, &why), why, KEYS_MALFORMED, 0,
		       "is to be followed by 2");
	assert_refused(keyset_follows(third, first, &why), why, KEYS_MALFORMED, 0,
		       "is to be followed by 2");
	assert_refused(keyset_follows(third, second, &why), why, KEYS_MALFORMED, 0, "has gone");
	wrong = *second;
	wrong.previous.at[0] ^= 1;
	assert_refused(keyset_follows(&wrong, first, &why), why, KEYS_MALFORMED, 0,
		       "not the hash of version 1");
	wrong = *second;
	wrong.site = STR("other.example");
	assert_refused(keyset_follows(&wrong, first, &why), why, KEYS_MALFORMED, 0, "another site");
}

static void keys_change_only_in_their_own_ways(void **state)
{
	static const struct {
		unsigned line;
		const char *instead, *says;
	} cases[] = {
		{ 15, "key %4 chan author,approver", NULL },
		{ 15, "key %7 chan author", "has gone" },
		{ 15, "key %4 dora author", "another holder" },
		{ 16, NULL, "has gone" },
		{ 16, "revoked %5 chan author lost 16", "has changed" },
		{ 16, "revoked %5 chan author left 17", "has changed" },
		{ 16, "revoked %5 chan approver lost 17", "has changed" },
		{ 16, "revoked %5 anna author lost 17", "another holder" },
		{ 16, "revoked %5 chan author lost 17\nrevoked %8 dora author left 3", NULL },
	};
	struct keyset *first = parse(set_with(0, NULL));

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault why = { .says = "" };
		bool ok = keyset_follows(next_of(first, cases[i].line, cases[i].instead), first,
					 &why);

		if (ok != (cases[i].says == NULL) || (!ok && !strstr(why.says, cases[i].says)))
			fail_msg("case %zu: %s", i, why.says);
	}
}

static void a_revoked_key_does_not_come_back(void **state)
{
	struct keyset *first = parse(set_with(0, NULL));
	struct fault why;

	(void)state;
	assert_refused(keyset_follows(next_of(first, 16, NULL), first, &why), why, KEYS_MALFORMED,
		       0, "has gone");
	first->keys[3].state = KEY_LEFT; /* chan's good one was revoked in the version before */
	assert_refused(keyset_follows(next_of(first, 0, NULL), first, &why), why, KEYS_MALFORMED, 0,
		       "has changed");
}

/* --- counting ------------------------------------------------------------------------- */

static bool add(struct quorum *quorum, unsigned n)
{
	struct public_key key = key_number(n);

	return quorum_add(quorum, &key.id);
}

static void quorums_count_holders(void **state)
{
	struct keyset *keyset = parse(set_with(0, NULL));
	struct quorum quorum;

	(void)state;
	quorum_begin(&quorum, keyset, QUORUM_PUBLISH);
	assert_int_equal(quorum.need, 2);
	assert_false(quorum_reached(&quorum));
	assert_true(add(&quorum, 1));
	assert_true(add(&quorum, 1));
	assert_true(add(&quorum, 2)); /* anna's other key */
	assert_int_equal(quorum.have, 1);
	assert_false(quorum_reached(&quorum));
	assert_false(add(&quorum, 3)); /* a root alone */
	assert_false(add(&quorum, 5)); /* revoked */
	assert_false(add(&quorum, 9)); /* unknown */
	assert_int_equal(quorum.have, 1);
	assert_true(add(&quorum, 4));
	assert_int_equal(quorum.have, 2);
	assert_true(quorum_reached(&quorum));
}

static void two_authors_are_no_approver(void **state)
{
	struct keyset *keyset = parse(set_with(0, NULL));
	struct quorum quorum;

	(void)state;
	quorum_begin(&quorum, keyset, QUORUM_PUBLISH);
	assert_true(add(&quorum, 2));
	assert_true(add(&quorum, 4));
	assert_int_equal(quorum.have, 2);
	assert_false(quorum_reached(&quorum));
	assert_true(add(&quorum, 1));
	assert_int_equal(quorum.have, 2);
	assert_true(quorum_reached(&quorum));
}

static void one_is_enough_where_one_is_needed(void **state)
{
	struct keyset *keyset = parse(set_with(8, "quorum publish 1"));
	struct quorum quorum;

	(void)state;
	quorum_begin(&quorum, keyset, QUORUM_PUBLISH);
	assert_true(add(&quorum, 4));
	assert_true(quorum_reached(&quorum));
	quorum_begin(&quorum, keyset, QUORUM_WITHDRAW);
	assert_false(add(&quorum, 3));
	assert_true(add(&quorum, 4));
	assert_true(quorum_reached(&quorum));
	quorum_begin(&quorum, keyset, QUORUM_ROOT);
	assert_false(add(&quorum, 4));
	assert_true(add(&quorum, 1));
	assert_false(quorum_reached(&quorum));
	assert_true(add(&quorum, 3));
	assert_true(quorum_reached(&quorum));
}

static void more_signers_than_room_do_no_harm(void **state)
{
	struct keyset_key keys[200] = { 0 };
	struct keyset keyset = { .keys = keys, .key_count = COUNT(keys), .quorum_publish = 64 };
	struct quorum quorum;

	(void)state;
	for (unsigned i = 0; i < COUNT(keys); i++) {
		keys[i].key.id.at[0] = (unsigned char)i;
		keys[i].roles = i == 199 ? ROLE_APPROVER : ROLE_AUTHOR;
		keys[i].holder = arena_printf(&arena, "h%u", i);
	}
	quorum_begin(&quorum, &keyset, QUORUM_PUBLISH);
	for (unsigned i = 0; i < COUNT(keys) - 1; i++)
		assert_true(quorum_add(&quorum, &keys[i].key.id));
	assert_int_equal(quorum.have, 64);
	assert_false(quorum_reached(&quorum));
	assert_true(quorum_add(&quorum, &keys[199].key.id));
	assert_true(quorum_reached(&quorum));
}

static void roles_are_words(void **state)
{
	static const char *const wrong[] = { "", ",", "root,", ",root", "Root", "root author" };
	unsigned roles;
	struct fault why;
	struct buf out;

	(void)state;
	assert_true(role_parse(STR("approver,root"), &roles, &why));
	buf_init(&out, 64);
	role_format(roles, &out);
	assert_true(str_equal(buf_str(&out), STR("root,approver")));
	buf_release(&out);
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(role_parse(str_from(wrong[i]), &roles, &why));
}

static int begin(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

#define KEYSET_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KEYSET_TEST(a_key_set_is_read),
		KEYSET_TEST(a_key_set_is_written_as_it_was_read),
		KEYSET_TEST(revoked_keys_are_written_last),
		KEYSET_TEST(malformed_key_sets_are_refused),
		KEYSET_TEST(a_key_set_ends_with_its_last_line),
		KEYSET_TEST(a_public_key_stands_once),
		KEYSET_TEST(there_are_at_most_16_witnesses),
		KEYSET_TEST(there_are_at_most_256_keys),
		KEYSET_TEST(versions_follow_each_other),
		KEYSET_TEST(keys_change_only_in_their_own_ways),
		KEYSET_TEST(a_revoked_key_does_not_come_back),
		KEYSET_TEST(quorums_count_holders),
		KEYSET_TEST(two_authors_are_no_approver),
		KEYSET_TEST(one_is_enough_where_one_is_needed),
		KEYSET_TEST(more_signers_than_room_do_no_harm),
		KEYSET_TEST(roles_are_words),
	};

	if (!sign_start(NULL))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
