#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#include <signal.h>

#include "office.h"
#include "scripted_server.h"

#define DRAFT "/admin/drafts/en/2026-11-23-harbour"
#define JSON_OK(status, json) "HTTP/1.1 " status " X\r\nConnection: close\r\n\r\n" json
#define PROBLEM(status, code)                                                                      \
	JSON_OK(status, "{\"code\":\"" code "\",\"title\":\"Title\",\"detail\":\"Detail\"}")
#define WAITING                                                                                    \
	"{\"state\":\"waiting\",\"have\":1,\"need\":2,\"address\":\"/en/2026-11-23-harbour/\","    \
	"\"signers\":[{\"keyid\":\"00\",\"holder\":\"author\"}]}"
#define PUBLIC                                                                                     \
	"{\"state\":\"public\",\"have\":2,\"need\":2,\"address\":\"/en/2026-11-23-harbour/\"}"

static struct scripted_server server;

static int begin(void **state)
{
	struct folder *folder;

	if (folder_begin(state) != 0)
		return -1;
	folder = *state;
	if (!folder->program[0])
		return 0;
	office_key(folder, "root");
	office_key(folder, "author");
	office_key(folder, "approver");
	office_keyset(folder);
	folder_write(folder, "release.txt", RELEASE_TEXT);
	server = (struct scripted_server){ 0 };
	return 0;
}

static int end(void **state)
{
	server_free(&server);
	return folder_end(state);
}

/* Configures the folder for the server of the script. */
static void serve(struct folder *folder, const char *key)
{
	server_start(&server);
	folder_write(folder, "config",
		     arena_printf(&folder->arena,
				  "server = http://127.0.0.1:%u\nsite = press.example\nkey = %s\n",
				  server.port, key)
			     .at);
}

/* The release as the desk would hand it out. */
static const char *draft_answer(struct folder *folder, const char *text)
{
	struct hash hash = hash_of(str_from(text));

	return arena_printf(&folder->arena,
			    "HTTP/1.1 200 OK\r\nETag: \"%s\"\r\nContent-Length: %zu\r\n\r\n%s",
			    HASH_TEXT(&hash), strlen(text), text)
		.at;
}

static const char *keys_answer(struct folder *folder)
{
	struct str rest = folder_read(folder, "keys-1.txt");
	struct buf text;
	const char *answer;

	buf_init(&text, 1 << 16);
	while (rest.len) {
		struct str line = str_cut(&rest, '\n');

		buf_addf(&text, "%.*s\\n", STR_ARG(line));
	}
	answer = arena_printf(&folder->arena,
			      JSON_OK("200", "{\"keys\":[{\"version\":1,\"in_force\":true,"
					     "\"text\":\"%.*s\"}]}"),
			      STR_ARG(buf_str(&text)))
			 .at;
	buf_release(&text);
	return answer;
}

static bool asked(size_t n, const char *start)
{
	return n < server.count && str_starts(server.requests[n], str_from(start));
}

static void publishes(void **state)
{
	struct folder *folder = *state;
	struct result result;

	server.replies[0] = JSON_OK("201", WAITING);
	server.replies[1] = JSON_OK("200", WAITING);
	server.replies[2] = keys_answer(folder);
	serve(folder, "author.key");
	result = RUN(folder, "publish", "release.txt");
	server_stop(&server);
	assert_status(result, 0);
	assert_true(asked(0, "PUT " DRAFT " "));
	assert_true(str_ends(server.requests[0], STR("\r\n\r\n" RELEASE_TEXT)));
	assert_true(asked(1, "PUT " DRAFT "/signatures/"));
	assert_true(request_has(&server, 1, "\r\nIf-Match: \""));
	assert_true(request_has(&server, 1, "file:2026-11-23-harbour.en.txt\thashed"));
	assert_true(str_starts(
		result.out,
		STR("waiting: 1 of 2 signatures; an approver is missing\nmay sign: approver\n"
		    "address: http://127.0.0.1:")));
}

