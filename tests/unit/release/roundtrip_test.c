/* What comes out is what went in, for every file the parser accepts; and it takes time and
 * memory in proportion to the file. */
#include <dirent.h>

#include "releases.h"

/* Bytes of the arena for a byte of the file, at most: a node takes 160 bytes and the shortest
 * texts make one of each byte. Measured: 160 for "a\n" and "*a* ", 3 to 21 for the samples. */
enum { MEMORY_MULTIPLE = 200 };
enum { MUTATIONS = 300 }; /* of each sample */
/* 1 MiB against 256 KiB: 4 when time is linear, 16 when it is quadratic; the rest is for a
 * machine that is busy with other things. */
enum { TIME_MULTIPLE = 12, LEAST_MILLISECONDS = 200 };

static const char *const folders[] = { "seeds", "seeds/attached" };

typedef void visit_seed(struct arena *arena, struct str text);

static bool is_text(const char *name)
{
	return str_ends(str_from(name), STR(".txt"));
}

/* Every sample release there is; says how many. */
static unsigned visit_seeds(struct arena *arena, visit_seed *visit)
{
	unsigned count = 0;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		DIR *folder = opendir(folders[i]);
		struct dirent *entry;

		assert_non_null(folder);
		while ((entry = readdir(folder))) {
			if (!is_text(entry->d_name))
				continue;
			visit(arena,
			      read_whole(
				      arena,
				      arena_printf(arena, "%s/%s", folders[i], entry->d_name).at));
			count++;
		}
		closedir(folder);
	}
	return count;
}

static uint64_t random_state;
static unsigned tried, accepted;

static uint32_t random_below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32) % limit;
}

static void comes_back(struct arena *arena, struct str text)
{
	parse_file(arena, text); /* with the round trip */
}

static void samples_come_back(void **state)
{
	assert_true(visit_seeds(*state, comes_back) >= 12);
}

static void trailing_and_blank_lines_come_back(void **state)
{
	static const char *const bodies[] = {
		"\n\n\na\n",	       "a\n\n\n\nb\n\n\n", "  a\n \t \n b\n",
		"a  \nb\t\n",	       "> a\n>\n>\n\n\n",  "| a |\n|---|\n\n\n",
		"[a]\n[b]\n\n[c]\n",   "-30-\n\n \n",	   "끝.\n",
		"1. a\n\t\n\n2. b \n", "* \n** \n",	   "## a\n\n### b\n###\n",
	};

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		comes_back(*state, arena_printf(*state, "%s\n%s", HEADER, bodies[i]));
}

/* --- mutations ------------------------------------------------------------------------ */

static const char *const pieces[] = {
	"\n",
	"\n\n",
	" ",
	"\t",
	"1. ",
	"\n2. ",
	"\n7. ",
	"\n□ ",
	"\n° ",
	"\no ",
	"\n- ",
	"\n· ",
	"\n가. ",
	"\n1) ",
	"\n(1) ",
	"\n① ",
	"\n㉮ ",
	"\n※ ",
	"\n* ",
	"\n** ",
	"\n[a]\n",
	"\n## ",
	"\n> ",
	"\n| a |\n|---|\n",
	"|",
	"*",
	"**",
	"[",
	"](",
	")",
	"![",
	"{lang=ko}",
	"\\",
	"https://a.example",
	"a@b.example",
	"\n끝.\n",
	"\n###\n",
	"\xff",
	"\u202e",
	"e\u0301",
	"\nPlace: x\n",
	":",
};

static void insert(struct buf *out, struct str text, size_t at, struct str piece)
{
	buf_add(out, str_first(text, at));
	buf_add(out, piece);
	buf_add(out, str_skip(text, at));
}

static struct str mutate(struct arena *arena, struct str text)
{
	size_t at = random_below((uint32_t)text.len), length = random_below(40);
	struct str changed;
	struct buf out;

