#include <communique/json.h>
#include <communique/utf8.h>

struct json json_begin(struct buf *out)
{
	return (struct json){ .out = out };
}

/* What must stand before a value or a key: a comma, unless it is the first, or follows
 * its key. */
static void before(struct json *json)
{
	if (!json->after_key && json->filled[json->depth])
		buf_add_char(json->out, ',');
	json->filled[json->depth] = true;
	json->after_key = false;
}

static void open(struct json *json, char opener, char closer)
{
	must(json->depth < JSON_DEPTH_MAX);
	before(json);
	buf_add_char(json->out, opener);
	json->closers[json->depth++] = closer;
	json->filled[json->depth] = false;
}

void json_object(struct json *json)
{
	open(json, '{', '}');
}

void json_array(struct json *json)
{
	open(json, '[', ']');
}

void json_end(struct json *json)
{
	must(json->depth > 0 && !json->after_key);
	buf_add_char(json->out, json->closers[--json->depth]);
}

static void add_escaped(struct buf *out, uint32_t code)
{
	switch (code) {
	case '"':
		buf_add(out, STR("\\\""));
		return;
	case '\\':
		buf_add(out, STR("\\\\"));
		return;
	case '\n':
		buf_add(out, STR("\\n"));
		return;
	case '\t':
		buf_add(out, STR("\\t"));
		return;
	default:
		break;
	}
	/* U+2028 and U+2029 are line ends to JavaScript before ECMAScript 2019. */
	if (code < 0x20 || code == '<' || code == '>' || code == '&' || code == 0x7f ||
	    code == 0x2028 || code == 0x2029)
		buf_addf(out, "\\u%04x", (unsigned)code);
	else
		buf_add_utf8(out, code == UTF8_INVALID ? 0xfffd : code);
}

static void add_string(struct buf *out, struct str text)
{
	buf_add_char(out, '"');
	while (text.len)
		add_escaped(out, utf8_next(&text));
	buf_add_char(out, '"');
}

void json_key(struct json *json, const char *key)
{
	must(json->depth > 0 && json->closers[json->depth - 1] == '}' && !json->after_key);
	before(json);
	add_string(json->out, str_from(key));
	buf_add_char(json->out, ':');
	json->after_key = true;
}

void json_text(struct json *json, struct str text)
{
	before(json);
	add_string(json->out, text);
}

void json_number(struct json *json, int64_t n)
{
	before(json);
	buf_addf(json->out, "%lld", (long long)n);
}

void json_flag(struct json *json, bool truth)
{
	before(json);
	buf_add_text(json->out, truth ? "true" : "false");
}

void json_null(struct json *json)
{
	before(json);
	buf_add(json->out, STR("null"));
}

void json_member_text(struct json *json, const char *key, struct str text)
{
	if (!str_given(text))
		return;
	json_key(json, key);
	json_text(json, text);
}

void json_member_number(struct json *json, const char *key, int64_t n)
{
	json_key(json, key);
	json_number(json, n);
}

void json_member_flag(struct json *json, const char *key, bool truth)
{
	json_key(json, key);
	json_flag(json, truth);
}
