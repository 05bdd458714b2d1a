#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is another */

#include "../../../src/web/gate.h"
#include "records.h"

#include <communique/bytes.h>

#define KEEP 1

static struct buf bytes;

static int begin(void **state)
{
	(void)state;
	buf_init(&bytes, 1024 * 1024);
	return 0;
}

static int end(void **state)
{
	(void)state;
	buf_release(&bytes);
	return 0;
}

static enum gate_verdict look(struct gate *out)
{
	return gate_look(buf_str(&bytes), out);
}

static void refused(void)
{
	struct gate gate;

	assert_int_equal(look(&gate), GATE_REFUSE);
	assert_non_null(gate.reason);
}

static void a_whole_request_is_ready(void **state)
{
	struct gate gate;

	(void)state;
	add_get(&bytes, 7, "/en/", true);
	assert_int_equal(look(&gate), GATE_READY);
	assert_int_equal(gate.id, 7);
	assert_true(gate.keep);
	assert_true(gate.whole);
	assert_int_equal(gate.head, bytes.len - FCGI_RECORD_HEAD);
}

static void every_fragment_waits(void **state)
{
	struct gate gate;

	(void)state;
	add_get(&bytes, 1, "/en/releases/?page=2", false);
	for (size_t len = 0; len < bytes.len; len++) {
		enum gate_verdict verdict = gate_look(str_first(buf_str(&bytes), len), &gate);
		bool head_there = len >= bytes.len - FCGI_RECORD_HEAD;

		assert_int_equal(verdict, head_there ? GATE_READY : GATE_WAIT);
		assert_false(gate.whole);
	}
}

static void pairs_may_be_cut_anywhere_into_records(void **state)
{
	struct buf pairs;
	struct gate gate;

	(void)state;
	buf_init(&pairs, 65535);
	add_pair(&pairs, "REQUEST_METHOD", STR("PUT"));
	add_pair(&pairs, "REQUEST_URI",
		 STR("/0123456789012345678901234567890123456789012345678901234567890123456789"
		     "/0123456789012345678901234567890123456789012345678901234567890123456789"));
	for (size_t cut = 1; cut < pairs.len; cut++) {
		buf_clear(&bytes);
		add_begin(&bytes, 1, 1, KEEP);
		add_record(&bytes, 4, 1, str_first(buf_str(&pairs), cut), (unsigned)cut % 9);
		add_record(&bytes, 4, 1, str_skip(buf_str(&pairs), cut), 0);
		add_record(&bytes, 4, 1, STR(""), 3);
		assert_int_equal(look(&gate), GATE_READY);
		assert_false(gate.whole);
		assert_int_equal(gate.head, bytes.len);
	}
	buf_release(&pairs);
}

static void a_body_in_sight_is_fine(void **state)
{
	struct gate gate;

	(void)state;
	add_get(&bytes, 1, "/", true);
	buf_cut(&bytes, bytes.len - FCGI_RECORD_HEAD);
	add_record(&bytes, 5, 1, STR("the body"), 0);
	assert_int_equal(look(&gate), GATE_READY);
	assert_false(gate.whole);
	add_record(&bytes, 5, 1, STR(""), 0);
	assert_int_equal(look(&gate), GATE_READY);
	assert_true(gate.whole);
}

static void wrong_first_records_are_refused(void **state)
{
	(void)state;
	buf_add(&bytes, STR("GET / HTTP/1.1\r\n"));
	refused();
	buf_clear(&bytes);
	buf_add(&bytes, STR("\x02"));
	refused(); /* the first byte is enough */
	for (unsigned type = 2; type < 256; type++) {
		if (type == 2 || type == 9)
			continue;
		buf_clear(&bytes);
		add_record(&bytes, type, 1, STR(""), 0);
		refused();
	}
	for (unsigned role = 0; role < 5; role++) {
		if (role == 1)
			continue;
		buf_clear(&bytes);
		add_begin(&bytes, 1, role, 0);
		refused();
	}
	buf_clear(&bytes);
	add_begin(&bytes, 0, 1, 0);
	refused(); /* request id 0 */
	buf_clear(&bytes);
	add_record(&bytes, 1, 1, STR("short"), 0);
	refused();
}

