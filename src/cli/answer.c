#include <jansson.h>

#include <communique/clock.h>

#include "answer.h"

static json_t *load(struct str body, struct fault *why)
{
	json_error_t error;
	json_t *root = json_loadb(body.at, body.len, JSON_REJECT_DUPLICATES, &error);

	if (!root || !json_is_object(root)) {
		json_decref(root);
		fail(why, BROKEN, "the server's answer is not the JSON it should be");
		return NULL;
	}
	return root;
}

static struct str text_of(struct arena *arena, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_string(value))
		return STR_NONE;
	return arena_copy(arena,
			  (struct str){ json_string_value(value), json_string_length(value) });
}

/* The same member under the name of another version. */
static struct str text_of_either(struct arena *arena, const json_t *object, const char *name,
				 const char *other)
{
	struct str text = text_of(arena, object, name);

	return str_given(text) ? text : text_of(arena, object, other);
}

static bool text_is(const json_t *object, const char *name, const char *word)
{
	const json_t *value = json_object_get(object, name);

	return json_is_string(value) && strcmp(json_string_value(value), word) == 0;
}

static uint64_t number_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return 0;
	return (uint64_t)json_integer_value(value);
}

static struct str time_of(struct arena *arena, const json_t *object, const char *name)
{
	char text[TIME_SIZE];
	uint64_t seconds = number_of(object, name);

	if (seconds == 0 || seconds > 253402300799) /* the end of the year 9999 */
		return text_of(arena, object, name);
	return arena_copy(arena, time_format(text, (int64_t)seconds));
}

