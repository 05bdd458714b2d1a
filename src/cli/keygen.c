/*
 * keygen - a new key pair, in minisign's own files.
 */
#include <unistd.h>

#include <communique/file.h>
#include <communique/limits.h>

#include "commands.h"
#include "keyfile.h"

/* Asked before a password is, as nobody likes to choose one for nothing. That
 * nothing is overwritten is file_create's doing, not this look's. */
static bool nothing_there(const char *path, struct fault *why)
{
	if (access(path, F_OK) != 0)
		return true;
	return fail(why, CONFLICT, "%s is there already; keys are never overwritten", path);
}

static bool write_secret(const struct call *call, const struct secret_key *key, const char *path,
			 struct fault *why)
{
	struct secret password = { 0 }, file = { 0 };
	bool ok;

	if (!call_flag(call, "no-password") && !password_choose(call, &password, why))
		return false;
	ok = secret_key_format(key, (char *)password.at, &file, why) &&
	     file_create(path, (struct str){ (const char *)file.at, file.len }, 0600, why);
	secret_free(&password);
	secret_free(&file);
	return ok;
}

static bool write_pair(const struct call *call, const struct secret_key *key,
		       const char *secret_path, const char *public_path, struct fault *why)
{
	struct buf file;
	bool ok;

	if (!write_secret(call, key, secret_path, why))
		return false;
	buf_init(&file, KEY_FILE_MAX);
	public_key_format(&key->public, &file);
	ok = buf_check(&file, why) && file_create(public_path, buf_str(&file), 0644, why);
	buf_release(&file);
	/* A secret key whose public one was never seen is good for nothing. */
	if (!ok)
		unlink(secret_path);
	return ok;
}

static void print_pair(const struct secret_key *key, const char *secret_path,
		       const char *public_path)
{
	struct buf text;

	buf_init(&text, KEY_FILE_MAX);
	public_key_format_text(&key->public, &text);
	printf("key     %s\nsecret  %s\npublic  %s\n        %.*s\n", KEY_ID_TEXT(&key->public.id),
	       secret_path, public_path, STR_ARG(buf_str(&text)));
	buf_release(&text);
}

bool run_keygen(const struct call *call, struct fault *why)
{
	const char *name = call_option(call, "output") ? call_option(call, "output") : "communique";
	const char *secret_path = arena_printf(call->arena, "%s.key", name).at;
	const char *public_path = arena_printf(call->arena, "%s.pub", name).at;
	struct secret_key key = { 0 };
	bool ok;

	if (call_flag(call, "no-password") && call_flag(call, "password-file"))
		return fail(why, USAGE, "--no-password and --password-file exclude each other");
	if (!sign_start(why) || !nothing_there(secret_path, why) ||
	    !nothing_there(public_path, why) || !secret_key_new(&key, why))
		return false;
	ok = write_pair(call, &key, secret_path, public_path, why);
	if (ok)
		print_pair(&key, secret_path, public_path);
	secret_key_free(&key);
	return ok;
}