	buf_init(&out, RELEASE_FILE_MAX);
	switch (random_below(4)) {
	case 0:
		insert(&out, text, at,
		       str_from(pieces[random_below(sizeof pieces / sizeof *pieces)]));
		break;
	case 1:
		insert(&out, str_first(text, at), at, str_skip(text, at + length));
		break;
	case 2:
		insert(&out, text, at, str_first(str_skip(text, at), length));
		break;
	default:
		insert(&out, text, at, STR(" "));
		out.at[at] = (char)(random_below(2) ? random_below(128) : random_below(256));
	}
	changed = arena_copy(arena, buf_str(&out));
	buf_release(&out);
	return changed;
}

static void try_one(struct str text)
{
	struct arena arena;
	struct release *release;
	struct fault why = { 0 };
	struct buf outline;

	arena_init(&arena);
	buf_init(&outline, 4 * RELEASE_FILE_MAX);
	for (uint32_t times = 1 + random_below(6); times; times--)
		text = mutate(&arena, text);
	tried++;
	if (release_parse(&arena, text, &release, &why)) {
		accepted++;
		assert_round_trip(release);
		release_outline(release, &outline);
		release_summary(&arena, release);
	} else {
		assert_int_equal(why.kind, RELEASE_MALFORMED);
		assert_true(why.line > 0);
	}
	buf_release(&outline);
	arena_release(&arena);
}

static void try_many(struct arena *arena, struct str text)
{
	(void)arena;
	for (unsigned n = 0; n < MUTATIONS; n++)
		try_one(text);
}

static void mutations_come_back_or_are_refused(void **state)
{
	random_state = 20261123;
	visit_seeds(*state, try_many);
	print_message("%u of %u mutations accepted\n", accepted, tried);
	assert_true(accepted > tried / 10 && accepted < tried);
}

/* --- time and memory ------------------------------------------------------------------- */

static const char *const hard[] = {
	"- a\n",
	"1. a\n",
	"1. a\n\n",
	"*a",
	"*a ",
	"*a* ",
	"**a",
	"**a**",
	"**a** ",
	"[",
	"[a",
	"](",
	"[](",
	"[a](",
	"[a](/b)",
	"[a](/b) ",
	"![a](b) ",
	"![",
	"[a]{lang=",
	"[a]{lang=ko}",
	"{lang=",
	"|",
	"|a",
	"|a|a\n",
	"|a|\n|-|\n",
	"| a |\n",
	"> \n",
	"> a\n",
	"> a\n>\n",
	">\n\n",
	"\\",
	"\\*",
	"@a ",
	"a@b.c ",
	"a@",
	"https://a ",
	"https://",
	"a",
	"a ",
	"a\n",
	"a\n\n",
	"\n",
	" \n",
	" ",
	"끝.\n",
	"끝.\n\n",
	"###\n",
	"## a\n",
	"[a]\n",
	"※ a\n",
	"* a\n",
	"□ a\n",
	"□ a\n° b\n- c\n· d\n",
	"① a\n",
	"가. a\n",
	"(1) a\n",
	"1)\n",
	"((",
	"(",
	")",
	"[(",
	"*[",
	"**[*",
	"**a *b ",
	"* ",
	"** ",
	"***",
	"2. a\n\n",
	"한",
	"\u0627\u064e",
};
enum { HARD = sizeof hard / sizeof *hard };

static struct str repeated(const char *head, const char *piece, const char *tail, size_t size)
{
	static char file[RELEASE_FILE_MAX];
	size_t len = strlen(head), step = strlen(piece), end = size - strlen(tail);

	memcpy(file, head, len);
	for (; len + step <= end; len += step)
		memcpy(file + len, piece, step);
	memcpy(file + len, tail, strlen(tail));
	return (struct str){ file, len + strlen(tail) };
}

