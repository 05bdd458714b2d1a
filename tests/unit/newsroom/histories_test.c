/*
 * A thousand random histories against a small model: whatever happened, the public sees what
 * the model says it must, at every moment around the next lifts. Each is the life of an office
 * of its own: most have few releases, some have a dozen. The seed is printed when one fails;
 * COMMUNIQUE_SEED repeats it.
 */
#include "unit/newsroom/office.h"

#include <communique/fsck.h>
#include <communique/searching.h>

/* Under the sanitizers, which take their time, every tenth. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { HISTORIES = 100 };
#else
enum { HISTORIES = 1000 };
#endif
enum { SLUGS = 13, SLUGS_OFTEN = 3, LANGUAGES = 3, REVISIONS = 12 };
enum { KINDS = 2, TOPICS = 3, DEPARTMENTS = 2, ADDRESSES = 4 };

struct model_revision {
	enum change change;
	int64_t public_at;
	struct hash hash;
	uint32_t date;
	unsigned title;
	unsigned kind, topics, departments; /* the last two: sets of bits */
	unsigned address;		    /* an old one; 0: none */
	unsigned serial;
};

struct model_edition {
	struct model_revision at[REVISIONS];
	unsigned count;
	unsigned order; /* when its first revision was accepted */
};

struct world {
	struct office *office;
	unsigned slugs, quorum;
	struct model_edition editions[SLUGS][LANGUAGES];
	unsigned orders, serials;
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
	static const char *const tags[LANGUAGES] = { "en", "ko", "ar" };

	return str_from(tags[language]);
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

/* An old address belongs to one release for good, in whatever language. */
static bool is_taken(struct world *world, unsigned slug, unsigned address)
{
	for (unsigned other = 0; address && other < world->slugs; other++) {
		for (unsigned n = 0; n < LANGUAGES * REVISIONS; n++) {
			const struct model_edition *edition =
				&world->editions[other][n / REVISIONS];

			if (other != slug && n % REVISIONS < edition->count &&
			    edition->at[n % REVISIONS].address == address)
				return true;
		}
	}
	return false;
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

/* --- names ------------------------------------------------------------------------------ */

static struct str topic_name(unsigned topic)
{
	static const char *const names[TOPICS] = { "Sea", "바다", "Trade & ports" };

	return str_from(names[topic]);
}

static struct str department_name(unsigned department)
{
	return department ? STR("Protocol") : STR("Eurasia Division");
}

/* "Topics: Sea; Sea; …": a name that stands twice counts once. */
static struct str fields_of(struct arena *arena, const struct model_revision *next)
{
	struct str text = STR("");

	for (unsigned i = 0; i < DEPARTMENTS; i++) {
		if (next->departments >> i & 1)
			text = arena_printf(arena, "%.*sDepartment: %.*s\n", STR_ARG(text),
					    STR_ARG(department_name(i)));
	}
	for (unsigned i = 0, first = 1; i < TOPICS; i++) {
		if (!(next->topics >> i & 1))
			continue;
		text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), first ? "Topics: " : "; ",
				    STR_ARG(topic_name(i)));
		first = 0;
	}
	if (next->topics)
		text = arena_printf(arena, "%.*s\n", STR_ARG(text));
	if (next->address)
		text = arena_printf(arena, "%.*sLegacy: /old/view.do?b=%u&a=1\n", STR_ARG(text),
				    next->address);
	return text;
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
		"%.*sDate: %u-%02u-%02u\n%.*sKind: %.*s\n%.*sTitle: %u.%u.%u\n\n%s",
		slug_of(world, slug), STR_ARG(language_of(language)), number, STR_ARG(change),
		next->date / 10000, next->date / 100 % 100, next->date % 100, STR_ARG(embargo),
		STR_ARG(kind_word((enum kind)next->kind)), STR_ARG(fields_of(arena, next)), slug,
		language, next->title, next->change == CHANGE_KILL ? "" : "1. Text.\n");
}

struct publishing {
	struct edition edition;
	struct str file;
	unsigned need; /* holders */
};

