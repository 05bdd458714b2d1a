#include <communique/store.h>

static const char *const names[] = {
	[TABLE_META] = "META",	     [TABLE_KEYSETS] = "KEYSETS",
	[TABLE_FILES] = "FILES",     [TABLE_SIGNATURES] = "SIGNATURES",
	[TABLE_DRAFTS] = "DRAFTS",   [TABLE_REVISIONS] = "REVISIONS",
	[TABLE_JOURNAL] = "JOURNAL", [TABLE_SCHEDULE] = "SCHEDULE",
	[TABLE_BOARD] = "BOARD",     [TABLE_TALLY] = "TALLY",
	[TABLE_CHANGES] = "CHANGES", [TABLE_REFERENCES] = "REFERENCES",
	[TABLE_LEGACY] = "LEGACY",   [TABLE_ATTACHMENTS] = "ATTACHMENTS",
	[TABLE_USES] = "USES",	     [TABLE_LEAVES] = "LEAVES",
	[TABLE_TREE] = "TREE",	     [TABLE_LOGGED] = "LOGGED",
	[TABLE_HEADS] = "HEADS",     [TABLE_DUE] = "DUE",
	[TABLE_REPLAY] = "REPLAY",   [TABLE_AUDIT] = "AUDIT",
	[TABLE_OUTBOX] = "OUTBOX",   [TABLE_PREVIEWS] = "PREVIEWS",
	[TABLE_WORDS] = "WORDS",     [TABLE_DOCUMENTS] = "DOCUMENTS",
	[TABLE_FRESH] = "FRESH",
};

_Static_assert(sizeof names / sizeof *names == TABLE_COUNT, "every table has a name");

const char *table_name(enum table table)
{
	must(table < TABLE_COUNT && names[table]);
	return names[table];
}