static void management_records_inside_are_refused(void **state)
{
	static const unsigned types[] = { 1, 2, 4, 5, 8, 9, 10, 11, 77 };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		buf_clear(&bytes);
		add_begin(&bytes, 1, 1, KEEP);
		add_record(&bytes, types[i], 0, STR(""), 0);
		refused();
	}
	for (unsigned type = 10; type < 256; type++) {
		buf_clear(&bytes);
		add_record(&bytes, type, 0, STR(""), 0);
		refused();
	}
}

static void a_second_request_is_refused(void **state)
{
	(void)state;
	add_begin(&bytes, 1, 1, KEEP);
	add_record(&bytes, 4, 2, STR(""), 0);
	refused();
	buf_clear(&bytes);
	add_begin(&bytes, 1, 1, KEEP);
	add_begin(&bytes, 1, 1, KEEP);
	refused();
	buf_clear(&bytes);
	add_get(&bytes, 1, "/", true);
	add_get(&bytes, 2, "/", true);
	refused();
	buf_clear(&bytes);
	add_get(&bytes, 1, "/", true);
	add_get(&bytes, 1, "/", true);
	refused();
}

static void large_heads_are_refused_before_they_arrive(void **state)
{
	unsigned char head[FCGI_RECORD_HEAD];
	struct gate gate;
	char much[4000];

	(void)state;
	add_begin(&bytes, 1, 1, 0);
	fcgi_record_head(head, FCGI_TYPE_PARAMS, 1, REQUEST_HEAD_MAX, 0);
	buf_add(&bytes, (struct str){ (char *)head, sizeof(head) });
	refused();
	memset(much, 'a', sizeof(much));
	buf_clear(&bytes);
	add_begin(&bytes, 1, 1, 0);
	for (int i = 0; i < 4; i++)
		add_record(&bytes, 4, 1, (struct str){ much, sizeof(much) }, 0);
	assert_int_equal(look(&gate), GATE_WAIT);
	add_record(&bytes, 4, 1, (struct str){ much, sizeof(much) }, 0);
	refused();
}

static void head_with(const char *name, size_t name_len, struct str value)
{
	struct buf pairs;

	buf_init(&pairs, 65535);
	add_length(&pairs, name_len);
	add_length(&pairs, value.len);
	buf_add(&pairs, (struct str){ name, name_len });
	buf_add(&pairs, value);
	buf_clear(&bytes);
	add_begin(&bytes, 1, 1, 0);
	add_record(&bytes, 4, 1, buf_str(&pairs), 0);
	add_record(&bytes, 4, 1, STR(""), 0);
	buf_release(&pairs);
}

static void insane_pairs_are_refused(void **state)
{
	static const struct str broken[] = {
		{ "\x05", 1 }, /* no value length */
		{ "\x05\x01"   /* names end early */
		  "A",
		  3 },
		{ "\xff\xff\xff\xfe\x00", 5 }, /* what ends libfcgi in malloc */
		{ "\x01\xff\xff\xff\xfe"
		  "A",
		  6 },
		{ "\x80\x00", 2 },
		{ "\x01\x02"
		  "AB",
		  4 },
	};
	struct gate gate;

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		buf_clear(&bytes);
		add_begin(&bytes, 1, 1, 0);
		add_record(&bytes, 4, 1, broken[i], 0);
		add_record(&bytes, 4, 1, STR(""), 0);
		refused();
	}
	head_with("A", 1, STR("fine"));
	assert_int_equal(look(&gate), GATE_READY);
	head_with("A=B", 3, STR("C")); /* would be read as A with B=C */
	refused();
	head_with("A\0B", 3, STR("C"));
	refused();
	head_with("", 0, STR("C"));
	refused();
	head_with("A", 1, (struct str){ "a\0b", 3 });
	refused();
}

