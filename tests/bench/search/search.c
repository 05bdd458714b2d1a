/*
 * search - this program's search beside SQLite FTS5 and Xapian on the same documents.
 *
 *	search FOLDER DOCUMENTS ROUNDS
 *
 * Ours is from the query's text to the cards of the twenty best, in a read transaction of the
 * real store, and the same with an excerpt of each, as a page shows them; the others' the twenty
 * best numbers by BM25. Engines take turns; medians of processor time are told, and how many
 * times longer the others take. The last two lines are
 * what is promised of them: the commonest word, and the slowest of ours with its excerpts.
 */
#include <time.h>

#include <sqlite3.h>

#include <communique/rebuild.h>
#include <communique/searching.h>
#include <communique/bytes.h>
#include <communique/digest.h>

#include "../../../src/newsroom/record.h"
#include "documents.h"
#include "xapian.h"

enum { SEED = 2026, ROUNDS_MAX = 101, RESULTS = 20, COMMIT_EVERY = 5000 };

/* One index for all, as the others have it. */
static const char *const tags[] = { "en", "en", "en" };

/* Of this thread: what else runs on the machine does not count. */
static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static _Noreturn void stop(const char *what)
{
	fprintf(stderr, "search bench: %s\n", what);
	exit(3);
}

/* --- our store ------------------------------------------------------------------------------ */

struct filling {
	uint64_t first, count;
};

static void put(struct store_txn *txn, enum table table, const struct store_key *key,
		struct buf *packed)
{
	must(!packed->full);
	store_put(txn, table, key, buf_str(packed));
	buf_clear(packed);
}

static void put_release(struct store_txn *txn, uint64_t n, struct buf *file, struct buf *packed)
{
	char text[TEXT_MAX], slug[32];
	unsigned language = bench_document(SEED, n, text);
	struct revision revision = { .number = 1,
				     .serial = n + 1,
				     .first_serial = n + 1,
				     .keyset = 1,
				     .accepted_at = 1000,
				     .public_at = 1000 };
	struct edition edition;
	struct store_key key;

	snprintf(slug, sizeof slug, "release-%llu", (unsigned long long)n);
	edition = (struct edition){ str_from(tags[language]), str_from(slug) };
	revision.language = edition.language;
	revision.slug = edition.slug;
	revision.date = date_from_number(20000101 + (uint32_t)(n / 4000 % 25) * 10000 +
					 (uint32_t)(n / 400 % 12) * 100 + (uint32_t)(n % 28));
	buf_clear(file);
	buf_addf(file,
		 "Site: press.example\nRelease: %s\nLanguage: %s\nRevision: 1\n"
		 "Date: %04u-%02u-%02u\nKind: press-release\nTitle: %.30s\n\n%s\n",
		 slug, tags[language], (unsigned)revision.date.year, (unsigned)revision.date.month,
		 (unsigned)revision.date.day, slug, text);
	revision.hash = hash_of(buf_str(file));
	key = key_hash(&revision.hash);
	store_put(txn, TABLE_FILES, &key, buf_str(file));
	key = key_revision(edition, 1);
	pack_revision(packed, &revision);
	put(txn, TABLE_REVISIONS, &key, packed);
	key = key_number(revision.serial);
	pack_journal(packed, JOURNAL_ACCEPTED, 1000, &revision);
	put(txn, TABLE_JOURNAL, &key, packed);
}

static bool fill_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	const struct filling *filling = ctx;
	struct buf file, packed;

	buf_init(&file, RELEASE_FILE_MAX);
	buf_init(&packed, RECORD_MAX);
	for (uint64_t i = 0; i < filling->count; i++)
		put_release(txn, filling->first + i, &file, &packed);
	buf_release(&file);
	buf_release(&packed);
	return store_check(txn, why);
}

static void open_ours(struct newsroom *newsroom, const char *folder, uint64_t documents)
{
	struct rebuild_watch watch = { .progress = NULL };
	struct fault why;
	double begun;

	*newsroom = (struct newsroom){ .site = STR("press.example") };
	if (!store_open(&newsroom->store, folder, STORE_CREATE, NULL, &why))
		stop(why.says);
	for (uint64_t n = 0; n < documents; n += COMMIT_EVERY) {
		struct filling filling = { n, documents - n < COMMIT_EVERY ? documents - n
									   : COMMIT_EVERY };

		if (!store_write(newsroom->store, fill_work, &filling, &why))
			stop(why.says);
	}
	begun = now_ms();
	if (!newsroom_rebuild(newsroom, 2000, &watch, &why))
		stop(why.says);
	printf("built      communique (all indexes) %6.1f s", (now_ms() - begun) / 1e3);
}

struct answer {
	uint64_t total;
	bool more;
};

