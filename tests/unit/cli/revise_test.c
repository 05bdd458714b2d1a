/* The next revision's file, and what an approver is shown of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#include <signal.h>

#include "office.h"
#include "scripted_server.h"

#define EDITION "en/2026-11-23-harbour"
#define DRAFT "/admin/drafts/" EDITION
#define JSON_OK(json) "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n" json
#define NOT_FOUND_HERE                                                                             \
	"HTTP/1.1 404 X\r\nConnection: close\r\n\r\n"                                              \
	"{\"code\":\"not-found\",\"title\":\"Title\",\"detail\":\"Detail\"}"
#define PUBLIC "{\"state\":\"public\",\"have\":1,\"need\":1,\"address\":\"/en/x\"}"
#define FOLDED                                                                                     \
	"Site: press.example\nRelease: 2026-11-23-harbour\nLanguage: en\n"                         \
	"revision: 1\nDate: 2026-11-23\nKind: press-release\nTitle: A\n Harbour\n"                 \
	"Publish-At:\n 2026-11-23T09:00:00Z\nDepartment: Ports\nReference: 26-1\n\n"               \
	"1. The harbour opens.\n\n\n2. Everyone may come.\n"

static struct scripted_server server;

static int begin(void **state)
{
	struct folder *folder;

	if (folder_begin(state) != 0)
		return -1;
	folder = *state;
	server = (struct scripted_server){ 0 };
	if (folder->program[0])
		office_key(folder, "author");
	return 0;
}

static int end(void **state)
{
	server_free(&server);
	return folder_end(state);
}

static void serve(struct folder *folder)
{
	server_start(&server);
	folder_write(folder, "config",
		     arena_printf(&folder->arena,
				  "server = http://127.0.0.1:%u\nsite = press.example\n"
				  "key = author.key\n",
				  server.port)
			     .at);
}

static const char *file_answer(struct folder *folder, struct str text)
{
	struct hash hash = hash_of(text);

	return arena_printf(&folder->arena,
			    "HTTP/1.1 200 OK\r\nETag: \"%s\"\r\nContent-Length: %zu\r\n\r\n%.*s",
			    HASH_TEXT(&hash), text.len, STR_ARG(text))
		.at;
}

static bool asked(size_t n, const char *start)
{
	return n < server.count && str_starts(server.requests[n], str_from(start));
}

/* The revision that follows RELEASE_TEXT, or says so. */
static struct str second(struct folder *folder, const char *previous, const char *change,
			 const char *body)
{
	return arena_printf(&folder->arena,
			    "Site: press.example\nRelease: 2026-11-23-harbour\nLanguage: en\n"
			    "Revision: 2\nPrevious: %s\nChange: %s\nChange-Note: Why.\n"
			    "Date: 2026-11-23\nKind: press-release\nTitle: A Harbour\n\n%s",
			    previous, change, body);
}

static void fills_in_the_header_and_leaves_the_rest(void **state)
{
	struct folder *folder = *state;
	struct hash hash = hash_of(STR(FOLDED));
	struct result result;
	struct str expected;

	server.replies[0] = server.replies[1] = file_answer(folder, STR(FOLDED));
	serve(folder);
	result = RUN(folder, "revise", EDITION, "--change", "correction", "--note",
		     "A number was wrong.", "-o", "next.txt");
	server_stop(&server);
	assert_status(result, 0);
	assert_true(asked(0, "GET " DRAFT " "));
	assert_true(asked(1, "GET " DRAFT "/r1 "));
	expected = arena_printf(&folder->arena,
				"Site: press.example\nRelease: 2026-11-23-harbour\nLanguage: en\n"
				"Revision: 2\nPrevious: %s\nChange: correction\n"
				"Change-Note: A number was wrong.\nDate: 2026-11-23\n"
				"Kind: press-release\nTitle: A\n Harbour\nDepartment: Ports\n"
				"Reference: 26-1\n\n"
				"1. The harbour opens.\n\n\n2. Everyone may come.\n",
				HASH_TEXT(&hash));
	assert_true(str_equal(folder_read(folder, "next.txt"), expected));
	assert_says(result.err, "Publish-At was left out");
}

