/*
 * import - board captures to release files.
 *
 * The body is kept byte for byte; nothing is invented. What a page cannot tell has
 * to be said on the command line: it is refused, with the option to use, while the
 * other captures of the same call go on. Files that are there are never overwritten.
 */
#include <communique/capture.h>
#include <communique/file.h>
#include <communique/limits.h>
#include <communique/terminal.h>

#include "commands.h"
#include "header.h"

static void tell(const char *path, enum tone tone, const char *label, struct str says)
{
	terminal_print(stderr, str_from(path));
	fprintf(stderr, ": %s%s%s", terminal_tone(stderr, tone), label,
		terminal_tone(stderr, TONE_PLAIN));
	terminal_print(stderr, says);
	fputc('\n', stderr);
}

static void tell_release(struct arena *arena, const char *path, struct header *header)
{
	struct str slug = slug_suggest(arena, header_value(header, FIELD_DATE),
				       header_value(header, FIELD_TITLE));

	if (header->of[FIELD_RELEASE].count || !header->of[FIELD_DATE].count || slug.len == 0)
		return;
	header_default(header, FIELD_RELEASE, slug);
	tell(path, TONE_FAINT, "note: ",
	     arena_printf(arena,
			  "Release is %.*s, from the date and the title (--release for another)",
			  STR_ARG(slug)));
}

static void take_from_page(struct arena *arena, const char *path, const struct capture *capture,
			   struct header *header)
{
	struct date date = capture->date;
	struct str printed = arena_printf(arena, "%04u-%02u-%02u", (unsigned)date.year,
					  (unsigned)date.month, (unsigned)date.day);

	if (capture->has_date && header->of[FIELD_DATE].count &&
	    !str_equal(header_value(header, FIELD_DATE), printed))
		tell(path, TONE_DOUBT, "doubt: ",
		     arena_printf(arena, "the page has the date %.*s, not the one you gave",
				  STR_ARG(printed)));
	if (capture->has_date)
		header_default(header, FIELD_DATE, printed);
	if (capture->has_kind)
		header_default(header, FIELD_KIND, kind_word(capture->kind));
	header_default(header, FIELD_TITLE, capture->title);
	for (size_t i = 0; i < capture->images.count; i++)
		tell(path, TONE_DOUBT, "doubt: ",
		     arena_printf(arena, "left out, as it names an image: %.*s",
				  STR_ARG(capture->images.at[i])));
	tell_release(arena, path, header);
}

/* DIR/<slug>.<language>.txt, never over a file that is there. */
static bool write_release(const struct call *call, const char *path, struct str file,
			  struct fault *why)
{
	struct release *release;
	const char *to;

	if (!release_parse(call->arena, file, &release, why))
		return false;
	to = arena_printf(call->arena, "%s/%.*s.%.*s.txt", call_option(call, "output"),
			  STR_ARG(release->slug), STR_ARG(release->language))
		     .at;
	if (!file_create(to, file, 0644, why))
		return false;
	printf("%s\n", to);
	for (const struct doubt *at = release->doubts; at; at = at->next)
		tell(path, TONE_DOUBT, "doubt: ",
		     arena_printf(call->arena, "line %u of %s: %.*s", at->line, to,
				  STR_ARG(at->says)));
	return true;
}

static bool import_page(const struct call *call, const char *path, struct str page,
			struct fault *why)
{
	struct capture *capture;
	struct header header;
	struct buf file;
	bool ok;

	if (!header_from_call(call, &header, why) ||
	    !capture_parse(call->arena, page, &capture, why))
		return false;
	take_from_page(call->arena, path, capture, &header);
	if (!header_complete(call->arena, &header, why))
		return false;
	buf_init(&file, RELEASE_FILE_MAX);
	header_write(&header, &file);
	buf_add(&file, capture->body);
	ok = buf_check(&file, why) && write_release(call, path, buf_str(&file), why);
	buf_release(&file);
	return ok;
}

static bool import_file(const struct call *call, const char *path, struct fault *why)
{
	struct buf page;
	bool ok;

	buf_init(&page, CAPTURE_MAX);
	ok = file_read(path, &page, why) && import_page(call, path, buf_str(&page), why);
	buf_release(&page);
	return ok;
}

/* Fields that belong to one release must not be put on several. */
static bool check_call(const struct call *call, struct fault *why)
{
	static const enum field single[] = { FIELD_RELEASE, FIELD_TITLE, FIELD_REFERENCE };
	struct header header;

	if (!call_option(call, "output"))
		return fail(why, USAGE, "say with -o DIR where the release files go");
	if (!header_from_call(call, &header, why))
		return false;
	for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
		if (call->argument_count > 1 && header.of[single[i]].count)
			return fail(why, USAGE, "%s can be set for one capture at a time",
				    header_field_name(single[i]));
	}
	return folder_make(call_option(call, "output"), 0755, why);
}

bool run_import(const struct call *call, struct fault *why)
{
	struct fault worst = { .kind = NO_FAULT };
	size_t refused = 0;

	if (!check_call(call, why))
		return false;
	for (size_t i = 0; i < call->argument_count; i++) {
		struct fault fault = { .kind = NO_FAULT };

		if (import_file(call, call->arguments[i], &fault))
			continue;
		tell(call->arguments[i], TONE_BAD, "refused: ", str_from(fault.says));
		refused++;
		if (fault_exit(fault.kind) > fault_exit(worst.kind))
			worst = fault;
	}
	if (refused == 0)
		return true;
	/* A disk that failed is no refusal of ours. */
	return fail(why, fault_exit(worst.kind) == 3 ? worst.kind : INVALID,
		    "%zu of %zu capture%s refused", refused, call->argument_count,
		    call->argument_count == 1 ? " was" : "s were");
}
