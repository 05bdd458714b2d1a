/*
 * documents - made-up texts to search in, the same for every engine: one in three English,
 * Korean, Chinese; words as often as in a language (the nth about 1/n as often as the first).
 * The seed and a document's number make it, so that nothing has to be kept.
 */
#ifndef BENCH_SEARCH_DOCUMENTS_H
#define BENCH_SEARCH_DOCUMENTS_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BENCH_COMMONEST "tamu"

enum { TEXT_MAX = 4096, BENCH_WORDS = 20000, WORDS_A_TEXT = 70 };

static inline uint64_t bench_next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

static inline uint64_t bench_begin(uint64_t seed, uint64_t number)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15u ^ number * 0xbf58476d1ce4e5b9u;

	bench_next(&state);
	return state;
}

static inline uint32_t bench_rank(uint64_t *state)
{
	double u = (double)(bench_next(state) & 0xffffff) / 0x1000000;

	return (uint32_t)exp(u * log(BENCH_WORDS + 1.0)) - 1;
}

static inline size_t bench_utf8(char *at, uint32_t code)
{
	at[0] = (char)(0xe0 | code >> 12);
	at[1] = (char)(0x80 | (code >> 6 & 0x3f));
	at[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

/* The word of a rank: English of syllables, Korean of two to four, Chinese of two letters. */
static inline size_t bench_word(char *at, unsigned language, uint32_t rank)
{
	static const char consonants[] = "bdfgklmnprtvz", vowels[] = "aou";
	size_t len = 0;
	uint32_t n = rank;

	if (language == 0) {
		for (int i = 0; i < 2 || n; i++, n /= 39) {
			at[len++] = consonants[n % 39 / 3];
			at[len++] = vowels[n % 3];
		}
	} else if (language == 1) {
		for (uint32_t i = 0; i < 2 + rank % 3; i++, n = n / 150 + 7 * rank + i)
			len += bench_utf8(at + len, 0xac00 + 28 * (n % 150) + n % 5);
	} else {
		len += bench_utf8(at, 0x4e00 + rank % 300);
		len += bench_utf8(at + len, 0x5200 + rank * 7 % 2000);
	}
	at[len] = 0;
	return len;
}

/* Its text, NUL-terminated; the language it is in. */
static inline unsigned bench_document(uint64_t seed, uint64_t number, char text[TEXT_MAX])
{
	static const char *const particles[] = { "", "는", "이", "을", "에서", "의" };
	uint64_t state = bench_begin(seed, number);
	unsigned language = (unsigned)(number % 3);
	unsigned words = WORDS_A_TEXT / 2 + (unsigned)(bench_next(&state) % WORDS_A_TEXT);
	size_t len = 0;

	for (unsigned i = 0; i < words; i++) {
		len += bench_word(text + len, language, bench_rank(&state));
		if (language == 1) {
			const char *particle = particles[bench_next(&state) % 6];

			memcpy(text + len, particle, strlen(particle));
			len += strlen(particle);
		}
		if (language < 2)
			text[len++] = ' ';
		else if (i % 12 == 11)
			len += bench_utf8(text + len, 0x3002);
	}
	/* The name of the institution, say: the commonest word stands in every text. */
	memcpy(text + len, " " BENCH_COMMONEST, sizeof " " BENCH_COMMONEST);
	return language;
}

#endif