static bool flag_of(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

bool answer_problem(struct arena *arena, struct str body, struct problem *out)
{
	json_t *root = load(body, NULL);

	*out = (struct problem){ 0 };
	if (!root)
		return false;
	out->code = text_of(arena, root, "code");
	out->title = text_of(arena, root, "title");
	out->detail = text_of(arena, root, "detail");
	out->request = text_of(arena, root, "request");
	if (number_of(root, "line") <= UINT32_MAX)
		out->line = (unsigned)number_of(root, "line");
	json_decref(root);
	return out->code.len || out->title.len;
}

/* --- drafts ----------------------------------------------------------------------- */

static void read_signers(struct arena *arena, const json_t *array, struct draft_state *out)
{
	size_t count = json_is_array(array) ? json_array_size(array) : 0;

	out->signers = arena_array(arena, count, sizeof *out->signers);
	for (size_t i = 0; i < count; i++) {
		const json_t *signer = json_array_get(array, i);

		out->signers[out->signer_count++] =
			(struct draft_signer){ text_of(arena, signer, "keyid"),
					       text_of(arena, signer, "holder") };
	}
}

static void read_draft(struct arena *arena, const json_t *object, struct draft_state *out)
{
	*out = (struct draft_state){
		.state = text_of(arena, object, "state"),
		.language = text_of(arena, object, "language"),
		.slug = text_of(arena, object, "release"),
		.title = text_of(arena, object, "title"),
		.hash = text_of_either(arena, object, "sha256", "hash"),
		.address = text_of(arena, object, "address"),
		.saved_at = time_of(arena, object,
				    json_object_get(object, "saved") ? "saved" : "saved_at"),
		.saved_by = text_of(arena, object, "saved_by"),
		.public_at = time_of(arena, object, "public_at"),
		.revision = number_of(object, "revision"),
		.have = number_of(object, "have"),
		.need = number_of(object, "need"),
		.approver_missing = flag_of(object, "approver_missing") ||
				    text_is(object, "missing", "approver"),
	};
	read_signers(arena, json_object_get(object, "signers"), out);
}

bool answer_draft(struct arena *arena, struct str body, struct draft_state *out, struct fault *why)
{
	json_t *root = load(body, why);

	if (!root)
		return false;
	read_draft(arena, root, out);
	json_decref(root);
	if (out->state.len == 0)
		return fail(why, BROKEN, "the server's answer does not say what became of it");
	return true;
}

bool answer_drafts(struct arena *arena, struct str body, struct draft_state **out, size_t *count,
		   struct fault *why)
{
	json_t *root = load(body, why), *array = json_object_get(root, "drafts");
	bool ok = json_is_array(array);

	if (root && !ok)
		fail(why, BROKEN, "the server's answer has no list of drafts");
	*count = ok ? json_array_size(array) : 0;
	*out = arena_array(arena, *count, sizeof **out);
	for (size_t i = 0; i < *count; i++)
		read_draft(arena, json_array_get(array, i), &(*out)[i]);
	json_decref(root);
	return ok;
}

/* --- key sets --------------------------------------------------------------------- */

static void read_keyset(struct arena *arena, const json_t *object, struct keyset_state *out)
{
	*out = (struct keyset_state){
		.version = number_of(object, "version"),
		.hash = text_of_either(arena, object, "sha256", "hash"),
		.text = text_of_either(arena, object, "file", "text"),
		.in_force = flag_of(object, "in_force") || text_is(object, "state", "in-force"),
		.superseded = text_is(object, "state", "superseded"),
		.have = number_of(object, "have"),
		.need = number_of(object, "need"),
		.have_now = number_of(object, "have_now"),
		.need_now = number_of(object, "need_now"),
	};
}

bool answer_keyset(struct arena *arena, struct str body, struct keyset_state *out,
		   struct fault *why)
{
	json_t *root = load(body, why);

	if (!root)
		return false;
	read_keyset(arena, root, out);
	json_decref(root);
	return true;
}

/* A server of an older version calls each set that ever was so; they come in their order. */
static void leave_last_in_force(struct keyset_state *sets, size_t count)
{
	bool found = false;

	for (size_t i = count; i-- > 0;) {
		sets[i].superseded = sets[i].superseded || (found && sets[i].in_force);
		sets[i].in_force = sets[i].in_force && !found;
		found = found || sets[i].in_force;
	}
}

bool answer_keysets(struct arena *arena, struct str body, struct keyset_state **out, size_t *count,
		    struct fault *why)
{
	json_t *root = load(body, why), *array = json_object_get(root, "keys");
	bool ok = json_is_array(array);

	if (root && !ok)
		fail(why, BROKEN, "the server's answer has no list of key sets");
	*count = ok ? json_array_size(array) : 0;
	*out = arena_array(arena, *count, sizeof **out);
	for (size_t i = 0; i < *count; i++)
		read_keyset(arena, json_array_get(array, i), &(*out)[i]);
	leave_last_in_force(*out, *count);
	json_decref(root);
	return ok;
}

/* --- preview links ---------------------------------------------------------------- */

static void read_preview(struct arena *arena, const json_t *object, struct preview_link *out)
{
	*out = (struct preview_link){ .address = text_of(arena, object, "address"),
				      .name = text_of(arena, object, "link"),
				      .expires = time_of(arena, object, "expires"),
				      .holder = text_of(arena, object, "holder") };
}

bool answer_preview(struct arena *arena, struct str body, struct preview_link *out,
		    struct fault *why)
{
	json_t *root = load(body, why);

	if (!root)
		return false;
	read_preview(arena, root, out);
	json_decref(root);
	return true;
}

bool answer_previews(struct arena *arena, struct str body, struct preview_link **out, size_t *count,
		     struct fault *why)
{
	json_t *root = load(body, why);
	const json_t *array;

	if (!root)
		return false;
	array = json_object_get(root, "previews");
	if (!json_is_array(array)) {
		json_decref(root);
		return fail(why, BROKEN, "the server's answer has no list of links");
	}
	*count = json_array_size(array);
	*out = arena_array(arena, *count, sizeof **out);
	for (size_t i = 0; i < *count; i++)
		read_preview(arena, json_array_get(array, i), &(*out)[i]);
	json_decref(root);
	return true;
}

/* --- what readers get ------------------------------------------------------------- */

bool answer_release(struct arena *arena, struct str body, struct public_release *out,
		    struct fault *why)
{
	json_t *root = load(body, why);
	bool ok;

	if (!root)
		return false;
	out->revision = number_of(root, "revision");
	ok = hash_parse(text_of(arena, root, "sha256"), &out->hash) && out->revision > 0 &&
	     time_parse(text_of(arena, root, "publicAt"), &out->public_at);
	json_decref(root);
	return ok || fail(why, INVALID, "the JSON of a release does not say what it should");
}
