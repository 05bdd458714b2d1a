/*
 * sitemap - what search engines are told of (sitemaps.org, with xhtml:link for translations;
 * Google's news sitemap).
 *
 *	/sitemap.xml				the index
 *	/{language}/sitemap.xml			the pages that lead to releases
 *	/{language}/sitemap-{year}-{month}.xml	the releases dated in that month, at most
 *						SITEMAP_PART_MAX; further ones in …-2.xml, …-3.xml
 *	/sitemap-news.xml			of the last two days, in all languages
 *
 * By month, since a part then changes only when something of that month does, and its size is
 * bounded without numbers that would tell of what is not public.
 */
#ifndef COMMUNIQUE_SITEMAP_H
#define COMMUNIQUE_SITEMAP_H

#include <communique/page.h>

#define SITEMAP_PART_MAX 1000
#define SITEMAP_PARTS_MAX 50000 /* what an index may have */
#define SITEMAP_NEWS_MAX 1000
#define SITEMAP_NEWS_SECONDS (2 * 24 * 3600)

struct sitemap_part {
	size_t language; /* index in the site's */
	uint32_t month;	 /* 202611; 0: the pages */
	uint64_t number; /* from 1 */
};

struct sitemap_entry {
	struct str slug, title;
	size_t language;
	const struct str *languages; /* in which the release is public */
	size_t language_count;
	int64_t published_at, updated_at;
};

bool sitemap_index(const struct site *site, const struct sitemap_part *parts, size_t count,
		   struct buf *out, struct fault *why);
bool sitemap_pages(const struct site *site, size_t language, struct buf *out, struct fault *why);
/* With the month's own page, so that a part is never empty. */
bool sitemap_month(const struct site *site, const struct sitemap_part *part,
		   const struct sitemap_entry *entries, size_t count, struct buf *out,
		   struct fault *why);
bool sitemap_news(const struct site *site, const struct sitemap_entry *entries, size_t count,
		  struct buf *out, struct fault *why);

#endif
