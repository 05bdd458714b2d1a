/*
 * The blocks of two releases, matched; words.c looks into those that changed.
 *
 * What is the same to a reader is matched first (sequence.h). In each gap that is left,
 * blocks that are alike become pairs, in order; the rest was removed or added, or moved
 * (moves.h).
 */
#include <communique/difference.h>

#include "moves.h"

/* Among so many blocks on either side the best pairs are looked for; in longer gaps only
 * those in the same place are tried. */
#define PAIRING_MAX 32
#define ALIKE_ENOUGH 400 /* of 1000 */

/* A block of the body, or a line of the header. */
struct element {
	const char *field;
	bool single; /* the field stands once: its values always belong together */
	const struct node *node;
	struct str text;   /* what a reader sees */
	struct str source; /* as it stands in the file, line ends and indentation apart */
};

struct elements {
	struct arena *arena;
	struct element *at;
	uint32_t count, room;
};

static void add_element(struct elements *elements, struct element element)
{
	if (elements->count == elements->room) {
		uint32_t room = elements->room ? 2 * elements->room : 64;
		struct element *more = arena_array(elements->arena, room, sizeof *more);

		if (elements->count)
			memcpy(more, elements->at, elements->count * sizeof *more);
		elements->at = more;
		elements->room = room;
	}
	elements->at[elements->count++] = element;
}

/* --- the header ---------------------------------------------------------------------------- */

static void add_field(struct elements *elements, const char *field, bool single, struct str value)
{
	if (value.len)
		add_element(elements, (struct element){ .field = field,
							.single = single,
							.text = value,
							.source = value });
}

static void add_fields(struct elements *elements, const char *field, const struct texts *values)
{
	for (size_t i = 0; i < values->count; i++)
		add_field(elements, field, false, values->at[i]);
}

static void add_attachments(struct elements *elements, const struct release *release)
{
	for (size_t i = 0; i < release->attachment_count; i++) {
		const struct attachment *from = &release->attachments[i];
		struct str title = from->title.len ? from->title : STR("");

		add_field(elements, "Attachment", false,
			  arena_printf(elements->arena, "%.*s%s%.*s%s%.*s, SHA-256 %s",
				       STR_ARG(from->name), title.len ? ", " : "", STR_ARG(title),
				       from->language.len ? ", " : "", STR_ARG(from->language),
				       HASH_TEXT(&from->hash)));
	}
}

/* All but what names the edition and tells its revisions apart. */
static void add_header(struct elements *elements, const struct release *release)
{
	struct arena *arena = elements->arena;
	char moment[TIME_SIZE];

	add_field(elements, "Date", true,
		  arena_printf(arena, "%04u-%02u-%02u", (unsigned)release->date.year,
			       (unsigned)release->date.month, (unsigned)release->date.day));
	if (release->has_publish_at)
		add_field(elements, "Publish-At", true,
			  arena_copy(arena, time_format(moment, release->publish_at)));
	add_field(elements, "Kind", true, kind_word(release->kind));
	add_field(elements, "Title", true, release->title);
	add_fields(elements, "Subtitle", &release->subtitles);
	add_field(elements, "Summary", true, release->summary);
	add_field(elements, "Reference", true, release->reference);
	add_field(elements, "Place", true, release->place);
	add_fields(elements, "Department", &release->departments);
	add_fields(elements, "Contact", &release->contacts);
	add_fields(elements, "Topics", &release->topics);
	add_field(elements, "Rights", true, release->rights);
	add_attachments(elements, release);
	add_fields(elements, "Legacy", &release->legacy);
}

/* --- the body ----------------------------------------------------------------------------------
 */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Runs of spaces and line ends become one space. */
static struct str squeeze(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (!is_space(text.at[i]))
			out[len++] = text.at[i];
		else if (len && out[len - 1] != ' ')
			out[len++] = ' ';
	}
	return (struct str){ out, len && out[len - 1] == ' ' ? len - 1 : len };
}

