#include <communique/limits.h>
#include <communique/links.h>

/* What stands before an address, and which bytes end it. */
static const struct {
	struct str before;
	const char *ends;
} places[] = {
	{ { "href=\"", 6 }, "\"" }, { { "href='", 6 }, "'" }, { { "src=\"", 5 }, "\"" },
	{ { "src='", 5 }, "'" },    { { "<loc>", 5 }, "<" },  { { "url(", 4 }, ")\"'" },
	{ { "url(\"", 5 }, "\"" },  { { "url('", 5 }, "'" },
};

static struct str up_to(struct str text, const char *ends)
{
	size_t len = 0;

	while (len < text.len && !strchr(ends, text.at[len]))
		len++;
	return str_first(text, len < text.len ? len : 0);
}

/* The only reference that our escaping makes within an address. */
static void add_unescaped(struct buf *out, struct str text)
{
	while (text.len) {
		size_t end = str_find_str(text, STR("&amp;"));

		buf_add(out, str_first(text, end));
		if (end < text.len)
			buf_add_char(out, '&');
		text = str_skip(text, end + 5);
	}
}

static void take(struct str address, struct str url, link_visitor *visit, void *ctx)
{
	struct buf target;

	if (str_starts(address, url))
		address = str_skip(address, url.len);
	if (!str_starts(address, STR("/")) || str_starts(address, STR("//")))
		return;
	address = str_first(address, str_find(address, '#'));
	buf_init(&target, REQUEST_TARGET_MAX);
	add_unescaped(&target, address);
	if (!target.full)
		visit(ctx, buf_str(&target));
	buf_release(&target);
}

void links_visit(struct str text, struct str url, link_visitor *visit, void *ctx)
{
	for (; text.len; text = str_skip(text, 1)) {
		/* h, s, <, u: all else cannot begin one. */
		if (!strchr("hs<u", text.at[0]) || text.at[0] == '\0')
			continue;
		for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
			struct str before = places[i].before;

			if (str_starts(text, before))
				take(up_to(str_skip(text, before.len), places[i].ends), url, visit,
				     ctx);
		}
	}
}
