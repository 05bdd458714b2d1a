/*
 * maker - a store with so many releases, made from a seed by the newsroom's own functions:
 * signed, and accepted a few hundred a transaction.
 *
 * The newest 800 are one a day whatever their number, so that what shows the newest shows as
 * much; the others spread over the years before. All are in one topic and two of a thousand in
 * another; one has a thousand revisions.
 */
#ifndef BENCH_MAKER_H
#define BENCH_MAKER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/newsroom/desk.h"
#include "../../src/newsroom/index.h"
#include "../../src/web/visit.h"

#include <communique/bytes.h>
#include <communique/digest.h>
#include <communique/log.h>
#include <communique/minisign.h>
#include <communique/vkey.h>

#include "search/documents.h"

#define SITE STR("press.example")
#define NOW 1795424400 /* 2026-11-23T09:00:00Z */
#define DAYS 7300
#define DAILY 800 /* the newest */
#define BATCH 250
#ifndef REVISIONS
#define REVISIONS 1000
#endif
#define REVISED "2026-11-22-revised"

struct maker {
	struct newsroom room;
	struct secret_key key;
	struct keyset *keyset;
	struct arena arena; /* of all that lasts */
	uint64_t releases, next;
	int64_t now; /* of the acceptance: the evening of its day */
	uint32_t revision;
	struct hash previous;
	/* What `next`, or `revision` and `previous`, become with the commit: a transaction is done
	 * anew when the store had to grow. */
	struct {
		uint64_t next;
		uint32_t revision;
		struct hash previous;
	} then;
};

static inline void check(bool ok, const struct fault *why)
{
	if (ok)
		return;
	fprintf(stderr, "scale: %s\n", why->says);
	exit(1);
}

/* The day of a release, as its noon. */
static inline int64_t noon_of(uint64_t which, uint64_t releases)
{
	uint64_t later = releases - 1 - which, day = later;

	if (later >= DAILY)
		day = DAILY + (later - DAILY) * (DAYS - DAILY) / (releases - DAILY);
	return NOW + 3 * 3600 - 86400 * (int64_t)(day + 1);
}

/* --- a newsroom --------------------------------------------------------------------------- */

static inline struct str keyset_words(struct maker *maker)
{
	struct keyset_key key = { .key = maker->key.public,
				  .holder = STR("bench"),
				  .roles = ROLE_ROOT | ROLE_AUTHOR | ROLE_APPROVER };
	struct keyset set = { .site = SITE,
			      .version = 1,
			      .issued = NOW - (DAYS + 30) * 86400,
			      .expires = NOW + 365 * 86400,
			      .quorum_root = 1,
			      .quorum_publish = 1,
			      .quorum_withdraw = 1,
			      .keys = &key,
			      .key_count = 1 };
	struct buf text;

	buf_init(&text, KEYSET_MAX);
	vkey_format(STR("press.example/log"), VKEY_NOTE, maker->key.public.key, &text);
	set.log = arena_copy(&maker->arena, buf_str(&text));
	buf_clear(&text);
	keyset_format(&set, &text);
	set.log = arena_copy(&maker->arena, buf_str(&text));
	buf_release(&text);
	return set.log;
}

