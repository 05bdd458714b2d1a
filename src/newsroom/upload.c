/*
 * upload - a file on its way from an editor into the folder of attachments.
 *
 * The order is what makes a crash harmless at any line: the bytes are synced before the
 * file gets its name, the name is synced before the row is committed, and both happen
 * under the store's write lock, so that no sweep and no second upload of the same file
 * comes between.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/digest.h>
#include <communique/file.h>
#include <communique/log.h>

#include "desk.h"

#define SPOOL_PREFIX "upload-"

struct upload {
	struct newsroom *newsroom;
	struct arena arena;
	char *path; /* in the spool */
	int fd;
	bool moved;
	uint64_t size;
	struct body_digest digest;
};

static bool disk_fault(struct fault *why, const char *what)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return fail(why, DISK_FULL, "there is no room on the disk; nothing was kept");
	return fail_errno(why, "%s", what);
}

/* --- streaming ---------------------------------------------------------------------------- */

/* A disk that is too full says so now and not after half a gigabyte. Some file systems
 * cannot set space aside: then the writes will tell. */
static bool set_aside(int fd, uint64_t size, struct fault *why)
{
	if (size == 0 || fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size) == 0 ||
	    errno == EOPNOTSUPP || errno == ENOSYS || errno == EINTR)
		return true;
	return disk_fault(why, "cannot set space aside in the spool");
}

bool newsroom_upload_begin(struct newsroom *newsroom, uint64_t size, struct upload **out,
			   struct fault *why)
{
	struct upload *upload;

	*out = NULL;
	if (!newsroom->files || !newsroom->spool)
		return fail(why, BROKEN, "there is no folder for attachments");
	upload = calloc(1, sizeof *upload);
	must(upload != NULL);
	upload->newsroom = newsroom;
	arena_init(&upload->arena);
	upload->path =
		arena_cstr(&upload->arena, arena_printf(&upload->arena, "%s/%s", newsroom->spool,
							SPOOL_PREFIX "XXXXXX"));
	body_digest_begin(&upload->digest);
	upload->fd = mkostemp(upload->path, O_CLOEXEC);
	if (upload->fd < 0)
		disk_fault(why, "cannot write to the spool");
	else if (set_aside(upload->fd, size, why)) {
		*out = upload;
		return true;
	}
	newsroom_upload_end(&upload);
	return false;
}

bool newsroom_upload_add(struct upload *upload, struct str piece, struct fault *why)
{
	body_digest_add(&upload->digest, piece);
	upload->size += piece.len;
	while (piece.len > 0) {
		ssize_t done = write(upload->fd, piece.at, piece.len);

		if (done < 0 && errno != EINTR)
			return disk_fault(why, "cannot write to the spool");
		piece = str_skip(piece, done > 0 ? (size_t)done : 0);
	}
	return true;
}

void newsroom_upload_end(struct upload **upload)
{
	struct upload *ended = *upload;

	*upload = NULL;
	if (!ended)
		return;
	if (ended->fd >= 0) {
		if (!ended->moved)
			unlink(ended->path);
		close(ended->fd);
	}
	arena_release(&ended->arena);
	free(ended);
}

/* --- keeping ------------------------------------------------------------------------------- */

struct keeping {
	struct upload *upload;
	struct act act; /* its moment is the one inside the transaction */
	struct hash hash;
	bool created;
};

static const char *place_of(struct arena *arena, const struct newsroom *newsroom,
			    const struct hash *hash)
{
	return arena_cstr(arena,
			  arena_printf(arena, "%s/%s", newsroom->files,
				       attachment_file((char[ATTACHMENT_PATH_SIZE]){ 0 }, hash)));
}

/* Also when it is there already: the bytes are the same, and a lost file comes back. */
static bool move_in_place(struct keeping *keeping, struct fault *why)
{
	struct upload *upload = keeping->upload;
	const char *files = upload->newsroom->files;
	const char *path = place_of(&upload->arena, upload->newsroom, &keeping->hash);
	const char *folder =
		arena_cstr(&upload->arena, arena_printf(&upload->arena, "%s/%.2s", files,
							HASH_TEXT(&keeping->hash)));
	bool is_new = mkdir(folder, 0750) == 0;

	if (!is_new && errno != EEXIST)
		return disk_fault(why, "cannot make a folder for attachments");
	if (rename(upload->path, path) != 0)
		return disk_fault(why, "cannot move an upload to its place");
	upload->moved = true;
	return folder_sync(folder, why) && (!is_new || folder_sync(files, why));
}

/* May run twice, when the store grows: a file is moved once. */
static bool keep_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct keeping *keeping = ctx;
	struct store_key key = key_hash(&keeping->hash);
	struct attachment_row row = {
		.size = keeping->upload->size,
		.saved_at = keeping->act.now,
		.saved_by = keeping->act.key_id,
	};
	struct buf packed;
	struct str there;

	if (!act_begin(txn, &keeping->act, why))
		return false;
	keeping->created = !store_get(txn, TABLE_ATTACHMENTS, &key, &there);
	if (!store_check(txn, why) || (!keeping->upload->moved && !move_in_place(keeping, why)))
		return false;
	buf_init(&packed, RECORD_MAX);
	pack_attachment(&packed, &row);
	store_put(txn, TABLE_ATTACHMENTS, &key, buf_str(&packed));
	buf_release(&packed);
	act_done(txn, &keeping->act);
	return true;
}

