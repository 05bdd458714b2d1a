#include "parse.h"
#include "text.h"

/* The header's doubts may come late (a slug is compared with a date that stands below
 * it); the body's never do, so the search is short. */
void doubt_add(struct parse *parse, unsigned line, struct str says)
{
	struct doubt *new = arena_new(parse->arena, struct doubt);
	struct doubt **at = &parse->release->doubts;

	*new = (struct doubt){ .line = line, .says = says };
	if (parse->last_doubt && parse->last_doubt->line <= line)
		at = &parse->last_doubt->next;
	while (*at && (*at)->line <= line)
		at = &(*at)->next;
	new->next = *at;
	*at = new;
	if (!new->next)
		parse->last_doubt = new;
}

static unsigned count_lines(struct str text)
{
	struct lines lines = { text, 1 };

	while (lines.rest.len)
		line_take(&lines);
	return lines.number;
}

/* In the order in which a person would find it. */
static bool check_file(struct str file, struct fault *why)
{
	if (file.len > RELEASE_FILE_MAX)
		return fail_line(
			why, RELEASE_MALFORMED, count_lines(str_first(file, RELEASE_FILE_MAX)),
			"expected at most %d bytes in all, not %zu", RELEASE_FILE_MAX, file.len);
	if (file.len == 0)
		return fail_line(why, RELEASE_MALFORMED, 1, "expected a header, the file is empty");
	if (!text_check(file, RELEASE_MALFORMED, why))
		return false;
	if (file.at[file.len - 1] != '\n')
		return fail_line(why, RELEASE_MALFORMED, count_lines(file) - 1,
				 "expected LF at the end of the last line");
	return true;
}

/* A kill takes the text away; everything else, a withdrawal too, has one. */
/* A page shows all of it at once. */
static bool check_size(struct parse *parse, struct fault *why)
{
	const struct node *document = parse->release->document;
	size_t blocks = 0;

	for (const struct node *node = document; node; node = node_after(node)) {
		if (!node_is_block(node) || ++blocks <= RELEASE_BLOCKS_MAX)
			continue;
		if (node->line)
			parse->line = node->line;
		return refuse(parse, why, "the body has more than %d blocks", RELEASE_BLOCKS_MAX);
	}
	return true;
}

static bool check_body(struct parse *parse, struct fault *why)
{
	const struct release *release = parse->release;
	bool empty = release->document->first == NULL;

	parse->line = release->body_line;
	if (release->change == CHANGE_KILL && !empty) {
		parse->line = release->document->first->line;
		return refuse(parse, why, "expected no text, as Change is kill");
	}
	if (release->change != CHANGE_KILL && empty)
		return refuse(parse, why, "expected a text below the header");
	return true;
}

bool release_parse(struct arena *arena, struct str file, struct release **out, struct fault *why)
{
	struct parse parse = { .arena = arena };
	struct lines lines = { file, 1 };

	if (!check_file(file, why))
		return false;
	parse.release = arena_new(arena, struct release);
	parse.release->text = file;
	if (!header_parse(&parse, &lines, why))
		return false;
	parse.release->header = str_first(file, file.len - lines.rest.len);
	parse.release->body = lines.rest;
	parse.release->body_line = lines.number;
	if (!body_parse(&parse, why) || !check_body(&parse, why) || !check_size(&parse, why))
		return false;
	*out = parse.release;
	return true;
}
