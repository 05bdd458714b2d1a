/*
 * Request signatures: the profile of the admin endpoints (RFC 9421).
 */
#include "sign_tests.h"

#include <sodium.h>

#include <communique/bytes.h>
#include <communique/httpsig.h>

#define NOW 1795000000

static struct arena arena;
static struct secret_key key;

static const struct http_message with_body = {
	.method = { "PUT", 3 },
	.scheme = { "https", 5 },
	.authority = { "press.example", 13 },
	.target = { "/admin/drafts/en/opening", 24 },
	.content_type = { "text/plain", 10 },
	.content_digest = { "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", 55 },
	.has_body = true,
};
static const struct http_message without_body = {
	.method = { "GET", 3 },
	.scheme = { "https", 5 },
	.authority = { "press.example", 13 },
	.target = { "/admin/drafts?after=3", 21 },
};

/* Parses, covers, verifies, is in time: what the desk does with a request. */
static bool judge(struct str input, struct str signature, const struct http_message *message,
		  int64_t now, struct fault *why)
{
	struct httpsig sig;

	return httpsig_parse(&arena, input, signature, &sig, why) &&
	       httpsig_covers(&sig, message, why) &&
	       httpsig_verify(&sig, message, &key.public, why) && httpsig_in_time(&sig, now, why);
}

struct signed_request {
	struct str input, signature;
};

static struct signed_request sign(const struct http_message *message)
{
	struct signed_request out;
	struct buf input, signature;
	struct fault why;

	buf_init(&input, SIGNATURE_INPUT_MAX);
	buf_init(&signature, SIGNATURE_FIELD_MAX);
	if (!httpsig_sign(message, &key, NOW, &input, &signature, &why))
		fail_msg("%s", why.says);
	out.input = arena_copy(&arena, buf_str(&input));
	out.signature = arena_copy(&arena, buf_str(&signature));
	buf_release(&input);
	buf_release(&signature);
	return out;
}

/* As a foreign client would: from its own idea of the base's lines. `params` has
 * one %s for the key id. */
static struct signed_request sign_by_hand(const char *label, const char *lines, const char *params)
{
	unsigned char bytes[64];
	struct signed_request out;
	struct buf text, base;
	char filled[1024];

	/* The key id is looked for and put in by hand: params is no literal. */
	struct str rest = str_from(params);
	size_t at = str_find_str(rest, STR("%s"));

	snprintf(filled, sizeof filled, "%.*s%s%.*s", (int)at, params,
		 at < rest.len ? KEY_ID_TEXT(&key.public.id) : "", STR_ARG(str_skip(rest, at + 2)));
	buf_init(&base, 4096);
	buf_addf(&base, "%s\n\"@signature-params\": %s", lines, filled);
	crypto_sign_detached(bytes, NULL, (const unsigned char *)base.at, base.len,
			     key.seed_and_key.at);
	out.input = arena_printf(&arena, "%s=%s", label, filled);
	buf_init(&text, 256);
	buf_addf(&text, "%s=:", label);
	buf_add_base64(&text, bytes, sizeof bytes);
	buf_add_char(&text, ':');
	out.signature = arena_copy(&arena, buf_str(&text));
	buf_release(&text);
	buf_release(&base);
	return out;
}

static void our_own_signature_is_taken(void **state)
{
	static const struct http_message *const messages[] = { &with_body, &without_body };
	struct fault why;

	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		struct signed_request request = sign(messages[i]);
		struct signed_request again = sign(messages[i]);

		if (!judge(request.input, request.signature, messages[i], NOW, &why))
			fail_msg("%s", why.says);
		assert_false(str_equal(request.input, again.input)); /* the nonce */
	}
}

