#include "post.h"

enum { CONNECT_SECONDS = 5, SEND_SECONDS = 15, ANSWER_MAX = 65536 };

static bool is_at(struct str url, struct str start)
{
	char next = url.len > start.len ? url.at[start.len] : '/';

	return str_starts(url, start) && (next == '/' || next == ':');
}

bool post_url_valid(const char *url)
{
	struct str text = str_from(url);

	/* What stands before an @ only looks like the host. */
	if (str_find(text, '@') < text.len)
		return false;
	return (str_starts(text, STR("https://")) && text.len > 8) ||
	       is_at(text, STR("http://127.0.0.1")) || is_at(text, STR("http://[::1]")) ||
	       is_at(text, STR("http://localhost"));
}

void post_field(struct post *post, const char *field)
{
	struct curl_slist *more = curl_slist_append(post->fields, field);

	must(more != NULL);
	post->fields = more;
}

/* Less than was offered ends the transfer. */
static size_t take(char *at, size_t size, size_t count, void *ctx)
{
	const struct post *post = ctx;

	if (post->answer)
		buf_add(post->answer, (struct str){ at, size * count });
	return post->answer && post->answer->full ? 0 : size * count;
}

static int look_around(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct post *post = ctx;

	(void)a, (void)b, (void)c, (void)d;
	return post->stopping && atomic_load(post->stopping);
}

static void set_up(CURL *curl, const struct post *post)
{
	curl_easy_setopt(curl, CURLOPT_URL, post->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body.at);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)post->body.len);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, post->fields);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "communique/" VERSION);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, post);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SEND_SECONDS);
	curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)ANSWER_MAX);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_around);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, post);
}

bool post_send(const struct post *post, long *status, struct fault *why)
{
	CURL *curl = curl_easy_init();
	CURLcode code;

	must(curl != NULL);
	*status = 0;
	set_up(curl, post);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
	curl_easy_cleanup(curl);
	if (*status && !(post->answer && post->answer->full))
		return true;
	return fail(why, BUSY, "%s", *status ? "its answer is too long" : curl_easy_strerror(code));
}
