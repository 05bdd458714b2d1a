/* What readers are shown, held against the log. */
#include <time.h>

#include <communique/clock.h>
#include <communique/terminal.h>

#include "answer.h"
#include "watch_parts.h"

#define PAUSE_SECONDS 1 /* before what is missing is asked for again */

/* What is wrong with a release, when something is. */
struct trouble {
	const char *code; /* NULL: nothing */
	struct str says;
};

static bool check_moment(struct watch *watch, struct str edition,
			 const struct chronicle_release *logged, struct trouble *out,
			 struct fault *why)
{
	struct public_release shown;
	char before[TIME_SIZE], after[TIME_SIZE];
	unsigned status;

	if (!watch_get(watch, watch_address(watch, edition, ".json"), &status, why))
		return false;
	if (status != 200 ||
	    !answer_release(&watch->report->arena, buf_str(&watch->body), &shown, NULL)) {
		*out = (struct trouble){ "not-served",
					 STR("its JSON cannot be read, while its text can") };
	} else if (!hash_equal(&shown.hash, &logged->hash)) {
		*out = (struct trouble){ "differs",
					 STR("its JSON speaks of another file than the log") };
	} else if (shown.public_at != logged->time) {
		*out = (struct trouble){
			"backdated",
			arena_printf(
				&watch->report->arena,
				"the site says that it is public since %.*s, the log says %.*s",
				STR_ARG(time_format(before, shown.public_at)),
				STR_ARG(time_format(after, logged->time)))
		};
	}
	return true;
}

static struct trouble text_trouble(struct watch *watch, unsigned status,
				   const struct chronicle_release *logged)
{
	struct hash hash = hash_of(buf_str(&watch->body));
	struct arena *arena = &watch->report->arena;

	if (status == 410 && logged && logged->killed)
		return (struct trouble){ NULL, STR_NONE };
	if (status == 200 && logged && logged->killed)
		return (struct trouble){ "differs", STR("it was killed by the log, and readers "
							"are shown a text") };
	if (status == 410)
		return (struct trouble){ "removed", STR("it was removed from the site, and the log "
							"knows of no kill: the office did not sign "
							"that it should go") };
	if (status != 200)
		return (struct trouble){ "vanished",
					 arena_printf(arena,
						      "it was public, and its address now "
						      "answers %u: the site keeps it back",
						      status) };
	if (!logged)
		return (struct trouble){ "not-in-log",
					 arena_printf(arena,
						      "it is public and not in the log, sha256 "
						      "%s: either the office's desk is stopped, "
						      "or readers are shown what was never "
						      "published",
						      HASH_TEXT(&hash)) };
	if (!hash_equal(&hash, &logged->hash))
		return (struct trouble){ "differs",
					 arena_printf(arena,
						      "readers get a file with the sha256 %s, "
						      "the log names %s (index %llu): the text "
						      "was changed, or an older revision is "
						      "shown",
						      HASH_TEXT(&hash), HASH_TEXT(&logged->hash),
						      (unsigned long long)logged->index) };
	return (struct trouble){ NULL, STR_NONE };
}

static bool check_release(struct watch *watch, struct str edition, struct trouble *out,
			  struct fault *why)
{
	char id[LEAF_ID_LEN];
	struct str slug = edition, language = str_cut(&slug, '/');
	const struct chronicle_release *logged =
		chronicle_find(&watch->memory.log, leaf_id(id, language, slug));
	unsigned status;

	if (!watch_get(watch, watch_address(watch, edition, ".txt"), &status, why))
		return false;
	*out = text_trouble(watch, status, logged);
	return out->code || status != 200 || check_moment(watch, edition, logged, out, why);
}

/* Those that the crawl found, and those that were seen before. */
static void list_editions(struct watch *watch, struct set *out)
{
	for (size_t i = 0; i < watch->crawl.releases.count; i++)
		set_add(out, watch->crawl.releases.texts[i], NULL);
	for (size_t i = 0; i < watch->memory.log.ids.count; i++) {
		struct str edition = memory_edition_at(&watch->memory, i);

		if (str_given(edition))
			set_add(out, edition, NULL);
	}
}

/* Checks these, and leaves those that are in trouble. */
static bool check_editions(struct watch *watch, struct set *editions, bool alarm, struct fault *why)
{
	struct set left;
	bool ok = true;

	set_init(&left);
	for (size_t i = 0; ok && i < editions->count; i++) {
		struct trouble trouble = { NULL, STR_NONE };

		terminal_progress("checking releases", i, editions->count);
		ok = check_release(watch, editions->texts[i], &trouble, why);
		if (ok && trouble.code)
			set_add(&left, editions->texts[i], NULL);
		if (ok && trouble.code && alarm)
			report_add(watch->report, REPORT_ALARM, trouble.code, "%.*s: %.*s",
				   STR_ARG(editions->texts[i]), STR_ARG(trouble.says));
	}
	if (editions->count)
		terminal_progress("checking releases", 1, 1);
	set_release(editions);
	*editions = left;
	return ok;
}

/* What a lift has just shown is in the log a moment later. */
bool watch_check_releases(struct watch *watch, bool *ok, struct fault *why)
{
	struct set editions;
	bool read = true;
	size_t wrong = 0;

	set_init(&editions);
	list_editions(watch, &editions);
	for (unsigned waited = 0; read && *ok; waited += PAUSE_SECONDS) {
		if (waited > 0) {
			nanosleep(&(struct timespec){ .tv_sec = PAUSE_SECONDS }, NULL);
			read = watch_follow_log(watch, ok, why);
		}
		read = read && check_editions(watch, &editions, waited >= watch->patience, why) &&
		       watch_hold_files(watch, waited >= watch->patience, &wrong, why);
		if (editions.count + wrong == 0 || waited >= watch->patience)
			break;
	}
	set_release(&editions);
	return read;
}
