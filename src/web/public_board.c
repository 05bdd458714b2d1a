/* The lists of releases, as pages and as data: home, the board, topics, the archive. */
#include "lists.h"

#include <communique/url.h>
#include <communique/utf8.h>

#define LATEST_RELEASES 10
#define CHOICES_MAX 200	 /* names in a form */
#define TOPICS_MAX 10000 /* that the page of all topics counts */
#define TOPICS_PAGE 200
#define YEARS_MAX 400

static struct str language_of(const struct visit *visit)
{
	return visit->house->site->languages[visit->language];
}

/* --- addresses -------------------------------------------------------------------------- */

bool asks_json(const struct visit *visit)
{
	return str_ends(visit->request->path, STR(".json"));
}

const char *page_type(const struct visit *visit)
{
	return asks_json(visit) ? JSON_TYPE : HTML;
}

struct str page_path(const struct visit *visit)
{
	struct str path = visit->request->path;

	return asks_json(visit) ? str_first(path, path.len - STR(".json").len) : path;
}

bool page_number(struct visit *visit, uint64_t *out, struct fault *why)
{
	struct str given = visit_parameter(visit, "page");
	struct str rest[PARAMETERS_MAX];
	struct buf first;

	*out = 1;
	if (!str_given(given))
		return true;
	if (!str_to_u64(given, UINT32_MAX, out) || *out == 0) {
		*out = 1; /* 0 is for what was moved, and answered */
		return nothing_here(why);
	}
	if (*out > 1)
		return true;
	*out = 0;
	memcpy(rest, visit->parameters, sizeof(rest));
	rest[query_place(visit->route->parameters, "page")] = STR_NONE;
	buf_init(&first, 4 * REQUEST_TARGET_MAX);
	buf_add(&first, visit->request->path);
	query_write(visit->route->parameters, rest, &first);
	public_redirect(visit, 301, buf_str(&first));
	buf_release(&first);
	return true;
}

struct str page_address(struct visit *visit, bool with_number)
{
	struct str path = page_path(visit), parameters[PARAMETERS_MAX], kept;
	struct buf address;

	buf_init(&address, 4 * REQUEST_TARGET_MAX);
	buf_add(&address, path);
	if (!str_ends(path, STR("/")))
		buf_add_char(&address, '/');
	memcpy(parameters, visit->parameters, sizeof(parameters));
	if (visit->route->parameters && !with_number)
		parameters[query_place(visit->route->parameters, "page")] = STR_NONE;
	query_write(visit->route->parameters, parameters, &address);
	kept = arena_copy(&visit->arena, buf_str(&address));
	buf_release(&address);
	return kept;
}

/* --- reading ------------------------------------------------------------------------------ */

struct list_entry list_entry_of(const struct revision *revision, bool disputed)
{
	return (struct list_entry){
		.slug = revision->slug,
		.title = revision->title,
		.summary = revision->summary,
		.department = revision->department,
		.date = revision->date,
		.kind = revision->kind,
		.change = revision->change,
		.disputed = disputed,
	};
}

static bool add_entry(void *ctx, const struct revision *revision)
{
	struct listed *listed = ctx;

	must(listed->view.count < BOARD_PAGE_SIZE);
	listed->entries[listed->view.count++] =
		list_entry_of(revision, disputes_has(&listed->disputes, revision));
	return true;
}

bool list_read(struct visit *visit, const struct filter *filter, uint64_t number, uint64_t size,
	       struct listed *out, struct fault *why)
{
	struct board_view *view = &out->view;
	struct list_total total;

	*view = (struct board_view){ .entries = out->entries, .number = number };
	view->first = page_address(visit, false);
	out->disputes = reading_disputes(visit->txn, &visit->arena);
	if (!reading_list(visit->txn, filter, visit->now, (number - 1) * size, size, add_entry, out,
			  &total))
		return store_check(visit->txn, why) &&
		       fail(why, BROKEN, "the board could not be read");
	view->total = total.count;
	view->more = total.more;
	view->reached = total.reached;
	view->pages = total.count == 0 ? 1 : (total.count + size - 1) / size;
	return number <= view->pages || nothing_here(why);
}

struct collected {
	struct arena *arena;
	struct tally *at;
	size_t count, most;
	bool more;
};

static struct collected collect(struct visit *visit, size_t most)
{
	return (struct collected){ .arena = &visit->arena,
				   .at = arena_array(&visit->arena, most, sizeof(struct tally)),
				   .most = most };
}

static struct tallies collected(const struct collected *names)
{
	return (struct tallies){ names->at, names->count };
}

static bool collect_tally(struct collected *to, struct tally tally)
{
	to->more = to->count == to->most;
	if (!to->more)
		to->at[to->count++] = tally;
	return !to->more;
}

static bool collect_name(void *ctx, struct str name, uint64_t count)
{
	return collect_tally(ctx, (struct tally){ .name = name, .count = count });
}

static bool collect_number(void *ctx, uint32_t number, uint64_t count)
{
	return collect_tally(ctx, (struct tally){ .number = number, .count = count });
}

