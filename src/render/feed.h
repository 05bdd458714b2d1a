/* feed - what the three forms of a feed have in common; private to this folder. */
#ifndef COMMUNIQUE_RENDER_FEED_H
#define COMMUNIQUE_RENDER_FEED_H

#include <communique/feed.h>

#include "frame.h"

/* A larger text is told by its summary. */
#define FEED_TEXT_MAX (256 * 1024)

struct str feed_title(struct frame *frame, const struct feed_view *feed);
bool feed_is_gone(const struct feed_entry *entry); /* withdrawn or killed */
int64_t feed_updated(const struct feed_view *feed);
/* Absolute, and so the entry's id. */
struct str feed_entry_url(struct frame *frame, const struct feed_entry *entry);
/* "Correction: …"; what was killed has no title any more. */
struct str feed_entry_title(struct frame *frame, const struct feed_entry *entry);
/* "correction"; STR_NONE: published for the first time. */
struct str feed_entry_change(const struct feed_entry *entry);
struct str feed_entry_summary(struct frame *frame, const struct feed_entry *entry);
/* What changed and why, then the text; HTML with whole addresses. */
struct str feed_entry_html(struct frame *frame, const struct feed_entry *entry);
struct str feed_attachment_url(struct frame *frame, const struct attachment *attachment);

void feed_write_atom(struct frame *frame, const struct feed_view *feed, struct buf *out);
void feed_write_rss(struct frame *frame, const struct feed_view *feed, struct buf *out);
void feed_write_json(struct frame *frame, const struct feed_view *feed, struct buf *out);

#endif
