/*
 * page - what readers get: HTML pages and their JSON twins.
 *
 * Pages are made from Mustache templates (src/theme/) filled with plain values;
 * everything is escaped by default. A release's body is never templated: it comes
 * from its tree (document.h). The language of the chrome (menus, labels) is the
 * context's locale, the text's own language stands on the parts that are text.
 *
 * Nothing here reads the store or the clock: all that a page shows is passed in.
 */
#ifndef COMMUNIQUE_PAGE_H
#define COMMUNIQUE_PAGE_H

#include <communique/locale.h>
#include <communique/picture.h>
#include <communique/release.h>
#include <communique/theme.h>
#include <communique/zone.h>

/* An entry of the menu or the footer: a link of the site's own; without an address it is
 * one of the pages there are in every site, by its word (menu_word_valid), or in the footer
 * a line of text. */
struct site_link {
	struct str name, href;
};

struct site_links {
	const struct site_link *at;
	size_t count;
};

/* The site, from the configuration. */
struct site {
	struct str name; /* press.example: the origin name */
	struct str url;	 /* https://press.example, no slash at the end */
	struct str languages[SITE_LANGUAGES_MAX];
	size_t language_count;
	struct {
		struct str title;	     /* the institution's name in this language */
		struct str tagline;	     /* STR_NONE */
		struct str masthead;	     /* %1 in it is the title; STR_NONE: the chrome's */
		struct str contact;	     /* STR_NONE: the site's */
		struct site_links menu;	     /* none: the usual one */
		struct site_links footer;    /* below the contact */
		const struct locale *chrome; /* of pages whose text is in this language */
	} of[SITE_LANGUAGES_MAX];
	bool without_masthead;
	struct str security;	   /* where a weakness is told: an address; STR_NONE */
	struct str hub;		   /* the WebSub hub that is told of new entries; STR_NONE */
	bool logo_with_name;	   /* the name stands beside the logo, too */
	const struct theme *theme; /* NULL: the one compiled in */
	struct str contact;	   /* STR_NONE */
	struct str rights;	   /* default for releases */
	const struct zone *zone;   /* of the times that readers see; NULL: UTC */
};

/* The pages that a menu may name: "home", "releases", … */
bool menu_word_valid(struct str word);

size_t site_language(const struct site *site, struct str tag); /* SITE_LANGUAGES_MAX: not ours */

/* What every page needs to know. */
struct page {
	const struct site *site;
	size_t language; /* index of the text's language in site->languages */
	struct str path; /* canonical address of this page, from the root, escaped as in a URL */
};

struct list_entry {
	struct str slug, title, summary, department;
	struct date date;
	enum kind kind;
	enum change change;
	bool disputed; /* as in a release_view */
};

/* A name that lists go by, or the number of a year (2026) or a month (202611), and how many
 * releases it has. */
struct tally {
	struct str name;
	uint32_t number;
	uint64_t count;
};

struct tallies {
	const struct tally *at;
	size_t count;
};

/* What narrows a board, as in its address; STR_NONE: this does not. */
struct board_filter {
	struct str kind, department, topic, from, to;
};

struct board_view {
	const struct list_entry *entries;
	size_t count;
	uint64_t total;
	uint64_t number, pages; /* from 1 */
	struct str first;	/* path of the first page, with its filters; STR_NONE: the page's */
	bool more;		/* older ones than `reached` were not looked through */
	struct date reached;
	struct board_filter filter;
	struct tallies kinds, departments, topics; /* what a reader may choose from */
};

/* The archive: its years and months, and the releases of one of them. */
struct archive_view {
	struct tallies years;
	struct tallies months; /* of the year; of the newest one when there is none */
	uint32_t year, month;  /* 0: not chosen */
	struct board_view board;
};

struct topics_view {
	struct tallies topics;
	uint64_t number, pages; /* from 1 */
};

/* What a text says around the words that were asked for, in pieces. */
struct excerpt_part {
	struct str text;
	bool marked;
};

struct excerpt_view {
	const struct excerpt_part *parts;
	size_t count;
	bool cut_before, cut_behind; /* the text goes on there */
};

/* Another search, and what it would find. */
struct search_link {
	struct str query;
	struct str without;  /* a suggestion: the word that is left out */
	struct str language; /* of the others */
	uint64_t total;
	bool least;
};