static void if_match_is_covered_when_it_is_given(void **state)
{
	struct http_message message = with_body;
	struct signed_request request;
	struct fault why;

	(void)state;
	message.if_match = STR("\"abc\"");
	request = sign(&message);
	assert_true(str_find_str(request.input, STR("\"if-match\"")) < request.input.len);
	assert_true(judge(request.input, request.signature, &message, NOW, &why));
	message.if_match = STR("\"abd\"");
	assert_refused(judge(request.input, request.signature, &message, NOW, &why), why,
		       SIGNATURE_INVALID, 0, "not signed this request");
	message.if_match = STR_NONE;
	assert_refused(judge(request.input, request.signature, &message, NOW, &why), why,
		       COMPONENT_MISSING, 0, "if-match");
}

static void nothing_can_be_signed_that_is_not_there(void **state)
{
	struct http_message message = with_body;
	struct buf input, signature;
	struct fault why;

	(void)state;
	buf_init(&input, SIGNATURE_INPUT_MAX);
	buf_init(&signature, SIGNATURE_FIELD_MAX);
	message.content_digest = STR_NONE;
	assert_refused(httpsig_sign(&message, &key, NOW, &input, &signature, &why), why,
		       COMPONENT_MISSING, 0, "covered");
	assert_int_equal(input.len + signature.len, 0);
}

static void whatever_is_altered_shows(void **state)
{
	static const struct {
		size_t at;
		const char *value;
	} cases[] = {
		{ offsetof(struct http_message, method), "POST" },
		{ offsetof(struct http_message, scheme), "http" },
		{ offsetof(struct http_message, authority), "press.example:8443" },
		{ offsetof(struct http_message, authority), "stage.example" },
		{ offsetof(struct http_message, target), "/admin/drafts/en/openinG" },
		{ offsetof(struct http_message, target), "/admin/drafts/en/opening?" },
		{ offsetof(struct http_message, target), "/admin/drafts/en/opening?x=1" },
		{ offsetof(struct http_message, content_type), "text/html" },
		{ offsetof(struct http_message, content_digest), "sha-256=:AAAA:" },
	};
	struct signed_request request = sign(&with_body);
	struct fault why;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_message message = with_body;
		struct str value = str_from(cases[i].value);

		memcpy((char *)&message + cases[i].at, &value, sizeof value);
		assert_refused(judge(request.input, request.signature, &message, NOW, &why), why,
			       SIGNATURE_INVALID, 0, "not signed this request");
	}
}

static void another_key_is_not_ours(void **state)
{
	struct signed_request request = sign(&without_body);
	struct httpsig sig;
	struct secret_key other;
	struct fault why;

	(void)state;
	assert_true(secret_key_new(&other, NULL));
	assert_true(httpsig_parse(&arena, request.input, request.signature, &sig, &why));
	assert_true(key_id_equal(&sig.key_id, &key.public.id));
	assert_refused(httpsig_verify(&sig, &without_body, &other.public, &why), why,
		       SIGNATURE_INVALID, 0, "another key");
	other.public.id = key.public.id;
	assert_refused(httpsig_verify(&sig, &without_body, &other.public, &why), why,
		       SIGNATURE_INVALID, 0, "not signed");
	secret_key_free(&other);
}

