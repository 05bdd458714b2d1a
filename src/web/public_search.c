/* The search: its page, its data, its feeds. */
#include "feeds.h"
#include "lists.h"

#include <communique/searching.h>

/* What others are worth knowing of: of a site with more languages the first. */
#define OTHERS_MAX 8

/* --- what is asked --------------------------------------------------------------------------- */

struct asked {
	struct str query;
	struct board_filter words;
	struct filter filter;
	bool by_date;
	uint64_t number; /* of the page */
	bool moved;	 /* a redirect to the right address has been made */
};

static bool read_asked(struct visit *visit, struct asked *out, struct fault *why)
{
	struct str query = visit_parameter(visit, "q");

	*out = (struct asked){ .query = str_given(query) ? query : STR("") };
	if (out->query.len > QUERY_MAX)
		return fail(why, INVALID, "a query has at most %d bytes", QUERY_MAX);
	if (!page_number(visit, &out->number, why))
		return false;
	out->moved = out->number == 0;
	return out->moved || filter_read(visit, &out->words, &out->filter, why);
}

static bool read_sort(struct visit *visit, bool *by_date, struct fault *why)
{
	struct str sort = visit_parameter(visit, "sort");

	*by_date = str_given(sort);
	return !*by_date || str_equal(sort, STR("date")) || nothing_here(why);
}

/* `path` with the parameters that were given, but for those from a place on. */
static struct str address_of(struct visit *visit, struct str path, const char *without)
{
	struct str parameters[PARAMETERS_MAX], kept;
	struct buf address;

	memcpy(parameters, visit->parameters, sizeof(parameters));
	if (without) {
		size_t place = query_place(visit->route->parameters, without);

		while (place < PARAMETERS_MAX)
			parameters[place++] = STR_NONE;
	}
	buf_init(&address, 4 * REQUEST_TARGET_MAX);
	buf_add(&address, path);
	query_write(visit->route->parameters, parameters, &address);
	kept = arena_copy(&visit->arena, buf_str(&address));
	buf_release(&address);
	return kept;
}

/* --- what is shown ------------------------------------------------------------------------------
 */

struct results {
	struct list_entry entries[BOARD_PAGE_SIZE];
	struct excerpt_view excerpts[BOARD_PAGE_SIZE];
	struct search_link others[OTHERS_MAX];
	struct search_link suggestions[SEARCH_SUGGESTIONS_MAX];
	struct search_view view;
};

static bool add_excerpt(struct visit *visit, const struct query *query, const struct revision *hit,
			struct excerpt_view *out, struct fault *why)
{
	struct excerpt_part *parts = arena_array(&visit->arena, EXCERPT_PIECES_MAX, sizeof(*parts));
	struct excerpt excerpt;

	if (!reading_search_excerpt(visit->txn, query, hit, &visit->arena, &excerpt, why))
		return false;
	for (size_t i = 0; i < excerpt.count; i++)
		parts[i] =
			(struct excerpt_part){ excerpt.pieces[i].text, excerpt.pieces[i].marked };
	*out = (struct excerpt_view){ parts, excerpt.count, excerpt.cut_before,
				      excerpt.cut_behind };
	return true;
}

static bool add_results(struct visit *visit, const struct search *search, struct results *out,
			struct fault *why)
{
	struct disputes disputes = reading_disputes(visit->txn, &visit->arena);

	for (size_t i = 0; i < search->count; i++) {
		const struct revision *hit = &search->hits[i];

		out->entries[i] = list_entry_of(hit, disputes_has(&disputes, hit));
		if (!add_excerpt(visit, &search->query, hit, &out->excerpts[i], why))
			return false;
	}
	return true;
}

static void add_others(struct visit *visit, const struct asked *asked, struct results *out)
{
	const struct site *site = visit->house->site;
	struct search_view *view = &out->view;

	view->others = out->others;
	for (size_t i = 0; i < site->language_count && view->other_count < OTHERS_MAX; i++) {
		struct filter filter = { .language = site->languages[i] };
		struct search_total total;

		if (i == visit->language)
			continue;
		total = reading_search_count(visit->txn, &filter, asked->query, visit->now);
		if (total.count)
			out->others[view->other_count++] =
				(struct search_link){ .query = asked->query,
						      .language = filter.language,
						      .total = total.count,
						      .least = total.more };
	}
}

static void add_suggestions(struct visit *visit, const struct asked *asked,
			    const struct search *search, struct results *out)
{
	struct search_suggestion found[SEARCH_SUGGESTIONS_MAX];
	size_t count = reading_search_suggest(visit->txn, &asked->filter, &search->query,
					      visit->now, &visit->arena, found);

	for (size_t i = 0; i < count; i++)
		out->suggestions[i] = (struct search_link){ .query = found[i].query,
							    .without = found[i].without,
							    .total = found[i].total.count,
							    .least = found[i].total.more };
	out->view.suggestions = out->suggestions;
	out->view.suggestion_count = count;
}

