#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#undef fail /* cmocka's macro; here it is fault.h's function */

#include "../../../src/cli/address.h"
#include "../../../src/cli/desk_client.h"
#include "../../../src/cli/edition.h"

static struct arena arena;

static bool split(const char *address, const char **server, struct str *target)
{
	return address_split(&arena, str_from(address), server, target, NULL);
}

static void splits_addresses(void **state)
{
	const char *server;
	struct str target;

	(void)state;
	assert_true(split("https://press.example", &server, &target));
	assert_string_equal(server, "https://press.example");
	assert_true(str_equal(target, STR("/")));
	assert_true(split("http://127.0.0.1:8080/admin/drafts?x=1", &server, &target));
	assert_string_equal(server, "http://127.0.0.1:8080");
	assert_true(str_equal(target, STR("/admin/drafts?x=1")));
}

static void refuses_what_is_no_address(void **state)
{
	static const char *const bad[] = {
		"",
		"press.example",
		"https://",
		"https:///x",
		"https://user@press.example/",
		"https://press.example/a b",
		"https://press.example/a#b",
		"https://press.example/\xc3\xa9",
		"https://press.example?x",
	};
	const char *server;
	struct str target;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(split(bad[i], &server, &target));
}

static void writes_authorities_as_they_are_signed(void **state)
{
	(void)state;
	assert_true(str_equal(address_authority(&arena, STR("Press.EXAMPLE:443"), true),
			      STR("press.example")));
	assert_true(str_equal(address_authority(&arena, STR("press.example:8443"), true),
			      STR("press.example:8443")));
	assert_true(
		str_equal(address_authority(&arena, STR("localhost:80"), false), STR("localhost")));
	assert_true(str_equal(address_authority(&arena, STR("localhost:443"), false),
			      STR("localhost:443")));
}

static void knows_this_machine(void **state)
{
	(void)state;
	assert_true(address_is_local(STR("localhost")));
	assert_true(address_is_local(STR("127.0.0.1:8080")));
	assert_true(address_is_local(STR("[::1]:8080")));
	assert_false(address_is_local(STR("localhost.evil.example")));
	assert_false(address_is_local(STR("127.0.0.10")));
	assert_false(address_is_local(STR("press.example")));
}

static void takes_plain_http_for_this_machine_only(void **state)
{
	struct desk desk;
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	assert_true(desk_open(&arena, "http://localhost:8080/", NULL, &desk, &why));
	assert_true(desk_open(&arena, "https://Press.Example", NULL, &desk, &why));
	assert_true(str_equal(desk_address(&desk, STR("/en/")), STR("https://press.example/en/")));
	assert_true(str_equal(desk_address(&desk, STR("https://a.example/")),
			      STR("https://a.example/")));
	assert_false(desk_open(&arena, "http://press.example", NULL, &desk, &why));
	assert_int_equal(why.kind, USAGE);
	assert_false(desk_open(&arena, "ftp://localhost", NULL, &desk, &why));
	assert_false(desk_open(&arena, "https://press.example/sub", NULL, &desk, &why));
}

static void names_editions(void **state)
{
	static const char *const bad[] = { "",	     "en",	"en/",	 "/x",	  "en/UPPER",
					   "en/a/b", "en/../x", "e n/x", "en/a b" };
	struct edition edition;

	(void)state;
	assert_true(edition_parse("en/2020-10-28-a", &edition, NULL));
	assert_true(
		str_equal(edition_path(&arena, &edition), STR("/admin/drafts/en/2020-10-28-a")));
	assert_true(str_equal(edition_file_name(&arena, &edition), STR("2020-10-28-a.en.txt")));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(edition_parse(bad[i], &edition, NULL));
}

static int end(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_addresses),
		cmocka_unit_test(refuses_what_is_no_address),
		cmocka_unit_test(writes_authorities_as_they_are_signed),
		cmocka_unit_test(knows_this_machine),
		cmocka_unit_test(takes_plain_http_for_this_machine_only),
		cmocka_unit_test(names_editions),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
