/*
 * Input that nobody writes: mutated releases, and texts made to be slow or large.
 */
#include "releases.h"

enum { MUTATIONS = 6000, MULTIPLE_MAX = 400 };

/* A fixed generator (xorshift64), so that a failure comes again. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static const char *const pieces[] = {
	"\n",	    "\n\n",	   "1. ",	 "2. ",		"3. ",
	"° ",	    "- ",	   "· ",	 "□ ",		"가. ",
	"나. ",	    "1) ",	   "가) ",	 "(1) ",	"① ",
	"㉮ ",	    "※ ",	   "* ",	 "** ",		"> ",
	">",	    "| a | b |\n", "|--|--|",	 "[",		"]",
	"](",	    ")",	   "![",	 "*",		"**",
	"***",	    "\\",	   "]{lang=ko}", "[a]",		"## ",
	"###",	    "끝.",	   "-30-",	 "http",	"https://x.example",
	"@",	    "a@b.example", " ",		 "\t",		"　",
	"word",	    "글",	   "…",		 "javascript:", "/x",
	"\xcc\x81", "\xff",
};

static void insert(struct buf *out, struct str file, size_t at, struct str piece, size_t skip)
{
	buf_clear(out);
	buf_add(out, str_first(file, at));
	buf_add(out, piece);
	buf_add(out, str_skip(file, at + skip));
}

/* Mutates what the last round left, and begins anew when that is not accepted. */
static void mutations_go_round_or_are_refused(void **state)
{
	static const char *const seeds[] = {
		"seeds/2026-03-05-harbour-conference.ko.txt",
		"seeds/2026-08-19-relief-shipment.en.txt",
		"seeds/2026-02-03-consular-line.en.txt",
		"seeds/2026-05-11-weekly-briefing.ko.txt",
	};
	uint64_t random = 20261123;
	struct buf at, next;
	unsigned accepted = 0, seed = 0;

	buf_init(&at, RELEASE_FILE_MAX);
	buf_init(&next, RELEASE_FILE_MAX);
	for (unsigned round = 0; round < MUTATIONS; round++) {
		struct arena arena;
		struct release *release = NULL;
		struct fault why = { .kind = NO_FAULT };
		size_t place;

		arena_init(&arena);
		if (at.len == 0 || round % 200 == 0) {
			buf_clear(&at);
			buf_add(&at, read_whole(*state, seeds[seed++ % 4]));
		}
		place = next_random(&random) % at.len;
		insert(&next, buf_str(&at), place,
		       str_from(pieces[next_random(&random) % (sizeof pieces / sizeof pieces[0])]),
		       next_random(&random) % 4 == 0 ? next_random(&random) % 12 : 0);
		if (release_parse(&arena, buf_str(&next), &release, &why)) {
			assert_round_trip(release);
			outline_of(&arena, release);
			buf_clear(&at);
			buf_add(&at, buf_str(&next));
			accepted++;
		} else {
			assert_int_equal(why.kind, RELEASE_MALFORMED);
			assert_true(why.line > 0);
		}
		arena_release(&arena);
	}
	print_message("%u of %d mutations were accepted\n", accepted, MUTATIONS);
	assert_true(accepted > MUTATIONS / 4 && accepted < MUTATIONS);
	buf_release(&at);
	buf_release(&next);
}

/* Nothing but pieces of markup. */
static void salads_go_round(void **state)
{
	uint64_t random = 7;
	unsigned accepted = 0;

	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		struct arena arena;
		struct release *release = NULL;
		struct buf file;

		arena_init(&arena);
		buf_init(&file, RELEASE_FILE_MAX);
		buf_add(&file, STR(WITH("Text")));
		for (unsigned i = 0; i < 60; i++)
			buf_add(&file, str_from(pieces[next_random(&random) %
						       (sizeof pieces / sizeof pieces[0] - 2)]));
		buf_add_char(&file, '\n');
		if (release_parse(&arena, buf_str(&file), &release, NULL)) {
			assert_round_trip(release);
			accepted++;
		}
		buf_release(&file);
		arena_release(&arena);
	}
	assert_true(accepted > 1000);
}

/* --- slow and large -------------------------------------------------------------------- */

static const char *const patterns[] = {
	"a\n",
	"- a\n",
	"[",
	"[a](",
	"[a](b",
	"![",
	"*a ",
	"**a ",
	"*a **b ",
	"***a ",
	"a*",
	"](",
	"[]{lang=",
	"\\*",
	"> a\n",
	"> a\n>\n",
	"1. a\n\n",
	"1. a\n\nb\n\n",
	"□ a\n\n",
	"가. a\n",
	"|a|b|\n|-|-|\n",
	"http://a@",
	"http://.",
	"a@b.c ",
	"a@",
	"@a",
	"https://a ",
	"\n",
	" \n",
	"* a\n",
	"※ a\n",
	"[a]\n",
	"((((",
	"(",
	"[a](/b) ",
	"[[[[a](/b",
	"é",
	"e\xcc\xa7\xcc\x81\xcc\xb1",
	"°",
	"° a\n- b\n· c\n\n",
	"끝.\n",
	"###\n",
};

static struct str repeated(struct arena *arena, const char *pattern, size_t size)
{
	struct str head = STR(WITH("Text\n\n")), piece = str_from(pattern);
	char *bytes = arena_alloc(arena, size);
	size_t len = head.len;

	memcpy(bytes, head.at, head.len);
	for (; len + piece.len < size; len += piece.len)
		memcpy(bytes + len, piece.at, piece.len);
	bytes[len++] = '\n';
	return (struct str){ bytes, len };
}

/* Milliseconds; the memory in *taken. */
static uint64_t measure(const char *pattern, size_t size, size_t *taken)
{
	struct arena text, arena;
	struct release *release = NULL;
	struct str file;
	uint64_t start;

	arena_init(&text);
	arena_init(&arena);
	file = repeated(&text, pattern, size);
	start = processor_milliseconds();
	if (release_parse(&arena, file, &release, NULL))
		assert_true(release->document->first != NULL);
	start = processor_milliseconds() - start;
	*taken = arena.total;
	if (release)
		assert_round_trip(release);
	arena_release(&text);
	arena_release(&arena);
	return start;
}

/* Eight times the text may take eight times as long, and pages that are new or swapped a few
 * times that. Quadratic would be 64 times. */
static void time_and_memory_are_linear(void **state)
{
	size_t worst = 0;
	uint64_t slowest = 0;

	(void)state;
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		size_t small_memory, memory;
		uint64_t small = measure(patterns[i], RELEASE_FILE_MAX / 8, &small_memory);
		uint64_t large = measure(patterns[i], RELEASE_FILE_MAX, &memory);

		if (large > 32 * small + 500)
			print_error("\"%s\": %u ms, then %u ms\n", patterns[i], (unsigned)small,
				    (unsigned)large);
		assert_true(large <= 32 * small + 500);
		assert_true(memory <= (size_t)MULTIPLE_MAX * RELEASE_FILE_MAX);
		assert_true(memory <= 9 * small_memory + (1 << 20));
		worst = memory > worst ? memory : worst;
		slowest = large > slowest ? large : slowest;
	}
	print_message("at most %zu bytes for each byte of input, %u ms for 1 MiB\n",
		      worst / RELEASE_FILE_MAX, (unsigned)slowest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(mutations_go_round_or_are_refused),
		TEST(salads_go_round),
		TEST(time_and_memory_are_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
