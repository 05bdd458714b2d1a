/* Which release a text is of that says nothing of itself. */
#include "recognize.h"

#include <communique/searching.h>
#include <communique/utf8.h>

#define TITLES_LOOKED_AT 500 /* of the newest releases */
#define LINES_LOOKED_AT 2000
#define PROBES 3	 /* lines whose words are looked for … */
#define PROBE_LETTERS 50 /* … of at most four bytes: QUERY_MAX */

/* --- by an address in it ---------------------------------------------------------------------- */

static struct str take_run(struct str *rest)
{
	struct str run = *rest;
	size_t len = 0;

	while (len < run.len &&
	       (is_alpha(run.at[len]) || is_digit(run.at[len]) || run.at[len] == '-'))
		len++;
	*rest = str_skip(run, len);
	return str_first(run, len);
}

/* https://press.example/en/releases/2026-11-23-a, as at the foot of a printed page. */
static bool find_by_address(struct visit *visit, struct str text, struct revision *out)
{
	struct str url = visit->house->site->url, language, slug;
	size_t at;

	while ((at = str_find_str(text, url)) < text.len) {
		text = str_skip(text, at + url.len);
		if (!str_starts(text, STR("/")))
			continue;
		text = str_skip(text, 1);
		language = take_run(&text);
		if (!str_starts(text, STR("/releases/")))
			continue;
		text = str_skip(text, STR("/releases/").len);
		slug = take_run(&text);
		if (language_valid(language) && slug_valid(slug) &&
		    reading_release(visit->txn, language, slug, visit->now, out))
			return true;
	}
	return false;
}

/* --- by its title ------------------------------------------------------------------------------
 */

struct line {
	struct str text;
	size_t place;
};

static int by_text(const void *a, const void *b)
{
	const struct line *first = a, *second = b;
	int order = str_compare(first->text, second->text);

	return order ? order : first->place < second->place ? -1 : first->place > second->place;
}

static int compare_text(const void *a, const void *b)
{
	return str_compare(((const struct line *)a)->text, ((const struct line *)b)->text);
}

struct title_search {
	struct line *lines;
	size_t count, place; /* of the best */
	struct revision *best;
};

/* The first title in the text is its own: those of neighbours follow. */
static bool look_for_title(void *ctx, const struct revision *revision)
{
	struct title_search *search = ctx;
	struct line wanted = { revision->title, 0 };
	const struct line *found =
		bsearch(&wanted, search->lines, search->count, sizeof *search->lines, compare_text);

	while (found && found > search->lines && str_equal(found[-1].text, revision->title))
		found--;
	if (found && found->place < search->place) {
		search->place = found->place;
		*search->best = *revision;
	}
	return true;
}

static bool find_by_title(struct visit *visit, struct str text, struct revision *out)
{
	struct filter filter = { .language = visit->house->site->languages[visit->language] };
	struct title_search search = { .place = SIZE_MAX, .best = out };
	struct list_total total;

	search.lines = arena_array(&visit->arena, LINES_LOOKED_AT, sizeof *search.lines);
	while (str_given(text) && search.count < LINES_LOOKED_AT) {
		struct str line = str_trim(str_cut(&text, '\n'));

		if (line.len > 0) {
			search.lines[search.count] = (struct line){ line, search.count };
			search.count++;
		}
	}
	qsort(search.lines, search.count, sizeof *search.lines, by_text);
	reading_list(visit->txn, &filter, visit->now, 0, TITLES_LOOKED_AT, look_for_title, &search,
		     &total);
	return search.place < SIZE_MAX;
}

/* --- by its words ---------------------------------------------------------------------------- */

/* The longest lines, the longest first. */
static void find_probes(struct str text, struct str probes[PROBES])
{
	for (size_t i = 0; i < PROBES; i++)
		probes[i] = STR("");
	for (size_t n = 0; str_given(text) && n < LINES_LOOKED_AT; n++) {
		struct str line = str_trim(str_cut(&text, '\n'));

		for (size_t i = 0; i < PROBES; i++) {
			struct str shorter = probes[i];

			if (line.len <= shorter.len)
				continue;
			probes[i] = line;
			line = shorter;
		}
	}
}

/* Without the first word, which may be a mark that no text has: 1. or 가. */
static struct str probe_query(struct str line)
{
	bool cut;

	str_cut(&line, ' ');
	return str_given(line) ? utf8_cut_at_word(line, PROBE_LETTERS, &cut) : STR_NONE;
}

/* True also when there is none. */
static bool find_by_probe(struct visit *visit, struct str query, struct revision *out, bool *found,
			  struct fault *why)
{
	const struct site *site = visit->house->site;

	for (size_t i = 0; i < site->language_count && !*found; i++) {
		size_t language = (visit->language + i) % site->language_count;
		struct filter filter = { .language = site->languages[language] };
		struct search search;

		if (!reading_search(visit->txn, &filter, query, false, visit->now, 0, 1,
				    &visit->arena, &search, why))
			return false;
		*found = search.count > 0;
		if (*found)
			*out = search.hits[0];
	}
	return true;
}

static bool find_by_words(struct visit *visit, struct str text, struct revision *out, bool *found,
			  struct fault *why)
{
	struct str probes[PROBES];

	find_probes(text, probes);
	for (size_t i = 0; i < PROBES && !*found; i++) {
		struct str query = probe_query(probes[i]);

		if (str_given(query) && !find_by_probe(visit, query, out, found, why))
			return false;
	}
	return true;
}

bool text_recognize(struct visit *visit, struct str text, struct revision *out, bool *found,
		    struct fault *why)
{
	*found = find_by_address(visit, text, out) || find_by_title(visit, text, out);
	return *found || find_by_words(visit, text, out, found, why);
}