static void times_have_edges(void **state)
{
	static const struct {
		int64_t created, expires;
		enum fault_kind kind;
	} cases[] = {
		{ NOW, NOW + 300, NO_FAULT },
		{ NOW, NOW, NO_FAULT },
		{ NOW + 60, NOW + 60, NO_FAULT },
		{ NOW - 300, NOW, NO_FAULT },
		{ NOW - 360, NOW - 60, NO_FAULT },
		{ NOW, NOW + 301, SIGNATURE_LIFETIME },
		{ NOW, NOW - 1, SIGNATURE_LIFETIME },
		{ -999999999999999, 999999999999999, SIGNATURE_LIFETIME },
		{ 999999999999999, -999999999999999, SIGNATURE_LIFETIME },
		{ NOW + 61, NOW + 62, SIGNATURE_NOT_YET_VALID },
		{ NOW - 361, NOW - 61, SIGNATURE_EXPIRED },
		{ -100, 0, SIGNATURE_EXPIRED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct httpsig sig = { .created = cases[i].created, .expires = cases[i].expires };
		struct fault why = { .kind = NO_FAULT };
		bool ok = httpsig_in_time(&sig, NOW, &why);

		assert_int_equal(ok, cases[i].kind == NO_FAULT);
		assert_string_equal(fault_code(why.kind), fault_code(cases[i].kind));
	}
}

/* What the npm clients write: their labels, their orders, quotes around keyid,
 * `alg` or none, ports, "?" for no query. */
static const struct {
	const char *label, *target, *authority, *scheme, *lines, *params;
} foreign[] = {
	/* http-message-signatures 1.0.6 with its own order of parameters */
	{ "sig", "/admin/drafts", "press.example", "https",
	  "\"@method\": GET\n\"@target-uri\": https://press.example/admin/drafts",
	  "(\"@method\" \"@target-uri\");keyid=\"%s\";alg=\"ed25519\";created=1795000000;"
	  "expires=1795000300;nonce=\"n-1\";tag=\"communique-admin\"" },
	/* http-message-sig 0.3.0 */
	{ "sig1", "/admin/drafts", "127.0.0.1:8080", "http",
	  "\"@method\": GET\n\"@authority\": 127.0.0.1:8080\n\"@path\": /admin/drafts\n\"@query\": "
	  "?",
	  "(\"@method\" \"@authority\" \"@path\" \"@query\");created=1795000000;"
	  "expires=1795000060;nonce=\"bm9uY2U=\";keyid=\"%s\";tag=\"communique-admin\"" },
	/* the scheme's own port is not written, and neither case nor label matters */
	{ "*a-b.c_9", "/admin/drafts?x=1", "PRESS.example:443", "HTTPS",
	  "\"@query\": ?x=1\n\"@path\": /admin/drafts\n\"@authority\": press.example\n"
	  "\"@scheme\": https\n\"@request-target\": /admin/drafts?x=1\n\"@method\": GET",
	  "(\"@query\" \"@path\" \"@authority\" \"@scheme\" \"@request-target\" \"@method\");"
	  "tag=\"communique-admin\";nonce=\"\\\"q\\\\\";keyid=\"%s\";expires=1795000060;"
	  "created=1795000000" },
	/* all of the fields that may be covered besides */
	{ "s", "?a", "press.example:80", "http",
	  "\"@method\": GET\n\"@target-uri\": http://press.example/?a\n\"accept\": a, b\n"
	  "\"date\": Mon, 23 Nov 2026 09:00:00 GMT\n\"content-length\": 0\n\"if-match\": \"x\"\n"
	  "\"@path\": /",
	  "(\"@method\" \"@target-uri\" \"accept\" \"date\" \"content-length\" \"if-match\" "
	  "\"@path\");created=1795000000;expires=1795000060;nonce=\"1\";keyid=\"%s\";"
	  "tag=\"communique-admin\"" },
	{ "s", "", "press.example", "https",
	  "\"@method\": GET\n\"@target-uri\": https://press.example/",
	  "(\"@method\" \"@target-uri\");created=1795000000;expires=1795000060;nonce=\"1\";"
	  "keyid=\"%s\";tag=\"communique-admin\"" },
};

static void foreign_signatures_are_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(foreign); i++) {
		struct http_message message = { .method = STR("GET"),
						.scheme = str_from(foreign[i].scheme),
						.authority = str_from(foreign[i].authority),
						.target = str_from(foreign[i].target),
						.accept = STR(" a, b\t"),
						.date = STR("Mon, 23 Nov 2026 09:00:00 GMT"),
						.content_length = STR("0"),
						.if_match = STR("\"x\"") };
		struct signed_request request =
			sign_by_hand(foreign[i].label, foreign[i].lines, foreign[i].params);
		struct fault why;

		if (!judge(request.input, request.signature, &message, NOW, &why))
			fail_msg("%zu: %s", i, why.says);
	}
}

