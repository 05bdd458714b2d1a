/*
 * watch_parts - the inside of watch.h: what a round is made of.
 */
#ifndef CLI_WATCH_PARTS_H
#define CLI_WATCH_PARTS_H

#include "watch.h"

/* What cannot be read is no alarm; what is wrong is. */
bool watch_could_not(const struct fault *fault);
/* Into watch->body. False: no answer, or one of a site in trouble. */
bool watch_get(struct watch *watch, struct str target, unsigned *status, struct fault *why);
/* "/en/releases/2026-…" and an ending, of "en/2026-…". */
struct str watch_address(struct watch *watch, struct str edition, const char *ending);
/* How a leaf's release is spoken of: by its name, when that is known. */
struct str watch_name(struct watch *watch, const struct leaf *leaf);
/* As it is shown; in watch->body. STR_NONE: not at all. */
bool watch_read_keyset(struct watch *watch, uint64_t version, struct str *out, struct fault *why);
/* In each round: whoever began without one, or with another one, may give it later. */
void watch_check_anchor(struct watch *watch);
/* The file of a leaf is found by its release's name, which only the crawl knows. */
void watch_recall_name(struct watch *watch, struct str id);

/* In all of these: false, the site could not be read; *ok false, what is wrong was said, and
 * the round ends without anything being remembered. */
bool watch_recall_keysets(struct watch *watch, bool *ok, struct fault *why);
bool watch_take_leaf(struct watch *watch, struct str entry, bool *ok, struct fault *why);
bool watch_follow_log(struct watch *watch, bool *ok, struct fault *why);
/* What could not be had stays marked. *wrong: how many are wrong, which `alarm` says. */
bool watch_hold_files(struct watch *watch, bool alarm, size_t *wrong, struct fault *why);
bool watch_check_releases(struct watch *watch, bool *ok, struct fault *why);

#endif
