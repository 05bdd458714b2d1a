/*
 * reading - what the public may see, by the clock.
 *
 * Every question takes `now`; what is not public by then does not exist: the
 * answer is that of something that never was. Works inside a read transaction of the
 * caller's; texts die with it.
 */
#ifndef COMMUNIQUE_READING_H
#define COMMUNIQUE_READING_H

#include <communique/release.h>
#include <communique/minisign.h>
#include <communique/store.h>

/* A revision's card: enough for a list, without reading the file. */
struct revision {
	struct str language, slug;
	uint32_t number;
	struct hash hash;
	enum change change;
	struct str change_note;
	int64_t accepted_at, public_at;
	uint64_t serial;       /* of its acceptance */
	uint64_t first_serial; /* of revision 1: its place among those of the same day */
	uint32_t keyset;       /* the version in force then */
	struct date date;
	enum kind kind;
	struct str title, summary;
	struct str department; /* the first */
	struct str topics;     /* joined by "; " */
};

/* The newest public revision, or a certain one. False: none, or the transaction failed. */
bool reading_release(struct store_txn *txn, struct str language, struct str slug, int64_t now,
		     struct revision *out);
bool reading_revision(struct store_txn *txn, struct str language, struct str slug, uint32_t number,
		      int64_t now, struct revision *out);
/* All public revisions, the newest first; stops when the visitor says false. */
typedef bool revision_visitor(void *ctx, const struct revision *revision);
void reading_visit_history(struct store_txn *txn, struct str language, struct str slug, int64_t now,
			   revision_visitor *visit, void *ctx);
/* Every public revision of every release, those of an edition in their order. False: the
 * visitor said so, or not all could be read. */
bool reading_visit_revisions(struct store_txn *txn, int64_t now, revision_visitor *visit,
			     void *ctx);
/* Whether this revision or one behind it is a public kill: then it is gone for good, whatever
 * was reinstated since. */
bool reading_is_killed(struct store_txn *txn, struct str language, struct str slug, uint32_t number,
		       int64_t now);
/* The first revision's moment: when the release first became public. */
bool reading_first_public(struct store_txn *txn, struct str language, struct str slug, int64_t now,
			  int64_t *out);

bool reading_file(struct store_txn *txn, const struct hash *hash, struct str *file);
/* The public revision whose file has this hash; what is not public by now is not found. */
bool reading_revision_of(struct store_txn *txn, const struct hash *hash, int64_t now,
			 struct revision *out);

/* An attachment that readers may have under this name: a public revision refers to it so,
 * and its release is not killed. False: there is none, or the transaction failed. */
struct attachment_use {
	uint64_t size;
	int64_t public_at; /* since when: of the first such revision */
};
bool reading_attachment(struct store_txn *txn, const struct hash *hash, struct str name,
			int64_t now, struct attachment_use *out);
/* Its size, whoever may have it: for a page that refers to it. */
bool reading_attachment_size(struct store_txn *txn, const struct hash *hash, uint64_t *out);
/* Every file that was uploaded, in the order of hashes. False: the visitor said so, or not all
 * could be read. */
typedef bool attachment_visitor(void *ctx, const struct hash *hash, uint64_t size);
bool reading_visit_attachments(struct store_txn *txn, attachment_visitor *visit, void *ctx);
/* Where the file lies below the folder of attachments. */
#define ATTACHMENT_PATH_SIZE (4 + HASH_TEXT_SIZE)
const char *attachment_file(char out[ATTACHMENT_PATH_SIZE], const struct hash *hash);

struct signature_row {
	struct key_id key_id;
	struct str file; /* the .minisig */
	int64_t when;
	unsigned nth; /* 0: the first to sign */
};
typedef bool signature_visitor(void *ctx, const struct signature_row *row);
/* In the order they signed. Stops when the visitor says false. */
void reading_visit_signatures(struct store_txn *txn, const struct hash *hash,
			      signature_visitor *visit, void *ctx);

/* The languages in which the release is public and not killed. */
size_t reading_languages(struct store_txn *txn, struct str slug, int64_t now, struct str *out,
			 size_t room);

