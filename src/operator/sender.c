#include "sender.h"

#include "post.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include <communique/bytes.h>
#include <communique/clock.h>
#include <communique/json.h>
#include <communique/log.h>
#include <communique/mac.h>
#include <communique/url.h>

enum { BODY_MAX = 65536, FEEDS_MAX = 4 * BODY_MAX, PAUSE_MOST = 60 };

/* What became of a try, until the outbox knows. */
struct outcome {
	bool open;
	uint64_t number;
	unsigned taken, wanted;
	char problem[256];
	int64_t tried_at, next_at;
	int64_t pause;
};

struct sender {
	struct sender_options options;
	struct outcome outcome;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_bool stopping;
	bool running;
};

/* Taken is what was answered with 2xx. */
static bool post_taken(const struct post *post, struct fault *why)
{
	long status;

	return post_send(post, &status, why) &&
	       ((status >= 200 && status <= 299) || fail(why, BUSY, "it answers %ld", status));
}

/* --- WebSub (W3C), section 7: the hub fetches the feed itself --- */

static void add_feeds(struct buf *body, const struct site *site, struct str language,
		      struct str topic)
{
	static const char *const ends[] = { "atom", "rss", "json" };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct buf feed;

		buf_init(&feed, BODY_MAX);
		buf_addf(&feed, "%.*s/%.*s/", STR_ARG(site->url), STR_ARG(language));
		if (str_given(topic)) {
			buf_add(&feed, STR("topics/"));
			url_add_segment(&feed, topic);
			buf_add_char(&feed, '/');
		}
		buf_addf(&feed, "feed.%s", ends[i]);
		buf_add(body, STR("&hub.url="));
		url_add_segment(body, buf_str(&feed));
		buf_release(&feed);
	}
}

/* The feeds of the release's topics, too: every feed names the hub. */
static bool add_topics(const struct sender_options *options, const struct notice *notice,
		       struct buf *body, struct fault *why)
{
	struct release *release;
	struct arena arena;
	struct hash hash;
	struct buf file;
	bool ok;

	arena_init(&arena);
	buf_init(&file, RELEASE_FILE_MAX);
	ok = newsroom_read_revision(options->newsroom, notice->edition, notice->revision, &hash,
				    &file, why) &&
	     release_parse(&arena, buf_str(&file), &release, why);
	for (size_t i = 0; ok && i < release->topics.count; i++)
		add_feeds(body, options->site, notice->edition.language, release->topics.at[i]);
	buf_release(&file);
	arena_release(&arena);
	return ok;
}

static bool tell_hub(const struct sender_options *options, const struct notice *notice,
		     struct post *post, struct fault *why)
{
	struct buf body;
	bool ok;

	buf_init(&body, FEEDS_MAX);
	buf_add(&body, STR("hub.mode=publish"));
	add_feeds(&body, options->site, notice->edition.language, STR_NONE);
	ok = add_topics(options, notice, &body, why) && buf_check(&body, why);
	post->url = options->websub_hub;
	post->body = buf_str(&body);
	post_field(post, "Content-Type: application/x-www-form-urlencoded");
	ok = ok && post_taken(post, why);
	buf_release(&body);
	return ok;
}

/* --- the webhook ------------------------------------------------------------------------ */

static void write_event(const struct sender_options *options, const struct notice *notice,
			struct buf *out)
{
	struct json json = json_begin(out);
	struct buf address;
	char time[TIME_SIZE];

	buf_init(&address, BODY_MAX);
	buf_addf(&address, "%.*s/%.*s/releases/%.*s", STR_ARG(options->site->url),
		 STR_ARG(notice->edition.language), STR_ARG(notice->edition.slug));
	json_object(&json);
	json_member_text(&json, "event", STR("publication"));
	json_member_number(&json, "number", (int64_t)notice->number);
	json_member_text(&json, "site", options->site->name);
	json_member_text(&json, "language", notice->edition.language);
	json_member_text(&json, "release", notice->edition.slug);
	json_member_number(&json, "revision", notice->revision);
	if (notice->change != CHANGE_FIRST)
		json_member_text(&json, "change", change_word(notice->change));
	json_member_text(&json, "address", buf_str(&address));
	json_member_text(&json, "sha256", str_from(HASH_TEXT(&notice->hash)));
	json_member_text(&json, "public_at", time_format(time, notice->public_at));
	json_end(&json);
	buf_release(&address);
}

static void sign_event(const struct secret *key, struct post *post)
{
	struct mac mac = mac_hmac_sha256(key, post->body);
	char hex[2 * MAC_SIZE + 1], field[128];

	hex_encode(hex, mac.at, MAC_SIZE);
	hex[2 * MAC_SIZE] = '\0';
	snprintf(field, sizeof field, "X-Communique-Signature: sha256=%s", hex);
	post_field(post, field);
}

static bool call_webhook(const struct sender_options *options, const struct notice *notice,
			 struct post *post, struct fault *why)
{
	struct buf body;
	bool ok;

	buf_init(&body, BODY_MAX);
	write_event(options, notice, &body);
	post->url = options->webhook_url;
	post->body = buf_str(&body);
	post_field(post, "Content-Type: application/json");
	sign_event(options->webhook_key, post);
	ok = post_taken(post, why);
	buf_release(&body);
	return ok;
}

/* --- one notice ------------------------------------------------------------------------ */

static unsigned channels_of(const struct sender_options *options)
{
	return (options->websub_hub ? 1u << CHANNEL_WEBSUB : 0) |
	       (options->webhook_url ? 1u << CHANNEL_WEBHOOK : 0);
}

