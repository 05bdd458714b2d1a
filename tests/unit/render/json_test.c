#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include <communique/json.h>

static struct buf out;

static void expect(const char *text)
{
	buf_add_char(&out, 0);
	assert_string_equal(out.at, text);
	buf_clear(&out);
}

static void commas_and_colons_are_put(void **state)
{
	struct json json = json_begin(&out);

	(void)state;
	json_object(&json);
	json_member_text(&json, "a", STR("x"));
	json_key(&json, "b");
	json_array(&json);
	json_number(&json, -1);
	json_object(&json);
	json_end(&json);
	json_array(&json);
	json_end(&json);
	json_flag(&json, false);
	json_null(&json);
	json_end(&json);
	json_member_number(&json, "c", INT64_MIN);
	json_member_flag(&json, "d", true);
	json_end(&json);
	assert_int_equal(json.depth, 0);
	expect("{\"a\":\"x\",\"b\":[-1,{},[],false,null],\"c\":-9223372036854775808,\"d\":true}");
}

static void absent_members_are_left_out(void **state)
{
	struct json json = json_begin(&out);

	(void)state;
	json_object(&json);
	json_member_text(&json, "a", STR_NONE);
	json_member_text(&json, "b", STR(""));
	json_end(&json);
	expect("{\"b\":\"\"}");
}

static void dangerous_characters_are_escaped(void **state)
{
	struct json json = json_begin(&out);

	(void)state;
	json_text(&json, STR("\"\\\n\t\r\x01\x7f/é한"));
	expect("\"\\\"\\\\\\n\\t\\u000d\\u0001\\u007f/é한\"");
	json = json_begin(&out);
	json_text(&json, STR("</script><!--&\u2028"));
	expect("\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\"");
}

static void invalid_utf8_becomes_the_replacement(void **state)
{
	struct json json = json_begin(&out);

	(void)state;
	json_text(&json, STR("a\xff\xc0\x80z"));
	expect("\"a���z\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_and_colons_are_put),
		cmocka_unit_test(absent_members_are_left_out),
		cmocka_unit_test(dangerous_characters_are_escaped),
		cmocka_unit_test(invalid_utf8_becomes_the_replacement),
	};
	int failed;

	buf_init(&out, 4096);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_release(&out);
	return failed;
}
