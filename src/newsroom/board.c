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

static void count_one_more(struct store_txn *txn, const struct store_key *view, uint32_t date)
{
	for (int level = TALLY_ALL; level < TALLY_LEVELS; level++) {
		uint32_t bucket = tally_bucket((enum tally_level)level, date);
		struct store_key key = key_tally(view, (enum tally_level)level, bucket);
		struct str value;
		char count[8];
		uint64_t before = 0;

		if (store_get(txn, TABLE_TALLY, &key, &value) && value.len == sizeof count)
			before = get_be64(value.at);
		put_be64(count, before + 1);
		store_put(txn, TABLE_TALLY, &key, (struct str){ count, sizeof count });
	}
}

static void add_to_view(struct store_txn *txn, struct store_key view,
			const struct revision *revision)
{
	uint32_t date = date_number(revision->date);
	struct store_key key = view;
	struct board_row row = {
		.number = revision->number,
		.from = (uint64_t)revision->public_at,
		.until = NEVER,
		.slug = revision->slug,
		.language = revision->language,
	};
	struct buf packed;

	key_add_u32(&key, ~date);
	key_add_u64(&key, ~revision->serial);
	buf_init(&packed, RECORD_MAX);
	pack_board(&packed, &row);
	store_insert(txn, TABLE_BOARD, &key, buf_str(&packed));
	buf_release(&packed);
	count_one_more(txn, &view, date);
}

static bool stands_before(const struct texts *texts, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (str_equal(texts->at[k], texts->at[i]))
			return true;
	}
	return false;
}

static void add_to_each(struct store_txn *txn, enum view view, const struct texts *texts,
			const struct revision *revision)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (!stands_before(texts, i))
			add_to_view(txn, key_view(revision->language, view, texts->at[i]),
				    revision);
	}
}

void board_add(struct store_txn *txn, const struct release *release,
	       const struct revision *revision)
{
	struct str language = revision->language;

	add_to_view(txn, key_view(language, VIEW_ALL, STR("")), revision);
	add_to_view(txn, key_view(language, VIEW_KIND, kind_word(revision->kind)), revision);
	add_to_each(txn, VIEW_DEPARTMENT, &release->departments, revision);
	add_to_each(txn, VIEW_TOPIC, &release->topics, revision);
}
