/* What is told to machines that look for pages or read data, and to people who find a weakness. */
#include "lists.h"

#include <communique/sitemap.h>

#define XML_TYPE "application/xml; charset=utf-8"

/* --- the index ------------------------------------------------------------------------ */

struct indexing {
	struct visit *visit;
	struct sitemap_part *parts;
	size_t count, room;
	size_t language;
};

static bool add_part(struct indexing *to, uint32_t month, uint64_t number)
{
	if (to->count == to->room) {
		size_t room = 2 * to->room + 64;
		struct sitemap_part *more = arena_array(&to->visit->arena, room, sizeof(*more));

		if (to->count)
			memcpy(more, to->parts, to->count * sizeof(*more));
		to->parts = more;
		to->room = room;
	}
	if (to->count == SITEMAP_PARTS_MAX)
		return false;
	to->parts[to->count++] = (struct sitemap_part){ to->language, month, number };
	return true;
}

static bool add_month(void *ctx, uint32_t month, uint64_t count)
{
	for (uint64_t number = 1; (number - 1) * SITEMAP_PART_MAX < count; number++) {
		if (!add_part(ctx, month, number))
			return false;
	}
	return true;
}

static bool add_year(void *ctx, uint32_t year, uint64_t count)
{
	struct indexing *to = ctx;
	const struct site *site = to->visit->house->site;

	(void)count;
	reading_visit_months(to->visit->txn, site->languages[to->language], year, to->visit->now,
			     add_month, to);
	return to->count < SITEMAP_PARTS_MAX;
}

static bool send_xml(struct visit *visit, struct buf *made, bool ok, struct fault *why)
{
	if (ok && store_check(visit->txn, why))
		return public_send_made(visit, XML_TYPE, LIVE, made, why);
	buf_release(made);
	return false;
}

bool show_sitemap(struct visit *visit, struct fault *why)
{
	const struct site *site = visit->house->site;
	struct indexing to = { .visit = visit };
	struct buf made;

	for (to.language = 0; to.language < site->language_count; to.language++) {
		add_part(&to, 0, 1);
		reading_visit_years(visit->txn, site->languages[to.language], visit->now, add_year,
				    &to);
	}
	buf_init(&made, PAGE_MAX);
	return send_xml(visit, &made, sitemap_index(site, to.parts, to.count, &made, why), why);
}

bool show_sitemap_pages(struct visit *visit, struct fault *why)
{
	struct buf made;

	buf_init(&made, PAGE_MAX);
	return send_xml(visit, &made,
			sitemap_pages(visit->house->site, visit->language, &made, why), why);
}

/* --- a month ----------------------------------------------------------------------------- */

struct collecting {
	struct visit *visit;
	struct sitemap_entry *entries;
	size_t count, most;
	size_t language;
	bool is_over; /* what follows is older than wanted */
};

static void add_entry(struct collecting *to, const struct change_told *told)
{
	struct visit *visit = to->visit;
	struct str *languages = arena_array(&visit->arena, SITE_LANGUAGES_MAX, sizeof(*languages));

	to->entries[to->count++] = (struct sitemap_entry){
		.slug = told->revision.slug,
		.title = told->revision.title,
		.language = to->language,
		.languages = languages,
		.language_count = reading_languages(visit->txn, told->revision.slug, visit->now,
						    languages, SITE_LANGUAGES_MAX),
		.published_at = told->published_at,
		.updated_at = told->updated_at,
	};
}

/* What was withdrawn is still on the board, and not to be found by searching. */
static bool add_listed(void *ctx, const struct revision *revision)
{
	struct collecting *to = ctx;
	struct change_told told;

	if (reading_told(to->visit->txn, revision, to->visit->now, &told) &&
	    told.change != CHANGE_WITHDRAWAL)
		add_entry(to, &told);
	return true;
}

static bool read_part(const struct visit *visit, struct sitemap_part *out, struct date *first)
{
	struct str year = visit->match.year, month = visit->match.month;
	char text[16];

	*out = (struct sitemap_part){ .language = visit->language, .number = 1 };
	if (year.len != 4 || month.len != 2)
		return false;
	snprintf(text, sizeof(text), "%.4s-%.2s-01", year.at, month.at);
	if (!date_parse(str_from(text), first))
		return false;
	out->month = first->year * 100u + first->month;
	return !str_given(visit->match.number) ||
	       (str_to_u64(visit->match.number, UINT32_MAX, &out->number) && out->number > 1);
}