static void follows_what_was_accepted_and_not_a_draft(void **state)
{
	struct folder *folder = *state;
	struct hash hash = hash_of(STR(RELEASE_TEXT));
	struct str draft = second(folder, HASH_TEXT(&hash), "update", "1. A draft.\n");
	struct result result;

	server.replies[0] = file_answer(folder, draft);
	server.replies[1] = NOT_FOUND_HERE;
	server.replies[2] = file_answer(folder, STR(RELEASE_TEXT));
	serve(folder);
	result = RUN(folder, "revise", EDITION, "--change", "minor");
	server_stop(&server);
	assert_status(result, 0);
	assert_true(asked(1, "GET " DRAFT "/r2 ") && asked(2, "GET " DRAFT "/r1 "));
	assert_says(result.out, "Revision: 2\nPrevious: ");
	assert_says(result.out, "Change: minor\nDate: ");
	assert_says(result.out, "\n\n1. The harbour opens.\n");
}

static void says_what_is_missing(void **state)
{
	struct folder *folder = *state;
	struct result result;

	server.replies[0] = file_answer(folder, STR(RELEASE_TEXT));
	server.replies[1] = NOT_FOUND_HERE;
	serve(folder);
	assert_status(RUN(folder, "revise", EDITION), 2);
	assert_status(RUN(folder, "revise", EDITION, "--change", "first", "--note", "x"), 2);
	result = RUN(folder, "revise", EDITION, "--change", "update");
	assert_status(result, 2);
	assert_says(result.err, "--note");
	assert_status(RUN(folder, "withdraw", EDITION), 2);
	result = RUN(folder, "revise", EDITION, "--change", "update", "--note", "x");
	assert_status(result, 1);
	assert_says(result.err, "nothing of " EDITION " was published yet");
	server_stop(&server);
	assert_int_equal(server.count, 2);
}

static void a_kill_has_no_text_and_asks_first(void **state)
{
	struct folder *folder = *state;
	struct result result;

	server.replies[0] = server.replies[1] = file_answer(folder, STR(FOLDED));
	server.replies[2] = server.replies[3] = file_answer(folder, STR(FOLDED));
	server.replies[4] = server.replies[5] = JSON_OK(PUBLIC);
	serve(folder);
	result = RUN(folder, "kill", EDITION, "--note", "It names a person.");
	assert_status(result, 2);
	assert_says(result.err, "--yes is for scripts");
	assert_status(RUN(folder, "kill", EDITION, "--note", "It names a person.", "--yes"), 0);
	server_stop(&server);
	assert_true(asked(4, "PUT " DRAFT " "));
	assert_true(str_ends(server.requests[4],
			     STR("\nChange: kill\nChange-Note: It names a person.\n"
				 "Date: 2026-11-23\nKind: press-release\nTitle: A\n Harbour\n"
				 "Reference: 26-1\n\n")));
	assert_true(asked(5, "PUT " DRAFT "/signatures/"));
}

static void what_was_killed_comes_back_with_the_text_before(void **state)
{
	struct folder *folder = *state;
	struct hash hash = hash_of(STR(RELEASE_TEXT));
	struct str kill = second(folder, HASH_TEXT(&hash), "kill", "");

	server.replies[0] = server.replies[1] = file_answer(folder, kill);
	server.replies[2] = file_answer(folder, STR(RELEASE_TEXT));
	server.replies[3] = server.replies[4] = JSON_OK(PUBLIC);
	serve(folder);
	assert_status(RUN(folder, "reinstate", EDITION, "--note", "He agreed.", "--yes"), 0);
	server_stop(&server);
	assert_true(asked(3, "PUT " DRAFT " "));
	hash = hash_of(kill);
	assert_says(
		server.requests[3],
		arena_printf(&folder->arena, "Revision: 3\nPrevious: %s\n", HASH_TEXT(&hash)).at);
	assert_true(str_ends(server.requests[3],
			     STR("\n\n1. The harbour opens.\n\n2. Everyone may come.\n")));
}

