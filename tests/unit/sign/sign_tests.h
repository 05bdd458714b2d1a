/*
 * What the tests of this layer share: refusals, and mutation.
 */
#ifndef COMMUNIQUE_TESTS_SIGN_TESTS_H
#define COMMUNIQUE_TESTS_SIGN_TESTS_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
/* cmocka's macros; `fail` is fault.h's function here. */
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include <communique/buf.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* A refusal of this kind, at this line, whose sentence has these words in it. */
#define assert_refused(ok, why, wanted_kind, wanted_line, words)                                   \
	do {                                                                                       \
		assert_false(ok);                                                                  \
		assert_string_equal(fault_code((why).kind), fault_code(wanted_kind));              \
		if (!strstr((why).says, (words)))                                                  \
			fail_msg("\"%s\" is not in \"%s\"", (words), (why).says);                  \
		assert_int_equal((why).line, (wanted_line));                                       \
	} while (0)

static inline struct str text_of(const char *text)
{
	return str_from(text);
}

/* Numbers that are the same in every run: a failure can be had again. */
static inline uint64_t next_number(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A copy of `seed` with one to four small injuries, in memory of its own size so
 * that ASan sees a step beyond its end. The caller frees. */
static inline char *injure(struct str seed, uint64_t *state, size_t *len)
{
	static const char likely[] = "\"\\()=;:,?-+ \t\n\r\x7f\x80\xff"
				     "09azAZ*@%.";
	char *work = malloc(2 * seed.len + 8), *exact;
	size_t n = seed.len;

	memcpy(work, seed.at, n);
	for (uint64_t times = 1 + next_number(state) % 4; times; times--) {
		size_t at = n ? next_number(state) % n : 0;
		char byte = likely[next_number(state) % (sizeof likely - 1)];

		switch (next_number(state) % 5) {
		case 0:
			if (n)
				work[at] = byte;
			break;
		case 1:
			memmove(work + at + 1, work + at, n - at);
			work[at] = byte;
			n++;
			break;
		case 2:
			if (n) {
				memmove(work + at, work + at + 1, n - at - 1);
				n--;
			}
			break;
		case 3:
			if (n)
				work[at] = (char)(work[at] ^ 1 << next_number(state) % 8);
			break;
		default:
			n = next_number(state) % 8 == 0 ? at : n;
			break;
		}
	}
	exact = malloc(n ? n : 1);
	memcpy(exact, work, n);
	free(work);
	*len = n;
	return exact;
}

#endif
