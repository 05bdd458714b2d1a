#include "loop.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "attend.h"
#include "chair.h"
#include "exchange.h"
#include "holding.h"

#include <communique/clock.h>
#include <communique/log.h>

#define ACCEPT_BATCH 32
#define CROWD 8		    /* so many events are more than one thread should see to */
#define LAST_CALL_MS 3000   /* after a stop; nobody else is let in for so long */
#define LANE_NICE 10	    /* a tenth of the processor when pages want it, all of it when not */
#define DESCRIPTORS_KEPT 64 /* for the store, the log, libraries */
#define CONNECTIONS_LEAST 16

struct loop_options loop_defaults(void)
{
	return (struct loop_options){ .door = "public",
				      .listener = { .fd = -1 },
				      .threads = 1,
				      .connections_max = CONNECTIONS_MAX,
				      .idle_ms = IDLE_SECONDS * 1000,
				      .head_ms = HEAD_SECONDS * 1000,
				      .body_ms = BODY_SECONDS * 1000,
				      .write_ms = WRITE_SECONDS * 1000,
				      .linger_ms = LINGER_SECONDS * 1000,
				      .tick_ms = 5000 };
}

/* --- accepting ---------------------------------------------------------------------- */

/* True: more may wait. False: the queue is empty, or nobody can be taken in now. */
static bool accept_one(struct loop *loop, uint64_t now)
{
	int fd;

	if (!connections_have_room(&loop->table)) {
		loop->accepting = false;
		return false;
	}
	fd = accept4(loop->options.listener.fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0) {
		connection_admit(loop, fd, now);
		return true;
	}
	if (errno == EAGAIN)
		return false;
	if (errno == EINTR || errno == ECONNABORTED)
		return true;
	/* Out of descriptors or memory: the timer tries again. */
	meter_add(METER_STARVED, 1);
	loop->accepting = false;
	log_note(LOG_ERROR, "accept", "error", str_from(strerrorname_np(errno)));
	return false;
}

static void accept_some(struct loop *loop, uint64_t now)
{
	pthread_mutex_lock(&loop->table.lock);
	if (!loop->stopping) {
		for (int i = 0; i < ACCEPT_BATCH && accept_one(loop, now); i++)
			;
		if (loop->accepting)
			loop_rearm(loop->epoll, loop->options.listener.fd, TOKEN_LISTENER);
	}
	pthread_mutex_unlock(&loop->table.lock);
}

/* --- signals and time --------------------------------------------------------------- */

static void sweep(struct worker *worker)
{
	struct connections *table = &worker->loop->table;

	for (uint32_t i = 0; i < table->room; i++)
		connection_sweep(worker->loop, &table->at[i], worker->now);
}

/* What waits in the queue of a listener of our own would be lost with it. */
static void stop(struct worker *worker)
{
	struct loop *loop = worker->loop;

	pthread_mutex_lock(&loop->table.lock);
	loop->last_call = worker->now + LAST_CALL_MS;
	loop->stopping = true;
	if (!loop->options.listener.inherited)
		while (accept_one(loop, worker->now))
			;
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->options.listener.fd, NULL);
	loop_finish_when_empty(loop);
	pthread_mutex_unlock(&loop->table.lock);
	sweep(worker);
}

static void on_signal(struct worker *worker)
{
	struct loop *loop = worker->loop;
	struct signalfd_siginfo info;

	if (read(loop->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGUSR1 || info.ssi_signo == SIGUSR2) {
			log_change_level(info.ssi_signo == SIGUSR1);
		} else if (!loop->stopping) {
			log_note(LOG_INFO, "stopping", "door", str_from(loop->options.door));
			if (loop->options.supervisor)
				supervisor_stopping(loop->options.supervisor);
			stop(worker);
		}
	}
	loop_rearm(loop->house, loop->signals, TOKEN_SIGNAL);
}

static void accept_again(struct loop *loop)
{
	pthread_mutex_lock(&loop->table.lock);
	if (!loop->accepting && !loop->stopping) {
		loop->accepting = true;
		loop_rearm(loop->epoll, loop->options.listener.fd, TOKEN_LISTENER);
	}
	pthread_mutex_unlock(&loop->table.lock);
}

