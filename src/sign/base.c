/*
 * The signature base (RFC 9421, section 2.5), and the Ed25519 over it.
 *
 *	"@method": PUT
 *	"@target-uri": https://press.example/admin/drafts/en/opening
 *	"@signature-params": ("@method" "@target-uri");created=…;keyid="…"
 *
 * A line a component in the signer's order, the parameters as he wrote them, no LF
 * at the end.
 */
#include <sodium.h>

#include <communique/bytes.h>
#include <communique/httpsig.h>

#include "component.h"

/* The target three times at the most, the fields once, and the parameters. */
#define BASE_MAX (4 * REQUEST_HEAD_MAX)

static bool is_repeated(const struct str *components, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_equal(components[k], components[i]))
			return true;
	return false;
}

/* A value with a line feed could pretend to be another component (section 7.5.6). */
static bool is_one_line(struct str value)
{
	return str_find(value, '\n') == value.len && str_find(value, '\r') == value.len;
}

bool httpsig_base_of(struct str params, const struct str *components, size_t count,
		     bool (*value)(void *ctx, struct str component, struct buf *out), void *ctx,
		     struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		size_t from;

		buf_add_char(out, '"');
		buf_add(out, components[i]);
		buf_add(out, STR("\": "));
		from = out->len;
		if (is_repeated(components, i) || !value(ctx, components[i], out) ||
		    !is_one_line(str_skip(buf_str(out), from)))
			return false;
		buf_add_char(out, '\n');
	}
	buf_add(out, STR("\"@signature-params\": "));
	buf_add(out, params);
	return is_one_line(params) && !out->full;
}

bool httpsig_base(const struct httpsig *sig, const struct http_message *message, struct buf *out,
		  struct fault *why)
{
	struct http_message asked = *message;

	if (httpsig_base_of(sig->params, sig->components, sig->component_count, component_value,
			    &asked, out))
		return true;
	return buf_check(out, why) && components_present(sig, message, why) &&
	       fail(why, SIGNATURE_MALFORMED, "something that is covered has a line feed in it");
}

bool httpsig_verify(const struct httpsig *sig, const struct http_message *message,
		    const struct public_key *key, struct fault *why)
{
	struct buf base;
	bool ok;

	if (!key_id_equal(&sig->key_id, &key->id))
		return fail(why, SIGNATURE_INVALID, "the signature names another key");
	buf_init(&base, BASE_MAX);
	ok = httpsig_base(sig, message, &base, why);
	if (ok && crypto_sign_verify_detached(sig->signature, (const unsigned char *)base.at,
					      base.len, key->key) != 0)
		ok = fail(why, SIGNATURE_INVALID, "%s has not signed this request",
			  KEY_ID_TEXT(&key->id));
	buf_release(&base);
	return ok;
}

void httpsig_replay_id(const struct httpsig *sig, unsigned char out[16])
{
	crypto_generichash(out, 16, sig->signature, sizeof sig->signature, NULL, 0);
}

/* --- signing ------------------------------------------------------------------- */

/* Long enough for a slow line, short enough to be of little use to a thief. */
enum { LIFE = 120, NONCE_SIZE = 16 };

static void choose_components(const struct http_message *message, struct httpsig *sig)
{
	size_t n = 0;

	sig->components[n++] = STR("@method");
	sig->components[n++] = STR("@target-uri");
	if (message->has_body) {
		sig->components[n++] = STR("content-digest");
		sig->components[n++] = STR("content-type");
	}
	if (str_given(message->if_match))
		sig->components[n++] = STR("if-match");
	sig->component_count = n;
}

static void write_params(const struct httpsig *sig, const struct key_id *id, int64_t now,
			 struct buf *out)
{
	unsigned char nonce[NONCE_SIZE];

	random_bytes(nonce, sizeof nonce);
	for (size_t i = 0; i < sig->component_count; i++)
		buf_addf(out, "%s\"%.*s\"", i ? " " : "(", STR_ARG(sig->components[i]));
	buf_addf(out, ");created=%lld;expires=%lld;nonce=\"", (long long)now,
		 (long long)(now + LIFE));
	buf_add_base64url(out, nonce, sizeof nonce);
	buf_addf(out, "\";keyid=\"%s\";alg=\"ed25519\";tag=\"%s\"", KEY_ID_TEXT(id), HTTPSIG_TAG);
}

bool httpsig_sign(const struct http_message *message, const struct secret_key *key, int64_t now,
		  struct buf *signature_input, struct buf *signature, struct fault *why)
{
	unsigned char bytes[crypto_sign_BYTES];
	struct httpsig sig = { 0 };
	struct buf params, base;
	bool ok;

	buf_init(&params, SIGNATURE_INPUT_MAX);
	buf_init(&base, BASE_MAX);
	choose_components(message, &sig);
	write_params(&sig, &key->public.id, now, &params);
	sig.params = buf_str(&params);
	ok = httpsig_base(&sig, message, &base, why);
	if (!ok)
		goto out;
	crypto_sign_detached(bytes, NULL, (const unsigned char *)base.at, base.len,
			     key->seed_and_key.at);
	buf_add(signature_input, STR("sig="));
	buf_add(signature_input, sig.params);
	buf_add(signature, STR("sig=:"));
	buf_add_base64(signature, bytes, sizeof bytes);
	buf_add_char(signature, ':');
	ok = buf_check(signature_input, why) && buf_check(signature, why);
out:
	buf_release(&base);
	buf_release(&params);
	return ok;
}
