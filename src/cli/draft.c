#include <communique/clock.h>
#include <communique/digest.h>
#include <communique/limits.h>
#include <communique/terminal.h>

#include "draft.h"
#include "keyfile.h"

bool keyset_fetch(struct desk *desk, struct keyset **out, struct fault *why)
{
	struct desk_request request = { .method = "GET", .target = STR("/admin/keys") };
	struct desk_answer answer;
	struct keyset_state *sets;
	size_t count;

	if (!desk_ask(desk, &request, &answer, why) ||
	    !answer_keysets(desk->arena, answer.body, &sets, &count, why))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (sets[i].in_force)
			return keyset_parse(desk->arena, sets[i].text, out, why);
	}
	return fail(why, NOT_FOUND, "the server has no key set in force yet");
}

bool draft_fetch(struct desk *desk, const struct edition *edition, struct str *file,
		 struct hash *hash, struct fault *why)
{
	struct desk_request request = { .method = "GET",
					.target = edition_path(desk->arena, edition) };
	struct desk_answer answer;
	struct str expected;

	if (!desk_ask(desk, &request, &answer, why))
		return false;
	if (answer.body.len > RELEASE_FILE_MAX)
		return fail(why, TOO_LARGE, "the draft is larger than a release file can be");
	*file = answer.body;
	*hash = hash_of(answer.body);
	expected = arena_printf(desk->arena, "\"%s\"", HASH_TEXT(hash));
	if (answer.etag.len && !str_equal(answer.etag, expected))
		return fail(why, BROKEN, "the server names another hash than that of its bytes");
	return true;
}

bool draft_sign(struct desk *desk, const struct edition *edition, struct str file,
		struct draft_state *out, struct desk_answer *answer, struct fault *why)
{
	struct str path = edition_path(desk->arena, edition);
	struct hash hash = hash_of(file);
	struct desk_request request = { .method = "PUT", .has_body = true, .type = DESK_TEXT };
	struct buf signature;
	bool ok;

	request.target = arena_printf(desk->arena, "%.*s/signatures/%s", STR_ARG(path),
				      KEY_ID_TEXT(&desk->key->public.id));
	request.if_match = &hash;
	buf_init(&signature, SIGNATURE_FILE_MAX);
	ok = signature_make(desk->key, file,
			    signature_comment(desk->arena, edition_file_name(desk->arena, edition),
					      clock_now()),
			    &signature, why) &&
	     buf_check(&signature, why);
	if (ok) {
		request.body = buf_str(&signature);
		ok = desk_ask(desk, &request, answer, why) &&
		     answer_draft(desk->arena, answer->body, out, why);
	}
	buf_release(&signature);
	if (ok && out->hash.len && !str_equal(out->hash, str_from(HASH_TEXT(&hash))))
		return fail(why, BROKEN, "the server speaks of another file than was signed");
	return ok;
}

static enum tone state_tone(const struct draft_state *state)
{
	return str_equal(state->state, STR("waiting")) ? TONE_DOUBT : TONE_GOOD;
}

/* --- who is missing ------------------------------------------------------------------- */

static bool holder_signed(const struct draft_state *state, struct str holder)
{
	for (size_t i = 0; i < state->signer_count; i++) {
		if (str_equal(state->signers[i].holder, holder))
			return true;
	}
	return false;
}

static bool holder_listed(const struct keyset *keys, size_t before, struct str holder,
			  unsigned roles)
{
	for (size_t i = 0; i < before; i++) {
		const struct keyset_key *key = &keys->keys[i];

		if (key->state == KEY_GOOD && (key->roles & roles) &&
		    str_equal(key->holder, holder))
			return true;
	}
	return false;
}

/* From a quorum of two on, one of the holders must be an approver (keyset.h). */
static bool approver_missing(const struct draft_state *state, const struct keyset *keys)
{
	if (state->need < 2)
		return false;
	for (size_t i = 0; keys && i < keys->key_count; i++) {
		if ((keys->keys[i].roles & ROLE_APPROVER) &&
		    holder_signed(state, keys->keys[i].holder))
			return false;
	}
	return keys || state->approver_missing;
}

static void print_who_may(const struct draft_state *state, const struct keyset *keys,
			  unsigned roles)
{
	size_t count = 0;

	for (size_t i = 0; keys && i < keys->key_count; i++) {
		const struct keyset_key *key = &keys->keys[i];

		if (key->state != KEY_GOOD || !(key->roles & roles) ||
		    holder_signed(state, key->holder) || holder_listed(keys, i, key->holder, roles))
			continue;
		printf("%s%.*s", count++ ? ", " : "may sign: ", STR_ARG(key->holder));
	}
	if (count)
		putchar('\n');
}

static void print_waiting(struct desk *desk, const struct draft_state *state)
{
	unsigned long long missing = state->need > state->have ? state->need - state->have : 0;
	struct keyset *keys = NULL;
	bool approver;

	/* Nice to know, and no reason to fail: the signature is safely there. */
	if (!keyset_fetch(desk, &keys, NULL))
		keys = NULL;
	approver = approver_missing(state, keys);
	printf(": %llu of %llu signature%s", (unsigned long long)state->have,
	       (unsigned long long)state->need, state->need == 1 ? "" : "s");
	if (approver && missing > 1)
		printf("; %llu more, one of them an approver's", missing);
	else if (approver)
		printf("; an approver is missing");
	else if (missing)
		printf("; %llu more %s missing", missing, missing == 1 ? "is" : "are");
	putchar('\n');
	print_who_may(state, keys,
		      approver && missing <= 1 ? ROLE_APPROVER : ROLE_AUTHOR | ROLE_APPROVER);
}

void draft_print_state(struct desk *desk, const struct draft_state *state)
{
	struct str address = desk_address(desk, state->address);

	printf("%s", terminal_tone(stdout, state_tone(state)));
	terminal_print(stdout, state->state);
	printf("%s", terminal_tone(stdout, TONE_PLAIN));
	if (str_equal(state->state, STR("waiting"))) {
		print_waiting(desk, state);
		printf("address: ");
	} else if (str_equal(state->state, STR("scheduled"))) {
		printf(": public from ");
		terminal_print(stdout, state->public_at);
		printf("\naddress: ");
	} else {
		printf(": ");
	}
	terminal_print(stdout, address);
	putchar('\n');
}

void draft_print_signers(FILE *to, const struct draft_state *state)
{
	for (size_t i = 0; i < state->signer_count; i++) {
		fputs(i ? ", " : "", to);
		terminal_print(to, state->signers[i].holder);
		fputs(" (", to);
		terminal_print(to, state->signers[i].key_id);
		fputs(")", to);
	}
	if (state->signer_count == 0)
		fputs("nobody", to);
}
