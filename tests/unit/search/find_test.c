/*
 * The index and what finds in it, against a model: each document's words in a table, looked
 * through one by one.
 */
#include "rows.h"

#define WORDS 24
#define DOCUMENTS 3000

static uint64_t seed;

static unsigned below(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((seed >> 33) % n);
}

struct model_document {
	bool there, fresh, gone; /* fresh: besides the index; gone: fresh without a card */
	struct card card, indexed_card;
	uint8_t weights[WORDS], indexed[WORDS];
};

struct model {
	struct memory *memory;
	struct model_document documents[DOCUMENTS];
	struct arena arena;
};

static const char *word_name(unsigned n)
{
	static char names[4][16];
	static unsigned turn;
	char *name = names[turn++ % 4];

	snprintf(name, 16, "w%02ux", n);
	return name;
}

static struct str pack(struct arena *arena, const uint8_t *weights)
{
	struct vocabulary vocabulary;
	struct buf packed;
	struct str kept;

	vocabulary_init(&vocabulary, arena);
	for (unsigned i = 0; i < WORDS; i++) {
		if (weights[i])
			vocabulary_add(&vocabulary, NULL, str_from(word_name(i)), weights[i]);
	}
	buf_init(&packed, 65536);
	vocabulary_pack(&vocabulary, &packed);
	kept = arena_copy(arena, buf_str(&packed));
	buf_release(&packed);
	return kept;
}

/* Word n is in about one of n + 1 documents; word 0 in all. */
static void random_words(uint8_t *weights)
{
	for (unsigned i = 0; i < WORDS; i++)
		weights[i] = below(i + 1) == 0 ? (uint8_t)(1 + below(WEIGHT_MAX)) : 0;
}

static struct card random_card(void)
{
	return (struct card){ .date = 20200101 + below(20),
			      .length = (uint16_t)(1 + below(2000)),
			      .kind = (uint8_t)below(8),
			      .there = true };
}

static struct model *new_model(uint64_t from)
{
	struct model *model = calloc(1, sizeof *model);

	seed = from;
	assert_non_null(model);
	model->memory = calloc(1, sizeof *model->memory);
	assert_non_null(model->memory);
	arena_init(&model->arena);
	return model;
}

static void end_model(struct model *model)
{
	memory_release(model->memory);
	arena_release(&model->arena);
	free(model);
}

/* Changes about one of `often` documents of a range: new words, or none any more. */
static void change_index(struct model *model, uint32_t from, uint32_t to, unsigned often)
{
	struct index_rows rows = memory_rows(model->memory);
	struct index_batch batch;

	batch_begin(&batch);
	for (uint32_t d = from; d < to; d++) {
		struct model_document *document = &model->documents[d];

		if (below(often))
			continue;
		if (document->there)
			batch_remove(&batch, d, pack(&model->arena, document->weights));
		document->there = !document->there || below(4);
		document->card = (struct card){ .there = false };
		memset(document->weights, 0, WORDS);
		if (document->there) {
			random_words(document->weights);
			document->card = random_card();
			batch_add(&batch, d, pack(&model->arena, document->weights));
		}
		memory_card(model->memory, d, &document->card);
	}
	assert_true(batch_apply(&batch, &rows));
	batch_release(&batch);
}

static void check_index(struct model *model)
{
	struct index_rows rows = memory_rows(model->memory);

	for (unsigned w = 0; w < WORDS; w++) {
		uint32_t count = 0;

		for (uint32_t d = 0; d < DOCUMENTS; d++) {
			unsigned weight = model->documents[d].weights[w];

			count += weight > 0;
			assert_int_equal(index_weight(&rows, str_from(word_name(w)), d), weight);
		}
		assert_int_equal(index_count(&rows, str_from(word_name(w))), count);
	}
}

static void an_index_has_what_was_put_into_it(void **state)
{
	struct model *model = new_model(1);

	(void)state;
	for (uint32_t d = 0; d < DOCUMENTS; d += 500)
		change_index(model, d, d + 400, 1);
	check_index(model);
	/* Into the middle, below all, and out again. */
	for (int round = 0; round < 20; round++) {
		change_index(model, 0, DOCUMENTS, 1 + below(20));
		change_index(model, 400, 500, 2);
	}
	check_index(model);
	end_model(model);
}

