#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#undef fail

#include <unistd.h>

#include <communique/file.h>
#include <communique/tar.h>

#define TEN "0123456789"
#define LONG_NAME TEN TEN TEN TEN TEN TEN TEN TEN "/" TEN "012345678"

static void make(struct buf *out)
{
	buf_init(out, 1 << 20);
	tar_add(out, STR("release.txt"), STR("1. A text.\n"), 1795451641);
	tar_add(out, STR("keys/1.txt"), STR(""), 1795451641);
	tar_add(out, STR(LONG_NAME), STR("x"), 1795451641);
	tar_end(out);
}

static bool reads(struct str bundle, size_t *count)
{
	struct fault why = { .kind = NO_FAULT };
	struct tar_file file;
	bool more = true;

	for (*count = 0; more; *count += more) {
		if (!tar_next(&bundle, &file, &more, &why)) {
			assert_int_equal(why.kind, INVALID);
			return false;
		}
	}
	return true;
}

static void gives_back_what_was_put_in(void **state)
{
	struct tar_file file;
	struct buf bundle;
	struct str rest;
	bool more;

	(void)state;
	assert_int_equal(sizeof LONG_NAME - 1, TAR_NAME_MAX);
	make(&bundle);
	rest = buf_str(&bundle);
	assert_true(tar_next(&rest, &file, &more, NULL) && more);
	assert_true(str_equal(file.name, STR("release.txt")));
	assert_true(str_equal(file.bytes, STR("1. A text.\n")));
	assert_true(tar_next(&rest, &file, &more, NULL) && more);
	assert_true(str_equal(file.name, STR("keys/1.txt")));
	assert_int_equal(file.bytes.len, 0);
	assert_true(tar_next(&rest, &file, &more, NULL) && more);
	assert_true(str_equal(file.name, STR(LONG_NAME)));
	assert_true(tar_next(&rest, &file, &more, NULL) && !more);
	buf_release(&bundle);
}

/* GNU tar, as everybody has it. */
static void stock_tar_unpacks_it(void **state)
{
	char folder[] = "/tmp/communique-tar-XXXXXX", command[512], path[128];
	struct buf bundle, text;

	(void)state;
	make(&bundle);
	buf_init(&text, 1024);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/b.tar", folder);
	assert_true(file_write(path, buf_str(&bundle), 0644, NULL));
	snprintf(command, sizeof command, "cd %s && tar -xf b.tar && tar -tvf b.tar >list", folder);
	assert_int_equal(system(command), 0);
	snprintf(path, sizeof path, "%s/release.txt", folder);
	assert_true(file_read(path, &text, NULL));
	assert_true(str_equal(buf_str(&text), STR("1. A text.\n")));
	snprintf(path, sizeof path, "%s/%s", folder, LONG_NAME);
	assert_int_equal(access(path, R_OK), 0);
	snprintf(command, sizeof command, "rm -r %s", folder);
	assert_int_equal(system(command), 0);
	buf_release(&bundle);
	buf_release(&text);
}

/* Every byte that is not a file's own or the moment is fixed by the form. */
static void no_other_byte_may_differ(void **state)
{
	struct buf bundle;
	struct str whole;
	size_t count, accepted = 0;

	(void)state;
	make(&bundle);
	whole = buf_str(&bundle);
	assert_true(reads(whole, &count));
	assert_int_equal(count, 3);
	for (size_t i = 0; i < whole.len; i++) {
		bundle.at[i] ^= 1;
		if (reads(whole, &count)) {
			assert_int_equal(count, 3);
			accepted++;
		}
		bundle.at[i] ^= 1;
	}
	assert_int_equal(accepted, sizeof "1. A text.\n" - 1 + 1);
	buf_release(&bundle);
}

static void what_is_cut_or_longer_is_refused(void **state)
{
	struct buf bundle;
	size_t count;

	(void)state;
	make(&bundle);
	for (size_t len = 0; len < bundle.len; len++)
		assert_false(reads(str_first(buf_str(&bundle), len), &count));
	buf_add_char(&bundle, '\0');
	assert_false(reads(buf_str(&bundle), &count));
	buf_release(&bundle);
}

/* A header that is right in all but its name. */
static void names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const names[] = { "/etc/passwd", "../x", "a/../b", "a//b", ".a",
					     "a/.b",	    "a b",  "a\nb",   "a/",   "" };
	struct buf bundle;
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		unsigned sum = 0;

		buf_init(&bundle, 1 << 20);
		tar_add(&bundle, STR("n"), STR("x"), 0);
		tar_end(&bundle);
		bundle.at[0] = '\0';
		memcpy(bundle.at, names[i], strlen(names[i]));
		memset(bundle.at + 148, ' ', 8);
		for (size_t k = 0; k < 512; k++)
			sum += (unsigned char)bundle.at[k];
		snprintf(bundle.at + 148, 7, "%06o", sum);
		assert_false(reads(buf_str(&bundle), &count));
		buf_release(&bundle);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_was_put_in),
		cmocka_unit_test(stock_tar_unpacks_it),
		cmocka_unit_test(no_other_byte_may_differ),
		cmocka_unit_test(what_is_cut_or_longer_is_refused),
		cmocka_unit_test(names_that_lead_elsewhere_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
