/*
 * records - keys, key sets and leaves for the tests of the rules: an office of three.
 */
#ifndef COMMUNIQUE_TESTS_LEDGER_RECORDS_H
#define COMMUNIQUE_TESTS_LEDGER_RECORDS_H

#include "trees.h"

#include <communique/chronicle.h>
#include <communique/vkey.h>

enum { ROOT, AUTHOR, APPROVER, THIEF, PEOPLE };

struct office {
	struct arena arena;
	struct secret_key keys[PEOPLE];
	struct str sets[4]; /* version n at n - 1 */
};

static inline void office_begin(struct office *office)
{
	*office = (struct office){ .sets = { STR_NONE } };
	arena_init(&office->arena);
	for (size_t i = 0; i < PEOPLE; i++)
		assert_true(secret_key_new(&office->keys[i], NULL));
}

static inline void office_end(struct office *office)
{
	for (size_t i = 0; i < PEOPLE; i++)
		secret_key_free(&office->keys[i]);
	arena_release(&office->arena);
}

static inline struct str text_of(struct office *office, const struct keyset *keyset)
{
	struct buf text;
	struct str copy;

	buf_init(&text, KEYSET_MAX);
	keyset_format(keyset, &text);
	copy = arena_copy(&office->arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

/* The next version; from this index on the key of `who` is as `state` says. */
static inline struct str office_revoke(struct office *office, uint32_t version, int who,
				       enum key_state state, uint64_t from)
{
	static const char *const holders[] = { "root", "author", "approver" };
	static const unsigned roles[] = { ROLE_ROOT, ROLE_AUTHOR, ROLE_APPROVER };
	struct keyset_key keys[3];
	struct keyset keyset = { .site = STR("press.example"),
				 .version = version,
				 .has_previous = version > 1,
				 .issued = 1795451641,
				 .expires = 1895451641,
				 .quorum_root = 1,
				 .quorum_publish = 1,
				 .quorum_withdraw = 1,
				 .keys = keys,
				 .key_count = 3 };
	struct buf log;

	buf_init(&log, VKEY_MAX);
	vkey_format(STR("press.example/log"), VKEY_NOTE, office->keys[ROOT].public.key, &log);
	keyset.log = buf_str(&log);
	if (version > 1)
		keyset.previous = hash_of(office->sets[version - 2]);
	for (int i = 0; i < 3; i++)
		keys[i] = (struct keyset_key){ .key = office->keys[i].public,
					       .holder = str_from(holders[i]),
					       .roles = roles[i],
					       .state = i == who ? state : KEY_GOOD,
					       .bad_from = i == who ? from : 0 };
	office->sets[version - 1] = text_of(office, &keyset);
	buf_release(&log);
	return office->sets[version - 1];
}

/* The next version; `stolen` is somebody whose key is compromised from this index on. */
static inline struct str office_keyset(struct office *office, uint32_t version, int stolen,
				       uint64_t from)
{
	return office_revoke(office, version, stolen, KEY_COMPROMISED, from);
}

static inline void leaf_sign(struct office *office, struct leaf *leaf, int who, struct str file)
{
	struct buf text;

	buf_init(&text, SIGNATURE_FILE_MAX);
	assert_true(signature_make(&office->keys[who], file, STR("for a test"), &text, NULL));
	assert_true(signature_parse(arena_copy(&office->arena, buf_str(&text)),
				    &leaf->signatures[leaf->signature_count++], NULL));
	buf_release(&text);
}

static inline struct leaf leaf_of_keys(struct office *office, uint32_t version)
{
	struct str file = office->sets[version - 1];
	struct leaf leaf = { .kind = LEAF_KEYS,
			     .id = STR(LEAF_ID_KEYS),
			     .revision = version,
			     .hash = hash_of(file),
			     .has_previous = version > 1,
			     .keys = version,
			     .time = 1795451641 };

	if (version > 1)
		leaf.previous = hash_of(office->sets[version - 2]);
	leaf_sign(office, &leaf, ROOT, file);
	return leaf;
}

/* Of any text; the rules do not read it. */
static inline struct leaf leaf_of_file(struct office *office, uint32_t revision, struct str file,
				       struct str before, int who)
{
	struct leaf leaf = { .kind = LEAF_RELEASE,
			     .id = STR("0123456789abcdef0123456789abcdef"),
			     .revision = revision,
			     .change = revision > 1 ? STR("update") : STR(""),
			     .hash = hash_of(file),
			     .has_previous = revision > 1,
			     .previous = hash_of(before),
			     .keys = 1,
			     .time = 1795451641 + revision };

	leaf_sign(office, &leaf, who, file);
	return leaf;
}

#endif