static bool sign_as(struct world *world, const struct publishing *publishing, enum who who,
		    struct act *act, enum draft_state *state, struct fault *fault)
{
	struct office *office = world->office;
	struct draft_sign signing = { .edition = publishing->edition,
				      .key_id = office->keys[who].public.id,
				      .signature = sign_file(office, who, publishing->file),
				      .if_match_given = true,
				      .if_match = hash_of(publishing->file) };
	struct draft draft;

	if (!newsroom_sign_draft(&office->room, act, &signing, &office->arena, &draft, fault))
		return false;
	*state = draft.state;
	return true;
}

/* One holder with two keys, two authors, one approver twice: none of them is enough. */
static const struct party {
	enum who first[2], last;
} parties[] = { { { ALICE, ALICE_PHONE }, BOB },
		{ { ALICE, CAROL }, BOB },
		{ { BOB, BOB }, CAROL } };

static void sign_in_vain(struct world *world, const struct publishing *publishing,
			 const struct party *party)
{
	static const enum who barred[] = { STRANGER, LEFT, ROOT };
	struct act act = act_of(world->office, ALICE);
	enum who who = barred[pick(world, 3)];
	enum draft_state state;

	if (pick(world, 8) == 0)
		refused(sign_as(world, publishing, who, &act, &state, why),
			who == ROOT ? ROLE_MISSING : SIGNATURE_WRONG);
	for (unsigned i = 0; publishing->need > 1 && i < 2; i++) {
		act = act_of(world->office, ALICE);
		done(sign_as(world, publishing, party->first[i], &act, &state, why));
		assert_int_equal(state, DRAFT_WAITING);
	}
}

/* A replay, and the lost answer asked for again. */
static void sign_again(struct world *world, const struct publishing *publishing, enum who who,
		       struct act *act)
{
	enum draft_state state;

	refused(sign_as(world, publishing, who, act, &state, why), SIGNATURE_REPLAYED);
	*act = act_of(world->office, ALICE);
	done(sign_as(world, publishing, who, act, &state, why));
	assert_int_not_equal(state, DRAFT_WAITING);
}

