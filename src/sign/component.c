#include "component.h"

static void add_method(const struct http_message *message, struct buf *out)
{
	buf_add(out, message->method);
}

static void add_lower(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(out, to_lower(text.at[i]));
}

static void add_scheme(const struct http_message *message, struct buf *out)
{
	add_lower(message->scheme, out);
}

/* Section 2.2.3: lower case, and the scheme's own port is not written. */
static void add_authority(const struct http_message *message, struct buf *out)
{
	struct str authority = message->authority, port = STR_NONE;

	if (str_equal_nocase(message->scheme, STR("http")))
		port = STR(":80");
	if (str_equal_nocase(message->scheme, STR("https")))
		port = STR(":443");
	if (port.len && str_ends(authority, port))
		authority.len -= port.len;
	add_lower(authority, out);
}

static struct str path_of(struct str target)
{
	return str_first(target, str_find(target, '?'));
}

static struct str query_of(struct str target)
{
	return str_skip(target, str_find(target, '?'));
}

/* Section 2.2.6: an empty path is "/". */
static void add_path(const struct http_message *message, struct buf *out)
{
	struct str path = path_of(message->target);

	buf_add(out, path.len ? path : STR("/"));
}

/* Section 2.2.7: with its question mark, which alone stands for no query. */
static void add_query(const struct http_message *message, struct buf *out)
{
	struct str query = query_of(message->target);

	buf_add(out, query.len ? query : STR("?"));
}

static void add_target_uri(const struct http_message *message, struct buf *out)
{
	add_scheme(message, out);
	buf_add(out, STR("://"));
	add_authority(message, out);
	add_path(message, out);
	buf_add(out, query_of(message->target));
}

static void add_request_target(const struct http_message *message, struct buf *out)
{
	buf_add(out, message->target);
}

/* Either made by a function or a field of the request. */
static const struct component {
	const char *name;
	void (*add)(const struct http_message *message, struct buf *out);
	size_t field;
} components[] = {
	{ "@method", add_method, 0 },
	{ "@target-uri", add_target_uri, 0 },
	{ "@authority", add_authority, 0 },
	{ "@scheme", add_scheme, 0 },
	{ "@path", add_path, 0 },
	{ "@query", add_query, 0 },
	{ "@request-target", add_request_target, 0 },
	{ "content-type", NULL, offsetof(struct http_message, content_type) },
	{ "content-digest", NULL, offsetof(struct http_message, content_digest) },
	{ "content-length", NULL, offsetof(struct http_message, content_length) },
	{ "date", NULL, offsetof(struct http_message, date) },
	{ "if-match", NULL, offsetof(struct http_message, if_match) },
	{ "accept", NULL, offsetof(struct http_message, accept) },
};

static const struct component *find(struct str name)
{
	for (size_t i = 0; i < sizeof components / sizeof *components; i++)
		if (str_equal(name, str_from(components[i].name)))
			return &components[i];
	return NULL;
}

bool component_is_known(struct str name)
{
	return find(name) != NULL;
}

static struct str field_of(const struct component *component, const struct http_message *message)
{
	struct str field;

	memcpy(&field, (const char *)message + component->field, sizeof field);
	return field;
}

static bool is_present(const struct component *component, const struct http_message *message)
{
	return component && (component->add || str_given(field_of(component, message)));
}

bool component_value(void *message, struct str name, struct buf *out)
{
	const struct component *component = find(name);

	if (!is_present(component, message))
		return false;
	if (component->add)
		component->add(message, out);
	else
		buf_add(out, str_trim(field_of(component, message)));
	return true;
}

bool components_present(const struct httpsig *sig, const struct http_message *message,
			struct fault *why)
{
	for (size_t i = 0; i < sig->component_count; i++)
		if (!is_present(find(sig->components[i]), message))
			return fail(why, COMPONENT_MISSING,
				    "the request has no %s, which is covered",
				    QUOTE(sig->components[i]));
	return true;
}
