/*
 * A thousand random histories against a small model: whatever happened, the public sees what
 * the model says it must, at every moment around the next lifts. The seed is printed when one
 * fails; COMMUNIQUE_SEED repeats it.
 */
#include "unit/newsroom/office.h"

#include <communique/fsck.h>

enum { OFFICES = 40, SLUGS = 13, LANGUAGES = 2, REVISIONS = 12, STEPS = 250 };

struct model_revision {
	enum change change;
	int64_t public_at;
	struct hash hash;
	uint32_t date;
	unsigned title;
};

struct model_edition {
	struct model_revision at[REVISIONS];
	unsigned count;
	unsigned order; /* when its first revision was accepted */
};

struct world {
	struct office *office;
	struct model_edition editions[SLUGS][LANGUAGES];
	unsigned orders;
	uint64_t state;
	unsigned long seed;
};

static unsigned pick(struct world *world, unsigned below)
{
	world->state = world->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(world->state >> 33) % below;
}

static struct str language_of(unsigned language)
{
	return language ? STR("ko") : STR("en");
}

static const char *slug_of(struct world *world, unsigned slug)
{
	return arena_printf(&world->office->arena, "r%u", slug).at;
}

/* --- the model ----------------------------------------------------------------------- */

static const struct model_revision *current(const struct model_edition *edition, int64_t now)
{
	for (unsigned n = edition->count; n; n--) {
		if (edition->at[n - 1].public_at <= now)
			return &edition->at[n - 1];
	}
	return NULL;
}

static bool is_gone(enum change change)
{
	return change == CHANGE_WITHDRAWAL || change == CHANGE_KILL;
}

static enum fault_kind expected_fault(const struct model_edition *edition, enum change change,
				      bool stale)
{
	enum change last = edition->count ? edition->at[edition->count - 1].change : CHANGE_FIRST;

	if (stale)
		return STALE_PREVIOUS;
	if (!edition->count)
		return NO_FAULT;
	if (change == CHANGE_REINSTATEMENT)
		return is_gone(last) ? NO_FAULT : CONFLICT;
	if (is_gone(last) && !(last == CHANGE_WITHDRAWAL && change == CHANGE_KILL))
		return WITHDRAWN;
	return NO_FAULT;
}

/* --- what is done ------------------------------------------------------------------------ */

static struct str file_of(struct world *world, unsigned slug, unsigned language,
			  const struct model_revision *next, unsigned number,
			  const struct hash *previous, int64_t publish_at)
{
	struct arena *arena = &world->office->arena;
	struct str change = STR(""), embargo = STR("");
	char time[TIME_SIZE];

	if (number > 1)
		change = arena_printf(arena, "Previous: %s\nChange: %.*s\nChange-Note: So.\n",
				      HASH_TEXT(previous), STR_ARG(change_word(next->change)));
	if (publish_at) {
		time_format(time, publish_at);
		embargo = arena_printf(arena, "Publish-At: %s\n", time);
	}
	return arena_printf(
		arena,
		"Site: press.example\nRelease: %s\nLanguage: %.*s\nRevision: %u\n"
		"%.*sDate: %u-%02u-%02u\n%.*sKind: press-release\nTitle: %u.%u.%u\n\n%s",
		slug_of(world, slug), STR_ARG(language_of(language)), number, STR_ARG(change),
		next->date / 10000, next->date / 100 % 100, next->date % 100, STR_ARG(embargo),
		slug, language, next->title, next->change == CHANGE_KILL ? "" : "1. Text.\n");
}

static bool publish(struct world *world, unsigned slug, unsigned language, struct str file,
		    struct fault *fault)
{
	struct office *office = world->office;
	struct act act = act_of(office, ALICE), again;
	struct draft_save saving = {
		.edition = { language_of(language), str_from(slug_of(world, slug)) }, .file = file
	};
	struct draft_sign signing = { .edition = saving.edition,
				      .key_id = office->keys[ALICE].public.id,
				      .signature = sign_file(office, ALICE, file),
				      .if_match_given = true,
				      .if_match = hash_of(file) };
	struct draft draft;
	bool created;

