/* What a text says that it is: of release files, of broken ones, and of anything. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include <communique/release.h>

#define HEAD "Site: press.example\nRelease: 2026-11-23-a\nLanguage: en\n"

static bool is_claim(const char *text, uint32_t revision)
{
	struct claim claim;

	return release_claim(str_from(text), &claim) && claim.revision == revision &&
	       str_equal(claim.site, STR("press.example")) &&
	       str_equal(claim.slug, STR("2026-11-23-a")) && str_equal(claim.language, STR("en"));
}

static void a_header_says_which_revision_it_is(void **state)
{
	(void)state;
	assert_true(is_claim(HEAD "Revision: 2\nTitle: A\n\nBody\n", 2));
	assert_true(is_claim("Title: what\n RELEASE:2026-11-23-a \nsite : press.example\n"
			     "language: en\nREVISION: 4294967295",
			     UINT32_MAX));
	assert_true(is_claim(HEAD "Revision: 1\nSite: other.example\n", 1));
}

static void what_stands_behind_the_header_is_not_looked_at(void **state)
{
	(void)state;
	assert_false(is_claim(HEAD "\nRevision: 2\n", 2));
}

static void a_text_that_does_not_say_claims_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"Hello",
		HEAD,
		HEAD "Revision: 0\n",
		HEAD "Revision: 02\n",
		HEAD "Revision: 4294967296\n",
		HEAD "Revision: two\n",
		"Release: 2026-11-23-a\nLanguage: en\nRevision: 1\n",
		"Site: press.example\nRelease: Not A Slug\nLanguage: en\nRevision: 1\n",
		"Site: press.example\nRelease: 2026-11-23-a\nLanguage: no_language\nRevision: 1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct claim claim;

		assert_false(release_claim(str_from(texts[i]), &claim));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_says_which_revision_it_is),
		cmocka_unit_test(what_stands_behind_the_header_is_not_looked_at),
		cmocka_unit_test(a_text_that_does_not_say_claims_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
