/*
 * fuzz - one input from outside, and what must be true whatever it is.
 *
 * A target is a function of bytes. With libFuzzer (`make fuzz`) it is called with what that
 * thinks up; in `make check` replay.c calls it with the corpus, under plain cc and under ASan.
 * What is not true is said with must(), which ends the program.
 */
#ifndef COMMUNIQUE_TESTS_FUZZ_H
#define COMMUNIQUE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include <communique/arena.h>
#include <communique/buf.h>
#include <communique/fault.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static inline struct str fuzz_input(const uint8_t *bytes, size_t size)
{
	return size ? (struct str){ (const char *)bytes, size } : STR("");
}

/* A refusal has a kind and a sentence. */
static inline void fuzz_refused(const struct fault *why)
{
	must(why->kind != NO_FAULT && why->says[0] != '\0');
}

#endif
