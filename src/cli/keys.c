/*
 * keys show, keys new, keys sign, keys publish - who may sign for the site.
 *
 * A key set is a file of its own: made here, read by people, signed by the roots,
 * then handed in. Nothing is in force before both quorums of roots have signed.
 */
#include <communique/checkpoint.h>
#include <communique/clock.h>
#include <communique/file.h>
#include <communique/keyset.h>
#include <communique/limits.h>
#include <communique/terminal.h>

#include "answer.h"
#include "commands.h"
#include "draft.h"
#include "keyfile.h"
#include "keyset_next.h"
#include "output.h"

static bool read_keyset(const struct call *call, const char *path, struct keyset **out,
			struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	struct buf file;
	struct str text;
	bool ok;

	buf_init(&file, KEYSET_MAX);
	ok = file_read(path, &file, why);
	text = arena_copy(call->arena, buf_str(&file));
	buf_release(&file);
	if (ok && !keyset_parse(call->arena, text, out, &inside))
		ok = fail(why, inside.kind, "%s, %s", path, inside.says);
	return ok;
}

/* --- keys show ------------------------------------------------------------------------- */

/* `next`: the set behind it in the list; NULL when it is the last. */
static void print_state(const struct keyset_state *set, const struct keyset_state *next)
{
	printf("%s# version %llu, ", terminal_tone(stdout, TONE_STRONG),
	       (unsigned long long)set->version);
	if (set->superseded && next)
		printf("superseded by version %llu", (unsigned long long)next->version);
	else if (set->superseded)
		printf("superseded");
	else
		printf(set->in_force ? "in force" : "not in force");
	printf(", signed by %llu of %llu roots", (unsigned long long)set->have,
	       (unsigned long long)set->need);
	if (set->need_now)
		printf(" and by %llu of %llu of the set before", (unsigned long long)set->have_now,
		       (unsigned long long)set->need_now);
	printf("\n# sha256 ");
	terminal_print(stdout, set->hash);
	printf("%s\n", terminal_tone(stdout, TONE_PLAIN));
	terminal_print(stdout, set->text);
}

static bool show_server(const struct call *call, struct desk *desk, struct fault *why)
{
	struct desk_request request = { .method = "GET", .target = STR("/admin/keys") };
	struct desk_answer answer;
	struct keyset_state *sets;
	size_t count;

	if (!desk_ask(desk, &request, &answer, why) ||
	    !answer_keysets(call->arena, answer.body, &sets, &count, why))
		return false;
	if (call_flag(call, "json")) {
		output_bytes(answer.body);
		return true;
	}
	for (size_t i = 0; i < count; i++) {
		if (i)
			putchar('\n');
		print_state(&sets[i], i + 1 < count ? &sets[i + 1] : NULL);
	}
	return true;
}

static bool show_file(const struct call *call, struct fault *why)
{
	struct keyset *keys;

	if (call_flag(call, "json"))
		return fail(why, USAGE, "--json is for the server's key sets");
	if (!sign_start(why) || !read_keyset(call, call->arguments[0], &keys, why))
		return false;
	printf("# version %u of %.*s, sha256 %s\n", keys->version, STR_ARG(keys->site),
	       HASH_TEXT(&keys->hash));
	terminal_print(stdout, keys->text);
	return true;
}

bool run_keys_show(const struct call *call, struct fault *why)
{
	struct secret_key key = { 0 };
	struct desk desk;
	bool ok;

	if (call->argument_count == 1)
		return show_file(call, why);
	ok = desk_open_for_call(call, &key, &desk, why) && show_server(call, &desk, why);
	secret_key_free(&key);
	return ok;
}

/* --- keys new ------------------------------------------------------------------------------ */

/* Nice to know, and no reason to fail: how long the server's log is. */
static uint64_t log_size(struct desk *desk)
{
	struct desk_request request = { .method = "GET", .target = STR("/log/checkpoint") };
	struct desk_answer answer;
	struct checkpoint checkpoint;

	if (!desk_ask(desk, &request, &answer, NULL) ||
	    !checkpoint_parse(answer.body, &checkpoint, NULL))
		return UINT64_MAX;
	return checkpoint.size;
}

/* An index that is too large revokes nothing of what was signed, and nobody would notice. */
static void note_indexes(const struct keyset *keys, uint64_t size)
{
	for (size_t i = 0; i < keys->key_count; i++) {
		const struct keyset_key *key = &keys->keys[i];

		if (key->state != KEY_GOOD && key->bad_from > size)
			fprintf(stderr,
				"note: the public log has %llu leaves; revoked from index %llu on, "
				"the key %s keeps all that it has signed\n",
				(unsigned long long)size, (unsigned long long)key->bad_from,
				KEY_ID_TEXT(&key->key.id));
	}
}

/* *size is that of the server's log; UINT64_MAX when it is not known. */
static bool read_current(const struct call *call, struct keyset **out, uint64_t *size,
			 struct fault *why)
{
	const char *from = call_option(call, "from");
	struct secret_key key = { 0 };
	struct desk desk;
	bool ok;

	*size = UINT64_MAX;
	if (from)
		return sign_start(why) && read_keyset(call, from, out, why);
	ok = desk_open_for_call(call, &key, &desk, why) && keyset_fetch(&desk, out, why);
	if (ok && call_flag(call, "revoke"))
		*size = log_size(&desk);
	secret_key_free(&key);
	return ok;
}