/* Milliseconds; whether it was taken, and the memory in *multiple. */
static uint64_t measure(struct str file, bool *taken, size_t *multiple)
{
	uint64_t start = processor_milliseconds();
	struct arena arena;
	struct release *release = NULL;
	struct fault why = { .kind = NO_FAULT };
	struct buf out;

	arena_init(&arena);
	buf_init(&out, 64 * RELEASE_FILE_MAX);
	if (release_parse(&arena, file, &release, &why))
		release_outline(release, &out);
	*multiple = arena.total / file.len;
	start = processor_milliseconds() - start;
	/* Read to its end, though some have more blocks than a page can show. */
	*taken = release ||
		 str_find_str(str_from(why.says), STR("more than 20000 blocks")) < strlen(why.says);
	if (release)
		assert_round_trip(release);
	buf_release(&out);
	arena_release(&arena);
	return start;
}

static void hard_texts_take_linear_time_and_memory(void **state)
{
	size_t most_memory = 0;
	uint64_t most_time = 0;

	(void)state;
	for (size_t i = 0; i < HARD; i++) {
		uint64_t small, large;
		size_t memory;
		bool taken;

		small = measure(repeated(HEADER "\n", hard[i], "x\n", RELEASE_FILE_MAX / 4), &taken,
				&memory);
		large = measure(repeated(HEADER "\n", hard[i], "x\n", RELEASE_FILE_MAX), &taken,
				&memory);
		if (!taken || memory > MEMORY_MULTIPLE ||
		    large > TIME_MULTIPLE * small + LEAST_MILLISECONDS)
			print_error("%s: taken %d, memory %zu times, %d ms against %d\n", hard[i],
				    taken, memory, (int)large, (int)small);
		assert_true(taken);
		assert_true(memory <= MEMORY_MULTIPLE);
		assert_true(large <= TIME_MULTIPLE * small + LEAST_MILLISECONDS);
		most_memory = memory > most_memory ? memory : most_memory;
		most_time = large > most_time ? large : most_time;
	}
	print_message("%d hard texts of 1 MiB: at most %zu bytes a byte, at most %d ms\n", HARD,
		      most_memory, (int)most_time);
}

/* Refused or not, no header and no run of marks may take longer either. */
static void hard_headers_and_letters_take_linear_time(void **state)
{
	static const struct {
		const char *head, *piece, *tail;
	} cases[] = {
		{ "Title: ", "a", "\n" },
		{ "Title: a\n", " b\n", "\n\n" },
		{ "", "Contact: a\n", "\n\n" },
		{ "Topics: a", ";b", "\n" },
		{ "", ":", "\n" },
		{ HEADER "\na", "\u0301\u0327", "\n" },
		{ HEADER "\nq", "\u0327\u0301", "\n" },
		{ HEADER "\nq", "\u0327", "\n" },
		{ HEADER "\nq", "\u0316", "\u0300\n" },
		{ HEADER "\n", "\u1100\u1161", "\n" },
		{ HEADER "\n", "a\u0300\n", "\n" },
		{ HEADER "\n", "\xff", "\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t small, large;
		size_t memory;
		bool taken;

		small = measure(repeated(cases[i].head, cases[i].piece, cases[i].tail,
					 RELEASE_FILE_MAX / 4),
				&taken, &memory);
		large = measure(
			repeated(cases[i].head, cases[i].piece, cases[i].tail, RELEASE_FILE_MAX),
			&taken, &memory);
		if (large > TIME_MULTIPLE * small + LEAST_MILLISECONDS)
			print_error("case %zu: %d ms against %d\n", i, (int)large, (int)small);
		assert_true(memory <= MEMORY_MULTIPLE);
		assert_true(large <= TIME_MULTIPLE * small + LEAST_MILLISECONDS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(samples_come_back),
		TEST(trailing_and_blank_lines_come_back),
		TEST(mutations_come_back_or_are_refused),
		TEST(hard_texts_take_linear_time_and_memory),
		TEST(hard_headers_and_letters_take_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
