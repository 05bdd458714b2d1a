/*
 * verdict - what a verification found: a line each, the judgement last.
 *
 *	file       en/2020-10-28-a-few-words, revision 1, of press.example
 *	sha256     …
 *	signature  good: author, key 1f…
 *	quorum     1 of 2 holders
 *	verdict    NOT VERIFIED: one more holder must sign
 *
 * The first thing that is wrong is the reason. All memory is the arena's.
 */
#ifndef CLI_VERDICT_H
#define CLI_VERDICT_H

#include <communique/arena.h>

#define VERDICT_LINES_MAX 160

enum mark { MARK_GOOD, MARK_BAD, MARK_FACT };

struct verdict {
	struct arena *arena;
	struct {
		enum mark mark;
		const char *what;
		struct str says;
	} lines[VERDICT_LINES_MAX];
	size_t count;
	struct str reason;   /* STR_NONE: nothing is wrong so far */
	struct str provided; /* what the reader has to see to; STR_NONE: nothing */
};

void verdict_add(struct verdict *verdict, enum mark mark, const char *what, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Only the first reason stays. */
void verdict_fail(struct verdict *verdict, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Another condition, behind those that there are. */
void verdict_provide(struct verdict *verdict, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void verdict_print(const struct verdict *verdict);
void verdict_print_json(const struct verdict *verdict);

#endif
