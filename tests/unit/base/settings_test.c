#include "unit.h"

#include <communique/file.h>
#include <communique/limits.h>
#include <communique/settings.h>

static const struct setting table[] = {
	{ "site", SETTING_TEXT, NULL, "the site's name" },
	{ "languages", SETTING_WORDS, "en ko", "its languages" },
	{ "store", SETTING_PATH, "store", "a folder" },
	{ "workers", SETTING_NUMBER, "4", "threads" },
	{ "body", SETTING_SIZE, "2M", "the largest body" },
	{ "timeout", SETTING_SECONDS, "30", "to wait" },
	{ "open", SETTING_FLAG, "no", "whether it is open" },
	{ "name.", SETTING_TEXT, NULL, "a name in each language" },
};
enum { COUNT = sizeof table / sizeof *table };

static char dir[64], path[128];
static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena);
	snprintf(dir, sizeof dir, "/var/tmp/communique-settings.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/conf", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	unlink(path);
	return rmdir(dir);
}

static bool read_text(struct str text, struct settings **out, struct fault *why)
{
	assert_true(file_write(path, text, 0600, NULL));
	return settings_read(&arena, table, COUNT, path, out, why);
}

static void defaults_need_no_file(void **state)
{
	struct settings *settings;
	struct str words[4];

	(void)state;
	assert_true(settings_read(&arena, table, COUNT, NULL, &settings, NULL));
	assert_false(str_given(settings_text(settings, "site")));
	assert_null(settings_cstr(settings, "site"));
	assert_null(settings_path(settings, "site"));
	assert_int_equal(settings_words(settings, "languages", words, 4), 2);
	assert_str(words[1], STR("ko"));
	assert_string_equal(settings_path(settings, "store"), "./store");
	assert_int_equal(settings_number(settings, "workers"), 4);
	assert_int_equal(settings_number(settings, "body"), 2 << 20);
	assert_int_equal(settings_number(settings, "timeout"), 30);
	assert_false(settings_flag(settings, "open"));
	assert_false(str_given(settings_member(settings, "name.", STR("en"))));
}

static void a_file_sets_values(void **state)
{
	struct settings *settings;
	struct str words[4];
	char expected[192];

	(void)state;
	assert_true(read_text(STR("# a comment\n\n  site=press.example\n"
				  "languages =  en   ko ar\t\n store = data/store \n"
				  "workers = 0\nbody = 1G\ntimeout = 2147483648\nopen = yes\n"
				  "\t# another = one\nname.en = The Press = Office # one\n"
				  "name.pt-BR = Imprensa"),
			      &settings, NULL));
	assert_str(settings_text(settings, "site"), STR("press.example"));
	assert_string_equal(settings_cstr(settings, "site"), "press.example");
	assert_int_equal(settings_words(settings, "languages", words, 4), 3);
	assert_str(words[2], STR("ar"));
	assert_int_equal(settings_words(settings, "languages", words, 2), 2);
	snprintf(expected, sizeof expected, "%s/data/store", dir);
	assert_string_equal(settings_path(settings, "store"), expected);
	assert_int_equal(settings_number(settings, "workers"), 0);
	assert_int_equal(settings_number(settings, "body"), 1 << 30);
	assert_true(settings_flag(settings, "open"));
	assert_str(settings_member(settings, "name.", STR("en")), STR("The Press = Office # one"));
	assert_str(settings_member(settings, "name.", STR("pt-BR")), STR("Imprensa"));
	assert_false(str_given(settings_member(settings, "name.", STR("ko"))));
}

static void an_absolute_path_stays(void **state)
{
	struct settings *settings;

	(void)state;
	assert_true(read_text(STR("store = /srv/store\n"), &settings, NULL));
	assert_string_equal(settings_path(settings, "store"), "/srv/store");
}

static void an_empty_value_is_set(void **state)
{
	struct settings *settings;

	(void)state;
	assert_true(read_text(STR("languages =\nsite = \n"), &settings, NULL));
	assert_int_equal(settings_text(settings, "languages").len, 0);
	assert_true(str_given(settings_text(settings, "languages")));
	assert_int_equal(settings_words(settings, "languages", NULL, 0), 0);
	assert_null(settings_cstr(settings, "site"));
}

static void words_may_be_apart_by_tabs(void **state)
{
	struct settings *settings;
	struct str words[4];

	(void)state;
	assert_true(read_text(STR("languages = en\tko ar\n"), &settings, NULL));
	assert_int_equal(settings_words(settings, "languages", words, 4), 3);
}

