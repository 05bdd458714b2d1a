/*
 * Reading and judging the two signature fields; the base is in base.c.
 *
 * The fields are walked twice. The first walk only looks for the one member with
 * our tag and makes sure that all is well formed; what others' signatures cover is
 * none of our business. The second walk reads that member alone and judges it.
 */
#include <communique/bytes.h>
#include <communique/httpsig.h>

#include "component.h"
#include "fields.h"

/* --- finding ours ------------------------------------------------------------- */

struct labels {
	struct str at[HTTPSIG_LABELS_MAX];
	size_t count;
};

static bool broken(const struct fields *fields, const char *name, struct fault *why)
{
	return fail(why, SIGNATURE_MALFORMED, "%s, byte %zu: %s", name, fields_position(fields),
		    fields->broken);
}

/* Of two members with one label RFC 9651 keeps the later, others keep the first. */
static bool add_label(struct labels *labels, struct str label, const char *name, struct fault *why)
{
	for (size_t i = 0; i < labels->count; i++)
		if (str_equal(labels->at[i], label))
			return fail(why, SIGNATURE_MALFORMED, "%s has the label %s twice", name,
				    QUOTE(label));
	if (labels->count == HTTPSIG_LABELS_MAX)
		return fail(why, SIGNATURE_MALFORMED, "%s has more than %d signatures", name,
			    HTTPSIG_LABELS_MAX);
	labels->at[labels->count++] = label;
	return true;
}

static bool has_our_tag(struct fields *fields)
{
	struct field_value value;
	struct str key;
	bool ours = false;

	while (fields_parameter(fields, &key, &value))
		if (str_equal(key, STR("tag")) && value.kind == FIELD_STRING &&
		    str_equal(value.text, STR(HTTPSIG_TAG)))
			ours = true;
	return ours;
}

struct found {
	struct labels labels;
	struct str label;
	struct fields list; /* at our inner list's first item */
	size_t count;
};

static bool look_at_input(struct fields *fields, struct str label, struct found *found,
			  struct fault *why)
{
	struct field_value value;
	struct fields list;

	if (!add_label(&found->labels, label, "Signature-Input", why))
		return false;
	if (!fields_value(fields, &value))
		return true; /* find_input asks what was broken */
	if (value.kind != FIELD_LIST)
		return fail(why, SIGNATURE_MALFORMED,
			    "Signature-Input: %s is not a list of components", QUOTE(label));
	list = *fields;
	fields_skip_list(fields);
	if (!has_our_tag(fields))
		return true;
	found->count++;
	found->label = label;
	found->list = list;
	return true;
}

static bool find_input(struct str signature_input, struct found *found, struct fault *why)
{
	struct fields fields = fields_begin(signature_input);
	struct str label;

	while (fields_member(&fields, &label))
		if (!look_at_input(&fields, label, found, why))
			return false;
	if (fields.broken)
		return broken(&fields, "Signature-Input", why);
	if (found->count == 0)
		return fail(why, SIGNATURE_MISSING, "no signature has tag=\"%s\"", HTTPSIG_TAG);
	if (found->count > 1)
		return fail(why, SIGNATURE_MALFORMED, "%zu signatures have tag=\"%s\"",
			    found->count, HTTPSIG_TAG);
	return true;
}

static bool take_signature(const struct field_value *value, struct httpsig *out, struct fault *why)
{
	size_t len = 0;

	if (value->kind != FIELD_BYTES)
		return fail(why, SIGNATURE_MALFORMED,
			    "the signature is not a byte sequence, :base64:");
	if (!base64_decode(out->signature, sizeof out->signature, &len, value->text) ||
	    len != sizeof out->signature)
		return fail(why, SIGNATURE_MALFORMED,
			    "the signature is not canonical base64 of %zu bytes",
			    sizeof out->signature);
	return true;
}

static bool look_at_signature(struct fields *fields, struct str label, struct str wanted,
			      struct httpsig *out, struct fault *why)
{
	struct field_value value;

	if (!fields_value(fields, &value))
		return true; /* find_signature asks what was broken */
	if (value.kind == FIELD_LIST)
		return fail(why, SIGNATURE_MALFORMED, "Signature: %s is a list", QUOTE(label));
	if (str_equal(label, wanted) && !take_signature(&value, out, why))
		return false;
	fields_skip_parameters(fields);
	return true;
}

static bool find_signature(struct str signature, struct str wanted, struct httpsig *out,
			   struct fault *why)
{
	struct fields fields = fields_begin(signature);
	struct labels labels = { 0 };
	struct str label;
	bool found = false;

