#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is another */

#include "../../../src/web/route.h"

static struct match match;
static bool other;

static const struct route *found(enum door door, enum method method, const char *path)
{
	return route_find(door, method, str_from(path), &match, &other);
}

static void addresses_fit_their_patterns(void **state)
{
	static const char release[] = "/{language}/releases/{release}";

	(void)state;
	assert_true(route_fits(release, STR("/zh-Hant/releases/2020-10-28-a"), &match));
	assert_true(str_equal(match.language, STR("zh-Hant")));
	assert_true(str_equal(match.release, STR("2020-10-28-a")));
	assert_false(route_fits(release, STR("/en/releases/"), &match));
	assert_false(route_fits(release, STR("/en/releases/a/"), &match));
	assert_false(route_fits(release, STR("/en/releases/A"), &match));
	assert_false(route_fits(release, STR("/en/releases/a.txt"), &match));
	assert_false(route_fits(release, STR("/en/releases/a b"), &match));
	assert_false(route_fits(release, STR(""), &match));
	assert_false(route_fits("/", STR(""), &match));
	assert_false(route_fits("/", STR("//"), &match));
}

static void suffixes_are_told_apart(void **state)
{
	(void)state;
	assert_true(found(DOOR_PUBLIC, METHOD_GET, "/en/releases/a.txt")->handle == show_text);
	assert_true(found(DOOR_PUBLIC, METHOD_GET, "/en/releases/a.json")->handle == show_json);
	assert_true(found(DOOR_PUBLIC, METHOD_GET, "/en/releases/a.txt.minisig")->handle ==
		    show_first_signature);
	assert_true(found(DOOR_PUBLIC, METHOD_GET, "/en/releases/a.txt.00ff.minisig")->handle ==
		    show_signature);
	assert_true(str_equal(match.keyid, STR("00ff")));
	assert_true(found(DOOR_PUBLIC, METHOD_GET, "/en/releases/a/r12.json")->handle == show_json);
	assert_true(str_equal(match.number, STR("12")));
	assert_null(found(DOOR_PUBLIC, METHOD_GET, "/en/releases/a/r.json"));
	assert_null(found(DOOR_PUBLIC, METHOD_GET, "/en/releases/a/rx"));
	assert_null(found(DOOR_PUBLIC, METHOD_GET, "/en/releases/a.TXT"));
	assert_null(found(DOOR_PUBLIC, METHOD_GET, "/en/releases/a.txt.GGGG.minisig"));
}

static void a_topic_is_any_segment_and_gives_back_what_follows(void **state)
{
	(void)state;
	assert_true(found(DOOR_PUBLIC, METHOD_GET, "/en/topics/COVID-19/")->handle == show_topic);
	assert_true(str_equal(match.topic, STR("COVID-19")));
	assert_true(found(DOOR_PUBLIC, METHOD_GET, "/en/topics/a.b%2Fc.json")->handle ==
		    show_topic);
	assert_true(str_equal(match.topic, STR("a.b%2Fc")));
	assert_true(found(DOOR_PUBLIC, METHOD_GET, "/en/topics/x.json/")->handle == show_topic);
	assert_true(str_equal(match.topic, STR("x.json")));
	assert_null(found(DOOR_PUBLIC, METHOD_GET, "/en/topics/.json"));
	assert_null(found(DOOR_PUBLIC, METHOD_GET, "/en/topics/x"));
	assert_true(found(DOOR_PUBLIC, METHOD_GET, "/en/topics.json")->handle == show_topics);
	assert_true(found(DOOR_PUBLIC, METHOD_GET, "/zh-Hant.json")->handle == show_home);
	assert_true(str_equal(match.language, STR("zh-Hant")));
}

