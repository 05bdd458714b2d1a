#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "../../../src/web/query.h"

#define NAMES "kind topic page"

static void becomes(const char *query, const char *right)
{
	struct str values[PARAMETERS_MAX];
	struct arena arena;
	struct fault why;
	struct buf out;

	arena_init(&arena);
	buf_init(&out, 1000);
	assert_true(query_read(str_from(query), NAMES, &arena, values, &why));
	query_write(NAMES, values, &out);
	buf_add_char(&out, '\0');
	assert_string_equal(out.at, right);
	/* What is right stays. */
	assert_true(query_read(str_skip(str_from(right), 1), NAMES, &arena, values, &why));
	buf_clear(&out);
	query_write(NAMES, values, &out);
	buf_add_char(&out, '\0');
	assert_string_equal(out.at, right);
	buf_release(&out);
	arena_release(&arena);
}

static void parameters_have_one_order_and_stand_once(void **state)
{
	(void)state;
	becomes("kind=a&topic=b&page=3", "?kind=a&topic=b&page=3");
	becomes("page=3&kind=a", "?kind=a&page=3");
	becomes("page=3&page=4", "?page=3");
	becomes("page=&page=4", "?page=4");
	becomes("x=1&kinds=2&kin=3&=4&&page=5&utm", "?page=5");
	becomes("kind=&topic=&page=", "");
	becomes("page", "");
	becomes("", "");
}

static void a_value_has_one_spelling(void **state)
{
	(void)state;
	becomes("topic=New%20Policy", "?topic=New+Policy");
	becomes("topic=New+Policy", "?topic=New+Policy");
	becomes("topic=%4E%65w", "?topic=New");
	becomes("topic=a*b-c._~", "?topic=a*b-c._%7E");
	becomes("topic=%ed%95%9c", "?topic=%ED%95%9C");
	becomes("topic=a=b", "?topic=a%3Db");
	becomes("topic=a%26b%2Bc", "?topic=a%26b%2Bc");
	/* e and a combining acute accent */
	becomes("topic=e%CC%81", "?topic=%C3%A9");
}

static void what_cannot_be_decoded_is_refused(void **state)
{
	static const char *const bad[] = { "page=%",   "page=%4",  "page=%zz",
					   "page=%00", "page=%ff", "topic=%ED%95" };
	struct str values[PARAMETERS_MAX];
	struct arena arena;
	struct fault why;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(query_read(str_from(bad[i]), NAMES, &arena, values, &why));
		assert_int_equal(why.kind, INVALID);
	}
	arena_release(&arena);
}

static void a_route_without_parameters_knows_none(void **state)
{
	struct str values[PARAMETERS_MAX];
	struct arena arena;
	struct fault why;
	struct buf out;

	(void)state;
	arena_init(&arena);
	buf_init(&out, 100);
	assert_true(query_read(STR("page=1"), NULL, &arena, values, &why));
	query_write(NULL, values, &out);
	assert_int_equal(out.len, 0);
	buf_release(&out);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_have_one_order_and_stand_once),
		cmocka_unit_test(a_value_has_one_spelling),
		cmocka_unit_test(what_cannot_be_decoded_is_refused),
		cmocka_unit_test(a_route_without_parameters_knows_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
