#include <communique/find.h>

#include "walk.h"

/* --- what a word is worth ----------------------------------------------------------------- */

#define LENGTH_CLASSES 32

/* Half octaves: 1, 2, 3, 4, 6, 8, 12 … of a u16. */
static unsigned length_class(uint32_t length)
{
	unsigned octave;

	if (length < 2)
		return 0;
	octave = 31 - (unsigned)__builtin_clz(length);
	return 2 * octave + (length >> (octave - 1) & 1);
}

static double class_length(unsigned class)
{
	double low = (double)(1u << class / 2);

	return class % 2 ? low * 1.75 : low * 1.25;
}

/* ln(x), x >= 1, to what whole scores need: no libm for one number a word. */
static double logarithm(double x)
{
	double y, y2, sum = 0;
	int octaves = 0;

	while (x > 1.5) {
		x /= 2;
		octaves++;
	}
	y = (x - 1) / (x + 1);
	y2 = y * y;
	for (int n = 15; n >= 1; n -= 2)
		sum = sum * y2 + 1.0 / n;
	return 2 * y * sum + octaves * 0.69314718055994530942;
}

struct worth {
	uint32_t at[LENGTH_CLASSES][WEIGHT_MAX + 1];
};

static void worth_fill(struct worth *worth, uint64_t documents, uint64_t length, uint32_t have)
{
	const double k1 = 1.2, b = 0.75, scale = 1024;
	double average = documents ? (double)length / (double)documents : 1;
	double absent = documents > have ? (double)(documents - have) : 0;
	double rarity = logarithm(1 + (absent + 0.5) / ((double)have + 0.5));

	for (unsigned class = 0; class < LENGTH_CLASSES; class ++) {
		double k = k1 * (1 - b + b * class_length(class) / (average > 1 ? average : 1));

		for (unsigned weight = 0; weight <= WEIGHT_MAX; weight++)
			worth->at[class][weight] =
				(uint32_t)(scale * rarity * weight * (k1 + 1) / (weight + k));
	}
}

/* --- the best so far ------------------------------------------------------------------------ */

static bool is_better(const struct hit *a, const struct hit *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	if (a->date != b->date)
		return a->date > b->date;
	return a->document > b->document;
}

static int by_rank(const void *a, const void *b)
{
	return is_better(a, b) ? -1 : is_better(b, a) ? 1 : 0;
}

/* A heap: the worst of the best stands first. */
static void sink(struct hit *heap, size_t count)
{
	size_t at = 0;

	for (;;) {
		size_t worst = at;
		struct hit swap = heap[at];

		for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++) {
			if (is_better(&heap[worst], &heap[child]))
				worst = child;
		}
		if (worst == at)
			return;
		heap[at] = heap[worst];
		heap[worst] = swap;
		at = worst;
	}
}

static void rise(struct hit *heap, size_t at)
{
	while (at > 0 && is_better(&heap[(at - 1) / 2], &heap[at])) {
		struct hit swap = heap[at];

		heap[at] = heap[(at - 1) / 2];
		heap[(at - 1) / 2] = swap;
		at = (at - 1) / 2;
	}
}

/* --- looking ---------------------------------------------------------------------------------- */

struct finding {
	const struct collection *collection;
	const struct wish *wish;
	struct found *out;
	size_t most;
	uint32_t least;	     /* a score below is none of the best any more */
	size_t terms;	     /* required ones */
	struct worth *worth; /* of each */
	struct walk walk;
	uint32_t page; /* of the cards at hand */
	struct str cards;
	size_t fresh; /* how many fresh documents are at or below the walk */
};

static void keep(struct finding *finding, const struct hit *hit)
{
	struct found *out = finding->out;

	if (out->count < finding->most) {
		out->hits[out->count] = *hit;
		rise(out->hits, out->count++);
	} else if (finding->most && is_better(hit, &out->hits[0])) {
		out->hits[0] = *hit;
		sink(out->hits, out->count);
	}
	if (out->count == finding->most)
		finding->least = finding->most ? out->hits[0].score : UINT32_MAX;
}

