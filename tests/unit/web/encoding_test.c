#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is another */

#include <libdeflate.h>

#include "../../../src/web/encoding.h"

static void texts_of_some_length_pay(void **state)
{
	(void)state;
	assert_true(encoding_pays(STR("text/html; charset=utf-8"), 256));
	assert_false(encoding_pays(STR("text/html; charset=utf-8"), 255));
	assert_true(encoding_pays(STR("application/atom+xml; charset=utf-8"), 1000));
	assert_true(encoding_pays(STR("application/feed+json"), 1000));
	assert_true(encoding_pays(STR("application/ld+json; charset=utf-8"), 1000));
	assert_true(encoding_pays(STR("image/svg+xml"), 1000));
	assert_false(encoding_pays(STR("image/png"), 1000000));
	assert_false(encoding_pays(STR("application/octet-stream"), 1000000));
	assert_false(encoding_pays(STR("application/x-tar"), 1000000));
}

static void gzip_gives_the_text_back(void **state)
{
	static char text[40000], back[sizeof(text)];
	struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
	struct buf out;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i * i % 23);
	for (int effort = EFFORT_ONCE; effort <= EFFORT_BEST; effort++) {
		buf_init(&out, sizeof(text));
		assert_true(encode(ENCODING_GZIP, (enum effort)effort,
				   (struct str){ text, sizeof(text) }, &out));
		assert_true(out.len < sizeof(text) / 10);
		assert_int_equal(libdeflate_gzip_decompress(decompressor, out.at, out.len, back,
							    sizeof(back), &len),
				 LIBDEFLATE_SUCCESS);
		assert_int_equal(len, sizeof(text));
		assert_memory_equal(text, back, len);
		buf_release(&out);
	}
	libdeflate_free_decompressor(decompressor);
}

static void br_is_shorter(void **state)
{
	static char text[40000];
	struct buf out;

	(void)state;
	memset(text, 'x', sizeof(text));
	buf_init(&out, sizeof(text));
	assert_true(encode(ENCODING_BROTLI, EFFORT_ONCE, (struct str){ text, sizeof(text) }, &out));
	assert_in_range(out.len, 1, 100);
	buf_release(&out);
}

static void what_does_not_shrink_is_left(void **state)
{
	unsigned char noise[1000];
	uint32_t random = 1;
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++) {
		random = random * 1664525u + 1013904223u;
		noise[i] = (unsigned char)(random >> 24);
	}
	for (int encoding = ENCODING_NONE; encoding <= ENCODING_BROTLI; encoding++) {
		buf_init(&out, 100000);
		assert_false(encode((enum encoding)encoding, EFFORT_ONCE,
				    (struct str){ (char *)noise, sizeof(noise) }, &out));
		assert_false(encode((enum encoding)encoding, EFFORT_ONCE, STR(""), &out));
		assert_int_equal(out.len, 0);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_of_some_length_pay),
		cmocka_unit_test(gzip_gives_the_text_back),
		cmocka_unit_test(br_is_shorter),
		cmocka_unit_test(what_does_not_shrink_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
