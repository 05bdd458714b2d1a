/* Tables: rows of cells between upright strokes, a line of dashes below the first. */
#include "body.h"
#include "inline.h"
#include "tree.h"

static bool is_row(struct str line)
{
	return str_starts(skip_indent(line), STR("|"));
}

/* | --- | :-: | */
static bool is_dashes(struct str line)
{
	bool dash = false;

	if (!is_row(line))
		return false;
	line = skip_indent(line);
	for (size_t i = 0; i < line.len; i++) {
		if (!strchr("|-: \t", line.at[i]))
			return false;
		dash = dash || line.at[i] == '-';
	}
	return dash;
}

bool table_starts(const struct body *body)
{
	struct lines lines = body->lines;

	return is_row(line_take(&lines)) && lines.rest.len && is_dashes(line_peek(&lines));
}

/* The cell's end: a stroke that is not escaped, or the line's end. */
static size_t cell_end(struct str rest)
{
	size_t at = 0;

	while (at < rest.len && rest.at[at] != '|')
		at += rest.at[at] == '\\' && at + 1 < rest.len ? 2 : 1;
	return at < rest.len ? at : rest.len;
}

static bool take_cells(struct body *body, struct node *row, struct str line, unsigned *count,
		       struct fault *why)
{
	struct str rest = str_skip(str_trim(skip_indent(line)), 1);

	*count = 0;
	while (rest.len) {
		struct node *cell = body_new_block(body, NODE_CELL);
		size_t end = cell_end(rest);

		if (*count == RELEASE_TABLE_COLUMNS_MAX)
			return refuse(body->parse, why, "expected at most %d cells in a row",
				      RELEASE_TABLE_COLUMNS_MAX);
		node_append(row, cell);
		inline_parse(body->parse, cell, str_trim(str_first(rest, end)), false);
		rest = str_skip(rest, end + 1);
		++*count;
	}
	return true;
}

static bool take_row(struct body *body, struct node *table, unsigned *head_cells, struct fault *why)
{
	struct node *row = body_new_block(body, NODE_ROW);
	const char *start = body->lines.rest.at;
	unsigned cells;

	row->head = table->first == NULL;
	node_append(table, row);
	if (!take_cells(body, row, line_peek(&body->lines), &cells, why))
		return false;
	if (row->head)
		*head_cells = cells;
	else if (cells != *head_cells)
		doubt(body->parse, row->line, "the row has %u cells, the head %u", cells,
		      *head_cells);
	line_take(&body->lines);
	if (row->head)
		line_take(&body->lines);
	body->after_gap = false;
	body_end_block(body, row, start);
	return true;
}

bool table_parse(struct body *body, struct fault *why)
{
	struct node *table = body_new_block(body, NODE_TABLE);
	unsigned head_cells = 0;

	list_add_block(&body->lists, table);
	do {
		if (!take_row(body, table, &head_cells, why))
			return false;
	} while (!body->after_gap && body->lines.rest.len && is_row(line_peek(&body->lines)));
	return true;
}
