/*
 * The search: each revision's row in FRESH, or its words in WORDS and its card in DOCUMENTS,
 * against its file; and that nothing else is there.
 */
#include "fsck.h"
#include "index.h"

#define FRESH_MAX (16 * RELEASE_FILE_MAX)

/* --- what should be there ------------------------------------------------------------------- */

struct fsck_language {
	struct str tag;
	struct index_totals totals;
	bool told; /* there is a row of them */
};

static struct fsck_language *language_of(struct fsck *fsck, struct str tag)
{
	for (size_t i = 0; i < fsck->language_count; i++) {
		if (str_equal(fsck->languages[i].tag, tag))
			return &fsck->languages[i];
	}
	if (!fsck->languages)
		fsck->languages =
			arena_array(&fsck->arena, FSCK_LANGUAGES_MAX, sizeof *fsck->languages);
	if (fsck->language_count == FSCK_LANGUAGES_MAX)
		return &fsck->languages[0];
	fsck->languages[fsck->language_count].tag = tag;
	return &fsck->languages[fsck->language_count++];
}

static bool is_fresh(struct fsck *fsck, const struct revision *revision)
{
	struct store_key key = key_schedule(revision->public_at, revision->serial);
	struct str row;

	return store_get(fsck->txn, TABLE_FRESH, &key, &row);
}

static void check_words(struct fsck *fsck, const struct fresh_row *row, const char *name)
{
	struct index_place place = { fsck->txn, row->language };
	struct index_rows rows = index_rows_of(&place);
	struct vocabulary_reader reader = vocabulary_read(row->words);
	struct vocabulary_word word;
	unsigned wrong = 0;

	while (vocabulary_next(&reader, &word)) {
		unsigned weight = index_weight(&rows, word.text, row->document);

		fsck->postings += weight > 0;
		wrong += weight != word.weight;
	}
	if (wrong)
		fsck_says(fsck, "%s: the search knows %u of its words otherwise", name, wrong);
}

static bool same_card(const struct card *a, const struct card *b)
{
	char one[CARD_SIZE], other[CARD_SIZE];

	card_write(one, a);
	card_write(other, b);
	return memcmp(one, other, sizeof one) == 0;
}

/* What the index has of an edition: the words of this revision, or nothing (row->card). */
static void check_indexed(struct fsck *fsck, const struct fresh_row *row, const char *name)
{
	struct card card = index_card(fsck->txn, row->language, row->document);
	struct fsck_language *language = language_of(fsck, row->language);

	if (!same_card(&card, &row->card))
		fsck_says(fsck, "%s: its card in DOCUMENTS says something else", name);
	if (!row->card.there)
		return;
	language->totals.documents++;
	language->totals.length += row->card.length;
	check_words(fsck, row, name);
}

static void check_fresh(struct fsck *fsck, const struct fresh_row *row, const char *name)
{
	struct store_key key = key_schedule(row->moment, row->serial);
	struct buf packed;

	buf_init(&packed, FRESH_MAX);
	pack_fresh(&packed, row);
	fsck_row(fsck, TABLE_FRESH, &key, buf_str(&packed), true, name);
	buf_release(&packed);
}

void fsck_index_of(struct fsck *fsck, const struct release *release,
		   const struct revision *revision, const struct revision *next)
{
	struct edition edition = { revision->language, revision->slug };
	const char *name = FSCK_NAME(edition, revision->number);
	bool fresh = is_fresh(fsck, revision), next_fresh = next && is_fresh(fsck, next);
	struct fresh_row row, nothing;
	struct arena arena;
	struct buf words;

	arena_init(&arena);
	buf_init(&words, FRESH_MAX);
	row = fresh_of(release, revision, &arena, &words);
	nothing = (struct fresh_row){ .document = row.document, .language = row.language };
	if (fresh)
		check_fresh(fsck, &row, name);
	else if (revision->public_at > fsck->now)
		fsck_says(fsck, "%s: a row of it is missing in FRESH", name);
	if (fresh && revision->number == 1)
		check_indexed(fsck, &nothing, name);
	if (fresh && next && !next_fresh)
		fsck_says(fsck, "%s: the revision behind it was merged before it", name);
	if (!fresh && (!next || next_fresh))
		check_indexed(fsck, &row, name);
	buf_release(&words);
	arena_release(&arena);
}

/* --- what is there besides ------------------------------------------------------------------ */

static void check_fresh_rest(struct fsck *fsck, struct str key, struct str value)
{
	struct fresh_row row;
	struct journal_row first;
	struct revision revision;
	struct store_key journal;
	struct str at;

	if (!unpack_fresh(key, value, &row, NULL)) {
		fsck_says(fsck, "FRESH: a row that cannot be read: %s", QUOTE(key));
		return;
	}
	journal = key_number(row.document);
	if (!store_get(fsck->txn, TABLE_JOURNAL, &journal, &at) ||
	    !unpack_journal(key_str(&journal), at, &first, NULL) ||
	    !reading_revision(fsck->txn, first.language, first.slug, row.number, INT64_MAX,
			      &revision) ||
	    revision.serial != row.serial || revision.public_at != row.moment)
		fsck_says(fsck, "FRESH: a row of serial %llu, which no revision accounts for",
			  (unsigned long long)row.serial);
}