static void nonces_lose_their_escapes(void **state)
{
	struct signed_request request =
		sign_by_hand(foreign[2].label, foreign[2].lines, foreign[2].params);
	struct httpsig sig;

	(void)state;
	assert_true(httpsig_parse(&arena, request.input, request.signature, &sig, NULL));
	assert_true(str_equal(sig.nonce, STR("\"q\\")));
	assert_true(str_equal(sig.keyid, str_from(KEY_ID_TEXT(&key.public.id))));
	assert_int_equal(sig.component_count, 6);
	assert_true(str_equal(sig.components[5], STR("@method")));
}

/* Others may sign the same request: with what they like, before and behind ours. */
static void other_signatures_are_ignored(void **state)
{
	struct signed_request request = sign(&without_body);
	struct str input, signature;
	struct httpsig sig;
	struct fault why;

	(void)state;
	input = arena_printf(&arena,
			     "proxy=(\"x-own\";sf \"@status\";req);alg=\"rsa\", %.*s , z=()",
			     STR_ARG(request.input));
	signature = arena_printf(&arena, "proxy=:AAAA:;p=1, %.*s,z=::", STR_ARG(request.signature));
	if (!judge(input, signature, &without_body, NOW, &why))
		fail_msg("%s", why.says);
	assert_true(httpsig_parse(&arena, input, signature, &sig, NULL));
	assert_true(str_starts(sig.params, STR("(\"@method\"")));
	assert_true(str_ends(sig.params, STR("tag=\"communique-admin\"")));
}

static void a_replay_has_the_same_id(void **state)
{
	struct signed_request request = sign(&without_body), other = sign(&without_body);
	unsigned char a[16], b[16], c[16];
	struct httpsig sig;

	(void)state;
	assert_true(httpsig_parse(&arena, request.input, request.signature, &sig, NULL));
	httpsig_replay_id(&sig, a);
	httpsig_replay_id(&sig, b);
	assert_memory_equal(a, b, sizeof a);
	assert_true(httpsig_parse(&arena, other.input, other.signature, &sig, NULL));
	httpsig_replay_id(&sig, c);
	assert_memory_not_equal(a, c, sizeof a);
}

/* --- what is refused ----------------------------------------------------------------- */

#define LIST "(\"@method\" \"@target-uri\")"
#define KEYID ";keyid=\"2932fe9e7faf374a\""
#define TIMES ";created=1795000000;expires=1795000060"
#define NONCE ";nonce=\"n\""
#define TAG ";tag=\"communique-admin\""
#define REST TIMES NONCE KEYID TAG
#define A86 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define BYTES ":" A86 "==:"
#define GOOD_SIGNATURE "s=" BYTES

