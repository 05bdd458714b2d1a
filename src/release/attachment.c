/* Attachment: name.ext; sha256=<hex>; title="…"; language=… */
#include <communique/utf8.h>

#include "parse.h"

enum { NAME_MAX_BYTES = 200, ATTACHMENT_TITLE_MAX = 255 };

/* It becomes the last segment of an address and a file's name on a reader's disk. */
bool attachment_name_valid(struct str name)
{
	const char *dot = name.len ? memrchr(name.at, '.', name.len) : NULL;

	if (!dot || dot == name.at || dot == name.at + name.len - 1 || name.len > NAME_MAX_BYTES)
		return false;
	if (name.at[0] == '.' || name.at[0] == '-')
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if ((unsigned char)name.at[i] < 0x20 || strchr("/\\;\"<>|?*:", name.at[i]))
			return false;
	}
	return true;
}

/* Takes `"…"` off *rest. A quotation mark cannot stand inside. */
static bool take_quoted(struct str *rest, struct str *out)
{
	size_t end;

	if (!str_starts(*rest, STR("\"")))
		return false;
	*rest = str_skip(*rest, 1);
	end = str_find(*rest, '"');
	if (end == rest->len)
		return false;
	*out = str_first(*rest, end);
	*rest = str_skip(*rest, end + 1);
	return true;
}

static bool take_title(struct parse *parse, struct str *rest, struct attachment *out,
		       struct fault *why)
{
	struct str title;

	if (!take_quoted(rest, &title) || title.len == 0)
		return refuse(parse, why, "expected title=\"…\" in Attachment");
	if (utf8_count(title) > ATTACHMENT_TITLE_MAX)
		return refuse(parse, why, "expected at most %d characters in an attachment's title",
			      ATTACHMENT_TITLE_MAX);
	out->title = title;
	return true;
}

static struct str take_word(struct str *rest)
{
	struct str word = str_first(*rest, str_find(*rest, ';'));

	*rest = str_skip(*rest, word.len);
	return str_trim(word);
}

static bool take_parameter(struct parse *parse, struct str *rest, struct attachment *out,
			   bool *has_hash, struct fault *why)
{
	struct str name = str_trim(str_first(*rest, str_find(*rest, '=')));

	*rest = str_skip(*rest, str_find(*rest, '=') + 1);
	if (str_equal(name, STR("sha256")) && !*has_hash) {
		*has_hash = hash_parse(take_word(rest), &out->hash);
		return *has_hash ||
		       refuse(parse, why, "expected sha256= and 64 lower case hex digits");
	}
	if (str_equal(name, STR("title")) && !str_given(out->title))
		return take_title(parse, rest, out, why);
	if (str_equal(name, STR("language")) && !str_given(out->language)) {
		out->language = take_word(rest);
		return language_valid(out->language) ||
		       refuse(parse, why, "expected a BCP 47 tag as an attachment's language");
	}
	return refuse(parse, why, "expected sha256=, title= or language=, once each, not \"%s\"",
		      QUOTE(name));
}

bool attachment_parse(struct parse *parse, struct str value, struct attachment *out,
		      struct fault *why)
{
	struct str rest = value;
	bool has_hash = false;

	*out = (struct attachment){ .name = take_word(&rest) };
	if (!attachment_name_valid(out->name))
		return refuse(parse, why, "expected a file name with an ending, not \"%s\"",
			      QUOTE(out->name));
	while (rest.len) {
		if (rest.at[0] != ';')
			return refuse(parse, why, "expected ; before \"%s\"", QUOTE(rest));
		rest = str_trim(str_skip(rest, 1));
		if (!take_parameter(parse, &rest, out, &has_hash, why))
			return false;
		rest = str_trim(rest);
	}
	return has_hash || refuse(parse, why, "expected sha256= in Attachment");
}
