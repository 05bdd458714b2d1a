/*
 * inline - the words of a block: strong, emphasis, links, images, languages, escapes.
 *
 * One pass over the bytes. What may open is put on a stack; what closes it takes the
 * nodes since then as children. An opener that finds no end becomes the text it was.
 * Each closer looks up the last opener of its kind at once, and throws away what was
 * opened behind it, so nothing is looked at twice.
 */
#include <ctype.h>

#include "parts.h"

enum opener_kind { OPEN_STRONG, OPEN_EMPHASIS, OPEN_BRACKET, OPEN_IMAGE, OPENERS };

enum { OPEN_MAX = 64, ADDRESS_MAX = 2048 };

struct opener {
	enum opener_kind kind;
	struct node *before; /* the last node in front of it; NULL: none */
	struct node *shown;  /* the text node that holds its characters */
};

struct inline_parsing {
	struct arena *arena;
	struct node *block;
	struct str text, rest;
	char *words; /* resolved text, as long as `text` at most */
	size_t used, begun;
	struct opener open[OPEN_MAX];
	unsigned depth;
	unsigned count[OPENERS];
};

/* --- text ------------------------------------------------------------------------------ */

static void end_text(struct inline_parsing *in)
{
	struct node *node;

	if (in->used == in->begun)
		return;
	node = node_add(in->arena, in->block, NODE_TEXT);
	node->text = (struct str){ in->words + in->begun, in->used - in->begun };
	in->begun = in->used;
}

static void add_text(struct inline_parsing *in, struct str text)
{
	memcpy(in->words + in->used, text.at, text.len);
	in->used += text.len;
}

static void take_text(struct inline_parsing *in, size_t len)
{
	add_text(in, str_first(in->rest, len));
	in->rest = str_skip(in->rest, len);
}

