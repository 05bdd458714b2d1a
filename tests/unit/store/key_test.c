#include "scratch.h"

static void numbers_sort_as_numbers(void **state)
{
	static const uint64_t numbers[] = { 0, 1, 255, 256, 65535, 1ull << 32, UINT64_MAX };

	(void)state;
	for (size_t i = 1; i < sizeof numbers / sizeof *numbers; i++) {
		struct store_key a = key_of_number(numbers[i - 1]), b = key_of_number(numbers[i]);

		assert_true(str_compare(key_str(&a), key_str(&b)) < 0);
	}
}

static void parts_join_in_order(void **state)
{
	struct store_key key = key_begin();

	(void)state;
	key_add_text(&key, STR("en"));
	key_add_u8(&key, 7);
	key_add_u32(&key, 0x01020304);
	key_add_u64(&key, 0x05060708090a0b0cull);
	key_add_bytes(&key, "\xff\0", 2);
	assert_false(key.too_long);
	assert_int_equal(key.len, 3 + 1 + 4 + 8 + 2);
	assert_memory_equal(key.at, "en\0\7\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xff\0", key.len);
}

static void an_empty_text_is_one_nul(void **state)
{
	struct store_key key = key_begin();

	(void)state;
	key_add_text(&key, STR_NONE);
	assert_int_equal(key.len, 1);
	assert_int_equal(key.at[0], 0);
	key_add_bytes(&key, NULL, 0);
	assert_int_equal(key.len, 1);
}

static void the_limit_is_exact(void **state)
{
	static char bytes[STORE_KEY_MAX + 1];
	struct store_key key = key_begin();

	(void)state;
	key_add_bytes(&key, bytes, STORE_KEY_MAX);
	assert_false(key.too_long);
	assert_int_equal(key.len, STORE_KEY_MAX);
	key_add_u8(&key, 1);
	assert_true(key.too_long);

	key = key_begin();
	key_add_bytes(&key, bytes, STORE_KEY_MAX + 1);
	assert_true(key.too_long);
	key_add_u8(&key, 1); /* once too long, always */
	assert_true(key.too_long);

	key = key_begin();
	key_add_bytes(&key, bytes, STORE_KEY_MAX - 1);
	key_add_text(&key, STR("x")); /* its letter fits, its NUL does not */
	assert_true(key.too_long);
	key = key_begin();
	key_add_bytes(&key, bytes, SIZE_MAX);
	assert_true(key.too_long);
}

static void a_text_with_a_nul_is_no_key(void **state)
{
	struct store_key key = key_begin();

	(void)state;
	key_add_text(&key, STR("en\0x"));
	assert_true(key.too_long);
}

static void every_table_has_its_own_name(void **state)
{
	(void)state;
	for (int i = 0; i < TABLE_COUNT; i++) {
		assert_true(strlen(table_name((enum table)i)) > 0);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(table_name((enum table)i),
						table_name((enum table)j));
	}
	assert_string_equal(table_name(TABLE_META), "META");
	assert_string_equal(table_name(TABLE_DOCUMENTS), "DOCUMENTS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_sort_as_numbers),
		cmocka_unit_test(parts_join_in_order),
		cmocka_unit_test(an_empty_text_is_one_nul),
		cmocka_unit_test(the_limit_is_exact),
		cmocka_unit_test(a_text_with_a_nul_is_no_key),
		cmocka_unit_test(every_table_has_its_own_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
