#include <communique/limits.h>
#include <communique/links.h>
#include <communique/release.h>
#include <communique/terminal.h>

#include "crawl.h"

#define LISTS_MAX 1000000

void crawl_init(struct crawl *crawl)
{
	set_init(&crawl->lists);
	set_init(&crawl->releases);
	buf_init(&crawl->body, PAGE_MAX);
}

void crawl_release(struct crawl *crawl)
{
	set_release(&crawl->lists);
	set_release(&crawl->releases);
	buf_release(&crawl->body);
}

bool crawl_edition(struct str path, struct str *language, struct str *slug)
{
	*slug = path;
	*language = str_cut(slug, '/');
	return str_given(*slug) && language_valid(*language) && slug_valid(*slug);
}

static bool is_board_query(struct str query)
{
	uint64_t page;

	return !str_given(query) || (str_starts(query, STR("page=")) &&
				     str_to_u64(str_skip(query, 5), UINT32_MAX, &page));
}

/* /en/ and /en/releases/, the latter also by its pages. */
static bool is_list(struct str target)
{
	struct str query = target, path = str_cut(&query, '?');
	struct str rest = str_skip(path, 1), language = str_cut(&rest, '/');

	if (str_starts(path, STR("/sitemap")) && str_ends(path, STR(".xml")))
		return !str_given(query);
	if (!language_valid(language) || !str_given(rest))
		return false;
	return rest.len == 0 ? !str_given(query)
			     : str_equal(rest, STR("releases/")) && is_board_query(query);
}

/* The edition of a release's own page. */
static bool is_release(struct str target, struct str *edition)
{
	struct str rest = str_skip(target, 1), language = str_cut(&rest, '/'), slug;
	size_t middle = STR("releases/").len;

	if (!str_given(rest) || !str_starts(rest, STR("releases/")))
		return false;
	slug = str_skip(rest, middle);
	*edition = (struct str){ language.at, language.len + 1 + middle + slug.len };
	return language_valid(language) && slug_valid(slug);
}

static void take_link(void *ctx, struct str target)
{
	char edition[RELEASE_LANGUAGE_MAX + RELEASE_SLUG_MAX + 2];
	struct crawl *crawl = ctx;
	struct str found;

	if (is_list(target)) {
		if (crawl->lists.count < LISTS_MAX)
			set_add(&crawl->lists, target, NULL);
	} else if (is_release(target, &found)) {
		struct str slug = str_skip(found, str_find(found, '/') + 10);
		int len = snprintf(edition, sizeof edition, "%.*s/%.*s", (int)str_find(found, '/'),
				   found.at, STR_ARG(slug));

		if (len > 0 && (size_t)len < sizeof edition)
			set_add(&crawl->releases, (struct str){ edition, (size_t)len }, NULL);
	}
}

static bool read_list(struct crawl *crawl, struct http *http, struct str list, struct fault *why)
{
	struct str url = arena_printf(http->arena, "%.*s://%.*s", STR_ARG(http->scheme),
				      STR_ARG(http->authority));
	struct str target = list;
	unsigned status;

	if (!http_get(http, &target, &crawl->body, &status, why))
		return false;
	if (status == 200) {
		take_link(crawl, target); /* where a redirect led */
		links_visit(buf_str(&crawl->body), url, take_link, crawl);
		return true;
	}
	/* A board may have become shorter; an older site has no sitemap. */
	if (status == 404 && !str_equal(list, STR("/")))
		return true;
	return fail(why, status >= 500 ? BUSY : INVALID,
		    "%.*s answers %u at %s: this is no site of communique, or it is in trouble",
		    STR_ARG(url), status, QUOTE(target));
}

bool crawl_site(struct crawl *crawl, struct http *http, struct fault *why)
{
	set_release(&crawl->lists);
	set_add(&crawl->lists, STR("/"), NULL);
	set_add(&crawl->lists, STR("/sitemap.xml"), NULL);
	for (size_t i = 0; i < crawl->lists.count; i++) {
		terminal_progress("reading lists", i, crawl->lists.count);
		if (!read_list(crawl, http, crawl->lists.texts[i], why))
			return false;
	}
	terminal_progress("reading lists", 1, 1);
	return true;
}
