#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#undef fail

#include <communique/set.h>

#define MANY 20000

static struct str nth(char out[16], unsigned n)
{
	return (struct str){ out, (size_t)snprintf(out, 16, "/en/%u", n) };
}

static void numbers_texts_in_their_order(void **state)
{
	struct set set;
	char text[16];
	bool fresh;

	(void)state;
	set_init(&set);
	assert_int_equal(set_find(&set, STR("/en/0")), SET_NONE);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(set_add(&set, nth(text, i), &fresh), i);
		assert_true(fresh);
	}
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(set_find(&set, nth(text, i)), i);
		assert_int_equal(set_add(&set, nth(text, i), &fresh), i);
		assert_false(fresh);
	}
	assert_int_equal(set_find(&set, nth(text, MANY)), SET_NONE);
	assert_int_equal(set.count, MANY);
	set_release(&set);
}

static void tells_apart_what_differs_in_its_length(void **state)
{
	struct set set;

	(void)state;
	set_init(&set);
	assert_int_equal(set_add(&set, STR(""), NULL), 0);
	assert_int_equal(set_add(&set, STR("\0"), NULL), 1);
	assert_int_equal(set_add(&set, STR("\0\0"), NULL), 2);
	assert_int_equal(set_add(&set, STR_NONE, NULL), 0);
	set_release(&set);
	assert_int_equal(set_find(&set, STR("")), SET_NONE);
	assert_int_equal(set_add(&set, STR("a"), NULL), 0);
	set_release(&set);
}

static void keeps_copies(void **state)
{
	char text[] = "abc";
	struct set set;

	(void)state;
	set_init(&set);
	set_add(&set, str_from(text), NULL);
	text[0] = 'x';
	assert_int_equal(set_find(&set, STR("abc")), 0);
	assert_int_equal(set_find(&set, str_from(text)), SET_NONE);
	set_release(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_texts_in_their_order),
		cmocka_unit_test(tells_apart_what_differs_in_its_length),
		cmocka_unit_test(keeps_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
