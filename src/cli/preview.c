/*
 * preview - the page of a release that needs no server; links to the desk's.
 */
#include <communique/file.h>
#include <communique/limits.h>
#include <communique/page.h>

#include "commands.h"
#include "preview_links.h"

static bool write_page(const struct call *call, struct str page, struct fault *why)
{
	const char *to = call_option(call, "output");

	if (!to) {
		fwrite(page.at, 1, page.len, stdout);
		return true;
	}
	if (!file_write(to, page, 0644, why))
		return false;
	printf("%s\n", to);
	return true;
}

bool run_preview(const struct call *call, struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	struct release *release;
	struct buf file, page;
	bool ok;

	if (preview_links_wanted(call))
		return preview_links_run(call, why);
	buf_init(&file, RELEASE_FILE_MAX);
	buf_init(&page, PAGE_MAX);
	ok = file_read(call->arguments[0], &file, why);
	if (ok && !release_parse(call->arena, buf_str(&file), &release, &inside))
		ok = fail(why, inside.kind, "%s, %s", call->arguments[0], inside.says);
	ok = ok && page_preview(release, &page, why) && buf_check(&page, why) &&
	     write_page(call, buf_str(&page), why);
	buf_release(&file);
	buf_release(&page);
	return ok;
}
