#include "inline.h"
#include "link.h"
#include "tree.h"

bool is_escapable(char c)
{
	return c > ' ' && c < 0x7f && !is_alpha(c) && !is_digit(c);
}

/* --- written links ------------------------------------------------------------------------ */

static bool is_visible(struct str address)
{
	for (size_t i = 0; i < address.len; i++) {
		unsigned char c = (unsigned char)address.at[i];

		/* Browsers read a backslash as a slash, and drop TAB and LF. */
		if (c <= ' ' || c == 0x7f || strchr("\\<>\"`", c))
			return false;
	}
	return true;
}

/* "https://ministry.example@elsewhere.example/" leads elsewhere. */
static bool authority_is_plain(struct str rest)
{
	size_t len = 0;

	while (len < rest.len && !strchr("/?#", rest.at[len])) {
		if (rest.at[len] == '@')
			return false;
		len++;
	}
	return len > 0 && rest.at[0] != ':';
}

bool link_is_safe(struct str address)
{
	if (!is_visible(address) || address.len < 1)
		return false;
	if (str_equal_nocase(str_first(address, 8), STR("https://")))
		return authority_is_plain(str_skip(address, 8));
	if (str_equal_nocase(str_first(address, 7), STR("http://")))
		return authority_is_plain(str_skip(address, 7));
	if (str_equal_nocase(str_first(address, 7), STR("mailto:")))
		return address.len > 7;
	if (address.at[0] == '#')
		return address.len > 1;
	return address.at[0] == '/' && !str_starts(address, STR("//"));
}

/* An address ends before the next bracket: so no text is searched twice. */
size_t link_length(struct str rest)
{
	unsigned depth = 0;

	for (size_t i = 0; i < rest.len; i++) {
		char c = rest.at[i];

		if (c == '\n' || c == '[')
			break;
		if (c == '\\' && i + 1 < rest.len && is_escapable(rest.at[i + 1]))
			i++;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth-- == 0)
			return i;
	}
	return rest.len;
}

/* --- bare addresses --------------------------------------------------------------------------- */

/* RFC 3986, section 2, without the brackets. ASCII only: in Korean a particle follows at
 * once, and is no part of the address. */
static bool is_url_byte(char c)
{
	return is_alpha(c) || is_digit(c) ||
	       (c > ' ' && c < 0x7f && strchr("-._~:/?#@!$&'()*+,;=%", c));
}

/* Without the sentence's own signs at its end. */
static size_t trim_url(struct str url)
{
	size_t len = url.len, opened = 0, closed = 0;

	for (size_t i = 0; i < len; i++) {
		opened += url.at[i] == '(';
		closed += url.at[i] == ')';
	}
	while (len && (strchr(".,;:!?'*", url.at[len - 1]) ||
		       (url.at[len - 1] == ')' && closed > opened))) {
		closed -= url.at[len - 1] == ')';
		len--;
	}
	return len;
}

static size_t url_length(struct str rest)
{
	size_t scheme = str_starts(rest, STR("https://")) ? 8 : 7, len = scheme;

	/* What cannot become an address is refused at its first byte that says so: nothing is
	 * searched twice. */
	if ((scheme == 7 && !str_starts(rest, STR("http://"))) ||
	    !authority_is_plain(str_skip(rest, scheme)))
		return 0;
	while (len < rest.len && is_url_byte(rest.at[len]))
		len++;
	len = trim_url(str_first(rest, len));
	return len > scheme && link_is_safe(str_first(rest, len)) ? len : 0;
}

static bool is_local_byte(char c)
{
	return is_alpha(c) || is_digit(c) || c == '.' || c == '_' || c == '%' || c == '+' ||
	       c == '-';
}

/* Where the name before the @ begins. */
static size_t mail_start(struct str text, size_t at)
{
	while (at > 0 && is_local_byte(text.at[at - 1]))
		at--;
	while (at < text.len && text.at[at] == '.')
		at++;
	return at;
}

/* The host behind it: at least two labels. */
static size_t mail_host(struct str rest)
{
	size_t len = 0;

	while (len < rest.len &&
	       (is_alpha(rest.at[len]) || is_digit(rest.at[len]) || rest.at[len] == '-' ||
		(rest.at[len] == '.' && len && rest.at[len - 1] != '.')))
		len++;
	while (len && (rest.at[len - 1] == '.' || rest.at[len - 1] == '-'))
		len--;
	return str_find(str_first(rest, len), '.') < len ? len : 0;
}

struct bare {
	size_t start, length;
	bool mail;
};

/* The first bare address from `from` on. */
static bool find_bare(struct str text, struct bare *out)
{
	for (size_t i = 0; i < text.len; i++) {
		bool in_word = i > 0 && (is_alpha(text.at[i - 1]) || is_digit(text.at[i - 1]));

		if (text.at[i] == 'h' && !in_word) {
			*out = (struct bare){ i, url_length(str_skip(text, i)), false };
			if (out->length)
				return true;
		}
		if (text.at[i] == '@') {
			size_t start = mail_start(text, i);
			size_t host = mail_host(str_skip(text, i + 1));

			*out = (struct bare){ start, i - start + 1 + host, true };
			/* Behind a stroke it is part of an address that was not taken. */
			if (host && start < i && (start == 0 || text.at[start - 1] != '/'))
				return true;
		}
	}
	return false;
}

static void add_text(struct arena *arena, struct node *parent, struct str text)
{
	struct node *node;

	if (text.len == 0)
		return;
	node = node_new(arena, NODE_TEXT);
	node->text = text;
	node_append(parent, node);
}

static void add_link(struct arena *arena, struct node *parent, struct str words, bool mail)
{
	struct node *link = node_new(arena, NODE_LINK);

	link->address = mail ? arena_printf(arena, "mailto:%.*s", STR_ARG(words)) : words;
	node_append(parent, link);
	add_text(arena, link, words);
}

static void add_linked(struct arena *arena, struct node *parent, struct node *node)
{
	struct str rest = node->text;
	struct bare bare;

	while (find_bare(rest, &bare)) {
		add_text(arena, parent, str_first(rest, bare.start));
		rest = str_skip(rest, bare.start);
		add_link(arena, parent, str_first(rest, bare.length), bare.mail);
		rest = str_skip(rest, bare.length);
	}
	if (rest.len == 0)
		return;
	node->text = rest;
	node_append(parent, node);
}

/* Texts that are one in the file: signs that found no end parted them. */
static struct node *join_texts(struct node *node)
{
	struct node *next = node->next;

	while (next && next->kind == NODE_TEXT && node->text.at + node->text.len == next->text.at) {
		node->text.len += next->text.len;
		next = next->next;
	}
	return next;
}

static void link_bare(struct arena *arena, struct node *parent, bool in_link)
{
	struct node *child = parent->first;

	parent->first = parent->last = NULL;
	while (child) {
		struct node *next = child->next;

		if (child->kind == NODE_TEXT)
			next = join_texts(child);
		if (child->kind == NODE_TEXT && !in_link) {
			add_linked(arena, parent, child);
		} else {
			/* Nested at most RELEASE_DEPTH_MAX deep. */
			link_bare(arena, child, in_link || child->kind == NODE_LINK);
			node_append(parent, child);
		}
		child = next;
	}
}

void inline_link_bare(struct arena *arena, struct node *block)
{
	link_bare(arena, block, false);
}
