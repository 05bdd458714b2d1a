/* The pages that lead to releases, and the small addresses around them. */
#include "public.h"

#include "choose.h"

#include <communique/reading.h>

#define LATEST_RELEASES 10
#define QUERY_MAX 200

/* --- small things ------------------------------------------------------------------- */

bool show_root(struct visit *visit, struct fault *why)
{
	const struct site *site = visit->house->site;
	size_t n = choose_language(site, visit->request->accept_language);

	(void)why;
	answer_begin(visit->answer, 302);
	answer_field(visit->answer, "Location",
		     arena_printf(&visit->arena, "/%.*s/", STR_ARG(site->languages[n])));
	answer_field(visit->answer, "Vary", STR("Accept-Language"));
	answer_field(visit->answer, "Cache-Control", STR("no-store"));
	return true;
}

/* Alive, and the store answers. */
bool show_health(struct visit *visit, struct fault *why)
{
	struct store_txn *txn = NULL;

	if (!store_read_begin(visit->house->store, &txn, why))
		return false;
	store_read_end(&txn);
	answer_begin(visit->answer, 200);
	answer_field(visit->answer, "Content-Type", str_from(PLAIN));
	answer_field(visit->answer, "Cache-Control", STR("no-store"));
	buf_add(answer_body(visit->answer), STR("ok\n"));
	return true;
}

bool show_robots(struct visit *visit, struct fault *why)
{
	(void)why;
	public_send(visit, PLAIN, LIVE, 0, STR("User-agent: *\nDisallow:\n"));
	return true;
}

/* The name holds the content's hash: whoever has the name has the content. */
bool show_asset(struct visit *visit, struct fault *why)
{
	const struct asset *asset = asset_find(visit->house->site->theme, visit->request->path);

	if (!asset)
		return nothing_here(why);
	public_send(visit, arena_cstr(&visit->arena, asset->type), FOREVER, 0, asset->bytes);
	return true;
}

/* /keys/current and /keys/{version}. */
bool show_keys(struct visit *visit, struct fault *why)
{
	uint64_t wanted = 0;
	uint32_t version;
	struct str file;

	if (str_given(visit->match.version) &&
	    (!str_to_u64(visit->match.version, UINT32_MAX, &wanted) || wanted == 0))
		return nothing_here(why);
	if (!(wanted ? reading_keyset_version(visit->txn, (uint32_t)wanted, &file)
		     : reading_keyset(visit->txn, &version, &file)))
		return store_check(visit->txn, why) && nothing_here(why);
	public_send(visit, PLAIN, LIVE, 0, file);
	return true;
}

/* --- lists -------------------------------------------------------------------------- */

struct listing {
	struct list_entry entries[BOARD_PAGE_SIZE];
	struct board_view view;
};

static bool add_entry(void *ctx, const struct revision *revision)
{
	struct listing *listing = ctx;

	must(listing->view.count < BOARD_PAGE_SIZE);
	listing->entries[listing->view.count++] = (struct list_entry){
		.slug = revision->slug,
		.title = revision->title,
		.summary = revision->summary,
		.department = revision->department,
		.date = revision->date,
		.kind = revision->kind,
		.change = revision->change,
	};
	return true;
}

static bool list(struct visit *visit, uint64_t page, uint64_t size, struct listing *out,
		 struct fault *why)
{
	struct filter filter = {
		.language = visit->house->site->languages[visit->language],
	};
	struct list_total total;

	out->view = (struct board_view){ .entries = out->entries, .number = page };
	if (!reading_list(visit->txn, &filter, visit->now, (page - 1) * size, size, add_entry, out,
			  &total))
		return store_check(visit->txn, why) &&
		       fail(why, BROKEN, "the board could not be read");
	out->view.total = total.count;
	out->view.pages = out->view.total == 0 ? 1 : (out->view.total + size - 1) / size;
	return true;
}

bool show_home(struct visit *visit, struct fault *why)
{
	struct page page = public_page(visit, visit->request->path);
	struct listing listing;
	struct buf made;

	if (!list(visit, 1, LATEST_RELEASES, &listing, why))
		return false;
	buf_init(&made, PAGE_MAX);
	if (page_home(&page, &listing.view, &made, why))
		return public_send_made(visit, HTML, LIVE, 0, &made, why);
	buf_release(&made);
	return false;
}

bool show_board(struct visit *visit, struct fault *why)
{
	struct page page = public_page(visit, visit->request->target);
	struct listing listing;
	struct buf made;
	struct str given = visit_parameter(visit, "page");
	uint64_t number = 1;

	if (str_given(given) && (!str_to_u64(given, UINT32_MAX, &number) || number == 0))
		return nothing_here(why);
	if (str_given(given) && number == 1) {
		public_redirect(visit, 301, visit->request->path);
		return true;
	}
	if (!list(visit, number, BOARD_PAGE_SIZE, &listing, why))
		return false;
	if (number > listing.view.pages)
		return nothing_here(why);
	buf_init(&made, PAGE_MAX);
	if (page_board(&page, &listing.view, &made, why))
		return public_send_made(visit, HTML, LIVE, 0, &made, why);
	buf_release(&made);
	return false;
}

bool show_search(struct visit *visit, struct fault *why)
{
	struct page page = public_page(visit, visit->request->path);
	struct str query = visit_parameter(visit, "q");
	struct buf made;

	if (query.len > QUERY_MAX)
		return fail(why, INVALID, "a query has at most %d bytes", QUERY_MAX);
	buf_init(&made, PAGE_MAX);
	if (page_search(&page, query, &made, why))
		return public_send_made(visit, HTML, LIVE, 0, &made, why);
	buf_release(&made);
	return false;
}