static void what_is_withdrawn_is_shown_and_asked_for(void **state)
{
	struct folder *folder = *state;
	struct result result;
	struct str sent;

	for (size_t i = 0; i < 4; i++)
		server.replies[i] = file_answer(folder, STR(RELEASE_TEXT));
	server.replies[4] = server.replies[5] = JSON_OK(PUBLIC);
	serve(folder);
	result = RUN(folder, "withdraw", EDITION, "--note", "It was early.");
	assert_status(result, 2);
	assert_says(result.err, "--yes is for scripts");
	assert_int_equal(server.count, 2);
	result = RUN(folder, "withdraw", EDITION, "--note", "It was early.", "--yes");
	server_stop(&server);
	assert_status(result, 0);
	assert_true(asked(4, "PUT " DRAFT " "));
	sent = server.requests[4];
	sent = str_skip(sent, str_find_str(sent, STR("\r\n\r\n")) + 4);
	assert_true(str_starts(sent, STR("Site: press.example\n")));
	assert_true(str_starts(result.out, sent));
	assert_says(result.out, "from revision 1 to revision 2, withdrawal: It was early.\n");
	assert_says(result.out, "\nsha256 ");
}

static void nothing_is_made_of_a_text_for_another_site(void **state)
{
	struct str other =
		STR("Site: other.example\nRelease: 2026-11-23-harbour\nLanguage: en\n"
		    "Revision: 1\nDate: 2026-11-23\nKind: press-release\nTitle: A Harbour\n\n"
		    "1. The harbour opens.\n");
	struct folder *folder = *state;
	struct result result;

	for (size_t i = 0; i < 4; i++)
		server.replies[i] = file_answer(folder, other);
	serve(folder);
	result = RUN(folder, "withdraw", EDITION, "--note", "It was early.", "--yes");
	assert_status(result, 1);
	assert_says(result.err, "for the site other.example, not for press.example");
	assert_status(RUN(folder, "revise", EDITION, "--change", "minor", "-o", "next.txt"), 1);
	server_stop(&server);
	assert_int_equal(server.count, 4);
	assert_false(folder_has(folder, "next.txt"));
}

static void another_revision_than_was_asked_for_is_refused(void **state)
{
	struct folder *folder = *state;
	struct hash hash = hash_of(STR(RELEASE_TEXT));
	struct result result;

	server.replies[0] = file_answer(folder, STR(RELEASE_TEXT));
	server.replies[1] = file_answer(
		folder, second(folder, HASH_TEXT(&hash), "update", "1. Another text.\n"));
	serve(folder);
	result = RUN(folder, "withdraw", EDITION, "--note", "It was early.", "--yes");
	server_stop(&server);
	assert_status(result, 1);
	assert_says(result.err, "the server sent revision 2 instead of 1");
	assert_int_equal(server.count, 2);
}

static void nothing_is_withdrawn_twice(void **state)
{
	struct folder *folder = *state;
	struct str there =
		second(folder, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		       "withdrawal", "1. The harbour opens.\n");
	struct result result;

	server.replies[0] = server.replies[1] = file_answer(folder, there);
	serve(folder);
	result = RUN(folder, "withdraw", EDITION, "--note", "Again.");
	server_stop(&server);
	assert_status(result, 1);
	assert_says(result.err, "withdrawn already");
}

