/*
 * backup - the whole site into a folder, while both services run.
 *
 * The order is what makes it consistent without stopping anybody:
 *
 *	1	the attachments that there are
 *	2	the store, as of one moment (store_copy)
 *	3	the attachments that this copy speaks of and that came in between
 *
 * An attachment that nobody refers to is swept when it is a week old, and not before; so what the
 * copy speaks of was either there at 1 or is too young to be swept before 3. What was copied at 1
 * and is swept by 2 is taken out again.
 */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <communique/clock.h>
#include <communique/json.h>

#include "backup.h"

/* --- the rest ----------------------------------------------------------------------- */

static bool put_bytes(struct backup *backup, struct str name, struct str bytes, struct fault *why)
{
	struct hash hash = hash_of(bytes);

	manifest_add(&backup->manifest, name, &hash);
	backup->bytes += bytes.len;
	return deposit_put(&backup->deposit, name, bytes, why);
}

static bool put_file(struct backup *backup, struct str name, const char *path, size_t most,
		     struct fault *why)
{
	struct buf bytes;
	bool ok;

	buf_init(&bytes, most);
	ok = file_read(path, &bytes, why) && put_bytes(backup, name, buf_str(&bytes), why);
	buf_release(&bytes);
	return ok;
}

static bool keep_theme_file(struct backup *backup, const char *folder, const char *file,
			    struct fault *why)
{
	struct arena *arena = backup->call->arena;
	struct str name = arena_printf(arena, "theme/%s", file);
	const char *path = arena_cstr(arena, arena_printf(arena, "%s/%s", folder, file));

	/* What a theme cannot have is not the site's, such as an editor's swap file. */
	return !manifest_takes_theme(str_from(file)) ||
	       put_file(backup, name, path, THEME_FILE_MAX, why);
}

static bool keep_theme(struct backup *backup, struct fault *why)
{
	const char *folder = settings_path(backup->config.settings, "theme");
	struct dirent *entry;
	bool ok = true;
	DIR *dir;

	if (!folder)
		return true;
	dir = opendir(folder);
	if (!dir)
		return fail_errno(why, "cannot read the folder %s", folder);
	while (ok && (entry = readdir(dir)))
		ok = keep_theme_file(backup, folder, entry->d_name, why);
	closedir(dir);
	return ok;
}

static bool keep_logo(struct backup *backup, struct fault *why)
{
	const char *logo = settings_path(backup->config.settings, "logo");
	bool is_png = logo && str_ends(str_from(logo), STR(".png"));

	return !logo ||
	       put_file(backup, is_png ? STR("logo.png") : STR("logo.svg"), logo, LOGO_MAX, why);
}

static bool put_about(struct backup *backup, struct fault *why)
{
	struct buf text;
	bool ok;

	buf_init(&text, MANIFEST_MAX);
	saved_about_format(&backup->about, &text);
	ok = put_bytes(backup, STR("backup.txt"), buf_str(&text), why);
	buf_clear(&text);
	manifest_format(&backup->manifest, &text);
	ok = ok && buf_check(&text, why) &&
	     deposit_put(&backup->deposit, STR(MANIFEST_NAME), buf_str(&text), why);
	buf_release(&text);
	return ok;
}

static bool keep_all(struct backup *backup, struct fault *why)
{
	return backup_keep_before(backup, why) && backup_keep_store(backup, why) &&
	       backup_keep_rest(backup, why) &&
	       put_file(backup, STR("communique.conf"), config_path(backup->call), CONFIG_MAX,
			why) &&
	       keep_theme(backup, why) && keep_logo(backup, why) && put_about(backup, why) &&
	       deposit_finish(&backup->deposit, why);
}

/* --- the command -------------------------------------------------------------------- */

static bool is_folder(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* 2026-11-23T090000Z: sorts as moments do. */
enum { MOMENT_LEN = 18 };

static struct str moment_name(struct arena *arena, int64_t now)
{
	char text[TIME_SIZE];
	struct str time = time_format(text, now);

	return arena_printf(arena, "%.*s%.2s%.2sZ", 13, time.at, time.at + 14, time.at + 17);
}

static bool is_moment(const char *name)
{
	return strlen(name) == MOMENT_LEN && name[4] == '-' && name[10] == 'T' &&
	       name[MOMENT_LEN - 1] == 'Z';
}

static const char *newest_in(struct arena *arena, const char *folder)
{
	DIR *dir = opendir(folder);
	char newest[MOMENT_LEN + 1] = "";
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (is_moment(entry->d_name) && strcmp(entry->d_name, newest) > 0)
			memcpy(newest, entry->d_name, sizeof newest);
	}
	if (dir)
		closedir(dir);
	return newest[0] ? arena_printf(arena, "%s/%s", folder, newest).at : NULL;
}

