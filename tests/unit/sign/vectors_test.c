/*
 * Published vectors, read where they lie beside the repository: RFC 9421 B.2.6
 * (test-key-ed25519) and the digests of RFC 9530. Nothing of them stands here.
 */
#include "sign_tests.h"

#include <sodium.h>

#include <communique/bytes.h>
#include <communique/digest.h>
#include <communique/file.h>
#include <communique/httpsig.h>

#define VECTORS "../shared/vectors/rfc9421-ed25519.json"

static struct buf file;

/* As much JSON as these files use: strings with \" and \n in them. */
static const char *take_string(const char *at, struct buf *out)
{
	assert_int_equal(*at, '"');
	for (at++; *at != '"'; at++) {
		assert_int_not_equal(*at, '\0');
		if (*at == '\\' && *++at == 'n')
			buf_add_char(out, '\n');
		else
			buf_add_char(out, *at);
	}
	return at + 1;
}

static const char *after_name(const char *from, const char *name)
{
	char wanted[64];
	const char *at;

	snprintf(wanted, sizeof wanted, "\"%s\":", name);
	at = strstr(from, wanted);
	if (!at)
		return NULL;
	at += strlen(wanted);
	return at + strspn(at, " \n[");
}

static void string_of(const char *from, const char *name, struct buf *out)
{
	const char *at = after_name(from, name);

	if (!at)
		fail_msg("%s has no %s", VECTORS, name);
	buf_init(out, 4096);
	take_string(at, out);
}

/* The base's lines, joined as the base is. */
static void read_base(struct buf *out)
{
	const char *at = after_name(file.at, "base");

	assert_non_null(at);
	buf_init(out, 4096);
	while (*at == '"') {
		if (out->len)
			buf_add_char(out, '\n');
		at = take_string(at, out);
		at += strspn(at, ", \n");
	}
	assert_int_equal(*at, ']');
}

struct lines_of_base {
	struct str names[8], values[8];
	size_t count;
	struct str params;
};

static void split_base(struct str base, struct lines_of_base *out)
{
	*out = (struct lines_of_base){ 0 };
	while (str_given(base)) {
		struct str line = str_cut(&base, '\n'), name;
		size_t end = str_find_str(line, STR("\": "));

		name = str_skip(str_first(line, end), 1);
		line = str_skip(line, end + 3);
		if (str_equal(name, STR("@signature-params"))) {
			out->params = line;
			continue;
		}
		assert_true(out->count < COUNT(out->names));
		out->names[out->count] = name;
		out->values[out->count++] = line;
	}
}

static bool value_of(void *ctx, struct str name, struct buf *out)
{
	const struct lines_of_base *lines = ctx;

	for (size_t i = 0; i < lines->count; i++)
		if (str_equal(lines->names[i], name)) {
			buf_add(out, lines->values[i]);
			return true;
		}
	return false;
}

static void the_base_is_that_of_the_rfc(void **state)
{
	struct lines_of_base lines;
	struct buf wanted, out;

	(void)state;
	read_base(&wanted);
	split_base(buf_str(&wanted), &lines);
	assert_int_equal(lines.count, 6);
	buf_init(&out, 4096);
	assert_true(
		httpsig_base_of(lines.params, lines.names, lines.count, value_of, &lines, &out));
	assert_true(str_equal(buf_str(&out), buf_str(&wanted)));
	buf_release(&out);
	buf_release(&wanted);
}