static void on_timer(struct worker *worker)
{
	struct loop *loop = worker->loop;
	uint64_t times;

	if (read(loop->timer, &times, sizeof(times)) == sizeof(times)) {
		sweep(worker);
		accept_again(loop);
		if (loop->options.tick && worker->now >= loop->next_tick) {
			loop->options.tick(loop->options.ctx);
			loop->next_tick = worker->now + loop->options.tick_ms;
		}
		if (loop->options.supervisor)
			supervisor_live(loop->options.supervisor, worker->now);
	}
	loop_rearm(loop->house, loop->timer, TOKEN_TIMER);
}

/* --- threads ------------------------------------------------------------------------ */

/* False: all is over. */
static bool attend_event(struct worker *worker, const struct epoll_event *event)
{
	struct loop *loop = worker->loop;
	struct connection *connection;

	switch (event->data.u64) {
	case TOKEN_DONE:
		return false;
	case TOKEN_LISTENER:
		accept_some(loop, worker->now);
		return true;
	case TOKEN_SIGNAL:
		on_signal(worker);
		return true;
	case TOKEN_TIMER:
		on_timer(worker);
		return true;
	}
	connection = connection_take(&loop->table, event->data.u64,
				     event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));
	if (connection)
		connection_attend(worker, connection);
	return true;
}

/* One thread at a time waits, and goes on to see to what came, as long as that is little and
 * quickly done: waking another would take longer. */
static void wait_for_events(struct worker *worker)
{
	struct loop *loop = worker->loop;
	/* Where a request may hold a thread for long, nobody else must wait behind it. */
	int most = loop->options.by_hand ? EVENTS_MAX : 1;

	if (!worker->leads)
		pthread_mutex_lock(&loop->chair);
	worker->leads = true;
	worker->at = 0;
	worker->count = epoll_wait(loop->epoll, worker->events, most, -1);
	worker_look_at_clock(worker);
	if (worker->count >= CROWD || !loop->options.by_hand)
		worker_leave_chair(worker);
}

static void *work(void *ctx)
{
	struct worker *worker = ctx;
	bool goes_on = true;

	log_gather();
	meter_use(worker->meter);
	while (goes_on) {
		wait_for_events(worker);
		while (worker->at < worker->count)
			goes_on = attend_event(worker, &worker->events[worker->at++]) && goes_on;
		log_flush();
	}
	worker_leave_chair(worker);
	return NULL;
}

/* Its priority is this thread's alone (setpriority(2), BUGS). Without it the lane is as long. */
static void *work_in_lane(void *ctx)
{
	struct worker *worker = ctx;
	struct connection *connection;

	setpriority(PRIO_PROCESS, 0, LANE_NICE);
	log_gather();
	meter_use(worker->meter);
	while ((connection = lane_take(&worker->loop->lane)) != NULL) {
		worker_look_at_clock(worker);
		connection_attend_later(worker, connection);
		log_flush();
	}
	return NULL;
}

/* What the clock and signals want, where the other threads may not come to it for long. */
static void *keep_house(void *ctx)
{
	struct worker *worker = ctx;
	bool goes_on = true;

	log_gather();
	meter_use(worker->meter);
	while (goes_on) {
		if (epoll_wait(worker->loop->house, worker->events, 1, -1) == 1) {
			worker_look_at_clock(worker);
			goes_on = attend_event(worker, &worker->events[0]);
		}
		log_flush();
	}
	return NULL;
}

static bool start_worker(struct loop *loop, struct worker *worker, unsigned number)
{
	unsigned outside = loop->options.threads, in_lane = loop->options.lane_threads;
	void *(*does)(void *) = number < outside	     ? work
				: number < outside + in_lane ? work_in_lane
							     : keep_house;

	worker->loop = loop;
	worker->in_lane = does == work_in_lane;
	worker->meter = loop->options.meters ? &loop->options.meters->at[number] : NULL;
	worker_look_at_clock(worker);
	answer_init(&worker->answer);
	return pthread_create(&worker->thread, NULL, does, worker) == 0;
}

unsigned loop_thread_count(const struct loop_options *options)
{
	return options->threads + options->lane_threads + !options->by_hand;
}

/* Those of the lane come behind, and end when the others have: then all is answered. */
/* Not earlier: before, a signal would just end the program. */
static void say_serving(const struct loop *loop)
{
	if (loop->options.door)
		log_note(LOG_INFO, "serving", "door", str_from(loop->options.door));
	if (loop->options.supervisor)
		supervisor_ready(loop->options.supervisor);
}