static void lines_may_end_as_elsewhere(void **state)
{
	struct settings *settings;
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	/* CR LF is either understood or refused, never part of the value. */
	if (read_text(STR("site = press.example\r\n"), &settings, &why))
		assert_str(settings_text(settings, "site"), STR("press.example"));
	else
		assert_int_equal(why.kind, INVALID);
}

static void what_is_wrong_is_told_with_its_line(void **state)
{
	static const struct {
		struct str text;
		const char *says;
	} bad[] = {
		{ { "\nsite\n", 6 }, "line 2: expected key = value" },
		{ { "= x\n", 4 }, "line 1: " },
		{ { "nonsense = 1\n", 13 }, "line 1: there is no setting \"nonsense\"" },
		{ { "site = a\nsite = b\n", 18 }, "line 2: site stands in line 1 already" },
		{ { "name.en = a\nname.en = b\n", 24 }, "line 2: this stands in line 1 already" },
		{ { "name. = a\n", 10 }, "there is no setting" },
		{ { "name = a\n", 9 }, "there is no setting" },
		{ { "Site = a\n", 9 }, "there is no setting" },
		{ { "workers = four\n", 15 }, "workers is a number, not \"four\"" },
		{ { "workers = -1\n", 13 }, "workers is a number" },
		{ { "workers = 2147483648\n", 21 }, "workers is a number" },
		{ { "workers = 4K\n", 13 }, "workers is a number" },
		{ { "workers =\n", 10 }, "workers is a number" },
		{ { "body = 1T\n", 10 }, "such as 64M" },
		{ { "body = M\n", 9 }, "such as 64M" },
		{ { "body = 1k\n", 10 }, "such as 64M" },
		{ { "body = 99999999999G\n", 20 }, "such as 64M" },
		{ { "timeout = 1s\n", 13 }, "timeout is a number" },
		{ { "open = true\n", 12 }, "open is yes or no, not \"true\"" },
		{ { "site = \xff\n", 9 }, "not UTF-8" },
		{ { "site = a\0b\n", 11 }, "not UTF-8" },
		{ { "si\xffte = a\n", 10 }, "\"si\\xffte\"" },
		{ { "\xef\xbb\xbfsite = a\n", 12 },
		  "line 1: the file begins with a byte order mark" },
		{ { "\xef\xbb\xbf# a\n", 7 }, "byte order mark; save it as UTF-8 without one" },
		{ { "\n\xef\xbb\xbfsite = a\n", 13 }, "line 2: there is no setting" },
	};
	struct settings *settings;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct fault why = { .kind = NO_FAULT };
		bool ok = read_text(bad[i].text, &settings, &why);

		if (ok || !strstr(why.says, bad[i].says))
			print_error("%zu: %s\n", i, why.says);
		assert_false(ok);
		assert_int_equal(why.kind, INVALID);
		assert_non_null(strstr(why.says, bad[i].says));
		assert_non_null(strstr(why.says, path));
	}
}

static void a_file_must_be_there_and_small(void **state)
{
	static char much[CONFIG_MAX + 1];
	struct settings *settings;
	struct fault why;

	(void)state;
	assert_false(settings_read(&arena, table, COUNT, path, &settings, &why));
	assert_int_equal(why.kind, BROKEN);
	memset(much, '\n', sizeof much);
	assert_false(read_text((struct str){ much, sizeof much }, &settings, &why));
	assert_int_equal(why.kind, TOO_LARGE);
	assert_true(read_text((struct str){ much, sizeof much - 1 }, &settings, &why));
}

/* What the caller finds wrong is told with the file, and the line when the key stands there. */
static void a_value_is_refused_with_its_place(void **state)
{
	const struct str languages[] = { STR("en"), STR("ko") };
	struct settings *settings;
	struct fault why;
	char says[256];

	(void)state;
	assert_true(read_text(STR("site = x\nname.en = X\nname.zz = Z\n"), &settings, &why));
	assert_false(settings_fail(settings, "site", &why, "not %s", "this"));
	assert_int_equal(why.kind, INVALID);
	snprintf(says, sizeof says, "%s, line 1: not this", path);
	assert_string_equal(why.says, says);
	assert_false(settings_fail(settings, "workers", &why, "too many"));
	snprintf(says, sizeof says, "%s: too many", path);
	assert_string_equal(why.says, says);
	assert_false(settings_members_among(settings, "name.", languages, 2, &why));
	snprintf(says, sizeof says, "%s, line 3: name.zz: zz is none of the languages", path);
	assert_string_equal(why.says, says);
	assert_true(read_text(STR("name.en = X\n"), &settings, &why));
	assert_true(settings_members_among(settings, "name.", languages, 2, &why));
	assert_true(settings_read(&arena, table, COUNT, NULL, &settings, NULL));
	assert_false(settings_fail(settings, "site", &why, "missing"));
	assert_string_equal(why.says, "missing");
}