/* The same lines from a request, by our own idea of what the components are. */
static void a_request_gives_the_same_base(void **state)
{
	struct http_message message = { .scheme = STR("https"), .has_body = true };
	struct httpsig sig = { 0 };
	struct lines_of_base lines;
	struct buf wanted, out;

	(void)state;
	read_base(&wanted);
	split_base(buf_str(&wanted), &lines);
	for (size_t i = 0; i < lines.count; i++) {
		static const struct {
			const char *name;
			size_t at;
		} parts[] = {
			{ "date", offsetof(struct http_message, date) },
			{ "@method", offsetof(struct http_message, method) },
			{ "@path", offsetof(struct http_message, target) },
			{ "@authority", offsetof(struct http_message, authority) },
			{ "content-type", offsetof(struct http_message, content_type) },
			{ "content-length", offsetof(struct http_message, content_length) },
		};

		sig.components[sig.component_count++] = lines.names[i];
		for (size_t k = 0; k < COUNT(parts); k++)
			if (str_equal(lines.names[i], str_from(parts[k].name)))
				memcpy((char *)&message + parts[k].at, &lines.values[i],
				       sizeof lines.values[i]);
	}
	sig.params = lines.params;
	buf_init(&out, 4096);
	assert_true(httpsig_base(&sig, &message, &out, NULL));
	assert_true(str_equal(buf_str(&out), buf_str(&wanted)));
	buf_release(&out);
	buf_release(&wanted);
}

static void decode(struct buf *text, unsigned char *out, size_t len)
{
	size_t have = 0;

	assert_true(base64_decode(out, len, &have, buf_str(text)));
	assert_int_equal(have, len);
	buf_release(text);
}

static void the_signature_is_that_of_the_rfc(void **state)
{
	unsigned char seed[32], public[32], secret[64], key[32], wanted[64], made[64];
	struct buf base, text;

	(void)state;
	string_of(file.at, "seed_base64", &text);
	decode(&text, seed, sizeof seed);
	string_of(file.at, "public_base64", &text);
	decode(&text, public, sizeof public);
	string_of(file.at, "signature_base64", &text);
	decode(&text, wanted, sizeof wanted);
	crypto_sign_seed_keypair(key, secret, seed);
	assert_memory_equal(key, public, sizeof key);
	read_base(&base);
	crypto_sign_detached(made, NULL, (const unsigned char *)base.at, base.len, secret);
	assert_memory_equal(made, wanted, sizeof made);
	assert_int_equal(crypto_sign_verify_detached(wanted, (const unsigned char *)base.at,
						     base.len, public),
			 0);
	buf_release(&base);
}

static void check_digest(const struct buf *body, const char *name, const struct buf *base64)
{
	struct content_digest announced;
	struct body_digest digest;
	struct buf field;
	struct fault why;

	buf_init(&field, 4096);
	buf_addf(&field, "%s=:%.*s:", name, STR_ARG(buf_str(base64)));
	if (!content_digest_parse(buf_str(&field), &announced, &why))
		fail_msg("%s", why.says);
	body_digest_begin(&digest);
	body_digest_add(&digest, buf_str(body));
	assert_true(content_digest_check(&announced, &digest, NULL, NULL));
	buf_clear(&field);
	content_digest_format(buf_str(body), &field);
	assert_true(str_starts(buf_str(&field), STR("sha-256=:")));
	buf_release(&field);
}

static void the_digests_are_those_of_the_rfc(void **state)
{
	static const char *const names[] = { "sha-256", "sha-512" };
	const char *at = after_name(file.at, "content_digest");
	size_t checked = 0;

	(void)state;
	while (at && strstr(at, "\"body\"")) {
		const char *end;
		struct buf body, base64;

		buf_init(&body, 4096);
		at = take_string(after_name(at, "body"), &body);
		end = strchr(at, '}'); /* a body has braces, too */
		assert_non_null(end);
		for (size_t i = 0; i < COUNT(names); i++) {
			const char *there = after_name(at, names[i]);

			if (!there || there > end)
				continue;
			string_of(at, names[i], &base64);
			check_digest(&body, names[i], &base64);
			buf_release(&base64);
			checked++;
		}
		buf_release(&body);
		at = end + 1;
	}
	assert_int_equal(checked, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_base_is_that_of_the_rfc),
		cmocka_unit_test(a_request_gives_the_same_base),
		cmocka_unit_test(the_signature_is_that_of_the_rfc),
		cmocka_unit_test(the_digests_are_those_of_the_rfc),
	};
	struct fault why;
	int failed;

	buf_init(&file, 64 * 1024);
	if (!sign_start(&why) || !file_read(VECTORS, &file, &why)) {
		fprintf(stderr, "%s\n", why.says);
		return 1;
	}
	buf_add_char(&file, '\0');
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_release(&file);
	return failed;
}