static void says_when_it_is_public(void **state)
{
	struct folder *folder = *state;
	struct result result;

	server.replies[0] = JSON_OK("201", PUBLIC);
	server.replies[1] = JSON_OK("200", PUBLIC);
	serve(folder, "author.key");
	result = RUN(folder, "publish", "release.txt");
	server_stop(&server);
	assert_status(result, 0);
	assert_true(str_starts(result.out, STR("public: http://127.0.0.1:")));
	assert_true(str_ends(result.out, STR("/en/2026-11-23-harbour/\n")));
}

static void leaves_another_draft_alone(void **state)
{
	struct folder *folder = *state;
	struct result result;

	server.replies[0] = PROBLEM("428", "precondition-required");
	server.replies[1] = draft_answer(folder, "another draft\n");
	serve(folder, "author.key");
	result = RUN(folder, "publish", "release.txt");
	server_stop(&server);
	assert_status(result, 1);
	assert_says(result.err, "--replace");
	assert_int_equal(server.count, 2);
}

static void goes_on_with_the_same_draft(void **state)
{
	struct folder *folder = *state;

	server.replies[0] = PROBLEM("428", "precondition-required");
	server.replies[1] = draft_answer(folder, RELEASE_TEXT);
	server.replies[2] = JSON_OK("200", PUBLIC);
	serve(folder, "author.key");
	assert_status(RUN(folder, "publish", "release.txt"), 0);
	server_stop(&server);
	assert_true(asked(2, "PUT " DRAFT "/signatures/"));
}

/* Published again after it was public: nothing changes, and it says so. */
static void goes_on_with_what_is_public(void **state)
{
	struct folder *folder = *state;

	server.replies[0] = PROBLEM("409", "stale-previous");
	server.replies[1] = draft_answer(folder, RELEASE_TEXT);
	server.replies[2] = JSON_OK("200", PUBLIC);
	server.replies[3] = PROBLEM("409", "stale-previous");
	server.replies[4] = draft_answer(folder, "another revision\n");
	serve(folder, "author.key");
	assert_status(RUN(folder, "publish", "release.txt"), 0);
	assert_status(RUN(folder, "publish", "release.txt", "--replace"), 1);
	server_stop(&server);
	assert_int_equal(server.count, 5);
}

static void replaces_a_draft_under_its_hash(void **state)
{
	struct folder *folder = *state;
	struct hash hash = hash_of(STR("another draft\n"));

	server.replies[0] = PROBLEM("428", "precondition-required");
	server.replies[1] = draft_answer(folder, "another draft\n");
	server.replies[2] = JSON_OK("200", WAITING);
	server.replies[3] = JSON_OK("200", PUBLIC);
	serve(folder, "author.key");
	assert_status(RUN(folder, "publish", "release.txt", "--replace"), 0);
	server_stop(&server);
	assert_true(asked(2, "PUT " DRAFT " "));
	assert_true(request_has(
		&server, 2,
		arena_printf(&folder->arena, "\r\nIf-Match: \"%s\"", HASH_TEXT(&hash)).at));
}

/* The first try replaced the draft, its answer was lost: the second meets its own work. */
static void knows_its_own_work_again(void **state)
{
	struct folder *folder = *state;

	server.replies[0] = PROBLEM("428", "precondition-required");
	server.replies[1] = draft_answer(folder, "another draft\n");
	server.replies[2] = "";
	server.replies[3] = PROBLEM("412", "precondition-failed");
	server.replies[4] = draft_answer(folder, RELEASE_TEXT);
	server.replies[5] = JSON_OK("200", PUBLIC);
	serve(folder, "author.key");
	assert_status(RUN(folder, "publish", "release.txt", "--replace"), 0);
	server_stop(&server);
	assert_int_equal(server.count, 6);
}

static void refuses_early(void **state)
{
	struct folder *folder = *state;
	struct result result;

	server.replies[0] = JSON_OK("200", PUBLIC);
	serve(folder, "author.key");
	folder_write(folder, "bad.txt", "Site: press.example\nColour: red\n\nx\n");
	result = RUN(folder, "publish", "bad.txt");
	assert_status(result, 1);
	assert_says(result.err, "bad.txt, line 2");
	result = RUN(folder, "publish", "release.txt", "--site", "other.example");
	assert_status(result, 1);
	assert_says(result.err, "not for other.example");
	server_stop(&server);
	assert_int_equal(server.count, 0);
}

