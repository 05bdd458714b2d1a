#include "unit.h"

#include <communique/hash.h>
#include <communique/pack.h>

static void numbers_are_big_endian(void **state)
{
	unsigned char at[9] = { 0 };

	(void)state;
	put_be16(at + 1, 0x1234); /* no alignment is asked for */
	assert_memory_equal(at + 1, "\x12\x34", 2);
	assert_int_equal(get_be16(at + 1), 0x1234);
	put_be32(at + 1, 0x12345678);
	assert_memory_equal(at + 1, "\x12\x34\x56\x78", 4);
	assert_int_equal(get_be32(at + 1), 0x12345678);
	put_be64(at + 1, 0x123456789abcdef0);
	assert_memory_equal(at + 1, "\x12\x34\x56\x78\x9a\xbc\xde\xf0", 8);
	assert_true(get_be64(at + 1) == 0x123456789abcdef0);
	memset(at, 0xff, sizeof at);
	assert_int_equal(get_be16(at), UINT16_MAX);
	assert_true(get_be32(at) == UINT32_MAX && get_be64(at) == UINT64_MAX);
}

static void hex_goes_both_ways(void **state)
{
	unsigned char out[4] = { 0 };
	struct buf buf;

	(void)state;
	buf_init(&buf, 100);
	buf_add_hex(&buf, "\x00\xab\xff", 3);
	buf_add_hex(&buf, "", 0);
	assert_str(buf_str(&buf), STR("00abff"));
	buf_release(&buf);
	assert_true(hex_decode(out, 3, STR("00AbfF")));
	assert_memory_equal(out, "\x00\xab\xff", 3);
	assert_true(hex_decode(out, 0, STR("")));
	assert_false(hex_decode(out, 3, STR("00abf")));
	assert_false(hex_decode(out, 3, STR("00abff0")));
	assert_false(hex_decode(out, 1, STR("0g")));
	assert_false(hex_decode(out, 1, STR(" 0")));
	assert_false(hex_decode(out, 1, STR("0\0")));
	buf_init(&buf, 3);
	buf_add_hex(&buf, "ab", 2);
	assert_false(buf_check(&buf, NULL));
	assert_int_equal(buf.len, 0);
	buf_release(&buf);
}

/* RFC 4648, section 10, and bytes that need the last letters of the alphabet. */
static const struct {
	struct str bytes, text, url;
} pairs[] = {
	{ { "", 0 }, { "", 0 }, { "", 0 } },
	{ { "f", 1 }, { "Zg==", 4 }, { "Zg", 2 } },
	{ { "fo", 2 }, { "Zm8=", 4 }, { "Zm8", 3 } },
	{ { "foo", 3 }, { "Zm9v", 4 }, { "Zm9v", 4 } },
	{ { "foob", 4 }, { "Zm9vYg==", 8 }, { "Zm9vYg", 6 } },
	{ { "fooba", 5 }, { "Zm9vYmE=", 8 }, { "Zm9vYmE", 7 } },
	{ { "foobar", 6 }, { "Zm9vYmFy", 8 }, { "Zm9vYmFy", 8 } },
	{ { "\xfb\xff\xbf", 3 }, { "+/+/", 4 }, { "-_-_", 4 } },
	{ { "\0\0\0\0", 4 }, { "AAAAAA==", 8 }, { "AAAAAA", 6 } },
};

static void base64_goes_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char out[8];
		struct buf buf;
		size_t len = 99;

		buf_init(&buf, 100);
		buf_add_base64(&buf, pairs[i].bytes.at, pairs[i].bytes.len);
		assert_str(buf_str(&buf), pairs[i].text);
		buf_clear(&buf);
		buf_add_base64url(&buf, pairs[i].bytes.at, pairs[i].bytes.len);
		assert_str(buf_str(&buf), pairs[i].url);
		buf_release(&buf);
		assert_true(base64_decode(out, pairs[i].bytes.len, &len, pairs[i].text));
		assert_str(((struct str){ out, len }), pairs[i].bytes);
		assert_true(base64url_decode(out, pairs[i].bytes.len, &len, pairs[i].url));
		assert_str(((struct str){ out, len }), pairs[i].bytes);
		if (pairs[i].bytes.len)
			assert_false(
				base64_decode(out, pairs[i].bytes.len - 1, &len, pairs[i].text));
	}
}

