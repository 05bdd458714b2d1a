/*
 * json - writing JSON (RFC 8259).
 *
 * A writer that is told what comes, in order; it puts the commas. Texts are
 * escaped, invalid UTF-8 becomes U+FFFD. `<`, `>` and `&` become \u003c and so on,
 * so that it may stand inside a <script> element.
 *
 *	struct json json = json_begin(&out);
 *	json_object(&json);
 *	json_key(&json, "title"); json_text(&json, title);
 *	json_end(&json);
 */
#ifndef COMMUNIQUE_JSON_H
#define COMMUNIQUE_JSON_H

#include <communique/buf.h>

#define JSON_DEPTH_MAX 16

struct json {
	struct buf *out;
	unsigned depth;
	char closers[JSON_DEPTH_MAX];
	bool filled[JSON_DEPTH_MAX + 1];
	bool after_key;
};

/* libjansson, which reads JSON for the editors' program, has functions of these names; the
 * linker must not take one for the other. */
#define json_object communique_json_object
#define json_array communique_json_array
#define json_null communique_json_null

struct json json_begin(struct buf *out);
void json_object(struct json *json);
void json_array(struct json *json);
void json_end(struct json *json); /* of the innermost object or array */
void json_key(struct json *json, const char *key);
void json_text(struct json *json, struct str text);
void json_number(struct json *json, int64_t n);
void json_flag(struct json *json, bool truth);
void json_null(struct json *json);

/* Key and value at once. json_member_text leaves the member out when text is STR_NONE. */
void json_member_text(struct json *json, const char *key, struct str text);
void json_member_number(struct json *json, const char *key, int64_t n);
void json_member_flag(struct json *json, const char *key, bool truth);

#endif
