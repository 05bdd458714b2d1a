/* A search query, and the excerpt it marks in a text: the text of the first line's query is
 * what follows it. */
#include "fuzz/fuzz.h"

#include <communique/excerpt.h>
#include <communique/utf8.h>

static void check(const struct query *query, const struct stems *stems, struct str text)
{
	struct excerpt excerpt;

	must(query->count <= QUERY_TERMS_MAX && query->required <= query->count);
	must(query->phrase_count <= QUERY_PHRASES_MAX);
	if (utf8_valid_length(text) < text.len)
		return;
	excerpt_make(stems, query, text, &excerpt);
	must(excerpt.count <= EXCERPT_PIECES_MAX);
	for (size_t i = 0; i < excerpt.count; i++)
		must(excerpt.pieces[i].text.at >= text.at &&
		     excerpt.pieces[i].text.at + excerpt.pieces[i].text.len <= text.at + text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const languages[] = { "en", "ko", "ar", "zh" };
	struct str text = fuzz_input(bytes, size), typed = str_cut(&text, '\n');
	struct fault why = { .kind = NO_FAULT };
	struct query query;
	struct stems stems;
	struct arena arena;

	arena_init(&arena);
	stems_open(&stems, str_from(languages[size % 4]));
	if (query_parse(&arena, &stems, typed, &query, &why))
		check(&query, &stems, str_given(text) ? text : STR(""));
	else
		fuzz_refused(&why);
	stems_close(&stems);
	arena_release(&arena);
	return 0;
}
