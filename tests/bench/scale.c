/*
 * scale - a store of so many releases, and what its pages cost to make.
 *
 *	scale RELEASES [FOLDER]
 *
 * The store is that of maker.h (up to 10 000 releases, fsck says that it is like any other). It
 * is opened as the public process does it, and each page is made as often as fits into a fifth
 * of a second, without any cache of pages. One line of JSON, name to number; "µs" are processor
 * time, the lower quartile's: other programs on the machine cost it little.
 */
#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "maker.h"

#include <communique/fsck.h>

#define SAMPLES 400
#define FSCK_MOST 10000

static double seconds(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* Of a thread's work alone: other programs on the machine cost it nothing. */
static double processor_seconds(void)
{
	struct timespec at;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void tell_difference(void *ctx, struct str what)
{
	(void)ctx;
	fprintf(stderr, "scale: fsck: %.*s\n", STR_ARG(what));
}

static void hold_against_itself(struct maker *maker)
{
	struct fsck_watch watch = { .differs = tell_difference };
	struct fault why = { .kind = NO_FAULT };
	uint64_t differences;

	check(newsroom_fsck(&maker->room, NOW, &watch, &differences, &why), &why);
	if (differences > 0)
		exit(1);
}

/* --- pages
 * ---------------------------------------------------------------------------------------- */

static bool first = true;

static unsigned ask(const struct house *house, struct answer *answer, const char *target)
{
	struct request request = { .method = METHOD_GET,
				   .method_word = STR("GET"),
				   .target = str_from(target),
				   .query = str_from(target),
				   .accept_encoding = house->ready ? STR("br") : STR_NONE };

	request.path = str_cut(&request.query, '?');
	public_answer(house, &request, NULL, answer);
	return answer->status;
}

static void tell(const char *name, double value)
{
	printf("%s\"%s\":%.4g", first ? "{" : ",", name, value);
	first = false;
}

static int by_size(const void *a, const void *b)
{
	double one = *(const double *)a, other = *(const double *)b;

	return (one > other) - (one < other);
}

/* "*": a release, each time another. */
static void measure(const struct house *house, struct answer *answer, const char *name,
		    const char *target, uint64_t releases)
{
	double taken[SAMPLES], end = seconds() + 0.2;
	uint64_t random = 7;
	size_t n = 0;
	char address[512];

	for (int warm = 0; n < SAMPLES && (n < 9 || seconds() < end); warm++) {
		double begin;

		if (strcmp(target, "*") == 0)
			address_of(address, sizeof address, bench_next(&random) % releases,
				   releases);
		else
			snprintf(address, sizeof address, "%s", target);
		begin = processor_seconds();
		if (ask(house, answer, address) != 200) {
			fprintf(stderr, "scale: %s: %u\n", address, answer->status);
			exit(1);
		}
		if (warm >= 3)
			taken[n++] = (processor_seconds() - begin) * 1e6;
	}
	qsort(taken, n, sizeof *taken, by_size);
	tell(name, taken[n / 4]);
}

static void measure_pages(const struct house *house, struct answer *answer, uint64_t releases)
{
	struct {
		const char *name, *target;
	} pages[] = {
		{ "a release, µs", "*" },
		{ "front page, µs", "/en/" },
		{ "board, first page, µs", "/en/releases/" },
		{ "board, last page, µs", NULL },
		{ "archive, µs", "/en/archive/" },
		{ "archive of a year, µs", "/en/archive/2025/" },
		{ "topic with all, first page, µs", "/en/topics/everything/" },
		{ "topics, µs", "/en/topics/" },
		{ "feed.atom, µs", "/en/feed.atom" },
		{ "feed.json, µs", "/en/feed.json" },
		{ "sitemap.xml, µs", "/sitemap.xml" },
		{ "sitemap-news.xml, µs", "/sitemap-news.xml" },
		{ "history of 1 000 revisions, µs", "/en/releases/" REVISED "/history" },
		{ "its newest revision, µs", "/en/releases/" REVISED },
		{ "its first revision, µs", "/en/releases/" REVISED "/r1" },
		{ "a difference of it, µs", "/en/releases/" REVISED "/history/1..1000" },
		{ "search, commonest word, µs", "/en/search?q=" BENCH_COMMONEST },
		{ "search, rare word, µs", "/en/search?q=often" },
	};
	char last[64];

	snprintf(last, sizeof last, "/en/releases/?page=%llu",
		 (unsigned long long)((releases + 1 + BOARD_PAGE_SIZE - 1) / BOARD_PAGE_SIZE));
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		measure(house, answer, pages[i].name, pages[i].target ? pages[i].target : last,
			releases);
}

/* Of this process, without the map of the store: kilobytes. */
static double private_memory(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	double kb = 0;

	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, "RssAnon:", 8) == 0)
			kb = atof(line + 8);
	if (file)
		fclose(file);
	return kb;
}