static void approves_what_it_showed(void **state)
{
	struct folder *folder = *state;
	struct hash hash = hash_of(STR(RELEASE_TEXT));
	struct result result;

	server.replies[0] = draft_answer(folder, RELEASE_TEXT);
	server.replies[1] =
		JSON_OK("200", "{\"drafts\":[{\"language\":\"en\",\"release\":"
			       "\"2026-11-23-harbour\",\"have\":1,\"need\":2,"
			       "\"signers\":[{\"keyid\":\"0f\",\"holder\":\"author\"}]}]}");
	server.replies[2] = JSON_OK("200", PUBLIC);
	serve(folder, "approver.key");
	result = RUN(folder, "approve", "en/2026-11-23-harbour", "--yes");
	server_stop(&server);
	assert_status(result, 0);
	assert_true(str_starts(result.out, STR(RELEASE_TEXT)));
	assert_says(result.out, HASH_TEXT(&hash));
	assert_says(result.out, "signed by author (0f), 1 of 2");
	assert_says(result.out, "public: http://");
	assert_true(request_has(
		&server, 2,
		arena_printf(&folder->arena, "\r\nIf-Match: \"%s\"", HASH_TEXT(&hash)).at));
}

static void approves_nothing_unasked(void **state)
{
	struct folder *folder = *state;
	struct result result;

	server.replies[0] = draft_answer(folder, RELEASE_TEXT);
	server.replies[1] = JSON_OK("200", "{\"drafts\":[]}");
	server.replies[2] = JSON_OK("200", PUBLIC);
	serve(folder, "approver.key");
	result = RUN(folder, "approve", "en/2026-11-23-harbour");
	server_stop(&server);
	assert_status(result, 2);
	assert_int_equal(server.count, 2);
}

static void approves_no_other_text(void **state)
{
	static const char lie[] =
		"HTTP/1.1 200 OK\r\nETag: \"00\"\r\nConnection: close\r\n\r\n" RELEASE_TEXT;
	struct folder *folder = *state;
	struct result result;

	server.replies[0] = draft_answer(folder, RELEASE_TEXT);
	server.replies[1] = lie;
	serve(folder, "approver.key");
	result = RUN(folder, "approve", "en/another", "--yes");
	assert_status(result, 1);
	assert_says(result.err, "the server sent en/2026-11-23-harbour instead");
	assert_status(RUN(folder, "approve", "en/2026-11-23-harbour", "--yes"), 3);
	server_stop(&server);
	assert_int_equal(server.count, 2);
}

static void lists_shows_and_drops(void **state)
{
	struct folder *folder = *state;
	struct hash hash = hash_of(STR(RELEASE_TEXT));
	char matched[128];
	struct result result;

	snprintf(matched, sizeof matched, "\r\nIf-Match: \"%s\"\r\n", HASH_TEXT(&hash));
	server.replies[0] = JSON_OK("200", "{\"drafts\":[{\"language\":\"en\",\"release\":\"x\","
					   "\"title\":\"A\\u001b[31m\",\"state\":\"waiting\","
					   "\"have\":0,\"need\":2,\"saved_at\":1}]}");
	server.replies[1] = draft_answer(folder, RELEASE_TEXT);
	/* The first answer is lost, and what lies there now is not what was to go. */
	server.replies[2] = draft_answer(folder, RELEASE_TEXT);
	server.replies[3] = "";
	server.replies[4] = PROBLEM("412", "precondition-failed");
	server.replies[5] = draft_answer(folder, RELEASE_TEXT);
	server.replies[6] = JSON_OK("204", "");
	server.replies[7] = PROBLEM("404", "not-found");
	server.replies[8] = PROBLEM("404", "not-found");
	serve(folder, "author.key");
	result = RUN(folder, "drafts");
	assert_status(result, 0);
	assert_says(result.out, "en/x\n");
	assert_says(result.out, "A\\x1b[31m");
	assert_says(result.out, "waiting, 0 of 2, signed by nobody");
	result = RUN(folder, "show", "en/2026-11-23-harbour");
	assert_status(result, 0);
	assert_true(str_equal(result.out, STR(RELEASE_TEXT)));
	assert_status(RUN(folder, "drop", "en/2026-11-23-harbour"), 0);
	assert_status(RUN(folder, "drop", "en/2026-11-23-harbour"), 0);
	assert_status(RUN(folder, "drop", "en/2026-11-23-harbour"), 1);
	server_stop(&server);
	for (size_t i = 3; i <= 6; i += i == 3 ? 1 : 2) { /* 4: the same once more */
		assert_true(asked(i, "DELETE " DRAFT " "));
		assert_true(request_has(&server, i, matched));
	}
	assert_status(RUN(folder, "show", "../x"), 2);
}

