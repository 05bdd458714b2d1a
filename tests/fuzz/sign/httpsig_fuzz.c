/* The two fields of a request's signature, and its digest: a line each. */
#include "fuzz/fuzz.h"

#include <communique/digest.h>
#include <communique/httpsig.h>

static void check_base(const struct httpsig *sig, const struct http_message *message)
{
	struct fault why = { .kind = NO_FAULT };
	struct public_key key = { .id = sig->key_id };
	struct buf base;

	buf_init(&base, 65536);
	if (httpsig_covers(sig, message, &why)) {
		/* A value with a line end in it has no base. */
		if (httpsig_base(sig, message, &base, &why))
			must(base.len > 0 && base.at[base.len - 1] != '\n');
		else
			fuzz_refused(&why);
		must(!httpsig_verify(sig, message, &key, &why));
	}
	buf_release(&base);
	must(sig->component_count <= HTTPSIG_COMPONENTS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str rest = fuzz_input(bytes, size);
	struct str input = str_cut(&rest, '\n'), signature = str_cut(&rest, '\n');
	struct http_message message = { .method = STR("PUT"),
					.scheme = STR("https"),
					.authority = STR("press.example"),
					.target = STR("/admin/drafts/en/a?b=c"),
					.content_type = STR("text/plain"),
					.content_digest = rest,
					.if_match = STR("\"a\""),
					.has_body = true };
	struct fault why = { .kind = NO_FAULT };
	struct content_digest digest;
	struct httpsig sig;
	struct arena arena;

	arena_init(&arena);
	if (httpsig_parse(&arena, input, signature, &sig, &why))
		check_base(&sig, &message);
	else
		fuzz_refused(&why);
	why.kind = NO_FAULT;
	if (!content_digest_parse(rest, &digest, &why))
		fuzz_refused(&why);
	arena_release(&arena);
	return 0;
}