/* False: refused, or with NO_FAULT given up before enough had signed. */
static bool publish(struct world *world, const struct publishing *publishing, struct fault *fault)
{
	const struct party *party = &parties[pick(world, 3)];
	struct office *office = world->office;
	struct act act = act_of(office, ALICE);
	struct draft_save saving = { .edition = publishing->edition, .file = publishing->file };
	enum draft_state state;
	struct draft draft;
	bool created;

	if (!newsroom_save_draft(&office->room, &act, &saving, &office->arena, &draft, &created,
				 fault))
		return false;
	sign_in_vain(world, publishing, party);
	act = act_of(office, BOB);
	if (pick(world, 8) == 0) {
		done(newsroom_drop_draft(&office->room, &act, publishing->edition, NULL, why));
		return false;
	}
	if (!sign_as(world, publishing, party->last, &act, &state, fault))
		return false;
	assert_int_not_equal(state, DRAFT_WAITING);
	if (pick(world, 4) == 0)
		sign_again(world, publishing, party->last, &act);
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
	bool stale, repeats, accepted;
	enum fault_kind expected;
	struct publishing publishing = { .edition = { language_of(language),
						      str_from(slug_of(world, slug)) } };

	if (edition->count == REVISIONS)
		return;
	if (edition->count) {
		next.change = (enum change)(1 + pick(world, CHANGE_REINSTATEMENT));
		previous = edition->at[edition->count - 1].hash;
	}
	next.date = 20250100 + pick(world, 2) * 10000 + pick(world, 2) * 100 + 1 + pick(world, 3);
	next.kind = pick(world, KINDS);
	next.topics = pick(world, 1 << TOPICS);
	next.departments = pick(world, 1 << DEPARTMENTS);
	next.address = pick(world, 4) ? 0 : 1 + pick(world, ADDRESSES);
	next.title = number;
	/* What withdraws repeats what it withdraws, or is refused. */
	repeats = is_gone(next.change) && pick(world, 8);
	if (repeats) {
		enum change change = next.change;

		next = edition->at[edition->count - 1];
		next.change = change;
	}
	if (pick(world, 3) == 0)
		publish_at = now + pick(world, 40) - 5;
	stale = edition->count && pick(world, 6) == 0;
	if (stale)
		previous.at[0] ^= 1;
	publishing.file = file_of(world, slug, language, &next, number, &previous, publish_at);
	publishing.need = is_gone(next.change) ? 1 : world->quorum;
	next.hash = hash_of(publishing.file);
	next.public_at = publish_at > now ? publish_at : now;
	if (edition->count && edition->at[edition->count - 1].public_at > next.public_at)
		next.public_at = edition->at[edition->count - 1].public_at;

	accepted = publish(world, &publishing, &why);
	expected = expected_fault(edition, next.change, stale);
	if (expected == NO_FAULT && is_gone(next.change) && !repeats)
		expected = RELEASE_MALFORMED;
	if (expected == NO_FAULT && is_taken(world, slug, next.address))
		expected = CONFLICT;
	if (why.kind != expected)
		fail_msg("seed %lu: %s instead of %s: %s", world->seed, fault_code(why.kind),
			 fault_code(expected), why.says);
	if (!accepted)
		return;
	if (!edition->count)
		edition->order = ++world->orders;
	next.serial = ++world->serials;
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
		done(newsroom_drop_draft(&world->office->room, &act, address, NULL, why));
		edition->count--;
	} else {
		refused(newsroom_drop_draft(&world->office->room, &act, address, NULL, why),
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

struct choice {
	int kind, topic, department; /* -1: any */
	uint32_t from, to;	     /* 0: open */
	bool searched;		     /* which does not find what is withdrawn */
};

static bool is_chosen(const struct model_revision *revision, const struct choice *choice)
{
	return revision->change != CHANGE_KILL &&
	       !(choice->searched && revision->change == CHANGE_WITHDRAWAL) &&
	       (choice->kind < 0 || (int)revision->kind == choice->kind) &&
	       (choice->topic < 0 || revision->topics >> choice->topic & 1) &&
	       (choice->department < 0 || revision->departments >> choice->department & 1) &&
	       (!choice->from || revision->date >= choice->from) &&
	       (!choice->to || revision->date <= choice->to);
}

static struct str expected_board(struct world *world, unsigned language,
				 const struct choice *choice, int64_t now, uint64_t *total)
{
	struct row shown[SLUGS];
	struct str text = STR("");

	*total = 0;
	for (unsigned slug = 0; slug < world->slugs; slug++) {
		const struct model_edition *edition = &world->editions[slug][language];
		const struct model_revision *revision = current(edition, now);

		if (revision && is_chosen(revision, choice))
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
static void check_board(struct world *world, struct store_txn *txn, unsigned language,
			const struct choice *choice, int64_t now)
{
	struct filter filter = { .language = language_of(language) };
	uint64_t expected_total, first = 0;
	struct str expected = expected_board(world, language, choice, now, &expected_total);
	struct list_total total;
	struct buf seen;

	if (choice->kind >= 0)
		filter.kind = kind_word((enum kind)choice->kind);
	if (choice->topic >= 0)
		filter.topic = topic_name((unsigned)choice->topic);
	if (choice->department >= 0)
		filter.department = department_name((unsigned)choice->department);
	if (choice->from)
		filter.from = date_from_number(choice->from);
	if (choice->to)
		filter.to = date_from_number(choice->to);
	buf_init(&seen, 4096);
	do {
		assert_true(reading_list(txn, &filter, now, first, 4, add_slug, &seen, &total));
		first += 4;
	} while (first < total.count);
	if (total.count != expected_total || total.more || !str_equal(buf_str(&seen), expected))
		fail_msg("seed %lu at %lld: board \"%.*s\" instead of \"%.*s\" (%llu of %llu)",
			 world->seed, (long long)now, STR_ARG(buf_str(&seen)), STR_ARG(expected),
			 (unsigned long long)total.count, (unsigned long long)expected_total);
	buf_release(&seen);
}

static const struct choice anything = { -1, -1, -1, 0, 0, false };

static struct choice random_choice(struct world *world)
{
	struct choice choice = { (int)pick(world, KINDS + 1) - 1, (int)pick(world, TOPICS + 1) - 1,
				 (int)pick(world, DEPARTMENTS + 1) - 1, .from = 0 };

	if (pick(world, 2))
		choice.from =
			20250101 + pick(world, 2) * 10000 + pick(world, 2) * 100 + pick(world, 3);
	if (pick(world, 2))
		choice.to =
			20250101 + pick(world, 2) * 10000 + pick(world, 2) * 100 + pick(world, 3);
	return choice;
}

/* --- years, months and names ---------------------------------------------------------- */

static bool add_number(void *ctx, uint32_t number, uint64_t count)
{
	buf_addf(ctx, "%u:%llu ", number, (unsigned long long)count);
	return true;
}

static bool add_name(void *ctx, struct str name, uint64_t count)
{
	buf_addf(ctx, "%.*s:%llu ", STR_ARG(name), (unsigned long long)count);
	return true;
}

static uint64_t count_of(struct world *world, unsigned language, const struct choice *choice,
			 int64_t now)
{
	uint64_t total;

	expected_board(world, language, choice, now, &total);
	return total;
}

static void check_calendar(struct world *world, struct store_txn *txn, unsigned language,
			   int64_t now)
{
	struct str tag = language_of(language);
	struct buf seen, expected;

	buf_init(&seen, 4096);
	buf_init(&expected, 4096);
	reading_visit_years(txn, tag, now, add_number, &seen);
	for (uint32_t year = 2026; year >= 2025; year--) {
		struct choice choice = {
			-1, -1, -1, year * 10000 + 101, year * 10000 + 1231, false
		};
		uint64_t count = count_of(world, language, &choice, now);

		if (count)
			add_number(&expected, year, count);
	}
	reading_visit_months(txn, tag, 2026, now, add_number, &seen);
	for (uint32_t month = 202602; month >= 202601; month--) {
		struct choice choice = { -1, -1, -1, month * 100 + 1, month * 100 + 28, false };
		uint64_t count = count_of(world, language, &choice, now);

		if (count)
			add_number(&expected, month, count);
	}
	reading_visit_names(txn, tag, VIEW_TOPIC, now, add_name, &seen);
	for (unsigned i = 0; i < TOPICS; i++) { /* by their bytes: Sea, Trade, 바다 */
		unsigned topic = i == 0 ? 0 : 3 - i;
		struct choice choice = { .kind = -1, .topic = (int)topic, .department = -1 };
		uint64_t count = count_of(world, language, &choice, now);

		if (count)
			add_name(&expected, topic_name(topic), count);
	}
	reading_visit_names(txn, tag, VIEW_DEPARTMENT, now, add_name, &seen);
	for (unsigned i = 0; i < DEPARTMENTS; i++) {
		struct choice choice = { .kind = -1, .topic = -1, .department = (int)i };
		uint64_t count = count_of(world, language, &choice, now);

		if (count)
			add_name(&expected, department_name(i), count);
	}
	if (!str_equal(buf_str(&seen), buf_str(&expected)))
		fail_msg("seed %lu at %lld: counts \"%.*s\" instead of \"%.*s\"", world->seed,
			 (long long)now, STR_ARG(buf_str(&seen)), STR_ARG(buf_str(&expected)));
	buf_release(&seen);
	buf_release(&expected);
}

/* From the newest to the oldest by the neighbours alone, and back: the whole board. */
static void check_neighbours(struct world *world, struct store_txn *txn, unsigned language,
			     int64_t now)
{
	struct filter filter = { .language = language_of(language) };
	uint64_t expected_total;
	struct str expected = expected_board(world, language, &anything, now, &expected_total);
	struct revision at, next;
	struct list_total total;
	struct buf seen;
	struct str slug;
	uint64_t back = 0;

	buf_init(&seen, 4096);
	assert_true(reading_list(txn, &filter, now, 0, 1, add_slug, &seen, &total));
	slug = str_first(buf_str(&seen), seen.len ? seen.len - 1 : 0);
	if (slug.len) {
		slug = arena_copy(&world->office->arena, slug);
		assert_true(reading_release(txn, filter.language, slug, now, &at));
		assert_false(reading_newer(txn, &at, now, &next));
		while (reading_older(txn, &at, now, &next)) {
			add_slug(&seen, &next);
			at = next;
		}
		while (reading_newer(txn, &at, now, &next)) {
			at = next;
			back++;
		}
		assert_int_equal(back + 1, expected_total);
		assert_true(str_equal(at.slug, slug));
	}
	if (!str_equal(buf_str(&seen), expected))
		fail_msg("seed %lu at %lld: neighbours \"%.*s\" instead of \"%.*s\"", world->seed,
			 (long long)now, STR_ARG(buf_str(&seen)), STR_ARG(expected));
	buf_release(&seen);
}

/* --- changes --------------------------------------------------------------------------- */

struct change_row {
	unsigned slug, number, serial;
	int64_t public_at;
};

static int latest_first(const void *a, const void *b)
{
	const struct change_row *one = a, *other = b;

	if (one->public_at != other->public_at)
		return one->public_at < other->public_at ? 1 : -1;
	return one->serial < other->serial ? 1 : -1;
}

static bool add_change(void *ctx, const struct change_told *told)
{
	buf_addf(ctx, "%.*s.%u ", STR_ARG(told->revision.slug), told->number);
	return true;
}

static void check_changes(struct world *world, struct store_txn *txn, unsigned language, int topic,
			  int64_t now)
{
	struct str name = topic < 0 ? STR_NONE : topic_name((unsigned)topic);
	struct change_row rows[SLUGS];
	struct buf seen, expected;
	uint64_t count = 0, first = 0;
	bool more;

	for (unsigned slug = 0; slug < world->slugs; slug++) {
		const struct model_edition *edition = &world->editions[slug][language];
		unsigned n = edition->count;

		while (n && (edition->at[n - 1].public_at > now ||
			     edition->at[n - 1].change == CHANGE_MINOR))
			n--;
		if (n && (topic < 0 || edition->at[n - 1].topics >> topic & 1))
			rows[count++] = (struct change_row){ slug, n, edition->at[n - 1].serial,
							     edition->at[n - 1].public_at };
	}
	qsort(rows, count, sizeof *rows, latest_first);
	buf_init(&seen, 4096);
	buf_init(&expected, 4096);
	for (uint64_t i = 0; i < count; i++)
		buf_addf(&expected, "r%u.%u ", rows[i].slug, rows[i].number);
	do {
		assert_true(reading_changes(txn, language_of(language), name, now, first, 3,
					    add_change, &seen, &more));
		first += 3;
	} while (more);
	if (!str_equal(buf_str(&seen), buf_str(&expected)))
		fail_msg("seed %lu at %lld: changes \"%.*s\" instead of \"%.*s\"", world->seed,
			 (long long)now, STR_ARG(buf_str(&seen)), STR_ARG(buf_str(&expected)));
	buf_release(&seen);
	buf_release(&expected);
}

/* --- old addresses ----------------------------------------------------------------------- */

static void check_legacy(struct world *world, struct store_txn *txn, unsigned address, int64_t now)
{
	const struct str languages[LANGUAGES] = { STR("ar"), STR("ko"), STR("en") };
	struct str asked = arena_printf(&world->office->arena, "/%%6fld/view.do?a=1&b=%u", address);
	const char *expected = "none";
	struct revision found;
	char is[64] = "none";

	for (unsigned i = 0; i < world->slugs * LANGUAGES * REVISIONS; i++) {
		unsigned language = i / (world->slugs * REVISIONS);
		unsigned slug = i / REVISIONS % world->slugs;
		const struct model_edition *edition = &world->editions[slug][language];
		unsigned n = i % REVISIONS;

		if (n < edition->count && edition->at[n].address == address &&
		    edition->at[n].public_at <= now)
			expected = arena_printf(&world->office->arena, "%.*s/r%u",
						STR_ARG(language_of(language)), slug)
					   .at;
	}
	if (reading_legacy(txn, asked, languages, LANGUAGES, now, &found))
		snprintf(is, sizeof is, "%.*s/%.*s", STR_ARG(found.language), STR_ARG(found.slug));
	if (strcmp(is, expected) != 0)
		fail_msg("seed %lu at %lld: %s instead of %s", world->seed, (long long)now, is,
			 expected);
}

/* --- the search, and what is next ------------------------------------------------------- */

/* A word that all of them have. How it ranks others is searching_test.c's. */
static void check_search(struct world *world, struct store_txn *txn, unsigned language, int64_t now)
{
	const struct choice choice = {
		.kind = -1, .topic = -1, .department = -1, .searched = true
	};
	struct filter filter = { .language = language_of(language) };
	uint64_t expected_total;
	struct str expected = expected_board(world, language, &choice, now, &expected_total);
	struct search search;
	struct buf seen;

	done(reading_search(txn, &filter, STR("TEXTS"), true, now, 0, SLUGS, &world->office->arena,
			    &search, why));
	buf_init(&seen, 4096);
	for (size_t i = 0; i < search.count; i++)
		add_slug(&seen, &search.hits[i]);
	if (search.total != expected_total || !str_equal(buf_str(&seen), expected))
		fail_msg("seed %lu at %lld: found \"%.*s\" instead of \"%.*s\"", world->seed,
			 (long long)now, STR_ARG(buf_str(&seen)), STR_ARG(expected));
	buf_release(&seen);
}

static void check_next_lift(struct world *world, struct store_txn *txn, int64_t now)
{
	int64_t expected = INT64_MAX;

	for (unsigned i = 0; i < world->slugs * LANGUAGES; i++) {
		const struct model_edition *edition =
			&world->editions[i / LANGUAGES][i % LANGUAGES];

		for (unsigned n = 0; n < edition->count; n++) {
			if (edition->at[n].public_at > now && edition->at[n].public_at < expected)
				expected = edition->at[n].public_at;
		}
	}
	if (reading_next_lift(txn, now) != expected)
		fail_msg("seed %lu at %lld: the next lift is %lld instead of %lld", world->seed,
			 (long long)now, (long long)reading_next_lift(txn, now),
			 (long long)expected);
}

/* What is dearer to check, at one moment. */
static void check_lists(struct world *world, struct store_txn *txn, unsigned language, int64_t now)
{
	for (unsigned i = 0; i < 4; i++) {
		struct choice choice = random_choice(world);

		check_board(world, txn, language, &choice, now);
	}
	check_calendar(world, txn, language, now);
	check_neighbours(world, txn, language, now);
	check_changes(world, txn, language, (int)pick(world, TOPICS + 1) - 1, now);
	check_legacy(world, txn, 1 + pick(world, ADDRESSES), now);
	check_search(world, txn, language, now);
}

static void check_all(struct world *world)
{
	static const int64_t later[] = { 0, 1, 7, 40 };
	struct store_txn *txn = NULL;

	assert_true(store_read_begin(world->office->room.store, &txn, NULL));
	for (unsigned i = 0; i < 4; i++) {
		int64_t now = world->office->now + later[i];

		for (unsigned slug = 0; slug < world->slugs; slug++) {
			for (unsigned language = 0; language < LANGUAGES; language++)
				check_edition(world, txn, slug, language, now);
		}
		for (unsigned language = 0; language < LANGUAGES; language++)
			check_board(world, txn, language, &anything, now);
		check_next_lift(world, txn, now);
	}
	check_lists(world, txn, pick(world, LANGUAGES), world->office->now + later[pick(world, 4)]);
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

static void step(struct world *world)
{
	unsigned slug = pick(world, world->slugs), language = pick(world, LANGUAGES);

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
}

static void live(unsigned long seed)
{
	struct world *world = calloc(1, sizeof *world);
	unsigned steps;

	assert_non_null(world);
	world->seed = world->state = seed;
	world->slugs = 1 + pick(world, pick(world, 16) ? SLUGS_OFTEN : SLUGS);
	world->quorum = pick(world, 3) ? 1 : 2;
	world->office = office_open(world->quorum);
	world->office->room.languages[world->office->room.language_count++] = STR("ar");
	world->office->room.outbox = true;
	steps = 10 + pick(world, 8 * world->slugs);
	for (unsigned i = 0; i < steps; i++) {
		step(world);
		if (i % 5 == 0)
			check_all(world);
	}
	check_all(world);
	if (seed % 8 == 0) /* it verifies each signature again */
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
	for (unsigned long seed = 1; seed <= HISTORIES; seed++)
		live(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_sees_what_the_model_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
