/* The head of a picture, for its size. */
#include "fuzz/fuzz.h"

#include <communique/picture.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct picture picture;

	if (picture_read(fuzz_input(bytes, size), &picture))
		must(picture.width > 0 && picture.height > 0);
	return 0;
}