static struct tallies names_of(struct visit *visit, enum view view, size_t most, bool *more)
{
	struct collected names = collect(visit, most);

	reading_visit_names(visit->txn, language_of(visit), view, visit->now, collect_name, &names);
	*more = names.more;
	return collected(&names);
}

/* --- home ------------------------------------------------------------------------------------ */

typedef bool board_page(const struct page *page, const struct board_view *board, struct buf *out,
			struct fault *why);

static bool send_board(struct visit *visit, const struct board_view *view, board_page *make,
		       struct fault *why)
{
	struct page page = public_page(visit, page_address(visit, true));
	struct buf made;

	buf_init(&made, PAGE_MAX);
	if (make(&page, view, &made, why))
		return public_send_page(visit, page_type(visit), &made, why);
	buf_release(&made);
	return false;
}

bool show_home(struct visit *visit, struct fault *why)
{
	struct filter filter = { .language = language_of(visit) };
	struct listed listed;

	if (!list_read(visit, &filter, 1, LATEST_RELEASES, &listed, why))
		return false;
	listed.view.pages = 1;
	return send_board(visit, &listed.view, asks_json(visit) ? json_board : page_home, why);
}

/* --- the board ---------------------------------------------------------------------------------
 */

static bool read_date(struct str text, struct date *out, struct fault *why)
{
	return !str_given(text) || date_parse(text, out) || nothing_here(why);
}

/* Whether there is a list of this name, so that not every text that somebody thinks of is a
 * page. */
static bool name_is_known(struct visit *visit, enum view view, struct str name, struct fault *why)
{
	struct filter filter = { .language = language_of(visit) };
	struct list_total total;

	if (!str_given(name))
		return true;
	if (view == VIEW_DEPARTMENT)
		filter.department = name;
	else
		filter.topic = name;
	if (!reading_list(visit->txn, &filter, visit->now, 0, 0, NULL, NULL, &total))
		return store_check(visit->txn, why) &&
		       fail(why, BROKEN, "the board could not be read");
	return total.count > 0 || nothing_here(why);
}

bool filter_read(struct visit *visit, struct board_filter *words, struct filter *out,
		 struct fault *why)
{
	enum kind kind;

	*words = (struct board_filter){
		.kind = visit_parameter(visit, "kind"),
		.department = visit_parameter(visit, "department"),
		.topic = visit_parameter(visit, "topic"),
		.from = visit_parameter(visit, "from"),
		.to = visit_parameter(visit, "to"),
	};
	*out = (struct filter){ .language = language_of(visit),
				.kind = words->kind,
				.department = words->department,
				.topic = words->topic };
	if (str_given(words->kind) && !kind_parse(words->kind, &kind))
		return nothing_here(why);
	return read_date(words->from, &out->from, why) && read_date(words->to, &out->to, why) &&
	       name_is_known(visit, VIEW_DEPARTMENT, words->department, why) &&
	       name_is_known(visit, VIEW_TOPIC, words->topic, why);
}

void choices_read(struct visit *visit, struct board_view *view)
{
	bool more;

	view->kinds = names_of(visit, VIEW_KIND, KIND_COUNT, &more);
	view->departments = names_of(visit, VIEW_DEPARTMENT, CHOICES_MAX, &more);
	view->topics = names_of(visit, VIEW_TOPIC, CHOICES_MAX, &more);
}

bool show_board(struct visit *visit, struct fault *why)
{
	struct board_filter words;
	struct listed listed;
	struct filter filter;
	uint64_t number;

	if (!page_number(visit, &number, why) || !number)
		return number == 0;
	if (!filter_read(visit, &words, &filter, why) ||
	    !list_read(visit, &filter, number, BOARD_PAGE_SIZE, &listed, why))
		return false;
	listed.view.filter = words;
	if (!asks_json(visit))
		choices_read(visit, &listed.view);
	return send_board(visit, &listed.view, asks_json(visit) ? json_board : page_board, why);
}

/* --- topics --------------------------------------------------------------------------------------
 */

/* The address with the topic in its one spelling: normal form C, escaped as a segment. */
static struct str topic_address(struct visit *visit, struct str topic)
{
	struct str path = visit->request->path, before, behind, kept;
	struct buf right;

	before = str_first(path, (size_t)(visit->match.topic.at - path.at));
	behind = str_skip(visit->request->target, before.len + visit->match.topic.len);
	buf_init(&right, 4 * REQUEST_TARGET_MAX);
	buf_add(&right, before);
	url_add_segment(&right, topic);
	buf_add(&right, behind);
	kept = arena_copy(&visit->arena, buf_str(&right));
	buf_release(&right);
	return kept;
}

bool find_topic(struct visit *visit, struct str *topic, bool *moved, struct fault *why)
{
	struct str right;
	struct buf name;
	bool ok;

	*moved = false;
	buf_init(&name, REQUEST_TARGET_MAX);
	ok = path_decode(visit->match.topic, &name);
	*topic = ok ? arena_copy(&visit->arena, utf8_to_nfc(&visit->arena, buf_str(&name)))
		    : STR("");
	buf_release(&name);
	if (!topic->len)
		return nothing_here(why);
	right = topic_address(visit, *topic);
	*moved = !str_equal(right, visit->request->target);
	if (*moved)
		public_redirect(visit, 301, right);
	return *moved || name_is_known(visit, VIEW_TOPIC, *topic, why);
}

