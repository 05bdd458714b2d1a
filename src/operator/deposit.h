/*
 * deposit - a folder that is there whole or not at all.
 *
 * It is written under another name, `.communique-part` beside it, and each file is synced. At the
 * end its folders are synced, it gets its own name, and that is synced, too. What a kill leaves
 * behind is removed by the next deposit beside it; a lock tells that from one that is being made.
 */
#ifndef COMMUNIQUE_OPERATOR_DEPOSIT_H
#define COMMUNIQUE_OPERATOR_DEPOSIT_H

#include <communique/digest.h>
#include <communique/file.h>

struct deposit {
	const char *folder;
	struct path parent, part;
	unsigned folder_mode, file_mode;
	int lock;
	bool is_open;
};

/* CONFLICT: there is something of that name. BUSY: another one is being made beside it. */
bool deposit_open(struct deposit *deposit, const char *folder, unsigned folder_mode,
		  unsigned file_mode, struct fault *why);
/* `name` is relative, without "." and ".."; what is there already is not replaced. */
bool deposit_put(const struct deposit *deposit, struct str name, struct str bytes,
		 struct fault *why);
bool deposit_copy(const struct deposit *deposit, struct str name, int from, struct stream_hash *out,
		  struct fault *why);
void deposit_remove(const struct deposit *deposit, struct str name); /* not there: fine */
bool deposit_has(const struct deposit *deposit, struct str name);
/* The same file under one name more; False: it cannot be, such as on another disk. */
bool deposit_link(const struct deposit *deposit, struct str name, const char *from);
bool deposit_finish(struct deposit *deposit, struct fault *why);
/* One that is not finished is removed. */
void deposit_close(struct deposit *deposit);

#endif
