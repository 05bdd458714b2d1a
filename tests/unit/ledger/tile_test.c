#include "trees.h"

#include <communique/tile.h>

static void a_tile_has_one_path(void **state)
{
	static const struct {
		const char *path;
		struct tile tile;
	} good[] = {
		{ "0/000", { false, 0, 0, 256 } },
		{ "0/000.p/1", { false, 0, 0, 1 } },
		{ "63/999", { false, 63, 999, 256 } },
		{ "1/x001/000", { false, 1, 1000, 256 } },
		{ "2/x001/x234/067", { false, 2, 1234067, 256 } },
		{ "0/x001/x234/067.p/255", { false, 0, 1234067, 255 } },
		{ "entries/273.p/112", { true, 0, 273, 112 } },
		{ "entries/x010/000", { true, 0, 10000, 256 } },
	};
	struct tile tile;
	struct buf path;

	(void)state;
	buf_init(&path, 128);
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(tile_parse(str_from(good[i].path), &tile));
		assert_int_equal(tile.entries, good[i].tile.entries);
		assert_int_equal(tile.level, good[i].tile.level);
		assert_int_equal(tile.index, good[i].tile.index);
		assert_int_equal(tile.width, good[i].tile.width);
		buf_clear(&path);
		tile_format(&tile, &path);
		assert_str(buf_str(&path), str_from(good[i].path));
	}
	buf_release(&path);
}

static void any_other_spelling_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"0",
		"0/",
		"00/000",
		"64/000",
		"-1/000",
		"0/0",
		"0/0000",
		"0/x000",
		"0/x000/001",
		"0/001/002",
		"0/x001/x002",
		"0/X001/002",
		"0/000.p",
		"0/000.p/",
		"0/000.p/0",
		"0/000.p/256",
		"0/000.p/01",
		"0/000.p/1/",
		"0/000/1",
		"0/000/",
		"0/00a",
		"0/x001.p/002",
		"0/000.p/1.p/1",
		"entries",
		"entries/0/000",
		"Entries/000",
		"0/x999/x999/x999/x999/x999/x999/999",
	};
	struct tile tile;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (tile_parse(str_from(bad[i]), &tile))
			fail_msg("\"%s\" was accepted", bad[i]);
	}
}

static void a_log_has_the_tiles_up_to_its_size(void **state)
{
	static const struct {
		const char *path;
		uint64_t from; /* the smallest log that has it */
	} tiles[] = {
		{ "0/000.p/1", 1 },	 { "0/000.p/255", 255 }, { "0/000", 256 },
		{ "0/001.p/1", 257 },	 { "1/000.p/1", 256 },	 { "1/000", 65536 },
		{ "2/000", 1 << 24 },	 { "entries/001", 512 }, { "entries/001.p/4", 260 },
		{ "7/000", 1ull << 63 },
	};
	struct tile tile;

	(void)state;
	for (size_t i = 0; i < COUNT(tiles); i++) {
		assert_true(tile_parse(str_from(tiles[i].path), &tile));
		if (tiles[i].from < 1ull << 62)
			assert_true(tile_is_within(&tile, tiles[i].from));
		assert_false(tile_is_within(&tile, tiles[i].from - 1));
	}
}

static void a_bundle_gives_back_its_entries(void **state)
{
	struct str rest, entry;
	struct buf bundle;

	(void)state;
	buf_init(&bundle, 1024);
	entries_add(&bundle, STR("one"));
	entries_add(&bundle, STR(""));
	entries_add(&bundle, STR("three"));
	rest = buf_str(&bundle);
	assert_true(entries_next(&rest, &entry));
	assert_str(entry, STR("one"));
	assert_true(entries_next(&rest, &entry));
	assert_str(entry, STR(""));
	assert_true(entries_next(&rest, &entry));
	assert_str(entry, STR("three"));
	assert_false(entries_next(&rest, &entry));
	assert_int_equal(rest.len, 0);
	rest = str_first(buf_str(&bundle), bundle.len - 1);
	entries_next(&rest, &entry), entries_next(&rest, &entry);
	assert_false(entries_next(&rest, &entry));
	assert_int_equal(rest.len, 6);
	buf_release(&bundle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tile_has_one_path),
		cmocka_unit_test(any_other_spelling_is_refused),
		cmocka_unit_test(a_log_has_the_tiles_up_to_its_size),
		cmocka_unit_test(a_bundle_gives_back_its_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