/* clang-format off */
static const struct {
	const char *input;
	enum fault_kind kind;
	const char *says;
} bad_inputs[] = {
	{ "", SIGNATURE_MISSING, "no signature has tag" },
	{ "s=" LIST TIMES NONCE KEYID, SIGNATURE_MISSING, "no signature has tag" },
	{ "s=" LIST TIMES NONCE KEYID ";tag=\"other\"", SIGNATURE_MISSING, "no signature has tag" },
	{ "s=" LIST TIMES NONCE KEYID ";tag=communique-admin", SIGNATURE_MISSING, "no signature has tag" },
	{ "s=" LIST TIMES NONCE KEYID ";tag=\"Communique-Admin\"", SIGNATURE_MISSING, "no signature has tag" },
	{ "s=" LIST REST ", t=" LIST REST, SIGNATURE_MALFORMED, "2 signatures have tag" },
	{ "s=" LIST REST ", s=" LIST REST, SIGNATURE_MALFORMED, "label s twice" },
	{ "s=();a, s=" LIST REST, SIGNATURE_MALFORMED, "label s twice" },
	{ "s=" LIST REST ",", SIGNATURE_MALFORMED, "nothing follows" },
	{ "s=" LIST REST " x", SIGNATURE_MALFORMED, "parted by commas" },
	{ "S=" LIST REST, SIGNATURE_MALFORMED, "a key begins" },
	{ "s", SIGNATURE_MALFORMED, "not a list" },
	{ "s=1", SIGNATURE_MALFORMED, "not a list" },
	{ "s=\"@method\"" REST, SIGNATURE_MALFORMED, "not a list" },
	{ "z=1, s=" LIST REST, SIGNATURE_MALFORMED, "not a list" },
	{ "s=(\"@method\" \"@target-uri\"" REST, SIGNATURE_MALFORMED, "closing parenthesis" },
	{ "s=(\"@method\", \"@target-uri\")" REST, SIGNATURE_MALFORMED, "parted by spaces" },
	{ "s=(\"@method\" \"@target-uri)" REST, SIGNATURE_MALFORMED, "parted by spaces" },
	{ "s=(@method @target-uri)" REST, SIGNATURE_MALFORMED, "date" },
	{ "s=(content-digest)" REST, SIGNATURE_MALFORMED, "string in quotes" },
	{ "s=(1)" REST, SIGNATURE_MALFORMED, "string in quotes" },
	{ "s=(\"@method\" \"@method\")" REST, SIGNATURE_MALFORMED, "covered twice" },
	{ "s=(\"@method\"  \"@target-uri\")" REST, SIGNATURE_MALFORMED, "serialiser" },
	{ "s=( \"@method\" \"@target-uri\")" REST, SIGNATURE_MALFORMED, "serialiser" },
	{ "s=(\"@method\" \"@target-uri\" )" REST, SIGNATURE_MALFORMED, "serialiser" },
	{ "s=" LIST "; created=1795000000;expires=1795000060" NONCE KEYID TAG, SIGNATURE_MALFORMED, "serialiser" },
	{ "s=" LIST ";created=01795000000;expires=1795000060" NONCE KEYID TAG, SIGNATURE_MALFORMED, "serialiser" },
	{ "s=" LIST ";created=-0;expires=1" NONCE KEYID TAG, SIGNATURE_MALFORMED, "serialiser" },
	{ "s=" LIST " ;created=1;expires=1" NONCE KEYID TAG, SIGNATURE_MALFORMED, "parted by commas" },
	{ "s=(\"@status\")" REST, UNSUPPORTED_COMPONENT, "@status" },
	{ "s=(\"@Method\")" REST, UNSUPPORTED_COMPONENT, "@Method" },
	{ "s=(\"Content-Type\")" REST, UNSUPPORTED_COMPONENT, "Content-Type" },
	{ "s=(\"@query-param\";name=\"x\")" REST, UNSUPPORTED_COMPONENT, "@query-param" },
	{ "s=(\"@signature-params\")" REST, UNSUPPORTED_COMPONENT, "@signature-params" },
	{ "s=(\"host\")" REST, UNSUPPORTED_COMPONENT, "host" },
	{ "s=(\"\")" REST, UNSUPPORTED_COMPONENT, "cannot be covered" },
	{ "s=(\"@method\\\"\")" REST, UNSUPPORTED_COMPONENT, "cannot be covered" },
	{ "s=(\"@method\";req)" REST, UNSUPPORTED_COMPONENT, "with parameters" },
	{ "s=(\"content-digest\";key=\"sha-256\")" REST, UNSUPPORTED_COMPONENT, "with parameters" },
	{ "s=(\"content-type\";sf)" REST, UNSUPPORTED_COMPONENT, "with parameters" },
	{ "s=(\"content-type\";bs)" REST, UNSUPPORTED_COMPONENT, "with parameters" },
	{ "s=(\"content-type\";tr)" REST, UNSUPPORTED_COMPONENT, "with parameters" },
	{ "s=" LIST NONCE KEYID TAG ";expires=1795000060", SIGNATURE_INSUFFICIENT, "no created" },
	{ "s=" LIST NONCE KEYID TAG ";created=1795000060", SIGNATURE_INSUFFICIENT, "no expires" },
	{ "s=" LIST TIMES KEYID TAG, SIGNATURE_INSUFFICIENT, "no nonce" },
	{ "s=" LIST TIMES NONCE TAG, SIGNATURE_INSUFFICIENT, "no keyid" },
	{ "s=" LIST REST ";created=1795000000", SIGNATURE_MALFORMED, "created twice" },
	{ "s=" LIST REST TAG, SIGNATURE_MALFORMED, "tag twice" },
	{ "s=" LIST REST ";tag=\"x\"", SIGNATURE_MALFORMED, "tag twice" },
	{ "s=" LIST ";created=\"1795000000\";expires=1795000060" NONCE KEYID TAG, SIGNATURE_MALFORMED, "created is an integer" },
	{ "s=" LIST ";created=1795000000.0;expires=1795000060" NONCE KEYID TAG, SIGNATURE_MALFORMED, "created is an integer" },
	{ "s=" LIST ";created=@1795000000;expires=1795000060" NONCE KEYID TAG, SIGNATURE_MALFORMED, "created is an integer" },
	{ "s=" LIST ";created;expires=1795000060" NONCE KEYID TAG, SIGNATURE_MALFORMED, "created is an integer" },
	{ "s=" LIST ";created=1795000000;expires=9999999999999999" NONCE KEYID TAG, SIGNATURE_MALFORMED, "15 digits" },
	{ "s=" LIST TIMES ";nonce=\"\"" KEYID TAG, SIGNATURE_MALFORMED, "a nonce has" },
	{ "s=" LIST TIMES ";nonce=n" KEYID TAG, SIGNATURE_MALFORMED, "nonce is a string" },
	{ "s=" LIST TIMES ";nonce=:AAAA:" KEYID TAG, SIGNATURE_MALFORMED, "nonce is a string" },
	{ "s=" LIST TIMES NONCE ";keyid=\"editor\"" TAG, SIGNATURE_MALFORMED, "16 hex digits" },
	{ "s=" LIST TIMES NONCE ";keyid=\"2932fe9e7faf374\"" TAG, SIGNATURE_MALFORMED, "16 hex digits" },
	{ "s=" LIST TIMES NONCE ";keyid=a932fe9e7faf374a" TAG, SIGNATURE_MALFORMED, "keyid is a string" },
	{ "s=" LIST REST ";alg=\"rsa-v1_5-sha256\"", SIGNATURE_MALFORMED, "alg is" },
	{ "s=" LIST REST ";alg=\"Ed25519\"", SIGNATURE_MALFORMED, "alg is" },
	{ "s=" LIST REST ";alg=ed25519", SIGNATURE_MALFORMED, "alg is a string" },
	{ "s=" LIST REST ";context=\"x\"", SIGNATURE_MALFORMED, "unknown parameter context" },
	{ "t=" LIST REST, SIGNATURE_MALFORMED, "no member t" },
	{ "a=(),b=(),c=(),d=(),e=(),f=(),g=(),h=(),i=(),j=(),k=(),l=(),m=(),n=(),o=(),p=(),s=" LIST REST, SIGNATURE_MALFORMED, "more than 16" },
};

