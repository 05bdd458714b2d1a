#include <communique/desk_page.h>

#include "files.h"

const struct desk_file *desk_file_find(struct str name)
{
	for (size_t i = 0; i < desk_file_count; i++)
		if (str_equal(str_from(desk_files[i].name), name))
			return &desk_files[i];
	return NULL;
}

bool desk_page_find(struct str name, struct desk_asset *out)
{
	const struct desk_file *file = desk_file_find(name);

	if (!file)
		return false;
	*out = (struct desk_asset){ .type = file->asset.type,
				    .bytes = file->asset.bytes,
				    .etag = file->asset.address };
	return true;
}

/* The style sheet of the public pages has another address with each of its changes. */
bool desk_page_document(const struct theme *theme, struct buf *out, struct fault *why)
{
	struct str text = desk_file_find(STR("index.html"))->asset.bytes;
	struct str mark = STR("/static/site.css");
	size_t at = str_find_str(text, mark);

	must(at < text.len);
	buf_add(out, str_first(text, at));
	buf_add(out, asset_named(theme, "site.css")->address);
	buf_add(out, str_skip(text, at + mark.len));
	return buf_check(out, why);
}
