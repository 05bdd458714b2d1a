/*
 * desk - the editors' page as one file, for those who will not sign by a script that a server
 * sends them.
 */
#include <communique/desk_page.h>
#include <communique/file.h>

#include "commands.h"
#include "output.h"

bool run_desk(const struct call *call, struct fault *why)
{
	const char *to = call_option(call, "output");
	struct buf page;
	bool ok;

	buf_init(&page, PAGE_MAX);
	ok = desk_page_whole(&page, why) && (!to || file_create(to, buf_str(&page), 0644, why));
	if (ok && to)
		printf("%s\n", to);
	else if (ok)
		output_bytes(buf_str(&page));
	buf_release(&page);
	return ok;
}
