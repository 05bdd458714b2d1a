#include <communique/difference.h>
#include <communique/terminal.h>

#include "difference.h"

static void print_field(const struct block_difference *block, FILE *to)
{
	if (block->field)
		fprintf(to, "%s: ", block->field);
}

static void print_move(const struct block_difference *block, FILE *to)
{
	if (block->change == BLOCK_MOVED)
		fprintf(to, "(moved here from further %s) ", block->down ? "up" : "down");
	if (block->change == BLOCK_MOVED_AWAY)
		fprintf(to, "(moved further %s) ", block->down ? "down" : "up");
}

/* Brackets besides the colours: not everybody sees red and green. */
static void print_marked(const struct block_difference *block, FILE *to)
{
	static const enum tone tones[] = { TONE_PLAIN, TONE_BAD, TONE_GOOD };
	static const char *const open[] = { "", "[-", "{+" }, *const close[] = { "", "-]", "+}" };
	static const char signs[] = { ' ', '~', '-', '+', '>', '<' };

	fprintf(to, "%c ", signs[block->change]);
	print_field(block, to);
	print_move(block, to);
	for (const struct segment *at = block->segments; at; at = at->next) {
		fprintf(to, "%s%s", terminal_tone(to, tones[at->mark]), open[at->mark]);
		terminal_print(to, at->text);
		fprintf(to, "%s%s", close[at->mark], terminal_tone(to, TONE_PLAIN));
	}
	fputc('\n', to);
}

static void print_side(const struct block_difference *block, char sign, enum mark_of_change without,
		       FILE *to)
{
	fprintf(to, "%c ", sign);
	print_field(block, to);
	print_move(block, to);
	for (const struct segment *at = block->segments; at; at = at->next) {
		if (at->mark != without)
			terminal_print(to, at->text);
	}
	fputc('\n', to);
}

static void print_block(const struct block_difference *block, FILE *to)
{
	if (block->change == BLOCK_KEPT)
		return;
	if (*terminal_tone(to, TONE_GOOD)) {
		print_marked(block, to);
		return;
	}
	if (block->change != BLOCK_ADDED && block->change != BLOCK_MOVED)
		print_side(block, '-', TEXT_ADDED, to);
	if (block->change != BLOCK_REMOVED && block->change != BLOCK_MOVED_AWAY)
		print_side(block, '+', TEXT_REMOVED, to);
}

static void print_blocks(const struct block_difference *block, FILE *to)
{
	for (; block; block = block->next)
		print_block(block, to);
}

void difference_print(struct arena *arena, const struct release *before,
		      const struct release *after, FILE *to)
{
	struct difference difference;

	release_difference(arena, before, after, &difference);
	fprintf(to, "%sfrom revision %lu to revision %lu", terminal_tone(to, TONE_STRONG),
		(unsigned long)before->revision, (unsigned long)after->revision);
	if (after->change != CHANGE_FIRST)
		fprintf(to, ", %.*s", STR_ARG(change_word(after->change)));
	if (after->change_note.len) {
		fputs(": ", to);
		terminal_print(to, after->change_note);
	}
	fprintf(to, "%s\n", terminal_tone(to, TONE_PLAIN));
	print_blocks(difference.fields, to);
	print_blocks(difference.blocks, to);
	if (difference_is_none(&difference))
		fprintf(to, "The text is the same.\n");
	else
		fprintf(to, "%zu changed, %zu added, %zu removed, %zu moved, %zu as before\n",
			difference.counts[BLOCK_CHANGED], difference.counts[BLOCK_ADDED],
			difference.counts[BLOCK_REMOVED], difference.counts[BLOCK_MOVED],
			difference.counts[BLOCK_KEPT]);
}
