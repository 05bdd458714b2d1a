#include "words.h"

#include <communique/utf8.h>

/* --- numbers for texts ------------------------------------------------------------------- */

struct numbered {
	struct str text;
	size_t place;
};

static int by_text(const void *a, const void *b)
{
	return str_compare(((const struct numbered *)a)->text, ((const struct numbered *)b)->text);
}

/* By sorting: no text can make this slow, as one could a hash table. */
uint32_t *texts_number(struct arena *arena, const struct str *texts, size_t count, uint32_t *kinds)
{
	struct numbered *sorted = arena_array(arena, count + 1, sizeof *sorted);
	uint32_t *numbers = arena_array(arena, count + 1, sizeof *numbers), last = 0;

	for (size_t i = 0; i < count; i++)
		sorted[i] = (struct numbered){ texts[i], i };
	qsort(sorted, count, sizeof *sorted, by_text);
	for (size_t i = 0; i < count; i++) {
		if (i && !str_equal(sorted[i].text, sorted[i - 1].text))
			last++;
		numbers[sorted[i].place] = last;
	}
	*kinds = last + 1;
	return numbers;
}

/* --- letters ------------------------------------------------------------------------------- */

struct range {
	uint32_t from, to;
};

static bool is_in(uint32_t code, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (code >= ranges[i].from && code <= ranges[i].to)
			return true;
	}
	return false;
}
#define IS_IN(code, ranges) is_in((code), (ranges), sizeof(ranges) / sizeof(ranges)[0])

/* Scripts that put no spaces between words, and Hangul, where what differs between two words
 * is often a particle: each character may differ by itself. */
static bool stands_alone(uint32_t code)
{
	static const struct range ranges[] = {
		{ 0x0e00, 0x0eff },			/* Thai, Lao */
		{ 0x1000, 0x109f },			/* Myanmar */
		{ 0x1100, 0x11ff },			/* Hangul letters */
		{ 0x1780, 0x17ff },			/* Khmer */
		{ 0x3040, 0x318f },			/* Kana, Bopomofo, Hangul letters */
		{ 0x3400, 0x4dbf },			/* Han */
		{ 0x4e00, 0x9fff }, { 0xac00, 0xd7ff }, /* Hangul syllables */
		{ 0xf900, 0xfaff }, { 0x20000, 0x3ffff },
	};

	return IS_IN(code, ranges);
}

static bool is_letter(uint32_t code)
{
	static const struct range marks[] = {
		{ 0x80, 0xa9 },	    { 0xab, 0xb4 },	{ 0xb6, 0xb9 },	    { 0xbb, 0xbf },
		{ 0x060c, 0x060d }, { 0x061b, 0x061f }, { 0x066a, 0x066d }, { 0x06d4, 0x06d4 },
		{ 0x2000, 0x206f }, { 0x2190, 0x245f }, { 0x2500, 0x2bff }, { 0x3000, 0x303f },
		{ 0xfe10, 0xfe1f }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff0f }, { 0xff1a, 0xff20 },
		{ 0xff3b, 0xff40 }, { 0xff5b, 0xff65 },
	};

	if (code < 0x80)
		return is_digit((char)code) || is_alpha((char)code);
	return !IS_IN(code, marks);
}