static void read_excerpts(struct store_txn *txn, const struct search *search, struct arena *arena)
{
	struct excerpt excerpt;
	struct fault why;

	for (size_t i = 0; i < search->count; i++) {
		if (!reading_search_excerpt(txn, &search->query, &search->hits[i], arena, &excerpt,
					    &why))
			stop(why.says);
	}
}

static struct answer ask_ours(struct newsroom *newsroom, unsigned language, const char *query,
			      bool excerpts)
{
	struct filter filter = { .language = str_from(tags[language]) };
	struct store_txn *txn = NULL;
	struct search search;
	struct arena arena;
	struct fault why;

	arena_init(&arena);
	if (!store_read_begin(newsroom->store, &txn, &why) ||
	    !reading_search(txn, &filter, str_from(query), false, 2000, 0, RESULTS, &arena, &search,
			    &why))
		stop(why.says);
	if (excerpts)
		read_excerpts(txn, &search, &arena);
	store_read_end(&txn);
	arena_release(&arena);
	return (struct answer){ search.total, search.more };
}

/* --- FTS5 ---------------------------------------------------------------------------------------
 */

struct fts {
	sqlite3 *db;
	sqlite3_stmt *ask, *count;
	bool bigrams;
};

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		stop(sqlite3_errmsg(db));
}

/* Letters of three bytes as pairs, all else as it is. */
static void to_bigrams(const char *text, char *out)
{
	const char *before = NULL;

	while (*text) {
		if ((unsigned char)*text < 0xe0) {
			*out++ = *text++;
			before = NULL;
			continue;
		}
		if (before && !(memcmp(text, "\xe3\x80\x82", 3) == 0)) {
			memcpy(out, before, 3);
			memcpy(out + 3, text, 3);
			out[6] = ' ';
			out += 7;
		}
		before = memcmp(text, "\xe3\x80\x82", 3) == 0 ? NULL : text;
		text += 3;
	}
	*out = 0;
}

