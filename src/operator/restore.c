/*
 * restore - a site out of a backup.
 *
 * All is held against the backup's hashes while it is copied, and the store against itself, before
 * it gets its name; so a store that is there is whole. Nothing that is there is replaced: a site's
 * own store least of all, and not its configuration, nor its log's state, which decides whether
 * the log may go on from what was restored.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/clock.h>
#include <communique/logbook.h>
#include <communique/terminal.h>

#include "config.h"
#include "deposit.h"
#include "owner.h"
#include "resettle.h"
#include "saved.h"

struct restore {
	const struct call *call;
	const char *folder; /* the site's */
	const char *store;  /* in it */
	struct saved saved;
	struct deposit deposit;
	struct buf moved; /* settings whose paths led elsewhere */
	uint64_t rows, differences;
};

/* --- the store ---------------------------------------------------------------------- */

#define STORE "store/"

static bool copy_one(struct restore *restore, struct str name, const struct hash *hash,
		     struct fault *why)
{
	struct stream_hash copied;
	struct path path;
	bool ok;
	int from;

	if (!path_join(&path, restore->saved.folder, name, why))
		return false;
	from = open(path.at, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (from < 0)
		return fail_errno(why, "cannot open %s", path.at);
	ok = deposit_copy(&restore->deposit, str_skip(name, strlen(STORE)), from, &copied, why);
	close(from);
	if (!ok || hash_equal(&copied.hash, hash))
		return ok;
	return fail(why, INVALID, "%s is not what " MANIFEST_NAME " says", path.at);
}

static bool copy_store(struct restore *restore, struct fault *why)
{
	const struct manifest *manifest = &restore->saved.manifest;

	for (size_t i = 0; i < manifest->paths.count; i++) {
		struct str name = manifest->paths.texts[i];

		if (str_starts(name, STR(STORE)) &&
		    !copy_one(restore, name, &manifest->hashes[i], why))
			return false;
		terminal_progress("files", i + 1, manifest->paths.count);
	}
	return true;
}

/* As the desk would open it, which also makes the lock file that readers need. */
static bool check_store(struct restore *restore, struct fault *why)
{
	const char *part = restore->deposit.part.at;
	struct config config;
	struct newsroom newsroom;
	struct path conf, files;
	bool ok;

	if (!path_join(&conf, restore->saved.folder, STR("communique.conf"), why) ||
	    !path_join(&files, part, STR("files"), why) ||
	    !config_read(restore->call->arena, conf.at, &config, why))
		return false;
	config_newsroom(&config, &newsroom);
	newsroom.files = files.at;
	if (!store_open(&newsroom.store, part, STORE_WRITER, NULL, why))
		return false;
	ok = newsroom_check(&newsroom, why) &&
	     fsck_print(&newsroom, &restore->rows, &restore->differences, why);
	store_close(&newsroom.store);
	return ok;
}

/* --- the other files ------------------------------------------------------------------ */

static void say_kept(const struct restore *restore, const char *path, struct str bytes)
{
	struct buf there;

	buf_init(&there, THEME_FILE_MAX);
	if (!file_read(path, &there, NULL) || !str_equal(buf_str(&there), bytes))
		fprintf(stderr, "%s: %s is there already, and stays as it is\n",
			restore->call->program, path);
	buf_release(&there);
}

/* `kept`: there is one already, which stays. */
static bool put_bytes(const struct restore *restore, struct str name, struct str bytes, bool *kept,
		      struct fault *why)
{
	struct fault inside;
	struct path path;

	*kept = false;
	if (!folder_make_above(restore->folder, name, 0755, why) ||
	    !path_join(&path, restore->folder, name, why))
		return false;
	if (file_create(path.at, bytes, 0644, &inside))
		return true;
	if (inside.kind != CONFLICT)
		return fail(why, inside.kind, "%s", inside.says);
	*kept = true;
	say_kept(restore, path.at, bytes);
	return true;
}

static bool put_config(struct restore *restore, struct str name, struct str bytes,
		       struct fault *why)
{
	bool has_png = manifest_find(&restore->saved.manifest, STR("logo.png")) != NULL;
	struct str logo = has_png ? STR("logo.png") : STR("logo.svg");
	struct buf text;
	bool ok, kept;

