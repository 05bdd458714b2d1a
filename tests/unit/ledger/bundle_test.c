#include "trees.h"

#include <communique/bundle.h>

static struct buf bundle;

static int start(void **state)
{
	(void)state;
	buf_init(&bundle, 65536);
	bundle_add(&bundle, BUNDLE_RELEASE, 1795451641, STR("Site: press.example\n"));
	bundle_add(&bundle, "log/empty", 1795451641, STR(""));
	bundle_add(&bundle, BUNDLE_LEAF, 1795451641, STR("communique.leaf/v1\n"));
	bundle_end(&bundle);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	buf_release(&bundle);
	return 0;
}

static void a_bundle_gives_back_its_files_in_order(void **state)
{
	struct str rest = buf_str(&bundle), name, bytes;
	bool found;

	(void)state;
	assert_true(bundle_next(&rest, &found, &name, &bytes, NULL) && found);
	assert_str(name, STR(BUNDLE_RELEASE));
	assert_str(bytes, STR("Site: press.example\n"));
	assert_true(bundle_next(&rest, &found, &name, &bytes, NULL) && found);
	assert_str(name, STR("log/empty"));
	assert_int_equal(bytes.len, 0);
	assert_true(bundle_next(&rest, &found, &name, &bytes, NULL) && found);
	assert_true(bundle_next(&rest, &found, &name, &bytes, NULL) && !found);
	assert_true(bundle_find(buf_str(&bundle), BUNDLE_LEAF, &bytes, NULL));
	assert_str(bytes, STR("communique.leaf/v1\n"));
}

static void a_file_that_is_missing_is_named(void **state)
{
	struct fault why;
	struct str bytes;

	(void)state;
	assert_refused(bundle_find(buf_str(&bundle), BUNDLE_PROOF, &bytes, &why), why, NOT_FOUND,
		       "log/proof");
}

static bool reads_whole(struct str rest)
{
	struct str name, bytes;
	bool found = true;

	while (found) {
		if (!bundle_next(&rest, &found, &name, &bytes, NULL))
			return false;
	}
	return true;
}

/* Every byte that is not a file's own, its name's, its time's or its sum's is fixed. */
static void a_damaged_bundle_is_refused(void **state)
{
	size_t accepted = 0;

	(void)state;
	assert_true(reads_whole(buf_str(&bundle)));
	for (size_t len = 0; len < bundle.len; len++)
		assert_false(reads_whole(str_first(buf_str(&bundle), len)));
	for (size_t i = 0; i < bundle.len; i++) {
		bundle.at[i] ^= 1;
		accepted += reads_whole(buf_str(&bundle));
		bundle.at[i] ^= 1;
	}
	/* Bytes of the two files that have any: whoever checks signatures finds those. */
	assert_int_equal(accepted,
			 strlen("Site: press.example\n") + strlen("communique.leaf/v1\n"));
}

/* What tar(1) makes of it. */
static void tar_unpacks_it(void **state)
{
	char path[] = "/var/tmp/communique-bundle-XXXXXX", command[256], text[64] = "";
	int fd = mkstemp(path);
	FILE *out;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bundle.at, bundle.len), (ssize_t)bundle.len);
	close(fd);
	snprintf(command, sizeof command, "tar -xOf %s " BUNDLE_RELEASE, path);
	out = popen(command, "r");
	assert_non_null(out);
	assert_non_null(fgets(text, sizeof text, out));
	assert_string_equal(text, "Site: press.example\n");
	assert_int_equal(pclose(out), 0);
	unlink(path);
}

static void a_name_that_leads_out_stops_the_program(void *ctx)
{
	struct buf out;

	buf_init(&out, 4096);
	bundle_add(&out, ctx, 0, STR(""));
}

static void names_lead_nowhere_else(void **state)
{
	(void)state;
	assert_true(stops(a_name_that_leads_out_stops_the_program, (void *)"../x"));
	assert_true(stops(a_name_that_leads_out_stops_the_program, (void *)"/x"));
	assert_true(stops(a_name_that_leads_out_stops_the_program, (void *)""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bundle_gives_back_its_files_in_order),
		cmocka_unit_test(a_file_that_is_missing_is_named),
		cmocka_unit_test(a_damaged_bundle_is_refused),
		cmocka_unit_test(tar_unpacks_it),
		cmocka_unit_test(names_lead_nowhere_else),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