static const struct {
	const char *signature, *says;
} bad_signatures[] = {
	{ "", "no member s" },
	{ "t=" BYTES, "no member s" },
	{ "S=" BYTES, "a key begins" },
	{ "s=" BYTES ", s=" BYTES, "label s twice" },
	{ "s=" BYTES ",", "nothing follows" },
	{ "s", "not a byte sequence" },
	{ "s=\"" A86 "==\"", "not a byte sequence" },
	{ "s=" A86, "not a byte sequence" },
	{ "s=(" BYTES ")", "is a list" },
	{ "s=::", "64 bytes" },
	{ "s=:AAAA:", "64 bytes" },
	{ "s=:" A86 ":", "groups of four" },
	{ "s=:" A86 "AA:", "64 bytes" },
	{ "s=:" A86 "=:", "groups of four" },
	{ "s=:" A86 "==", "between colons" },
	{ "s=: " A86 "==:", "between colons" },
	{ "s=:" A86 "==:x", "parted by commas" },
	{ "s=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB==:", "64 bytes" },
};
/* clang-format on */

static void malformed_inputs_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_inputs); i++) {
		struct httpsig sig;
		struct fault why = { .says = "" };

		if (httpsig_parse(&arena, str_from(bad_inputs[i].input), STR(GOOD_SIGNATURE), &sig,
				  &why))
			fail_msg("%s is taken", bad_inputs[i].input);
		if (why.kind != bad_inputs[i].kind || !strstr(why.says, bad_inputs[i].says))
			fail_msg("%s: %s: %s", bad_inputs[i].input, fault_code(why.kind), why.says);
	}
}