/* --- lists ---------------------------------------------------------------------------- */

/*
 * Which releases of a language a list has. One filter, with or without dates, costs the same
 * however large the archive is: its numbers are kept (TALLY), corrected by what is to come. For
 * two or three the rarest is walked, from the newest row on and no further than FILTER_ROWS_MAX
 * rows; what is older was then not looked at, and `more` says so: a page must tell its reader,
 * who may go on with `to` = `reached`.
 */
struct filter {
	struct str language;
	struct str kind, department, topic; /* the kind's word; STR_NONE: any */
	struct date from, to;		    /* with both days; year 0: open */
};

struct list_total {
	uint64_t count;
	bool more;
	struct date reached;
};

/* Entries [first, first + most) of the list, newest first, and how many there are in all. False
 * when the visitor said so or the transaction failed. */
bool reading_list(struct store_txn *txn, const struct filter *filter, int64_t now, uint64_t first,
		  uint64_t most, revision_visitor *visit, void *ctx, struct list_total *total);

/* The years (2026) that have releases, the months of one (202611), the newest first. */
typedef bool count_visitor(void *ctx, uint32_t number, uint64_t count);
void reading_visit_years(struct store_txn *txn, struct str language, int64_t now,
			 count_visitor *visit, void *ctx);
void reading_visit_months(struct store_txn *txn, struct str language, uint32_t year, int64_t now,
			  count_visitor *visit, void *ctx);

/* The kinds (their words), departments or topics that have releases, by their bytes. */
enum view { VIEW_ALL = 'a', VIEW_KIND = 'k', VIEW_DEPARTMENT = 'd', VIEW_TOPIC = 't' };
typedef bool name_visitor(void *ctx, struct str name, uint64_t count);
void reading_visit_names(struct store_txn *txn, struct str language, enum view view, int64_t now,
			 name_visitor *visit, void *ctx);

/* What stands next to a release in its language's list: give its newest public revision. */
bool reading_newer(struct store_txn *txn, const struct revision *revision, int64_t now,
		   struct revision *out);
bool reading_older(struct store_txn *txn, const struct revision *revision, int64_t now,
		   struct revision *out);

/* --- changes: what feeds tell ------------------------------------------------------------- */

/* A release as it is now, and the last change to it that was announced: a minor one is not. */
struct change_told {
	struct revision revision; /* the newest: what it says */
	uint32_t number;	  /* of the revision that was announced */
	enum change change;
	struct str note;
	int64_t published_at, updated_at;
};
bool reading_told(struct store_txn *txn, const struct revision *revision, int64_t now,
		  struct change_told *out);

/* Releases in the order of their last announced change, the newest first; killed ones too. Of
 * one topic, or of all when it is STR_NONE. *more: there are others behind. At most
 * FILTER_ROWS_MAX rows are looked at. */
typedef bool change_visitor(void *ctx, const struct change_told *told);
bool reading_changes(struct store_txn *txn, struct str language, struct str topic, int64_t now,
		     uint64_t first, uint64_t most, change_visitor *visit, void *ctx, bool *more);

/* The release that took the place of an old address (its path and query, in any order). When it
 * has several languages, the first of `languages`. */
bool reading_legacy(struct store_txn *txn, struct str address, const struct str *languages,
		    size_t count, int64_t now, struct revision *out);

/* When anything will next become public; INT64_MAX: nothing waits. */
int64_t reading_next_lift(struct store_txn *txn, int64_t now);

/* The moment since which readers see the same: of the last lift, and of the last entry of the
 * public log, which all that becomes public has, key sets too. 0: not known, as when the clock is
 * behind. */
int64_t reading_last_change(struct store_txn *txn, int64_t now);

/* The key set in force: its text and version; false before there is one. */
bool reading_keyset(struct store_txn *txn, uint32_t *version, struct str *file);
/* One that is or was in force. */
bool reading_keyset_version(struct store_txn *txn, uint32_t version, struct str *file);
/* When the site began: its first key set came, the first entry of the log. False: none did. */
bool reading_beginning(struct store_txn *txn, int64_t *out);

#endif
