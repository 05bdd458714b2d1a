#include "request.h"

#include <communique/bytes.h>
#include <communique/utf8.h>

struct variable {
	struct str name;
	size_t offset; /* of a struct str in struct request; 0: only its being single matters */
};

#define AT(name, member)                                                                           \
	{                                                                                          \
		{ name, sizeof(name) - 1 }, offsetof(struct request, member)                       \
	}
#define ONCE(name)                                                                                 \
	{                                                                                          \
		{ name, sizeof(name) - 1 }, 0                                                      \
	}

/* nginx sends Content-Length and Content-Type as CGI has them, and again as headers. */
static const struct variable variables[] = {
	AT("REQUEST_METHOD", method_word),
	AT("REQUEST_URI", target),
	AT("CONTENT_LENGTH", content_length_text),
	AT("CONTENT_TYPE", content_type),
	AT("REQUEST_ID", id),
	AT("COMMUNIQUE_DOOR", door),
	AT("HTTP_ACCEPT", accept),
	AT("HTTP_ACCEPT_ENCODING", accept_encoding),
	AT("HTTP_ACCEPT_LANGUAGE", accept_language),
	AT("HTTP_IF_MATCH", if_match),
	AT("HTTP_IF_NONE_MATCH", if_none_match),
	AT("HTTP_IF_MODIFIED_SINCE", if_modified_since),
	AT("HTTP_RANGE", range),
	AT("HTTP_IF_RANGE", if_range),
	AT("HTTP_DATE", date),
	AT("HTTP_CONTENT_ENCODING", content_encoding),
	AT("HTTP_TRANSFER_ENCODING", transfer_encoding),
	AT("HTTP_CONTENT_DIGEST", content_digest),
	AT("HTTP_SIGNATURE", signature),
	AT("HTTP_SIGNATURE_INPUT", signature_input),
	ONCE("HTTP_CONTENT_TYPE"),
	ONCE("HTTP_CONTENT_LENGTH"),
};

#define VARIABLES (sizeof(variables) / sizeof(variables[0]))

static size_t variable_find(struct str name)
{
	size_t i;

	for (i = 0; i < VARIABLES; i++)
		if (str_equal(variables[i].name, name))
			break;
	return i;
}

static struct str *variable_place(struct request *request, size_t n)
{
	return (struct str *)(void *)((char *)request + variables[n].offset);
}

static enum method method_of(struct str word)
{
	static const struct {
		struct str word;
		enum method method;
	} methods[] = { { { "GET", 3 }, METHOD_GET },	    { { "HEAD", 4 }, METHOD_HEAD },
			{ { "PUT", 3 }, METHOD_PUT },	    { { "POST", 4 }, METHOD_POST },
			{ { "DELETE", 6 }, METHOD_DELETE }, { { "OPTIONS", 7 }, METHOD_OPTIONS } };

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (str_equal(methods[i].word, word))
			return methods[i].method;
	return METHOD_OTHER;
}

/* Servers differ in how they say "no length": not at all, an empty text, -1. */
static bool read_length(struct request *request, struct fault *why)
{
	struct str text = request->content_length_text;

	if (text.len == 0 || str_equal(text, STR("-1"))) {
		request->content_length_text = STR_NONE;
		return true;
	}
	request->length_given = true;
	if (!str_to_u64(text, INT64_MAX, &request->content_length))
		return fail(why, INVALID, "Content-Length is no number: %s", QUOTE(text));
	return true;
}

static bool is_id(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '_' && c != '.')
			return false;
	}
	return text.len > 0 && text.len <= REQUEST_ID_MAX;
}

static bool read_variables(struct request *out, next_variable *next, void *ctx, struct fault *why)
{
	bool seen[VARIABLES] = { false };
	const struct variable *twice = NULL;
	struct str name, value;

	while (next(ctx, &name, &value)) {
		size_t n = variable_find(name);

		if (n == VARIABLES)
			continue;
		if (seen[n])
			twice = &variables[n];
		else if (variables[n].offset != 0)
			*variable_place(out, n) = value;
		seen[n] = true;
	}
	if (twice)
		return fail(why, DUPLICATE_FIELD, "%.*s stands twice", STR_ARG(twice->name));
	return true;
}

bool request_read(struct request *out, next_variable *next, void *ctx, struct fault *why)
{
	bool single;

	*out = (struct request){ .method = METHOD_OTHER };
	single = read_variables(out, next, ctx, why);
	out->method = method_of(out->method_word);
	if (!is_id(out->id))
		out->id = STR_NONE;
	out->is_local = str_equal(out->door, STR("local"));
	out->query = out->target;
	out->path = str_cut(&out->query, '?');
	if (!single)
		return false;
	if (out->method_word.len == 0 || out->target.len == 0)
		return fail(why, INVALID, "the web server did not say what was asked for");
	if (out->content_type.len == 0)
		out->content_type = STR_NONE;
	if (out->target.len > REQUEST_TARGET_MAX)
		return fail(why, TARGET_TOO_LONG, "an address has at most %d bytes",
			    REQUEST_TARGET_MAX);
	return read_length(out, why);
}

static bool next_of_environment(void *ctx, struct str *name, struct str *value)
{
	char *const **at = ctx;

	if (!**at)
		return false;
	*value = str_from(*(*at)++);
	*name = str_cut(value, '=');
	return true;
}