static void malformed_signatures_are_refused(void **state)
{
	struct httpsig sig;
	struct fault why;

	(void)state;
	assert_true(httpsig_parse(&arena, STR("s=" LIST REST), STR(GOOD_SIGNATURE), &sig, &why));
	for (size_t i = 0; i < COUNT(bad_signatures); i++) {
		if (httpsig_parse(&arena, STR("s=" LIST REST),
				  str_from(bad_signatures[i].signature), &sig, &why))
			fail_msg("%s is taken", bad_signatures[i].signature);
		if (why.kind != SIGNATURE_MALFORMED || !strstr(why.says, bad_signatures[i].says))
			fail_msg("%s: %s", bad_signatures[i].signature, why.says);
	}
}

static void missing_and_long_fields_are_refused(void **state)
{
	char *spaces = arena_alloc(&arena, SIGNATURE_INPUT_MAX + 1);
	struct str input = STR("s=" LIST REST), signature = STR(GOOD_SIGNATURE);
	struct httpsig sig;
	struct fault why;

	(void)state;
	memset(spaces, ' ', SIGNATURE_INPUT_MAX + 1);
	assert_refused(httpsig_parse(&arena, STR_NONE, signature, &sig, &why), why,
		       SIGNATURE_MISSING, 0, "Signature-Input");
	assert_refused(httpsig_parse(&arena, input, STR_NONE, &sig, &why), why, SIGNATURE_MISSING,
		       0, "no Signature field");
	assert_refused(httpsig_parse(&arena, (struct str){ spaces, SIGNATURE_INPUT_MAX + 1 },
				     signature, &sig, &why),
		       why, SIGNATURE_MALFORMED, 0, "2048");
	assert_refused(httpsig_parse(&arena, input, (struct str){ spaces, SIGNATURE_FIELD_MAX + 1 },
				     &sig, &why),
		       why, SIGNATURE_MALFORMED, 0, "512");
}

static const struct {
	const char *list;
	bool has_body;
	enum fault_kind kind;
	const char *says;
} coverage[] = {
	{ "(\"@method\" \"@target-uri\")", false, NO_FAULT, NULL },
	{ "(\"@method\" \"@authority\" \"@path\" \"@query\")", false, NO_FAULT, NULL },
	{ "()", false, SIGNATURE_INSUFFICIENT, "@method" },
	{ "(\"@target-uri\")", false, SIGNATURE_INSUFFICIENT, "@method" },
	{ "(\"@method\")", false, SIGNATURE_INSUFFICIENT, "@authority" },
	{ "(\"@method\" \"@path\" \"@query\")", false, SIGNATURE_INSUFFICIENT, "@authority" },
	{ "(\"@method\" \"@authority\" \"@query\")", false, SIGNATURE_INSUFFICIENT, "@path" },
	{ "(\"@method\" \"@authority\" \"@path\")", false, SIGNATURE_INSUFFICIENT, "@query" },
	{ "(\"@method\" \"@request-target\")", false, SIGNATURE_INSUFFICIENT, "@authority" },
	{ "(\"@method\" \"@target-uri\")", true, SIGNATURE_INSUFFICIENT, "content-digest" },
	{ "(\"@method\" \"@target-uri\" \"content-digest\")", true, SIGNATURE_INSUFFICIENT,
	  "content-type" },
	{ "(\"@method\" \"@target-uri\" \"content-type\")", true, SIGNATURE_INSUFFICIENT,
	  "content-digest" },
	{ "(\"@method\" \"@target-uri\" \"content-type\" \"content-digest\")", true, NO_FAULT,
	  NULL },
	{ "(\"@method\" \"@target-uri\" \"date\")", false, COMPONENT_MISSING, "date" },
	{ "(\"@method\" \"@target-uri\" \"accept\")", false, COMPONENT_MISSING, "accept" },
	{ "(\"@method\" \"@target-uri\" \"if-match\")", false, COMPONENT_MISSING, "if-match" },
	{ "(\"@method\" \"@target-uri\" \"content-length\")", false, COMPONENT_MISSING,
	  "content-length" },
};