struct search_view {
	struct str query;	 /* as asked; empty: nothing was asked yet */
	bool has_words;		 /* there was something to look for */
	bool by_date;		 /* not the best first but the newest */
	struct board_view board; /* the results; `total` is the least there are if `least` */
	const struct excerpt_view *excerpts; /* of each */
	bool least, shortened;		     /* not all was looked at; not all words were */
	uint64_t shown_most;		     /* results that pages lead to */
	struct str feed_query;		  /* "?q=…" with the filters, for the feeds' addresses */
	const struct search_link *others; /* the same in the site's other languages */
	size_t other_count;
	const struct search_link *suggestions;
	size_t suggestion_count;
};

struct signer_view {
	struct str key_id, holder;
	struct str public_key; /* RW…, for `minisign -P`; STR_NONE: not known */
};

struct correction {
	struct str note;
	int64_t when;
};

/* Where the attachments of a page lie, and how large those are that it shows. */
struct files {
	struct str root; /* what their addresses begin with */
	enum files_form { FILES_BY_HASH_AND_NAME, FILES_BY_HASH, FILES_BY_NAME } form;
	const struct picture *pictures; /* in the attachments' order; NULL: not known */
};
extern const struct files files_public; /* /files/{sha256}/{name} */

struct release_view {
	const struct release *release;
	const struct hash *hash;
	int64_t first_public_at, public_at, accepted_at;
	int64_t site_began_at; /* 0: not known */
	int64_t modified_at;   /* of the last change that is not minor; 0: public_at */
	enum change notice;    /* that change: what a banner tells */
	struct str notice_note;
	const struct correction *corrections; /* up to this revision, the newest first */
	size_t correction_count;
	bool old;    /* not the newest revision: shown with a link to that */
	bool pinned; /* asked for by its number: r{n} */
	const struct list_entry *newer, *older; /* its neighbours on the board; NULL: none */
	bool preview;				/* not public: a banner says so, and until when */
	int64_t embargo;			/* of a preview; 0: no moment is set */
	const struct str *languages;		/* in which the release is public */
	size_t language_count;
	const struct signer_view *signers;
	size_t signer_count;
	bool logged; /* it is in the public log, there: */
	uint64_t log_index;
	bool disputed;	       /* a key that made it public is reported stolen: a banner says so */
	const uint64_t *sizes; /* of its attachments, in their order; NULL: not known */
	const struct files *files; /* where they lie; NULL: files_public */
};

bool page_home(const struct page *page, const struct board_view *latest, struct buf *out,
	       struct fault *why);
bool page_board(const struct page *page, const struct board_view *board, struct buf *out,
		struct fault *why);
/* The releases of one topic. */
bool page_topic(const struct page *page, struct str topic, const struct board_view *board,
		struct buf *out, struct fault *why);
bool page_topics(const struct page *page, const struct topics_view *topics, struct buf *out,
		 struct fault *why);
bool page_archive(const struct page *page, const struct archive_view *archive, struct buf *out,
		  struct fault *why);
bool page_release(const struct page *page, const struct release_view *release, struct buf *out,
		  struct fault *why);
/* The page on which the search box lands: results, or what to do when there are none. */
bool page_search(const struct page *page, const struct search_view *search, struct buf *out,
		 struct fault *why);
/* 400, 404, 405, 410, 413, 414, 429, 500, 503 (any other: as 400 or 500): what happened, and where
 * to go from here. */
bool page_error(const struct page *page, unsigned status, struct buf *out, struct fault *why);

/*
 * The JSON twins, one object each, described in communique-json(5) and, for machines, by the
 * schemas in src/schema/, which /schema/ serves.
 */
bool json_board(const struct page *page, const struct board_view *board, struct buf *out,
		struct fault *why);
bool json_topic(const struct page *page, struct str topic, const struct board_view *board,
		struct buf *out, struct fault *why);
bool json_topics(const struct page *page, const struct topics_view *topics, struct buf *out,
		 struct fault *why);
bool json_archive(const struct page *page, const struct archive_view *archive, struct buf *out,
		  struct fault *why);
bool json_search(const struct page *page, const struct search_view *search, struct buf *out,
		 struct fault *why);
bool json_release(const struct page *page, const struct release_view *release, struct buf *out,
		  struct fault *why);

/* "board.json": a JSON Schema. */
bool schema_find(struct str name, struct str *out);
/* In place of the data: a problem document (RFC 9457). `note` and `when` say why and since when
 * a release is gone; STR_NONE: that is not told. */
bool json_error(const struct page *page, unsigned status, struct str note, int64_t when,
		struct buf *out, struct fault *why);

/* One release as a page that needs no server, CSS inside: `communique preview`. */
bool page_preview(const struct release *release, struct buf *out, struct fault *why);

/* The body alone, as HTML. */
void body_html(const struct release *release, const struct files *files, struct buf *out);

#endif