static void approves_after_showing_the_difference(void **state)
{
	struct folder *folder = *state;
	struct hash hash = hash_of(STR(RELEASE_TEXT));
	struct str draft = second(folder, HASH_TEXT(&hash), "update",
				  "1. The harbour opens late.\n\n2. Everyone may come.\n");
	struct result result;

	server.replies[0] = file_answer(folder, draft);
	server.replies[1] = file_answer(folder, STR(RELEASE_TEXT));
	server.replies[2] = JSON_OK("{\"drafts\":[]}");
	server.replies[3] = JSON_OK(PUBLIC);
	serve(folder);
	result = RUN(folder, "approve", EDITION, "--yes");
	server_stop(&server);
	assert_status(result, 0);
	assert_true(asked(1, "GET " DRAFT "/r1 "));
	assert_true(str_starts(result.out, draft));
	assert_says(result.out, "from revision 1 to revision 2, update: Why.\n"
				"- 1. The harbour opens.\n+ 1. The harbour opens late.\n");
}

static void a_signature_has_the_editors_time_and_not_the_servers(void **state)
{
	struct folder *folder = *state;
	int64_t now = clock_now();
	uint64_t signed_at = 0;
	char date[HTTP_TIME_SIZE];
	struct str comment;

	server.replies[0] = arena_printf(&folder->arena,
					 "HTTP/1.1 401 X\r\nDate: %.*s\r\nConnection: close\r\n\r\n"
					 "{\"code\":\"signature-expired\",\"title\":\"Expired\"}",
					 STR_ARG(http_time_format(date, now + 40000)))
				    .at;
	server.replies[1] = file_answer(folder, STR(RELEASE_TEXT));
	server.replies[2] = JSON_OK("{\"drafts\":[]}");
	server.replies[3] = JSON_OK(PUBLIC);
	serve(folder);
	assert_status(RUN(folder, "approve", EDITION, "--yes"), 0);
	server_stop(&server);
	assert_true(asked(3, "PUT " DRAFT "/signatures/"));
	comment = server.requests[3];
	comment = str_skip(comment, str_find_str(comment, STR("\ntrusted comment: timestamp:")));
	comment = str_skip(comment, strlen("\ntrusted comment: timestamp:"));
	assert_true(str_to_u64(str_first(comment, str_find(comment, '\t')), INT64_MAX, &signed_at));
	assert_in_range(signed_at, (uint64_t)now, (uint64_t)now + 600);
}

static void approves_nothing_that_follows_another_text(void **state)
{
	struct folder *folder = *state;
	struct str draft =
		second(folder, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		       "update", "1. The harbour opens late.\n");
	struct result result;

	server.replies[0] = file_answer(folder, draft);
	server.replies[1] = file_answer(folder, STR(RELEASE_TEXT));
	server.replies[2] = file_answer(folder, draft);
	server.replies[3] = NOT_FOUND_HERE;
	serve(folder);
	result = RUN(folder, "approve", EDITION, "--yes");
	assert_status(result, 1);
	assert_says(result.err, "revision 1 is another file");
	assert_status(RUN(folder, "approve", EDITION, "--yes"), 1);
	server_stop(&server);
	assert_int_equal(server.count, 4);
}

#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_OFFICE(fills_in_the_header_and_leaves_the_rest),
		WITH_OFFICE(follows_what_was_accepted_and_not_a_draft),
		WITH_OFFICE(says_what_is_missing),
		WITH_OFFICE(a_kill_has_no_text_and_asks_first),
		WITH_OFFICE(what_was_killed_comes_back_with_the_text_before),
		WITH_OFFICE(what_is_withdrawn_is_shown_and_asked_for),
		WITH_OFFICE(nothing_is_made_of_a_text_for_another_site),
		WITH_OFFICE(another_revision_than_was_asked_for_is_refused),
		WITH_OFFICE(nothing_is_withdrawn_twice),
		WITH_OFFICE(approves_after_showing_the_difference),
		WITH_OFFICE(a_signature_has_the_editors_time_and_not_the_servers),
		WITH_OFFICE(approves_nothing_that_follows_another_text),
	};

	signal(SIGPIPE, SIG_IGN);
	sign_start(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