/* A row is one block; its cells are told apart by bars. */
static void add_row(const struct node *row, struct buf *out)
{
	for (const struct node *cell = row->first; cell; cell = cell->next) {
		if (cell != row->first)
			buf_add(out, STR(" | "));
		node_own_text(cell, out);
	}
}

static struct str shown_text(struct arena *arena, const struct node *node)
{
	struct str kept;
	struct buf text;

	buf_init(&text, 4 * RELEASE_FILE_MAX);
	if (node->mark.len) {
		buf_add(&text, node->mark);
		if (node->kind != NODE_END_MARK)
			buf_add_char(&text, ' ');
	}
	if (node->kind == NODE_ROW)
		add_row(node, &text);
	else if (node->kind != NODE_END_MARK)
		node_own_text(node, &text);
	kept = squeeze(arena, buf_str(&text));
	buf_release(&text);
	return kept;
}

static void add_body(struct elements *elements, const struct release *release)
{
	for (const struct node *node = release->document; node; node = node_after(node)) {
		if (!node_is_block(node) || node->kind == NODE_DOCUMENT || node->source.len == 0)
			continue;
		add_element(elements,
			    (struct element){ .node = node,
					      .text = shown_text(elements->arena, node),
					      .source = squeeze(elements->arena, node->source) });
	}
}

/* --- what a difference is made of --------------------------------------------------------------
 */

/* Elements [a, a_end) of the one and [b, b_end) of the other, none of which are the same. */
struct rest {
	uint32_t a, a_end, b, b_end;
	unsigned alike[PAIRING_MAX][PAIRING_MAX]; /* 0: not alike enough */
	unsigned best[PAIRING_MAX + 1][PAIRING_MAX + 1];
};

struct comparison {
	struct budget budget;
	struct elements a, b;
	struct rest rest; /* the gap at hand */
	struct difference *out;
	struct block_difference *first, *last;
};

static struct segment **add_segment(struct arena *arena, struct segment **end,
				    enum mark_of_change mark, struct str text)
{
	if (text.len == 0)
		return end;
	*end = arena_new(arena, struct segment);
	**end = (struct segment){ mark, text, NULL };
	return &(*end)->next;
}

/* What it takes to find out is freed at once; the segments are the budget's arena's. */
struct segment *segments_of(struct budget *budget, struct str before, struct str after)
{
	struct segment *first = NULL, **end = &first;
	struct arena scratch;
	struct span *span;

	arena_init(&scratch);
	before = before.len ? before : STR("");
	after = after.len ? after : STR("");
	for (span = words_compare(budget, &scratch, before, after); span; span = span->next) {
		if (span->same) {
			end = add_segment(budget->arena, end, TEXT_KEPT, span->after);
			continue;
		}
		end = add_segment(budget->arena, end, TEXT_REMOVED, span->before);
		end = add_segment(budget->arena, end, TEXT_ADDED, span->after);
	}
	arena_release(&scratch);
	return first;
}

struct segment *text_difference(struct arena *arena, struct str before, struct str after)
{
	struct budget budget = budget_new(arena);

	return segments_of(&budget, before, after);
}

static struct block_difference *add_block(struct comparison *comparison, enum block_change change,
					  const struct element *a, const struct element *b)
{
	struct block_difference *block =
		arena_new(comparison->budget.arena, struct block_difference);

	*block = (struct block_difference){ .change = change,
					    .field = a ? a->field : b->field,
					    .before = a ? a->node : NULL,
					    .after = b ? b->node : NULL };
	comparison->out->counts[change]++;
	if (comparison->last)
		comparison->last->next = block;
	else
		comparison->first = block;
	comparison->last = block;
	return block;
}

static void add_one_sided(struct comparison *comparison, enum block_change change,
			  const struct element *element)
{
	static const enum mark_of_change marks[] = { TEXT_KEPT, TEXT_KEPT, TEXT_REMOVED,
						     TEXT_ADDED };
	struct block_difference *block =
		add_block(comparison, change, change == BLOCK_ADDED ? NULL : element,
			  change == BLOCK_REMOVED ? NULL : element);

	add_segment(comparison->budget.arena, &block->segments, marks[change], element->text);
}