bool request_read_environment(struct request *out, char *const *environment, struct fault *why)
{
	return request_read(out, next_of_environment, &environment, why);
}

static bool read_some(const struct request *request, char *at, size_t room, size_t *got,
		      struct fault *why)
{
	return request->read ? request->read(request->read_ctx, at, room, got, why)
			     : fail(why, BROKEN, "this request's body cannot be read");
}

static bool wrong_length(struct fault *why)
{
	return fail(why, INVALID, "the body is not as long as Content-Length says");
}

bool request_read_body(const struct request *request, struct buf *out, struct fault *why)
{
	uint64_t left = request->content_length;
	char beyond;
	size_t got;

	while (left > 0) {
		size_t want = left < 8192 ? (size_t)left : 8192;
		char *room = buf_room(out, want);

		if (!room)
			return fail(why, TOO_LARGE, "a body of at most %zu bytes is taken here",
				    out->limit);
		if (!read_some(request, room, want, &got, why))
			return false;
		if (got == 0)
			return wrong_length(why);
		buf_grown(out, got);
		left -= got;
	}
	if (!read_some(request, &beyond, 1, &got, why))
		return false;
	return got == 0 || wrong_length(why);
}

bool request_stream_body(const struct request *request, piece_taker *take, void *ctx,
			 struct fault *why)
{
	uint64_t left = request->content_length;
	char piece[16 * 1024];
	size_t got;

	while (left > 0) {
		size_t want = left < sizeof(piece) ? (size_t)left : sizeof(piece);

		if (!read_some(request, piece, want, &got, why))
			return false;
		if (got == 0)
			return wrong_length(why);
		if (!take(ctx, (struct str){ piece, got }, why))
			return false;
		left -= got;
	}
	if (!read_some(request, piece, 1, &got, why))
		return false;
	return got == 0 || wrong_length(why);
}

/* --- targets ------------------------------------------------------------------------ */

static bool has_dot_segment(struct str path)
{
	while (str_given(path)) {
		struct str segment = str_cut(&path, '/');

		if (str_equal(segment, STR(".")) || str_equal(segment, STR("..")))
			return true;
	}
	return false;
}

static bool decode(struct str text, bool plus_is_space, struct buf *out, struct fault *why)
{
	unsigned char byte;

	while (text.len > 0) {
		if (*text.at != '%') {
			buf_add_char(out, plus_is_space && *text.at == '+' ? ' ' : *text.at);
			text = str_skip(text, 1);
			continue;
		}
		if (text.len < 3 || !hex_decode(&byte, 1, str_first(str_skip(text, 1), 2)))
			return fail(why, INVALID, "%% must have two hex digits behind it");
		if (byte < ' ' || byte == 0x7f)
			return fail(why, INVALID, "control characters are not accepted");
		buf_add_char(out, (char)byte);
		text = str_skip(text, 3);
	}
	if (!buf_check(out, why))
		return false;
	if (utf8_valid_length(buf_str(out)) != out->len)
		return fail(why, INVALID, "the address is not valid UTF-8");
	return true;
}

bool query_decode(struct str value, struct buf *out, struct fault *why)
{
	return decode(value, true, out, why);
}

bool path_decode(struct str segment, struct buf *out)
{
	return decode(segment, false, out, NULL);
}

bool request_check_public(const struct request *request, struct fault *why)
{
	struct buf plain;
	bool ok = false;

	buf_init(&plain, REQUEST_TARGET_MAX);
	if (request->target.at[0] != '/') {
		fail(why, INVALID, "an address begins with /");
		goto out;
	}
	for (size_t i = 0; i < request->target.len; i++)
		if (request->target.at[i] <= ' ' || request->target.at[i] >= 0x7f) {
			fail(why, INVALID, "an address is printable ASCII");
			goto out;
		}
	if (!decode(request->path, false, &plain, why))
		goto out;
	if (has_dot_segment(buf_str(&plain))) {
		fail(why, INVALID, "dot segments are not accepted");
		goto out;
	}
	buf_clear(&plain);
	ok = decode(request->query, true, &plain, why);
out:
	buf_release(&plain);
	return ok;
}

static bool target_byte(char c, bool in_query)
{
	static const struct str marks = { "._~-", 4 };

	if (is_alpha(c) || is_digit(c) || str_find(marks, c) < marks.len)
		return true;
	return in_query ? c == '=' || c == '&' : c == '/';
}

bool request_check_admin(struct str target, struct fault *why)
{
	struct str query = target;
	struct str path = str_cut(&query, '?');

	if (path.len == 0 || path.at[0] != '/')
		return fail(why, BAD_TARGET, "a request target begins with /");
	for (size_t i = 0; i < path.len; i++)
		if (!target_byte(path.at[i], false))
			return fail(why, BAD_TARGET, "a path takes letters, digits and ._~/- only");
	for (size_t i = 0; i < query.len; i++)
		if (!target_byte(query.at[i], true))
			return fail(why, BAD_TARGET,
				    "a query takes letters, digits and ._~=&- only");
	if (str_find_str(path, STR("//")) < path.len || has_dot_segment(path))
		return fail(why, BAD_TARGET, "a path has no empty and no dot segments");
	return true;
}

bool query_next(struct str *rest, struct str *name, struct str *value)
{
	if (!str_given(*rest))
		return false;
	*value = str_cut(rest, '&');
	*name = str_cut(value, '=');
	return true;
}
