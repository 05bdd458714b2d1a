#include <errno.h>
#include <unistd.h>

#include <communique/arena.h>
#include <communique/bytes.h>
#include <communique/file.h>
#include <communique/limits.h>
#include <communique/lines.h>

#include "logstate.h"

#define FORMAT "communique log state v1"

enum { STATE_MAX = 2048 };

static bool take_place(struct str *words, struct log_place *out)
{
	struct str size = str_cut(words, ' '), root = str_cut(words, ' ');
	size_t len;

	return str_to_u64(size, LOG_LEAVES_MAX, &out->size) &&
	       base64_decode(out->root.at, HASH_SIZE, &len, root) && len == HASH_SIZE;
}

static bool take_word(struct str *line, struct str word)
{
	if (!str_starts(*line, word))
		return false;
	*line = str_skip(*line, word.len);
	return true;
}

static bool parse(struct str text, struct str origin, struct logstate *out)
{
	struct lines lines = lines_begin(text, LOG_STOPPED);
	struct str line;

	*out = (struct logstate){ .has_next = false };
	if (!lines_next(&lines, &line, NULL) || !str_equal(line, STR(FORMAT)) ||
	    !lines_next(&lines, &line, NULL) || !str_equal(line, origin) ||
	    !lines_next(&lines, &line, NULL) || !take_word(&line, STR("at ")) ||
	    !take_place(&line, &out->at) || str_given(line))
		return false;
	if (lines.rest.len == 0)
		return true;
	out->has_next = true;
	return lines_next(&lines, &line, NULL) && take_word(&line, STR("next ")) &&
	       take_place(&line, &out->next) && str_to_u64(line, UINT64_MAX, &out->before) &&
	       lines.rest.len == 0;
}

bool logstate_read(const char *path, struct str origin, struct logstate *out, bool *there,
		   struct fault *why)
{
	struct fault inside;
	struct buf text;
	bool ok;

	*there = access(path, F_OK) == 0 || errno != ENOENT;
	if (!*there)
		return true;
	buf_init(&text, STATE_MAX);
	ok = file_read(path, &text, &inside);
	if (!ok)
		fail(why, LOG_STOPPED, "%s", inside.says);
	else if (!parse(buf_str(&text), origin, out))
		ok = fail(why, LOG_STOPPED,
			  "%s is not the state file of the log %s (communiqued(8), STOPPED LOG)",
			  path, QUOTE(origin));
	buf_release(&text);
	return ok;
}

static void add_place(struct buf *out, const char *word, const struct log_place *place)
{
	buf_addf(out, "%s %llu ", word, (unsigned long long)place->size);
	buf_add_base64(out, place->root.at, HASH_SIZE);
}

bool logstate_may_write(const char *path, struct fault *why)
{
	struct str folder = str_from(path);
	struct fault inside;
	struct arena arena;
	bool ok;

	while (folder.len && folder.at[folder.len - 1] != '/')
		folder = str_first(folder, folder.len - 1);
	arena_init(&arena);
	ok = access(folder.len ? arena_cstr(&arena, folder) : ".", W_OK | X_OK) == 0;
	if (!ok) {
		fail_errno(&inside, "cannot write in the folder of %s", path);
		fail(why, LOG_STOPPED, "the log's state file: %s", inside.says);
	}
	arena_release(&arena);
	return ok;
}

/* What passes when there is room again stops nothing. */
static bool is_of_disk(enum fault_kind kind)
{
	return kind == DISK_FULL || kind == DISK_FAILED;
}

bool logstate_write(const char *path, struct str origin, const struct logstate *state,
		    struct fault *why)
{
	struct fault inside;
	struct buf text;
	bool ok;

	buf_init(&text, STATE_MAX);
	buf_addf(&text, FORMAT "\n%.*s\n", STR_ARG(origin));
	add_place(&text, "at", &state->at);
	buf_add_char(&text, '\n');
	if (state->has_next) {
		add_place(&text, "next", &state->next);
		buf_addf(&text, " %llu\n", (unsigned long long)state->before);
	}
	must(!text.full);
	ok = file_write(path, buf_str(&text), 0600, &inside) ||
	     fail(why, is_of_disk(inside.kind) ? inside.kind : LOG_STOPPED,
		  "the log's state file: %s", inside.says);
	buf_release(&text);
	return ok;
}
