#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is another */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "../../../src/web/ready.h"

static struct ready_page page(const char *target, const char *body)
{
	return (struct ready_page){ .target = str_from(target),
				    .alone = true,
				    .version = 7,
				    .made = 100,
				    .until = 200,
				    .type = STR("text/plain"),
				    .etag = STR("\"e\""),
				    .head = STR("Status: 200 OK\r\n\r\n"),
				    .body = str_from(body) };
}

static bool is_there(struct ready *ready, const char *target, uint64_t version, int64_t now)
{
	struct ready_hold hold;
	bool found = ready_find(ready, str_from(target), ENCODING_NONE, version, now, &hold);

	ready_release(&hold);
	return found;
}

static bool is_kept(struct ready *ready, const char *target)
{
	return is_there(ready, target, 7, 100);
}

static void a_page_is_right_for_its_version_and_time(void **state)
{
	struct ready *ready = ready_new(1 << 20);
	struct ready_page one = page("/a", "hello"), lasting = page("/l", "hello");
	struct ready_hold hold;

	(void)state;
	assert_false(is_there(ready, "/a", 7, 100));
	ready_keep(ready, &one);
	assert_true(ready_find(ready, STR("/a"), ENCODING_NONE, 7, 100, &hold));
	assert_true(str_equal(hold.page->body, STR("hello")));
	assert_true(str_equal(hold.page->head, one.head));
	assert_true(hold.page->body.at != one.body.at);
	ready_release(&hold);
	assert_true(is_there(ready, "/a", 7, 199));
	assert_false(is_there(ready, "/a", 7, 200)); /* the lift */
	assert_false(is_there(ready, "/a", 7, 99));  /* a clock that was set back */
	assert_false(is_there(ready, "/a", 8, 100));
	assert_false(is_there(ready, "/b", 7, 100));
	assert_true(ready_find_old(ready, STR("/a"), ENCODING_NONE, &hold));
	ready_release(&hold);
	assert_false(ready_find_old(ready, STR("/a"), ENCODING_GZIP, &hold));
	lasting.version = READY_LASTS;
	ready_keep(ready, &lasting);
	assert_true(is_there(ready, "/l", 99, 5));
	ready_free(&ready);
	assert_null(ready);
}

static const char *body_in(struct ready *ready, enum encoding encoding)
{
	struct ready_hold hold;
	const char *first = "";

	if (ready_find(ready, STR("/a"), encoding, 7, 100, &hold))
		first = hold.page->body.at[0] == 'p' ? "plain" : "gzip";
	ready_release(&hold);
	return first;
}

static void encodings_are_not_mixed_up(void **state)
{
	struct ready *ready = ready_new(1 << 20);
	struct ready_page plain = page("/a", "plain"), gzip = page("/a", "gzip");

	(void)state;
	ready_keep(ready, &plain);
	assert_string_equal(body_in(ready, ENCODING_BROTLI), "plain"); /* it stands alone */
	plain.alone = gzip.alone = false;
	gzip.encoding = ENCODING_GZIP;
	ready_keep(ready, &plain);
	ready_keep(ready, &gzip);
	assert_string_equal(body_in(ready, ENCODING_NONE), "plain");
	assert_string_equal(body_in(ready, ENCODING_GZIP), "gzip");
	assert_string_equal(body_in(ready, ENCODING_BROTLI), "");
	ready_free(&ready);
}

static void a_held_page_outlives_its_place(void **state)
{
	struct ready *ready = ready_new(1 << 20);
	struct ready_page one = page("/a", "first"), two = page("/a", "second");
	struct ready_hold hold;

	(void)state;
	ready_keep(ready, &one);
	assert_true(ready_find(ready, STR("/a"), ENCODING_NONE, 7, 150, &hold));
	for (int i = 0; i < 10; i++)
		ready_keep(ready, &two);
	assert_true(str_equal(hold.page->body, STR("first")));
	ready_release(&hold);
	assert_true(ready_find(ready, STR("/a"), ENCODING_NONE, 7, 150, &hold));
	assert_true(str_equal(hold.page->body, STR("second")));
	ready_release(&hold);
	ready_free(&ready);
}

/* --- memory ---------------------------------------------------------------------------- */

static char text[5001];

static const char *name(const char *kind, int i)
{
	static char target[32];

	snprintf(target, sizeof(target), "/%s/%d", kind, i);
	return target;
}

static void keep_many(struct ready *ready, const char *kind, int count)
{
	for (int i = 0; i < count; i++) {
		struct ready_page one = page(name(kind, i), text);

		ready_keep(ready, &one);
	}
}

static int count_kept(struct ready *ready, const char *kind, int count)
{
	int there = 0;

	for (int i = 0; i < count; i++)
		there += is_kept(ready, name(kind, i));
	return there;
}

static void memory_is_bounded(void **state)
{
	struct ready *ready = ready_new(100000);
	struct ready_page large;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	for (int round = 0; round < 3; round++) {
		keep_many(ready, "page", 100);
		assert_in_range(count_kept(ready, "page", 100), 5, 19);
	}
	ready_free(&ready);
	ready = ready_new(30000);
	large = page("/large", text); /* more than an eighth of all */
	ready_keep(ready, &large);
	assert_false(is_kept(ready, "/large"));
	ready_free(&ready);
}

/* Twenty pages that are asked for again and again, and an archive of thousands that is read
 * once from one end to the other. */
