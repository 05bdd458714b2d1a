/* Attachments: each row has its file, whose bytes are what its name says. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <communique/digest.h>

#include "fsck.h"

static bool hash_file(int fd, struct hash *out, uint64_t *size)
{
	crypto_hash_sha256_state state;
	unsigned char piece[65536];
	ssize_t got;

	*size = 0;
	crypto_hash_sha256_init(&state);
	while ((got = read(fd, piece, sizeof piece)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		crypto_hash_sha256_update(&state, piece, (size_t)got);
		*size += (uint64_t)got;
	}
	crypto_hash_sha256_final(&state, out->at);
	return true;
}

static void check_file(struct fsck *fsck, const struct hash *hash, uint64_t size)
{
	struct str folder = str_from(fsck->newsroom->files), path;
	char name[ATTACHMENT_PATH_SIZE];
	struct arena arena;
	struct hash found;
	uint64_t found_size = 0;
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
	if (!hash_file(fd, &found, &found_size))
		fsck_says(fsck, "the attachment %s: its file cannot be read", name);
	else if (found_size != size || !hash_equal(&found, hash))
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