	buf_init(&text, CONFIG_MAX);
	ok = resettle(restore->call->arena, restore->folder, logo, bytes, &text, &restore->moved,
		      why) &&
	     put_bytes(restore, name, buf_str(&text), &kept, why);
	if (!ok || kept)
		buf_clear(&restore->moved);
	buf_release(&text);
	return ok;
}

static bool put_one(struct restore *restore, struct str name, struct fault *why)
{
	bool is_config = str_equal(name, STR("communique.conf")), ok, kept;
	struct buf bytes;

	buf_init(&bytes, THEME_FILE_MAX);
	ok = saved_read(&restore->saved, name, &bytes, why) &&
	     (is_config ? put_config(restore, name, buf_str(&bytes), why)
			: put_bytes(restore, name, buf_str(&bytes), &kept, why));
	buf_release(&bytes);
	return ok;
}

/* Before anything is written: of a backup that is refused nothing is left. */
static bool check_one(struct restore *restore, struct str name, struct fault *why)
{
	struct buf bytes;
	bool ok;

	buf_init(&bytes, THEME_FILE_MAX);
	ok = saved_read(&restore->saved, name, &bytes, why);
	buf_release(&bytes);
	return ok;
}

typedef bool take_other(struct restore *restore, struct str name, struct fault *why);

static bool each_other(struct restore *restore, take_other *take, struct fault *why)
{
	const struct set *paths = &restore->saved.manifest.paths;

	for (size_t i = 0; i < paths->count; i++) {
		struct str name = paths->texts[i];

		if (!str_starts(name, STR(STORE)) && !str_equal(name, STR("backup.txt")) &&
		    !take(restore, name, why))
			return false;
	}
	return true;
}

/* --- what is told ----------------------------------------------------------------------- */

static bool is_same_folder(const char *one, const char *other)
{
	struct stat a, b;

	return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static void say_missing(const struct config *config, const char *setting)
{
	const char *path = settings_path(config->settings, setting);

	if (path && !path_is_there(path))
		printf("%s = %s is not there: put it back.\n", setting, path);
}

/* Whether the log could go on, and what it lacks. */
static void say_log(const struct restore *restore, const struct config *config)
{
	struct newsroom newsroom;
	struct fault why;
	bool ok;

	config_newsroom(config, &newsroom);
	if (!config_open_store(config, STORE_READER, &newsroom.store, &why)) {
		printf("%s\n", why.says);
		return;
	}
	config_open_logbook(config, &newsroom);
	ok = newsroom_check(&newsroom, &why) && logbook_check(&newsroom, &why);
	logbook_close(&newsroom.logbook);
	store_close(&newsroom.store);
	if (ok)
		printf("The public log can go on from it.\n");
	else
		printf("%sNothing can be published yet: %s\n",
		       restore->differences ? "" : "It can be served. ", why.says);
}

static void say_differences(const struct restore *restore)
{
	if (restore->differences)
		printf("It is not whole: what differs, above, may fail when it is asked for.\n");
}

static void say_moved(const struct restore *restore, const char *conf)
{
	if (restore->moved.len)
		printf("%s: these paths are in this folder now, and their old lines comments: "
		       "%.*s\n",
		       conf, STR_ARG(buf_str(&restore->moved)));
}

static void say_what_next(const struct restore *restore)
{
	struct config config;
	struct path conf;
	struct fault why;

	if (!path_join(&conf, restore->folder, STR("communique.conf"), &why) ||
	    !config_read(restore->call->arena, conf.at, &config, &why)) {
		printf("%s\n", why.says);
		return;
	}
	if (!is_same_folder(config.store, restore->store)) {
		printf("%s says store = %s, not %s: see to its paths.\n", conf.at, config.store,
		       restore->store);
		return;
	}
	say_moved(restore, conf.at);
	say_missing(&config, "theme");
	say_missing(&config, "logo");
	say_missing(&config, "webhook-key");
	say_log(restore, &config);
}

static void say_restored(const struct restore *restore)
{
	const struct saved_about *about = &restore->saved.about;
	char made[TIME_SIZE];

	printf("%s: %.*s as of %.*s; %llu rows", restore->folder, STR_ARG(about->site),
	       STR_ARG(time_format(made, about->made)), (unsigned long long)restore->rows);
	printf(restore->differences ? "\n" : ", all in agreement\n");
	if (about->has_anchor)
		printf("The SHA-256 of its key set 1, to be compared with the one on paper:\n\n"
		       "  %s\n\n",
		       HASH_TEXT(&about->anchor));
	say_differences(restore);
	say_what_next(restore);
}

/* --- the command -------------------------------------------------------------------------- */

/* A folder may be there with keys, a configuration, a state file: but of no other site. */
static bool check_folder(const struct restore *restore, struct fault *why)
{
	const struct saved_about *about = &restore->saved.about;
	struct config config;
	struct path conf;

	if (!path_join(&conf, restore->folder, STR("communique.conf"), why))
		return false;
	if (!path_is_there(conf.at))
		return true;
	if (!config_read(restore->call->arena, conf.at, &config, why))
		return false;
	return str_equal(config.site.name, about->site) ||
	       fail(why, CONFLICT, "%s is of the site %s, the backup of %s", conf.at,
		    QUOTE(config.site.name), QUOTE(about->site));
}

static bool restore_all(struct restore *restore, struct fault *why)
{
	return check_folder(restore, why) && each_other(restore, check_one, why) &&
	       folder_make(restore->folder, 0755, why) &&
	       deposit_open(&restore->deposit, restore->store, 0750, 0640, why) &&
	       copy_store(restore, why) && check_store(restore, why) &&
	       each_other(restore, put_one, why) &&
	       owner_give(restore->deposit.part.at, restore->folder, why) &&
	       deposit_finish(&restore->deposit, why);
}

bool command_restore(const struct call *call, struct fault *why)
{
	struct restore restore = { .call = call, .folder = call->arguments[1], .deposit.lock = -1 };
	bool was_there = path_is_there(restore.folder), ok;

	buf_init(&restore.moved, CONFIG_MAX);
	restore.store = arena_printf(call->arena, "%s/store", restore.folder).at;
	ok = saved_open(&restore.saved, call->arena, call->arguments[0], why) &&
	     restore_all(&restore, why);
	deposit_close(&restore.deposit);
	if (!ok && !was_there)
		rmdir(restore.folder);
	if (ok)
		say_restored(&restore);
	buf_release(&restore.moved);
	saved_close(&restore.saved);
	if (!ok || restore.differences == 0)
		return ok;
	return fail(why, INVALID, "%s is restored, with %llu difference%s that the backup has, too",
		    restore.folder, (unsigned long long)restore.differences,
		    restore.differences == 1 ? "" : "s");
}
