#include "list.h"
#include "tree.h"

/* So far a number may be from the one that stood last and still be an editor's slip. */
enum { GAP_MAX = 10 };

/* "10. 28." is a day. */
static bool looks_like_date(struct str text)
{
	size_t digits = 0;

	while (digits < text.len && is_digit(text.at[digits]))
		digits++;
	return digits > 0 && digits <= 2 && digits < text.len && text.at[digits] == '.';
}

bool list_takes(const struct lists *lists, const struct mark *mark, bool after_gap)
{
	unsigned last;

	if (!mark_is_ordered(mark->kind))
		return true;
	last = lists->last[mark->kind];
	if (mark->number == 1 || mark->number == last + 1)
		return true;
	return after_gap && last > 0 && mark->number >= last && mark->number <= last + GAP_MAX &&
	       !looks_like_date(mark->text);
}

static bool is_outermost(enum mark_kind kind)
{
	return mark_level(kind) == 1;
}

static bool same_family(enum mark_kind a, enum mark_kind b)
{
	return mark_is_ordered(a) == mark_is_ordered(b);
}

/* The index in `open` where an item of this kind goes. */
static unsigned place(const struct lists *lists, enum mark_kind kind)
{
	if (is_outermost(kind))
		return 0;
	for (unsigned i = 0; i < lists->depth; i++) {
		if (same_family(lists->open[i].kind, kind) &&
		    mark_level(lists->open[i].kind) >= mark_level(kind))
			return i;
	}
	return lists->depth;
}

static void doubt_number(struct lists *lists, struct parse *parse, const struct mark *mark,
			 bool goes_on)
{
	unsigned last = lists->last[mark->kind];

	if (!mark_is_ordered(mark->kind))
		return;
	lists->last[mark->kind] = mark->number;
	if (mark->number == 1) {
		if (goes_on)
			doubt(parse, parse->line, "the numbers begin anew with %.*s",
			      STR_ARG(mark->sign));
	} else if (mark->number == last) {
		doubt(parse, parse->line, "%.*s stands twice", STR_ARG(mark->sign));
	} else if (mark->number != last + 1) {
		doubt(parse, parse->line, "%.*s leaves out %u before it", STR_ARG(mark->sign),
		      mark->number - last - 1);
	}
}

static struct node *new_list(struct parse *parse, struct node *parent, const struct mark *mark,
			     unsigned level)
{
	struct node *list = node_new(parse->arena, NODE_LIST);

	list->level = level;
	list->line = parse->line;
	list->ordered = mark_is_ordered(mark->kind);
	node_append(parent, list);
	return list;
}

/* What waits beside the outermost list belongs to its last item after all. */
static void settle(struct lists *lists, bool goes_on)
{
	if (lists->waiting && goes_on)
		node_move_tail(lists->document, lists->open[0].list, lists->open[0].item);
	lists->waiting = false;
}

bool list_add_item(struct lists *lists, struct parse *parse, const struct mark *mark,
		   struct node *item, struct fault *why)
{
	unsigned at = place(lists, mark->kind);
	bool same = at < lists->depth && lists->open[at].kind == mark->kind;
	bool anew = same && mark_is_ordered(mark->kind) && mark->number == 1;
	struct open_item *open = &lists->open[at];
	struct node *parent;

	if (at == RELEASE_DEPTH_MAX)
		return refuse(parse, why, "expected at most %d levels below each other",
			      RELEASE_DEPTH_MAX);
	doubt_number(lists, parse, mark, same);
	settle(lists, at > 0 || (same && !anew));
	parent = at ? lists->open[at - 1].item : lists->document;
	if (!same || anew || parent->last != open->list)
		open->list = new_list(parse, parent, mark, at + 1);
	item->level = at + 1;
	item->mark = mark->sign;
	node_append(open->list, item);
	open->item = item;
	open->kind = mark->kind;
	lists->depth = at + 1;
	return true;
}

/* Bullets are not counted on after a paragraph; numbers and squares are. */
static bool may_go_on(const struct lists *lists)
{
	return mark_is_ordered(lists->open[0].kind) || is_outermost(lists->open[0].kind);
}

void list_add_block(struct lists *lists, struct node *block)
{
	if (lists->depth) {
		lists->waiting = may_go_on(lists);
		lists->depth = lists->waiting;
	}
	node_append(lists->document, block);
}

void list_add_remark(struct lists *lists, struct node *remark)
{
	if (lists->depth && !lists->waiting)
		node_append(lists->open[lists->depth - 1].item, remark);
	else
		node_append(lists->document, remark);
}

void list_add_break(struct lists *lists, struct node *block)
{
	lists->depth = 0;
	lists->waiting = false;
	node_append(lists->document, block);
}
