/*
 * crawl - which releases a site shows to its readers.
 *
 * Starts at the front page and follows lists only: the pages of each language, their boards
 * page by page, the sitemaps. What they lead to in the form /{language}/releases/{release}
 * is a release that is public, in whatever order and how often it is found.
 */
#ifndef CLI_CRAWL_H
#define CLI_CRAWL_H

#include <communique/set.h>

#include "http.h"

struct crawl {
	struct set lists;    /* addresses, in the order they are read */
	struct set releases; /* "en/2026-11-23-first" */
	struct buf body;
};

void crawl_init(struct crawl *crawl);
void crawl_release(struct crawl *crawl);

/* Adds to what was found before. INVALID: what answers is no such site. */
bool crawl_site(struct crawl *crawl, struct http *http, struct fault *why);

/* "en" and "2026-…" of "en/2026-…", as a path or a page's address has it; false: no such form. */
bool crawl_edition(struct str path, struct str *language, struct str *slug);

#endif