static void add_kept(struct comparison *comparison, const struct element *a,
		     const struct element *b)
{
	struct block_difference *block = add_block(comparison, BLOCK_KEPT, a, b);

	add_segment(comparison->budget.arena, &block->segments, TEXT_KEPT, b->text);
}

/* A row has its links in its cells. */
static bool next_address(const struct node *block, const struct node **at)
{
	const struct node *node = *at ? *at : block;

	while ((node = node_after(node)) && (!node_is_block(node) || node->kind == NODE_CELL)) {
		if (node->kind != NODE_LINK && node->kind != NODE_IMAGE)
			continue;
		*at = node;
		return true;
	}
	return false;
}

bool same_addresses(const struct node *a, const struct node *b)
{
	const struct node *one = NULL, *other = NULL;
	bool more, other_more;

	if (!a || !b)
		return true;
	do {
		more = next_address(a, &one);
		other_more = next_address(b, &other);
		if (more && other_more && !str_equal(one->address, other->address))
			return false;
	} while (more && other_more);
	return more == other_more;
}

static void add_changed(struct comparison *comparison, const struct element *a,
			const struct element *b)
{
	struct block_difference *block = add_block(comparison, BLOCK_CHANGED, a, b);

	block->markup = str_equal(a->text, b->text) || !same_addresses(a->node, b->node);
	block->segments = segments_of(&comparison->budget, block->markup ? a->source : a->text,
				      block->markup ? b->source : b->text);
}

/* --- pairs -------------------------------------------------------------------------------------
 */

static bool may_pair(const struct element *a, const struct element *b)
{
	if (a->field || b->field)
		return a->field && b->field && strcmp(a->field, b->field) == 0;
	return true;
}

static unsigned alikeness(const struct element *a, const struct element *b, const struct bag *one,
			  const struct bag *other, const uint32_t *weights)
{
	unsigned alike;

	if (!may_pair(a, b))
		return 0;
	if (a->single)
		return 1000;
	alike = words_alike(one, other, weights);
	if (a->node && b->node && a->node->kind == b->node->kind &&
	    str_equal(a->node->mark, b->node->mark))
		alike += 100;
	return alike >= ALIKE_ENOUGH ? alike : 0;
}

static struct bag *bags_of(const struct comparison *comparison, const struct rest *rest,
			   struct arena *arena, uint32_t **weights)
{
	size_t n = rest->a_end - rest->a, m = rest->b_end - rest->b;
	struct str *texts = arena_array(arena, n + m, sizeof *texts);

	for (size_t i = 0; i < n; i++)
		texts[i] = comparison->a.at[rest->a + i].text;
	for (size_t j = 0; j < m; j++)
		texts[n + j] = comparison->b.at[rest->b + j].text;
	return words_bags(arena, texts, n + m, weights);
}

/* Fills best[i][j], the greatest sum of alikeness that pairs from there on can have. */
static void find_best(struct comparison *comparison, struct rest *rest)
{
	uint32_t n = rest->a_end - rest->a, m = rest->b_end - rest->b, *weights;
	struct arena scratch;
	struct bag *bags;

	arena_init(&scratch);
	bags = bags_of(comparison, rest, &scratch, &weights);
	for (uint32_t i = 0; i <= n; i++)
		rest->best[i][m] = 0;
	for (uint32_t j = 0; j <= m; j++)
		rest->best[n][j] = 0;
	for (uint32_t i = n; i-- > 0;) {
		for (uint32_t j = m; j-- > 0;) {
			unsigned *best = &rest->best[i][j];
			unsigned alike = alikeness(&comparison->a.at[rest->a + i],
						   &comparison->b.at[rest->b + j], &bags[i],
						   &bags[n + j], weights);

			rest->alike[i][j] = alike;
			*best = rest->best[i + 1][j];
			if (rest->best[i][j + 1] > *best)
				*best = rest->best[i][j + 1];
			if (alike && alike + rest->best[i + 1][j + 1] > *best)
				*best = alike + rest->best[i + 1][j + 1];
		}
	}
	arena_release(&scratch);
}

