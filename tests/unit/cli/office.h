/*
 * office - a release and a key set for the tests of the commands.
 */
#ifndef TESTS_CLI_OFFICE_H
#define TESTS_CLI_OFFICE_H

#include "program.h"

#include <communique/clock.h>
#include <communique/keyset.h>
#include <communique/vkey.h>

#define RELEASE_TEXT                                                                               \
	"Site: press.example\nRelease: 2026-11-23-harbour\nLanguage: en\n"                         \
	"Revision: 1\nDate: 2026-11-23\nKind: press-release\nTitle: A Harbour\n\n"                 \
	"1. The harbour opens.\n\n2. Everyone may come.\n"

/* Key pairs author.key, approver.key, root.key and so on, without a password. */
static inline void office_key(struct folder *folder, const char *name)
{
	struct result made = RUN(folder, "keygen", "-o", name, "--no-password");

	assert_status(made, 0);
}

static inline void office_add_key(struct folder *folder, struct keyset *keys, const char *name,
				  unsigned roles)
{
	struct str file = folder_read(folder, arena_printf(&folder->arena, "%s.pub", name).at);
	struct keyset_key *key = &keys->keys[keys->key_count++];

	assert_true(public_key_parse(file, &key->key, NULL));
	key->holder = str_from(name);
	key->roles = roles;
}

/* keys-1.txt: a root, an author and an approver, of whom two must sign. */
static inline struct str office_keyset(struct folder *folder)
{
	static const unsigned char log_key[32] = { 1 };
	struct keyset_key list[4] = { 0 };
	struct keyset keys = { .site = STR("press.example"),
			       .version = 1,
			       .issued = clock_now(),
			       .expires = clock_now() + 86400,
			       .quorum_root = 1,
			       .quorum_publish = 2,
			       .quorum_withdraw = 1,
			       .keys = list };
	struct buf log, text;

	buf_init(&log, 1024);
	buf_init(&text, 1 << 16);
	vkey_format(STR("press.example/log"), VKEY_NOTE, log_key, &log);
	keys.log = buf_str(&log);
	office_add_key(folder, &keys, "root", ROLE_ROOT);
	office_add_key(folder, &keys, "author", ROLE_AUTHOR);
	office_add_key(folder, &keys, "approver", ROLE_APPROVER);
	keyset_format(&keys, &text);
	assert_true(file_write(folder_path(folder, "keys-1.txt"), buf_str(&text), 0644, NULL));
	buf_release(&log);
	buf_release(&text);
	return folder_read(folder, "keys-1.txt");
}

#endif