	while (fields_member(&fields, &label)) {
		if (!add_label(&labels, label, "Signature", why) ||
		    !look_at_signature(&fields, label, wanted, out, why))
			return false;
		found |= str_equal(label, wanted);
	}
	if (fields.broken)
		return broken(&fields, "Signature", why);
	return found || fail(why, SIGNATURE_MALFORMED, "Signature has no member %s", QUOTE(wanted));
}

/* --- reading ours ---------------------------------------------------------------- */

static bool covers(const struct httpsig *sig, struct str name)
{
	for (size_t i = 0; i < sig->component_count; i++)
		if (str_equal(sig->components[i], name))
			return true;
	return false;
}

static bool take_component(struct httpsig *out, const struct field_value *value, bool parameters,
			   struct fault *why)
{
	if (value->kind != FIELD_STRING)
		return fail(why, SIGNATURE_MALFORMED, "a covered component is a string in quotes");
	if (!component_is_known(value->text))
		return fail(why, UNSUPPORTED_COMPONENT, "%s cannot be covered", QUOTE(value->text));
	if (parameters)
		return fail(why, UNSUPPORTED_COMPONENT, "%s is covered with parameters",
			    QUOTE(value->text));
	if (covers(out, value->text))
		return fail(why, SIGNATURE_MALFORMED, "%s is covered twice", QUOTE(value->text));
	must(out->component_count < HTTPSIG_COMPONENTS_MAX);
	out->components[out->component_count++] = value->text;
	return true;
}

static bool read_components(struct fields *fields, struct httpsig *out, struct fault *why)
{
	struct field_value value;

	while (fields_item(fields, &value)) {
		bool parameters = fields->rest.len && fields->rest.at[0] == ';';

		fields_skip_parameters(fields);
		if (!take_component(out, &value, parameters, why))
			return false;
	}
	return true;
}

/* A string without its escapes, which stand in few: most are borrowed as they are. */
static struct str unescape(struct arena *arena, struct str text)
{
	char *plain;
	size_t len = 0;

	if (str_find(text, '\\') == text.len)
		return text;
	plain = arena_alloc(arena, text.len);
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\\')
			i++;
		plain[len++] = text.at[i];
	}
	return (struct str){ plain, len };
}

struct parameter {
	struct arena *arena;
	struct field_value value;
	struct httpsig *out;
};

static bool take_created(const struct parameter *from, struct fault *why)
{
	(void)why;
	from->out->created = from->value.number;
	return true;
}

static bool take_expires(const struct parameter *from, struct fault *why)
{
	(void)why;
	from->out->expires = from->value.number;
	return true;
}

static bool take_nonce(const struct parameter *from, struct fault *why)
{
	struct str nonce = unescape(from->arena, from->value.text);

	if (nonce.len == 0 || nonce.len > HTTPSIG_NONCE_MAX)
		return fail(why, SIGNATURE_MALFORMED, "a nonce has 1 to %d bytes",
			    HTTPSIG_NONCE_MAX);
	from->out->nonce = nonce;
	return true;
}

static bool take_keyid(const struct parameter *from, struct fault *why)
{
	from->out->keyid = from->value.text;
	return key_id_parse(from->value.text, &from->out->key_id) ||
	       fail(why, SIGNATURE_MALFORMED, "keyid is a key's 16 hex digits");
}

static bool take_alg(const struct parameter *from, struct fault *why)
{
	return str_equal(from->value.text, STR("ed25519")) ||
	       fail(why, SIGNATURE_MALFORMED, "alg is \"ed25519\" or absent");
}

static bool take_tag(const struct parameter *from, struct fault *why)
{
	return str_equal(from->value.text, STR(HTTPSIG_TAG)) ||
	       fail(why, SIGNATURE_MALFORMED, "tag is \"%s\"", HTTPSIG_TAG);
}

static const struct {
	const char *name;
	enum field_kind kind;
	bool needed;
	bool (*take)(const struct parameter *from, struct fault *why);
} parameters[] = {
	{ "created", FIELD_INTEGER, true, take_created },
	{ "expires", FIELD_INTEGER, true, take_expires },
	{ "nonce", FIELD_STRING, true, take_nonce },
	{ "keyid", FIELD_STRING, true, take_keyid },
	{ "alg", FIELD_STRING, false, take_alg },
	{ "tag", FIELD_STRING, true, take_tag },
};
enum { PARAMETERS = sizeof parameters / sizeof *parameters };

static bool take_parameter(struct str key, const struct parameter *from, bool seen[PARAMETERS],
			   struct fault *why)
{
	size_t i = 0;