static char last_byte(const struct inline_parsing *in)
{
	size_t at = in->text.len - in->rest.len;

	return at ? in->text.at[at - 1] : ' ';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* --- opening and closing -------------------------------------------------------------------- */

static void open_here(struct inline_parsing *in, enum opener_kind kind, size_t len)
{
	struct opener *opener;

	end_text(in);
	opener = &in->open[in->depth];
	opener->kind = kind;
	opener->before = in->block->last;
	take_text(in, len);
	end_text(in);
	opener->shown = in->block->last;
	in->depth++;
	in->count[kind]++;
}

/* The last opener of a kind; those behind it stay as the text they are. */
static struct opener *find_opener(struct inline_parsing *in, enum opener_kind kind)
{
	if (in->count[kind] == 0)
		return NULL;
	for (;;) {
		struct opener *opener = &in->open[--in->depth];

		in->count[opener->kind]--;
		if (opener->kind == kind)
			return opener;
	}
}

/* A node in the opener's place, with all that came behind it as its children. */
static struct node *close_opener(struct inline_parsing *in, const struct opener *opener,
				 enum node_kind kind)
{
	struct node *block = in->block, *node;

	end_text(in);
	node = arena_new(in->arena, struct node);
	node->kind = kind;
	node->parent = block;
	node->first = opener->shown->next;
	node->last = node->first ? block->last : NULL;
	for (struct node *child = node->first; child; child = child->next)
		child->parent = node;
	if (opener->before)
		opener->before->next = node;
	else
		block->first = node;
	block->last = node;
	return node;
}

/* --- stars -------------------------------------------------------------------------------------
 */

static size_t stars_here(struct str rest)
{
	size_t stars = 0;

	while (stars < rest.len && rest.at[stars] == '*')
		stars++;
	return stars;
}

/* Only as a tight pair: no blank inside next to the stars. A single star opens at a word's
 * start only, so that "the figures* show" keeps its footnote star. */
static void take_stars(struct inline_parsing *in)
{
	size_t stars = stars_here(in->rest);
	enum opener_kind kind = stars == 2 ? OPEN_STRONG : OPEN_EMPHASIS;
	bool space_before = is_space(last_byte(in));
	bool space_behind = stars == in->rest.len || is_space(in->rest.at[stars]);
	struct opener *opener;

	if (stars > 2) {
		take_text(in, stars);
		return;
	}
	if (!space_before && in->count[kind]) {
		opener = find_opener(in, kind);
		close_opener(in, opener, stars == 2 ? NODE_STRONG : NODE_EMPHASIS);
		in->rest = str_skip(in->rest, stars);
		return;
	}
	if (!space_behind && in->depth < OPEN_MAX &&
	    (stars == 2 || space_before || ispunct((unsigned char)last_byte(in))))
		open_here(in, kind, stars);
	else
		take_text(in, stars);
}

/* --- brackets ------------------------------------------------------------------------------------
 */

static bool address_is_safe(struct str address)
{
	static const char *const schemes[] = { "https://", "http://", "mailto:" };

	for (size_t i = 0; i < address.len; i++) {
		if ((unsigned char)address.at[i] <= ' ' || address.at[i] == 0x7f ||
		    memchr("<>\"\\`", address.at[i], 5))
			return false;
	}
	for (size_t i = 0; i < 3; i++) {
		if (str_starts(address, str_from(schemes[i])))
			return address.len > strlen(schemes[i]);
	}
	/* A path of this site, or an anchor of this page; never another host by "//". */
	if (address.len && address.at[0] == '#')
		return address.len > 1;
	return address.len && address.at[0] == '/' && !str_starts(address, STR("//"));
}

/* "(address)" behind a bracket: its length, 0 when there is none. */
static size_t address_behind(struct str rest, struct str *address)
{
	struct str window = str_first(rest, ADDRESS_MAX);
	size_t depth = 0;

	for (size_t i = 0; i < window.len && !is_space(window.at[i]); i++) {
		depth += window.at[i] == '(';
		if (window.at[i] != ')' || --depth)
			continue;
		*address = str_skip(str_first(window, i), 1);
		return i + 1;
	}
	return 0;
}

/* "{lang=ko}" behind a bracket. */
static size_t language_behind(struct str rest, struct str *language)
{
	struct str window = str_first(rest, RELEASE_LANGUAGE_MAX + 8);
	size_t end = str_find(window, '}');

	if (!str_starts(window, STR("{lang=")) || end == window.len)
		return 0;
	*language = str_skip(str_first(window, end), strlen("{lang="));
	return language_valid(*language) ? end + 1 : 0;
}

static bool is_file_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (memchr("/\\\"<>", name.at[i], 5))
			return false;
	}
	return name.len > 0;
}

static void set_image(struct inline_parsing *in, struct node *image, struct str name)
{
	struct buf words;

	buf_init(&words, in->text.len);
	for (struct node *child = image->first; child; child = child->next)
		node_plain_text(child, &words);
	image->text = arena_copy(in->arena, buf_str(&words));
	image->address = name;
	image->first = image->last = NULL;
	buf_release(&words);
}

/* What stands behind "]" decides what the bracket was. */
static void take_close(struct inline_parsing *in)
{
	struct str behind = str_skip(in->rest, 1), value;
	bool image = in->count[OPEN_IMAGE] > 0 && in->depth &&
		     in->open[in->depth - 1].kind == OPEN_IMAGE;
	enum opener_kind kind = image ? OPEN_IMAGE : OPEN_BRACKET;
	struct opener *opener;
	size_t len;

	if (in->count[kind] == 0) {
		take_text(in, 1);
		return;
	}
	opener = find_opener(in, kind);
	if (behind.len && behind.at[0] == '(' && (len = address_behind(behind, &value)) != 0 &&
	    (image ? is_file_name(value) : address_is_safe(value))) {
		struct node *node = close_opener(in, opener, image ? NODE_IMAGE : NODE_LINK);

		if (image)
			set_image(in, node, value);
		else
			node->address = value;
		in->rest = str_skip(behind, len);
	} else if (!image && (len = language_behind(behind, &value)) != 0) {
		close_opener(in, opener, NODE_LANGUAGE)->language = value;
		in->rest = str_skip(behind, len);
	} else {
		take_text(in, 1);
	}
}

