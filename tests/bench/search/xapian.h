/*
 * xapian - Xapian as the search bench asks it. It speaks only C++: xapian.cc.
 */
#ifndef BENCH_SEARCH_XAPIAN_H
#define BENCH_SEARCH_XAPIAN_H

#ifdef __cplusplus
extern "C" {
#endif

struct bench_xapian;

/* An empty database in a folder of its own; NULL: it cannot be. */
struct bench_xapian *bench_xapian_open(const char *path);
void bench_xapian_add(struct bench_xapian *, const char *text);
void bench_xapian_added(struct bench_xapian *); /* all of them: from now on it is asked */
/* The twenty best by BM25, all words of the query; how many there are, as far as it knows. */
unsigned bench_xapian_ask(struct bench_xapian *, const char *query);
void bench_xapian_close(struct bench_xapian *);

#ifdef __cplusplus
}
#endif
#endif