	while (i < PARAMETERS && !str_equal(key, str_from(parameters[i].name)))
		i++;
	if (i == PARAMETERS)
		return fail(why, SIGNATURE_MALFORMED, "the signature has an unknown parameter %s",
			    QUOTE(key));
	if (seen[i])
		return fail(why, SIGNATURE_MALFORMED, "the signature has %s twice",
			    parameters[i].name);
	seen[i] = true;
	if (from->value.kind != parameters[i].kind)
		return fail(why, SIGNATURE_MALFORMED, "%s is %s", parameters[i].name,
			    parameters[i].kind == FIELD_STRING ? "a string in quotes"
							       : "an integer");
	return parameters[i].take(from, why);
}

static bool read_parameters(struct fields *fields, struct arena *arena, struct httpsig *out,
			    struct fault *why)
{
	struct parameter from = { .arena = arena, .out = out };
	bool seen[PARAMETERS] = { false };
	struct str key;

	while (fields_parameter(fields, &key, &from.value))
		if (!take_parameter(key, &from, seen, why))
			return false;
	for (size_t i = 0; i < PARAMETERS; i++)
		if (parameters[i].needed && !seen[i])
			return fail(why, SIGNATURE_INSUFFICIENT, "the signature has no %s",
				    parameters[i].name);
	return true;
}

/* The base is over the serialised form (section 2.5), and we keep what was sent:
 * so what was sent must be that form. */
static bool read_list(struct fields fields, struct arena *arena, struct httpsig *out,
		      struct fault *why)
{
	struct str from = { fields.rest.at - 1, fields.rest.len + 1 };

	fields.loose = false;
	if (!read_components(&fields, out, why) || !read_parameters(&fields, arena, out, why))
		return false;
	must(!fields.broken);
	if (fields.loose)
		return fail(
			why, SIGNATURE_MALFORMED,
			"Signature-Input has spaces or digits that a serialiser would not write");
	out->params = str_first(from, from.len - fields.rest.len);
	return true;
}

bool httpsig_parse(struct arena *arena, struct str signature_input, struct str signature,
		   struct httpsig *out, struct fault *why)
{
	struct found found = { 0 };

	*out = (struct httpsig){ 0 };
	if (!str_given(signature_input) || !str_given(signature))
		return fail(why, SIGNATURE_MISSING, "there is no %s field",
			    str_given(signature) ? "Signature-Input" : "Signature");
	if (signature_input.len > SIGNATURE_INPUT_MAX)
		return fail(why, SIGNATURE_MALFORMED, "Signature-Input has more than %d bytes",
			    SIGNATURE_INPUT_MAX);
	if (signature.len > SIGNATURE_FIELD_MAX)
		return fail(why, SIGNATURE_MALFORMED, "Signature has more than %d bytes",
			    SIGNATURE_FIELD_MAX);
	return find_input(signature_input, &found, why) &&
	       find_signature(signature, found.label, out, why) &&
	       read_list(found.list, arena, out, why);
}

/* --- judging ours ------------------------------------------------------------------ */

static bool needs(const struct httpsig *sig, const char *name, struct fault *why)
{
	return covers(sig, str_from(name)) ||
	       fail(why, SIGNATURE_INSUFFICIENT, "the signature does not cover \"%s\"", name);
}

bool httpsig_covers(const struct httpsig *sig, const struct http_message *message,
		    struct fault *why)
{
	if (!needs(sig, "@method", why))
		return false;
	if (!covers(sig, STR("@target-uri")) &&
	    (!needs(sig, "@authority", why) || !needs(sig, "@path", why) ||
	     !needs(sig, "@query", why)))
		return false;
	if (message->has_body &&
	    (!needs(sig, "content-digest", why) || !needs(sig, "content-type", why)))
		return false;
	return components_present(sig, message, why);
}

bool httpsig_in_time(const struct httpsig *sig, int64_t now, struct fault *why)
{
	if (sig->expires < sig->created)
		return fail(why, SIGNATURE_LIFETIME, "the signature expires before it is created");
	if (sig->expires - sig->created > SIGNATURE_LIFE_MAX)
		return fail(why, SIGNATURE_LIFETIME,
			    "the signature is to live %lld seconds, at most %d are taken",
			    (long long)(sig->expires - sig->created), SIGNATURE_LIFE_MAX);
	if (sig->created > now + CLOCK_TOLERANCE)
		return fail(why, SIGNATURE_NOT_YET_VALID,
			    "the signature was created %lld seconds from now",
			    (long long)(sig->created - now));
	if (sig->expires < now - CLOCK_TOLERANCE)
		return fail(why, SIGNATURE_EXPIRED, "the signature expired %lld seconds ago",
			    (long long)(now - sig->expires));
	return true;
}
