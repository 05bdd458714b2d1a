/*
 * keyfile - an editor's secret key, from its file to memory and back.
 *
 * Passwords come from --password-file (its first line) or are asked on the
 * terminal without echo. They and the keys live in secret memory only.
 */
#ifndef CLI_KEYFILE_H
#define CLI_KEYFILE_H

#include <communique/command.h>
#include <communique/minisign.h>

#define PASSWORD_MAX 1024 /* minisign's own */

/* The key that --key or `key =` names; secret_key_free() it. */
bool keyfile_open(const struct call *call, struct secret_key *out, struct fault *why);

/* A new password, asked twice or from --password-file; NUL-terminated. */
bool password_choose(const struct call *call, struct secret *out, struct fault *why);

/* minisign's trusted comment: when, which file, and that it was hashed first. */
struct str signature_comment(struct arena *arena, struct str name, int64_t now);

/* The file's own name, without its folders. */
struct str path_name(struct str path);

#endif
