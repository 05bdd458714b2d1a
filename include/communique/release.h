/*
 * release - the release file: what editors sign, what the store keeps, what the
 * public can download, what the log commits to.
 *
 *	Site: press.example
 *	Release: 2020-10-28-central-asian-ambassadors
 *	Language: en
 *	Revision: 1
 *	Date: 2020-10-28
 *	Kind: press-release
 *	Title: …
 *
 *	1. On the afternoon of …
 *
 * A header of `Name: value` lines, an empty line, the body; see
 * communique-release(5) for every field and mark. The parser refuses, with the
 * line and what was expected, and never repairs. What is merely odd (a gap in the
 * numbers, a very long title) it accepts with a doubt.
 *
 * It takes time linear in the file's size and at most a fixed multiple of it in
 * memory. All memory is the arena's; texts point into the file's bytes where they
 * can, so these must live as long as the release.
 */
#ifndef COMMUNIQUE_RELEASE_H
#define COMMUNIQUE_RELEASE_H

#include <communique/clock.h>
#include <communique/document.h>
#include <communique/hash.h>
#include <communique/limits.h>

enum change {
	CHANGE_FIRST, /* revision 1: the field is absent */
	CHANGE_UPDATE,
	CHANGE_CORRECTION,
	CHANGE_CLARIFICATION,
	CHANGE_MINOR,
	CHANGE_WITHDRAWAL,
	CHANGE_KILL,
	CHANGE_REINSTATEMENT
};

enum kind {
	KIND_PRESS_RELEASE,
	KIND_STATEMENT,
	KIND_JOINT_STATEMENT,
	KIND_READOUT,
	KIND_REMARKS,
	KIND_BRIEFING,
	KIND_MEDIA_ADVISORY,
	KIND_EXPLANATORY
};
#define KIND_COUNT (KIND_EXPLANATORY + 1)

struct str change_word(enum change change); /* "correction"; "" for CHANGE_FIRST */
struct str kind_word(enum kind kind);	    /* "press-release" */
bool kind_parse(struct str word, enum kind *out);

struct attachment {
	struct str name; /* name.ext */
	struct hash hash;
	struct str title, language; /* STR_NONE when not given */
};

/* Something odd that is no error. */
struct doubt {
	unsigned line;
	struct str says;
	struct doubt *next;
};

struct texts { /* a field that may stand several times */
	struct str *at;
	size_t count;
};

struct release {
	struct str text; /* the whole file */
	struct str site, slug, language;
	uint32_t revision;
	bool has_previous;
	struct hash previous;
	enum change change;
	struct str change_note;
	struct date date;
	bool has_publish_at;
	int64_t publish_at;
	enum kind kind;
	struct str title;
	struct texts subtitles;
	struct str summary; /* STR_NONE when not given: see release_summary() */
	struct str reference, place;
	struct texts departments, contacts, topics;
	struct str rights;
	struct attachment *attachments;
	size_t attachment_count;
	struct texts legacy;

	struct str header; /* the bytes up to and with the empty line */
	struct str body;   /* the rest */
	unsigned body_line;
	struct node *document;
	struct doubt *doubts; /* in line order */
};

/* RELEASE_MALFORMED, with the line. */
bool release_parse(struct arena *arena, struct str file, struct release **out, struct fault *why);

/* The file again, from the tree: header, then each block's source. The same bytes
 * for every file the parser accepts. */
void release_write(const struct release *release, struct buf *out);

/* The Summary field, or the first paragraph cut at a word. At most 320 code points. */
struct str release_summary(struct arena *arena, const struct release *release);

/* The tree as one line a block, indented: what `communique check` shows. */
void release_outline(const struct release *release, struct buf *out);

bool slug_valid(struct str slug);
bool language_valid(struct str tag); /* well-formed BCP 47, at most 35 bytes */
/* A slug from a title, with the date in front: for `communique new` and `import`. At most
 * RELEASE_SLUG_MAX bytes; letters that are not ASCII are left out; "" when none remain. */
struct str slug_suggest(struct arena *arena, struct str date, struct str title);

/* A header being written, for `new`, `import` and `revise`: folds nothing, checks nothing;
 * parse what comes out. An empty value leaves the line out. */
void release_field_add(struct buf *out, const char *name, struct str value);

bool release_rights_valid(struct str rights); /* as in the field Rights */

/* What a text says that it is, by the first lines of a header; the rest is not looked at and may
 * be anything. False: it does not say. */
struct claim {
	struct str site, language, slug;
	uint32_t revision;
};
bool release_claim(struct str text, struct claim *out);

#endif
