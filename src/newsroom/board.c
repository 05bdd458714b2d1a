#include "desk.h"

/* Newest first: years, months and days are kept inverted, as the rows' dates are. */
uint32_t tally_bucket(enum tally_level level, uint32_t date)
{
	switch (level) {
	case TALLY_ALL:
		return 0;
	case TALLY_YEAR:
		return ~(date / 10000);
	case TALLY_MONTH:
		return ~(date / 100);
	case TALLY_DAY:
		return ~date;
	}
	return 0;
}

struct store_key key_tally(const struct store_key *view, enum tally_level level, uint32_t bucket)
{
	struct store_key key = *view;

	key_add_u8(&key, (uint8_t)level);
	key_add_u32(&key, bucket);
	return key;
}

static void step_tally(struct store_txn *txn, const struct store_key *key, int step)
{
	struct str value;
	char count[8];
	uint64_t before = 0;

	if (store_get(txn, TABLE_TALLY, key, &value) && value.len == sizeof count)
		before = get_be64(value.at);
	must(step > 0 || before > 0 || !store_check(txn, NULL));
	put_be64(count, before + (uint64_t)(int64_t)step);
	store_put(txn, TABLE_TALLY, key, (struct str){ count, sizeof count });
}

bool stands_before(const struct texts *texts, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (str_equal(texts->at[k], texts->at[i]))
			return true;
	}
	return false;
}

/* --- the views of a revision, one after the other ---------------------------------- */

struct views {
	const struct release *release;
	const struct revision *revision;
	size_t next;
};

static bool next_text(struct views *views, enum view view, const struct texts *texts, size_t i,
		      struct store_key *out)
{
	if (stands_before(texts, i))
		return false;
	*out = key_view(views->revision->language, view, texts->at[i]);
	return true;
}

/* All, its kind, each department, each topic. */
static bool next_view(struct views *views, struct store_key *out)
{
	const struct release *release = views->release;
	struct str language = views->revision->language;
	size_t departments = release->departments.count;

	for (;;) {
		size_t at = views->next++;

		if (at == 0) {
			*out = key_view(language, VIEW_ALL, STR(""));
			return true;
		}
		if (at == 1) {
			*out = key_view(language, VIEW_KIND, kind_word(release->kind));
			return true;
		}
		at -= 2;
		if (at >= departments + release->topics.count)
			return false;
		if (at < departments
			    ? next_text(views, VIEW_DEPARTMENT, &release->departments, at, out)
			    : next_text(views, VIEW_TOPIC, &release->topics, at - departments, out))
			return true;
	}
}

/* Among those of one day the place is that of the first revision, whatever came later. */
static struct store_key row_key(const struct store_key *view, const struct revision *revision)
{
	return key_board(view, date_number(revision->date), revision->first_serial,
			 revision->number);
}

bool board_next_key(const struct release *release, const struct revision *revision, size_t *next,
		    struct store_key *out)
{
	struct views views = { release, revision, *next };
	struct store_key view;
	bool more = next_view(&views, &view);

	if (more)
		*out = row_key(&view, revision);
	*next = views.next;
	return more;
}

void board_put(struct store_txn *txn, const struct release *release,
	       const struct revision *revision, uint64_t until)
{
	struct views views = { release, revision, 0 };
	struct board_row row = {
		.number = revision->number,
		.from = (uint64_t)revision->public_at,
		.until = until,
		.slug = revision->slug,
		.language = revision->language,
	};
	struct store_key view;
	struct buf packed;

	buf_init(&packed, RECORD_MAX);
	pack_board(&packed, &row);
	while (next_view(&views, &view)) {
		struct store_key key = row_key(&view, revision);

		store_put(txn, TABLE_BOARD, &key, buf_str(&packed));
	}
	buf_release(&packed);
}

void board_delete(struct store_txn *txn, const struct release *release,
		  const struct revision *revision)
{
	struct views views = { release, revision, 0 };
	struct store_key view;

	while (next_view(&views, &view)) {
		struct store_key key = row_key(&view, revision);

		store_delete(txn, TABLE_BOARD, &key);
	}
}

void board_count(struct store_txn *txn, const struct release *release,
		 const struct revision *revision, int step)
{
	struct views views = { release, revision, 0 };
	uint32_t date = date_number(revision->date);
	struct store_key view;

	while (next_view(&views, &view)) {
		for (int level = TALLY_ALL; level < TALLY_LEVELS; level++) {
			uint32_t bucket = tally_bucket((enum tally_level)level, date);
			struct store_key key = key_tally(&view, (enum tally_level)level, bucket);

			step_tally(txn, &key, step);
		}
	}
}