static bool turn_page(struct finding *finding, uint32_t page)
{
	const struct index_rows *rows = finding->collection->rows;

	finding->page = page;
	if (!rows->page(rows->ctx, page, &finding->cards) ||
	    finding->cards.len != (size_t)CARDS_PER_PAGE * CARD_SIZE)
		finding->cards = STR_NONE;
	return str_given(finding->cards);
}

static inline struct card card_of(struct finding *finding, uint32_t document)
{
	uint32_t page = document / CARDS_PER_PAGE;

	if (page != finding->page)
		turn_page(finding, page);
	if (!str_given(finding->cards))
		return (struct card){ .there = false };
	return card_read(finding->cards.at + (size_t)(document % CARDS_PER_PAGE) * CARD_SIZE);
}

/* A document that has all the words: counted and kept, when the rest of the wish fits it. */
static inline void consider(struct finding *finding, uint32_t document, struct card card,
			    const uint8_t *weights)
{
	const struct wish *wish = finding->wish;
	unsigned class = length_class(card.length), kind = card.kind % FIND_KINDS;
	struct hit hit = { .date = card.date, .document = document };

	if ((wish->from && card.date < wish->from) || (wish->to && card.date > wish->to))
		return;
	finding->out->kinds[kind]++;
	if (wish->kinds && !(wish->kinds & 1u << kind))
		return;
	finding->out->total++;
	for (size_t i = 0; i < finding->terms; i++)
		hit.score += finding->worth[i].at[class][weights[i]];
	if (hit.score >= finding->least)
		keep(finding, &hit);
}

/* --- fresh documents -------------------------------------------------------------------------- */

/* The weights of the query's terms and of the wish's marks, by one pass. */
static void weigh(const struct finding *finding, struct str words, uint8_t *weights,
		  bool *has_marks)
{
	const struct query *query = finding->wish->query;
	struct vocabulary_reader reader = vocabulary_read(words);
	struct vocabulary_word word;
	size_t marks = 0;

	memset(weights, 0, QUERY_TERMS_MAX);
	while (vocabulary_next(&reader, &word)) {
		for (size_t i = 0; i < query->count; i++) {
			if (word.text.len == query->terms[i].text.len &&
			    *word.text.at == *query->terms[i].text.at &&
			    str_equal(word.text, query->terms[i].text))
				weights[i] = (uint8_t)word.weight;
		}
		for (size_t i = 0; i < finding->wish->mark_count; i++)
			marks += str_equal(word.text, finding->wish->marks[i]);
	}
	*has_marks = marks == finding->wish->mark_count;
}

/* Whether all terms of one of the exclusions are there. */
static bool is_excluded(const struct query *query, const uint8_t *weights)
{
	for (unsigned group = 1; group <= query->groups; group++) {
		bool all = true;

		for (size_t i = query->required; i < query->count; i++)
			all = all && (query->terms[i].group != group || weights[i] > 0);
		if (all)
			return true;
	}
	return false;
}

static bool has_all(const struct query *query, const uint8_t *weights)
{
	for (size_t i = 0; i < query->required; i++) {
		if (!weights[i])
			return false;
	}
	return true;
}

/* Counts of the whole: as if what is fresh were merged. */
static void count_fresh(struct finding *finding, uint8_t (*weights)[QUERY_TERMS_MAX],
			bool *has_marks, uint64_t *documents, uint64_t *length)
{
	const struct collection *collection = finding->collection;
	const struct query *query = finding->wish->query;

	for (size_t i = 0; i < collection->fresh_count; i++) {
		const struct fresh *fresh = &collection->fresh[i];
		struct card card = card_of(finding, fresh->document);

		weigh(finding, fresh->words, weights[i], &has_marks[i]);
		*documents += (uint64_t)fresh->card.there - (uint64_t)card.there;
		*length += (uint64_t)fresh->card.length - (uint64_t)card.length;
		for (size_t t = 0; t < query->count; t++) {
			finding->out->counts[t] += weights[i][t] > 0;
			if (card.there &&
			    index_weight(collection->rows, query->terms[t].text, fresh->document))
				finding->out->counts[t]--;
		}
	}
}