bool attachment_unlink(struct store_txn *txn, const struct newsroom *newsroom,
		       const struct hash *hash, struct fault *why)
{
	struct store_key key = key_hash(hash);
	struct arena arena;
	struct str there;
	bool ok = true;

	if (store_get(txn, TABLE_ATTACHMENTS, &key, &there) || !store_check(txn, why))
		return store_check(txn, why);
	arena_init(&arena);
	if (unlink(place_of(&arena, newsroom, hash)) != 0 && errno != ENOENT)
		ok = fail_errno(why, "cannot remove an attachment");
	arena_release(&arena);
	return ok;
}

static bool take_back(struct store_txn *txn, void *ctx, struct fault *why)
{
	const struct keeping *keeping = ctx;

	return !attachments_may_go(keeping->upload->newsroom) ||
	       attachment_unlink(txn, keeping->upload->newsroom, &keeping->hash, why);
}

bool newsroom_upload_keep(struct upload *upload, const struct act *act,
			  const struct content_digest *announced, const struct hash *hash,
			  uint64_t *size, bool *created, struct fault *why)
{
	struct keeping keeping = { .upload = upload, .act = *act };

	if (!content_digest_check(announced, &upload->digest, &keeping.hash, why))
		return false;
	if (!hash_equal(&keeping.hash, hash))
		return fail(why, HASH_MISMATCH, "the hash of these bytes is %s",
			    HASH_TEXT(&keeping.hash));
	if (fchmod(upload->fd, 0640) != 0 || fsync(upload->fd) != 0)
		return disk_fault(why, "cannot sync an upload");
	if (!store_write(upload->newsroom->store, keep_work, &keeping, why)) {
		/* The start of the desk would find it too, but that may be months away. */
		if (upload->moved)
			store_write(upload->newsroom->store, take_back, &keeping, NULL);
		return false;
	}
	*size = upload->size;
	*created = keeping.created;
	return true;
}

/* --- what a crash left behind ---------------------------------------------------------------- */

typedef bool file_visitor(void *ctx, int folder, const char *name, struct fault *why);

/* A folder that is not there is empty. */
static bool visit_files(const char *path, file_visitor *visit, void *ctx, struct fault *why)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool ok = true;

	if (!dir)
		return errno == ENOENT || fail_errno(why, "cannot read the folder %s", path);
	while (ok && (entry = readdir(dir)))
		ok = visit(ctx, dirfd(dir), entry->d_name, why);
	closedir(dir);
	return ok;
}

static bool remove_from_spool(void *ctx, int folder, const char *name, struct fault *why)
{
	(void)ctx;
	if (!str_starts(str_from(name), STR(SPOOL_PREFIX)) || unlinkat(folder, name, 0) == 0)
		return true;
	return fail_errno(why, "cannot remove a broken-off upload");
}

static bool remove_without_row(void *ctx, int folder, const char *name, struct fault *why)
{
	struct store_txn *txn = ctx;
	struct hash hash;
	struct store_key key;
	struct stat file;
	struct str row;

	if (!hash_parse(str_from(name), &hash))
		return true;
	if (fstatat(folder, name, &file, AT_SYMLINK_NOFOLLOW) != 0)
		return fail_errno(why, "cannot look at %s", name);
	if (file.st_mtim.tv_sec + ATTACHMENT_UNUSED_SECONDS >= clock_now())
		return true;
	key = key_hash(&hash);
	if (store_get(txn, TABLE_ATTACHMENTS, &key, &row) || !store_check(txn, why))
		return store_check(txn, why);
	return unlinkat(folder, name, 0) == 0 || fail_errno(why, "cannot remove %s", name);
}

static bool clear_files(struct newsroom *newsroom, struct store_txn *txn, struct fault *why)
{
	struct arena arena;
	bool ok = true;

	arena_init(&arena);
	for (unsigned i = 0; ok && i < 256; i++)
		ok = visit_files(
			arena_cstr(&arena, arena_printf(&arena, "%s/%02x", newsroom->files, i)),
			remove_without_row, txn, why);
	arena_release(&arena);
	return ok;
}

static bool may_write(const char *folder, struct fault *why)
{
	return access(folder, W_OK | X_OK) == 0 ||
	       fail_errno(why, "uploads need to write in %s", folder);
}

/* A rename(2) does not cross file systems. */
static bool check_same_disk(const struct newsroom *newsroom, struct fault *why)
{
	struct stat files, spool;

	if (stat(newsroom->files, &files) != 0 || stat(newsroom->spool, &spool) != 0)
		return fail_errno(why, "cannot look at the folders of attachments and spool");
	return files.st_dev == spool.st_dev ||
	       fail(why, INVALID, "the spool and the store must lie on one file system");
}

bool newsroom_clear_leftovers(struct newsroom *newsroom, struct fault *why)
{
	struct store_txn *txn = NULL;
	bool ok;

	if (!newsroom->files || !newsroom->spool)
		return true;
	if (!folder_make(newsroom->files, 0750, why) || !check_same_disk(newsroom, why) ||
	    !may_write(newsroom->files, why) || !may_write(newsroom->spool, why) ||
	    !visit_files(newsroom->spool, remove_from_spool, NULL, why))
		return false;
	if (!attachments_may_go(newsroom))
		return true;
	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	ok = clear_files(newsroom, txn, why);
	store_read_end(&txn);
	return ok;
}
