/*
 * The sample releases: accepted without a doubt, the same bytes again, and understood as
 * tests/golden/ says. To look at a change: build/communique check seeds/…
 */
#include <dirent.h>

#include "releases.h"

#define SEEDS_LEAST 12

static bool is_text(const char *name)
{
	return str_ends(str_from(name), STR(".txt"));
}

static void check_seed(struct arena *arena, const char *folder, const char *name)
{
	struct str stem = str_first(str_from(name), strlen(name) - strlen(".txt"));
	struct release *release =
		parse_file(arena, read_whole(arena, arena_printf(arena, "%s/%s", folder, name).at));
	struct str golden = arena_printf(arena, "tests/golden/%.*s.outline", STR_ARG(stem));

	print_message("%s\n", name);
	assert_null(release->doubts);
	assert_str(release->site, STR("localhost"));
	assert_str(stem, arena_printf(arena, "%.*s.%.*s", STR_ARG(release->slug),
				      STR_ARG(release->language)));
	assert_str(outline_of(arena, release), read_whole(arena, golden.at));
}

static unsigned check_folder(struct arena *arena, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (!is_text(entry->d_name))
			continue;
		check_seed(arena, folder, entry->d_name);
		count++;
	}
	closedir(dir);
	return count;
}

static void every_seed_is_understood(void **state)
{
	assert_true(check_folder(*state, "seeds") >= SEEDS_LEAST);
	assert_true(check_folder(*state, "seeds/attached") >= 1);
}

static struct str all_seeds(struct arena *arena)
{
	DIR *dir = opendir("seeds");
	struct dirent *entry;
	struct str all = STR("");

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (is_text(entry->d_name))
			all = arena_printf(
				arena, "%.*s\n%.*s", STR_ARG(all),
				STR_ARG(read_whole(
					arena, arena_printf(arena, "seeds/%s", entry->d_name).at)));
	}
	closedir(dir);
	return all;
}

static void every_mark_is_used_somewhere(void **state)
{
	static const char *const uses[] = {
		"\n1. ",
		"\n□ ",
		"\nㅁ ",
		"\n■ ",
		"\n° ",
		"\n○ ",
		"\nㅇ ",
		"\n◦ ",
		"\n∘ ",
		"\no ",
		"\n- ",
		"\n– ",
		"  ― ",
		"\n · ",
		"\n ㆍ ",
		"\n • ",
		" ▪ ",
		"\n가. ",
		"\n1) ",
		"\n가) ",
		"\n(1) ",
		"\n(가) ",
		"\n① ",
		"\n㉮ ",
		"\n※ ",
		"\n* ",
		"\n** ",
		"\n*** ",
		"\n[Safety]\n",
		"\n〈 ",
		"\n【 ",
		"\n## ",
		"\n### ",
		"\n> ",
		"\n| ",
		"\n|---|",
		"\n끝.\n",
		"\n/끝/\n",
		"\n###\n",
		"\n-30-\n",
		"\n/END/\n",
		"**",
		" *",
		"](https://",
		"{lang=ko}",
		" https://",
		"@press.example",
	};
	struct str all = all_seeds(*state);

	for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
		if (str_find_str(all, str_from(uses[i])) == all.len)
			print_error("not used: %s\n", uses[i]);
		assert_true(str_find_str(all, str_from(uses[i])) < all.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_seed_is_understood),
		TEST(every_mark_is_used_somewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