static inline struct str sign(struct maker *maker, struct arena *arena, struct str file)
{
	struct fault why;
	struct buf out;
	struct str copy;

	buf_init(&out, SIGNATURE_FILE_MAX);
	check(signature_make(&maker->key, file, STR("timestamp:1"), &out, &why), &why);
	copy = arena_copy(arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

static inline void found(struct maker *maker, const char *folder)
{
	struct act act = { .holder = STR("bench"),
			   .roles = ROLE_ROOT | ROLE_AUTHOR | ROLE_APPROVER,
			   .now = NOW,
			   .expires = NOW + 60,
			   .replay = { 1 },
			   .method = STR("PUT"),
			   .target = STR("/admin/keys/1") };
	struct keyset_status status;
	struct fault why = { .kind = NO_FAULT };
	struct str text;

	check(secret_key_new(&maker->key, &why), &why);
	maker->room.site = SITE;
	maker->room.languages[maker->room.language_count++] = STR("en");
	check(store_open(&maker->room.store, folder, STORE_CREATE, NULL, &why), &why);
	text = keyset_words(maker);
	check(newsroom_create(&maker->room, text, NOW, &why), &why);
	act.key_id = maker->key.public.id;
	check(newsroom_sign_keyset(&maker->room, &act, 1, &maker->key.public.id,
				   sign(maker, &maker->arena, text), &maker->arena, &status, &why),
	      &why);
	check(keyset_parse(&maker->arena, text, &maker->keyset, &why), &why);
}

/* --- releases --------------------------------------------------------------------------------- */

static inline struct str release_words(struct maker *maker, struct arena *arena, uint64_t n)
{
	struct date date = date_of(noon_of(n, maker->releases));
	char text[TEXT_MAX];

	bench_document(1, 3 * n, text); /* the English ones */
	return arena_printf(arena,
			    "Site: press.example\nRelease: %04d-%02d-%02d-number-%llu\n"
			    "Language: en\nRevision: 1\nDate: %04d-%02d-%02d\n"
			    "Kind: press-release\nDepartment: Department %llu\n"
			    "Topics: everything%s\nTitle: About %.60s\n\n1. %s.\n\n2. %.200s.\n",
			    date.year, date.month, date.day, (unsigned long long)n, date.year,
			    date.month, date.day, (unsigned long long)(n % 12),
			    n % 500 == 0 ? "; rare" : "", text, text, text);
}

static inline struct str revision_words(struct maker *maker, struct arena *arena, uint32_t number)
{
	struct str before = STR("");

	if (number > 1)
		before = arena_printf(arena,
				      "Previous: %s\nChange: update\nChange-Note: Number %u.\n",
				      HASH_TEXT(&maker->then.previous), number);
	return arena_printf(arena,
			    "Site: press.example\nRelease: " REVISED "\nLanguage: en\n"
			    "Revision: %u\nDate: 2026-11-22\n%.*s"
			    "Kind: press-release\nTitle: Often revised\n\n1. This is text %u.\n",
			    number, STR_ARG(before), number);
}

/* What a draft, its signature and the quorum do, in the caller's transaction. */
static inline bool accept_file(struct store_txn *txn, struct maker *maker, struct arena *arena,
			       struct str file, struct fault *why)
{
	struct hash hash = hash_of(file);
	struct store_key key = key_hash(&hash);
	struct revision revision;
	struct release *release;

	store_put(txn, TABLE_FILES, &key, file);
	maker->then.previous = hash;
	return release_parse(arena, file, &release, why) &&
	       signature_keep(txn, &hash, &maker->key.public.id, sign(maker, arena, file),
			      maker->now, why) &&
	       publish_accept(txn, release, &hash, maker->keyset, maker->now, arena, &revision,
			      why);
}

static inline bool accept_some(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct maker *maker = ctx;
	struct arena arena;
	bool ok = true;

	maker->then.next = maker->next;
	for (int i = 0; ok && i < BATCH && maker->then.next < maker->releases; i++) {
		arena_init(&arena);
		maker->now = noon_of(maker->then.next, maker->releases);
		ok = accept_file(txn, maker, &arena,
				 release_words(maker, &arena, maker->then.next++), why);
		arena_release(&arena);
	}
	return ok;
}

static inline bool accept_revisions(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct maker *maker = ctx;
	struct arena arena;
	bool ok = true;

	maker->then.revision = maker->revision;
	maker->then.previous = maker->previous;
	for (int i = 0; ok && i < BATCH && maker->then.revision < REVISIONS; i++) {
		arena_init(&arena);
		ok = accept_file(txn, maker, &arena,
				 revision_words(maker, &arena, ++maker->then.revision), why);
		arena_release(&arena);
	}
	return ok;
}

static inline void fill(struct maker *maker)
{
	struct fault why = { .kind = NO_FAULT };

	while (maker->next < maker->releases) {
		check(store_write(maker->room.store, accept_some, maker, &why), &why);
		maker->next = maker->then.next;
		index_merge_much(&maker->room, NOW);
	}
	while (maker->revision < REVISIONS) {
		check(store_write(maker->room.store, accept_revisions, maker, &why), &why);
		maker->revision = maker->then.revision;
		maker->previous = maker->then.previous;
		index_merge_much(&maker->room, NOW);
	}
	check(index_merge(&maker->room, NOW, &why), &why);
}

static inline void make_store(const char *folder, uint64_t releases)
{
	struct maker maker = { .releases = releases };

	arena_init(&maker.arena);
	found(&maker, folder);
	fill(&maker);
	store_close(&maker.room.store);
	secret_key_free(&maker.key);
	arena_release(&maker.arena);
}

/* --- the site around it --- */

static struct site bench_site;

static inline void describe_site(void)
{
	bench_site.name = SITE;
	bench_site.url = STR("https://press.example");
	bench_site.languages[bench_site.language_count++] = STR("en");
	bench_site.rights = STR("free");
	bench_site.of[0].title = STR("The Ministry");
	bench_site.of[0].chrome = locale_find(STR("en"));
}

/* The address of a release: a certain one of those made from numbers. */
static inline void address_of(char *out, size_t room, uint64_t which, uint64_t releases)
{
	struct date date = date_of(noon_of(which, releases));

	snprintf(out, room, "/en/releases/%04d-%02d-%02d-number-%llu", date.year, date.month,
		 date.day, (unsigned long long)which);
}

#endif