static void doors_and_methods_are_kept_apart(void **state)
{
	struct buf allow;

	(void)state;
	assert_non_null(found(DOOR_PUBLIC, METHOD_HEAD, "/en/"));
	assert_null(found(DOOR_PUBLIC, METHOD_GET, "/admin/drafts"));
	assert_false(other);
	assert_null(found(DOOR_DESK, METHOD_GET, "/en/"));
	assert_non_null(found(DOOR_DESK, METHOD_GET, "/healthz"));
	assert_non_null(found(DOOR_PUBLIC, METHOD_GET, "/healthz"));
	assert_true(found(DOOR_DESK, METHOD_PUT, "/admin/drafts/en/a")->handle == save_draft);
	assert_true(found(DOOR_DESK, METHOD_DELETE, "/admin/drafts/en/a")->handle == drop_draft);
	assert_null(found(DOOR_DESK, METHOD_POST, "/admin/drafts/en/a"));
	assert_true(other);
	assert_null(found(DOOR_DESK, METHOD_OTHER, "/admin/drafts"));
	assert_true(other);
	buf_init(&allow, 100);
	route_allow(DOOR_DESK, STR("/admin/drafts/en/a"), &allow);
	assert_true(str_equal(buf_str(&allow), STR("GET, HEAD, PUT, DELETE")));
	buf_release(&allow);
}

static const struct site site = {
	.languages = { { "en", 2 }, { "zh-Hant", 7 } },
	.language_count = 2,
};

static const char *twin(const char *path)
{
	static char text[256];
	struct buf out;

	buf_init(&out, 2048);
	text[0] = '\0';
	if (route_twin(&site, str_from(path), &out))
		snprintf(text, sizeof(text), "%.*s", STR_ARG(buf_str(&out)));
	buf_release(&out);
	return text;
}

static void twins_lead_to_the_one_address(void **state)
{
	(void)state;
	assert_string_equal(twin("/en"), "/en/");
	assert_string_equal(twin("/EN/"), "/en/");
	assert_string_equal(twin("/En"), "/en/");
	assert_string_equal(twin("/zh-hant/"), "/zh-Hant/");
	assert_string_equal(twin("/ZH-HANT/Releases/A.TXT"), "/zh-Hant/releases/a.txt");
	assert_string_equal(twin("/en/releases"), "/en/releases/");
	assert_string_equal(twin("/en/releases/a/"), "/en/releases/a");
	assert_string_equal(twin("/en/releases/a///"), "/en/releases/a");
	assert_string_equal(twin("/en/search/"), "/en/search");
	assert_string_equal(twin("/en/releases/a/R1/"), "/en/releases/a/r1");
	assert_string_equal(twin("/healthz/"), "/healthz");
	assert_string_equal(twin("/en/topics/COVID-19"), "/en/topics/COVID-19/");
	assert_string_equal(twin("/EN/topics/COVID-19"), "/en/topics/COVID-19/");
	assert_string_equal(twin("/en/Archive/2026"), "/en/archive/2026/");
}

static void right_or_unknown_addresses_have_no_twin(void **state)
{
	static const char *const paths[] = { "/",
					     "/en/",
					     "/en/releases/a",
					     "/zh-Hant/",
					     "/en/x/y",
					     "//",
					     "/en//releases/",
					     "",
					     "/en/releases//a",
					     "/%45n/" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (*twin(paths[i]))
			assert_string_not_equal(twin(paths[i]), paths[i]);
	assert_string_equal(twin("/en/"), "");
	assert_string_equal(twin("/en/releases/a"), "");
	assert_string_equal(twin("/en/x/y"), "");
	assert_string_equal(twin("/en//releases/"), "");
	assert_string_equal(twin(""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_fit_their_patterns),
		cmocka_unit_test(suffixes_are_told_apart),
		cmocka_unit_test(a_topic_is_any_segment_and_gives_back_what_follows),
		cmocka_unit_test(doors_and_methods_are_kept_apart),
		cmocka_unit_test(twins_lead_to_the_one_address),
		cmocka_unit_test(right_or_unknown_addresses_have_no_twin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
