#include "unit.h"

#include <communique/arena.h>

static void what_is_added_stands_there(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 100);
	assert_str(buf_str(&buf), STR(""));
	assert_true(str_given(buf_str(&buf)));
	buf_add(&buf, STR_NONE);
	buf_add(&buf, STR("a\0"));
	buf_add_char(&buf, 'b');
	buf_add_text(&buf, "cd");
	buf_add_text(&buf, NULL);
	buf_addf(&buf, "%d-%s", 7, "x");
	assert_str(buf_str(&buf), STR("a\0bcd7-x"));
	buf_cut(&buf, 3);
	assert_str(buf_str(&buf), STR("a\0b"));
	buf_clear(&buf);
	assert_int_equal(buf.len, 0);
	assert_true(buf_check(&buf, NULL));
	buf_release(&buf);
	buf_add_char(&buf, 'x'); /* as after init */
	assert_str(buf_str(&buf), STR("x"));
	buf_release(&buf);
}

static void the_limit_is_exact_and_remembered(void **state)
{
	struct fault why = { .kind = NO_FAULT };
	struct buf buf;

	(void)state;
	buf_init(&buf, 5);
	buf_add(&buf, STR("12345"));
	assert_true(buf_check(&buf, &why));
	buf_add_char(&buf, '6');
	assert_false(buf_check(&buf, &why));
	assert_int_equal(why.kind, TOO_LARGE);
	assert_str(buf_str(&buf), STR("12345"));
	buf_cut(&buf, 0);
	buf_add_char(&buf, 'x'); /* the failure is not forgotten by a cut */
	assert_int_equal(buf.len, 0);
	buf_clear(&buf);
	buf_addf(&buf, "%05d", 42); /* formatted text may use the last byte too */
	assert_true(buf_check(&buf, &why));
	assert_str(buf_str(&buf), STR("00042"));
	buf_addf(&buf, "%s", "");
	assert_true(buf_check(&buf, &why));
	buf_addf(&buf, "%d", 1);
	assert_false(buf_check(&buf, &why));
	buf_release(&buf);

	buf_init(&buf, 0);
	buf_add(&buf, STR(""));
	assert_true(buf_check(&buf, NULL));
	buf_add(&buf, STR("x"));
	assert_false(buf_check(&buf, NULL));
	buf_release(&buf);
}

static void it_grows_to_its_limit(void **state)
{
	enum { LIMIT = 1000003 };
	struct buf buf;

	(void)state;
	buf_init(&buf, LIMIT);
	for (unsigned i = 0; i < LIMIT; i++)
		buf_add_char(&buf, (char)i);
	assert_true(buf_check(&buf, NULL));
	assert_int_equal(buf.len, LIMIT);
	for (unsigned i = 0; i < LIMIT; i++)
		assert_int_equal(buf.at[i], (char)i);
	buf_release(&buf);
}

static void room_is_for_reading_into(void **state)
{
	struct buf buf;
	char *room;

	(void)state;
	buf_init(&buf, 10);
	room = buf_room(&buf, 10);
	assert_non_null(room);
	memcpy(room, "abc", 3);
	buf_grown(&buf, 3);
	assert_str(buf_str(&buf), STR("abc"));
	assert_non_null(buf_room(&buf, 7));
	assert_null(buf_room(&buf, 8));
	assert_false(buf_check(&buf, NULL));
	buf_release(&buf);
	assert_null(buf_room(&buf, SIZE_MAX));
	buf_release(&buf);
}

static void cut_longer(void *ctx)
{
	buf_cut(ctx, 4);
}

static void grow_without_room(void *ctx)
{
	buf_grown(ctx, 100000);
}

static void mistakes_stop(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 1 << 20);
	buf_add(&buf, STR("abc"));
	assert_true(stops(cut_longer, &buf));
	assert_true(stops(grow_without_room, &buf));
	buf_release(&buf);
}

/* --- arenas ------------------------------------------------------------------------ */

static void arena_memory_is_zeroed_and_aligned(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t size = 0; size < 3000; size += 7) {
		char *at = arena_alloc(&arena, size);

		assert_non_null(at);
		assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(at[i], 0);
		if (size)
			memset(at, 0xff, size);
	}
	assert_non_null(arena_alloc(&arena, 5 * 1024 * 1024));
	assert_true(arena.total >= 5 * 1024 * 1024);
	arena_release(&arena);
	assert_int_equal(arena.total, 0);
	assert_non_null(arena_alloc(&arena, 1));
	arena_release(&arena);
	arena_release(&arena);
}

static void arena_copies_live_on_their_own(void **state)
{
	struct arena arena;
	char text[] = "a\0b";
	struct str copy;

	(void)state;
	arena_init(&arena);
	copy = arena_copy(&arena, (struct str){ text, 3 });
	text[0] = 'x';
	assert_str(copy, STR("a\0b"));
	assert_int_equal(copy.at[3], '\0');
	assert_false(str_given(arena_copy(&arena, STR_NONE)));
	assert_true(str_given(arena_copy(&arena, STR(""))));
	assert_string_equal(arena_cstr(&arena, STR_NONE), "");
	assert_string_equal(arena_cstr(&arena, STR("abc")), "abc");
	assert_str(arena_printf(&arena, "%s-%05d", "x", 42), STR("x-00042"));
	assert_str(arena_printf(&arena, "%s", ""), STR(""));
	arena_release(&arena);
}

static void alloc_too_much(void *size)
{
	struct arena arena;

	arena_init(&arena);
	arena_alloc(&arena, *(size_t *)size);
}

static void array_too_large(void *ctx)
{
	struct arena arena;

	(void)ctx;
	arena_init(&arena);
	arena_array(&arena, SIZE_MAX / 4, 8);
}

static void sizes_do_not_wrap(void **state)
{
	size_t sizes[] = { SIZE_MAX,	  SIZE_MAX - 15, SIZE_MAX - 16,
			   SIZE_MAX - 31, SIZE_MAX - 40, SIZE_MAX - 64 };
	struct arena arena;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		assert_true(stops(alloc_too_much, &sizes[i]));
	assert_true(stops(array_too_large, NULL));
	arena_init(&arena);
	assert_non_null(arena_array(&arena, 0, 8));
	assert_non_null(arena_array(&arena, 8, 0));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_stands_there),
		cmocka_unit_test(the_limit_is_exact_and_remembered),
		cmocka_unit_test(it_grows_to_its_limit),
		cmocka_unit_test(room_is_for_reading_into),
		cmocka_unit_test(mistakes_stop),
		cmocka_unit_test(arena_memory_is_zeroed_and_aligned),
		cmocka_unit_test(arena_copies_live_on_their_own),
		cmocka_unit_test(sizes_do_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
