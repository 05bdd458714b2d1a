/*
 * sign - FILE.minisig, as `minisign -S` would make it.
 *
 * A signature is the office's word, so a file that could never be published is
 * not signed by accident; --any is for all other files.
 */
#include <communique/clock.h>
#include <communique/file.h>
#include <communique/limits.h>
#include <communique/release.h>

#include "commands.h"
#include "keyfile.h"

/* --any is there for attachments, programs and the like. */
#define SIGNED_FILE_MAX ((size_t)256 * 1024 * 1024)

static bool sign_bytes(const struct call *call, const char *path, struct str bytes,
		       struct fault *why)
{
	const char *to = arena_printf(call->arena, "%s.minisig", path).at;
	struct secret_key key = { 0 };
	struct buf signature;
	bool ok;

	if (!keyfile_open(call, &key, why))
		return false;
	buf_init(&signature, SIGNATURE_FILE_MAX);
	ok = signature_make(&key, bytes,
			    signature_comment(call->arena, path_name(str_from(path)), clock_now()),
			    &signature, why) &&
	     buf_check(&signature, why) && file_write(to, buf_str(&signature), 0644, why);
	buf_release(&signature);
	secret_key_free(&key);
	if (ok)
		printf("%s\n", to);
	return ok;
}

bool run_sign(const struct call *call, struct fault *why)
{
	const char *path = call->arguments[0];
	struct fault inside = { .kind = NO_FAULT };
	struct release *release;
	struct buf bytes;
	bool ok;

	if (!sign_start(why))
		return false;
	buf_init(&bytes, call_flag(call, "any") ? SIGNED_FILE_MAX : RELEASE_FILE_MAX);
	ok = file_read(path, &bytes, why);
	if (ok && !call_flag(call, "any") &&
	    !release_parse(call->arena, buf_str(&bytes), &release, &inside))
		ok = fail(why, inside.kind, "%s, %s (--any signs other files)", path, inside.says);
	ok = ok && sign_bytes(call, path, buf_str(&bytes), why);
	buf_release(&bytes);
	return ok;
}
