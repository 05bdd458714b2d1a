/* Two texts, parted by the first NUL: both sides come out whole. */
#include "fuzz/fuzz.h"

#include <communique/difference.h>

static void check_side(const struct segment *at, enum mark_of_change without, struct str text)
{
	for (; at; at = at->next) {
		if (at->mark == without)
			continue;
		must(str_starts(text, at->text));
		text = str_skip(text, at->text.len);
	}
	must(text.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str after = fuzz_input(bytes, size), before = str_cut(&after, '\0');
	const struct segment *segments;
	struct arena arena;

	arena_init(&arena);
	segments = text_difference(&arena, before, after);
	check_side(segments, TEXT_ADDED, before);
	check_side(segments, TEXT_REMOVED, after);
	arena_release(&arena);
	return 0;
}
