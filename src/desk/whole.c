/*
 * whole - the page as one file.
 *
 * Each module becomes a constant that holds what it exports, the ones it imports before it:
 *
 *	import { a } from "./x.js";	const { a } = module_x;
 *	import * as x from "./x.js";	const x = module_x;
 *	export function f() {}		const module_y = (() => { function f() {} return { f };
 *})();
 *
 * The modules are our own, so their imports and exports each begin a line and fit into it
 * (must), and none imports in a circle.
 */
#include <communique/bytes.h>
#include <communique/desk_page.h>
#include <communique/digest.h>

#include "files.h"

#define MODULES_MAX 64
#define EXPORTS_MAX 64

struct writer {
	struct buf *out;
	const struct desk_file *done[MODULES_MAX];
	size_t count;
};

/* "./words.js" of an import's line, as the module's name: words. */
static struct str imported(struct str line)
{
	size_t at = str_find_str(line, STR(" from \"./"));
	struct str name = str_skip(line, at + 9);

	must(at < line.len);
	return str_first(name, str_find(name, '.'));
}

static const struct desk_file *module_file(struct str name)
{
	char file[64];
	int len = snprintf(file, sizeof file, "%.*s.js", STR_ARG(name));
	const struct desk_file *found = desk_file_find((struct str){ file, (size_t)len });

	must(found != NULL);
	return found;
}

/* `import { a, b } from …` and `import * as x from …`, nothing else. */
static void add_import(struct buf *out, struct str line)
{
	struct str name = imported(line);
	struct str what = str_skip(line, STR("import ").len);

	what = str_first(what, str_find_str(what, STR(" from ")));
	if (str_starts(what, STR("* as ")))
		what = str_skip(what, 5);
	buf_addf(out, "const %.*s = module_%.*s;\n", STR_ARG(what), STR_ARG(name));
}

/* The word that a declaration declares. */
static struct str declared(struct str line)
{
	static const char *const words[] = { "async ", "function ", "const ", "let ", "class " };
	struct str rest = line;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_starts(rest, str_from(words[i])))
			rest = str_skip(rest, strlen(words[i]));
	for (size_t i = 0; i < rest.len; i++)
		if (!is_lower(rest.at[i]) && !is_upper(rest.at[i]) && !is_digit(rest.at[i]))
			return str_first(rest, i);
	return rest;
}

static void add_lines(struct buf *out, struct str source, struct str *exports, size_t *count)
{
	while (source.len > 0) {
		struct str line = str_cut(&source, '\n');

		if (str_starts(line, STR("import "))) {
			add_import(out, line);
			continue;
		}
		if (str_starts(line, STR("export "))) {
			line = str_skip(line, STR("export ").len);
			must(*count < EXPORTS_MAX);
			exports[(*count)++] = declared(line);
		}
		buf_add(out, line);
		buf_add_char(out, '\n');
	}
}

static bool is_done(const struct writer *writer, const struct desk_file *file)
{
	for (size_t i = 0; i < writer->count; i++)
		if (writer->done[i] == file)
			return true;
	return false;
}

static void add_module(struct writer *writer, struct str name)
{
	const struct desk_file *file = module_file(name);
	struct str rest = file->asset.bytes, exports[EXPORTS_MAX];
	size_t count = 0;

	if (is_done(writer, file))
		return;
	must(writer->count < MODULES_MAX);
	writer->done[writer->count++] = file;
	while (rest.len > 0) {
		struct str line = str_cut(&rest, '\n');

		if (str_starts(line, STR("import ")))
			add_module(writer, imported(line));
	}
	buf_addf(writer->out, "const module_%.*s = (() => {\n", STR_ARG(name));
	add_lines(writer->out, file->asset.bytes, exports, &count);
	buf_add(writer->out, STR("return {"));
	for (size_t i = 0; i < count; i++)
		buf_addf(writer->out, "%s %.*s", i ? "," : "", STR_ARG(exports[i]));
	buf_add(writer->out, STR(" };\n})();\n"));
}

static void add_hash(struct buf *out, struct str text)
{
	struct hash hash = hash_of(text);

	buf_add(out, STR("'sha256-"));
	buf_add_base64(out, hash.at, HASH_SIZE);
	buf_add_char(out, '\'');
}

static void add_head(struct buf *out, struct str script, const struct str *styles, size_t count)
{
	buf_add(out,
		STR("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		    "script-src "));
	add_hash(out, script);
	buf_add(out, STR("; style-src"));
	for (size_t i = 0; i < count; i++) {
		buf_add_char(out, ' ');
		add_hash(out, styles[i]);
	}
	buf_add(out,
		STR("; img-src blob: data:; connect-src https: http://127.0.0.1:* "
		    "http://localhost:*; base-uri 'none'; form-action 'none'\">\n"
		    "<title>Desk</title>\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n"));
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "<style>%.*s</style>\n", STR_ARG(styles[i]));
	buf_add(out, STR("</head>\n"));
}

/* What stands between <body and its end is that of the served document. */
static struct str body_of(struct str document)
{
	struct str body = str_skip(document, str_find_str(document, STR("<body")));

	return str_first(body, str_find_str(body, STR("</body>")));
}

bool desk_page_whole(struct buf *out, struct fault *why)
{
	const struct str styles[] = { asset_named(NULL, "site.css")->bytes,
				      desk_file_find(STR("desk.css"))->asset.bytes };
	struct buf script;
	struct writer writer = { .out = &script };

	buf_init(&script, PAGE_MAX);
	add_module(&writer, STR("main"));
	add_head(out, buf_str(&script), styles, 2);
	buf_add(out, body_of(desk_file_find(STR("index.html"))->asset.bytes));
	buf_addf(out, "<script type=\"module\">%.*s</script>\n</body>\n</html>\n",
		 STR_ARG(buf_str(&script)));
	buf_release(&script);
	return buf_check(out, why);
}