static void add_best_pairs(struct comparison *comparison, struct rest *rest)
{
	uint32_t n = rest->a_end - rest->a, m = rest->b_end - rest->b, i = 0, j = 0;

	find_best(comparison, rest);
	while (i < n || j < m) {
		const struct element *a = &comparison->a.at[rest->a + i];
		const struct element *b = &comparison->b.at[rest->b + j];

		if (i < n && j < m && rest->alike[i][j] &&
		    rest->best[i][j] == rest->alike[i][j] + rest->best[i + 1][j + 1]) {
			add_changed(comparison, a, b);
			i++;
			j++;
		} else if (i < n && (j == m || rest->best[i][j] == rest->best[i + 1][j])) {
			add_one_sided(comparison, BLOCK_REMOVED, a);
			i++;
		} else {
			add_one_sided(comparison, BLOCK_ADDED, b);
			j++;
		}
	}
}

/* A long gap: piece by piece, each short enough. */
static void add_rest(struct comparison *comparison, uint32_t a, uint32_t a_end, uint32_t b,
		     uint32_t b_end)
{
	struct rest *rest = &comparison->rest;

	while (a < a_end || b < b_end) {
		rest->a = a;
		rest->b = b;
		rest->a_end = a = a_end - a > PAIRING_MAX ? a + PAIRING_MAX : a_end;
		rest->b_end = b = b_end - b > PAIRING_MAX ? b + PAIRING_MAX : b_end;
		add_best_pairs(comparison, rest);
	}
}

/* --- all of it ---------------------------------------------------------------------------------
 */

/* What two elements must share to be the same; fields of other names never are. */
static uint32_t *number_elements(const struct comparison *comparison, uint32_t *kinds)
{
	struct arena *arena = comparison->budget.arena;
	size_t n = comparison->a.count, m = comparison->b.count;
	struct str *texts = arena_array(arena, n + m + 1, sizeof *texts);

	for (size_t i = 0; i < n + m; i++) {
		const struct element *element =
			i < n ? &comparison->a.at[i] : &comparison->b.at[i - n];

		texts[i] = element->field ? arena_printf(arena, "%s: %.*s", element->field,
							 STR_ARG(element->source))
					  : element->source;
	}
	return texts_number(arena, texts, n + m, kinds);
}

static struct block_difference *compare(struct comparison *comparison)
{
	uint32_t n = comparison->a.count, m = comparison->b.count, kinds, i = 0, j = 0;
	uint32_t *numbers = number_elements(comparison, &kinds);
	uint32_t *partner = sequence_match(&comparison->budget, comparison->budget.arena,
					   (struct sequence){ numbers, n },
					   (struct sequence){ numbers + n, m }, kinds);

	comparison->first = comparison->last = NULL;
	for (uint32_t at = 0; at < n; at++) {
		if (partner[at] == NO_PARTNER)
			continue;
		add_rest(comparison, i, at, j, partner[at]);
		add_kept(comparison, &comparison->a.at[at], &comparison->b.at[partner[at]]);
		i = at + 1;
		j = partner[at] + 1;
	}
	add_rest(comparison, i, n, j, m);
	return comparison->first;
}

void release_difference(struct arena *arena, const struct release *before,
			const struct release *after, struct difference *out)
{
	struct comparison comparison = {
		.budget = budget_new(arena), .a.arena = arena, .b.arena = arena, .out = out
	};

	*out = (struct difference){ .fields = NULL };
	add_header(&comparison.a, before);
	add_header(&comparison.b, after);
	out->fields = compare(&comparison);
	comparison.a.count = comparison.b.count = 0;
	add_body(&comparison.a, before);
	add_body(&comparison.b, after);
	out->blocks = compare(&comparison);
	find_moves(&comparison.budget, out);
}
