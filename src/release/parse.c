#include <communique/utf8.h>

#include "parts.h"

enum { SUMMARY_MAX = 320, LONG_TITLE = 160 };

static void look_for_doubts(struct parsing *parsing)
{
	const struct release *release = parsing->release;

	if (utf8_count(release->title) > LONG_TITLE)
		doubt(parsing, 1, "the title has %zu letters; lists show about %d",
		      utf8_count(release->title), LONG_TITLE);
	if (release->has_publish_at && date_start(release->date) > release->publish_at + 86400)
		doubt(parsing, 1, "Date is later than Publish-At");
}

bool release_parse(struct arena *arena, struct str file, struct release **out, struct fault *why)
{
	struct release *release = arena_new(arena, struct release);
	struct parsing parsing = {
		.arena = arena,
		.release = release,
		.doubt_end = &release->doubts,
	};

	release->text = file;
	if (!text_check(file, why) || !header_parse(&parsing, why))
		return false;
	look_for_doubts(&parsing);
	body_parse(&parsing);
	if (!release->document->first && release->change != CHANGE_KILL)
		return fail_line(why, RELEASE_MALFORMED, release->body_line, "there is no body");
	if (release->document->first && release->change == CHANGE_KILL)
		return fail_line(why, RELEASE_MALFORMED, release->body_line,
				 "a kill has an empty body");
	*out = release;
	return true;
}

static const struct node *first_paragraph(const struct node *node)
{
	for (; node; node = node->next) {
		if (node->kind == NODE_PARAGRAPH || node->kind == NODE_ITEM)
			return node;
		if (node->kind == NODE_LIST || node->kind == NODE_QUOTE)
			return first_paragraph(node->first);
	}
	return NULL;
}

struct str release_summary(struct arena *arena, const struct release *release)
{
	const struct node *node = first_paragraph(release->document->first);
	struct buf words;
	struct str summary = STR("");
	bool cut;

	if (str_given(release->summary))
		return release->summary;
	if (!node)
		return summary;
	buf_init(&words, RELEASE_FILE_MAX);
	for (const struct node *child = node->first; child && !node_is_block(child);
	     child = child->next)
		node_plain_text(child, &words);
	summary = utf8_cut_at_word(buf_str(&words), SUMMARY_MAX - 1, &cut);
	summary = arena_printf(arena, "%.*s%s", STR_ARG(summary), cut ? "…" : "");
	buf_release(&words);
	return summary;
}
