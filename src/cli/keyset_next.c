#include <communique/clock.h>
#include <communique/file.h>
#include <communique/limits.h>

#include "keyset_next.h"

#define DAYS_DEFAULT 365
#define DAYS_MAX 3660
#define DAY 86400

/* NAME:ROLES:FILE.pub, as `communiqued init` takes it. */
static bool add_editor(const struct call *call, struct keyset *next, const char *given,
		       struct fault *why)
{
	struct str rest = arena_copy(call->arena, str_from(given));
	struct keyset_key *key = &next->keys[next->key_count];

	if (next->key_count == KEYSET_KEYS_MAX)
		return fail(why, INVALID, "a key set has at most %d keys", KEYSET_KEYS_MAX);
	key->holder = str_cut(&rest, ':');
	if (!str_given(rest) || !role_parse(str_cut(&rest, ':'), &key->roles, why) ||
	    !str_given(rest))
		return fail(why, USAGE,
			    "--editor wants NAME:ROLES:FILE.pub, ROLES like "
			    "author,approver");
	if (!public_key_read(arena_cstr(call->arena, rest), &key->key, why))
		return false;
	next->key_count++;
	return true;
}

static bool revoke_key(struct keyset *next, const char *given, struct fault *why)
{
	static const struct {
		const char *word;
		enum key_state state;
	} words[] = { { "lost", KEY_LOST },
		      { "left", KEY_LEFT },
		      { "compromised", KEY_COMPROMISED } };
	struct str rest = str_from(given), id_text = str_cut(&rest, ':'), word;
	struct key_id id;
	uint64_t index;

	word = str_cut(&rest, ':');
	if (!key_id_parse(id_text, &id) || !str_to_u64(rest, INT64_MAX, &index))
		return fail(why, USAGE, "--revoke wants KEYID:lost|left|compromised:INDEX");
	for (size_t i = 0; i < next->key_count; i++) {
		struct keyset_key *key = &next->keys[i];

		if (!key_id_equal(&key->key.id, &id) || key->state != KEY_GOOD)
			continue;
		for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
			if (str_equal(word, str_from(words[w].word)))
				key->state = words[w].state;
		}
		key->bad_from = index;
		return key->state != KEY_GOOD ||
		       fail(why, USAGE, "a key is revoked as lost, left or compromised");
	}
	return fail(why, INVALID, "the key set has no key %s that is in use", KEY_ID_TEXT(&id));
}

static bool number_option(const struct call *call, const char *name, unsigned most, unsigned *out,
			  struct fault *why)
{
	const char *given = call_option(call, name);
	uint64_t number;

	if (!given)
		return true;
	if (!str_to_u64(str_from(given), most, &number) || number == 0)
		return fail(why, USAGE, "--%s wants a number from 1 to %u", name, most);
	*out = (unsigned)number;
	return true;
}

static bool change_keys(const struct call *call, struct keyset *next, struct fault *why)
{
	const char *given;

	for (size_t n = 0; (given = call_option_nth(call, "editor", n)) != NULL; n++) {
		if (!add_editor(call, next, given, why))
			return false;
	}
	for (size_t n = 0; (given = call_option_nth(call, "revoke", n)) != NULL; n++) {
		if (!revoke_key(next, given, why))
			return false;
	}
	return number_option(call, "quorum-root", KEYSET_KEYS_MAX, &next->quorum_root, why) &&
	       number_option(call, "quorum-publish", KEYSET_KEYS_MAX, &next->quorum_publish, why) &&
	       number_option(call, "quorum-withdraw", KEYSET_KEYS_MAX, &next->quorum_withdraw, why);
}

/* Another key of the log, and witnesses: their own checks are the parser's. */
static bool change_log(const struct call *call, struct keyset *next, struct fault *why)
{
	const char *given = call_option(call, "log");

	if (given)
		next->log = str_from(given);
	if (call_flag(call, "no-witnesses"))
		next->witness_count = 0;
	for (size_t n = 0; (given = call_option_nth(call, "witness", n)) != NULL; n++) {
		if (next->witness_count == KEYSET_WITNESSES_MAX)
			return fail(why, INVALID, "a key set names at most %d witnesses",
				    KEYSET_WITNESSES_MAX);
		next->witnesses[next->witness_count++] = str_from(given);
	}
	return true;
}

/* Read back with the desk's own eyes before anybody signs it. */
static bool read_back(struct arena *arena, const struct keyset *next, struct keyset **out,
		      struct fault *why)
{
	struct buf text;
	bool ok;

	buf_init(&text, KEYSET_MAX);
	keyset_format(next, &text);
	ok = buf_check(&text, why) &&
	     keyset_parse(arena, arena_copy(arena, buf_str(&text)), out, why);
	buf_release(&text);
	return ok;
}

bool keyset_next(const struct call *call, const struct keyset *now, struct keyset **out,
		 struct fault *why)
{
	struct keyset next = *now;
	unsigned days = DAYS_DEFAULT;

	if (now->version == UINT32_MAX)
		return fail(why, INVALID, "there is no version after this one");
	next.version++;
	next.has_previous = true;
	next.previous = now->hash;
	next.keys = arena_array(call->arena, KEYSET_KEYS_MAX, sizeof *next.keys);
	for (size_t i = 0; i < now->key_count; i++)
		next.keys[i] = now->keys[i];
	if (!change_keys(call, &next, why) || !change_log(call, &next, why) ||
	    !number_option(call, "days", DAYS_MAX, &days, why))
		return false;
	next.issued = clock_now();
	next.expires = next.issued + (int64_t)days * DAY;
	return read_back(call->arena, &next, out, why) && keyset_follows(*out, now, why);
}