	if (!newsroom_save_draft(&office->room, &act, &saving, &office->arena, &draft, &created,
				 fault))
		return false;
	again = act_of(office, ALICE);
	if (!newsroom_sign_draft(&office->room, &again, &signing, &office->arena, &draft, fault))
		return false;
	if (pick(world, 4) == 0) { /* a replay, and the lost answer asked for again */
		refused(newsroom_sign_draft(&office->room, &again, &signing, &office->arena, &draft,
					    why),
			SIGNATURE_REPLAYED);
		again = act_of(office, ALICE);
		done(newsroom_sign_draft(&office->room, &again, &signing, &office->arena, &draft,
					 why));
	}
	return true;
}

static void step_publish(struct world *world, unsigned slug, unsigned language)
{
	struct model_edition *edition = &world->editions[slug][language];
	struct model_revision next = { .change = CHANGE_FIRST };
	struct hash previous = { { 0 } };
	unsigned number = edition->count + 1;
	int64_t now = world->office->now, publish_at = 0;
	struct fault why = { .kind = NO_FAULT };
	bool stale, repeats;
	enum fault_kind expected;
	struct str file;

	if (edition->count == REVISIONS)
		return;
	if (edition->count) {
		next.change = (enum change)(1 + pick(world, CHANGE_REINSTATEMENT));
		previous = edition->at[edition->count - 1].hash;
	}
	next.date = 20260100 + pick(world, 2) * 100 + 1 + pick(world, 3);
	next.title = number;
	/* What withdraws repeats what it withdraws, or is refused. */
	repeats = is_gone(next.change) && pick(world, 8);
	if (repeats) {
		next.date = edition->at[edition->count - 1].date;
		next.title = edition->at[edition->count - 1].title;
	}
	if (pick(world, 3) == 0)
		publish_at = now + pick(world, 40) - 5;
	stale = edition->count && pick(world, 6) == 0;
	if (stale)
		previous.at[0] ^= 1;
	file = file_of(world, slug, language, &next, number, &previous, publish_at);
	next.hash = hash_of(file);
	next.public_at = publish_at > now ? publish_at : now;
	if (edition->count && edition->at[edition->count - 1].public_at > next.public_at)
		next.public_at = edition->at[edition->count - 1].public_at;

	publish(world, slug, language, file, &why);
	expected = expected_fault(edition, next.change, stale);
	if (expected == NO_FAULT && is_gone(next.change) && !repeats)
		expected = RELEASE_MALFORMED;
	if (why.kind != expected)
		fail_msg("seed %lu: %s instead of %s: %s", world->seed, fault_code(why.kind),
			 fault_code(expected), why.says);
	if (why.kind != NO_FAULT)
		return;
	if (!edition->count)
		edition->order = ++world->orders;
	edition->at[edition->count++] = next;
}

static void step_drop(struct world *world, unsigned slug, unsigned language)
{
	struct model_edition *edition = &world->editions[slug][language];
	struct edition address = { language_of(language), str_from(slug_of(world, slug)) };
	struct act act = act_of(world->office, BOB);
	int64_t left = 0;

	if (edition->count)
		left = edition->at[edition->count - 1].public_at - world->office->now;

	if (left > DROP_SECONDS) {
		done(newsroom_drop_draft(&world->office->room, &act, address, why));
		edition->count--;
	} else {
		refused(newsroom_drop_draft(&world->office->room, &act, address, why),
			edition->count ? CONFLICT : NOT_FOUND);
	}
}

static void step_restart(struct world *world)
{
	struct office *office = world->office;

	store_close(&office->room.store);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
}

/* --- what is seen ------------------------------------------------------------------------------
 */

static void check_edition(struct world *world, struct store_txn *txn, unsigned slug,
			  unsigned language, int64_t now)
{
	const struct model_edition *edition = &world->editions[slug][language];
	const struct model_revision *expected = current(edition, now);
	struct str name = str_from(slug_of(world, slug));
	struct revision revision;
	bool found = reading_release(txn, language_of(language), name, now, &revision);

	if (found != (expected != NULL) ||
	    (found &&
	     (!hash_equal(&revision.hash, &expected->hash) || revision.change != expected->change ||
	      revision.public_at != expected->public_at)))
		fail_msg("seed %lu: r%u/%u at %lld", world->seed, slug, language, (long long)now);
	for (unsigned n = 1; n <= REVISIONS; n++) {
		bool public = n <= edition->count && edition->at[n - 1].public_at <= now;

		if (reading_revision(txn, language_of(language), name, n, now, &revision) != public)
			fail_msg("seed %lu: r%u/%u revision %u", world->seed, slug, language, n);
	}
}

struct row {
	unsigned slug, order;
	uint32_t date;
};

