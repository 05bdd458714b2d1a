/*
 * A release, in all the forms that have an address.
 *
 * The bytes behind r{n} never change, but a kill takes them away at once, and the page says
 * that there is a newer one: so none of them is to be kept in a cache without asking.
 */
#include "lists.h"

#include "attached.h"

#include <communique/keyset.h>
#include <communique/logbook.h>
#include <communique/reading.h>

struct shown {
	struct revision revision;
	struct str file;
	uint32_t newest;
	bool pinned;
	bool gone;
	struct revision kill;
};

/* The revision that the address means: the newest, or by its number. A killed one is found,
 * and gone. */
static bool find_revision(struct visit *visit, struct shown *out, struct fault *why)
{
	struct str language = visit->house->site->languages[visit->language];
	uint64_t number = 0;

	*out = (struct shown){ .pinned = str_given(visit->match.number) };
	if (visit->match.release.len > RELEASE_SLUG_MAX ||
	    !reading_release(visit->txn, language, visit->match.release, visit->now,
			     &out->revision))
		return store_check(visit->txn, why) && nothing_here(why);
	out->newest = out->revision.number;
	if (!out->pinned)
		number = out->newest;
	else if (!str_to_u64(visit->match.number, UINT32_MAX, &number))
		number = UINT32_MAX;
	out->gone = public_is_killed(visit, &out->revision, number, &out->kill);
	if (!out->pinned || out->gone)
		return store_check(visit->txn, why);
	if (number > out->newest || !reading_revision(visit->txn, language, visit->match.release,
						      (uint32_t)number, visit->now, &out->revision))
		return store_check(visit->txn, why) && nothing_here(why);
	return true;
}

static bool find_file(struct visit *visit, struct shown *out, struct fault *why)
{
	if (!find_revision(visit, out, why))
		return false;
	if (out->gone)
		return true;
	if (reading_file(visit->txn, &out->revision.hash, &out->file))
		return true;
	return store_check(visit->txn, why) &&
	       fail(why, BROKEN, "the file of a public revision is missing");
}

static struct str public_key_words(struct arena *arena, const struct public_key *key)
{
	struct buf text;
	struct str copy;

