#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is another */

#include "../../../src/web/patience.h"

static struct patience patience;

static int begin(void **state)
{
	(void)state;
	patience_init(&patience);
	return 0;
}

static int end(void **state)
{
	(void)state;
	patience_release(&patience);
	return 0;
}

static struct key_id key(unsigned n)
{
	struct key_id id = { 0 };

	memcpy(&id, &n, sizeof(n));
	return id;
}

static void spend(struct key_id id, unsigned times, int64_t now)
{
	while (times-- > 0)
		patience_spend(&patience, &id, now);
}

static bool left(struct key_id id, int64_t now)
{
	return patience_left(&patience, &id, now);
}

static void so_many_refusals_are_borne_and_no_more(void **state)
{
	(void)state;
	spend(key(1), REFUSALS_BURST - 1, 1000);
	assert_true(left(key(1), 1000));
	spend(key(1), 1, 1000);
	assert_false(left(key(1), 1000));
	assert_true(left(key(2), 1000));
}

static void time_gives_one_back_after_the_other(void **state)
{
	(void)state;
	spend(key(1), REFUSALS_BURST, 1000);
	assert_false(left(key(1), 1000 + REFUSALS_SECONDS - 1));
	assert_true(left(key(1), 1000 + REFUSALS_SECONDS));
	spend(key(1), 1, 1000 + REFUSALS_SECONDS);
	assert_false(left(key(1), 1000 + REFUSALS_SECONDS));
	assert_true(left(key(1), 1000 + 2 * REFUSALS_SECONDS));
	spend(key(1), REFUSALS_BURST - 1, 100000);
	assert_true(left(key(1), 100000));
}

static void so_many_bodies_are_on_their_way_and_no_more(void **state)
{
	struct key_id one = key(1), other = key(2);

	(void)state;
	for (int i = 0; i < BODIES_PER_KEY_MAX; i++)
		assert_true(patience_body_begins(&patience, &one, 1000));
	assert_false(patience_body_begins(&patience, &one, 1000));
	assert_true(patience_body_begins(&patience, &other, 1000));
	patience_body_ends(&patience, &one, 1000);
	assert_true(patience_body_begins(&patience, &one, 1000));
	assert_false(patience_body_begins(&patience, &one, 1000));
	for (int i = 0; i < 2 * BODIES_PER_KEY_MAX; i++)
		patience_body_ends(&patience, &one, 1000);
	assert_true(patience_body_begins(&patience, &one, 1000));
	assert_true(left(one, 1000));
}

static void more_than_the_most_counts_no_further(void **state)
{
	(void)state;
	spend(key(1), 10 * REFUSALS_BURST, 1000);
	assert_true(left(key(1), 1000 + REFUSALS_SECONDS));
}

static void a_clock_that_is_set_back_forgives_nothing_and_locks_nobody_out(void **state)
{
	(void)state;
	spend(key(1), REFUSALS_BURST, 1000);
	assert_false(left(key(1), 10));
	assert_true(left(key(1), 10 + REFUSALS_SECONDS));
}

static void another_key_takes_the_place_of_the_quietest(void **state)
{
	(void)state;
	for (unsigned n = 0; n < KEYSET_KEYS_MAX; n++)
		spend(key(n + 1), REFUSALS_BURST, 1000 + (n == 5 ? 0 : 1));
	spend(key(10000), REFUSALS_BURST, 1001);
	assert_false(left(key(10000), 1001));
	assert_false(left(key(1), 1001));
	assert_true(left(key(6), 1001));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(so_many_refusals_are_borne_and_no_more),
		TEST(time_gives_one_back_after_the_other),
		TEST(so_many_bodies_are_on_their_way_and_no_more),
		TEST(more_than_the_most_counts_no_further),
		TEST(a_clock_that_is_set_back_forgives_nothing_and_locks_nobody_out),
		TEST(another_key_takes_the_place_of_the_quietest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