static void sends_any_request(void **state)
{
	struct folder *folder = *state;
	struct result result;

	server.replies[0] = JSON_OK("200", "{}");
	server.replies[1] = PROBLEM("403", "role-missing");
	serve(folder, "author.key");
	folder_write(folder, "body", "bytes");
	result = RUN(folder, "request", "PUT", "/admin/x?y=1", "--body", "body", "--type", "a/b");
	assert_status(result, 0);
	assert_true(str_equal(result.out, STR("{}")));
	result = RUN(folder, "request", "GET", "/admin/audit");
	assert_status(result, 1);
	assert_says(result.out, "role-missing");
	assert_says(result.err, "Title: Detail");
	server_stop(&server);
	assert_true(asked(0, "PUT /admin/x?y=1 "));
	assert_true(request_has(&server, 0, "\r\nContent-Type: a/b\r\n"));
	assert_status(RUN(folder, "request", "get", "/x"), 2);
	assert_status(RUN(folder, "request", "GET", "http://press.example/"), 2);
	/* Nobody listens there any more. */
	assert_status(RUN(folder, "request", "GET", "/"), 3);
}

static void publishes_a_key_set(void **state)
{
	struct folder *folder = *state;
	struct result result;

	server.replies[0] = JSON_OK("201", "{\"version\":1,\"have\":0,\"need\":1}");
	server.replies[1] =
		JSON_OK("200", "{\"version\":1,\"in_force\":true,\"have\":1,\"need\":1}");
	server.replies[2] = keys_answer(folder);
	serve(folder, "root.key");
	assert_status(RUN(folder, "keys", "sign", "keys-1.txt"), 0);
	result = RUN(folder, "keys", "publish", "keys-1.txt");
	assert_status(result, 0);
	assert_true(str_equal(result.out, STR("version 1: in force, 1 of 1 roots\n")));
	result = RUN(folder, "keys", "show");
	server_stop(&server);
	assert_status(result, 0);
	assert_says(result.out, "communique keys v1\nsite press.example\n");
	assert_true(asked(0, "PUT /admin/keys/1 "));
	assert_true(asked(1, "PUT /admin/keys/1/signatures/"));
}

#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_OFFICE(publishes),
		WITH_OFFICE(says_when_it_is_public),
		WITH_OFFICE(leaves_another_draft_alone),
		WITH_OFFICE(goes_on_with_the_same_draft),
		WITH_OFFICE(goes_on_with_what_is_public),
		WITH_OFFICE(replaces_a_draft_under_its_hash),
		WITH_OFFICE(knows_its_own_work_again),
		WITH_OFFICE(refuses_early),
		WITH_OFFICE(approves_what_it_showed),
		WITH_OFFICE(approves_nothing_unasked),
		WITH_OFFICE(approves_no_other_text),
		WITH_OFFICE(lists_shows_and_drops),
		WITH_OFFICE(sends_any_request),
		WITH_OFFICE(publishes_a_key_set),
	};

	signal(SIGPIPE, SIG_IGN);
	sign_start(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
