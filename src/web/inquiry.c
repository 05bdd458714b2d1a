#include <communique/inquiry.h>

#include "visit.h"

struct inquiry {
	struct house house;
	struct answer answer;
};

bool inquiry_open(struct inquiry **out, const struct server_options *options,
		  const struct site *site, struct store *store, int64_t now, struct fault *why)
{
	struct inquiry *inquiry = calloc(1, sizeof *inquiry);

	must(inquiry != NULL);
	inquiry->house =
		(struct house){ .site = site, .store = store, .files = options->files, .now = now };
	answer_init(&inquiry->answer);
	if (store_read_begin(store, &inquiry->house.moment, why)) {
		*out = inquiry;
		return true;
	}
	inquiry_close(&inquiry);
	return false;
}

void inquiry_close(struct inquiry **inquiry)
{
	if (!*inquiry)
		return;
	store_read_end(&(*inquiry)->house.moment);
	answer_release(&(*inquiry)->answer);
	free(*inquiry);
	*inquiry = NULL;
}

struct store_txn *inquiry_txn(const struct inquiry *inquiry)
{
	return inquiry->house.moment;
}

static struct str field_of(struct str head, struct str name)
{
	while (str_given(head)) {
		struct str value = str_cut(&head, '\n');
		struct str found = str_cut(&value, ':');

		if (str_given(value) && str_equal(found, name))
			return str_first(str_skip(value, 1), str_find(str_skip(value, 1), '\r'));
	}
	return STR_NONE;
}

static void read_answer(struct answer *answer, struct reply *out)
{
	struct str head = answer_head(answer);

	*out = (struct reply){ .status = answer->status,
			       .type = field_of(head, STR("Content-Type")),
			       .location = field_of(head, STR("Location")),
			       .body = answer_bytes(answer),
			       .file_len = answer->file_len };
	http_time_parse(field_of(head, STR("Last-Modified")), &out->modified);
	out->file = answer_take_file(answer);
}

void inquiry_ask(struct inquiry *inquiry, const char *target, struct reply *out)
{
	char address[REQUEST_TARGET_MAX + 16];
	char method[] = "REQUEST_METHOD=GET";
	char *variables[] = { method, address, NULL };
	struct fault bad = { .kind = NO_FAULT };
	struct request request;
	bool readable;

	/* One that is cut is too long for the door as well. */
	snprintf(address, sizeof address, "REQUEST_URI=%s", target);
	readable = request_read_environment(&request, variables, &bad);
	public_answer(&inquiry->house, &request, readable ? NULL : &bad, &inquiry->answer);
	read_answer(&inquiry->answer, out);
}
