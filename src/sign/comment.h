/*
 * comment - the first line of each of minisign's files, of which nothing depends.
 *
 * It is unsigned, so it is checked for what it could do to a terminal and then
 * forgotten. The words of ours are minisign's own: whoever compares the files of
 * the two programs finds no difference in form.
 */
#ifndef COMMUNIQUE_SIGN_COMMENT_H
#define COMMUNIQUE_SIGN_COMMENT_H

#include <communique/lines.h>

#define COMMENT_PREFIX "untrusted comment: "
#define TRUSTED_COMMENT_PREFIX "trusted comment: "
#define PUBLIC_KEY_COMMENT COMMENT_PREFIX "minisign public key "
#define SECRET_KEY_COMMENT COMMENT_PREFIX "minisign encrypted secret key"
#define SIGNATURE_COMMENT COMMENT_PREFIX "signature from minisign secret key"

static inline bool take_comment(struct lines *lines, struct fault *why)
{
	struct str line;

	if (!lines_next(lines, &line, why))
		return false;
	if (!str_starts(line, STR(COMMENT_PREFIX)))
		return lines_fail(lines, why, "this line begins with \"%s\"", COMMENT_PREFIX);
	return true;
}

#endif
