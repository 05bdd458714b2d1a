/* A configuration whose paths lead elsewhere, for another place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include <communique/file.h>
#include <communique/limits.h>

#include "../../../src/operator/resettle.h"

static struct arena arena;
static char folder[64];
static struct buf out, moved;
static struct fault why;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena);
	buf_init(&out, CONFIG_MAX);
	buf_init(&moved, CONFIG_MAX);
	snprintf(folder, sizeof folder, "/var/tmp/communique-place.XXXXXX");
	assert_non_null(mkdtemp(folder));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_release(&out);
	buf_release(&moved);
	arena_release(&arena);
	return folder_remove(folder, NULL) ? 0 : -1;
}

static void check(const char *line, const char *expected, const char *which)
{
	buf_clear(&out);
	buf_clear(&moved);
	assert_true(resettle(&arena, folder, STR("logo.png"), str_from(line), &out, &moved, &why));
	if (!str_equal(buf_str(&out), str_from(expected)))
		print_error("%s: %.*s\n", line, STR_ARG(buf_str(&out)));
	assert_true(str_equal(buf_str(&out), str_from(expected)));
	assert_true(str_equal(buf_str(&moved), str_from(which)));
}

static void stays(const char *line)
{
	check(line, line, "");
}

static void becomes(const char *line, const char *new, const char *which)
{
	char text[512];

	snprintf(text, sizeof text, "# restored elsewhere; it was:\n# %s%s", line, new);
	check(line, text, which);
}

static void what_leads_into_the_folder_stays(void **state)
{
	char line[128];

	(void)state;
	stays("site = press.example\n");
	stays("store = store\n");
	stays("store = ./x/..//store/\n");
	stays("log-key = keys/log.key\n");
	stays("# store = /elsewhere/store\n");
	stays("name.en = /elsewhere/store\n");
	stays("url = https://press.example\r\n\r\nlog-key = log.key\r\n");
	stays("webhook-key =\n");
	snprintf(line, sizeof line, "log-key = %s/keys/log.key\n", folder);
	stays(line);
}

static void what_leads_out_of_it_becomes_a_path_in_it(void **state)
{
	char line[128];

	(void)state;
	becomes("store = /elsewhere/store\n", "store = store\n", "store");
	becomes("spool =../spool\n", "spool = spool\n", "spool");
	becomes("log-key = a/../../log.key\n", "log-key = log.key\n", "log-key");
	becomes("public-socket = /run/press/socket\n", "public-socket = public.sock\n",
		"public-socket");
	becomes("webhook-key = /etc/keys/hook.key\n", "webhook-key = hook.key\n", "webhook-key");
	/* The name of the folder with more behind it is another folder's. */
	snprintf(line, sizeof line, "log-state = %s2/log.state\n", folder);
	becomes(line, "log-state = log.state\n", "log-state");
	check("store = /a\r\nspool = /b",
	      "# restored elsewhere; it was:\n# store = /a\r\nstore = store\n"
	      "# restored elsewhere; it was:\n# spool = /b\nspool = spool\n",
	      "store, spool");
}

static void what_a_backup_brings_has_the_name_that_it_gets_there(void **state)
{
	(void)state;
	becomes("store = data\n", "store = store\n", "store");
	becomes("theme = colours\n", "theme = theme\n", "theme");
	becomes("logo = mark.png\n", "logo = logo.png\n", "logo");
	stays("logo = logo.png\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_leads_into_the_folder_stays),
		cmocka_unit_test(what_leads_out_of_it_becomes_a_path_in_it),
		cmocka_unit_test(what_a_backup_brings_has_the_name_that_it_gets_there),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
