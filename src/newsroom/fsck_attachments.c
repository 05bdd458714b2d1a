/* Attachments: each row has its file, whose bytes are what its name says. */
#include <fcntl.h>
#include <unistd.h>

#include <communique/digest.h>

#include "fsck.h"

static void check_file(struct fsck *fsck, const struct hash *hash, uint64_t size)
{
	struct str folder = str_from(fsck->newsroom->files), path;
	char name[ATTACHMENT_PATH_SIZE];
	struct arena arena;
	struct stream_hash found;
	struct fault why;
	int fd;

	arena_init(&arena);
	path = arena_printf(&arena, "%.*s/%s", STR_ARG(folder), attachment_file(name, hash));
	fd = open(arena_cstr(&arena, path), O_RDONLY | O_CLOEXEC);
	arena_release(&arena);
	if (fd < 0) {
		fail_errno(&why, "the attachment %s: its file cannot be opened", name);
		fsck_says(fsck, "%s", why.says);
		return;
	}
	if (!hash_stream(fd, -1, &found, &why))
		fsck_says(fsck, "the attachment %s: its file cannot be read", name);
	else if (found.size != size || !hash_equal(&found.hash, hash))
		fsck_says(fsck, "the attachment %s: its file has other bytes", name);
	close(fd);
}

static void check_attachment(struct fsck *fsck, struct str key, struct str value)
{
	struct attachment_row row;
	struct hash hash;

	if (key.len != HASH_SIZE || !unpack_attachment(value, &row, NULL)) {
		fsck_says(fsck, "ATTACHMENTS: a row that cannot be read: %s", QUOTE(key));
		return;
	}
	memcpy(hash.at, key.at, HASH_SIZE);
	if (fsck->newsroom->files)
		check_file(fsck, &hash, row.size);
}

void fsck_attachments(struct fsck *fsck)
{
	fsck_walk(fsck, TABLE_ATTACHMENTS, check_attachment);
}
