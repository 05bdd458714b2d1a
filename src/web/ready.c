#include "ready.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/random.h>
#include <time.h>

#define BUCKETS 16384
#define GHOSTS 16384
#define SEATS 256   /* more than there are threads */
#define ASKED_MAX 3 /* more often counts no more: what was hot once must cool down */
#define PATIENCE 4096
#define WAIT_SECONDS 2

struct kept {
	struct ready_page page; /* first: a page given out is found again from its address */
	_Atomic(struct kept *) next;
	_Atomic unsigned asked;
	uint64_t hash;
	struct queue *queue;
	struct kept *newer, *older; /* in the queue; `older` also links what has left */
	uint64_t left;		    /* the epoch in which it left */
	size_t size;
	char texts[];
};

struct queue {
	struct kept *newest, *oldest;
	size_t size;
};

/* A cache line each. */
struct seat {
	_Alignas(64) _Atomic uint64_t since;
};

struct ready {
	struct seat seats[SEATS];
	_Atomic uint64_t epoch;
	_Atomic(struct kept *) buckets[BUCKETS];
	uint64_t seed;
	size_t limit;

	pthread_mutex_t lock; /* of all that is below; never taken by who finds a page */
	struct queue small, main;
	struct kept *leaving;
	uint32_t ghosts[GHOSTS];

	pthread_mutex_t turns_lock;
	pthread_cond_t turn_over;
	struct ready_turn *turns;
	uint64_t turn_number;
};

struct ready *ready_new(size_t limit)
{
	struct ready *ready = aligned_alloc(_Alignof(struct ready), sizeof(*ready));
	pthread_condattr_t monotonic;

