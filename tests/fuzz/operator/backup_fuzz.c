/* The two texts of a backup: its list of files, and what it says of itself. */
#include "fuzz/fuzz.h"

#include "../../../src/operator/saved.h"

#include <communique/limits.h>

/* No path of it leads out of the folder. */
static void check_path(struct str path)
{
	must(path.len > 0 && path.at[0] != '/' && path.at[path.len - 1] != '/');
	while (str_given(path)) {
		struct str part = str_cut(&path, '/');

		must(part.len > 0 && part.at[0] != '.');
	}
}

static void try_manifest(struct str text)
{
	struct fault why = { .kind = NO_FAULT };
	struct manifest manifest;
	struct buf again;

	manifest_init(&manifest);
	buf_init(&again, MANIFEST_MAX);
	if (manifest_parse(text, &manifest, &why)) {
		for (size_t i = 0; i < manifest.paths.count; i++)
			check_path(manifest.paths.texts[i]);
		manifest_format(&manifest, &again);
		must(str_equal(buf_str(&again), text));
	} else {
		fuzz_refused(&why);
	}
	buf_release(&again);
	manifest_release(&manifest);
}

static void try_about(struct str text)
{
	struct fault why = { .kind = NO_FAULT };
	struct saved_about about, again;
	struct buf out;

	buf_init(&out, 2 * MANIFEST_MAX);
	if (saved_about_parse(text, &about, &why)) {
		saved_about_format(&about, &out);
		must(saved_about_parse(buf_str(&out), &again, &why));
		must(str_equal(about.site, again.site) && about.made == again.made);
		must(about.has_log == again.has_log && about.log_size == again.log_size);
		must(about.has_anchor == again.has_anchor &&
		     hash_equal(&about.anchor, &again.anchor));
	} else {
		fuzz_refused(&why);
	}
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str text = fuzz_input(bytes, size);

	try_manifest(text);
	try_about(text);
	return 0;
}
