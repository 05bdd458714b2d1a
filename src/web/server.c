#include <communique/server.h>

#include <unistd.h>

#include "admission.h"
#include "loop.h"
#include "visit.h"

#include <communique/footprint.h>
#include <communique/log.h>
#include <communique/logbook.h>
#include <communique/secret.h>

#define TICK_MS 500
#define TIDY_TICKS 10
/* A body is read by a thread; editors' uploads may be slow, and are few. */
#define DESK_THREADS_MIN 8

static unsigned threads_for(unsigned wanted, unsigned least)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = wanted > 0 ? wanted : cores > 0 ? (unsigned)cores : 1;

	if (wanted == 0 && threads < least)
		threads = least;
	return threads < THREADS_MAX ? threads : THREADS_MAX;
}

static bool check_site(const struct site *site, struct fault *why)
{
	struct str scheme, authority;

	if (site->language_count == 0)
		return fail(why, INVALID, "the site has no language");
	if (!admission_split_url(site->url, &scheme, &authority))
		return fail(why, INVALID, "the site's url must look like https://press.example");
	return true;
}

static bool run(const struct server_options *options, struct loop_options *loop,
		struct house *house, struct fault *why)
{
	struct confine_rights rights = options->rights;
	struct supervisor supervisor;
	struct meters meters;
	bool ok;

	footprint_watch();
	if (!sign_start(why) || !check_site(house->site, why) || !loop_check_descriptors(why) ||
	    !listener_open(&loop->listener, options->socket, options->socket_group, why))
		return false;
	supervisor_find(&supervisor);
	rights.told = supervisor.fd;
	ok = confine(&rights, why) && (!options->begin || options->begin(options->begin_ctx, why));
	if (ok) {
		meters_init(&meters, loop_thread_count(loop));
		house->meters = loop->meters = &meters;
		loop->supervisor = &supervisor;
		ok = loop_run(loop, why);
		meters_release(&meters);
	}
	supervisor_leave(&supervisor);
	listener_close(&loop->listener);
	return ok;
}

static void handle_public(void *ctx, const struct request *request, const struct fault *bad,
			  struct answer *answer)
{
	public_answer(ctx, request, bad, answer);
}

bool serve_run(const struct server_options *options, const struct site *site, struct store *store,
	       struct fault *why)
{
	struct house house = {
		.site = site,
		.store = store,
		.ready = ready_new(READY_MAX),
		.files = options->files,
		.began = clock_now(),
	};
	struct loop_options loop = loop_defaults();
	bool ok;

	loop.door = "public";
	loop.by_hand = true;
	loop.threads = threads_for(options->threads, 1);
	loop.lane_threads = (loop.threads + 1) / 2;
	loop.handle = handle_public;
	loop.ctx = &house;
	ok = run(options, &loop, &house, why);
	ready_free(&house.ready);
	return ok;
}

static void handle_desk(void *ctx, const struct request *request, const struct fault *bad,
			struct answer *answer)
{
	desk_answer(ctx, request, bad, answer);
}

/* At each tick the lifts become leaves of the public log: within a second, also of the first. */
static void tick(void *ctx)
{
	struct house *house = ctx;
	struct fault why;

	if (!logbook_tend(house->newsroom, clock_now(), &why) && why.kind != LOG_STOPPED)
		log_fault(LOG_ERROR, "log", &why);
	if (house->ticks++ % TIDY_TICKS)
		return;
	if (!newsroom_tidy(house->newsroom, clock_now(), &why))
		log_fault(LOG_ERROR, "tidy", &why);
}

bool desk_run(const struct server_options *options, const struct site *site,
	      struct newsroom *newsroom, struct fault *why)
{
	struct house house = { .site = site,
			       .store = newsroom->store,
			       .newsroom = newsroom,
			       .files = newsroom->files,
			       .attachment_max = options->attachment_max,
			       .preview_key = options->preview_key,
			       .tell = options->tell,
			       .tell_ctx = options->tell_ctx };
	struct loop_options loop = loop_defaults();
	struct patience patience;
	bool ok;

	if (!newsroom_clear_leftovers(newsroom, why))
		return false;
	patience_init(&patience);
	house.patience = &patience;
	tick(&house);
	loop.door = "desk";
	loop.threads = threads_for(options->threads, DESK_THREADS_MIN);
	loop.handle = handle_desk;
	loop.tick = tick;
	loop.tick_ms = TICK_MS;
	loop.ctx = &house;
	ok = run(options, &loop, &house, why);
	patience_release(&patience);
	return ok;
}
