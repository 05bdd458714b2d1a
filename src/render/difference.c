/*
 * What changed, as HTML: <ins> and <del>, each with words that only screen readers (and
 * whoever copies the text) meet, as few of them say which is which.
 */
#include <communique/difference.h>

#include "article.h"

/* What a reader of a page of changes can still find his way in, and PAGE_MAX holds. */
#define DIFFERENCE_HTML_MAX (4 * 1024 * 1024)

struct writer {
	struct frame *frame;
	struct buf html;
	struct str chrome_in;	 /* lang and dir of the chrome */
	struct str open[3], end; /* by mark_of_change */
};

static struct str unseen(const struct writer *writer, const char *key)
{
	return arena_printf(&writer->frame->arena, "<span class=\"unseen\"%.*s>%.*s </span>",
			    STR_ARG(writer->chrome_in),
			    STR_ARG(locale_message(writer->frame->chrome, key)));
}

static struct writer writer_begin(struct frame *frame)
{
	struct writer writer = { .frame = frame };

	writer.chrome_in = language_attributes(&frame->arena, locale_tag(frame->chrome));
	writer.open[TEXT_REMOVED] = unseen(&writer, "difference-removed-begin");
	writer.open[TEXT_ADDED] = unseen(&writer, "difference-added-begin");
	writer.end = unseen(&writer, "difference-end");
	buf_init(&writer.html, DIFFERENCE_HTML_MAX);
	return writer;
}

static void add_segment(struct writer *writer, enum mark_of_change mark, struct str text)
{
	static const char *const tags[] = { NULL, "del", "ins" };

	if (mark == TEXT_KEPT) {
		html_add_text(&writer->html, text);
		return;
	}
	buf_addf(&writer->html, "<%s>", tags[mark]);
	buf_add(&writer->html, writer->open[mark]);
	html_add_text(&writer->html, text);
	buf_add(&writer->html, writer->end);
	buf_addf(&writer->html, "</%s>", tags[mark]);
}

static void add_segments(struct writer *writer, const struct block_difference *block)
{
	for (const struct segment *at = block->segments; at; at = at->next)
		add_segment(writer, at->mark, at->text);
}

/* --- the header ------------------------------------------------------------------------------ */

