/*
 * From one version of a key set to the next, and a key set as text.
 */
#include <communique/clock.h>

#include "quorum.h"

static void add_time(struct buf *out, const char *name, int64_t time)
{
	char text[TIME_SIZE];

	buf_addf(out, "%s ", name);
	buf_add(out, time_format(text, time));
	buf_add_char(out, '\n');
}

static void add_key(struct buf *out, const struct keyset_key *key)
{
	buf_add_text(out, key->state == KEY_GOOD ? "key " : "revoked ");
	public_key_format_text(&key->key, out);
	buf_addf(out, " %.*s ", STR_ARG(key->holder));
	role_format(key->roles, out);
	if (key->state != KEY_GOOD)
		buf_addf(out, " %s %llu", key_state_word(key->state),
			 (unsigned long long)key->bad_from);
	buf_add_char(out, '\n');
}

/* Those in force first, whatever their order in memory: the only order that is read. */
static void add_keys(struct buf *out, const struct keyset *keyset, bool good)
{
	for (size_t i = 0; i < keyset->key_count; i++)
		if ((keyset->keys[i].state == KEY_GOOD) == good)
			add_key(out, &keyset->keys[i]);
}

void keyset_format(const struct keyset *keyset, struct buf *out)
{
	buf_addf(out, "communique keys v1\nsite %.*s\nversion %u\nprevious %s\n",
		 STR_ARG(keyset->site), (unsigned)keyset->version,
		 keyset->has_previous ? HASH_TEXT(&keyset->previous) : "-");
	add_time(out, "issued", keyset->issued);
	add_time(out, "expires", keyset->expires);
	buf_addf(out, "quorum root %u\nquorum publish %u\nquorum withdraw %u\n",
		 keyset->quorum_root, keyset->quorum_publish, keyset->quorum_withdraw);
	buf_addf(out, "log %.*s\n", STR_ARG(keyset->log));
	for (size_t i = 0; i < keyset->witness_count; i++)
		buf_addf(out, "witness %.*s\n", STR_ARG(keyset->witnesses[i]));
	add_keys(out, keyset, true);
	add_keys(out, keyset, false);
}

static bool is_same_line(const struct keyset_key *a, const struct keyset_key *b)
{
	return a->state == b->state && a->roles == b->roles && a->bad_from == b->bad_from;
}

/* A key keeps its bytes and its holder for ever: otherwise two keys of one person
 * become two voices by a stroke of the pen, and old signatures change their author. */
static bool key_follows(const struct keyset_key *old, const struct keyset *next, struct fault *why)
{
	const struct keyset_key *now = keyset_find(next, &old->key.id);

	if (!now || memcmp(now->key.key, old->key.key, sizeof old->key.key) != 0)
		return fail(why, KEYS_MALFORMED,
			    "the key %s has gone; keys are revoked, never removed",
			    KEY_ID_TEXT(&old->key.id));
	if (!str_equal(now->holder, old->holder))
		return fail(why, KEYS_MALFORMED, "the key %s has another holder than before",
			    KEY_ID_TEXT(&old->key.id));
	if (old->state != KEY_GOOD && !is_same_line(old, now))
		return fail(why, KEYS_MALFORMED, "the revoked line of the key %s has changed",
			    KEY_ID_TEXT(&old->key.id));
	return true;
}

bool keyset_follows(const struct keyset *next, const struct keyset *now, struct fault *why)
{
	if (!now)
		return next->version == 1 ||
		       fail(why, KEYS_MALFORMED, "the first key set is version 1, this is %u",
			    (unsigned)next->version);
	if (!str_equal(next->site, now->site))
		return fail(why, KEYS_MALFORMED, "the key set before is for another site, %s",
			    QUOTE(now->site));
	if (next->version - 1 != now->version)
		return fail(why, KEYS_MALFORMED, "version %u is to be followed by %u, this is %u",
			    (unsigned)now->version, (unsigned)now->version + 1,
			    (unsigned)next->version);
	if (!next->has_previous || !hash_equal(&next->previous, &now->hash))
		return fail(why, KEYS_MALFORMED, "previous is not the hash of version %u",
			    (unsigned)now->version);
	for (size_t i = 0; i < now->key_count; i++)
		if (!key_follows(&now->keys[i], next, why))
			return false;
	return true;
}