static void get_values_is_answered(void **state)
{
	char answer[GATE_VALUES_MAX];
	struct buf pairs;
	struct gate gate;
	size_t len;

	(void)state;
	buf_init(&pairs, 4096);
	for (int i = 0; i < 8; i++) /* four of one name overrun libfcgi's stack */
		add_pair(&pairs, "FCGI_MAX_CONNS", STR(""));
	add_pair(&pairs, "FCGI_MPXS_CONNS", STR(""));
	add_pair(&pairs, "FCGI_MADE_UP", STR(""));
	add_record(&bytes, 9, 0, buf_str(&pairs), 4);
	for (size_t i = 0; i < bytes.len; i++)
		assert_int_equal(gate_look(str_first(buf_str(&bytes), i), &gate), GATE_WAIT);
	assert_int_equal(look(&gate), GATE_VALUES);
	assert_int_equal(gate.used, bytes.len);
	len = gate_values(buf_str(&bytes), 8192, answer);
	assert_int_equal(len, 8 + (2 + 14 + 4) + (2 + 15 + 1));
	assert_memory_equal(answer, "\x01\x0a\x00\x00\x00\x26\x00\x00", 8);
	assert_memory_equal(answer + 8,
			    "\x0e\x04"
			    "FCGI_MAX_CONNS8192"
			    "\x0f\x01"
			    "FCGI_MPXS_CONNS0",
			    38);
	buf_clear(&bytes);
	add_record(&bytes, 9, 0, STR("\x7f\x7f"), 0);
	refused();
	buf_clear(&bytes);
	add_record(&bytes, 9, 3, STR(""), 0);
	refused();
	buf_release(&pairs);
}

static void aborts_are_understood(void **state)
{
	struct gate gate;
	size_t request;

	(void)state;
	add_record(&bytes, 2, 9, STR(""), 0);
	assert_int_equal(look(&gate), GATE_STRAY);
	assert_int_equal(gate.used, FCGI_RECORD_HEAD);

	buf_clear(&bytes);
	add_begin(&bytes, 3, 1, KEEP);
	add_record(&bytes, 4, 3, STR("\x01\x01"), 0); /* in the middle of a head */
	add_record(&bytes, 2, 3, STR(""), 0);
	assert_int_equal(look(&gate), GATE_ABORTED);
	assert_int_equal(gate.used, bytes.len);
	assert_int_equal(gate.id, 3);
	assert_true(gate.keep);

	buf_clear(&bytes);
	add_get(&bytes, 4, "/", false);
	request = bytes.len;
	add_record(&bytes, 2, 4, STR(""), 0); /* behind a whole request */
	add_record(&bytes, 2, 4, STR(""), 0);
	assert_int_equal(look(&gate), GATE_ABORTED);
	assert_int_equal(gate.used, request + FCGI_RECORD_HEAD);
	assert_false(gate.keep);

	buf_clear(&bytes);
	add_record(&bytes, 2, 4, STR("content"), 0);
	refused();
}

/* xorshift: the same mutations at every run. */
static uint32_t random_next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Whatever the bytes: no crash, no bytes used that are not there, and with more of the same
 * bytes a refusal stays a refusal and what is READY keeps its head. */
static void check_prefixes(struct str all)
{
	struct gate gate, before = { 0 };
	enum gate_verdict last = GATE_WAIT;

	for (size_t len = 0; len <= all.len; len++) {
		enum gate_verdict verdict = gate_look(str_first(all, len), &gate);

		assert_true(gate.used <= len && gate.head <= len);
		if (last == GATE_REFUSE)
			assert_int_equal(verdict, GATE_REFUSE);
		if (last == GATE_READY && verdict == GATE_READY)
			assert_int_equal(gate.head, before.head);
		if (last == GATE_READY)
			assert_true(verdict != GATE_WAIT);
		last = verdict;
		before = gate;
	}
}

static void mutations_do_no_harm(void **state)
{
	uint32_t seed = 20261123;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		buf_clear(&bytes);
		add_get(&bytes, 1, "/ko/releases/2020-10-28-central-asian-ambassadors.txt", true);
		if (round % 3 == 0)
			add_record(&bytes, 2, 1, STR(""), 0);
		for (uint32_t n = 1 + random_next(&seed) % 3; n > 0; n--)
			bytes.at[random_next(&seed) % bytes.len] = (char)random_next(&seed);
		check_prefixes(buf_str(&bytes));
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_whole_request_is_ready),
		TEST(every_fragment_waits),
		TEST(pairs_may_be_cut_anywhere_into_records),
		TEST(a_body_in_sight_is_fine),
		TEST(wrong_first_records_are_refused),
		TEST(management_records_inside_are_refused),
		TEST(a_second_request_is_refused),
		TEST(large_heads_are_refused_before_they_arrive),
		TEST(insane_pairs_are_refused),
		TEST(get_values_is_answered),
		TEST(aborts_are_understood),
		TEST(mutations_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
