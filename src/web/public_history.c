/* A release's past, and what is left of one that was removed. */
#include "lists.h"

#include <communique/history.h>
#include <communique/keyset.h>
#include <communique/log.h>

/* --- gone ---------------------------------------------------------------------------- */

struct kill_search {
	struct revision *found;
	bool has;
};

static bool is_no_kill(void *ctx, const struct revision *revision)
{
	struct kill_search *search = ctx;

	if (revision->change != CHANGE_KILL)
		return true;
	*search->found = *revision;
	search->has = true;
	return false;
}

bool public_is_killed(struct visit *visit, const struct revision *newest, uint64_t number,
		      struct revision *kill)
{
	struct kill_search search = { .found = kill };

	*kill = *newest;
	if (newest->change == CHANGE_KILL || number >= newest->number)
		return newest->change == CHANGE_KILL;
	reading_visit_history(visit->txn, newest->language, newest->slug, visit->now, is_no_kill,
			      &search);
	return search.has && number <= kill->number;
}

void public_gone(struct visit *visit, const struct revision *kill)
{
	struct str language = visit->house->site->languages[visit->language];
	struct page page =
		public_page(visit, arena_printf(&visit->arena, "/%.*s/", STR_ARG(language)));
	struct fault why;
	struct buf made;

	buf_init(&made, PAGE_MAX);
	if (asks_json(visit)
		    ? json_error(&page, 410, kill->change_note, kill->public_at, &made, &why)
		    : page_gone(&page, kill->change_note, kill->public_at, &made, &why)) {
		answer_begin(visit->answer, 410);
		public_error_type(visit, asks_json(visit));
		public_lifetime(visit, LIVE_ERROR);
		buf_add(answer_body(visit->answer), buf_str(&made));
	} else {
		log_fault(LOG_ERROR, "gone-page", &why);
		public_error(visit, 410);
	}
	buf_release(&made);
}

/* False, with NOT_FOUND, when there is none; true and *gone when its 410 has been made. */
static bool find_newest(struct visit *visit, uint64_t oldest, struct revision *out, bool *gone,
			struct fault *why)
{
	struct str language = visit->house->site->languages[visit->language];
	struct revision kill;

	if (visit->match.release.len > RELEASE_SLUG_MAX ||
	    !reading_release(visit->txn, language, visit->match.release, visit->now, out))
		return store_check(visit->txn, why) && nothing_here(why);
	*gone = public_is_killed(visit, out, oldest ? oldest : out->number, &kill);
	if (*gone)
		public_gone(visit, &kill);
	return store_check(visit->txn, why);
}

/* --- all revisions ----------------------------------------------------------------------- */

struct history {
	struct visit *visit;
	struct signers signers;
	struct history_entry entries[HISTORY_SHOWN_MAX];
	size_t count;
	bool killed; /* all that follow, which are older */
};

static bool add_entry(void *ctx, const struct revision *revision)
{
	struct history *history = ctx;
	struct history_entry *entry = &history->entries[history->count];
	struct signer_view *signers;
	bool is_removed;
	size_t count;

	if (history->count == HISTORY_SHOWN_MAX)
		return false;
	history->killed = history->killed || revision->change == CHANGE_KILL;
	/* What was killed may stand in the notes of changes, too; a kill's own says why. */
	is_removed = history->killed && revision->change != CHANGE_KILL;
	find_signers_again(&history->signers, &revision->hash);
	count = history->signers.count;
	signers = arena_array(&history->visit->arena, count + 1, sizeof *signers);
	memcpy(signers, history->signers.at, count * sizeof *signers);
	*entry = (struct history_entry){ .number = revision->number,
					 .change = revision->change,
					 .note = is_removed ? STR("") : revision->change_note,
					 .public_at = revision->public_at,
					 .gone = history->killed,
					 .signers = signers,
					 .signer_count = count };
	history->count++;
	return true;
}

static bool make_history(struct visit *visit, const struct revision *newest, struct buf *out,
			 struct fault *why)
{
	struct history *history = arena_new(&visit->arena, struct history);
	struct page page = public_page(visit, page_path(visit));
	struct str languages[SITE_LANGUAGES_MAX];
	struct history_view view = { .slug = newest->slug,
				     .title = newest->title,
				     .entries = history->entries,
				     .languages = languages };

	history->visit = visit;
	find_signers(visit, &newest->hash, &history->signers);
	reading_visit_history(visit->txn, newest->language, newest->slug, visit->now, add_entry,
			      history);
	view.count = history->count;
	view.language_count = reading_languages(visit->txn, newest->slug, visit->now, languages,
						SITE_LANGUAGES_MAX);
	return asks_json(visit) ? json_history(&page, &view, out, why)
				: page_history(&page, &view, out, why);
}

bool show_history(struct visit *visit, struct fault *why)
{
	struct revision newest;
	struct buf made;
	bool gone;

	if (!find_newest(visit, 0, &newest, &gone, why))
		return false;
	if (gone)
		return true;
	buf_init(&made, PAGE_MAX);
	if (make_history(visit, &newest, &made, why))
		return public_send_page(visit, page_type(visit), &made, why);
	buf_release(&made);
	return false;
}

/* --- two of them ------------------------------------------------------------------------------ */

bool public_read_release(struct visit *visit, const struct revision *revision, struct release **out,
			 struct fault *why)
{
	struct str file;

	if (!reading_file(visit->txn, &revision->hash, &file))
		return store_check(visit->txn, why) &&
		       fail(why, BROKEN, "the file of a public revision is missing");
	if (release_parse(&visit->arena, file, out, why))
		return true;
	why->kind = BROKEN; /* it was accepted once: the mistake is on this side */
	return false;
}

static bool make_difference(struct visit *visit, const struct revision *before,
			    const struct revision *after, struct buf *out, struct fault *why)
{
	struct page page = public_page(visit, page_path(visit));
	struct str languages[SITE_LANGUAGES_MAX];
	struct difference_view view = { .before_at = before->public_at,
					.after_at = after->public_at,
					.languages = languages };
	struct release *old, *new;

	if (!public_read_release(visit, before, &old, why) ||
	    !public_read_release(visit, after, &new, why))
		return false;
	view.before = old;
	view.after = new;
	view.language_count = reading_languages(visit->txn, after->slug, visit->now, languages,
						SITE_LANGUAGES_MAX);
	return asks_json(visit) ? json_difference(&page, &view, out, why)
				: page_difference(&page, &view, out, why);
}

static bool send_difference(struct visit *visit, const struct revision *before,
			    const struct revision *after, struct fault *why)
{
	struct buf made;

	buf_init(&made, PAGE_MAX);
	if (make_difference(visit, before, after, &made, why))
		return public_send_page(visit, page_type(visit), &made, why);
	buf_release(&made);
	return false;
}

bool show_difference(struct visit *visit, struct fault *why)
{
	struct revision newest, before, after;
	uint64_t from, to;
	bool gone;

	if (!str_to_u64(visit->match.number, UINT32_MAX, &from) ||
	    !str_to_u64(visit->match.other, UINT32_MAX, &to) || from == 0 || from >= to)
		from = to = UINT32_MAX;
	if (!find_newest(visit, from, &newest, &gone, why))
		return false;
	if (gone)
		return true;
	if (to > newest.number ||
	    !reading_revision(visit->txn, newest.language, newest.slug, (uint32_t)from, visit->now,
			      &before) ||
	    !reading_revision(visit->txn, newest.language, newest.slug, (uint32_t)to, visit->now,
			      &after))
		return store_check(visit->txn, why) && nothing_here(why);
	return send_difference(visit, &before, &after, why);
}
