/* A key set. */
#include "fuzz/fuzz.h"

#include <communique/keyset.h>
#include <communique/limits.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str text = fuzz_input(bytes, size);
	struct fault why = { .kind = NO_FAULT };
	struct keyset *keyset;
	struct arena arena;

	arena_init(&arena);
	if (keyset_parse(&arena, text, &keyset, &why)) {
		must(size <= KEYSET_MAX && keyset->version > 0);
		must(!keyset_follows(keyset, keyset, &why));
	} else {
		fuzz_refused(&why);
	}
	arena_release(&arena);
	return 0;
}