/* --- bare addresses
 * ----------------------------------------------------------------------------------- */

static size_t word_length(struct str rest)
{
	size_t len = 0;

	while (len < rest.len && !is_space(rest.at[len]) && !memchr("<>\"[]*\\", rest.at[len], 7) &&
	       (unsigned char)rest.at[len] < 0x80)
		len++;
	return len;
}

/* Punctuation that ends a sentence is not part of an address. */
static size_t without_end(struct str word)
{
	size_t len = word.len;

	while (len && memchr(".,;:!?)'", word.at[len - 1], 8))
		len--;
	return len;
}

static bool is_mail_address(struct str word)
{
	size_t at = str_find(word, '@');
	struct str host = str_skip(word, at + 1);

	if (at == 0 || at == word.len || str_find(host, '@') < host.len)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		char c = word.at[i];

		if (!is_alpha(c) && !is_digit(c) && !memchr("@.-_+", c, 5))
			return false;
	}
	return str_find(host, '.') > 0 && str_find(host, '.') < host.len - 1;
}

static void add_link(struct inline_parsing *in, struct str address, size_t len)
{
	struct node *link, *words;

	end_text(in);
	link = node_add(in->arena, in->block, NODE_LINK);
	link->address = address;
	words = node_add(in->arena, link, NODE_TEXT);
	words->text = str_first(in->rest, len);
	in->rest = str_skip(in->rest, len);
}

/* At a word's start. Inside brackets nothing links by itself: a link holds no link. */
static void take_word(struct inline_parsing *in)
{
	size_t whole = word_length(in->rest);
	struct str word = str_first(in->rest, whole);
	size_t len = without_end(word);

	word.len = len;
	if (in->count[OPEN_BRACKET] + in->count[OPEN_IMAGE] > 0 || len == 0) {
		take_text(in, whole ? whole : 1);
	} else if (str_starts(word, STR("https://")) && address_is_safe(word)) {
		add_link(in, word, len);
	} else if (is_mail_address(word)) {
		add_link(in, arena_printf(in->arena, "mailto:%.*s", STR_ARG(word)), len);
	} else {
		take_text(in, whole);
	}
}

/* --- the pass
 * ------------------------------------------------------------------------------------------ */

static void take_break(struct inline_parsing *in)
{
	end_text(in);
	node_add(in->arena, in->block, NODE_BREAK);
	while (in->rest.len && is_space(in->rest.at[0]))
		in->rest = str_skip(in->rest, 1);
}

static void take_escape(struct inline_parsing *in)
{
	if (in->rest.len > 1 && ispunct((unsigned char)in->rest.at[1])) {
		in->rest = str_skip(in->rest, 1);
		add_text(in, str_first(in->rest, 1));
		in->rest = str_skip(in->rest, 1);
		return;
	}
	take_text(in, 1);
}

static void take_next(struct inline_parsing *in)
{
	char c = in->rest.at[0];

	if (c == '\\')
		take_escape(in);
	else if (c == '\n')
		take_break(in);
	else if (c == '*')
		take_stars(in);
	else if (c == '[' && in->depth < OPEN_MAX)
		open_here(in, OPEN_BRACKET, 1);
	else if (str_starts(in->rest, STR("![")) && in->depth < OPEN_MAX)
		open_here(in, OPEN_IMAGE, 2);
	else if (c == ']')
		take_close(in);
	else if (is_alpha(c) || is_digit(c))
		take_word(in);
	else
		take_text(in, 1);
}

void inline_parse(struct arena *arena, struct node *block, struct str text)
{
	/* A block's own line ends and blanks at its edges are no words. */
	while (text.len && is_space(text.at[text.len - 1]))
		text.len--;
	while (text.len && is_space(text.at[0]))
		text = str_skip(text, 1);

	struct inline_parsing in = { .arena = arena, .block = block, .text = text, .rest = text };

	in.words = arena_alloc(arena, text.len + 1);
	while (in.rest.len)
		take_next(&in);
	end_text(&in);
}
