#include <communique/keyset.h>

#include "quorum.h"

static const struct {
	const char *word;
	enum role role;
} role_words[] = {
	{ "root", ROLE_ROOT },
	{ "author", ROLE_AUTHOR },
	{ "approver", ROLE_APPROVER },
};
enum { ROLES = sizeof role_words / sizeof *role_words };

static const char *const state_words[] = {
	[KEY_GOOD] = "good",
	[KEY_LOST] = "lost",
	[KEY_LEFT] = "left",
	[KEY_COMPROMISED] = "compromised",
};

bool key_state_parse(struct str word, enum key_state *state)
{
	for (int i = KEY_LOST; i <= KEY_COMPROMISED; i++)
		if (str_equal(word, str_from(state_words[i]))) {
			*state = (enum key_state)i;
			return true;
		}
	return false;
}

const char *key_state_word(enum key_state state)
{
	return state_words[state];
}

static unsigned role_of(struct str word)
{
	for (size_t i = 0; i < ROLES; i++)
		if (str_equal(word, str_from(role_words[i].word)))
			return role_words[i].role;
	return 0;
}

bool role_parse(struct str words, unsigned *roles, struct fault *why)
{
	struct str rest = words;

	*roles = 0;
	if (!words.len)
		return fail(why, INVALID, "there is no role; there are root, author and approver");
	while (str_given(rest)) {
		struct str word = str_cut(&rest, ',');
		unsigned role = role_of(word);

		if (!role)
			return fail(why, INVALID,
				    "%s is not a role; there are root, author and approver",
				    QUOTE(word));
		if (*roles & role)
			return fail(why, INVALID, "the role %s stands twice", QUOTE(word));
		*roles |= role;
	}
	return true;
}

void role_format(unsigned roles, struct buf *out)
{
	bool first = true;

	for (size_t i = 0; i < ROLES; i++) {
		if (!(roles & role_words[i].role))
			continue;
		if (!first)
			buf_add_char(out, ',');
		buf_add_text(out, role_words[i].word);
		first = false;
	}
}

const struct keyset_key *keyset_find(const struct keyset *keyset, const struct key_id *id)
{
	for (size_t i = 0; i < keyset->key_count; i++)
		if (key_id_equal(&keyset->keys[i].key.id, id))
			return &keyset->keys[i];
	return NULL;
}

/* --- counting ------------------------------------------------------------------ */

static unsigned roles_of(enum quorum_of of)
{
	return of == QUORUM_ROOT ? ROLE_ROOT : ROLE_AUTHOR | ROLE_APPROVER;
}

void quorum_begin(struct quorum *quorum, const struct keyset *keyset, enum quorum_of of)
{
	*quorum = (struct quorum){ .keyset = keyset, .of = of };
	switch (of) {
	case QUORUM_ROOT:
		quorum->need = keyset->quorum_root;
		break;
	case QUORUM_PUBLISH:
		quorum->need = keyset->quorum_publish;
		break;
	case QUORUM_WITHDRAW:
		quorum->need = keyset->quorum_withdraw;
		break;
	}
}

static bool has_holder(const struct quorum *quorum, struct str holder)
{
	for (size_t i = 0; i < quorum->have; i++)
		if (str_equal(quorum->holders[i], holder))
			return true;
	return false;
}

bool quorum_add(struct quorum *quorum, const struct key_id *id)
{
	const struct keyset_key *key = keyset_find(quorum->keyset, id);

	if (!key || key->state != KEY_GOOD || !(key->roles & roles_of(quorum->of)))
		return false;
	quorum->approver |= (key->roles & ROLE_APPROVER) != 0;
	/* No quorum is larger than the room: whoever comes after it is full changes nothing. */
	if (!has_holder(quorum, key->holder) && quorum->have < QUORUM_MAX)
		quorum->holders[quorum->have++] = key->holder;
	return true;
}

bool quorum_reached(const struct quorum *quorum)
{
	bool needs_approver = quorum->of == QUORUM_PUBLISH && quorum->need >= 2;

	return quorum->need > 0 && quorum->have >= quorum->need &&
	       (quorum->approver || !needs_approver);
}

/* The quorums stand on the lines 7 to 9, in the order of the enum. */
static bool can_reach(const struct keyset *keyset, enum quorum_of of, const char *name,
		      struct fault *why)
{
	unsigned line = 7 + (unsigned)of;
	struct quorum all;

	_Static_assert(sizeof all.holders / sizeof *all.holders == QUORUM_MAX,
		       "a quorum fits where its holders are kept");
	quorum_begin(&all, keyset, of);
	for (size_t i = 0; i < keyset->key_count; i++)
		quorum_add(&all, &keyset->keys[i].key.id);
	if (quorum_reached(&all))
		return true;
	if (all.have >= all.need)
		return fail_line(why, KEYS_MALFORMED, line,
				 "quorum %s needs an approver, and there is none", name);
	return fail_line(why, KEYS_MALFORMED, line,
			 "quorum %s is %zu, and only %zu holders have keys for it", name, all.need,
			 all.have);
}

bool keyset_can_act(const struct keyset *keyset, struct fault *why)
{
	return can_reach(keyset, QUORUM_ROOT, "root", why) &&
	       can_reach(keyset, QUORUM_PUBLISH, "publish", why) &&
	       can_reach(keyset, QUORUM_WITHDRAW, "withdraw", why);
}