static void coverage_is_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(coverage); i++) {
		struct http_message message = with_body;
		struct httpsig sig;
		struct fault why = { .kind = NO_FAULT };
		bool ok;

		message.has_body = coverage[i].has_body;
		assert_true(httpsig_parse(&arena,
					  arena_printf(&arena, "s=%s%s", coverage[i].list, REST),
					  STR(GOOD_SIGNATURE), &sig, &why));
		ok = httpsig_covers(&sig, &message, &why);
		assert_int_equal(ok, coverage[i].kind == NO_FAULT);
		assert_string_equal(fault_code(why.kind), fault_code(coverage[i].kind));
		if (!ok && !strstr(why.says, coverage[i].says))
			fail_msg("%s: %s", coverage[i].list, why.says);
	}
}

/* A value with a line feed could be two components in the eyes of who signs. */
static void values_are_one_line(void **state)
{
	struct http_message message = with_body;
	struct httpsig sig;
	struct fault why;
	struct buf base;

	(void)state;
	message.accept = STR("x\n\"@method\": GET");
	assert_true(httpsig_parse(&arena, STR("s=(\"@method\" \"@target-uri\" \"accept\")" REST),
				  STR(GOOD_SIGNATURE), &sig, &why));
	buf_init(&base, 4096);
	assert_refused(httpsig_base(&sig, &message, &base, &why), why, SIGNATURE_MALFORMED, 0,
		       "a line feed");
	buf_release(&base);
	buf_init(&base, 20);
	message.accept = STR("x");
	assert_refused(httpsig_base(&sig, &message, &base, &why), why, TOO_LARGE, 0, "");
	buf_release(&base);
}

static void the_base_ends_without_a_line_feed(void **state)
{
	struct httpsig sig;
	struct buf base;

	(void)state;
	buf_init(&base, 4096);
	assert_true(httpsig_parse(&arena, STR("s=" LIST REST), STR(GOOD_SIGNATURE), &sig, NULL));
	assert_true(httpsig_base(&sig, &without_body, &base, NULL));
	assert_true(str_equal(buf_str(&base),
			      STR("\"@method\": GET\n"
				  "\"@target-uri\": https://press.example/admin/drafts?after=3\n"
				  "\"@signature-params\": " LIST REST)));
	buf_release(&base);
}

static int begin(void **state)
{
	(void)state;
	arena_init(&arena);
	return secret_key_new(&key, NULL) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	arena_release(&arena);
	secret_key_free(&key);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_own_signature_is_taken),
		cmocka_unit_test(if_match_is_covered_when_it_is_given),
		cmocka_unit_test(nothing_can_be_signed_that_is_not_there),
		cmocka_unit_test(whatever_is_altered_shows),
		cmocka_unit_test(another_key_is_not_ours),
		cmocka_unit_test(times_have_edges),
		cmocka_unit_test(foreign_signatures_are_taken),
		cmocka_unit_test(nonces_lose_their_escapes),
		cmocka_unit_test(other_signatures_are_ignored),
		cmocka_unit_test(a_replay_has_the_same_id),
		cmocka_unit_test(malformed_inputs_are_refused),
		cmocka_unit_test(malformed_signatures_are_refused),
		cmocka_unit_test(missing_and_long_fields_are_refused),
		cmocka_unit_test(coverage_is_asked_for),
		cmocka_unit_test(values_are_one_line),
		cmocka_unit_test(the_base_ends_without_a_line_feed),
	};

	if (!sign_start(NULL))
		return 1;
	return cmocka_run_group_tests(tests, begin, end);
}
