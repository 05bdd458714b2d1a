/* The list of a backup's files: what is written is read again, and nothing else is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include <communique/digest.h>

#include "../../../src/operator/saved.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define AB "abababababababababababababababababababababababababababababababab"

static struct fault why;

static bool parse(const char *text)
{
	struct manifest manifest;
	bool ok;

	manifest_init(&manifest);
	ok = manifest_parse(str_from(text), &manifest, &why);
	manifest_release(&manifest);
	return ok;
}

static void refuse(const char *text, unsigned line)
{
	assert_false(parse(text));
	assert_int_equal(why.kind, INVALID);
	assert_int_equal(why.line, line);
}

static void what_is_written_is_read_again(void **state)
{
	struct hash hash = hash_of(STR("x"));
	struct manifest one, other;
	struct buf text;

	(void)state;
	manifest_init(&one);
	manifest_init(&other);
	buf_init(&text, 4096);
	manifest_add(&one, STR("store/data.mdb"), &hash);
	manifest_add(&one, STR("theme/site.css"), &hash);
	manifest_format(&one, &text);
	assert_true(manifest_parse(buf_str(&text), &other, &why));
	assert_int_equal(other.paths.count, 2);
	assert_true(hash_equal(manifest_find(&other, STR("theme/site.css")), &hash));
	assert_null(manifest_find(&other, STR("logo.svg")));
	buf_release(&text);
	manifest_release(&one);
	manifest_release(&other);
}

static void many_files_are_kept_with_their_hashes(void **state)
{
	struct manifest manifest;
	char name[64];

	(void)state;
	manifest_init(&manifest);
	for (int i = 0; i < 1000; i++) {
		struct hash hash;

		snprintf(name, sizeof name, "theme/%d.css", i);
		hash = hash_of(str_from(name));
		manifest_add(&manifest, str_from(name), &hash);
	}
	for (int i = 0; i < 1000; i++) {
		struct hash hash;

		snprintf(name, sizeof name, "theme/%d.css", i);
		hash = hash_of(str_from(name));
		assert_true(hash_equal(manifest_find(&manifest, str_from(name)), &hash));
	}
	manifest_release(&manifest);
}

static void only_the_paths_of_a_backup_are_taken(void **state)
{
	static const char *const bad[] = {
		"/etc/passwd",
		"../communique.conf",
		"store/../../etc/passwd",
		"store/lock.mdb",
		"log.key",
		"log.state",
		"theme/../log.key",
		"theme/.htaccess",
		"theme/a/b.css",
		"theme/",
		"store/files/" A,
		"store/files/ab/" A,  /* not where its hash says */
		"store/files/ab/" AB, /* not named by its hash */
		"store/files/aa/" A "/x",
		"store/files/aa/../" A,
		"",
		" communique.conf",
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(text, sizeof text, A "  communique.conf\n" A "  %s\n", bad[i]);
		refuse(text, 2);
	}
	assert_true(parse(A "  store/files/aa/" A "\n" A "  theme/site.css\n" A "  logo.png\n"));
}

static void a_list_that_is_not_sha256sums_is_refused(void **state)
{
	(void)state;
	assert_true(parse(""));
	refuse("\n", 1);
	refuse(A "  communique.conf", 1); /* cut off */
	refuse(A " communique.conf\n", 1);
	refuse(A " *communique.conf\n", 1);
	refuse("AA" A "  communique.conf\n", 1);
	refuse("zz  communique.conf\n", 1);
	refuse(A "  communique.conf\n" A "  communique.conf\n", 2);
	refuse(A "  communique.conf\r\n", 1);
}

/* --- backup.txt ---------------------------------------------------------------------------- */

#define HEAD "communique backup v1\nsite press.example\nmade 2026-11-23T09:00:00Z\n"

static void what_a_backup_says_of_itself_is_read_again(void **state)
{
	struct saved_about about = { .site = STR("press.example"),
				     .made = 1795424400,
				     .has_log = true,
				     .log_size = 12,
				     .has_anchor = true };
	struct saved_about read;
	struct buf text;

	(void)state;
	about.anchor = hash_of(STR("1"));
	about.log_root = hash_of(STR("2"));
	buf_init(&text, 4096);
	saved_about_format(&about, &text);
	assert_true(str_starts(buf_str(&text), STR(HEAD "anchor ")));
	assert_true(saved_about_parse(buf_str(&text), &read, &why));
	assert_true(str_equal(read.site, about.site) && read.made == about.made);
	assert_true(read.has_anchor && hash_equal(&read.anchor, &about.anchor));
	assert_true(read.has_log && read.log_size == 12);
	assert_true(hash_equal(&read.log_root, &about.log_root));
	buf_release(&text);
}

static void a_backup_that_does_not_say_what_it_is_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"communique backup v2\nsite a\nmade 2026-11-23T09:00:00Z\n",
		"communique backup v1\n",
		"communique backup v1\nsite press.example\n",
		"communique backup v1\nmade 2026-11-23T09:00:00Z\n",
		"communique backup v1\nsite press.example\nmade yesterday\n",
		HEAD "log 12\n",
		HEAD "log twelve " A "\n",
		HEAD "anchor x\n",
		HEAD "key RWQ\n",
		HEAD "log 1 AAAA\n",
	};
	struct saved_about read;

	(void)state;
	assert_true(saved_about_parse(STR(HEAD), &read, &why));
	assert_false(read.has_anchor || read.has_log);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(saved_about_parse(str_from(bad[i]), &read, &why));
		assert_int_equal(why.kind, INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(many_files_are_kept_with_their_hashes),
		cmocka_unit_test(only_the_paths_of_a_backup_are_taken),
		cmocka_unit_test(a_list_that_is_not_sha256sums_is_refused),
		cmocka_unit_test(what_a_backup_says_of_itself_is_read_again),
		cmocka_unit_test(a_backup_that_does_not_say_what_it_is_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