static bool run_workers(struct loop *loop, struct fault *why)
{
	unsigned outside = loop->options.threads;
	unsigned wanted = loop_thread_count(&loop->options), started;
	struct worker *workers = calloc(wanted, sizeof(*workers));
	bool ok;

	must(workers != NULL);
	for (started = 0; started < wanted; started++)
		if (!start_worker(loop, &workers[started], started))
			break;
	ok = started == wanted || fail(why, BROKEN, "cannot start a thread");
	if (ok)
		say_serving(loop);
	else
		stop(&workers[started]);
	for (unsigned i = 0; i < started; i++) {
		if (i == outside)
			lane_end(&loop->lane);
		pthread_join(workers[i].thread, NULL);
	}
	for (unsigned i = 0; i < wanted; i++)
		answer_release(&workers[i].answer);
	free(workers);
	return ok;
}

bool loop_check_descriptors(struct fault *why)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_max >= DESCRIPTORS_KEPT + CONNECTIONS_LEAST)
		return true;
	return fail(
		why, BROKEN,
		"this process may open %llu files and connections, and needs %d at least: raise "
		"LimitNOFILE= of its unit, or ulimit -n",
		(unsigned long long)limit.rlim_max, DESCRIPTORS_KEPT + CONNECTIONS_LEAST);
}

/* As many descriptors as the system lets us have; how many connections that is. */
static unsigned connections_possible(unsigned wanted)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return wanted;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < wanted + DESCRIPTORS_KEPT)
		wanted = (unsigned)limit.rlim_max - DESCRIPTORS_KEPT;
	return wanted;
}

static void set_timer(struct loop *loop)
{
	unsigned ms = loop->options.head_ms / 4;
	struct itimerspec every;

	if (loop->options.linger_ms / 4 < ms)
		ms = loop->options.linger_ms / 4;
	ms = ms < 20 ? 20 : ms > 500 ? 500 : ms;
	every.it_interval = (struct timespec){ .tv_nsec = ms * 1000000L };
	every.it_value = every.it_interval;
	must(timerfd_settime(loop->timer, 0, &every, NULL) == 0);
}

static bool loop_open(struct loop *loop, const sigset_t *signals, struct fault *why)
{
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->house = loop->options.by_hand ? loop->epoll : epoll_create1(EPOLL_CLOEXEC);
	loop->signals = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
	loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	loop->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->epoll < 0 || loop->house < 0 || loop->signals < 0 || loop->timer < 0 ||
	    loop->done < 0)
		return fail_errno(why, "cannot make the accept loop");
	loop_watch(loop->epoll, EPOLL_CTL_ADD, loop->options.listener.fd, EPOLLIN | EPOLLONESHOT,
		   TOKEN_LISTENER);
	loop_watch(loop->house, EPOLL_CTL_ADD, loop->signals, EPOLLIN | EPOLLONESHOT, TOKEN_SIGNAL);
	loop_watch(loop->house, EPOLL_CTL_ADD, loop->timer, EPOLLIN | EPOLLONESHOT, TOKEN_TIMER);
	loop_watch(loop->epoll, EPOLL_CTL_ADD, loop->done, EPOLLIN, TOKEN_DONE);
	if (loop->house != loop->epoll)
		loop_watch(loop->house, EPOLL_CTL_ADD, loop->done, EPOLLIN, TOKEN_DONE);
	set_timer(loop);
	return true;
}

static void close_one(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void loop_close(struct loop *loop)
{
	connections_free(&loop->table);
	pthread_mutex_destroy(&loop->chair);
	lane_free(&loop->lane);
	if (loop->house != loop->epoll)
		close_one(loop->house);
	close_one(loop->epoll);
	close_one(loop->signals);
	close_one(loop->timer);
	close_one(loop->done);
}

bool loop_run(const struct loop_options *options, struct fault *why)
{
	struct loop loop = { .options = *options, .epoll = -1, .house = -1, .accepting = true };
	struct sigaction hangup;
	sigset_t ours, before;
	bool ok;

	loop.signals = loop.timer = loop.done = -1;
	if (!exchange_prepare(why))
		return false;
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	/* A terminal that is gone; settings are read at the start alone. Not under nohup(1). */
	if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
		sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGUSR1);
	sigaddset(&ours, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &ours, &before);
	sigaddset(&ours, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &ours, NULL);
	sigdelset(&ours, SIGPIPE);
	pthread_mutex_init(&loop.chair, NULL);
	lane_init(&loop.lane);
	connections_init(&loop.table, connections_possible(options->connections_max));
	if (options->meters)
		options->meters->connections_max = loop.table.room;
	ok = loop_open(&loop, &ours, why) && run_workers(&loop, why);
	loop_close(&loop);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}