static void full_blocks_stay_full_where_a_list_grows_at_its_end(void **state)
{
	struct memory *memory = calloc(1, sizeof *memory);
	struct index_rows rows = memory_rows(memory);
	struct arena arena;
	uint8_t weights[WORDS] = { 1 };
	struct str words;

	(void)state;
	arena_init(&arena);
	words = pack(&arena, weights);
	for (uint32_t d = 0; d < 5 * BLOCK_MAX; d++) {
		struct index_batch batch;

		batch_begin(&batch);
		batch_add(&batch, d, words);
		assert_true(batch_apply(&batch, &rows));
		batch_release(&batch);
	}
	assert_int_equal(memory->count, 5);
	arena_release(&arena);
	memory_release(memory);
}

static void what_does_not_fit_the_index_is_told(void **state)
{
	struct model *model = new_model(2);
	struct index_rows rows = memory_rows(model->memory);
	uint8_t weights[WORDS] = { 1 };
	struct index_batch batch;

	(void)state;
	batch_begin(&batch);
	batch_remove(&batch, 7, pack(&model->arena, weights));
	assert_false(batch_apply(&batch, &rows));
	batch_release(&batch);
	end_model(model);
}

static void a_damaged_block_is_no_block(void **state)
{
	struct block *block = calloc(1, sizeof *block);
	char row[3 * BLOCK_MAX];
	uint64_t good = 0;

	(void)state;
	seed = 3;
	assert_true(block_read(STR("\0\0\0\1\1"), 9, block));
	assert_int_equal(block->count, 1);
	assert_int_equal(block->documents[0], 9);
	assert_false(block_read(STR("\0\0\0\1"), 9, block));
	assert_false(block_read(STR("\0\0\0\1\x10"), 9, block)); /* no weight */
	assert_false(block_read(STR("\0\0\0\1\x11"), 9, block)); /* the first is the lowest */
	assert_false(block_read(STR("\0\0\0\2\1\1"), 9, block)); /* twice the same */
	assert_false(block_read(STR("\0\0\0\1\x81"), 9, block)); /* cut off */
	assert_false(block_read(STR("\0\0\0\2\1\x91\x80\x80\x80\x80\x80\x01"), 9, block));
	for (int round = 0; round < 20000; round++) {
		size_t len = below(sizeof row);

		for (size_t i = 0; i < len; i++)
			row[i] = (char)(i < 5 ? i == 4 : below(4) ? below(128) : below(256));
		good += block_read((struct str){ row, len }, below(2) ? 5 : 0xfffffff0u, block);
	}
	assert_true(good > 0);
	free(block);
}

/* --- finding ------------------------------------------------------------------------------- */

static bool model_has(const struct model_document *document, const struct query *query)
{
	unsigned word;
	bool out[QUERY_TERMS_MAX + 1];

	if (!document->there)
		return false;
	memset(out, true, sizeof out);
	for (size_t i = 0; i < query->count; i++) {
		assert_int_equal(sscanf(query->terms[i].text.at, "w%2ux", &word), 1);
		if (query->terms[i].group == 0 && !document->weights[word])
			return false;
		if (!document->weights[word])
			out[query->terms[i].group] = false;
	}
	for (unsigned group = 1; group <= query->groups; group++) {
		if (out[group])
			return false;
	}
	return true;
}

static void random_query(struct model *model, struct query *query)
{
	char text[QUERY_MAX] = "";
	unsigned words = 1 + below(4), outs = below(3);
	struct fault why;

	for (unsigned i = 0; i < words; i++)
		snprintf(text + strlen(text), 8, "%s ", word_name(below(WORDS)));
	for (unsigned i = 0; i < outs; i++)
		snprintf(text + strlen(text), 8, "-%s ", word_name(1 + below(WORDS - 1)));
	assert_true(query_parse(&model->arena, NULL, arena_copy(&model->arena, str_from(text)),
				query, &why));
}

/* The same wish in an index that has all, and in one where some documents are fresh. */
static void compare(const struct found *a, const struct found *b)
{
	assert_int_equal(a->total, b->total);
	assert_int_equal(a->count, b->count);
	assert_memory_equal(a->kinds, b->kinds, sizeof a->kinds);
	assert_memory_equal(a->counts, b->counts, sizeof a->counts);
	for (size_t i = 0; i < a->count; i++) {
		assert_int_equal(a->hits[i].document, b->hits[i].document);
		assert_int_equal(a->hits[i].score, b->hits[i].score);
	}
}