/* The label of a field that readers see; NULL: one that they do not. */
static const char *field_key(const char *field)
{
	static const struct {
		const char *field, *key;
	} keys[] = {
		{ "Date", "date-label" },	{ "Kind", "field-kind" },
		{ "Title", "field-title" },	{ "Subtitle", "field-subtitle" },
		{ "Summary", "field-summary" }, { "Reference", "reference" },
		{ "Place", "place" },		{ "Department", "department" },
		{ "Contact", "contacts" },	{ "Topics", "topics" },
		{ "Rights", "rights" },		{ "Attachment", "attachments" },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (strcmp(keys[i].field, field) == 0)
			return keys[i].key;
	return NULL;
}

static void add_kinds(struct writer *writer, const struct release *before,
		      const struct release *after)
{
	const struct locale *locale = writer->frame->content;

	add_segment(writer, TEXT_REMOVED, kind_name(locale, before->kind));
	buf_add_char(&writer->html, ' ');
	add_segment(writer, TEXT_ADDED, kind_name(locale, after->kind));
}

static void add_field(struct writer *writer, const struct block_difference *field,
		      const struct release *before, const struct release *after)
{
	const char *key = field_key(field->field);

	if (!key || field->change == BLOCK_KEPT)
		return;
	buf_add(&writer->html, STR("<div><dt"));
	buf_add(&writer->html, writer->chrome_in);
	buf_add_char(&writer->html, '>');
	html_add_text(&writer->html, locale_message(writer->frame->chrome, key));
	buf_add(&writer->html, STR("</dt><dd>"));
	if (strcmp(field->field, "Kind") == 0)
		add_kinds(writer, before, after);
	else
		add_segments(writer, field);
	buf_add(&writer->html, STR("</dd></div>\n"));
}

/* --- the body --------------------------------------------------------------------------------- */

/* Both places of a moved block know the line where it stands now. */
static const char *anchor_of(struct writer *writer, const struct block_difference *block)
{
	const struct node *node = block->after ? block->after : block->moved->after;

	return arena_printf(&writer->frame->arena, "moved-%u", node->line).at;
}

static void add_class(struct writer *writer, const struct block_difference *block)
{
	static const char *const words[] = { "kept",  "changed", "removed",
					     "added", "moved",	 "moved away" };
	const struct node *node = block->after ? block->after : block->before;

	buf_add(&writer->html, STR("<div"));
	if (block->change == BLOCK_MOVED)
		buf_addf(&writer->html, " id=\"%s\"", anchor_of(writer, block));
	buf_addf(&writer->html, " class=\"%s", words[block->change]);
	if (node->kind == NODE_HEADING)
		buf_add(&writer->html, STR(" heading"));
	else if (node->level > 1)
		buf_addf(&writer->html, " level-%u", node->level < 3 ? node->level : 3);
	buf_add(&writer->html, STR("\">"));
}

static void add_remark(struct writer *writer, const char *key)
{
	buf_add(&writer->html, STR("<span class=\"small\""));
	buf_add(&writer->html, writer->chrome_in);
	buf_add_char(&writer->html, '>');
	html_add_text(&writer->html, locale_message(writer->frame->chrome, key));
	buf_add(&writer->html, STR("</span><br>"));
}

/* The words as they were, not struck through: they are still in the text. */
static void add_former_place(struct writer *writer, const struct block_difference *block)
{
	add_remark(writer, block->down ? "difference-moved-down" : "difference-moved-up");
	buf_addf(&writer->html, "<a href=\"#%s\">", anchor_of(writer, block));
	html_add_text(&writer->html, block->segments->text);
	buf_add(&writer->html, STR("</a>"));
}

static void add_block(struct writer *writer, const struct block_difference *block)
{
	const struct node *node = block->after ? block->after : block->before;

	if (node->kind == NODE_END_MARK || !block->segments)
		return;
	add_class(writer, block);
	if (block->markup)
		add_remark(writer, "difference-as-written");
	if (block->change == BLOCK_MOVED)
		add_remark(writer, block->down ? "difference-from-above" : "difference-from-below");
	if (block->change == BLOCK_MOVED_AWAY)
		add_former_place(writer, block);
	else
		add_segments(writer, block);
	buf_add(&writer->html, STR("</div>\n"));
}

/* --- both
 * ----------------------------------------------------------------------------------------- */

/* Takes what was written so far; false: it did not fit. */
static bool take(struct writer *writer, const char *key)
{
	bool fits = !writer->html.full;

	if (fits)
		view_html(writer->frame->view, key,
			  arena_copy(&writer->frame->arena, buf_str(&writer->html)));
	buf_release(&writer->html);
	buf_init(&writer->html, DIFFERENCE_HTML_MAX);
	return fits;
}

static struct str count_words(struct frame *frame, const struct difference *difference)
{
	if (difference_is_none(difference))
		return locale_message(frame->chrome, "difference-none");
	return SAY(frame, "difference-count",
		   frame_number(frame, difference->counts[BLOCK_CHANGED]),
		   frame_number(frame, difference->counts[BLOCK_ADDED]),
		   frame_number(frame, difference->counts[BLOCK_REMOVED]),
		   frame_number(frame, difference->counts[BLOCK_MOVED]),
		   frame_number(frame, difference->counts[BLOCK_KEPT]));
}

/* Lines of the header are no paragraphs. */
static void count_blocks(struct difference *difference)
{
	memset(difference->counts, 0, sizeof(difference->counts));
	for (const struct block_difference *at = difference->blocks; at; at = at->next)
		difference->counts[at->change] += at->change != BLOCK_MOVED_AWAY;
}

void view_difference(struct frame *frame, const struct release *before, const struct release *after)
{
	struct writer writer = writer_begin(frame);
	struct difference difference;
	bool fits;

	release_difference(&frame->arena, before, after, &difference);
	count_blocks(&difference);
	for (const struct block_difference *at = difference.fields; at; at = at->next)
		add_field(&writer, at, before, after);
	fits = take(&writer, "fields");
	for (const struct block_difference *at = difference.blocks; at; at = at->next)
		add_block(&writer, at);
	fits = take(&writer, "blocks") && fits;
	buf_release(&writer.html);
	view_flag(frame->view, "shown", fits);
	view_flag(frame->view, "too_large", !fits);
	view_flag(frame->view, "none", difference_is_none(&difference));
	view_text(frame->view, "count", count_words(frame, &difference));
}

void view_words_difference(struct frame *frame, const struct segment *segments)
{
	struct writer writer = writer_begin(frame);
	bool fits;

	buf_add(&writer.html, STR("<div class=\"changed\">"));
	for (const struct segment *at = segments; at; at = at->next)
		add_segment(&writer, at->mark, at->text);
	buf_add(&writer.html, STR("</div>\n"));
	fits = take(&writer, "blocks");
	buf_release(&writer.html);
	view_flag(frame->view, "shown", fits && segments);
	view_flag(frame->view, "too_large", !fits);
}
