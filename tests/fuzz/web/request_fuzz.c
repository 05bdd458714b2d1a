/* CGI variables, `NAME=value` with a NUL behind each, up to a route. */
#include "variables.h"

#include "../../../src/web/range.h"
#include "../../../src/web/route.h"

/* A twin is another spelling of an address that there is: so one redirect is enough. */
static void check_twin(const struct request *request)
{
	static const struct site site = {
		.languages = { { "en", 2 }, { "ko", 2 }, { "zh-Hant", 7 } }, .language_count = 3
	};
	struct match match;
	struct buf twin;
	bool other;

	buf_init(&twin, REQUEST_TARGET_MAX + 2);
	if (route_twin(&site, request->path, &twin) && !twin.full) {
		must(!str_equal(buf_str(&twin), request->path));
		must(route_find(DOOR_PUBLIC, METHOD_GET, buf_str(&twin), &match, &other));
	}
	buf_release(&twin);
}

static void route(const struct request *request)
{
	struct str rest = request->query, name, value;
	struct match match;
	struct buf plain;
	bool other;

	buf_init(&plain, REQUEST_TARGET_MAX);
	route_find(DOOR_PUBLIC, request->method, request->path, &match, &other);
	route_find(DOOR_DESK, request->method, request->path, &match, &other);
	while (query_next(&rest, &name, &value)) {
		buf_clear(&plain);
		query_decode(value, &plain, NULL);
		buf_clear(&plain);
		path_decode(name, &plain);
	}
	check_twin(request);
	buf_release(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct variables variables = { fuzz_input(bytes, size) };
	struct fault why = { .kind = NO_FAULT };
	struct request request;
	struct part part;

	if (!request_read(&request, variables_next, &variables, &why)) {
		fuzz_refused(&why);
		return 0;
	}
	must(request.target.len <= REQUEST_TARGET_MAX);
	request_check_admin(request.target, &why);
	if (request_check_public(&request, &why))
		route(&request);
	if (range_parse(request.range, 1000, &part) == RANGE_PART)
		must(part.len > 0 && part.at + part.len <= 1000);
	range_still_holds(request.if_range, STR("\"a\""), 1795424400);
	return 0;
}
