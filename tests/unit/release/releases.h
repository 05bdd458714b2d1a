/*
 * releases - what the tests of this folder share: files to make and to look into.
 */
#ifndef TESTS_RELEASES_H
#define TESTS_RELEASES_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <time.h>
#include <cmocka.h>
#undef fail /* ours is in fault.h */

#include <communique/file.h>
#include <communique/release.h>

#define HEADER                                                                                     \
	"Site: press.example\n"                                                                    \
	"Release: 2026-03-02-harbour\n"                                                            \
	"Language: en\n"                                                                           \
	"Revision: 1\n"                                                                            \
	"Date: 2026-03-02\n"                                                                       \
	"Kind: press-release\n"                                                                    \
	"Title: A harbour\n"
#define WITH(body) HEADER "\n" body

#define assert_str(found, expected)                                                                \
	do {                                                                                       \
		struct str found_ = (found), expected_ = (expected);                               \
		if (!str_equal(found_, expected_))                                                 \
			print_error("found:\n%.*s\nexpected:\n%.*s\n", STR_ARG(found_),            \
				    STR_ARG(expected_));                                           \
		assert_true(str_equal(found_, expected_));                                         \
	} while (0)

/* Of the processor, not of the wall: other work on the machine does not count. */
static inline uint64_t processor_milliseconds(void)
{
	return (uint64_t)clock() / (CLOCKS_PER_SEC / 1000);
}

static inline int arena_setup(void **state)
{
	struct arena *arena = test_calloc(1, sizeof *arena);

	arena_init(arena);
	*state = arena;
	return 0;
}

static inline int arena_teardown(void **state)
{
	arena_release(*state);
	test_free(*state);
	return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, arena_setup, arena_teardown)

static inline struct str read_whole(struct arena *arena, const char *path)
{
	struct buf bytes;
	struct fault why = { .kind = NO_FAULT };
	struct str copy;

	buf_init(&bytes, 4 * RELEASE_FILE_MAX);
	if (!file_read(path, &bytes, &why))
		print_error("%s\n", why.says);
	assert_int_equal(why.kind, NO_FAULT);
	copy = arena_copy(arena, buf_str(&bytes));
	buf_release(&bytes);
	return copy.at ? copy : STR("");
}

/* The file again from its tree, byte for byte. */
static inline void assert_round_trip(const struct release *release)
{
	struct buf again;

	buf_init(&again, 2 * RELEASE_FILE_MAX);
	release_write(release, &again);
	assert_str(buf_str(&again), release->text);
	buf_release(&again);
}

static inline struct release *parse_file(struct arena *arena, struct str file)
{
	struct release *release = NULL;
	struct fault why = { .kind = NO_FAULT };

	if (!release_parse(arena, file, &release, &why))
		print_error("%s\n", why.says);
	assert_int_equal(why.kind, NO_FAULT);
	assert_round_trip(release);
	return release;
}

#define parse_body(arena, body) parse_file(arena, STR(WITH(body)))

static inline struct str outline_of(struct arena *arena, const struct release *release)
{
	struct buf out;
	struct str copy;

	buf_init(&out, 16 * RELEASE_FILE_MAX);
	release_outline(release, &out);
	copy = arena_copy(arena, buf_str(&out));
	buf_release(&out);
	return str_given(copy) ? copy : STR("");
}

#define assert_outline(arena, body, expected)                                                      \
	assert_str(outline_of(arena, parse_body(arena, body)), STR(expected))

/* "12: text" of each doubt, a line each. */
static inline struct str doubts_of(struct arena *arena, const struct release *release)
{
	struct str all = STR("");

	for (const struct doubt *at = release->doubts; at; at = at->next)
		all = arena_printf(arena, "%.*s%u: %.*s\n", STR_ARG(all), at->line,
				   STR_ARG(at->says));
	return all;
}

#endif