bool show_sitemap_month(struct visit *visit, struct fault *why)
{
	struct filter filter = { .language = visit->house->site->languages[visit->language] };
	struct collecting to = { .visit = visit, .language = visit->language };
	struct sitemap_part part;
	struct list_total total;
	struct buf made;
	uint64_t first;

	if (!read_part(visit, &part, &filter.from))
		return nothing_here(why);
	filter.to = date_from_number(part.month * 100 + 31);
	first = (part.number - 1) * SITEMAP_PART_MAX;
	to.entries = arena_array(&visit->arena, SITEMAP_PART_MAX, sizeof(*to.entries));
	if (!reading_list(visit->txn, &filter, visit->now, first, SITEMAP_PART_MAX, add_listed, &to,
			  &total))
		return store_check(visit->txn, why) &&
		       fail(why, BROKEN, "the board could not be read");
	if (first >= total.count)
		return nothing_here(why);
	buf_init(&made, PAGE_MAX);
	return send_xml(visit, &made,
			sitemap_month(visit->house->site, &part, to.entries, to.count, &made, why),
			why);
}

/* --- news ------------------------------------------------------------------------------------ */

static bool add_news(void *ctx, const struct change_told *told)
{
	struct collecting *to = ctx;
	int64_t since = to->visit->now - SITEMAP_NEWS_SECONDS;

	to->is_over = told->updated_at < since || to->count == to->most;
	if (!to->is_over && told->published_at >= since && told->change != CHANGE_WITHDRAWAL &&
	    told->change != CHANGE_KILL)
		add_entry(to, told);
	return !to->is_over;
}

/* Not kept ready: what is two days old leaves by the clock. */
bool show_sitemap_news(struct visit *visit, struct fault *why)
{
	const struct site *site = visit->house->site;
	struct collecting to = { .visit = visit, .most = SITEMAP_NEWS_MAX };
	struct buf made;
	bool more;

	to.entries = arena_array(&visit->arena, SITEMAP_NEWS_MAX, sizeof(*to.entries));
	for (to.language = 0; to.language < site->language_count; to.language++) {
		to.is_over = false;
		if (!reading_changes(visit->txn, site->languages[to.language], STR_NONE, visit->now,
				     0, SITEMAP_NEWS_MAX, add_news, &to, &more) &&
		    !to.is_over)
			return store_check(visit->txn, why) &&
			       fail(why, BROKEN, "what changed could not be read");
	}
	buf_init(&made, PAGE_MAX);
	return send_xml(visit, &made, sitemap_news(site, to.entries, to.count, &made, why), why);
}

/* --- robots.txt and security.txt ------------------------------------------------------------- */

/* Lists that a reader puts together are endless; each release is in the sitemaps. */
bool show_robots(struct visit *visit, struct fault *why)
{
	struct str url = visit->house->site->url;

	(void)why;
	public_send(visit, PLAIN, LIVE, 0,
		    arena_printf(&visit->arena,
				 "User-agent: *\n"
				 "Disallow: /admin/\n"
				 "Disallow: /desk/\n"
				 "Disallow: /preview/\n"
				 "Disallow: /*?*kind=\n"
				 "Disallow: /*?*department=\n"
				 "Disallow: /*?*from=\n"
				 "Disallow: /*?*to=\n"
				 "\n"
				 "Sitemap: %.*s/sitemap.xml\n"
				 "Sitemap: %.*s/sitemap-news.xml\n",
				 STR_ARG(url), STR_ARG(url)));
	return true;
}

/* RFC 9116. It must expire, and an operator who answers requests is one who is there: half a
 * year from the beginning of this month. */
bool show_security(struct visit *visit, struct fault *why)
{
	const struct site *site = visit->house->site;
	struct date today = date_of(visit->now), end = today;
	struct buf text;
	char room[TIME_SIZE];

	if (!site->security.len)
		return nothing_here(why);
	end.day = 1;
	end.month = (uint8_t)((today.month + 5) % 12 + 1);
	end.year = (uint16_t)(today.year + (today.month > 6));
	buf_init(&text, PAGE_MAX);
	buf_addf(&text, "Contact: %s%.*s\nExpires: ",
		 str_find(site->security, ':') < site->security.len ? "" : "mailto:",
		 STR_ARG(site->security));
	buf_add(&text, time_format(room, date_start(end)));
	buf_add(&text, STR("\nPreferred-Languages: "));
	for (size_t i = 0; i < site->language_count; i++)
		buf_addf(&text, "%s%.*s", i ? ", " : "", STR_ARG(site->languages[i]));
	buf_addf(&text, "\nCanonical: %.*s/.well-known/security.txt\n", STR_ARG(site->url));
	return public_send_made(visit, PLAIN, LIVE, &text, why);
}

/* --- schemas ---------------------------------------------------------------------------------- */

bool show_schema(struct visit *visit, struct fault *why)
{
	struct str schema;

	if (!schema_find(visit->match.asset, &schema))
		return nothing_here(why);
	public_send(visit, "application/schema+json; charset=utf-8", LIVE, 0, schema);
	return true;
}
