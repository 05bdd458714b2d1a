/* Forms of both types: what browsers send, and what they do not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include "../../../src/web/form.h"

#define MULTIPART STR("multipart/form-data; boundary=AaB03x")
#define ENCODED STR("application/x-www-form-urlencoded")
#define PART "--AaB03x\r\nContent-Disposition: form-data; name="
#define END "\r\n--AaB03x--\r\n"

static struct arena arena;
static struct form form;
static struct fault why;

static int before(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int after(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static void accept(struct str type, struct str body)
{
	if (!form_read(type, body, &arena, &form, &why))
		print_error("%s\n", why.says);
	assert_true(form_read(type, body, &arena, &form, &why));
}

static void refuse(struct str type, struct str body, enum fault_kind kind)
{
	if (form_read(type, body, &arena, &form, &why))
		print_error("taken: %.*s\n", STR_ARG(body));
	assert_false(form_read(type, body, &arena, &form, &why));
	assert_int_equal(why.kind, kind);
}

static void expect(const char *name, struct str value)
{
	struct str found = form_value(&form, name);

	assert_true(str_given(found));
	if (!str_equal(found, value))
		print_error("%s is \"%.*s\"\n", name, STR_ARG(found));
	assert_true(str_equal(found, value));
}

static void multipart_has_its_parts(void **state)
{
	(void)state;
	accept(MULTIPART,
	       STR(PART "\"text\"\r\n\r\none\r\ntwo\r\n" PART
			"\"file\"; filename=\"a;b.txt\"\r\nContent-Type: text/plain\r\n\r\n"
			"\0\xff --AaB03 \r\n" END));
	expect("text", STR("one\r\ntwo"));
	expect("file", STR("\0\xff --AaB03 \r\n"));
	assert_false(str_given(form_value(&form, "other")));
}

static void spelling_of_fields_may_vary(void **state)
{
	(void)state;
	accept(STR("Multipart/Form-Data; charset=utf-8; Boundary=\"AaB03x\""),
	       STR("--AaB03x\r\nX: y\r\ncontent-disposition:form-data;NAME=text\r\n\r\n" END));
	expect("text", STR(""));
}

static void an_empty_form_has_no_parts(void **state)
{
	(void)state;
	accept(MULTIPART, STR("--AaB03x--\r\n"));
	assert_int_equal(form.count, 0);
	accept(ENCODED, STR(""));
	assert_int_equal(form.count, 0);
}

static void encoded_values_are_decoded(void **state)
{
	(void)state;
	accept(ENCODED, STR("text=a+b%0D%0A%ea%b0%80&file=&x"));
	expect("text", STR("a b\r\n가"));
	expect("file", STR(""));
	expect("x", STR(""));
	refuse(ENCODED, STR("text=%"), INVALID);
	refuse(ENCODED, STR("text=%4"), INVALID);
	refuse(ENCODED, STR("text=%zz"), INVALID);
}

static void broken_parts_are_refused(void **state)
{
	static const struct {
		const char *body;
	} bad[] = {
		{ "" },
		{ "--AaB03x" },
		{ "--AaB03x\r\n" },
		{ "\r\n" PART "a\r\n\r\nb" END },
		{ PART "a\r\n\r\nb" },
		{ PART "a\r\n\r\nb\r\n--AaB03" },
		{ PART "a\r\n\r\nb\r\n--AaB03x" },
		{ "--AaB03x\r\nContent-Type: text/plain\r\n\r\nb" END },
		{ "--AaB03x\r\n\r\nb" END },
		{ PART "a\r\nb" END },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		refuse(MULTIPART, str_from(bad[i].body), INVALID);
	refuse(STR("multipart/form-data"), STR("--\r\n"), INVALID);
	refuse(STR("multipart/form-data; boundary="), STR("--\r\n"), INVALID);
}

/* Whatever is cut off, nothing is read beyond (ASan looks). */
static void every_beginning_is_harmless(void **state)
{
	struct str whole = STR(PART "text\r\n\r\none" END);

	(void)state;
	for (size_t len = 0; len < whole.len - 4; len++) {
		char *copy = malloc(len + 1);

		memcpy(copy, whole.at, len);
		assert_false(form_read(MULTIPART, (struct str){ copy, len }, &arena, &form, &why));
		free(copy);
	}
}

static void fields_are_limited(void **state)
{
	(void)state;
	accept(ENCODED, STR("a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1"));
	refuse(ENCODED, STR("a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1"), INVALID);
}

static void other_types_are_refused(void **state)
{
	(void)state;
	refuse(STR("text/plain"), STR("a=b"), ENCODING_NOT_ACCEPTED);
	refuse(STR_NONE, STR("a=b"), ENCODING_NOT_ACCEPTED);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, before, after)
	const struct CMUnitTest tests[] = {
		CASE(multipart_has_its_parts),	  CASE(spelling_of_fields_may_vary),
		CASE(an_empty_form_has_no_parts), CASE(encoded_values_are_decoded),
		CASE(broken_parts_are_refused),	  CASE(every_beginning_is_harmless),
		CASE(fields_are_limited),	  CASE(other_types_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
