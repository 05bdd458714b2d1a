/* A release file, and all that is made of one that is accepted. */
#include "fuzz/fuzz.h"

#include <communique/difference.h>
#include <communique/page.h>

static void all_of(struct arena *arena, const struct release *release)
{
	struct difference difference;
	struct buf out;

	buf_init(&out, PAGE_MAX);
	body_html(release, &files_public, &out);
	must(!out.full);
	buf_clear(&out);
	page_preview(release, &out, NULL);
	buf_release(&out);
	release_difference(arena, release, release, &difference);
	must(difference_is_none(&difference));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str file = fuzz_input(bytes, size);
	struct fault why = { .kind = NO_FAULT };
	struct release *release;
	struct arena arena;

	arena_init(&arena);
	if (release_parse(&arena, file, &release, &why)) {
		must(str_equal(release->text, file));
		must(slug_valid(release->slug) && language_valid(release->language));
		all_of(&arena, release);
	} else {
		fuzz_refused(&why);
	}
	arena_release(&arena);
	return 0;
}