static void consider_fresh(struct finding *finding, uint8_t (*weights)[QUERY_TERMS_MAX],
			   const bool *has_marks)
{
	const struct collection *collection = finding->collection;
	const struct query *query = finding->wish->query;

	for (size_t i = 0; i < collection->fresh_count; i++) {
		const struct fresh *fresh = &collection->fresh[i];

		if (fresh->card.there && has_marks[i] && has_all(query, weights[i]) &&
		    !is_excluded(query, weights[i]))
			consider(finding, fresh->document, fresh->card, weights[i]);
	}
}

/* The walk goes downward: each fresh document is passed once. */
static bool is_fresh(struct finding *finding, uint32_t document)
{
	const struct fresh *fresh = finding->collection->fresh;

	while (finding->fresh && fresh[finding->fresh - 1].document > document)
		finding->fresh--;
	return finding->fresh && fresh[finding->fresh - 1].document == document;
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static bool visit(void *ctx, uint32_t document, const uint8_t *weights)
{
	struct finding *finding = ctx;
	struct card card;

	if (finding->collection->fresh_count && is_fresh(finding, document))
		return true;
	card = card_of(finding, document);
	if (card.there)
		consider(finding, document, card, weights);
	else
		finding->out->damaged = true;
	return true;
}

static uint32_t work_of(const struct wish *wish)
{
	bool plain = wish->query->count == 1 && wish->mark_count == 0 && !wish->kinds &&
		     !wish->from && !wish->to;

	if (wish->work)
		return wish->work;
	return plain ? FIND_PLAIN_WORK : FIND_WORK;
}

static void walk_index(struct finding *finding, struct arena *arena)
{
	const struct wish *wish = finding->wish;
	struct walk *walk = &finding->walk;

	walk_begin(walk, finding->collection->rows, arena, wish->query);
	for (size_t i = 0; i < wish->mark_count; i++)
		walk_add_mark(walk, wish->marks[i]);
	finding->fresh = finding->collection->fresh_count;
	finding->out->complete = walk_all(walk, work_of(wish), visit, finding);
	finding->out->damaged = finding->out->damaged || walk->damaged;
}

void find(const struct collection *collection, const struct wish *wish, size_t most,
	  struct arena *arena, struct found *out)
{
	struct finding finding = { .collection = collection, .wish = wish, .out = out };
	uint64_t documents = collection->documents, length = collection->length;
	size_t room = collection->fresh_count + 1;
	uint8_t(*weights)[QUERY_TERMS_MAX] = arena_array(arena, room, sizeof *weights);
	bool *has_marks = arena_array(arena, room, sizeof *has_marks);
	const struct query *query = wish->query;

	*out = (struct found){ .complete = true };
	if (query->required == 0)
		return;
	out->hits = arena_array(arena, most + 1, sizeof *out->hits);
	finding.most = most;
	finding.terms = wish->by_date ? 0 : query->required;
	finding.page = UINT32_MAX;
	for (size_t i = 0; i < query->count; i++)
		out->counts[i] = index_count(collection->rows, query->terms[i].text);
	count_fresh(&finding, weights, has_marks, &documents, &length);
	finding.worth = arena_array(arena, query->required, sizeof *finding.worth);
	for (size_t i = 0; i < query->required; i++)
		worth_fill(&finding.worth[i], documents, length, out->counts[i]);
	consider_fresh(&finding, weights, has_marks);
	walk_index(&finding, arena);
	qsort(out->hits, out->count, sizeof *out->hits, by_rank);
}