static void log_try(const struct notice *notice, const char *channel, const struct fault *fault)
{
	struct log_line line;

	log_begin(&line, fault ? LOG_WARNING : LOG_INFO, "notice");
	log_str(&line, "channel", str_from(channel));
	log_number(&line, "number", (int64_t)notice->number);
	log_str(&line, "release", notice->edition.slug);
	log_str(&line, "language", notice->edition.language);
	log_number(&line, "try", notice->tries + 1);
	log_str(&line, "outcome", fault ? str_from(fault->says) : STR("sent"));
	log_end(&line);
}

static bool tell(const struct sender_options *options, const struct notice *notice,
		 enum channel channel, const atomic_bool *stopping, struct fault *why)
{
	const char *name = channel == CHANNEL_WEBSUB ? "websub" : "webhook";
	struct post post = { .stopping = stopping };
	bool ok = channel == CHANNEL_WEBSUB ? tell_hub(options, notice, &post, why)
					    : call_webhook(options, notice, &post, why);

	curl_slist_free_all(post.fields);
	log_try(notice, name, ok ? NULL : why);
	return ok;
}

/* Whether everything of the notice is as good as known to the outbox: *found. */
static bool write_down(struct sender *sender, int64_t now, bool *found, struct fault *why)
{
	struct outcome *outcome = &sender->outcome;

	*found = false;
	if (now < outcome->next_at)
		return true;
	*found = newsroom_tried_notice(sender->options.newsroom, outcome->number, outcome->taken,
				       outcome->wanted, str_from(outcome->problem),
				       outcome->tried_at, why);
	outcome->open = !*found;
	outcome->pause = outcome->pause * 2 < PAUSE_MOST ? outcome->pause * 2 : PAUSE_MOST;
	outcome->next_at = now + outcome->pause;
	return *found;
}

static void tell_all(struct sender *sender, const struct notice *notice, int64_t now)
{
	unsigned wanted = channels_of(&sender->options), taken = 0;
	struct fault problem = { .kind = NO_FAULT };

	for (unsigned c = 0; c < CHANNEL_COUNT; c++) {
		if ((wanted & ~notice->taken & (1u << c)) &&
		    tell(&sender->options, notice, (enum channel)c, &sender->stopping, &problem))
			taken |= 1u << c;
	}
	sender->outcome = (struct outcome){ .number = notice->number,
					    .taken = taken,
					    .wanted = wanted,
					    .tried_at = now,
					    .pause = 1 };
	/* What was broken off was not tried. */
	sender->outcome.open = taken || !atomic_load(&sender->stopping);
	if (problem.kind)
		snprintf(sender->outcome.problem, sizeof sender->outcome.problem, "%s",
			 problem.says);
}

bool sender_send_one(struct sender *sender, int64_t now, bool *found, struct fault *why)
{
	struct notice notice;
	struct arena arena;
	bool ok;

	if (sender->outcome.open)
		return write_down(sender, now, found, why);
	arena_init(&arena);
	ok = newsroom_next_notice(sender->options.newsroom, now, &arena, &notice, found, why);
	if (ok && *found)
		tell_all(sender, &notice, now);
	arena_release(&arena);
	if (ok && sender->outcome.open)
		return write_down(sender, now, found, why);
	return ok;
}

/* --- the thread ------------------------------------------------------------------------ */

static void wait_a_second(struct sender *sender)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	pthread_mutex_lock(&sender->lock);
	if (!atomic_load(&sender->stopping))
		pthread_cond_timedwait(&sender->wake, &sender->lock, &until);
	pthread_mutex_unlock(&sender->lock);
}

static void *run(void *ctx)
{
	struct sender *sender = ctx;
	struct fault why;
	bool found, ok;

	while (!atomic_load(&sender->stopping)) {
		witnesses_tend(sender->options.witnesses, sender->options.witness_count,
			       sender->options.newsroom, clock_now(), &sender->stopping);
		ok = sender_send_one(sender, clock_now(), &found, &why);
		if (!ok)
			log_fault(LOG_ERROR, "outbox", &why);
		if (!ok || !found)
			wait_a_second(sender);
	}
	return NULL;
}

void sender_tell(void *ctx, struct buf *out)
{
	const struct sender *sender = ctx;

	if (sender)
		witnesses_tell(sender->options.witnesses, sender->options.witness_count,
			       clock_now(), out);
}

/* Signals are for the desk's own threads. */
bool sender_start(struct sender *sender, struct fault *why)
{
	sigset_t all, before;

	if (!sender)
		return true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	sender->running = pthread_create(&sender->thread, NULL, run, sender) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return sender->running || fail(why, BROKEN, "the sender's thread cannot be started");
}

bool sender_open(const struct sender_options *options, struct sender **out, struct fault *why)
{
	struct sender *sender;

	*out = NULL;
	if (!channels_of(options) && !options->witness_count)
		return true;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return fail(why, BROKEN, "libcurl cannot be started");
	sender = calloc(1, sizeof *sender);
	must(sender != NULL);
	sender->options = *options;
	pthread_mutex_init(&sender->lock, NULL);
	pthread_cond_init(&sender->wake, NULL);
	*out = sender;
	return true;
}

static void stop(struct sender *sender)
{
	pthread_mutex_lock(&sender->lock);
	atomic_store(&sender->stopping, true);
	pthread_cond_signal(&sender->wake);
	pthread_mutex_unlock(&sender->lock);
	pthread_join(sender->thread, NULL);
}

void sender_close(struct sender **out)
{
	struct sender *sender = *out;

	*out = NULL;
	if (!sender)
		return;
	if (sender->running)
		stop(sender);
	pthread_cond_destroy(&sender->wake);
	pthread_mutex_destroy(&sender->lock);
	free(sender);
}