static void check_found(struct model *model, const struct wish *wish, const struct found *found)
{
	uint64_t total = 0;

	for (uint32_t d = 0; d < DOCUMENTS; d++) {
		const struct model_document *document = &model->documents[d];

		total += model_has(document, wish->query) &&
			 (!wish->from || document->card.date >= wish->from) &&
			 (!wish->to || document->card.date <= wish->to) &&
			 (!wish->kinds || (wish->kinds & 1u << document->card.kind));
	}
	assert_int_equal(found->total, total);
	assert_true(found->complete && !found->damaged);
	for (size_t i = 0; i < found->count; i++) {
		const struct hit *hit = &found->hits[i];

		assert_true(model_has(&model->documents[hit->document], wish->query));
		if (i)
			assert_true(hit[-1].score > hit->score ||
				    (hit[-1].score == hit->score && hit[-1].date > hit->date) ||
				    (hit[-1].score == hit->score && hit[-1].date == hit->date &&
				     hit[-1].document > hit->document));
	}
}

static struct collection whole(struct model *model, struct index_rows *rows)
{
	*rows = memory_rows(model->memory);
	return (struct collection){ .rows = rows,
				    .documents = model->memory->documents,
				    .length = model->memory->length };
}

static struct wish random_wish(const struct query *query)
{
	struct wish wish = { .query = query };

	if (below(3) == 0)
		wish.from = 20200101 + below(20);
	if (below(3) == 0)
		wish.to = 20200101 + below(20);
	if (below(3) == 0)
		wish.kinds = 1u << below(8);
	return wish;
}

static void all_that_fits_is_found_and_nothing_else(void **state)
{
	struct model *model = new_model(4);
	struct index_rows rows;

	(void)state;
	change_index(model, 0, DOCUMENTS, 1);
	change_index(model, 0, DOCUMENTS, 3);
	for (int round = 0; round < 400; round++) {
		struct collection collection = whole(model, &rows);
		struct query query;
		struct wish wish;
		struct found found, less;

		random_query(model, &query);
		wish = random_wish(&query);
		find(&collection, &wish, DOCUMENTS, &model->arena, &found);
		assert_int_equal(found.count, found.total);
		check_found(model, &wish, &found);
		find(&collection, &wish, 20, &model->arena, &less);
		assert_int_equal(less.total, found.total);
		for (size_t i = 0; i < less.count; i++)
			assert_int_equal(less.hits[i].document, found.hits[i].document);
	}
	end_model(model);
}

/* Two models go through the same changes; one merges them, the other keeps the last as fresh. */
static void a_fresh_document_is_found_as_if_it_were_merged(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 12; round++) {
		struct model *one = new_model(50 + round), *other = new_model(50 + round);
		struct fresh *fresh = calloc(DOCUMENTS, sizeof *fresh);
		struct index_rows rows_one, rows_other;
		struct collection merged, pending;
		size_t count = 0;

		change_index(one, 0, DOCUMENTS, 1);
		seed = 50 + round;
		change_index(other, 0, DOCUMENTS, 1);
		seed = 900 + round;
		change_index(one, 0, DOCUMENTS, 40);
		for (uint32_t d = 0; d < DOCUMENTS; d++) {
			if (memcmp(&one->documents[d], &other->documents[d],
				   sizeof one->documents[d]) == 0)
				continue;
			fresh[count++] = (struct fresh){
				.document = d,
				.card = one->documents[d].card,
				.words = one->documents[d].there
						 ? pack(&other->arena, one->documents[d].weights)
						 : STR(""),
			};
		}
		assert_true(count > 20);
		merged = whole(one, &rows_one);
		pending = whole(other, &rows_other);
		pending.fresh = fresh;
		pending.fresh_count = count;
		for (int i = 0; i < 60; i++) {
			struct found a, b;
			struct query query;
			struct wish wish;

			random_query(one, &query);
			wish = random_wish(&query);
			find(&merged, &wish, 40, &one->arena, &a);
			find(&pending, &wish, 40, &other->arena, &b);
			compare(&a, &b);
		}
		free(fresh);
		end_model(one);
		end_model(other);
	}
}