bool run_keys_new(const struct call *call, struct fault *why)
{
	const char *to = call_option(call, "output");
	struct keyset *now, *next;
	uint64_t size;

	if (!to)
		return fail(why, USAGE, "say with -o FILE where the key set goes");
	if (!read_current(call, &now, &size, why) || !keyset_next(call, now, &next, why) ||
	    !file_create(to, next->text, 0644, why))
		return false;
	note_indexes(next, size);
	printf("%s\n", to);
	return true;
}

/* --- keys sign ------------------------------------------------------------------------------- */

static bool sign_keyset(const struct call *call, const struct keyset *keys,
			const struct secret_key *key, struct fault *why)
{
	const char *path = call->arguments[0];
	const char *to = arena_printf(call->arena, "%s.minisig", path).at;
	const struct keyset_key *own = keyset_find(keys, &key->public.id);
	struct buf signature;
	bool ok;

	/* Version 1 has no other roots. A root of the set before may have left with a later
	 * one, which needs that one's signature all the same: said, not refused. */
	if (keys->version == 1 && (!own || !(own->roles & ROLE_ROOT)))
		return fail(why, ROLE_MISSING, "the key %s is no root of this key set",
			    KEY_ID_TEXT(&key->public.id));
	if (own && !(own->roles & ROLE_ROOT))
		return fail(why, ROLE_MISSING,
			    "the key %s, of %s, is no root of this key set (of the one before? "
			    "communique "
			    "sign --any signs for that)",
			    KEY_ID_TEXT(&key->public.id), QUOTE(own->holder));
	if (!own)
		fprintf(stderr, "note: your key is not in this key set; its signature counts only "
				"if it is a root of the set before\n");
	buf_init(&signature, SIGNATURE_FILE_MAX);
	ok = signature_make(key, keys->text,
			    signature_comment(call->arena, path_name(str_from(path)), clock_now()),
			    &signature, why) &&
	     buf_check(&signature, why) && file_write(to, buf_str(&signature), 0644, why);
	buf_release(&signature);
	if (ok)
		printf("%s\n", to);
	return ok;
}

bool run_keys_sign(const struct call *call, struct fault *why)
{
	struct secret_key key = { 0 };
	struct keyset *keys;
	bool ok = sign_start(why) && read_keyset(call, call->arguments[0], &keys, why) &&
		  keyfile_open(call, &key, why) && sign_keyset(call, keys, &key, why);

	secret_key_free(&key);
	return ok;
}

/* --- keys publish ------------------------------------------------------------------------------
 */

static bool put_keyset(struct desk *desk, const struct keyset *keys, struct fault *why)
{
	struct desk_request request = { .method = "PUT",
					.has_body = true,
					.body = keys->text,
					.type = DESK_TEXT,
					.label = "uploading" };
	struct desk_answer answer;

	request.target = arena_printf(desk->arena, "/admin/keys/%u", keys->version);
	return desk_ask(desk, &request, &answer, why);
}

static bool put_signature(struct desk *desk, const struct keyset *keys, const char *path,
			  struct str text, struct keyset_state *state, struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	struct desk_request request = { .method = "PUT",
					.has_body = true,
					.body = text,
					.type = DESK_TEXT,
					.if_match = &keys->hash };
	struct desk_answer answer;
	struct signature signature;

	if (!signature_parse(text, &signature, &inside))
		return fail(why, inside.kind, "%s, %s", path, inside.says);
	request.target = arena_printf(desk->arena, "/admin/keys/%u/signatures/%s", keys->version,
				      KEY_ID_TEXT(&signature.id));
	return desk_ask(desk, &request, &answer, why) &&
	       answer_keyset(desk->arena, answer.body, state, why);
}

static bool put_signature_file(struct desk *desk, const struct keyset *keys, const char *path,
			       struct keyset_state *state, struct fault *why)
{
	struct buf file;
	bool ok;

	buf_init(&file, SIGNATURE_FILE_MAX);
	ok = file_read(path, &file, why) &&
	     put_signature(desk, keys, path, buf_str(&file), state, why);
	buf_release(&file);
	return ok;
}

static bool publish_keyset(const struct call *call, struct desk *desk, const struct keyset *keys,
			   struct fault *why)
{
	const char *own = arena_printf(call->arena, "%s.minisig", call->arguments[0]).at;
	struct keyset_state state = { 0 };
	bool ok = put_keyset(desk, keys, why);

	if (ok && call->argument_count == 1)
		ok = put_signature_file(desk, keys, own, &state, why);
	for (size_t i = 1; ok && i < call->argument_count; i++)
		ok = put_signature_file(desk, keys, call->arguments[i], &state, why);
	if (!ok)
		return false;
	printf("version %u: %s, %llu of %llu roots", keys->version,
	       state.in_force ? "in force" : "waiting", (unsigned long long)state.have,
	       (unsigned long long)state.need);
	if (state.need_now)
		printf(", %llu of %llu of the set before", (unsigned long long)state.have_now,
		       (unsigned long long)state.need_now);
	putchar('\n');
	return true;
}

bool run_keys_publish(const struct call *call, struct fault *why)
{
	struct secret_key key = { 0 };
	struct keyset *keys;
	struct desk desk;
	bool ok = sign_start(why) && read_keyset(call, call->arguments[0], &keys, why) &&
		  desk_open_for_call(call, &key, &desk, why) &&
		  publish_keyset(call, &desk, keys, why);

	secret_key_free(&key);
	return ok;
}