static void open_fts(struct fts *fts, const char *folder, const char *name, bool bigrams,
		     uint64_t documents)
{
	char path[512], text[TEXT_MAX], pairs[3 * TEXT_MAX];
	double begun = now_ms();
	sqlite3_stmt *add;

	fts->bigrams = bigrams;
	snprintf(path, sizeof path, "%s/%s.sqlite", folder, name);
	if (sqlite3_open(path, &fts->db) != SQLITE_OK)
		stop("sqlite3 cannot open its file");
	run(fts->db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-200000;");
	run(fts->db, "CREATE VIRTUAL TABLE t USING fts5(body, content='', tokenize='unicode61');");
	run(fts->db, "BEGIN");
	if (sqlite3_prepare_v2(fts->db, "INSERT INTO t(rowid, body) VALUES(?, ?)", -1, &add, NULL))
		stop(sqlite3_errmsg(fts->db));
	for (uint64_t n = 0; n < documents; n++) {
		bench_document(SEED, n, text);
		if (bigrams)
			to_bigrams(text, pairs);
		sqlite3_bind_int64(add, 1, (sqlite3_int64)n + 1);
		sqlite3_bind_text(add, 2, bigrams ? pairs : text, -1, SQLITE_STATIC);
		if (sqlite3_step(add) != SQLITE_DONE)
			stop(sqlite3_errmsg(fts->db));
		sqlite3_reset(add);
	}
	sqlite3_finalize(add);
	run(fts->db, "COMMIT; INSERT INTO t(t) VALUES('optimize');");
	if (sqlite3_prepare_v2(fts->db,
			       "SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT 20", -1,
			       &fts->ask, NULL) ||
	    sqlite3_prepare_v2(fts->db, "SELECT count(*) FROM t WHERE t MATCH ?", -1, &fts->count,
			       NULL))
		stop(sqlite3_errmsg(fts->db));
	printf(", %s %.1f s", name, (now_ms() - begun) / 1e3);
	fflush(stdout);
}

static struct bench_xapian *open_xapian(const char *folder, uint64_t documents)
{
	struct bench_xapian *xapian;
	double begun = now_ms();
	char text[TEXT_MAX];

	snprintf(text, sizeof text, "%s/xapian", folder);
	xapian = bench_xapian_open(text);
	if (!xapian)
		stop("Xapian cannot open its folder");
	for (uint64_t n = 0; n < documents; n++) {
		bench_document(SEED, n, text);
		bench_xapian_add(xapian, text);
	}
	bench_xapian_added(xapian);
	printf(", Xapian %.1f s", (now_ms() - begun) / 1e3);
	fflush(stdout);
	return xapian;
}

static sqlite3_int64 step_all(sqlite3_stmt *stmt, const char *query)
{
	sqlite3_int64 last = 0;

	sqlite3_bind_text(stmt, 1, query, -1, SQLITE_STATIC);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		last = sqlite3_column_int64(stmt, 0);
	sqlite3_reset(stmt);
	return last;
}

/* --- taking turns
 * --------------------------------------------------------------------------------- */

struct times {
	double at[ROUNDS_MAX];
	int count;
};

static int by_time(const void *a, const void *b)
{
	const double *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static double median(struct times *times)
{
	qsort(times->at, (size_t)times->count, sizeof times->at[0], by_time);
	return times->at[times->count / 2];
}

struct asked {
	const char *name;
	unsigned language;
	const char *ours;  /* our query */
	const char *fts;   /* NULL: only ours */
	const char *pairs; /* for the table of bigrams, and Xapian; NULL: not asked */
};

struct engines {
	struct newsroom newsroom;
	struct fts fts, pairs;
	struct bench_xapian *xapian;
};

struct result {
	double ours, page, fts, pairs, xapian;
	struct answer answer;
	sqlite3_int64 fts_total;
};

/* Adds what it takes to ask one engine once. */
#define TIMED(times, ask)                                                 \
	do {                                                              \
		double begun = now_ms();                                  \
		ask;                                                      \
		(times).at[(times).count++] = now_ms() - begun;           \
	} while (0)

static struct result compare(struct engines *engines, const struct asked *asked, int rounds)
{
	struct times ours = { .count = 0 }, page = ours, fts = ours, pairs = ours, xapian = ours;
	struct newsroom *newsroom = &engines->newsroom;
	struct result result = { .fts_total = -1 };

	for (int i = 0; i < rounds; i++) {
		TIMED(ours, result.answer = ask_ours(newsroom, asked->language, asked->ours, false));
		TIMED(page, ask_ours(newsroom, asked->language, asked->ours, true));
		if (asked->fts)
			TIMED(fts, step_all(engines->fts.ask, asked->fts));
		if (asked->pairs) {
			TIMED(pairs, step_all(engines->pairs.ask, asked->pairs));
			TIMED(xapian, bench_xapian_ask(engines->xapian, asked->pairs));
		}
	}
	result.ours = median(&ours);
	result.page = median(&page);
	if (asked->fts) {
		result.fts = median(&fts);
		result.fts_total = step_all(engines->fts.count, asked->fts);
	}
	if (asked->pairs) {
		result.pairs = median(&pairs);
		result.xapian = median(&xapian);
		result.fts_total = step_all(engines->pairs.count, asked->pairs);
	}
	return result;
}

static void print_ms(double ms)
{
	if (ms > 0)
		printf(" %9.3f", ms);
	else
		printf(" %9s", "-");
}

static void print_factor(double ours, double other)
{
	if (other > 0)
		printf(" %8.1f", other / ours);
	else
		printf(" %8s", "-");
}

static void print_result(const struct asked *asked, const struct result *result)
{
	double other = result->fts > 0 ? result->fts : result->pairs;

	printf("%-34s", asked->name);
	print_ms(result->ours);
	print_ms(result->page);
	print_ms(result->fts);
	print_ms(result->pairs);
	print_ms(result->xapian);
	print_factor(result->ours, other);
	print_factor(result->ours, result->xapian);
	printf("  %s%llu", result->answer.more ? ">=" : "",
	       (unsigned long long)result->answer.total);
	if (result->fts_total >= 0)
		printf(" / %lld", (long long)result->fts_total);
	printf("\n");
	fflush(stdout);
}

/* --- queries -------------------------------------------------------------------------------------
 */

static const char *word(unsigned language, uint32_t rank)
{
	static char words[2000][64]; /* all that are asked for */
	static unsigned turn;
	char *at = words[turn++ % 2000];

	bench_word(at, language, rank);
	return at;
}

/* As many of the commonest words as 200 bytes hold, with something before each. */
static const char *crowd(char out[QUERY_MAX + 64], unsigned language, const char *between,
			 const char *quote)
{
	struct buf text;

	buf_init(&text, QUERY_MAX - strlen(quote));
	buf_add_text(&text, quote);
	for (uint32_t rank = 0;; rank++) {
		size_t before = text.len;

		if (rank)
			buf_add_text(&text, between);
		buf_add_text(&text, word(language, rank));
		if (text.full) {
			buf_cut(&text, before);
			break;
		}
	}
	snprintf(out, QUERY_MAX + 64, "%.*s%s", STR_ARG(buf_str(&text)), quote);
	buf_release(&text);
	return out;
}

static void compare_all(struct engines *engines, int rounds)
{
	char two[128], korean[32], chinese[32], phrase[128], out[8][QUERY_MAX + 64];
	const struct asked fair[] = {
		{ "commonest word", 0, BENCH_COMMONEST, BENCH_COMMONEST, BENCH_COMMONEST },
		{ "commonest English word", 0, word(0, 0), word(0, 0), word(0, 0) },
		{ "two common words", 0, two, two, two },
		{ "middling word", 0, word(0, 150), word(0, 150), word(0, 150) },
		{ "rare word", 0, word(0, 15000), word(0, 15000), word(0, 15000) },
		{ "two common words, quoted", 0, phrase, phrase, phrase },
		{ "Korean, two syllables", 1, korean, NULL, korean },
		{ "Chinese, two letters", 2, chinese, NULL, chinese },
	};
	const struct asked worst[] = {
		{ "200 bytes: commonest words", 0, crowd(out[0], 0, " ", ""), NULL, NULL },
		{ "200 bytes: the same, quoted", 0, crowd(out[1], 0, " ", "\""), NULL, NULL },
		{ "200 bytes: one, without others", 0, crowd(out[2], 0, " -", ""), NULL, NULL },
		{ "200 bytes: Korean run", 1, crowd(out[3], 1, "", ""), NULL, NULL },
		{ "200 bytes: Korean words", 1, crowd(out[4], 1, " ", ""), NULL, NULL },
		{ "200 bytes: Korean, quoted", 1, crowd(out[5], 1, "", "\""), NULL, NULL },
		{ "200 bytes: Chinese run", 2, crowd(out[6], 2, "", ""), NULL, NULL },
		{ "two common words quoted, absent", 0, out[7], NULL, NULL },
	};
	struct result result;
	double yardstick = 0, most = 0, factor = 0;
	const char *slowest = "";

	snprintf(two, sizeof two, "%s %s", word(0, 1), word(0, 2));
	snprintf(phrase, sizeof phrase, "\"%s %s\"", word(0, 1), word(0, 2));
	snprintf(korean, sizeof korean, "%.6s", word(1, 0));
	snprintf(chinese, sizeof chinese, "%s", word(2, 0));
	snprintf(out[7], sizeof out[7], "\"%s %s %s\"", word(0, 0), word(0, 0), word(0, 0));
	printf("\n%-34s %9s %9s %9s %9s %9s %8s %8s  %s\n", "milliseconds, twenty best", "ours",
	       "+excerpts", "FTS5", "FTS5 pair", "Xapian", "FTS5 x", "Xapian x", "hits");
	for (size_t i = 0; i < sizeof fair / sizeof *fair; i++) {
		result = compare(engines, &fair[i], rounds);
		print_result(&fair[i], &result);
		if (i == 0) {
			yardstick = result.fts;
			factor = result.fts / result.ours;
		}
	}
	for (size_t i = 0; i < sizeof worst / sizeof *worst; i++) {
		result = compare(engines, &worst[i], rounds);
		print_result(&worst[i], &result);
		if (result.page > most) {
			most = result.page;
			slowest = worst[i].name;
		}
	}
	printf("\nFTS5 / ours, commonest word: %.1f\n", factor);
	printf("slowest of ours: %s\n", slowest);
	printf("slowest of ours / FTS5's commonest word: %.3f\n", most / yardstick);
}

static void close_all(struct engines *engines)
{
	struct fts *both[] = { &engines->fts, &engines->pairs };

	for (size_t i = 0; i < 2; i++) {
		sqlite3_finalize(both[i]->ask);
		sqlite3_finalize(both[i]->count);
		sqlite3_close(both[i]->db);
	}
	bench_xapian_close(engines->xapian);
	store_close(&engines->newsroom.store);
}

int main(int argc, char **argv)
{
	struct engines engines;
	uint64_t documents;
	int rounds;

	if (argc != 4)
		stop("usage: search FOLDER DOCUMENTS ROUNDS");
	documents = strtoull(argv[2], NULL, 10);
	rounds = (int)strtoul(argv[3], NULL, 10);
	if (rounds < 1 || rounds > ROUNDS_MAX)
		stop("ROUNDS is 1 to 101");
	printf("%llu documents, %d rounds, medians\n", (unsigned long long)documents, rounds);
	open_ours(&engines.newsroom, argv[1], documents);
	if (getenv("PROFILE")) { /* this query alone, for a profiler */
		for (int i = 0; i < rounds; i++)
			ask_ours(&engines.newsroom, 0, getenv("PROFILE"), false);
		return 0;
	}
	open_fts(&engines.fts, argv[1], "FTS5", false, documents);
	open_fts(&engines.pairs, argv[1], "FTS5 pairs", true, documents);
	engines.xapian = open_xapian(argv[1], documents);
	printf("\n");
	compare_all(&engines, rounds);
	close_all(&engines);
	return 0;
}
