#include <communique/clock.h>
#include <communique/limits.h>
#include <communique/terminal.h>

#include "config.h"
#include "keyfile.h"

/* A file that is not there is no answer to a question: the program could not. */
static enum fault_kind could_not(enum fault_kind kind)
{
	return kind == NOT_FOUND ? BROKEN : kind;
}

/* Its length; a line may end as Windows ends it. */
static size_t first_line(const struct secret *file)
{
	size_t len = str_find((struct str){ (const char *)file->at, file->len }, '\n');

	return len > 0 && len < file->len && file->at[len - 1] == '\r' ? len - 1 : len;
}

static bool password_read_file(const char *path, struct secret *out, struct fault *why)
{
	struct secret file = { 0 };
	struct fault inside;
	size_t len;

	if (!secret_read_file(&file, path, PASSWORD_MAX, &inside))
		return fail(why, could_not(inside.kind), "--password-file: %s", inside.says);
	len = first_line(&file);
	if (len == 0) {
		secret_free(&file);
		return fail(why, INVALID, "--password-file: the first line of %s is empty", path);
	}
	if (secret_new(out, len + 1, why)) {
		memcpy(out->at, file.at, len);
		out->at[len] = '\0';
	}
	secret_free(&file);
	return out->at != NULL;
}

static bool password_ask(const char *question, struct secret *out, struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };

	if (!secret_new(out, PASSWORD_MAX + 1, why))
		return false;
	if (terminal_password(question, (char *)out->at, out->len, &inside))
		return true;
	secret_free(out);
	return fail(why, inside.kind, "%s%s", inside.says,
		    inside.kind == USAGE ? "; --password-file FILE is for scripts" : "");
}

static bool password_get(const struct call *call, const char *question, struct secret *out,
			 struct fault *why)
{
	const char *path = call_option(call, "password-file");

	return path ? password_read_file(path, out, why) : password_ask(question, out, why);
}

bool password_choose(const struct call *call, struct secret *out, struct fault *why)
{
	struct secret again = { 0 };
	bool ok;

	if (!password_get(call, "New password: ", out, why))
		return false;
	if (call_option(call, "password-file"))
		return true;
	ok = password_ask("The same again: ", &again, why);
	if (ok && strcmp((char *)out->at, (char *)again.at) != 0)
		ok = fail(why, INVALID, "these were two different passwords; nothing was made");
	if (ok && out->at[0] == '\0')
		ok = fail(why, USAGE, "for a key without a password say --no-password");
	secret_free(&again);
	if (!ok)
		secret_free(out);
	return ok;
}

static bool open_with_password(const struct call *call, const char *path, struct str file,
			       struct secret_key *out, struct fault *why)
{
	struct secret password = { 0 };
	struct str question = arena_printf(call->arena, "Password for %s: ", path);
	bool ok;

	if (!password_get(call, question.at, &password, why))
		return false;
	ok = secret_key_parse(file, (char *)password.at, out, why);
	secret_free(&password);
	return ok;
}

/* The two files of a pair are easily taken for each other. */
static const char *hint_of(struct str file)
{
	struct public_key public;

	return public_key_parse(file, &public, NULL) ? " (is this the .pub file? --key wants the "
						       ".key)"
						     : "";
}

bool keyfile_open(const struct call *call, struct secret_key *out, struct fault *why)
{
	struct secret bytes = { 0 };
	struct fault inside = { .kind = NO_FAULT };
	struct str file;
	const char *path;
	bool ok;

	if (!config_need(call, "key", &path, why))
		return false;
	if (!secret_read_file(&bytes, path, KEY_FILE_MAX, &inside))
		return fail(why, could_not(inside.kind), "%s", inside.says);
	file = (struct str){ (const char *)bytes.at, bytes.len };
	if (secret_key_has_password(file))
		ok = open_with_password(call, path, file, out, &inside);
	else
		ok = secret_key_parse(file, NULL, out, &inside);
	if (!ok)
		fail(why, inside.kind, "%s%s %s%s", path, inside.line ? "," : ":", inside.says,
		     hint_of(file));
	secret_free(&bytes);
	return ok;
}

struct str path_name(struct str path)
{
	while (str_find(path, '/') < path.len)
		path = str_skip(path, str_find(path, '/') + 1);
	return path;
}

struct str signature_comment(struct arena *arena, struct str name, int64_t now)
{
	return arena_printf(arena, "timestamp:%lld\tfile:%.*s\thashed", (long long)now,
			    STR_ARG(name));
}
