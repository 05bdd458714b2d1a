/*
 * office - a newsroom to test with: a real store in a new folder, a key set in
 * force, and people who sign.
 */
#ifndef TESTS_OFFICE_H
#define TESTS_OFFICE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
/* cmocka's macros; `fail` is fault.h's function here. */
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include <stdlib.h>
#include <unistd.h>

#include <communique/bytes.h>
#include <communique/digest.h>
#include <communique/file.h>
#include <communique/fsck.h>
#include <communique/logbook.h>
#include <communique/newsroom.h>
#include <communique/reading.h>
#include <communique/vkey.h>

#define MORNING 1795424400 /* 2026-11-23T09:00:00Z */

enum who { ROOT, ALICE, ALICE_PHONE, BOB, CAROL, LEFT, STRANGER, PEOPLE };

struct office {
	char folder[64];
	struct newsroom room;
	struct secret_key keys[PEOPLE];
	struct arena arena;
	struct buf keyset;
	int64_t now;
	unsigned acts;
	char log_key[96], log_state[96];
	uint64_t stolen_from; /* the log index */
	enum who stolen;      /* revoked in the key sets made from now on; ROOT: nobody */
};

static const char *const holders[PEOPLE] = { "root",  "alice", "alice", "bob",
					     "carol", "leo",   "nobody" };
static const unsigned roles[PEOPLE] = {
	ROLE_ROOT, ROLE_AUTHOR, ROLE_AUTHOR, ROLE_APPROVER, ROLE_AUTHOR, ROLE_AUTHOR, 0
};

static inline struct act act_of(struct office *office, enum who who)
{
	/* The newsroom looks at the clock again, inside the transaction. */
	clock_fix(office->now);
	struct act act = {
		.key_id = office->keys[who].public.id,
		.holder = str_from(holders[who]),
		.roles = roles[who],
		.now = office->now,
		.expires = office->now + 60,
		.method = STR("PUT"),
		.target = STR("/admin/test"),
	};

	put_be32(act.replay, ++office->acts);
	return act;
}

