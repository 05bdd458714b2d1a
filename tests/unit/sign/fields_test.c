/*
 * Structured fields (RFC 9651): each kind of value, and each way to be wrong.
 */
#include "sign_tests.h"

#include "../../../src/sign/fields.h"

/* Writes what was read in a plain form, so that a test is one pair of texts. */
static void describe_value(struct buf *out, const struct field_value *value)
{
	static const char names[] = "LidstbyD"; /* in the order of the enum */

	buf_addf(out, "%c", names[value->kind]);
	if (value->kind == FIELD_STRING || value->kind == FIELD_TOKEN || value->kind == FIELD_BYTES)
		buf_addf(out, "[%.*s]", STR_ARG(value->text));
	else if (value->kind != FIELD_LIST)
		buf_addf(out, "%lld", (long long)value->number);
}

static void describe_parameters(struct buf *out, struct fields *fields)
{
	struct field_value value;
	struct str key;

	while (fields_parameter(fields, &key, &value)) {
		buf_addf(out, ";%.*s=", STR_ARG(key));
		describe_value(out, &value);
	}
}

static void describe(struct buf *out, struct str field, struct fields *fields)
{
	struct field_value value;
	struct str key;

	*fields = fields_begin(field);
	while (fields_member(fields, &key)) {
		buf_addf(out, "%s%.*s=", out->len ? " " : "", STR_ARG(key));
		if (!fields_value(fields, &value))
			break;
		describe_value(out, &value);
		if (value.kind == FIELD_LIST) {
			buf_add_char(out, '(');
			while (fields_item(fields, &value)) {
				describe_value(out, &value);
				describe_parameters(out, fields);
			}
			buf_add_char(out, ')');
		}
		describe_parameters(out, fields);
	}
}

static const struct {
	const char *field, *means;
	bool loose;
} good[] = {
	{ "", "", false },
	{ "   ", "", false },
	{ "a=1", "a=i1", false },
	{ "a=-1", "a=i-1", false },
	{ "a=999999999999999", "a=i999999999999999", false },
	{ "a=-999999999999999", "a=i-999999999999999", false },
	{ "a=00", "a=i0", true },
	{ "a=-0", "a=i0", true },
	{ "a=1.5", "a=d1500", false },
	{ "a=1.0", "a=d1000", false },
	{ "a=1.50", "a=d1500", true },
	{ "a=-123456789012.125", "a=d-123456789012125", false },
	{ "a=\"\"", "a=s[]", false },
	{ "a=\"x y\"", "a=s[x y]", false },
	{ "a=\"\\\"\\\\\"", "a=s[\\\"\\\\]", false },
	{ "a=tok/en:*", "a=t[tok/en:*]", false },
	{ "a=*", "a=t[*]", false },
	{ "a=::", "a=b[]", false },
	{ "a=:AAAA:", "a=b[AAAA]", false },
	{ "a=:AA==:", "a=b[AA==]", false },
	{ "a=?1", "a=y1", false },
	{ "a=?0", "a=y0", false },
	{ "a", "a=y1", false },
	{ "a=@1659578233", "a=D1659578233", false },
	{ "a=@-1", "a=D-1", false },
	{ "*a_-.*9=1", "*a_-.*9=i1", false },
	{ "a,b", "a=y1 b=y1", false },
	{ "a \t, \tb ", "a=y1 b=y1", false },
	{ "a=1,a=2", "a=i1 a=i2", false },
	{ "a;x", "a=y1;x=y1", false },
	{ "a=1;x=2;y=\"z\"", "a=i1;x=i2;y=s[z]", false },
	{ "a=1; x=2", "a=i1;x=i2", true },
	{ "a;x=?1", "a=y1;x=y1", true },
	{ "a;x=?0", "a=y1;x=y0", false },
	{ "a=()", "a=L()", false },
	{ "a=( )", "a=L()", true },
	{ "a=(\"x\" \"y\")", "a=L(s[x]s[y])", false },
	{ "a=(\"x\"  \"y\")", "a=L(s[x]s[y])", true },
	{ "a=( \"x\")", "a=L(s[x])", true },
	{ "a=(\"x\" )", "a=L(s[x])", true },
	{ "a=(\"x\";sf \"y\");c=1", "a=L(s[x];sf=y1s[y]);c=i1", false },
	{ "a=(1 t :AA==: ?0);t=\"u\", b=2", "a=L(i1t[t]b[AA==]y0);t=s[u] b=i2", false },
};