static void base64_has_one_spelling(void **state)
{
	static const char *const bad[] = {
		"Zg",	    "Zg=",  "Zg===", "=",     "==",	  "====", "Z===",
		"Z",	    "Zh==", "Zm9=",  "Zm9v=", "Zm9v====", "Z g=", "Zg==\n",
		"Zg==Zg==", "-_-_", "Zg=a",  "=Zg=",  "Zm8\n",	  "Zm9*"
	};
	static const char *const bad_url[] = { "Z", "Zh", "Zm9", "Zg==", "Zm8=", "+/+/", "Zm9vY" };
	char out[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(base64_decode(out, sizeof out, &len, str_from(bad[i])));
	for (size_t i = 0; i < sizeof bad_url / sizeof *bad_url; i++)
		assert_false(base64url_decode(out, sizeof out, &len, str_from(bad_url[i])));
	assert_false(base64_decode(out, sizeof out, &len, STR("Zg\0=")));
}

static void every_byte_survives_base64(void **state)
{
	unsigned char bytes[256], out[256];
	struct buf buf;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)(i * 167);
	buf_init(&buf, 1000);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		buf_clear(&buf);
		buf_add_base64(&buf, bytes, n);
		assert_true(base64_decode(out, sizeof out, &len, buf_str(&buf)));
		assert_int_equal(len, n);
		assert_memory_equal(out, bytes, n);
	}
	buf_release(&buf);
}

/* --- records --------------------------------------------------------------------- */

static void a_record_reads_as_it_was_written(void **state)
{
	struct fault why = { .kind = NO_FAULT };
	struct unpack from;
	struct buf buf;
	char bytes[3];

	(void)state;
	buf_init(&buf, 1000);
	buf_add_char(&buf, 7);
	buf_add_be16(&buf, 0xfffe);
	buf_add_be32(&buf, 0xfffffffe);
	buf_add_be64(&buf, UINT64_MAX);
	pack_str(&buf, STR("text\0"));
	pack_str(&buf, STR_NONE);
	buf_add(&buf, STR("xyz"));
	from = unpack_begin(buf_str(&buf));
	assert_int_equal(unpack_u8(&from), 7);
	assert_int_equal(unpack_u16(&from), 0xfffe);
	assert_true(unpack_u32(&from) == 0xfffffffe);
	assert_true(unpack_u64(&from) == UINT64_MAX);
	assert_str(unpack_str(&from), STR("text\0"));
	assert_str(unpack_str(&from), STR(""));
	assert_false(unpack_end(&from, "test", &why)); /* something is left */
	assert_int_equal(why.kind, BROKEN);
	assert_string_equal(why.says, "a damaged test record");
	unpack_bytes(&from, bytes, 3);
	assert_memory_equal(bytes, "xyz", 3);
	assert_true(unpack_end(&from, "test", &why));
	buf_release(&buf);
}

/* Cut anywhere, a record gives zeroes from there on and says so at the end. */
static void a_short_record_is_broken(void **state)
{
	static const char record[] = "\1\0\2\0\0\0\3\0\0\0\0\0\0\0\4\0\0\0\2ab";

	(void)state;
	for (size_t len = 0; len < sizeof record - 1; len++) {
		struct unpack from = unpack_begin((struct str){ len ? record : NULL, len });
		struct str text;

		unpack_u8(&from);
		unpack_u16(&from);
		unpack_u32(&from);
		unpack_u64(&from);
		text = unpack_str(&from);
		assert_int_equal(text.len, 0);
		assert_true(str_given(text));
		assert_int_equal(unpack_u64(&from), 0);
		assert_int_equal(unpack_u8(&from), 0);
		assert_false(unpack_end(&from, "test", NULL));
	}
}

static void a_length_is_not_believed(void **state)
{
	struct unpack from = unpack_begin(STR("\xff\xff\xff\xff"
					      "abc"));
	char bytes[4] = "xxx";

	(void)state;
	assert_int_equal(unpack_str(&from).len, 0);
	unpack_bytes(&from, bytes, sizeof bytes); /* broken: zeroes, though three are there */
	assert_memory_equal(bytes, "\0\0\0\0", 4);
	assert_false(unpack_end(&from, "test", NULL));
}

/* --- hashes ---------------------------------------------------------------------- */

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void a_hash_is_64_lower_case_digits(void **state)
{
	struct hash hash, other;
	char upper[] = HEX;

	(void)state;
	assert_true(hash_parse(STR(HEX), &hash));
	assert_int_equal(hash.at[1], 0x11);
	assert_string_equal(HASH_TEXT(&hash), HEX);
	assert_true(hash_parse(STR(HEX), &other) && hash_equal(&hash, &other));
	other.at[31] ^= 1;
	assert_false(hash_equal(&hash, &other));
	upper[63] = 'F';
	assert_false(hash_parse(str_from(upper), &other));
	assert_false(hash_parse(STR(HEX "0"), &other));
	assert_false(hash_parse(str_first(STR(HEX), 63), &other));
	assert_false(hash_parse(STR_NONE, &other));
	upper[63] = 'g';
	assert_false(hash_parse(str_from(upper), &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(hex_goes_both_ways),
		cmocka_unit_test(base64_goes_both_ways),
		cmocka_unit_test(base64_has_one_spelling),
		cmocka_unit_test(every_byte_survives_base64),
		cmocka_unit_test(a_record_reads_as_it_was_written),
		cmocka_unit_test(a_short_record_is_broken),
		cmocka_unit_test(a_length_is_not_believed),
		cmocka_unit_test(a_hash_is_64_lower_case_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
