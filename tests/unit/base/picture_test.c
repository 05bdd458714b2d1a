/* The sizes of pictures, from their first bytes. */
#include "unit.h"

#include <communique/picture.h>

#define PNG "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"
#define JPEG "\xff\xd8\xff\xe0\x00\x04JF"

static void expect(struct str head, uint32_t width, uint32_t height)
{
	struct picture picture = { 7, 7 };
	bool known = picture_read(head, &picture);

	assert_int_equal(known, width > 0);
	assert_int_equal(picture.width, width);
	assert_int_equal(picture.height, height);
}

static void each_format_says_its_size(void **state)
{
	(void)state;
	expect(STR(PNG "\0\0\x05\0\0\0\x02\xd0\x08\x06"), 1280, 720);
	expect(STR("GIF89a\x80\x02\xe0\x01\xf7"), 640, 480);
	expect(STR("GIF87a\x01\x00\x02\x00"), 1, 2);
	expect(STR("RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x10\x20\x30\x9d\x01\x2a\x80\x42\xe0\x01"), 640,
	       480);
	expect(STR("RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x7f\xc2\x77\x00\0\0\0\0\0"), 640, 480);
	expect(STR("RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0"), 640, 480);
}

static void a_jpeg_says_it_behind_its_other_segments(void **state)
{
	(void)state;
	expect(STR(JPEG "\xff\xc0\x00\x11\x08\x01\xe0\x02\x80\x03"), 640, 480);
	expect(STR(JPEG "\xff\xff\xff\xc2\x00\x11\x08\x01\xe0\x02\x80\x03"), 640, 480);
	/* A table of Huffman codes has a number among those of the frames. */
	expect(STR(JPEG "\xff\xc4\x00\x04\x01\x02\xff\xc1\x00\x11\x08\x01\xe0\x02\x80\x03"), 640,
	       480);
	expect(STR(JPEG "\xff\xda\x00\x08\xff\xc0\x00\x11\x08\x01\xe0\x02\x80"), 0, 0);
	expect(STR(JPEG "\x00\xc0\x00\x11\x08\x01\xe0\x02\x80\x03"), 0, 0);
	/* Lengths count themselves: less than two is no length. */
	expect(STR("\xff\xd8\xff\xe0\x00\x00\xff\xe0\x00\x00\xff\xc0\x00\x11\x08\x01\xe0\x02\x80"),
	       0, 0);
}

static void what_is_cut_off_empty_or_absurd_has_no_size(void **state)
{
	struct str whole[] = {
		STR(PNG "\0\0\x05\0\0\0\x02\xd0"),
		STR("GIF89a\x80\x02\xe0\x01"),
		STR(JPEG "\xff\xc0\x00\x11\x08\x01\xe0\x02\x80"),
		STR("RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x10\x20\x30\x9d\x01\x2a\x80\x02\xe0\x01"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		for (size_t len = 0; len < whole[i].len; len++)
			expect(str_first(whole[i], len), 0, 0);
	expect(STR(PNG "\0\0\0\0\0\0\x02\xd0"), 0, 0);
	expect(STR(PNG "\0\x01\0\0\0\0\x02\xd0"), 0, 0);
	expect(STR("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\">"), 0, 0);
	expect(STR_NONE, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_says_its_size),
		cmocka_unit_test(a_jpeg_says_it_behind_its_other_segments),
		cmocka_unit_test(what_is_cut_off_empty_or_absurd_has_no_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