/* A folder that is there already gets backups one beside the other, each named by its moment. */
static bool choose_folder(struct backup *backup, struct fault *why)
{
	struct arena *arena = backup->call->arena;
	const char *given = backup->call->arguments[0];

	backup->folder = given;
	backup->previous = call_option(backup->call, "link");
	if (backup->previous && !saved_is(backup->previous))
		return fail(why, BROKEN, "--link: %s is no backup", backup->previous);
	if (!is_folder(given))
		return true;
	if (saved_is(given))
		return fail(why, CONFLICT, "%s is a backup already", given);
	if (!backup->previous)
		backup->previous = newest_in(arena, given);
	backup->folder = arena_printf(arena, "%s/%.*s", given,
				      STR_ARG(moment_name(arena, backup->about.made)))
				 .at;
	return true;
}

static void print_json(const struct backup *backup)
{
	const struct saved_about *about = &backup->about;
	char made[TIME_SIZE];
	struct json json;
	struct buf out;

	buf_init(&out, CONFIG_MAX);
	json = json_begin(&out);
	json_object(&json);
	json_member_text(&json, "backup", str_from(backup->folder));
	json_member_text(&json, "site", about->site);
	json_member_text(&json, "made", time_format(made, about->made));
	json_member_number(&json, "files", (int64_t)backup->manifest.paths.count);
	json_member_number(&json, "bytes", (int64_t)backup->bytes);
	json_member_number(&json, "linked", (int64_t)backup->linked);
	json_member_number(&json, "left_out", (int64_t)backup->lost);
	json_member_number(&json, "log_size", about->has_log ? (int64_t)about->log_size : 0);
	json_member_text(&json, "anchor",
			 about->has_anchor ? str_from(HASH_TEXT(&about->anchor)) : STR_NONE);
	json_end(&json);
	printf("%.*s\n", STR_ARG(buf_str(&out)));
	buf_release(&out);
}

static void print_made(const struct backup *backup)
{
	bool is_small = backup->bytes < 1000000;

	printf("%s: %zu files, %.1f %s", backup->folder, backup->manifest.paths.count,
	       (double)backup->bytes / (is_small ? 1e3 : 1e6), is_small ? "KB" : "MB");
	if (backup->linked)
		printf(" (%llu attachments as before)", (unsigned long long)backup->linked);
	putchar('\n');
}

static bool make(struct backup *backup, struct fault *why)
{
	bool ok = choose_folder(backup, why) &&
		  deposit_open(&backup->deposit, backup->folder, 0700, 0600, why) &&
		  keep_all(backup, why);

	deposit_close(&backup->deposit);
	if (!ok)
		return false;
	if (call_flag(backup->call, "json"))
		print_json(backup);
	else
		print_made(backup);
	return backup->lost == 0 ||
	       fail(why, INVALID, "%s is made, without %llu attachment%s: see fsck", backup->folder,
		    (unsigned long long)backup->lost, backup->lost == 1 ? "" : "s");
}

bool command_backup(const struct call *call, struct fault *why)
{
	struct backup backup = { .call = call, .deposit.lock = -1 };
	struct store *store = NULL;
	bool ok;

	umask(077);
	if (!config_read(call->arena, config_path(call), &backup.config, why) ||
	    !config_open_store(&backup.config, STORE_READER, &store, why))
		return false;
	config_newsroom(&backup.config, &backup.newsroom);
	backup.newsroom.store = store;
	backup.about = (struct saved_about){ .site = backup.config.site.name, .made = clock_now() };
	manifest_init(&backup.manifest);
	ok = newsroom_check(&backup.newsroom, why) && make(&backup, why);
	manifest_release(&backup.manifest);
	free(backup.before.at);
	free(backup.in_copy.at);
	store_close(&store);
	return ok;
}
