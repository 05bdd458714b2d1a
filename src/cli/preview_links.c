/*
 * preview_links - a draft's preview for one reader: giving a link, listing, revoking.
 */
#include <communique/json.h>
#include <communique/terminal.h>

#include "draft.h"
#include "output.h"
#include "preview_links.h"

static struct str links_path(struct arena *arena, const struct edition *edition)
{
	return arena_printf(arena, "%.*s/previews", STR_ARG(edition_path(arena, edition)));
}

static struct str wish_of(struct arena *arena, struct str label, uint64_t days)
{
	struct str copy;
	struct json json;
	struct buf out;

	buf_init(&out, 4096);
	json = json_begin(&out);
	json_object(&json);
	json_member_text(&json, "label", label);
	json_member_number(&json, "days", (int64_t)days);
	json_end(&json);
	copy = arena_copy(arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

/* The address alone on standard output, for whoever pipes it into a mail. */
static bool print_link(struct desk *desk, struct str body, struct fault *why)
{
	struct preview_link link;

	if (!answer_preview(desk->arena, body, &link, why))
		return false;
	terminal_print(stdout, link.address);
	putchar('\n');
	fprintf(stderr, "ends ");
	terminal_print(stderr, link.expires);
	fprintf(stderr, " or at the lift; revoke it with --unlink ");
	terminal_print(stderr, link.name);
	fputc('\n', stderr);
	return true;
}

static bool give_link(const struct call *call, struct desk *desk, const struct edition *edition,
		      struct fault *why)
{
	const char *text = call_option(call, "days");
	struct desk_request request = { .method = "POST",
					.target = links_path(desk->arena, edition),
					.has_body = true,
					.type = "application/json" };
	struct desk_answer answer;
	uint64_t days = 1;

	if (text && !str_to_u64(str_from(text), 1000, &days))
		return fail(why, USAGE, "--days is a number, not \"%s\"", QUOTE(str_from(text)));
	request.body = wish_of(desk->arena, str_from(call_option(call, "link")), days);
	return desk_ask(desk, &request, &answer, why) && print_link(desk, answer.body, why);
}

static bool list_links(struct desk *desk, const struct edition *edition, struct fault *why)
{
	struct desk_request request = { .method = "GET",
					.target = links_path(desk->arena, edition) };
	struct desk_answer answer;
	struct preview_link *links;
	size_t count;

	if (!desk_ask(desk, &request, &answer, why) ||
	    !answer_previews(desk->arena, answer.body, &links, &count, why))
		return false;
	for (size_t i = 0; i < count; i++) {
		terminal_print(stdout, links[i].name);
		printf(" until ");
		terminal_print(stdout, links[i].expires);
		printf(", given by ");
		terminal_print(stdout, links[i].holder);
		printf("\n  ");
		terminal_print(stdout, links[i].address);
		putchar('\n');
	}
	if (count == 0)
		fprintf(stderr, "No links are given out.\n");
	return true;
}

static bool revoke_link(const struct call *call, struct desk *desk, const struct edition *edition,
			struct fault *why)
{
	const char *name = call_option(call, "unlink");
	struct desk_request request = {
		.method = "DELETE",
		.target = arena_printf(desk->arena, "%.*s/%s",
				       STR_ARG(links_path(desk->arena, edition)), name),
	};
	struct desk_answer answer;

	for (const char *c = name; *c; c++) {
		if (!is_lower(*c) && !is_digit(*c) && *c != '-')
			return fail(why, USAGE, "a link's name is like 1795424400-agency");
	}
	if (!desk_send(desk, &request, &answer, why))
		return false;
	if (!(answer.repeated && answer.status == 404) &&
	    (answer.status < 200 || answer.status >= 300))
		return desk_refused(desk, &answer, why);
	printf("revoked %s\n", name);
	return true;
}

static bool run(const struct call *call, struct desk *desk, const struct edition *edition,
		struct fault *why)
{
	if (call_option(call, "link"))
		return give_link(call, desk, edition, why);
	if (call_option(call, "unlink"))
		return revoke_link(call, desk, edition, why);
	return list_links(desk, edition, why);
}

bool preview_links_wanted(const struct call *call)
{
	return call_option(call, "link") || call_option(call, "unlink") || call_flag(call, "links");
}

bool preview_links_run(const struct call *call, struct fault *why)
{
	struct secret_key key = { 0 };
	struct edition edition;
	struct desk desk;
	bool ok = edition_parse(call->arguments[0], &edition, why) &&
		  desk_open_for_call(call, &key, &desk, why) && run(call, &desk, &edition, why);

	secret_key_free(&key);
	return ok;
}
