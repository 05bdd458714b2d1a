#include <communique/release.h>
#include <communique/utf8.h>

/* Every byte of the body is in the source of one block, and blocks come in text order
 * (see document.h): one walk gives the body. */
void release_write(const struct release *release, struct buf *out)
{
	buf_add(out, release->header);
	for (const struct node *node = release->document; node; node = node_after(node))
		buf_add(out, node->source);
}

static const struct node *first_paragraph(const struct node *document)
{
	for (const struct node *node = document; node; node = node_after(node)) {
		if ((node->kind == NODE_PARAGRAPH || node->kind == NODE_ITEM) && node->first)
			return node;
	}
	return NULL;
}

struct str release_summary(struct arena *arena, const struct release *release)
{
	const struct node *node = first_paragraph(release->document);
	struct str summary = STR("");
	struct buf text;
	bool cut;

	if (str_given(release->summary) || !node)
		return str_given(release->summary) ? release->summary : summary;
	buf_init(&text, RELEASE_FILE_MAX);
	node_own_text(node, &text);
	/* One less, for the ellipsis; a text of exactly the limit needs none. */
	summary = utf8_cut_at_word(buf_str(&text), RELEASE_SUMMARY_MAX, &cut);
	if (cut)
		summary = utf8_cut_at_word(buf_str(&text), RELEASE_SUMMARY_MAX - 1, &cut);
	summary = arena_printf(arena, cut ? "%.*s…" : "%.*s", STR_ARG(summary));
	buf_release(&text);
	return summary;
}

void release_field_add(struct buf *out, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	buf_add_text(out, name);
	buf_add(out, STR(": "));
	buf_add(out, value);
	buf_add_char(out, '\n');
}