/* Somebody reads the archive from one end to the other, in br: more than may be kept ready. */
static void sweep(struct house *house, struct answer *answer, uint64_t releases)
{
	char address[512];

	house->ready = ready_new(READY_MAX);
	for (uint64_t i = 0; i < releases && i < 20000; i++) {
		address_of(address, sizeof address, i, releases);
		if (ask(house, answer, address) != 200)
			exit(1);
	}
}

static void read_as_public(const char *folder, uint64_t releases)
{
	struct house house = { .site = &bench_site };
	struct answer answer;
	struct fault why = { .kind = NO_FAULT };
	double begin = seconds();

	check(store_open(&house.store, folder, STORE_READER, NULL, &why), &why);
	answer_init(&answer);
	if (ask(&house, &answer, "/en/releases/" REVISED) != 200)
		exit(1);
	tell("from start to the first page, ms", (seconds() - begin) * 1e3);
	measure_pages(&house, &answer, releases);
	sweep(&house, &answer, releases);
	tell("memory without the map, MB", private_memory() / 1024);
	answer_release(&answer);
	ready_free(&house.ready);
	store_close(&house.store);
}

/* --- all of it
 * --------------------------------------------------------------------------------------- */

static double stored;

static int add_size(const char *path, const struct stat *info, int type, struct FTW *at)
{
	(void)path;
	(void)at;
	if (type == FTW_F)
		stored += (double)info->st_blocks * 512;
	return 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
	(void)info;
	(void)type;
	(void)at;
	return remove(path);
}

static void make(const char *folder, uint64_t releases)
{
	struct maker maker = { .releases = releases };
	double begin;

	arena_init(&maker.arena);
	found(&maker, folder);
	begin = seconds();
	fill(&maker);
	tell("accepted a second", (double)(releases + REVISIONS) / (seconds() - begin));
	if (releases <= FSCK_MOST)
		hold_against_itself(&maker);
	store_close(&maker.room.store);
	nftw(folder, add_size, 16, FTW_PHYS);
	tell("store, KB a release", stored / 1024 / (double)(releases + REVISIONS));
	secret_key_free(&maker.key);
	arena_release(&maker.arena);
}

/* What making the store takes of memory is no reader's. */
static void make_in_child(const char *folder, uint64_t releases)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		make(folder, releases);
		fflush(stdout);
		_exit(0);
	}
	first = false;
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		exit(1);
}

int main(int argc, char **argv)
{
	uint64_t releases = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	char folder[128] = "/var/tmp/communique-scale-XXXXXX";
	struct fault why;

	if (releases < 1000) {
		fprintf(stderr, "usage: scale RELEASES [FOLDER]\n");
		return 2;
	}
	if (argc > 2)
		snprintf(folder, sizeof folder, "%s/scale-XXXXXX", argv[2]);
	if (!mkdtemp(folder)) {
		perror("scale");
		return 1;
	}
	check(sign_start(&why), &why);
	log_set_level(LOG_ERROR);
	clock_fix(NOW);
	describe_site();
	make_in_child(folder, releases);
	read_as_public(folder, releases);
	printf("}\n");
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}