static void a_mark_is_a_list_that_must_have_the_document(void **state)
{
	struct memory *memory = calloc(1, sizeof *memory);
	struct index_rows rows = memory_rows(memory);
	struct collection collection = { .rows = &rows };
	struct index_batch batch;
	struct arena arena;
	struct query query;
	struct found found;
	struct wish wish = { .query = &query };

	(void)state;
	arena_init(&arena);
	batch_begin(&batch);
	for (uint32_t d = 0; d < 10; d++) {
		struct vocabulary vocabulary;
		struct buf packed;
		struct card card = { 20200101, 3, 0, true };

		vocabulary_init(&vocabulary, &arena);
		vocabulary_add(&vocabulary, NULL, STR("harbour"), 1);
		if (d % 3 == 0)
			vocabulary_add_mark(&vocabulary, STR("\1topic"));
		buf_init(&packed, 4096);
		vocabulary_pack(&vocabulary, &packed);
		batch_add(&batch, d, arena_copy(&arena, buf_str(&packed)));
		buf_release(&packed);
		memory_card(memory, d, &card);
	}
	assert_true(batch_apply(&batch, &rows));
	assert_true(query_parse(&arena, NULL, STR("harbour"), &query, NULL));
	collection.documents = memory->documents;
	collection.length = memory->length;
	wish.marks[0] = STR("\1topic");
	wish.mark_count = 1;
	find(&collection, &wish, 20, &arena, &found);
	assert_int_equal(found.total, 4);
	assert_int_equal(found.hits[0].document, 9);
	batch_release(&batch);
	arena_release(&arena);
	memory_release(memory);
}

/* Lists of all documents, as many as a query can have: the walk ends early and says so. */
static void no_query_reads_more_than_its_work(void **state)
{
	struct memory *memory = calloc(1, sizeof *memory);
	struct index_rows rows = memory_rows(memory);
	struct collection collection = { .rows = &rows };
	struct index_batch batch;
	struct arena arena;
	struct query query;
	struct found found;
	struct wish wish = { .query = &query };
	struct vocabulary vocabulary;
	struct buf packed;
	uint32_t documents = PAGES_MAX * CARDS_PER_PAGE;

	(void)state;
	arena_init(&arena);
	query = (struct query){ .count = QUERY_TERMS_MAX, .required = QUERY_TERMS_MAX };
	vocabulary_init(&vocabulary, &arena);
	for (unsigned i = 0; i < QUERY_TERMS_MAX; i++) {
		query.terms[i].text = arena_printf(&arena, "w%u", i);
		vocabulary_add(&vocabulary, NULL, query.terms[i].text, 1);
	}
	buf_init(&packed, 4096);
	vocabulary_pack(&vocabulary, &packed);
	batch_begin(&batch);
	for (uint32_t d = 0; d < documents; d++) {
		struct card card = { 20200101, 3, 0, true };

		batch_add(&batch, d, buf_str(&packed));
		memory_card(memory, d, &card);
	}
	buf_release(&packed);
	assert_true(batch_apply(&batch, &rows));
	collection.documents = memory->documents;
	collection.length = memory->length;
	find(&collection, &wish, 20, &arena, &found);
	assert_false(found.complete);
	assert_true(found.total > 1000 && found.total < documents);
	assert_int_equal(found.hits[0].document, documents - 1);
	/* Half as many lists can be read to their end, each block once. */
	query.count = query.required = QUERY_TERMS_MAX / 2;
	memory->reads = 0;
	find(&collection, &wish, 20, &arena, &found);
	assert_true(found.complete);
	assert_int_equal(found.total, documents);
	assert_true(memory->reads <= QUERY_TERMS_MAX / 2 * (documents / BLOCK_MAX + 4));
	/* Of one word the newest, unless something narrows them: then what is old is found, too. */
	query.count = query.required = 1;
	find(&collection, &wish, 20, &arena, &found);
	assert_false(found.complete);
	assert_true(found.total > FIND_PLAIN_WORK / 2 && found.total <= FIND_PLAIN_WORK);
	assert_int_equal(found.hits[0].document, documents - 1);
	wish.to = 20200101;
	find(&collection, &wish, 20, &arena, &found);
	assert_true(found.complete);
	assert_int_equal(found.total, documents);
	batch_release(&batch);
	arena_release(&arena);
	memory_release(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_index_has_what_was_put_into_it),
		cmocka_unit_test(full_blocks_stay_full_where_a_list_grows_at_its_end),
		cmocka_unit_test(what_does_not_fit_the_index_is_told),
		cmocka_unit_test(a_damaged_block_is_no_block),
		cmocka_unit_test(all_that_fits_is_found_and_nothing_else),
		cmocka_unit_test(a_fresh_document_is_found_as_if_it_were_merged),
		cmocka_unit_test(a_mark_is_a_list_that_must_have_the_document),
		cmocka_unit_test(no_query_reads_more_than_its_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
