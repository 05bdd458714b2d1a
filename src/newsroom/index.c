#include "index.h"

#include <communique/vocabulary.h>

#define MARK_DEPARTMENT '\1'
#define MARK_TOPIC '\2'

/* How much the words of a field count beside those of the body. */
enum { BODY_WEIGHT = 1, FIELD_WEIGHT = 2, SUBTITLE_WEIGHT = 3, TITLE_WEIGHT = 5 };

#define VOCABULARY_MAX (8 * RELEASE_FILE_MAX)

/* --- rows ------------------------------------------------------------------------------------ */

static struct store_key key_word(struct str language, struct str word)
{
	struct store_key key = key_begin();

	key_add_text(&key, language);
	key_add_text(&key, word);
	return key;
}

static struct store_key key_block(const struct index_place *place, struct str word,
				  uint32_t document)
{
	struct store_key key = key_word(place->language, word);

	key_add_u32(&key, ~document);
	return key;
}

static bool seek(void *ctx, struct str word, uint32_t document, uint32_t *lowest, struct str *block)
{
	const struct index_place *place = ctx;
	struct store_key prefix = key_word(place->language, word);
	struct store_key from = key_block(place, word, document);
	struct store_cursor *cursor = NULL;
	struct str key;
	bool found = store_cursor_open(&cursor, place->txn, TABLE_WORDS, &prefix, &from) &&
		     store_cursor_next(cursor, &key, block) && key.len == prefix.len + 4;

	if (found)
		*lowest = ~get_be32(key.at + prefix.len);
	store_cursor_close(&cursor);
	return found;
}

static void put(void *ctx, struct str word, uint32_t lowest, struct str block)
{
	const struct index_place *place = ctx;
	struct store_key key = key_block(place, word, lowest);

	store_put(place->txn, TABLE_WORDS, &key, block);
}

static void drop(void *ctx, struct str word, uint32_t lowest)
{
	const struct index_place *place = ctx;
	struct store_key key = key_block(place, word, lowest);

	store_delete(place->txn, TABLE_WORDS, &key);
}

static struct store_key key_language(struct str language)
{
	struct store_key key = key_begin();

	key_add_text(&key, language);
	return key;
}

static struct store_key key_cards(struct str language, uint32_t page)
{
	struct store_key key = key_language(language);

	key_add_u32(&key, page);
	return key;
}

static bool page(void *ctx, uint32_t number, struct str *cards)
{
	const struct index_place *place = ctx;
	struct store_key key = key_cards(place->language, number);

	return store_get(place->txn, TABLE_DOCUMENTS, &key, cards);
}

struct index_rows index_rows_of(struct index_place *place)
{
	return (struct index_rows){ seek, put, drop, page, place };
}

struct card index_card(struct store_txn *txn, struct str language, uint32_t document)
{
	struct store_key key = key_cards(language, document / CARDS_PER_PAGE);
	size_t at = (size_t)(document % CARDS_PER_PAGE) * CARD_SIZE;
	struct str cards;

	if (!store_get(txn, TABLE_DOCUMENTS, &key, &cards) || at + CARD_SIZE > cards.len)
		return (struct card){ .there = false };
	return card_read(cards.at + at);
}

void index_card_put(struct store_txn *txn, struct str language, uint32_t document,
		    const struct card *card)
{
	struct store_key key = key_cards(language, document / CARDS_PER_PAGE);
	char cards[CARDS_PER_PAGE * CARD_SIZE] = { 0 };
	struct str before;

	if (store_get(txn, TABLE_DOCUMENTS, &key, &before) && before.len == sizeof cards)
		memcpy(cards, before.at, sizeof cards);
	card_write(cards + (size_t)(document % CARDS_PER_PAGE) * CARD_SIZE, card);
	store_put(txn, TABLE_DOCUMENTS, &key, (struct str){ cards, sizeof cards });
}

struct index_totals index_totals(struct store_txn *txn, struct str language)
{
	struct store_key key = key_language(language);
	struct index_totals totals = { 0 };
	struct str value;

	if (store_get(txn, TABLE_DOCUMENTS, &key, &value) && value.len == 16) {
		totals.documents = get_be64(value.at);
		totals.length = get_be64(value.at + 8);
	}
	return totals;
}

void index_totals_put(struct store_txn *txn, struct str language, const struct index_totals *totals)
{
	struct store_key key = key_language(language);
	char value[16];

	put_be64(value, totals->documents);
	put_be64(value + 8, totals->length);
	store_put(txn, TABLE_DOCUMENTS, &key, (struct str){ value, sizeof value });
}

/* --- what a revision says ------------------------------------------------------------------ */

