/*
 * check - what is wrong or doubtful in release files, and how they were understood.
 *
 *	file.txt:12: error: …
 *	file.txt:20: doubt: …
 *
 * in the form that editors and compilers share, then the outline. With --json one
 * array, an object a file.
 */
#include <communique/digest.h>
#include <communique/file.h>
#include <communique/json.h>
#include <communique/limits.h>
#include <communique/release.h>
#include <communique/terminal.h>

#include "commands.h"
#include "config.h"

struct finding {
	const char *path;
	struct fault fault; /* kind NO_FAULT: the file is accepted */
	struct release *release;
	const char *site; /* of the configuration; NULL: any */
};

/* The sentence without "line N: ", as the line stands in front already. */
static struct str bare_sentence(const struct fault *fault)
{
	struct str says = str_from(fault->says);
	size_t colon = str_find_str(says, STR(": "));

	if (fault->line && str_starts(says, STR("line ")) && colon < says.len)
		return str_skip(says, colon + 2);
	return says;
}

static bool wrong_site(const struct finding *finding)
{
	return finding->site && !str_equal(finding->release->site, str_from(finding->site));
}

static size_t count_doubts(const struct finding *finding)
{
	size_t count = wrong_site(finding);

	for (const struct doubt *at = finding->release->doubts; at; at = at->next)
		count++;
	return count;
}

/* --- for a person ------------------------------------------------------------------- */

static void print_line(const struct finding *finding, unsigned line, enum tone tone,
		       const char *what, struct str says)
{
	terminal_print(stdout, str_from(finding->path));
	if (line)
		printf(":%u", line);
	printf(": %s%s:%s ", terminal_tone(stdout, tone), what, terminal_tone(stdout, TONE_PLAIN));
	terminal_print(stdout, says);
	putchar('\n');
}

static void print_outline(const struct finding *finding)
{
	struct buf text;

	buf_init(&text, PAGE_MAX);
	release_outline(finding->release, &text);
	terminal_print(stdout, buf_str(&text));
	buf_release(&text);
}

static void print_accepted(struct arena *arena, const struct finding *finding)
{
	const struct release *release = finding->release;
	struct hash hash = hash_of(release->text);
	size_t doubts = count_doubts(finding);

	if (wrong_site(finding))
		print_line(finding, 0, TONE_DOUBT, "doubt",
			   arena_printf(arena, "it is for the site %.*s, yours is %s",
					STR_ARG(release->site), finding->site));
	for (const struct doubt *at = release->doubts; at; at = at->next)
		print_line(finding, at->line, TONE_DOUBT, "doubt", at->says);
	print_line(finding, 0, TONE_GOOD, "accepted",
		   arena_printf(arena, "%.*s/%.*s, revision %u, %zu doubt%s",
				STR_ARG(release->language), STR_ARG(release->slug),
				release->revision, doubts, doubts == 1 ? "" : "s"));
	printf("sha256 %s\n\n", HASH_TEXT(&hash));
	print_outline(finding);
}

static void print_finding(struct arena *arena, const struct finding *finding)
{
	if (finding->fault.kind != NO_FAULT)
		print_line(finding, finding->fault.line, TONE_BAD, "error",
			   bare_sentence(&finding->fault));
	else
		print_accepted(arena, finding);
}

/* --- for a program ------------------------------------------------------------------ */

static void add_remark(struct json *json, unsigned line, struct str says)
{
	json_object(json);
	if (line)
		json_member_number(json, "line", line);
	json_member_text(json, "says", says);
	json_end(json);
}

static void add_release(struct json *json, const struct release *release)
{
	struct hash hash = hash_of(release->text);
	char date[32];

	snprintf(date, sizeof date, "%04u-%02u-%02u", (unsigned)release->date.year,
		 (unsigned)release->date.month, (unsigned)release->date.day);
	json_member_text(json, "sha256", str_from(HASH_TEXT(&hash)));
	json_member_text(json, "site", release->site);
	json_member_text(json, "release", release->slug);
	json_member_text(json, "language", release->language);
	json_member_number(json, "revision", release->revision);
	json_member_text(json, "date", str_from(date));
	json_member_text(json, "kind", kind_word(release->kind));
	json_member_text(json, "title", release->title);
}

static void add_finding(struct json *json, const struct finding *finding)
{
	bool accepted = finding->fault.kind == NO_FAULT;

	json_object(json);
	json_member_text(json, "file", str_from(finding->path));
	json_member_flag(json, "accepted", accepted);
	if (accepted)
		add_release(json, finding->release);
	json_key(json, "errors");
	json_array(json);
	if (!accepted)
		add_remark(json, finding->fault.line, bare_sentence(&finding->fault));
	json_end(json);
	json_key(json, "doubts");
	json_array(json);
	if (accepted && wrong_site(finding))
		add_remark(json, 0, STR("it is for another site than yours"));
	for (const struct doubt *at = accepted ? finding->release->doubts : NULL; at; at = at->next)
		add_remark(json, at->line, at->says);
	json_end(json);
	json_end(json);
}

/* --- both ------------------------------------------------------------------------------ */

/* The file's bytes go to the arena, as the release points into them. */
static void look_at(struct arena *arena, struct finding *finding)
{
	struct buf file;

	buf_init(&file, RELEASE_FILE_MAX);
	if (file_read(finding->path, &file, &finding->fault))
		release_parse(arena, arena_copy(arena, buf_str(&file)), &finding->release,
			      &finding->fault);
	buf_release(&file);
}

static bool verdict(const struct call *call, size_t refused, enum fault_kind worst,
		    struct fault *why)
{
	if (refused == 0)
		return true;
	return fail(why, fault_exit(worst) == 3 ? worst : RELEASE_MALFORMED,
		    "%zu of %zu file%s cannot be accepted", refused, call->argument_count,
		    call->argument_count == 1 ? "" : "s");
}

bool run_check(const struct call *call, struct fault *why)
{
	enum fault_kind worst = NO_FAULT;
	size_t refused = 0;
	struct buf out;
	struct json json;
	const char *site;

	if (!config_find(call, "site", &site, why))
		return false;
	buf_init(&out, PAGE_MAX);
	json = json_begin(&out);
	json_array(&json);
	for (size_t i = 0; i < call->argument_count; i++) {
		struct finding finding = { .path = call->arguments[i], .site = site };

		look_at(call->arena, &finding);
		if (finding.fault.kind != NO_FAULT)
			refused++;
		if (fault_exit(finding.fault.kind) > fault_exit(worst))
			worst = finding.fault.kind;
		if (call_flag(call, "json"))
			add_finding(&json, &finding);
		else
			print_finding(call->arena, &finding);
	}
	json_end(&json);
	if (call_flag(call, "json"))
		printf("%.*s\n", STR_ARG(buf_str(&out)));
	buf_release(&out);
	return verdict(call, refused, worst, why);
}