/* Where a clause ends in a text that has no spaces. */
static bool ends_clause(uint32_t code)
{
	return code == 0x3001 || code == 0x3002 || code == 0xff0c || code == 0xff01 ||
	       code == 0xff1a || code == 0xff1b || code == 0xff1f;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* --- from a text to its words ------------------------------------------------------------------
 */

/* The word, with the spaces before it. A text that ends in spaces ends with an empty word. */
struct word {
	uint32_t start, from, end;
};

struct words {
	struct str text;
	struct word *at;
	uint32_t count;
};

static struct str rest_at(struct str text, uint32_t place)
{
	return str_skip(text, place);
}

static uint32_t next_code(struct str text, uint32_t *place)
{
	struct str rest = rest_at(text, *place);
	uint32_t code = rest.len ? utf8_next(&rest) : 0;

	*place = (uint32_t)(text.len - rest.len);
	return code;
}

static uint32_t word_end(struct str text, uint32_t place)
{
	while (place < text.len && !is_space(text.at[place])) {
		if (ends_clause(next_code(text, &place)))
			break;
	}
	return place;
}

/* With the marks that stand on the letter before. */
static uint32_t skip_marks(struct str text, uint32_t place)
{
	while (place < text.len && (unsigned char)text.at[place] >= 0x80) {
		uint32_t next = place;

		next_code(text, &next);
		if (utf8_columns((struct str){ text.at + place, next - place }) != 0)
			break;
		place = next;
	}
	return place;
}

/* A point, a hyphen, an apostrophe … inside a number or a word is part of it. */
static bool continues(struct str text, uint32_t place)
{
	uint32_t code = next_code(text, &place), next;

	if (is_letter(code))
		return !stands_alone(code);
	if (place == text.len || (code >= 0x80 && code != 0x2019))
		return false;
	next = next_code(text, &place);
	return is_letter(next) && !stands_alone(next);
}

static uint32_t piece_end(struct str text, uint32_t place)
{
	uint32_t code = next_code(text, &place);

	place = skip_marks(text, place);
	if (stands_alone(code) || !is_letter(code))
		return place;
	while (place < text.len && !is_space(text.at[place]) && continues(text, place)) {
		next_code(text, &place);
		place = skip_marks(text, place);
	}
	return place;
}

/* Takes the next word of the text off at *place. */
static struct word take_word(struct str text, uint32_t *place, bool finely)
{
	struct word word = { .start = *place };

	while (*place < text.len && is_space(text.at[*place]))
		++*place;
	word.from = *place;
	if (*place < text.len)
		*place = finely ? piece_end(text, *place) : word_end(text, *place);
	word.end = *place;
	return word;
}

static struct words split(struct arena *arena, struct str text, bool finely)
{
	struct words words = { .text = text };
	uint32_t place = 0;

	while (place < text.len) {
		take_word(text, &place, finely);
		words.count++;
	}
	words.at = arena_array(arena, (size_t)words.count + 1, sizeof *words.at);
	place = 0;
	for (uint32_t n = 0; n < words.count; n++)
		words.at[n] = take_word(text, &place, finely);
	return words;
}

static struct str word_text(const struct words *words, uint32_t n)
{
	return str_first(rest_at(words->text, words->at[n].from),
			 words->at[n].end - words->at[n].from);
}

/* --- spans -------------------------------------------------------------------------------------
 */

struct spans {
	struct arena *arena;
	struct span *first, *last;
};

/* Both texts come in order and without gaps, so a stretch only has to grow. */
static void add(struct spans *spans, bool same, struct str before, struct str after)
{
	struct span *last = spans->last;

	if (before.len + after.len == 0)
		return;
	if (last && last->same == same) {
		last->before.len += before.len;
		last->after.len += after.len;
		return;
	}
	last = arena_new(spans->arena, struct span);
	*last = (struct span){ same, before, after, NULL };
	if (spans->last)
		spans->last->next = last;
	else
		spans->first = last;
	spans->last = last;
}

static struct str piece(const struct words *words, uint32_t start, uint32_t end)
{
	return (struct str){ words->text.at + start, end - start };
}

/* The spaces before the n-th word. */
static struct str spaces_before(const struct words *words, uint32_t n)
{
	return piece(words, words->at[n].start, words->at[n].from);
}

/* The same word; what stands before it may differ. */
static void add_same(struct spans *spans, const struct words *a, const struct words *b, uint32_t i,
		     uint32_t j)
{
	struct str before = spaces_before(a, i), after = spaces_before(b, j);

	add(spans, str_equal(before, after), before, after);
	add(spans, true, word_text(a, i), word_text(b, j));
}

/* Where the n-th word begins, or the text ends. */
static uint32_t start_of(const struct words *words, uint32_t n)
{
	return n < words->count ? words->at[n].start : (uint32_t)words->text.len;
}

static void add_replaced(struct spans *spans, const struct words *a, const struct words *b,
			 uint32_t i, uint32_t i_end, uint32_t j, uint32_t j_end)
{
	uint32_t a_from = start_of(a, i), b_from = start_of(b, j);

	if (i < i_end && j < j_end && str_equal(spaces_before(a, i), spaces_before(b, j))) {
		add(spans, true, spaces_before(a, i), spaces_before(b, j));
		a_from = a->at[i].from;
		b_from = b->at[j].from;
	}
	add(spans, false, piece(a, a_from, i < i_end ? a->at[i_end - 1].end : a_from),
	    piece(b, b_from, j < j_end ? b->at[j_end - 1].end : b_from));
}

static uint32_t *number_words(struct arena *arena, const struct words *a, const struct words *b,
			      uint32_t *kinds)
{
	size_t count = (size_t)a->count + b->count;
	struct str *texts = arena_array(arena, count + 1, sizeof *texts);

	for (uint32_t i = 0; i < a->count; i++)
		texts[i] = word_text(a, i);
	for (uint32_t j = 0; j < b->count; j++)
		texts[a->count + j] = word_text(b, j);
	return texts_number(arena, texts, count, kinds);
}

static struct spans compare(struct budget *budget, struct arena *arena, struct str before,
			    struct str after, bool finely)
{
	struct words a = split(arena, before, finely);
	struct words b = split(arena, after, finely);
	struct spans spans = { .arena = arena };
	uint32_t kinds, i = 0, j = 0;
	uint32_t *numbers = number_words(arena, &a, &b, &kinds);
	uint32_t *partner = sequence_match(budget, arena, (struct sequence){ numbers, a.count },
					   (struct sequence){ numbers + a.count, b.count }, kinds);

	for (uint32_t n = 0; n < a.count; n++) {
		if (partner[n] == NO_PARTNER)
			continue;
		add_replaced(&spans, &a, &b, i, n, j, partner[n]);
		add_same(&spans, &a, &b, n, partner[n]);
		i = n + 1;
		j = partner[n] + 1;
	}
	add_replaced(&spans, &a, &b, i, a.count, j, b.count);
	return spans;
}

/* --- readable ------------------------------------------------------------------------------------
 */

static size_t letters_in(struct str text, size_t enough)
{
	size_t count = 0;

	while (text.len && count < enough)
		count += is_letter(utf8_next(&text));
	return count;
}

/* One letter that happens to stand in both is no help to a reader: it joins its neighbours.
 * Returns the last span. */
static struct span *join_crumbs(struct span *first)
{
	struct span *at = first;

	while (at && at->next && at->next->next) {
		struct span *crumb = at->next, *other = crumb->next;

		if (at->same || letters_in(crumb->before, 2) > 1) {
			at = crumb;
			continue;
		}
		at->before.len += crumb->before.len + other->before.len;
		at->after.len += crumb->after.len + other->after.len;
		at->next = other->next;
	}
	return at && at->next ? at->next : at;
}

/* Words in which less than half is the same are other words. */
static bool is_worth_it(const struct span *spans, const struct span *replaced)
{
	size_t same = 0, longer = replaced->before.len > replaced->after.len ? replaced->before.len
									     : replaced->after.len;

	for (; spans; spans = spans->next)
		same += spans->same ? spans->before.len : 0;
	return 2 * same >= longer;
}

/* A word that came between two others brought one space with it: the one behind it. The
 * stretch moves on by that space, and both neighbours stay as they are to a reader. */
static void shift_spaces(struct span *first)
{
	for (struct span *at = first; at && at->next && at->next->next; at = at->next) {
		struct span *moved = at->next, *behind = moved->next;
		struct str *side = moved->before.len ? &moved->before : &moved->after;

		if (!at->same || (moved->before.len && moved->after.len) || side->at[0] != ' ' ||
		    behind->after.len < 2 || behind->after.at[0] != ' ')
			continue;
		at->before.len++;
		at->after.len++;
		moved->before.at++;
		moved->after.at++;
		behind->before = str_skip(behind->before, 1);
		behind->after = str_skip(behind->after, 1);
	}
}

/* As one stretch, but for what is no letter at either end: quotation marks, a full stop. */
static void add_but_ends(struct spans *to, const struct spans *fine, const struct span *replaced)
{
	static const struct span none = { .same = true };
	const struct span *head = fine->first, *tail = fine->last;
	struct str before = replaced->before, after = replaced->after;

	if (!head->same || letters_in(head->after, 1))
		head = &none;
	if (!tail->same || letters_in(tail->after, 1) || tail == head)
		tail = &none;
	before = str_skip(str_first(before, before.len - tail->before.len), head->before.len);
	after = str_skip(str_first(after, after.len - tail->after.len), head->after.len);
	add(to, true, head->before, head->after);
	add(to, false, before, after);
	add(to, true, tail->before, tail->after);
}

static void add_refined(struct budget *budget, struct spans *to, const struct span *replaced)
{
	struct spans fine = compare(budget, to->arena, replaced->before, replaced->after, true);

	fine.last = join_crumbs(fine.first);
	if (!is_worth_it(fine.first, replaced)) {
		add_but_ends(to, &fine, replaced);
		return;
	}
	for (const struct span *at = fine.first; at; at = at->next)
		add(to, at->same, at->before, at->after);
}

struct span *words_compare(struct budget *budget, struct arena *arena, struct str before,
			   struct str after)
{
	struct spans coarse = compare(budget, arena, before, after, false);
	struct spans spans = { .arena = arena };

	for (const struct span *at = coarse.first; at; at = at->next) {
		if (!at->same && at->before.len && at->after.len)
			add_refined(budget, &spans, at);
		else
			add(&spans, at->same, at->before, at->after);
	}
	join_crumbs(spans.first);
	shift_spaces(spans.first);
	return spans.first;
}

/* --- alikeness
 * ------------------------------------------------------------------------------------ */

static int by_number(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;

	return (one > other) - (one < other);
}

struct bag *words_bags(struct arena *arena, const struct str *texts, size_t count,
		       uint32_t **weights)
{
	struct bag *bags = arena_array(arena, count + 1, sizeof *bags);
	struct words *words = arena_array(arena, count + 1, sizeof *words);
	uint32_t *numbers, kinds, all = 0;
	struct str *pieces;

	for (size_t i = 0; i < count; i++) {
		words[i] = split(arena, texts[i], true);
		all += words[i].count;
	}
	pieces = arena_array(arena, (size_t)all + 1, sizeof *pieces);
	all = 0;
	for (size_t i = 0; i < count; i++) {
		for (uint32_t n = 0; n < words[i].count; n++)
			pieces[all++] = word_text(&words[i], n);
	}
	numbers = texts_number(arena, pieces, all, &kinds);
	*weights = arena_array(arena, kinds, sizeof **weights);
	for (uint32_t n = 0; n < all; n++)
		(*weights)[numbers[n]] = (uint32_t)pieces[n].len;
	for (size_t i = 0; i < count; i++) {
		bags[i] = (struct bag){ numbers, words[i].count, 0 };
		qsort(numbers, bags[i].count, sizeof *numbers, by_number);
		for (uint32_t n = 0; n < bags[i].count; n++)
			bags[i].weight += (*weights)[numbers[n]];
		numbers += bags[i].count;
	}
	return bags;
}

unsigned words_alike(const struct bag *a, const struct bag *b, const uint32_t *weights)
{
	uint64_t both = 0, all = a->weight + b->weight;

	for (uint32_t i = 0, j = 0; i < a->count && j < b->count;) {
		uint32_t one = a->kinds[i], other = b->kinds[j];

		if (one == other)
			both += weights[one];
		i += one <= other;
		j += other <= one;
	}
	return all ? (unsigned)(2000 * both / all) : 1000;
}
