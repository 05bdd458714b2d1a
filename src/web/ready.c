#include "ready.h"

#include <pthread.h>

#define SLOTS 4096

struct kept {
	struct ready_page page; /* first: a page given out is found again from its address */
	unsigned holders;	/* the slot is one */
	size_t size;
	char texts[];
};

struct ready {
	pthread_mutex_t lock;
	struct kept *slots[SLOTS];
	size_t size, limit;
};

struct ready *ready_new(size_t limit)
{
	struct ready *ready = calloc(1, sizeof(*ready));

	must(ready != NULL);
	pthread_mutex_init(&ready->lock, NULL);
	ready->limit = limit;
	return ready;
}

static void let_go(struct kept *kept)
{
	if (kept && --kept->holders == 0)
		free(kept);
}

static void empty_slot(struct ready *ready, struct kept **slot)
{
	if (*slot)
		ready->size -= (*slot)->size;
	let_go(*slot);
	*slot = NULL;
}

static void forget_all(struct ready *ready)
{
	for (size_t i = 0; i < SLOTS; i++)
		empty_slot(ready, &ready->slots[i]);
}

void ready_free(struct ready **ready)
{
	if (!*ready)
		return;
	forget_all(*ready);
	pthread_mutex_destroy(&(*ready)->lock);
	free(*ready);
	*ready = NULL;
}

/* FNV-1a. A collision, wanted or not, costs the making of a page and nothing else. */
static struct kept **slot_of(struct ready *ready, struct str target)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < target.len; i++)
		hash = (hash ^ (unsigned char)target.at[i]) * 16777619u;
	return &ready->slots[hash % SLOTS];
}

static bool right(const struct ready_page *page, struct str target, uint64_t version, int64_t now)
{
	return page->version == version && now >= page->made && now < page->until &&
	       str_equal(page->target, target);
}

const struct ready_page *ready_find(struct ready *ready, struct str target, uint64_t version,
				    int64_t now)
{
	const struct ready_page *found = NULL;
	struct kept *kept;

	pthread_mutex_lock(&ready->lock);
	kept = *slot_of(ready, target);
	if (kept && right(&kept->page, target, version, now)) {
		kept->holders++;
		found = &kept->page;
	}
	pthread_mutex_unlock(&ready->lock);
	return found;
}

void ready_release(struct ready *ready, const struct ready_page *page)
{
	pthread_mutex_lock(&ready->lock);
	let_go((struct kept *)(uintptr_t)page);
	pthread_mutex_unlock(&ready->lock);
}

static struct str copy(char **at, struct str text)
{
	struct str copied = { *at, text.len };

	if (text.len > 0)
		memcpy(*at, text.at, text.len);
	*at += text.len;
	return copied;
}

static struct kept *kept_new(const struct ready_page *page)
{
	size_t texts = page->target.len + page->etag.len + page->content.len;
	struct kept *kept = malloc(sizeof(*kept) + texts);
	char *at;

	must(kept != NULL);
	at = kept->texts;
	kept->page = *page;
	kept->page.target = copy(&at, page->target);
	kept->page.etag = copy(&at, page->etag);
	kept->page.content = copy(&at, page->content);
	kept->holders = 1;
	kept->size = sizeof(*kept) + texts;
	return kept;
}

void ready_keep(struct ready *ready, const struct ready_page *page)
{
	struct kept *kept = kept_new(page), **slot;

	if (kept->size > ready->limit / 8) {
		free(kept);
		return;
	}
	pthread_mutex_lock(&ready->lock);
	slot = slot_of(ready, page->target);
	empty_slot(ready, slot);
	if (ready->size + kept->size > ready->limit)
		forget_all(ready);
	*slot = kept;
	ready->size += kept->size;
	pthread_mutex_unlock(&ready->lock);
}