bool show_topic(struct visit *visit, struct fault *why)
{
	struct filter filter = { .language = language_of(visit) };
	struct page page;
	struct listed listed;
	uint64_t number;
	struct buf made;
	bool moved, ok;

	if (!page_number(visit, &number, why) || !number)
		return number == 0;
	if (!find_topic(visit, &filter.topic, &moved, why) || moved)
		return moved;
	if (!list_read(visit, &filter, number, BOARD_PAGE_SIZE, &listed, why))
		return false;
	page = public_page(visit, page_address(visit, true));
	buf_init(&made, PAGE_MAX);
	ok = asks_json(visit) ? json_topic(&page, filter.topic, &listed.view, &made, why)
			      : page_topic(&page, filter.topic, &listed.view, &made, why);
	if (ok)
		return public_send_page(visit, page_type(visit), &made, why);
	buf_release(&made);
	return false;
}

bool show_topics(struct visit *visit, struct fault *why)
{
	struct topics_view view;
	struct tallies all;
	struct page page;
	uint64_t number;
	struct buf made;
	bool more, ok;

	if (!page_number(visit, &number, why) || !number)
		return number == 0;
	all = names_of(visit, VIEW_TOPIC, TOPICS_MAX, &more);
	view.number = number;
	view.pages = all.count ? (all.count + TOPICS_PAGE - 1) / TOPICS_PAGE : 1;
	if (number > view.pages)
		return store_check(visit->txn, why) && nothing_here(why);
	view.topics.at = all.at + (number - 1) * TOPICS_PAGE;
	view.topics.count = all.count - (number - 1) * TOPICS_PAGE;
	if (view.topics.count > TOPICS_PAGE)
		view.topics.count = TOPICS_PAGE;
	page = public_page(visit, page_address(visit, true));
	buf_init(&made, PAGE_MAX);
	ok = asks_json(visit) ? json_topics(&page, &view, &made, why)
			      : page_topics(&page, &view, &made, why);
	if (ok)
		return public_send_page(visit, page_type(visit), &made, why);
	buf_release(&made);
	return false;
}

/* --- the archive
 * ----------------------------------------------------------------------------------- */

/* "2026" and "11": four digits and two. */
static bool read_time(struct visit *visit, struct archive_view *out)
{
	struct str year = visit->match.year, month = visit->match.month;
	struct date first;
	char text[16];

	if (!str_given(year))
		return true;
	if (year.len != 4 || (str_given(month) && month.len != 2))
		return false;
	snprintf(text, sizeof(text), "%.4s-%.2s-01", year.at, str_given(month) ? month.at : "01");
	if (!date_parse(str_from(text), &first))
		return false;
	out->year = first.year;
	out->month = str_given(month) ? first.year * 100u + first.month : 0;
	return true;
}

static struct filter filter_of_time(struct visit *visit, const struct archive_view *archive)
{
	uint32_t from = archive->month ? archive->month * 100 + 1 : archive->year * 10000 + 101;
	uint32_t to = archive->month ? archive->month * 100 + 31 : archive->year * 10000 + 1231;

	return (struct filter){ .language = language_of(visit),
				.from = date_from_number(from),
				.to = date_from_number(to) };
}

static void read_times(struct visit *visit, struct archive_view *out)
{
	struct collected years = collect(visit, YEARS_MAX), months = collect(visit, 12);
	uint32_t year = out->year;

	reading_visit_years(visit->txn, language_of(visit), visit->now, collect_number, &years);
	if (!year && years.count)
		year = years.at[0].number;
	if (year)
		reading_visit_months(visit->txn, language_of(visit), year, visit->now,
				     collect_number, &months);
	out->years = collected(&years);
	out->months = collected(&months);
}

bool show_archive(struct visit *visit, struct fault *why)
{
	struct archive_view view = { .year = 0 };
	struct listed listed;
	struct filter filter;
	struct page page;
	uint64_t number;
	struct buf made;
	bool ok;

	if (!page_number(visit, &number, why) || !number)
		return number == 0;
	if (!read_time(visit, &view) || (!view.year && number > 1))
		return nothing_here(why);
	if (view.year) {
		filter = filter_of_time(visit, &view);
		if (!list_read(visit, &filter, number, BOARD_PAGE_SIZE, &listed, why))
			return false;
		if (listed.view.total == 0)
			return nothing_here(why);
		view.board = listed.view;
	}
	read_times(visit, &view);
	page = public_page(visit, page_address(visit, true));
	buf_init(&made, PAGE_MAX);
	ok = asks_json(visit) ? json_archive(&page, &view, &made, why)
			      : page_archive(&page, &view, &made, why);
	if (ok)
		return public_send_page(visit, page_type(visit), &made, why);
	buf_release(&made);
	return false;
}