static uint64_t pages_of(uint64_t total)
{
	uint64_t shown = total < SEARCH_SHOWN_MAX ? total : SEARCH_SHOWN_MAX;

	return shown ? (shown + BOARD_PAGE_SIZE - 1) / BOARD_PAGE_SIZE : 1;
}

static bool search(struct visit *visit, const struct asked *asked, struct results *out,
		   struct fault *why)
{
	struct search_view *view = &out->view;
	struct search found;

	if (!reading_search(visit->txn, &asked->filter, asked->query, asked->by_date, visit->now,
			    (asked->number - 1) * BOARD_PAGE_SIZE, BOARD_PAGE_SIZE, &visit->arena,
			    &found, why))
		return false;
	*view = (struct search_view){
		.query = asked->query,
		.has_words = found.query.required > 0,
		.by_date = asked->by_date,
		.excerpts = out->excerpts,
		.least = found.more,
		.shortened = found.query.shortened,
		.shown_most = SEARCH_SHOWN_MAX,
		.feed_query = address_of(visit, STR(""), "sort"),
	};
	view->board = (struct board_view){
		.entries = out->entries,
		.count = found.count,
		.total = found.total,
		.number = asked->number,
		.pages = pages_of(found.total),
		.first = address_of(visit, page_path(visit), "page"),
		.filter = asked->words,
	};
	if (asked->number > view->board.pages)
		return nothing_here(why);
	if (view->has_words)
		add_others(visit, asked, out);
	if (found.total == 0)
		add_suggestions(visit, asked, &found, out);
	return add_results(visit, &found, out, why);
}

bool show_search(struct visit *visit, struct fault *why)
{
	struct results *results = arena_new(&visit->arena, struct results);
	struct page page;
	struct asked asked;
	struct buf made;
	bool ok;

	if (!read_asked(visit, &asked, why) || asked.moved)
		return asked.moved;
	if (!read_sort(visit, &asked.by_date, why) || !search(visit, &asked, results, why))
		return false;
	if (!asks_json(visit))
		choices_read(visit, &results->view.board);
	page = public_page(visit, address_of(visit, page_path(visit), NULL));
	buf_init(&made, PAGE_MAX);
	ok = asks_json(visit) ? json_search(&page, &results->view, &made, why)
			      : page_search(&page, &results->view, &made, why);
	if (ok)
		return public_send_made(visit, page_type(visit), LIVE, &made, why);
	buf_release(&made);
	return false;
}

/* --- its feeds
 * ------------------------------------------------------------------------------------ */

static bool add_to_feed(struct visit *visit, const struct search *found, struct feed_list *list,
			struct fault *why)
{
	for (size_t i = 0; i < found->count; i++) {
		struct change_told told;

		if (!reading_told(visit->txn, &found->hits[i], visit->now, &told))
			return store_check(visit->txn, why) &&
			       fail(why, BROKEN, "a release without a past");
		if (!feed_add(list, &told, why))
			return false;
	}
	return true;
}

static struct str feed_page(struct visit *visit, struct str first, uint64_t number)
{
	if (number < 2)
		return first;
	return arena_printf(&visit->arena, "%.*s&page=%llu", STR_ARG(first),
			    (unsigned long long)number);
}

static void link_feed(struct visit *visit, const struct asked *asked, uint64_t total,
		      struct feed_view *view)
{
	struct str path = visit->request->path;
	struct str folder = str_first(path, str_find_str(path, STR("/feed.")));
	uint64_t number = asked->number, pages = pages_of(total);

	view->title = asked->query;
	view->page = address_of(visit, folder, "page");
	view->first = address_of(visit, path, "page");
	view->self = feed_page(visit, view->first, number);
	if (number > 1)
		view->prev = feed_page(visit, view->first, number - 1);
	if (number < pages)
		view->next = feed_page(visit, view->first, number + 1);
}

/* The newest first: a reader of feeds looks for what is new. */
bool show_search_feed(struct visit *visit, struct fault *why)
{
	struct feed_list *list = arena_new(&visit->arena, struct feed_list);
	struct feed_view view = { .title = STR_NONE };
	struct search found;
	struct asked asked;

	if (!read_asked(visit, &asked, why) || asked.moved)
		return asked.moved;
	if (asked.query.len == 0)
		return nothing_here(why);
	if (!reading_search(visit->txn, &asked.filter, asked.query, true, visit->now,
			    (asked.number - 1) * FEED_PAGE_SIZE, FEED_PAGE_SIZE, &visit->arena,
			    &found, why))
		return false;
	if (asked.number > 1 && found.count == 0)
		return nothing_here(why);
	*list = feed_begin(visit);
	if (!add_to_feed(visit, &found, list, why))
		return false;
	link_feed(visit, &asked, found.total, &view);
	return feed_send(list, &view, why);
}
