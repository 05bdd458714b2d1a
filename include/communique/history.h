/*
 * history - the pages of a release's past: its revisions, what changed between two of them,
 * and the one that stands in place of what was removed.
 */
#ifndef COMMUNIQUE_HISTORY_H
#define COMMUNIQUE_HISTORY_H

#include <communique/page.h>

struct history_entry {
	uint32_t number;
	enum change change;
	struct str note;
	int64_t public_at;
	bool gone; /* removed: it has no page and no difference */
	const struct signer_view *signers;
	size_t signer_count;
};

struct history_view {
	struct str slug, title;
	const struct history_entry *entries; /* the newest first */
	size_t count;
	const struct str *languages; /* in which the release is public */
	size_t language_count;
};

bool page_history(const struct page *page, const struct history_view *history, struct buf *out,
		  struct fault *why);

struct difference_view {
	const struct release *before, *after;
	int64_t before_at, after_at;
	const struct str *languages;
	size_t language_count;
};

/* Both texts as one, what was removed and added marked. */
bool page_difference(const struct page *page, const struct difference_view *difference,
		     struct buf *out, struct fault *why);

/* The same as data; the page's path is that of the HTML. */
bool json_history(const struct page *page, const struct history_view *history, struct buf *out,
		  struct fault *why);
bool json_difference(const struct page *page, const struct difference_view *difference,
		     struct buf *out, struct fault *why);

/* 410: why and when the release was removed, and nothing of it. */
bool page_gone(const struct page *page, struct str note, int64_t when, struct buf *out,
	       struct fault *why);

#endif
