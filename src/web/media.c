#include "media.h"

/* clang-format off */
static const struct media table[] = {
	{ "pdf",  "application/pdf", true },
	{ "jpg",  "image/jpeg", true },
	{ "jpeg", "image/jpeg", true },
	{ "png",  "image/png", true },
	{ "gif",  "image/gif", true },
	{ "webp", "image/webp", true },
	{ "avif", "image/avif", true },
	{ "txt",  "text/plain; charset=utf-8", true },

	{ "csv",  "text/csv; charset=utf-8", false },
	{ "doc",  "application/msword", false },
	{ "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", false },
	{ "epub", "application/epub+zip", false },
	{ "hwp",  "application/x-hwp", false },
	{ "hwpx", "application/hwp+zip", false },
	{ "json", "application/json", false },
	{ "m4a",  "audio/mp4", false },
	{ "mp3",  "audio/mpeg", false },
	{ "mp4",  "video/mp4", false },
	{ "odp",  "application/vnd.oasis.opendocument.presentation", false },
	{ "ods",  "application/vnd.oasis.opendocument.spreadsheet", false },
	{ "odt",  "application/vnd.oasis.opendocument.text", false },
	{ "ogg",  "audio/ogg", false },
	{ "ppt",  "application/vnd.ms-powerpoint", false },
	{ "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", false },
	{ "tif",  "image/tiff", false },
	{ "tiff", "image/tiff", false },
	{ "wav",  "audio/wav", false },
	{ "webm", "video/webm", false },
	{ "xls",  "application/vnd.ms-excel", false },
	{ "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false },
	{ "zip",  "application/zip", false },
};
/* clang-format on */

const struct media *media_of(struct str name)
{
	static const struct media unknown = { "", "application/octet-stream", false };
	const char *dot = name.len > 0 ? memrchr(name.at, '.', name.len) : NULL;
	struct str ending;

	if (!dot)
		return &unknown;
	ending = str_skip(name, (size_t)(dot - name.at) + 1);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (str_equal_nocase(ending, str_from(table[i].ending)))
			return &table[i];
	return &unknown;
}

/* attr-char of RFC 8187, 3.2.1. */
static bool stands_for_itself(unsigned char c)
{
	return is_alpha((char)c) || is_digit((char)c) || (c != '\0' && strchr("!#$&+-.^_`|~", c));
}

static void add_encoded(struct buf *out, struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.at[i];

		if (stands_for_itself(c))
			buf_add_char(out, (char)c);
		else
			buf_addf(out, "%%%02X", c);
	}
}

/* One _ a letter that is not ASCII; % too, which some programs decode. False: it had any. */
static bool add_plain(struct buf *out, struct str name)
{
	bool whole = true;

	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.at[i];
		bool plain = c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '%';

		whole = whole && plain;
		if (plain)
			buf_add_char(out, (char)c);
		else if (c < 0x80 || c >= 0xc0)
			buf_add_char(out, '_');
	}
	return whole;
}

void disposition_add(struct buf *out, const struct media *media, struct str name)
{
	buf_add_text(out, media->shown ? "inline" : "attachment");
	buf_add(out, STR("; filename=\""));
	if (add_plain(out, name)) {
		buf_add_char(out, '"');
		return;
	}
	buf_add(out, STR("\"; filename*=UTF-8''"));
	add_encoded(out, name);
}
