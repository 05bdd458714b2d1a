#include "markup.h"

static const char *reference_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_add_text(struct buf *out, struct str text)
{
	size_t start = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *reference = reference_of(text.at[i]);

		if (!reference)
			continue;
		buf_add(out, (struct str){ text.at + start, i - start });
		buf_add_text(out, reference);
		start = i + 1;
	}
	buf_add(out, str_skip(text, start));
}

void html_add_attribute(struct buf *out, const char *name, struct str value)
{
	if (!str_given(value))
		return;
	buf_add_char(out, ' ');
	buf_add_text(out, name);
	buf_add(out, STR("=\""));
	html_add_text(out, value);
	buf_add_char(out, '"');
}

bool has_scheme(struct str address, struct str scheme)
{
	return str_equal_nocase(str_first(address, scheme.len), scheme);
}

/* Browsers drop TAB and LF inside an address and read a backslash as a slash, which can
 * turn a path into another host; so none of them may be in it. */
bool address_is_safe(struct str address)
{
	for (size_t i = 0; i < address.len; i++) {
		unsigned char c = (unsigned char)address.at[i];

		if (c <= 0x20 || c == 0x7f || c == '\\')
			return false;
	}
	if (has_scheme(address, STR("https://")) || has_scheme(address, STR("http://")) ||
	    has_scheme(address, STR("mailto:")))
		return true;
	if (address.len && address.at[0] == '/')
		return address.len == 1 || address.at[1] != '/';
	return address.len > 1 && address.at[0] == '#';
}

const struct files files_public = { { "/files/", sizeof("/files/") - 1 },
				    FILES_BY_HASH_AND_NAME,
				    NULL };

void files_add_address(struct buf *out, const struct files *files,
		       const struct attachment *attachment)
{
	buf_add(out, files->root);
	if (files->form != FILES_BY_NAME)
		buf_add_text(out, HASH_TEXT(&attachment->hash));
	if (files->form == FILES_BY_HASH_AND_NAME)
		buf_add_char(out, '/');
	if (files->form != FILES_BY_HASH)
		url_add_segment(out, attachment->name);
}