/* The rows of a word follow each other, the highest block first. */
struct word_walk {
	struct str word; /* with its language: a key without the block */
	uint64_t count;	 /* of its postings */
	uint64_t total;	 /* as its newest block says */
	uint32_t lowest; /* of the block before */
	uint64_t postings;
};

static void end_word(struct fsck *fsck, struct word_walk *walk)
{
	if (str_given(walk->word) && walk->count != walk->total)
		fsck_says(fsck, "WORDS: %s has %llu documents, not the %llu that it says",
			  QUOTE(walk->word), (unsigned long long)walk->count,
			  (unsigned long long)walk->total);
}

static void check_block(struct fsck *fsck, struct word_walk *walk, struct str key, struct str row)
{
	struct str word = str_first(key, key.len > 4 ? key.len - 4 : 0);
	bool same = str_given(walk->word) && str_equal(walk->word, word);
	uint32_t lowest = key.len > 4 ? ~get_be32(key.at + key.len - 4) : 0;
	struct block block;

	if (!same) {
		end_word(fsck, walk);
		walk->word = word;
		walk->count = 0;
	}
	if (word.len == 0 || !block_read(row, lowest, &block)) {
		fsck_says(fsck, "WORDS: a row that cannot be read: %s", QUOTE(key));
		return;
	}
	if (!same)
		walk->total = block.total;
	else if (block.documents[block.count - 1] >= walk->lowest)
		fsck_says(fsck, "WORDS: two rows of %s overlap", QUOTE(word));
	walk->lowest = lowest;
	walk->count += block.count;
	walk->postings += block.count;
}

static void check_all_words(struct fsck *fsck)
{
	struct word_walk walk = { .word = STR_NONE };
	struct store_cursor *cursor = NULL;
	struct str key, row;
	bool more = store_cursor_open(&cursor, fsck->txn, TABLE_WORDS, NULL, NULL);

	while (more && store_cursor_next(cursor, &key, &row)) {
		check_block(fsck, &walk, key, row);
		fsck_step(fsck);
	}
	end_word(fsck, &walk);
	store_cursor_close(&cursor);
	if (walk.postings != fsck->postings)
		fsck_says(fsck,
			  "WORDS: it lists %llu words of documents; their files account for %llu",
			  (unsigned long long)walk.postings, (unsigned long long)fsck->postings);
}

static uint64_t count_cards(struct fsck *fsck, struct str key, struct str cards)
{
	static const char none[CARD_SIZE];
	uint64_t count = 0;

	if (cards.len != (size_t)CARDS_PER_PAGE * CARD_SIZE) {
		fsck_says(fsck, "DOCUMENTS: a row that cannot be read: %s", QUOTE(key));
		return 0;
	}
	for (size_t at = 0; at < cards.len; at += CARD_SIZE)
		count += memcmp(cards.at + at, none, CARD_SIZE) != 0;
	return count;
}

static void check_totals(struct fsck *fsck, struct str tag, struct str value)
{
	struct fsck_language *language = language_of(fsck, tag);

	language->told = true;
	if (value.len != 16 || get_be64(value.at) != language->totals.documents ||
	    get_be64(value.at + 8) != language->totals.length)
		fsck_says(fsck, "DOCUMENTS: the totals of %s are not those of its documents",
			  QUOTE(tag));
}

static void check_documents(struct fsck *fsck)
{
	struct store_cursor *cursor = NULL;
	uint64_t cards = 0, expected = 0;
	struct str key, value;
	bool more = store_cursor_open(&cursor, fsck->txn, TABLE_DOCUMENTS, NULL, NULL);

	while (more && store_cursor_next(cursor, &key, &value)) {
		struct str rest = key, tag = str_cut(&rest, '\0');

		fsck_step(fsck);
		if (rest.len == 4) {
			cards += count_cards(fsck, key, value);
		} else if (str_given(rest) && rest.len == 0) {
			check_totals(fsck, tag, value);
		} else {
			fsck_says(fsck, "DOCUMENTS: a row that cannot be read: %s", QUOTE(key));
		}
	}
	store_cursor_close(&cursor);
	for (size_t i = 0; i < fsck->language_count; i++) {
		const struct fsck_language *language = &fsck->languages[i];

		expected += language->totals.documents;
		if (language->totals.documents && !language->told)
			fsck_says(fsck, "DOCUMENTS: the totals of %s are missing",
				  QUOTE(language->tag));
	}
	if (cards != expected)
		fsck_says(fsck, "DOCUMENTS: it has %llu cards for %llu documents",
			  (unsigned long long)cards, (unsigned long long)expected);
}

void fsck_index_rest(struct fsck *fsck)
{
	check_all_words(fsck);
	check_documents(fsck);
	fsck_walk_rest(fsck, TABLE_FRESH, check_fresh_rest);
}
