#include "trees.h"

#include <communique/leaf.h>

static struct buf files[3]; /* .minisig files */
static struct leaf leaf;

static int start(void **state)
{
	(void)state;
	assert_true(sign_start(NULL));
	for (size_t i = 0; i < COUNT(files); i++) {
		struct secret_key key;

		assert_true(secret_key_new(&key, NULL));
		buf_init(&files[i], SIGNATURE_FILE_MAX);
		assert_true(signature_make(&key, STR("text\n"), STR("timestamp:1\tfile:x y.txt"),
					   &files[i], NULL));
		secret_key_free(&key);
	}
	return 0;
}

static int stop(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(files); i++)
		buf_release(&files[i]);
	return 0;
}

static char id_room[LEAF_ID_LEN];

static void fill(size_t signatures)
{
	leaf = (struct leaf){
		.kind = LEAF_RELEASE,
		.id = leaf_id(id_room, STR("en"), STR("2026-01-02-hello")),
		.revision = 2,
		.change = STR("correction"),
		.hash = numbered_leaf(2),
		.has_previous = true,
		.previous = numbered_leaf(1),
		.keys = 3,
		.time = 1795451641,
		.signature_count = signatures,
	};
	for (size_t i = 0; i < signatures; i++)
		assert_true(signature_parse(buf_str(&files[i]), &leaf.signatures[i], NULL));
}

static void a_leaf_is_written_as_it_is_read(void **state)
{
	static struct leaf back;
	struct buf text, again;
	struct fault why;

	(void)state;
	buf_init(&text, LEAF_MAX);
	buf_init(&again, LEAF_MAX);
	fill(3);
	leaf_format(&leaf, &text);
	assert_true(leaf_parse(buf_str(&text), &back, &why));
	assert_int_equal(back.kind, LEAF_RELEASE);
	assert_str(back.id, leaf.id);
	assert_int_equal(back.revision, 2);
	assert_str(back.change, STR("correction"));
	assert_hash(&back.hash, &leaf.hash);
	assert_hash(&back.previous, &leaf.previous);
	assert_int_equal(back.keys, 3);
	assert_int_equal(back.time, 1795451641);
	assert_int_equal(back.signature_count, 3);
	assert_str(back.signatures[1].trusted_comment, STR("timestamp:1\tfile:x y.txt"));
	leaf_format(&back, &again);
	assert_str(buf_str(&again), buf_str(&text));
	buf_release(&text);
	buf_release(&again);
}

/* Whoever signed first: one text for each leaf. */
static void the_order_of_signing_does_not_show(void **state)
{
	struct signature first;
	struct buf one, other;

	(void)state;
	buf_init(&one, LEAF_MAX);
	buf_init(&other, LEAF_MAX);
	fill(3);
	leaf_format(&leaf, &one);
	fill(3);
	first = leaf.signatures[0];
	leaf.signatures[0] = leaf.signatures[2];
	leaf.signatures[2] = first;
	leaf_format(&leaf, &other);
	assert_str(buf_str(&other), buf_str(&one));
	buf_release(&one);
	buf_release(&other);
}

static void an_id_is_a_hash_of_language_and_release(void **state)
{
	char out[LEAF_ID_LEN];
	struct hash hash = hash_of(STR("en/2026-01-02-hello"));

	(void)state;
	assert_str(leaf_id(out, STR("en"), STR("2026-01-02-hello")),
		   str_first(str_from(HASH_TEXT(&hash)), LEAF_ID_LEN));
}

/* The good text with `from` replaced by `to`. */
static void refuse_with(const char *from, const char *to, const char *words)
{
	struct buf text, bad;
	struct fault why;
	struct str good;
	size_t at;

	buf_init(&text, LEAF_MAX);
	buf_init(&bad, 2 * LEAF_MAX);
	fill(2);
	leaf_format(&leaf, &text);
	good = buf_str(&text);
	at = str_find_str(good, str_from(from));
	if (at == good.len)
		fail_msg("\"%s\" is not in the leaf", from);
	buf_add(&bad, str_first(good, at));
	buf_add_text(&bad, to);
	buf_add(&bad, str_skip(good, at + strlen(from)));
	assert_refused(leaf_parse(buf_str(&bad), &leaf, &why), why, INVALID, words);
	buf_release(&text);
	buf_release(&bad);
}

