#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is another */

#include <pthread.h>

#include "../../../src/web/ready.h"

static struct ready_page page(const char *target, const char *content)
{
	return (struct ready_page){ .target = str_from(target),
				    .version = 7,
				    .made = 100,
				    .until = 200,
				    .type = "text/plain",
				    .etag = STR("\"e\""),
				    .content = str_from(content) };
}

static bool is_there(struct ready *ready, const char *target, uint64_t version, int64_t now)
{
	const struct ready_page *found = ready_find(ready, str_from(target), version, now);

	if (found)
		ready_release(ready, found);
	return found != NULL;
}

static void a_page_is_right_for_its_version_and_time(void **state)
{
	struct ready *ready = ready_new(1 << 20);
	struct ready_page one = page("/a", "hello");
	const struct ready_page *found;

	(void)state;
	assert_false(is_there(ready, "/a", 7, 100));
	ready_keep(ready, &one);
	found = ready_find(ready, STR("/a"), 7, 100);
	assert_non_null(found);
	assert_true(str_equal(found->content, STR("hello")));
	assert_true(found->content.at != one.content.at);
	ready_release(ready, found);
	assert_true(is_there(ready, "/a", 7, 199));
	assert_false(is_there(ready, "/a", 7, 200)); /* the lift */
	assert_false(is_there(ready, "/a", 7, 99));  /* a clock that was set back */
	assert_false(is_there(ready, "/a", 8, 100));
	assert_false(is_there(ready, "/b", 7, 100));
	ready_free(&ready);
	assert_null(ready);
}

static void a_held_page_outlives_its_place(void **state)
{
	struct ready *ready = ready_new(1 << 20);
	struct ready_page one = page("/a", "first"), two = page("/a", "second");
	const struct ready_page *held;

	(void)state;
	ready_keep(ready, &one);
	held = ready_find(ready, STR("/a"), 7, 150);
	ready_keep(ready, &two);
	assert_true(str_equal(held->content, STR("first")));
	ready_release(ready, held);
	held = ready_find(ready, STR("/a"), 7, 150);
	assert_true(str_equal(held->content, STR("second")));
	ready_release(ready, held);
	ready_free(&ready);
}

static void memory_is_bounded(void **state)
{
	static char text[5001];
	struct ready *ready = ready_new(50000);
	struct ready_page one;
	char target[16];
	int there = 0;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 100; i++) {
		snprintf(target, sizeof(target), "/%d", i);
		one = page(target, text);
		ready_keep(ready, &one);
		assert_true(is_there(ready, target, 7, 100));
	}
	for (int i = 0; i < 100; i++) {
		snprintf(target, sizeof(target), "/%d", i);
		there += is_there(ready, target, 7, 100);
	}
	assert_true(there > 0 && there < 10);
	one = page("/large", text);
	ready_free(&ready);
	ready = ready_new(20000);
	ready_keep(ready, &one); /* more than an eighth of all */
	assert_false(is_there(ready, "/large", 7, 100));
	ready_free(&ready);
}

static void *use(void *ctx)
{
	struct ready *ready = ctx;
	char target[16];

	for (int i = 0; i < 5000; i++) {
		const struct ready_page *found;
		struct ready_page one;

		snprintf(target, sizeof(target), "/%d", i % 7);
		found = ready_find(ready, str_from(target), 7, 100);
		if (found) {
			if (!str_equal(found->content, str_from(target)))
				return ctx;
			ready_release(ready, found);
		}
		one = page(target, target);
		ready_keep(ready, &one);
	}
	return NULL;
}

static void threads_share_it(void **state)
{
	struct ready *ready = ready_new(1000);
	pthread_t threads[4];
	void *wrong;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use, ready), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
	ready_free(&ready);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_right_for_its_version_and_time),
		cmocka_unit_test(a_held_page_outlives_its_place),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(threads_share_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
