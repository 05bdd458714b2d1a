/*
 * feed - a list of releases as a feed: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1.
 *
 * An entry has the release's whole text, and its permanent address as its id. `published` is
 * when the release became public, `updated` when a change to it was last announced; a minor
 * revision moves neither. A correction says so: in its title, in front of its text, and as a
 * category. What was withdrawn or killed arrives as a tombstone (RFC 6721: at:deleted-entry);
 * the other two forms have none, so there the entry stays, under the same id, with the reason
 * in place of its text, and of a killed one without its title.
 *
 * Pages are linked (RFC 5005, section 3: a paged feed; `next` leads to older entries).
 */
#ifndef COMMUNIQUE_FEED_H
#define COMMUNIQUE_FEED_H

#include <communique/page.h>

enum feed_format { FEED_ATOM, FEED_RSS, FEED_JSON };
#define FEED_FORMATS 3
const char *feed_type(enum feed_format format); /* as Content-Type */
/* By the end of an address: .atom, .rss, .json; false: none of them. */
bool feed_format_of(struct str path, enum feed_format *out);

struct feed_entry {
	struct str slug;
	const struct release *release; /* of a kill: NULL */
	uint32_t number;	       /* of the revision last announced */
	enum change change;	       /* and its kind */
	struct str note;
	int64_t published_at, updated_at;
	bool disputed;		 /* as in a release_view: its newest revision is */
	const uint64_t *sizes;	 /* of its attachments; NULL: not known */
	const struct str *types; /* and their media types */
};

struct feed_view {
	struct str title;	      /* what it is of, such as a topic; STR_NONE: all releases */
	struct str page;	      /* path of the page that shows the same */
	struct str self;	      /* paths: of this very page of the feed, */
	struct str first, prev, next; /* and of others; STR_NONE: there is none */
	const struct feed_entry *entries;
	size_t count;
};

/* `page` says which site and language; its path is not used. The hub is the site's. */
bool feed_write(const struct page *page, const struct feed_view *feed, enum feed_format format,
		struct buf *out, struct fault *why);

#endif