static void what_is_printed_can_be_read_again(void **state)
{
	struct settings *settings, *again;
	struct buf out, twice;

	(void)state;
	assert_true(read_text(STR("site = press.example\nname.en = Press\nname.ko = 보도\n"
				  "store = /srv/x\nbody = 64K\n"),
			      &settings, NULL));
	buf_init(&out, 1 << 16);
	buf_init(&twice, 1 << 16);
	settings_print(settings, &out);
	for (size_t i = 0; i < COUNT; i++)
		assert_true(str_find_str(buf_str(&out), str_from(table[i].help)) < out.len);
	assert_true(read_text(buf_str(&out), &again, NULL));
	for (size_t i = 0; i < COUNT - 1; i++)
		assert_str(settings_text(again, table[i].key),
			   settings_text(settings, table[i].key));
	assert_str(settings_member(again, "name.", STR("ko")), STR("보도"));
	assert_int_equal(settings_number(again, "body"), 65536);
	buf_release(&out);
	buf_release(&twice);
}

static void ask_for_no_row(void *ctx)
{
	settings_text(ctx, "never heard of");
}

static void a_key_must_be_in_the_table(void **state)
{
	struct settings *settings;

	(void)state;
	assert_true(settings_read(&arena, table, COUNT, NULL, &settings, NULL));
	assert_true(stops(ask_for_no_row, settings));
}

/* Every line, then what is said of a value later, and what is right is there nevertheless. */
static void all_that_is_wrong_is_told_at_once(void **state)
{
	static const char *const said[] = {
		", line 2: expected key = value",
		", line 3: workers is a number, not \"many\"",
		", line 4: there is no setting \"colour\"",
		", line 5: site stands in line 1 already",
		", line 6: open is yes or no, not \"perhaps\"",
		", line 7: body is too much",
		": there is no store",
		", line 7: body: no disk has that much",
		", line 8: name.xx: xx is none of the languages",
	};
	struct settings *settings;
	struct buf expected;
	struct buf wrong;
	struct fault why;

	(void)state;
	buf_init(&wrong, 4096);
	assert_true(file_write(path,
			       STR("site = a\nnonsense\nworkers = many\ncolour = red\n"
				   "site = b\nopen = perhaps\nbody = 3M\nname.xx = y\n"),
			       0600, NULL));
	assert_true(settings_check(&arena, table, COUNT, path, &wrong, &settings, &why));
	assert_str(settings_text(settings, "site"), STR("a"));
	assert_int_equal(settings_number(settings, "workers"), 4);
	assert_int_equal(settings_number(settings, "body"), 3 << 20);
	assert_true(settings_fail(settings, "body", &why, "body is too much"));
	assert_true(settings_fail(settings, "store", &why, "there is no store"));
	fail(&why, DISK_FULL, "no disk has that much");
	assert_true(settings_blame(settings, "body", &why, NULL));
	assert_true(settings_members_among(settings, "name.", NULL, 0, &why));
	buf_init(&expected, 4096);
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		buf_addf(&expected, "%s%s\n", path, said[i]);
	assert_str(buf_str(&wrong), buf_str(&expected));
	buf_release(&expected);
	buf_release(&wrong);
	unlink(path);
	assert_false(settings_check(&arena, table, COUNT, path, &wrong, &settings, &why));
	assert_true(file_write(path, STR(""), 0600, NULL));
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(defaults_need_no_file),
		test(a_file_sets_values),
		test(an_absolute_path_stays),
		test(an_empty_value_is_set),
		test(words_may_be_apart_by_tabs),
		test(lines_may_end_as_elsewhere),
		test(what_is_wrong_is_told_with_its_line),
		test(a_file_must_be_there_and_small),
		test(a_value_is_refused_with_its_place),
		test(what_is_printed_can_be_read_again),
		test(a_key_must_be_in_the_table),
		test(all_that_is_wrong_is_told_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
