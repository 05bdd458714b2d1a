/*
 * CGI variables as for request_fuzz, and the answer that the public process gives to them, from
 * a small store. The store is made at the first call, and the clock stands.
 */
#include <ftw.h>
#include <sys/stat.h>

#include "variables.h"

#define REVISIONS 4
#include "../../bench/maker.h"

#include <communique/clock.h>

#include "../../../src/web/public.h"

static struct house house = { .site = &bench_site };

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
	(void)info, (void)type, (void)at;
	return remove(path);
}

/* What is mapped stays readable when its name is gone. */
static void open_house(void)
{
	char folder[] = "/var/tmp/communique-fuzz-XXXXXX";
	struct fault why;

	must(mkdtemp(folder) != NULL);
	check(sign_start(&why), &why);
	clock_fix(NOW);
	log_set_level(LOG_ERROR);
	describe_site();
	bench_site.languages[bench_site.language_count++] = STR("ko");
	bench_site.of[1].title = STR("부처");
	bench_site.of[1].chrome = locale_find(STR("ko"));
	make_store(folder, 30);
	check(store_open(&house.store, folder, STORE_READER, NULL, &why), &why);
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	house.ready = ready_new(1 << 20);
}

static void ask(const struct request *request, const struct fault *bad, struct answer *answer)
{
	answer_init(answer);
	public_answer(&house, request, bad, answer);
	must(answer->state == ANSWER_DONE);
	must(str_ends(answer_head(answer), STR("\r\n\r\n")));
}

/* Whoever asks twice is told the same, whether it was made or is ready; and whoever asks after
 * another is not told what that one was. */
static void compare(const struct request *request, const struct fault *bad)
{
	struct answer one, other;

	ask(request, bad, &one);
	ask(request, bad, &other);
	must(one.status == other.status && one.status != 500);
	must(str_equal(answer_head(&one), answer_head(&other)));
	must(str_equal(answer_bytes(&one), answer_bytes(&other)));
	answer_release(&one);
	answer_let_go(&other);
	public_answer(&house, request, bad, &other);
	must(other.status != 500);
	answer_release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct variables variables = { fuzz_input(bytes, size) };
	struct fault why = { .kind = NO_FAULT };
	struct request request;
	bool readable;

	if (!house.store)
		open_house();
	readable = request_read(&request, variables_next, &variables, &why);
	compare(&request, readable ? NULL : &why);
	return 0;
}