static void a_malformed_leaf_is_refused(void **state)
{
	(void)state;
	refuse_with("leaf/v1", "leaf/v2", "begins with");
	refuse_with("kind release", "kind  release", "release or keys");
	refuse_with("kind release", "kind keys", "the id of a key set");
	refuse_with("kind release\n", "", "here stands \"kind\"");
	refuse_with("\nid ", "\nid A", "lower case hex");
	refuse_with("revision 2", "revision 02", "\"revision\" has a number");
	refuse_with("revision 2", "revision 0", "\"revision\" has a number");
	refuse_with("revision 2", "revision 4294967296", "\"revision\" has a number");
	refuse_with("revision 2", "revision 1", "change -");
	refuse_with("correction", "-", "is missing");
	refuse_with("correction", "Correction", "a word of a-z");
	refuse_with("sha256 ", "sha256 F", "64 lower case");
	refuse_with("keys 3", "keys x", "\"keys\" has a number");
	refuse_with("time 1795451641", "time 9223372036854775808", "\"time\" has a number");
	refuse_with("time 1795451641\n", "time 1795451641\nnew line\n", "here stands \"sig\"");
	refuse_with("sig RU", "sig rU", "not a signature");
	refuse_with("== ", " ", "not a signature");
	refuse_with("x y.txt\nsig", "x y.txt \r\nsig", "carriage return");
}

static void signatures_stand_once_and_in_order(void **state)
{
	struct buf text, bad;
	struct str good, head, one;
	struct fault why;

	(void)state;
	buf_init(&text, LEAF_MAX);
	buf_init(&bad, LEAF_MAX);
	fill(2);
	leaf_format(&leaf, &text);
	good = buf_str(&text);
	head = str_first(good, str_find_str(good, STR("sig ")));
	assert_refused(leaf_parse(head, &leaf, &why), why, INVALID, "ends before");
	one = str_skip(good, head.len);
	one = str_first(one, str_find(one, '\n') + 1);
	buf_add(&bad, head);
	buf_add(&bad, str_skip(good, head.len + one.len));
	buf_add(&bad, one);
	assert_refused(leaf_parse(buf_str(&bad), &leaf, &why), why, INVALID, "in the order");
	buf_clear(&bad);
	buf_add(&bad, head);
	buf_add(&bad, one);
	buf_add(&bad, one);
	assert_refused(leaf_parse(buf_str(&bad), &leaf, &why), why, INVALID, "each once");
	buf_release(&text);
	buf_release(&bad);
}

static void a_leaf_of_a_key_set_has_its_own_rules(void **state)
{
	struct buf text;
	struct fault why;

	(void)state;
	buf_init(&text, LEAF_MAX);
	fill(1);
	leaf.kind = LEAF_KEYS;
	leaf.id = STR(LEAF_ID_KEYS);
	leaf.change = STR("");
	leaf.revision = leaf.keys = 1;
	leaf.has_previous = false;
	leaf_format(&leaf, &text);
	assert_true(leaf_parse(buf_str(&text), &leaf, &why));
	buf_clear(&text);
	leaf.keys = 2;
	leaf_format(&leaf, &text);
	assert_refused(leaf_parse(buf_str(&text), &leaf, &why), why, INVALID, "own version");
	buf_release(&text);
}

static void a_leaf_has_a_limit(void **state)
{
	struct fault why;
	struct buf text;

	(void)state;
	buf_init(&text, LEAF_MAX + 1);
	while (text.len <= LEAF_MAX)
		buf_add_char(&text, '\n');
	assert_refused(leaf_parse(buf_str(&text), &leaf, &why), why, INVALID, "at most");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_leaf_is_written_as_it_is_read),
		cmocka_unit_test(the_order_of_signing_does_not_show),
		cmocka_unit_test(an_id_is_a_hash_of_language_and_release),
		cmocka_unit_test(a_malformed_leaf_is_refused),
		cmocka_unit_test(signatures_stand_once_and_in_order),
		cmocka_unit_test(a_leaf_of_a_key_set_has_its_own_rules),
		cmocka_unit_test(a_leaf_has_a_limit),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
