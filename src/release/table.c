#include "parts.h"

/*
 *	| a | b |
 *	|---|---|
 *	| c | d |
 *
 * `\|` is a bar inside a cell.
 */

static bool is_row(struct str line)
{
	return str_trim(line).len > 1 && str_trim(line).at[0] == '|';
}

static bool is_dashes(struct str line)
{
	bool dash = false;

	line = str_trim(line);
	for (size_t i = 0; i < line.len; i++) {
		if (!memchr("|-: ", line.at[i], 4))
			return false;
		dash = dash || line.at[i] == '-';
	}
	return dash && line.at[0] == '|';
}

static size_t cell_end(struct str rest)
{
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.at[i] == '\\')
			i++;
		else if (rest.at[i] == '|')
			return i;
	}
	return rest.len;
}

static size_t add_row(struct parsing *parsing, struct node *table, struct str line, bool head)
{
	struct node *row = node_add(parsing->arena, table, NODE_ROW);
	struct str rest = str_skip(str_trim(line), 1);
	size_t cells = 0;

	row->head = head;
	while (rest.len) {
		size_t end = cell_end(rest);
		struct node *cell = node_add(parsing->arena, row, NODE_CELL);

		inline_parse(parsing->arena, cell, str_trim(str_first(rest, end)));
		rest = str_trim(str_skip(rest, end + 1));
		cells++;
	}
	return cells;
}

bool table_parse(struct parsing *parsing, struct node *parent, struct str *rest)
{
	struct str head = str_first(*rest, str_find(*rest, '\n'));
	struct str second = str_skip(*rest, head.len + 1);
	struct str dashes = str_first(second, str_find(second, '\n'));
	unsigned line = parsing->line + 2;
	struct node *table;
	size_t columns;

	if (!is_row(head) || !is_dashes(dashes))
		return false;
	table = node_add(parsing->arena, parent, NODE_TABLE);
	table->line = parsing->line;
	columns = add_row(parsing, table, head, true);
	for (*rest = str_skip(second, dashes.len + 1); rest->len; line++) {
		struct str row = str_first(*rest, str_find(*rest, '\n'));
		size_t cells;

		if (!is_row(row))
			break;
		cells = add_row(parsing, table, row, false);
		if (cells != columns)
			doubt(parsing, line, "a row of %zu cells below a head of %zu", cells,
			      columns);
		*rest = str_skip(*rest, row.len + 1);
	}
	return true;
}