	must(ready != NULL);
	memset(ready, 0, sizeof(*ready));
	ready->limit = limit;
	ready->epoch = 1;
	must(getrandom(&ready->seed, sizeof(ready->seed), 0) == sizeof(ready->seed));
	pthread_mutex_init(&ready->lock, NULL);
	pthread_mutex_init(&ready->turns_lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&ready->turn_over, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return ready;
}

/* --- names -------------------------------------------------------------------------- */

/* FNV-1a from a secret start, with its bits spread: nobody chooses who shares a chain. */
static uint64_t hash_target(const struct ready *ready, struct str target)
{
	uint64_t hash = 14695981039346656037u ^ ready->seed;

	for (size_t i = 0; i < target.len; i++)
		hash = (hash ^ (unsigned char)target.at[i]) * 1099511628211u;
	hash ^= hash >> 32;
	hash *= 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

static _Atomic(struct kept *) *bucket_of(struct ready *ready, uint64_t hash)
{
	return &ready->buckets[hash % BUCKETS];
}

static uint32_t *ghost_of(struct ready *ready, const struct kept *kept, uint32_t *trace)
{
	uint64_t hash = kept->hash + (uint64_t)kept->page.encoding;

	*trace = (uint32_t)(hash >> 32) | 1; /* 0 is nobody's */
	return &ready->ghosts[hash % GHOSTS];
}

/* --- seats -------------------------------------------------------------------------- */

/* The same seat for a thread each time, so that its line stays in that core's cache. */
static unsigned own_number(void)
{
	static _Atomic unsigned threads;
	static _Thread_local unsigned own;

	if (own == 0)
		own = 1 + atomic_fetch_add(&threads, 1);
	return own;
}

/* NULL: all are taken. */
static struct seat *sit_down(struct ready *ready)
{
	unsigned own = own_number();

	for (unsigned i = 0; i < SEATS; i++) {
		struct seat *seat = &ready->seats[(own + i) % SEATS];
		uint64_t nobody = 0;

		if (atomic_compare_exchange_strong(&seat->since, &nobody,
						   atomic_load(&ready->epoch)))
			return seat;
	}
	return NULL;
}

/* --- finding ------------------------------------------------------------------------ */

static bool serves(const struct kept *kept, uint64_t hash, struct str target,
		   enum encoding encoding)
{
	return kept->hash == hash && (kept->page.encoding == encoding || kept->page.alone) &&
	       str_equal(kept->page.target, target);
}

static bool right(const struct ready_page *page, uint64_t version, int64_t now)
{
	return page->version == READY_LASTS ||
	       (page->version == version && now >= page->made && now < page->until);
}

/* Counted where it changes nothing for a hot page: no line is fought for. */
static void count(struct kept *kept)
{
	unsigned asked = atomic_load_explicit(&kept->asked, memory_order_relaxed);

	if (asked < ASKED_MAX)
		atomic_store_explicit(&kept->asked, asked + 1, memory_order_relaxed);
}

bool ready_find(struct ready *ready, struct str target, enum encoding encoding, uint64_t version,
		int64_t now, struct ready_hold *out)
{
	uint64_t hash = hash_target(ready, target);
	struct kept *kept;

	*out = (struct ready_hold){ .seat = sit_down(ready) };
	if (!out->seat)
		return false;
	for (kept = atomic_load(bucket_of(ready, hash)); kept; kept = atomic_load(&kept->next))
		if (serves(kept, hash, target, encoding) && right(&kept->page, version, now)) {
			count(kept);
			out->page = &kept->page;
			return true;
		}
	ready_release(out);
	return false;
}

bool ready_find_old(struct ready *ready, struct str target, enum encoding encoding,
		    struct ready_hold *out)
{
	uint64_t hash = hash_target(ready, target);
	struct kept *kept;

	*out = (struct ready_hold){ .seat = sit_down(ready) };
	if (!out->seat)
		return false;
	for (kept = atomic_load(bucket_of(ready, hash)); kept; kept = atomic_load(&kept->next))
		if (kept->page.encoding == encoding && serves(kept, hash, target, encoding)) {
			out->page = &kept->page;
			return true;
		}
	ready_release(out);
	return false;
}

void ready_release(struct ready_hold *hold)
{
	if (hold->seat)
		atomic_store(&hold->seat->since, 0);
	*hold = (struct ready_hold){ NULL, NULL };
}

/* --- queues: under the lock ------------------------------------------------------------ */

static void queue_push(struct queue *queue, struct kept *kept)
{
	kept->queue = queue;
	kept->newer = NULL;
	kept->older = queue->newest;
	if (queue->newest)
		queue->newest->newer = kept;
	else
		queue->oldest = kept;
	queue->newest = kept;
	queue->size += kept->size;
}

static void queue_take(struct kept *kept)
{
	struct queue *queue = kept->queue;

	*(kept->newer ? &kept->newer->older : &queue->newest) = kept->older;
	*(kept->older ? &kept->older->newer : &queue->oldest) = kept->newer;
	queue->size -= kept->size;
}

static void unlink_kept(struct ready *ready, struct kept *kept)
{
	_Atomic(struct kept *) *at = bucket_of(ready, kept->hash);

	while (atomic_load(at) != kept)
		at = &atomic_load(at)->next;
	atomic_store(at, atomic_load(&kept->next));
}

/* Out of queue and chain. Readers may be on it still: it is freed later. */
static void let_leave(struct ready *ready, struct kept *kept)
{
	queue_take(kept);
	unlink_kept(ready, kept);
	kept->left = atomic_fetch_add(&ready->epoch, 1);
	kept->older = ready->leaving;
	ready->leaving = kept;
}

/* The epoch of the reader that has sat longest. */
static uint64_t longest_seated(struct ready *ready)
{
	uint64_t longest = UINT64_MAX;

	for (unsigned i = 0; i < SEATS; i++) {
		uint64_t since = atomic_load(&ready->seats[i].since);

		if (since != 0 && since < longest)
			longest = since;
	}
	return longest;
}

static void free_who_left(struct ready *ready)
{
	uint64_t longest = ready->leaving ? longest_seated(ready) : 0;
	struct kept **at = &ready->leaving, *kept;

	while ((kept = *at) != NULL) {
		if (kept->left < longest) {
			*at = kept->older;
			free(kept);
		} else {
			at = &kept->older;
		}
	}
}

static void leave_small(struct ready *ready, struct kept *kept)
{
	uint32_t trace, *ghost = ghost_of(ready, kept, &trace);

	if (atomic_load_explicit(&kept->asked, memory_order_relaxed) > 0) {
		atomic_store_explicit(&kept->asked, 0, memory_order_relaxed);
		queue_take(kept);
		queue_push(&ready->main, kept);
		return;
	}
	*ghost = trace;
	let_leave(ready, kept);
}

static void leave_main(struct ready *ready, struct kept *kept, unsigned *patience)
{
	unsigned asked = atomic_load_explicit(&kept->asked, memory_order_relaxed);

	if (asked == 0 || *patience == 0) {
		let_leave(ready, kept);
		return;
	}
	--*patience;
	atomic_store_explicit(&kept->asked, asked - 1, memory_order_relaxed);
	queue_take(kept);
	queue_push(&ready->main, kept);
}

/* Readers go on counting meanwhile: without an end to its patience it might never end. */
static void make_room(struct ready *ready)
{
	unsigned patience = PATIENCE;

	while (ready->small.size + ready->main.size > ready->limit) {
		if (ready->small.size > ready->limit / 10 || !ready->main.oldest)
			leave_small(ready, ready->small.oldest);
		else
			leave_main(ready, ready->main.oldest, &patience);
	}
}

/* --- keeping --------------------------------------------------------------------------- */

static struct str copy(char **at, struct str text)
{
	struct str copied = { *at, text.len };

	if (text.len > 0)
		memcpy(*at, text.at, text.len);
	*at += text.len;
	return copied;
}

static struct kept *kept_new(const struct ready_page *page, uint64_t hash)
{
	size_t texts = page->target.len + page->type.len + page->etag.len + page->head.len +
		       page->body.len;
	struct kept *kept = calloc(1, sizeof(*kept) + texts);
	char *at;

	must(kept != NULL);
	at = kept->texts;
	kept->page = *page;
	kept->page.target = copy(&at, page->target);
	kept->page.type = copy(&at, page->type);
	kept->page.etag = copy(&at, page->etag);
	kept->page.head = copy(&at, page->head);
	kept->page.body = copy(&at, page->body);
	kept->hash = hash;
	kept->size = sizeof(*kept) + texts;
	return kept;
}

/* Whoever was kept under this name leaves, and its successor takes its place in the queue's
 * order of merit: a page that is hot stays so when the store has changed. */
static struct queue *take_place(struct ready *ready, struct kept *kept)
{
	struct kept *before = atomic_load(bucket_of(ready, kept->hash));
	struct queue *queue = &ready->small;
	uint32_t trace, *ghost = ghost_of(ready, kept, &trace);

	while (before &&
	       !(before->hash == kept->hash && before->page.encoding == kept->page.encoding &&
		 str_equal(before->page.target, kept->page.target)))
		before = atomic_load(&before->next);
	if (before) {
		queue = before->queue;
		atomic_store(&kept->asked, atomic_load(&before->asked));
		let_leave(ready, before);
	} else if (*ghost == trace) {
		*ghost = 0;
		queue = &ready->main;
	}
	return queue;
}

void ready_keep(struct ready *ready, const struct ready_page *page)
{
	struct kept *kept = kept_new(page, hash_target(ready, page->target));
	_Atomic(struct kept *) *bucket = bucket_of(ready, kept->hash);

	if (kept->size > ready->limit / 8) {
		free(kept);
		return;
	}
	pthread_mutex_lock(&ready->lock);
	queue_push(take_place(ready, kept), kept);
	atomic_store(&kept->next, atomic_load(bucket));
	atomic_store(bucket, kept);
	make_room(ready);
	free_who_left(ready);
	pthread_mutex_unlock(&ready->lock);
}

void ready_free(struct ready **out)
{
	struct ready *ready = *out;

	*out = NULL;
	if (!ready)
		return;
	ready->limit = 0;
	make_room(ready);
	free_who_left(ready);
	must(!ready->leaving && !ready->turns);
	pthread_mutex_destroy(&ready->lock);
	pthread_mutex_destroy(&ready->turns_lock);
	pthread_cond_destroy(&ready->turn_over);
	free(ready);
}

/* --- turns ------------------------------------------------------------------------------ */

/* Another's turn at this page; 0: nobody's. */
static uint64_t turn_at(const struct ready *ready, struct str target)
{
	for (const struct ready_turn *turn = ready->turns; turn; turn = turn->next)
		if (str_equal(turn->target, target))
			return turn->number;
	return 0;
}

bool ready_turn_begin(struct ready *ready, struct str target, struct ready_turn *turn)
{
	struct timespec late;
	uint64_t other;
	int code = 0;

	*turn = (struct ready_turn){ .target = target };
	clock_gettime(CLOCK_MONOTONIC, &late);
	late.tv_sec += WAIT_SECONDS;
	pthread_mutex_lock(&ready->turns_lock);
	other = turn_at(ready, target);
	if (other == 0) {
		turn->number = ++ready->turn_number;
		turn->next = ready->turns;
		ready->turns = turn;
	}
	while (other != 0 && code == 0 && turn_at(ready, target) == other)
		code = pthread_cond_timedwait(&ready->turn_over, &ready->turns_lock, &late);
	pthread_mutex_unlock(&ready->turns_lock);
	return turn->number != 0;
}

void ready_turn_end(struct ready *ready, struct ready_turn *turn)
{
	struct ready_turn **at = &ready->turns;

	if (turn->number == 0)
		return;
	pthread_mutex_lock(&ready->turns_lock);
	while (*at != turn)
		at = &(*at)->next;
	*at = turn->next;
	turn->number = 0;
	pthread_cond_broadcast(&ready->turn_over);
	pthread_mutex_unlock(&ready->turns_lock);
}