static inline struct str log_name(struct office *office)
{
	struct buf text;
	struct str copy;

	buf_init(&text, VKEY_MAX);
	vkey_format(STR("press.example/log"), VKEY_NOTE, office->keys[STRANGER].public.key, &text);
	copy = arena_copy(&office->arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

/* A key set as the office has it. */
static inline struct str keyset_text(struct office *office, uint32_t version,
				     const struct hash *previous, unsigned publish)
{
	struct keyset_key keys[PEOPLE];
	struct keyset set = {
		.site = STR("press.example"),
		.version = version,
		.has_previous = previous != NULL,
		.issued = MORNING,
		.expires = MORNING + 365 * 86400,
		.quorum_root = 1,
		.quorum_publish = publish,
		.quorum_withdraw = 1,
		.log = log_name(office),
		.keys = keys,
	};

	if (previous)
		set.previous = *previous;
	for (int who = ROOT; who < STRANGER; who++) {
		keys[set.key_count++] = (struct keyset_key){
			.key = office->keys[who].public,
			.holder = str_from(holders[who]),
			.roles = roles[who],
			.state = who == LEFT			     ? KEY_LEFT
				 : who && who == (int)office->stolen ? KEY_COMPROMISED
								     : KEY_GOOD,
		};
		if (who && who == (int)office->stolen)
			keys[set.key_count - 1].bad_from = office->stolen_from;
	}
	buf_clear(&office->keyset);
	keyset_format(&set, &office->keyset);
	return arena_copy(&office->arena, buf_str(&office->keyset));
}

static inline struct str sign_file(struct office *office, enum who who, struct str file)
{
	struct buf out;
	struct str copy;
	struct fault why;

	buf_init(&out, SIGNATURE_FILE_MAX);
	assert_true(signature_make(&office->keys[who], file, STR("timestamp:1"), &out, &why));
	copy = arena_copy(&office->arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

/* Not yet signed: key set 1 waits. The options are the store's. */
static inline struct office *office_founded_in(const struct store_options *options,
					       unsigned publish)
{
	struct office *office = calloc(1, sizeof *office);
	struct fault why = { .kind = NO_FAULT };

	assert_non_null(office);
	assert_true(sign_start(&why));
	/* In memory where that is possible: what is tested here is not the disk. */
	memcpy(office->folder,
	       access("/dev/shm", W_OK) == 0 ? "/dev/shm/of-XXXXXX" : "/tmp/office-XXXXXX", 19);
	assert_non_null(mkdtemp(office->folder));
	arena_init(&office->arena);
	buf_init(&office->keyset, KEYSET_MAX);
	office->now = MORNING;
	for (int who = 0; who < PEOPLE; who++)
		assert_true(secret_key_new(&office->keys[who], &why));
	office->room.site = STR("press.example");
	office->room.languages[office->room.language_count++] = STR("en");
	office->room.languages[office->room.language_count++] = STR("ko");
	if (!store_open(&office->room.store, office->folder, STORE_CREATE, options, &why))
		fail_msg("%s", why.says);
	if (!newsroom_create(&office->room, keyset_text(office, 1, NULL, publish), MORNING, &why))
		fail_msg("%s", why.says);
	return office;
}

static inline struct office *office_founded(unsigned publish)
{
	return office_founded_in(NULL, publish);
}

/* From now on the office signs its public log; its key is the stranger's. */
static inline void office_begin_log(struct office *office)
{
	struct logbook_options options = { .site = STR("press.example"),
					   .key = office->log_key,
					   .state = office->log_state };
	struct secret key;

	snprintf(office->log_key, sizeof office->log_key, "%s/log.key", office->folder);
	snprintf(office->log_state, sizeof office->log_state, "%s/log.state", office->folder);
	assert_true(secret_key_format(&office->keys[STRANGER], NULL, &key, NULL));
	assert_true(file_write(office->log_key, (struct str){ (const char *)key.at, key.len }, 0600,
			       NULL));
	secret_free(&key);
	logbook_open(&options, &office->room.logbook);
}

static inline struct office *office_in_force(struct office *office)
{
	struct act act = act_of(office, ROOT);
	struct keyset_status status;
	struct fault why = { .kind = NO_FAULT };
	struct str file = arena_copy(&office->arena, buf_str(&office->keyset));

	if (!newsroom_sign_keyset(&office->room, &act, 1, &office->keys[ROOT].public.id,
				  sign_file(office, ROOT, file), &office->arena, &status, &why))
		fail_msg("%s", why.says);
	assert_true(status.in_force);
	return office;
}

static inline struct office *office_open(unsigned publish)
{
	return office_in_force(office_founded(publish));
}

static inline struct office *office_with_log(unsigned publish)
{
	struct office *office = office_founded(publish);

	office_begin_log(office);
	return office_in_force(office);
}

static inline void office_close(struct office *office)
{
	char command[128];

	logbook_close(&office->room.logbook);
	store_close(&office->room.store);
	for (int who = 0; who < PEOPLE; who++)
		secret_key_free(&office->keys[who]);
	arena_release(&office->arena);
	buf_release(&office->keyset);
	snprintf(command, sizeof command, "rm -rf '%s'", office->folder);
	assert_int_equal(system(command), 0);
	free(office);
}

static inline struct str release_text(struct office *office, const char *slug, const char *date,
				      const char *more)
{
	return arena_printf(&office->arena,
			    "Site: press.example\n"
			    "Release: %s\n"
			    "Language: en\n"
			    "Revision: 1\n"
			    "Date: %s\n"
			    "%s"
			    "Kind: press-release\n"
			    "Title: About %s\n"
			    "\n"
			    "1. Something was said.\n",
			    slug, date, more, slug);
}

static inline bool save(struct office *office, enum who who, const char *slug, struct str file,
			const struct hash *if_match, struct draft *out, struct fault *why)
{
	struct act act = act_of(office, who);
	struct draft_save draft = { .edition = { STR("en"), str_from(slug) }, .file = file };
	bool created;

	if (if_match) {
		draft.if_match_given = true;
		draft.if_match = *if_match;
	}
	return newsroom_save_draft(&office->room, &act, &draft, &office->arena, out, &created, why);
}

static inline bool sign(struct office *office, enum who who, const char *slug, struct str file,
			struct draft *out, struct fault *why)
{
	/* Whoever signed, Alice brings it. */
	struct act act = act_of(office, ALICE);
	struct draft_sign draft = {
		.edition = { STR("en"), str_from(slug) },
		.key_id = office->keys[who].public.id,
		.signature = sign_file(office, who, file),
		.if_match_given = true,
		.if_match = hash_of(file),
	};

	return newsroom_sign_draft(&office->room, &act, &draft, &office->arena, out, why);
}

/* How many rows a table has. */
static inline uint64_t rows(struct office *office, enum table table)
{
	struct store_txn *txn = NULL;
	uint64_t count;

	assert_true(store_read_begin(office->room.store, &txn, NULL));
	count = store_count(txn, table);
	store_read_end(&txn);
	return count;
}

static inline bool is_public(struct office *office, const char *slug, int64_t now)
{
	struct store_txn *txn = NULL;
	struct revision revision;
	bool found;

	assert_true(store_read_begin(office->room.store, &txn, NULL));
	found = reading_release(txn, STR("en"), str_from(slug), now, &revision);
	store_read_end(&txn);
	return found;
}

static inline void office_differs(void *ctx, struct str what)
{
	(void)ctx;
	print_error("%.*s\n", STR_ARG(what));
}

static inline void assert_no_differences(struct office *office)
{
	struct fsck_watch watch = { .differs = office_differs };
	struct fault why = { .kind = NO_FAULT };
	uint64_t count = 0;

	if (!newsroom_fsck(&office->room, office->now, &watch, &count, &why))
		fail_msg("%s", why.says);
	assert_int_equal(count, 0);
}

#define refused(call, expected)                                                                    \
	do {                                                                                       \
		struct fault fault_ = { .kind = NO_FAULT };                                        \
		struct fault *why = &fault_;                                                       \
		assert_false(call);                                                                \
		if (fault_.kind != (expected))                                                     \
			fail_msg("%s instead of %s: %s", fault_code(fault_.kind),                  \
				 fault_code(expected), fault_.says);                               \
	} while (0)

#define done(call)                                                                                 \
	do {                                                                                       \
		struct fault fault_ = { .kind = NO_FAULT };                                        \
		struct fault *why = &fault_;                                                       \
		if (!(call))                                                                       \
			fail_msg("%s: %s", fault_code(fault_.kind), fault_.says);                  \
	} while (0)

#endif