	buf_init(&text, PUBLIC_KEY_TEXT_LEN);
	public_key_format_text(key, &text);
	copy = arena_copy(arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

static bool add_signer(void *ctx, const struct signature_row *row)
{
	struct signers *signers = ctx;
	const struct keyset_key *key = NULL;

	if (signers->count == SIGNATURES_PER_FILE_MAX)
		return false;
	if (signers->keyset)
		key = keyset_find(signers->keyset, &row->key_id);
	signers->at[signers->count++] = (struct signer_view){
		.key_id = arena_copy(&signers->visit->arena, str_from(KEY_ID_TEXT(&row->key_id))),
		.holder = key ? key->holder : STR_NONE,
		.public_key = key ? public_key_words(&signers->visit->arena, &key->key) : STR_NONE,
	};
	return true;
}

void find_signers(struct visit *visit, const struct hash *hash, struct signers *out)
{
	struct keyset *keyset = NULL;
	uint32_t version;
	struct str text;

	if (reading_keyset(visit->txn, &version, &text))
		keyset_parse(&visit->arena, text, &keyset, NULL);
	out->visit = visit;
	out->keyset = keyset;
	find_signers_again(out, hash);
}

void find_signers_again(struct signers *signers, const struct hash *hash)
{
	signers->count = 0;
	reading_visit_signatures(signers->visit->txn, hash, add_signer, signers);
}

bool add_past(void *ctx, const struct revision *revision)
{
	struct past *past = ctx;
	struct release_view *view = past->view;

	if (revision->number > past->number || revision->change == CHANGE_MINOR)
		return true;
	if (!view->modified_at) {
		view->modified_at = revision->public_at;
		view->notice = revision->change;
		view->notice_note = revision->change_note;
	}
	if (revision->change == CHANGE_KILL)
		return false;
	if (revision->change == CHANGE_CORRECTION && view->correction_count < CORRECTIONS_SHOWN_MAX)
		past->corrections[view->correction_count++] =
			(struct correction){ revision->change_note, revision->public_at };
	return true;
}

void find_past(struct visit *visit, const struct revision *revision, struct release_view *view,
	       struct past *past)
{
	past->view = view;
	past->number = revision->number;
	view->corrections = past->corrections;
	reading_visit_history(visit->txn, revision->language, revision->slug, visit->now, add_past,
			      past);
}

typedef bool release_page(const struct page *page, const struct release_view *release,
			  struct buf *out, struct fault *why);

static void find_neighbours(struct visit *visit, const struct revision *revision,
			    struct release_view *view, struct list_entry room[2])
{
	struct revision found;

	if (reading_newer(visit->txn, revision, visit->now, &found)) {
		room[0] = list_entry_of(&found, false);
		view->newer = &room[0];
	}
	if (reading_older(visit->txn, revision, visit->now, &found)) {
		room[1] = list_entry_of(&found, false);
		view->older = &room[1];
	}
}

static bool make_release(struct visit *visit, const struct shown *shown, struct str path,
			 release_page *make, struct buf *out, struct fault *why)
{
	struct list_entry neighbours[2];
	struct str languages[SITE_LANGUAGES_MAX];
	struct disputes disputes = reading_disputes(visit->txn, &visit->arena);
	struct page page = public_page(visit, path);
	struct release_view view = {
		.hash = &shown->revision.hash,
		.first_public_at = shown->revision.public_at,
		.public_at = shown->revision.public_at,
		.accepted_at = shown->revision.accepted_at,
		.old = shown->revision.number != shown->newest,
		.pinned = shown->pinned,
		.languages = languages,
	};
	struct files files = files_public;
	struct signers signers;
	struct release *release;
	struct past past;

	if (!release_parse(&visit->arena, shown->file, &release, why))
		return false;
	view.release = release;
	view.sizes = public_sizes(visit, release);
	files.pictures = attached_pictures(visit, release);
	view.files = &files;
	reading_first_public(visit->txn, shown->revision.language, shown->revision.slug, visit->now,
			     &view.first_public_at);
	reading_beginning(visit->txn, &view.site_began_at);
	view.language_count = reading_languages(visit->txn, shown->revision.slug, visit->now,
						languages, SITE_LANGUAGES_MAX);
	if (!shown->pinned)
		find_neighbours(visit, &shown->revision, &view, neighbours);
	find_past(visit, &shown->revision, &view, &past);
	view.logged = reading_log_index(visit->txn, &shown->revision.hash, &view.log_index);
	view.disputed = disputes_has(&disputes, &shown->revision);
	find_signers(visit, &shown->revision.hash, &signers);
	view.signers = signers.at;
	view.signer_count = signers.count;
	return make(&page, &view, out, why);
}

static bool send_release(struct visit *visit, struct str path, const char *type, release_page *make,
			 struct fault *why)
{
	struct shown shown;
	struct buf made;

	if (!find_file(visit, &shown, why))
		return false;
	if (shown.gone) {
		public_gone(visit, &shown.kill);
		return true;
	}
	buf_init(&made, PAGE_MAX);
	if (make_release(visit, &shown, path, make, &made, why))
		return public_send_page(visit, type, &made, why);
	buf_release(&made);
	if (why->kind == RELEASE_MALFORMED)
		why->kind = BROKEN; /* it was accepted once: the mistake is on this side */
	return false;
}

bool show_release(struct visit *visit, struct fault *why)
{
	return send_release(visit, visit->request->path, HTML, page_release, why);
}

bool show_json(struct visit *visit, struct fault *why)
{
	return send_release(visit, page_path(visit), JSON_TYPE, json_release, why);
}

/* The signed file, byte for byte. */
bool show_text(struct visit *visit, struct fault *why)
{
	struct shown shown;

	if (!find_file(visit, &shown, why))
		return false;
	if (shown.gone)
		public_gone(visit, &shown.kill);
	else
		public_send(visit, PLAIN, LIVE, shown.revision.public_at, shown.file);
	return true;
}

struct wanted_signature {
	const struct key_id *key_id; /* NULL: the first */
	struct str file;
};

static bool pick_signature(void *ctx, const struct signature_row *row)
{
	struct wanted_signature *wanted = ctx;

	if (wanted->key_id ? !key_id_equal(&row->key_id, wanted->key_id) : row->nth != 0)
		return true;
	wanted->file = row->file;
	return false;
}

static bool send_signature(struct visit *visit, const struct key_id *key_id, struct fault *why)
{
	struct wanted_signature wanted = { .key_id = key_id, .file = STR_NONE };
	struct shown shown;

	if (!find_revision(visit, &shown, why))
		return false;
	if (shown.gone) {
		public_gone(visit, &shown.kill);
		return true;
	}
	reading_visit_signatures(visit->txn, &shown.revision.hash, pick_signature, &wanted);
	if (!str_given(wanted.file))
		return store_check(visit->txn, why) && nothing_here(why);
	public_send(visit, PLAIN, LIVE, shown.revision.public_at, wanted.file);
	return true;
}

bool show_first_signature(struct visit *visit, struct fault *why)
{
	return send_signature(visit, NULL, why);
}

bool show_signature(struct visit *visit, struct fault *why)
{
	struct key_id id;

	if (visit->match.keyid.len != KEY_ID_TEXT_SIZE - 1 ||
	    !key_id_parse(visit->match.keyid, &id))
		return nothing_here(why);
	return send_signature(visit, &id, why);
}

/* --- what proves that it is in the log ------------------------------------------------ */

/* A revision that has just become public is in the log within a second: until then there is
 * nothing yet. */
static bool send_log_file(struct visit *visit, const char *type,
			  bool (*make)(struct visit *visit, const struct revision *revision,
				       struct buf *out, struct fault *why),
			  struct fault *why)
{
	struct shown shown;
	struct buf made;

	if (!find_revision(visit, &shown, why))
		return false;
	if (shown.gone) {
		public_gone(visit, &shown.kill);
		return true;
	}
	buf_init(&made, PAGE_MAX);
	if (make(visit, &shown.revision, &made, why))
		return public_send_made(visit, type, LIVE, &made, why);
	buf_release(&made);
	return false;
}

static bool make_proof(struct visit *visit, const struct revision *revision, struct buf *out,
		       struct fault *why)
{
	uint64_t index;

	if (!reading_log_index(visit->txn, &revision->hash, &index))
		return store_check(visit->txn, why) && nothing_here(why);
	return reading_proof(visit->txn, index, out, why);
}

bool show_proof(struct visit *visit, struct fault *why)
{
	return send_log_file(visit, PLAIN, make_proof, why);
}

static bool make_bundle(struct visit *visit, const struct revision *revision, struct buf *out,
			struct fault *why)
{
	return reading_bundle(visit->txn, revision, out, why);
}

bool show_bundle(struct visit *visit, struct fault *why)
{
	return send_log_file(visit, "application/x-tar", make_bundle, why);
}
