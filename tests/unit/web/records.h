/*
 * records - FastCGI as a web server would speak it, for the tests: records are made here,
 * independently of src/web, and answers taken apart.
 */
#ifndef COMMUNIQUE_TESTS_RECORDS_H
#define COMMUNIQUE_TESTS_RECORDS_H

#include <communique/buf.h>

static inline void add_record(struct buf *out, unsigned type, unsigned id, struct str content,
			      unsigned padding)
{
	buf_add_char(out, 1);
	buf_add_char(out, (char)type);
	buf_add_char(out, (char)(id >> 8));
	buf_add_char(out, (char)id);
	buf_add_char(out, (char)(content.len >> 8));
	buf_add_char(out, (char)content.len);
	buf_add_char(out, (char)padding);
	buf_add_char(out, 0);
	buf_add(out, content);
	for (unsigned i = 0; i < padding; i++)
		buf_add_char(out, 'x');
}

static inline void add_begin(struct buf *out, unsigned id, unsigned role, unsigned flags)
{
	char body[8] = { (char)(role >> 8), (char)role, (char)flags, 0, 0, 0, 0, 0 };

	add_record(out, 1, id, (struct str){ body, 8 }, 0);
}

static inline void add_length(struct buf *out, size_t len)
{
	if (len > 127) {
		buf_add_char(out, (char)(0x80 | len >> 24));
		buf_add_char(out, (char)(len >> 16));
		buf_add_char(out, (char)(len >> 8));
	}
	buf_add_char(out, (char)len);
}

static inline void add_pair(struct buf *out, const char *name, struct str value)
{
	add_length(out, strlen(name));
	add_length(out, value.len);
	buf_add_text(out, name);
	buf_add(out, value);
}

/* A GET of `uri` as nginx sends one: everything at once. */
static inline void add_get(struct buf *out, unsigned id, const char *uri, bool keep)
{
	struct buf pairs;

	buf_init(&pairs, 65535);
	add_pair(&pairs, "REQUEST_METHOD", STR("GET"));
	add_pair(&pairs, "REQUEST_URI", str_from(uri));
	add_pair(&pairs, "CONTENT_LENGTH", STR(""));
	add_begin(out, id, 1, keep);
	add_record(out, 4, id, buf_str(&pairs), 5);
	add_record(out, 4, id, STR(""), 0);
	add_record(out, 5, id, STR(""), 0);
	buf_release(&pairs);
}

#endif