struct str index_mark(struct arena *arena, enum view view, struct str text)
{
	char letter = view == VIEW_TOPIC ? MARK_TOPIC : MARK_DEPARTMENT;
	struct hash hash;

	if (text.len < WORD_MAX)
		return arena_printf(arena, "%c%.*s", letter, STR_ARG(text));
	hash = hash_of(text);
	return arena_printf(arena, "%c%s", letter, HASH_TEXT(&hash));
}

static void add_texts(struct vocabulary *to, const struct stems *stems, const struct texts *texts,
		      unsigned weight)
{
	for (size_t i = 0; i < texts->count; i++)
		vocabulary_add(to, stems, texts->at[i], weight);
}

static void add_marks(struct vocabulary *to, enum view view, const struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		vocabulary_add_mark(to, index_mark(to->arena, view, texts->at[i]));
}

static void add_release(struct vocabulary *to, const struct release *release)
{
	struct stems stems;
	struct buf body;

	stems_open(&stems, release->language);
	vocabulary_add(to, &stems, release->title, TITLE_WEIGHT);
	add_texts(to, &stems, &release->subtitles, SUBTITLE_WEIGHT);
	vocabulary_add(to, &stems, release->summary, FIELD_WEIGHT);
	vocabulary_add(to, &stems, release->reference, TITLE_WEIGHT);
	vocabulary_add(to, &stems, release->place, BODY_WEIGHT);
	add_texts(to, &stems, &release->departments, FIELD_WEIGHT);
	add_texts(to, &stems, &release->topics, FIELD_WEIGHT);
	buf_init(&body, RELEASE_FILE_MAX);
	node_plain_text(release->document, &body);
	vocabulary_add(to, &stems, buf_str(&body), BODY_WEIGHT);
	buf_release(&body);
	stems_close(&stems);
	add_marks(to, VIEW_DEPARTMENT, &release->departments);
	add_marks(to, VIEW_TOPIC, &release->topics);
}

struct fresh_row fresh_of(const struct release *release, const struct revision *revision,
			  struct arena *arena, struct buf *made)
{
	struct fresh_row row = {
		.moment = revision->public_at,
		.serial = revision->serial,
		.document = (uint32_t)revision->first_serial,
		.number = revision->number,
		.language = revision->language,
	};
	struct vocabulary vocabulary;

	vocabulary_init(&vocabulary, arena);
	if (revision->change != CHANGE_WITHDRAWAL && revision->change != CHANGE_KILL) {
		add_release(&vocabulary, release);
		row.card = (struct card){
			.date = date_number(revision->date),
			.length = (uint16_t)(vocabulary.length < UINT16_MAX ? vocabulary.length
									    : UINT16_MAX),
			.kind = (uint8_t)revision->kind,
			.there = true,
		};
	}
	buf_clear(made);
	vocabulary_pack(&vocabulary, made);
	row.words = buf_str(made);
	return row;
}

void pack_fresh(struct buf *out, const struct fresh_row *row)
{
	char card[CARD_SIZE];

	card_write(card, &row->card);
	buf_add_be32(out, row->document);
	buf_add_be32(out, row->number);
	buf_add(out, (struct str){ card, sizeof card });
	pack_str(out, row->language);
	pack_str(out, row->words);
}

bool unpack_fresh(struct str key, struct str value, struct fresh_row *out, struct fault *why)
{
	struct unpack place = unpack_begin(key), from = unpack_begin(value);
	char card[CARD_SIZE];

	out->moment = (int64_t)unpack_u64(&place);
	out->serial = unpack_u64(&place);
	out->document = unpack_u32(&from);
	out->number = unpack_u32(&from);
	unpack_bytes(&from, card, sizeof card);
	out->card = card_read(card);
	out->language = unpack_str(&from);
	out->words = unpack_str(&from);
	return unpack_end(&place, "search", why) && unpack_end(&from, "search", why);
}

/* --- acts --------------------------------------------------------------------------------------
 */

void index_put(struct store_txn *txn, const struct release *release,
	       const struct revision *revision, struct arena *arena)
{
	struct store_key key = key_schedule(revision->public_at, revision->serial);
	struct buf words, packed;
	struct fresh_row row;

	must(revision->first_serial < UINT32_MAX);
	buf_init(&words, VOCABULARY_MAX);
	buf_init(&packed, VOCABULARY_MAX);
	row = fresh_of(release, revision, arena, &words);
	pack_fresh(&packed, &row);
	must(!words.full && !packed.full);
	store_insert(txn, TABLE_FRESH, &key, buf_str(&packed));
	buf_release(&words);
	buf_release(&packed);
}

void index_take_back(struct store_txn *txn, const struct revision *revision)
{
	struct store_key key = key_schedule(revision->public_at, revision->serial);

	store_delete(txn, TABLE_FRESH, &key);
}