static void a_sweep_does_not_push_out_what_is_hot(void **state)
{
	struct ready *ready = ready_new(500000);

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	keep_many(ready, "hot", 20);
	for (int i = 0; i < 5000; i++) {
		struct ready_page one = page(name("swept", i), text);

		ready_keep(ready, &one);
		if (i % 50 == 0)
			count_kept(ready, "hot", 20);
	}
	assert_int_equal(count_kept(ready, "hot", 20), 20);
	assert_in_range(count_kept(ready, "swept", 5000), 1, 80);
	ready_free(&ready);
}

/* After a publication all pages are made anew. The hot ones are so in their old places. */
static void what_is_hot_stays_so_in_the_next_version(void **state)
{
	struct ready *ready = ready_new(500000);

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	keep_many(ready, "hot", 20);
	count_kept(ready, "hot", 20);
	keep_many(ready, "swept", 1000);
	for (uint64_t version = 7; version < 20; version++) {
		for (int i = 0; i < 20; i++) {
			struct ready_page one = page(name("hot", i), text);

			one.version = version;
			assert_false(is_there(ready, name("hot", i), version + 1, 100));
			ready_keep(ready, &one);
			assert_true(is_there(ready, name("hot", i), version, 100));
		}
		keep_many(ready, "swept", 100);
	}
	for (int i = 0; i < 20; i++)
		assert_true(is_there(ready, name("hot", i), 19, 100));
	ready_free(&ready);
}

/* What has cooled down makes room in the end. */
static void what_was_hot_cools_down(void **state)
{
	struct ready *ready = ready_new(500000);

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	keep_many(ready, "old", 80);
	for (int i = 0; i < 5; i++)
		count_kept(ready, "old", 80);
	for (int round = 0; round < 50; round++) {
		keep_many(ready, "new", 60);
		count_kept(ready, "new", 60);
	}
	assert_in_range(count_kept(ready, "new", 60), 55, 60);
	ready_free(&ready);
}

/* --- threads ----------------------------------------------------------------------------- */

static void *use(void *ctx)
{
	struct ready *ready = ctx;
	char target[16];

	for (int i = 0; i < 5000; i++) {
		struct ready_hold hold;
		struct ready_page one;

		snprintf(target, sizeof(target), "/%d", i % 7);
		if (ready_find(ready, str_from(target), ENCODING_NONE, 7, 100, &hold) &&
		    !str_equal(hold.page->body, str_from(target)))
			return ctx;
		ready_release(&hold);
		one = page(target, target);
		ready_keep(ready, &one);
	}
	return NULL;
}

static void run_threads(void *(*work)(void *), void *ctx, size_t count)
{
	pthread_t threads[32];
	void *wrong;

	for (size_t i = 0; i < count; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, ctx), 0);
	for (size_t i = 0; i < count; i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
}

static void threads_share_it(void **state)
{
	struct ready *ready = ready_new(2500);

	(void)state;
	run_threads(use, ready, 4);
	ready_free(&ready);
}

struct stampede {
	struct ready *ready;
	_Atomic int made, served;
};

static void *ask_for_one(void *ctx)
{
	struct stampede *stampede = ctx;
	struct ready_page one = page("/cold", "cold");
	struct ready_turn turn;

	if (is_kept(stampede->ready, "/cold"))
		return NULL;
	ready_turn_begin(stampede->ready, STR("/cold"), &turn);
	if (!is_kept(stampede->ready, "/cold")) {
		stampede->made++;
		usleep(20000);
		ready_keep(stampede->ready, &one);
	}
	ready_turn_end(stampede->ready, &turn);
	return is_kept(stampede->ready, "/cold") ? NULL : ctx;
}

static void of_many_who_want_a_page_one_makes_it(void **state)
{
	struct stampede stampede = { .ready = ready_new(1 << 20) };

	(void)state;
	run_threads(ask_for_one, &stampede, 32);
	assert_int_equal(stampede.made, 1);
	ready_free(&stampede.ready);
}

static void turns_at_other_pages_are_not_waited_for(void **state)
{
	struct ready *ready = ready_new(1 << 20);
	struct ready_turn one, other, again;

	(void)state;
	assert_true(ready_turn_begin(ready, STR("/a"), &one));
	assert_true(ready_turn_begin(ready, STR("/b"), &other));
	ready_turn_end(ready, &one);
	assert_true(ready_turn_begin(ready, STR("/a"), &again));
	ready_turn_end(ready, &again);
	ready_turn_end(ready, &again);
	ready_turn_end(ready, &other);
	ready_free(&ready);
}

/* One who never ends its turn. */
static void nobody_waits_for_ever(void **state)
{
	struct ready *ready = ready_new(1 << 20);
	struct ready_turn stuck, turn;

	(void)state;
	assert_true(ready_turn_begin(ready, STR("/a"), &stuck));
	assert_false(ready_turn_begin(ready, STR("/a"), &turn));
	ready_turn_end(ready, &turn);
	ready_turn_end(ready, &stuck);
	ready_free(&ready);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_right_for_its_version_and_time),
		cmocka_unit_test(encodings_are_not_mixed_up),
		cmocka_unit_test(a_held_page_outlives_its_place),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(a_sweep_does_not_push_out_what_is_hot),
		cmocka_unit_test(what_is_hot_stays_so_in_the_next_version),
		cmocka_unit_test(what_was_hot_cools_down),
		cmocka_unit_test(threads_share_it),
		cmocka_unit_test(of_many_who_want_a_page_one_makes_it),
		cmocka_unit_test(turns_at_other_pages_are_not_waited_for),
		cmocka_unit_test(nobody_waits_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
