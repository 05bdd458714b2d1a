#include <time.h>

#include <communique/fault.h>
#include <communique/limits.h>

#include "address.h"
#include "http.h"

#define CONNECT_SECONDS 15L
/* Longer than the desk waits for witnesses before it answers. */
#define SILENCE_SECONDS 60L
#define REDIRECTS_MAX 4
#define BUSY_WAITS_MAX 8 /* of a second each, while the web server answers 429 */

bool http_origin(struct arena *arena, struct str origin, struct str *scheme, struct str *authority,
		 struct fault *why)
{
	bool tls = str_starts(origin, STR("https://"));

	*scheme = tls ? STR("https") : STR("http");
	*authority = address_authority(arena, str_skip(origin, scheme->len + 3), tls);
	if (tls || (str_starts(origin, STR("http://")) && address_is_local(*authority)))
		return true;
	return fail(why, USAGE, "the server must be reached over https, not %s", QUOTE(origin));
}

void http_prepare(CURL *curl, struct str scheme)
{
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "communique/" VERSION);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SILENCE_SECONDS);
	if (str_equal(scheme, STR("http")))
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

struct str http_field(CURL *curl, const char *name)
{
	struct curl_header *field;

	if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &field) != CURLHE_OK)
		return STR_NONE;
	return str_from(field->value);
}

/* --- reading ---------------------------------------------------------------------- */

static size_t take_body(char *at, size_t size, size_t count, void *ctx)
{
	struct buf *body = ctx;

	buf_add(body, (struct str){ at, size * count });
	return body->full ? 0 : size * count;
}

bool http_open(struct http *http, struct arena *arena, struct str address, struct str *target,
	       struct fault *why)
{
	const char *origin;
	struct str behind;

	*http = (struct http){ .arena = arena };
	if (!address_split(arena, address, &origin, &behind, why) ||
	    !http_origin(arena, str_from(origin), &http->scheme, &http->authority, why))
		return false;
	if (target)
		*target = behind;
	http->curl = curl_easy_init();
	if (!http->curl)
		return fail(why, BROKEN, "libcurl cannot be started");
	http_prepare(http->curl, http->scheme);
	curl_easy_setopt(http->curl, CURLOPT_WRITEFUNCTION, take_body);
	return true;
}

void http_close(struct http *http)
{
	curl_easy_cleanup(http->curl);
	http->curl = NULL;
}

static bool get_once(struct http *http, struct str target, struct buf *body, unsigned *status,
		     struct fault *why)
{
	char address[REQUEST_TARGET_MAX + 300];
	CURLcode code;
	long answered = 0;
	int len = snprintf(address, sizeof address, "%.*s://%.*s%.*s", STR_ARG(http->scheme),
			   STR_ARG(http->authority), STR_ARG(target));

	if (len < 0 || (size_t)len >= sizeof address)
		return fail(why, TARGET_TOO_LONG, "the address is too long");
	buf_clear(body);
	curl_easy_setopt(http->curl, CURLOPT_URL, address);
	curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, body);
	code = curl_easy_perform(http->curl);
	if (body->full)
		return fail(why, TOO_LARGE, "the answer at %s is larger than %zu bytes",
			    QUOTE(target), body->limit);
	if (code != CURLE_OK)
		return fail(why, BROKEN, "cannot read from %.*s://%.*s: %s", STR_ARG(http->scheme),
			    STR_ARG(http->authority), curl_easy_strerror(code));
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &answered);
	*status = (unsigned)answered;
	return true;
}

/* Where an answer leads; only within the site. */
static bool follow(struct http *http, struct str *target, struct fault *why)
{
	struct str where = http_field(http->curl, "Location");
	struct str origin = arena_printf(http->arena, "%.*s://%.*s", STR_ARG(http->scheme),
					 STR_ARG(http->authority));

	if (str_starts(where, origin))
		where = str_skip(where, origin.len);
	if (!str_starts(where, STR("/")) || str_starts(where, STR("//")) ||
	    where.len > REQUEST_TARGET_MAX)
		return fail(why, INVALID,
			    "%s leads to another site, %s; give the site's own address",
			    QUOTE(*target), QUOTE(where));
	*target = arena_copy(http->arena, str_first(where, str_find(where, '#')));
	return true;
}

bool http_get(struct http *http, struct str *target, struct buf *body, unsigned *status,
	      struct fault *why)
{
	unsigned waits = 0, redirects = 0;

	for (;;) {
		if (!get_once(http, *target, body, status, why))
			return false;
		if (*status == 429 && waits++ < BUSY_WAITS_MAX) {
			nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
		} else if (*status >= 301 && *status <= 308 && *status != 304) {
			if (redirects++ == REDIRECTS_MAX)
				return fail(why, INVALID, "%s leads from one address to the next",
					    QUOTE(*target));
			if (!follow(http, target, why))
				return false;
		} else {
			return true;
		}
	}
}
