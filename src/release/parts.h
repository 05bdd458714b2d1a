/*
 * parts - what the files of this folder share.
 */
#ifndef COMMUNIQUE_RELEASE_PARTS_H
#define COMMUNIQUE_RELEASE_PARTS_H

#include <communique/release.h>

struct parsing {
	struct arena *arena;
	struct release *release;
	struct doubt **doubt_end;
	unsigned line; /* of what is looked at */
};

void doubt(struct parsing *parsing, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* text.c: the bytes of a file are text as it may be signed. */
bool text_check(struct str file, struct fault *why);

/* header.c */
bool header_parse(struct parsing *parsing, struct fault *why);
/* words.c */
bool change_parse(struct str word, enum change *out);
/* attachment.c: one Attachment field's value. */
bool attachment_parse(struct arena *arena, struct str value, unsigned line, struct attachment *out,
		      struct fault *why);
/* body.c */
void body_parse(struct parsing *parsing);
/* inline.c: the words of a block, as children of `block`. `text` may hold line ends. */
void inline_parse(struct arena *arena, struct node *block, struct str text);
/* table.c: takes the rows off *rest when a table begins there. */
bool table_parse(struct parsing *parsing, struct node *parent, struct str *rest);

struct node *node_add(struct arena *arena, struct node *parent, enum node_kind kind);

/* anchor.c: ids that are unique in a document. What is asked for holds no "-". */
struct anchor {
	struct str name;
	unsigned times;
};
struct anchors {
	struct arena *arena;
	struct anchor *slots;
	size_t room, used;
};
struct str anchor_make(struct anchors *anchors, struct str wanted);

#endif
