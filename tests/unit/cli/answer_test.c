#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#undef fail /* cmocka's macro; here it is fault.h's function */

#include "../../../src/cli/answer.h"

static struct arena arena;

#define assert_text(text, expected) assert_true(str_equal(text, str_from(expected)))

static void reads_a_draft(void **state)
{
	struct draft_state draft;

	(void)state;
	assert_true(answer_draft(
		&arena,
		STR("{\"state\":\"waiting\",\"have\":1,\"need\":2,\"hash\":\"ab\","
		    "\"address\":\"/en/x\",\"approver_missing\":true,\"more\":[{}],"
		    "\"signers\":[{\"keyid\":\"0f\",\"holder\":\"author\"},{\"holder\":3}]}"),
		&draft, NULL));
	assert_text(draft.state, "waiting");
	assert_text(draft.address, "/en/x");
	assert_int_equal(draft.have, 1);
	assert_int_equal(draft.need, 2);
	assert_true(draft.approver_missing);
	assert_int_equal(draft.signer_count, 2);
	assert_text(draft.signers[0].holder, "author");
	assert_false(str_given(draft.signers[1].holder));
}

static void takes_times_as_numbers_and_as_texts(void **state)
{
	struct draft_state *drafts;
	size_t count;

	(void)state;
	assert_true(answer_drafts(&arena,
				  STR("{\"drafts\":[{\"saved_at\":1},"
				      "{\"saved\":\"2026-11-23T09:00:00Z\"}]}"),
				  &drafts, &count, NULL));
	assert_int_equal(count, 2);
	assert_text(drafts[0].saved_at, "1970-01-01T00:00:01Z");
	assert_text(drafts[1].saved_at, "2026-11-23T09:00:00Z");
}

static void refuses_what_is_no_answer(void **state)
{
	static const char *const bad[] = { "",
					   "[]",
					   "<html>",
					   "{",
					   "{}",
					   "{\"drafts\":3}",
					   "{\"state\":\"a\",\"state\":\"b\"}",
					   "{} {}" };
	struct draft_state draft, *drafts;
	struct fault why;
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		why.kind = NO_FAULT;
		assert_false(answer_draft(&arena, str_from(bad[i]), &draft, &why));
		assert_int_equal(why.kind, BROKEN);
		assert_false(answer_drafts(&arena, str_from(bad[i]), &drafts, &count, &why));
	}
}

static void reads_problems(void **state)
{
	struct problem problem;

	(void)state;
	assert_true(answer_problem(&arena,
				   STR("{\"status\":422,\"code\":\"release-malformed\","
				       "\"title\":\"T\",\"detail\":\"D\",\"line\":7}"),
				   &problem));
	assert_text(problem.code, "release-malformed");
	assert_text(problem.detail, "D");
	assert_int_equal(problem.line, 7);
	assert_false(answer_problem(&arena, STR("{\"status\":422}"), &problem));
	assert_false(answer_problem(&arena, STR("502 Bad Gateway"), &problem));
	assert_true(answer_problem(&arena, STR("{\"title\":\"T\",\"line\":-1}"), &problem));
	assert_int_equal(problem.line, 0);
}

static void reads_key_sets(void **state)
{
	struct keyset_state *sets, one;
	size_t count;

	(void)state;
	assert_true(answer_keysets(&arena,
				   STR("{\"keys\":[{\"version\":1,\"in_force\":true,"
				       "\"text\":\"communique keys v1\\n\"},"
				       "{\"version\":2,\"state\":\"in-force\"}]}"),
				   &sets, &count, NULL));
	assert_int_equal(count, 2);
	/* An older server says of each set that ever was that it is in force. */
	assert_true(sets[0].superseded && !sets[0].in_force);
	assert_text(sets[0].text, "communique keys v1\n");
	assert_true(sets[1].in_force && !sets[1].superseded);
	assert_true(
		answer_keyset(&arena, STR("{\"version\":2,\"have\":1,\"need\":2}"), &one, NULL));
	assert_int_equal(one.version, 2);
	assert_false(one.in_force);
	assert_false(answer_keysets(&arena, STR("{}"), &sets, &count, NULL));
}

static void reads_preview_links(void **state)
{
	struct preview_link *links, one;
	size_t count;

	(void)state;
	assert_true(answer_preview(&arena,
				   STR("{\"address\":\"https://press.example/preview/x\","
				       "\"link\":\"1795424400-agency\",\"more\":1}"),
				   &one, NULL));
	assert_text(one.address, "https://press.example/preview/x");
	assert_text(one.name, "1795424400-agency");
	assert_int_equal(one.holder.len, 0);
	assert_true(answer_previews(
		&arena, STR("{\"previews\":[{\"link\":\"1-a\"},{\"holder\":\"alice\"}]}"), &links,
		&count, NULL));
	assert_int_equal(count, 2);
	assert_text(links[0].name, "1-a");
	assert_text(links[1].holder, "alice");
	assert_false(answer_previews(&arena, STR("{}"), &links, &count, NULL));
	assert_false(answer_preview(&arena, STR("[]"), &one, NULL));
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
		cmocka_unit_test(reads_a_draft),
		cmocka_unit_test(takes_times_as_numbers_and_as_texts),
		cmocka_unit_test(refuses_what_is_no_answer),
		cmocka_unit_test(reads_problems),
		cmocka_unit_test(reads_key_sets),
		cmocka_unit_test(reads_preview_links),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
