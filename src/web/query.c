#include "query.h"

#include "request.h"

#include <communique/url.h>
#include <communique/utf8.h>

/* PARAMETERS_MAX: none of this name. */
static size_t find(const char *names, struct str wanted)
{
	struct str rest = str_from(names);

	for (size_t i = 0; str_given(rest); i++) {
		must(i < PARAMETERS_MAX);
		if (str_equal(str_cut(&rest, ' '), wanted))
			return i;
	}
	return PARAMETERS_MAX;
}

size_t query_place(const char *names, const char *name)
{
	size_t place = find(names, str_from(name));

	must(place < PARAMETERS_MAX);
	return place;
}

static bool read_value(struct str value, struct arena *arena, struct str *out, struct fault *why)
{
	struct buf plain;
	bool ok;

	buf_init(&plain, REQUEST_TARGET_MAX);
	ok = query_decode(value, &plain, why);
	if (ok)
		*out = arena_copy(arena, utf8_to_nfc(arena, buf_str(&plain)));
	buf_release(&plain);
	return ok;
}

bool query_read(struct str query, const char *names, struct arena *arena,
		struct str values[PARAMETERS_MAX], struct fault *why)
{
	struct str rest = query, name, value;

	for (size_t i = 0; i < PARAMETERS_MAX; i++)
		values[i] = STR_NONE;
	while (query_next(&rest, &name, &value)) {
		size_t place = find(names, name);

		if (place == PARAMETERS_MAX || str_given(values[place]) || value.len == 0)
			continue;
		if (!read_value(value, arena, &values[place], why))
			return false;
	}
	return true;
}

void query_write(const char *names, const struct str values[PARAMETERS_MAX], struct buf *out)
{
	struct str rest = str_from(names);
	char before = '?';

	for (size_t i = 0; str_given(rest); i++) {
		struct str name = str_cut(&rest, ' ');

		if (!str_given(values[i]))
			continue;
		buf_add_char(out, before);
		buf_add(out, name);
		buf_add_char(out, '=');
		url_add_value(out, values[i]);
		before = '&';
	}
}