static const struct {
	const char *field;
	size_t at;
	const char *says;
} bad[] = {
	{ "A=1", 1, "a key begins" },
	{ "1=1", 1, "a key begins" },
	{ "\ta=1", 1, "a key begins" },
	{ "a=", 3, "no value" },
	{ "a= 1", 3, "no value" },
	{ "a =1", 3, "parted by commas" },
	{ "a=1,", 5, "nothing follows" },
	{ "a=1, ", 6, "nothing follows" },
	{ ",a=1", 1, "a key begins" },
	{ "a=1,,b=1", 5, "a key begins" },
	{ "a=1 b=1", 5, "parted by commas" },
	{ "a=1b", 4, "parted by commas" },
	{ "a=-", 4, "needs a digit" },
	{ "a=--1", 4, "needs a digit" },
	{ "a=+1", 3, "no value" },
	{ "a=1234567890123456", 19, "15 digits" },
	{ "a=1.", 5, "1 to 3 digits" },
	{ "a=1.1234", 9, "1 to 3 digits" },
	{ "a=1234567890123.1", 17, "12 digits" },
	{ "a=.5", 3, "no value" },
	{ "a=\"x", 5, "closing quote" },
	{ "a=\"\\x\"", 5, "escaped" },
	{ "a=\"\\", 5, "escaped" },
	{ "a=\"\t\"", 4, "printable" },
	{ "a=\"\x7f\"", 4, "printable" },
	{ "a=\"\xc3\xa9\"", 4, "printable" },
	{ "a=:AA==", 8, "between colons" },
	{ "a=:A A:", 5, "between colons" },
	{ "a=:AA=:", 7, "groups of four" },
	{ "a=:A===:", 8, "groups of four" },
	{ "a=:AA-_:", 6, "between colons" },
	{ "a=?2", 4, "boolean" },
	{ "a=?", 4, "boolean" },
	{ "a=?true", 4, "boolean" },
	{ "a=@", 4, "date" },
	{ "a=@x", 4, "date" },
	{ "a=@1.5", 7, "date" },
	{ "a=%\"x\"", 3, "display strings" },
	{ "a=(", 4, "closing parenthesis" },
	{ "a=(1", 5, "closing parenthesis" },
	{ "a=(1 ", 6, "closing parenthesis" },
	{ "a=(1,2)", 5, "parted by spaces" },
	{ "a=(1\t2)", 5, "parted by spaces" },
	{ "a=(\"x\"\"y\")", 7, "parted by spaces" },
	{ "a=((1))", 4, "no value" },
	{ "a=(1))", 6, "parted by commas" },
	{ "a;", 3, "a key begins" },
	{ "a; ", 4, "a key begins" },
	{ "a;X=1", 3, "a key begins" },
	{ "a;x=", 5, "no value" },
	{ "a;x=(1)", 5, "no value" },
	{ "a ;x=1", 3, "parted by commas" },
	{ "a={1}", 3, "no value" },
};

static void well_formed_fields_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct fields fields;
		struct buf out;

		buf_init(&out, 4096);
		describe(&out, str_from(good[i].field), &fields);
		if (fields.broken)
			fail_msg("%s: %s", good[i].field, fields.broken);
		if (!str_equal(buf_str(&out), str_from(good[i].means)))
			fail_msg("%s means %.*s", good[i].field, STR_ARG(buf_str(&out)));
		if (fields.loose != good[i].loose)
			fail_msg("%s: loose is %d", good[i].field, fields.loose);
		buf_release(&out);
	}
}

static void malformed_fields_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct fields fields;
		struct buf out;

		buf_init(&out, 4096);
		describe(&out, str_from(bad[i].field), &fields);
		if (!fields.broken || !strstr(fields.broken, bad[i].says))
			fail_msg("%s: %s", bad[i].field, fields.broken ? fields.broken : "read");
		if (fields_position(&fields) != bad[i].at)
			fail_msg("%s: at %zu", bad[i].field, fields_position(&fields));
		assert_false(fields_member(&fields, &(struct str){ 0 }));
		assert_false(fields_value(&fields, &(struct field_value){ 0 }));
		assert_false(fields_item(&fields, &(struct field_value){ 0 }));
		buf_release(&out);
	}
}

static void a_zero_byte_is_no_end(void **state)
{
	struct fields fields;
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	describe(&out, (struct str){ "a=1\0", 4 }, &fields);
	assert_non_null(fields.broken);
	describe(&out, (struct str){ "\0", 1 }, &fields);
	assert_non_null(fields.broken);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(well_formed_fields_are_read),
		cmocka_unit_test(malformed_fields_are_refused),
		cmocka_unit_test(a_zero_byte_is_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
