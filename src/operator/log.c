/*
 * log - the public log by hand: its checkpoint, and its witnesses where the desk does not ask them.
 */
#include <unistd.h>

#include <communique/file.h>
#include <communique/logbook.h>
#include <communique/note.h>
#include <communique/vkey.h>

#include "config.h"
#include "witness.h"

static bool open_log(const struct call *call, enum store_mode mode, struct config *config,
		     struct newsroom *newsroom, struct store **store, struct fault *why)
{
	if (!config_read(call->arena, config_path(call), config, why) ||
	    !config_become_owner(config, why) || !config_open_store(config, mode, store, why))
		return false;
	config_newsroom(config, newsroom);
	newsroom->store = *store;
	return newsroom_check(newsroom, why);
}

/* For the day on which a key set names it: see communiqued(8), ANOTHER LOG KEY. */
static bool make_next_key(const char *path, struct secret_key *key, struct fault *why)
{
	struct secret file = { NULL, 0 };
	bool ok = secret_key_format(key, NULL, &file, why) &&
		  file_create(path, (struct str){ (const char *)file.at, file.len }, 0600, why);

	secret_free(&file);
	return ok;
}

bool command_log_key(const struct call *call, struct fault *why)
{
	struct secret_key key;
	struct config config;
	struct str name, path;
	struct buf vkey;
	bool ok;

	if (!config_read(call->arena, config_path(call), &config, why) ||
	    !config_become_owner(&config, why) || !secret_key_new(&key, why))
		return false;
	name = arena_printf(call->arena, "%.*s/log", STR_ARG(config.site.name));
	path = arena_printf(call->arena, "%s.next", config.log_key);
	buf_init(&vkey, VKEY_MAX);
	vkey_format(name, VKEY_NOTE, key.public.key, &vkey);
	ok = make_next_key(path.at, &key, why);
	if (ok) {
		fprintf(stderr, "made %.*s; a key set that names it makes it the log's\n",
			STR_ARG(path));
		printf("%.*s\n", STR_ARG(buf_str(&vkey)));
	}
	secret_key_free(&key);
	buf_release(&vkey);
	return ok;
}

bool command_log_checkpoint(const struct call *call, struct fault *why)
{
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	struct store_txn *txn = NULL;
	struct log_head head;
	bool ok;

	ok = open_log(call, STORE_READER, &config, &newsroom, &store, why) &&
	     store_read_begin(store, &txn, why) &&
	     (reading_log(txn, &head) ||
	      (store_check(txn, why) && fail(why, NOT_FOUND, "nothing is signed yet")));
	if (ok)
		fwrite(head.checkpoint.at, 1, head.checkpoint.len, stdout);
	store_read_end(&txn);
	store_close(&store);
	return ok;
}

bool command_log_request(const struct call *call, struct fault *why)
{
	const char *text = call_option(call, "old");
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	struct buf body;
	uint64_t old = 0;
	bool ok;

	if (text && !str_to_u64(str_from(text), INT64_MAX, &old))
		return fail(why, USAGE, "--old takes the size that the witness saw last");
	buf_init(&body, LOG_PROOF_MAX);
	ok = open_log(call, STORE_READER, &config, &newsroom, &store, why) &&
	     witness_body(&newsroom, old, &body, why);
	if (ok)
		fwrite(body.at, 1, body.len, stdout);
	store_close(&store);
	buf_release(&body);
	return ok;
}

/* Before the first write, as the desk does it. */
static bool recover(const struct config *config, struct newsroom *newsroom, struct fault *why)
{
	bool ok;

	config_open_logbook(config, newsroom);
	ok = logbook_recover(newsroom, why);
	logbook_close(&newsroom->logbook);
	return ok;
}

bool command_log_add(const struct call *call, struct fault *why)
{
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	struct buf answer;
	size_t added = 0;
	bool ok;

	buf_init(&answer, NOTE_MAX);
	ok = file_read(call->arguments[0], &answer, why) &&
	     open_log(call, STORE_WRITER, &config, &newsroom, &store, why) &&
	     recover(&config, &newsroom, why) &&
	     logbook_cosign(&newsroom, buf_str(&answer), &added, why) &&
	     (added > 0 || fail(why, INVALID,
				"there is no signature of a witness that the key "
				"set names"));
	if (ok)
		printf("%zu signature%s of witnesses added\n", added, added == 1 ? "" : "s");
	store_close(&store);
	buf_release(&answer);
	return ok;
}

/* The store must be sound first: what the state file says stays so. */
static bool resume(const struct config *config, struct newsroom *newsroom, struct str known,
		   struct fault *why)
{
	uint64_t rows = 0, differences = 0;

	if (!fsck_print(newsroom, &rows, &differences, why))
		return false;
	if (differences > 0)
		return fail(why, INVALID, "fsck finds %llu difference%s",
			    (unsigned long long)differences, differences == 1 ? "" : "s");
	config_open_logbook(config, newsroom);
	return logbook_resume(newsroom, known, why);
}

/* A no is the answer to what was asked, not a failure of ours. A state file that is there and stops
 * the log cannot be understood, and stands in the way of the new one. */
static bool refuse_resume(const struct config *config, const struct fault *inside,
			  struct fault *why)
{
	enum fault_kind kind = inside->kind == LOG_STOPPED ? INVALID : inside->kind;

	if (inside->kind == LOG_STOPPED && access(config->log_state, R_OK) == 0)
		return fail(why, kind, "%s: move it away, then `communiqued log resume`",
			    inside->says);
	return fail(why, kind, "%s", inside->says);
}

static bool resume_whole(const struct config *config, struct newsroom *newsroom, struct str known,
			 struct fault *why)
{
	struct fault inside;
	bool ok = resume(config, newsroom, known, &inside) || refuse_resume(config, &inside, why);

	logbook_close(&newsroom->logbook);
	return ok;
}

bool command_log_resume(const struct call *call, struct fault *why)
{
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	struct buf known;
	bool ok;

	buf_init(&known, NOTE_MAX);
	ok = file_read(call->arguments[0], &known, why) &&
	     open_log(call, STORE_READER, &config, &newsroom, &store, why) &&
	     resume_whole(&config, &newsroom, buf_str(&known), why);
	if (ok)
		fprintf(stderr, "made %s: the log goes on\n", config.log_state);
	store_close(&store);
	buf_release(&known);
	return ok;
}
