/* A captured page of a board. */
#include "fuzz/fuzz.h"

#include <communique/capture.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fault why = { .kind = NO_FAULT };
	struct capture *capture;
	struct arena arena;

	arena_init(&arena);
	if (capture_parse(&arena, fuzz_input(bytes, size), &capture, &why))
		must(capture->title.len > 0 && capture->body.len > 0);
	else
		fuzz_refused(&why);
	arena_release(&arena);
	return 0;
}
