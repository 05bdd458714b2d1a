/*
 * program - runs the built `communique` in a folder of its own, as a script would.
 *
 * No terminal (a session of its own, so that /dev/tty does not open), a
 * configuration file in the folder, standard input from a file or empty.
 */
#ifndef TESTS_CLI_PROGRAM_H
#define TESTS_CLI_PROGRAM_H

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#undef fail /* cmocka's macro; here it is fault.h's function */

#include <communique/arena.h>
#include <communique/file.h>

#define give_up(...) (print_error(__VA_ARGS__), _fail(__FILE__, __LINE__))

struct folder {
	struct arena arena;
	char path[64];
	char program[4096];
};

struct result {
	int status;
	struct str out, err;
};

static inline const char *folder_path(struct folder *folder, const char *name)
{
	return arena_printf(&folder->arena, "%s/%s", folder->path, name).at;
}

static inline void folder_write(struct folder *folder, const char *name, const char *text)
{
	assert_true(file_write(folder_path(folder, name), str_from(text), 0644, NULL));
}

static inline struct str folder_read(struct folder *folder, const char *name)
{
	struct buf bytes;
	struct str text;

	buf_init(&bytes, 4 << 20);
	if (!file_read(folder_path(folder, name), &bytes, NULL))
		give_up("there is no %s", name);
	text = arena_copy(&folder->arena, buf_str(&bytes));
	buf_release(&bytes);
	return text;
}

static inline bool folder_has(struct folder *folder, const char *name)
{
	return access(folder_path(folder, name), F_OK) == 0;
}

static inline int folder_begin(void **state)
{
	struct folder *folder = calloc(1, sizeof *folder);
	const char *build = getenv("BUILD") ? getenv("BUILD") : "build";
	char relative[2048];

	arena_init(&folder->arena);
	memcpy(folder->path, "/tmp/communique-test-XXXXXX", 28);
	*state = folder;
	if (!mkdtemp(folder->path))
		return -1;
	snprintf(relative, sizeof relative, "%s/communique", build);
	if (!realpath(relative, folder->program))
		folder->program[0] = '\0';
	folder_write(folder, "config", "site = press.example\n");
	return 0;
}

static inline int folder_remove_one(const char *path, const struct stat *info, int kind,
				    struct FTW *where)
{
	(void)info;
	(void)kind;
	(void)where;
	return remove(path);
}

static inline int folder_end(void **state)
{
	struct folder *folder = *state;

	nftw(folder->path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
	arena_release(&folder->arena);
	free(folder);
	return 0;
}

static inline pid_t program_start(struct folder *folder, const char *input, char **argv)
{
	char config[128], home[128];
	char *environment[] = { config, home, (char *)"PATH=/usr/bin:/bin", NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	pid_t pid = -1;

	snprintf(config, sizeof config, "COMMUNIQUE_CONFIG=%s/config", folder->path);
	snprintf(home, sizeof home, "HOME=%s", folder->path);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, folder->path);
	posix_spawn_file_actions_addopen(&actions, 0, input ? input : "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "stdout", O_CREAT | O_TRUNC | O_WRONLY, 0600);
	posix_spawn_file_actions_addopen(&actions, 2, "stderr", O_CREAT | O_TRUNC | O_WRONLY, 0600);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
	if (posix_spawn(&pid, argv[0], &actions, &attributes, argv, environment) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return pid;
}

/* The words end with NULL. Paths are relative to the folder. */
static inline struct result program_run(struct folder *folder, const char *input,
					const char *const *words)
{
	char *argv[32] = { folder->program };
	struct result result = { .status = -1 };
	int status = 0;
	pid_t pid;

	for (size_t i = 0; words[i]; i++)
		argv[i + 1] = (char *)words[i];
	assert_string_not_equal(folder->program, ""); /* BUILD names a folder without it */
	pid = program_start(folder, input, argv);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		result.status = WEXITSTATUS(status);
	result.out = folder_read(folder, "stdout");
	result.err = folder_read(folder, "stderr");
	return result;
}

#define RUN(folder, ...) program_run(folder, NULL, (const char *const[]){ __VA_ARGS__, NULL })
#define RUN_WITH(folder, input, ...)                                                               \
	program_run(folder, input, (const char *const[]){ __VA_ARGS__, NULL })

static inline bool says(struct str text, const char *what)
{
	return str_find_str(text, str_from(what)) < text.len;
}

#define assert_says(text, what)                                                                    \
	do {                                                                                       \
		if (!says(text, what))                                                             \
			give_up("\"%s\" is not in: %.*s", what, STR_ARG(text));                    \
	} while (0)

/* With what the program said when it is another one. */
#define assert_status(result, expected)                                                            \
	do {                                                                                       \
		if ((result).status != (expected))                                                 \
			give_up("status %d, not %d: %.*s%.*s", (result).status, expected,          \
				STR_ARG((result).out), STR_ARG((result).err));                     \
	} while (0)

#endif