static int newest_first(const void *a, const void *b)
{
	const struct row *one = a, *other = b;

	if (one->date != other->date)
		return one->date < other->date ? 1 : -1;
	return one->order < other->order ? 1 : -1;
}

static struct str expected_board(struct world *world, unsigned language, int64_t now,
				 uint64_t *total)
{
	struct row shown[SLUGS];
	struct str text = STR("");

	*total = 0;
	for (unsigned slug = 0; slug < SLUGS; slug++) {
		const struct model_edition *edition = &world->editions[slug][language];
		const struct model_revision *revision = current(edition, now);

		if (revision && revision->change != CHANGE_KILL)
			shown[(*total)++] = (struct row){ slug, edition->order, revision->date };
	}
	qsort(shown, *total, sizeof *shown, newest_first);
	for (uint64_t i = 0; i < *total; i++)
		text = arena_printf(&world->office->arena, "%.*sr%u ", STR_ARG(text),
				    shown[i].slug);
	return text;
}

static bool add_slug(void *ctx, const struct revision *revision)
{
	buf_addf(ctx, "%.*s ", STR_ARG(revision->slug));
	return true;
}

/* In pages of four, put together again. */
static void check_board(struct world *world, struct store_txn *txn, unsigned language, int64_t now)
{
	uint64_t expected_total, total = 0, first = 0;
	struct str expected = expected_board(world, language, now, &expected_total);
	struct buf seen;

	buf_init(&seen, 4096);
	do {
		assert_true(reading_board(txn, language_of(language), now, first, 4, add_slug,
					  &seen, &total));
		first += 4;
	} while (first < total);
	if (total != expected_total || !str_equal(buf_str(&seen), expected))
		fail_msg("seed %lu at %lld: board \"%.*s\" instead of \"%.*s\" (%llu of %llu)",
			 world->seed, (long long)now, STR_ARG(buf_str(&seen)), STR_ARG(expected),
			 (unsigned long long)total, (unsigned long long)expected_total);
	buf_release(&seen);
}

static void check_all(struct world *world)
{
	static const int64_t later[] = { 0, 1, 7, 40 };
	struct store_txn *txn = NULL;

	assert_true(store_read_begin(world->office->room.store, &txn, NULL));
	for (unsigned i = 0; i < 4; i++) {
		int64_t now = world->office->now + later[i];

		for (unsigned slug = 0; slug < SLUGS; slug++) {
			for (unsigned language = 0; language < LANGUAGES; language++)
				check_edition(world, txn, slug, language, now);
		}
		check_board(world, txn, 0, now);
		check_board(world, txn, 1, now);
	}
	store_read_end(&txn);
}

static void say_difference(void *ctx, struct str what)
{
	const struct world *world = ctx;

	print_error("seed %lu: %.*s\n", world->seed, STR_ARG(what));
}

/* Whatever happened, the store agrees with itself. */
static void check_store(struct world *world)
{
	struct fsck_watch watch = { .differs = say_difference, .ctx = world };
	uint64_t differences;

	done(newsroom_fsck(&world->office->room, world->office->now, &watch, &differences, why));
	if (differences)
		fail_msg("seed %lu: fsck finds %llu differences", world->seed,
			 (unsigned long long)differences);
}

static void live(unsigned long seed)
{
	struct world *world = calloc(1, sizeof *world);

	assert_non_null(world);
	world->seed = world->state = seed;
	world->office = office_open(1);
	world->office->room.outbox = true;
	for (unsigned step = 0; step < STEPS; step++) {
		unsigned slug = pick(world, SLUGS), language = pick(world, LANGUAGES);

		switch (pick(world, 16)) {
		case 0:
			step_drop(world, slug, language);
			break;
		case 1:
			step_restart(world);
			break;
		case 2:
		case 3:
			world->office->now += pick(world, 20);
			break;
		default:
			step_publish(world, slug, language);
		}
		if (step % 5 == 0)
			check_all(world);
		if (step % 50 == 0)
			check_store(world);
	}
	check_all(world);
	check_store(world);
	office_close(world->office);
	free(world);
}

static void the_public_sees_what_the_model_says(void **state)
{
	const char *one = getenv("COMMUNIQUE_SEED");

	(void)state;
	if (one) {
		live(strtoul(one, NULL, 10));
		return;
	}
	for (unsigned long seed = 1; seed <= OFFICES; seed++)
		live(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_sees_what_the_model_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
