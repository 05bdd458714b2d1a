/*
 * export - the public site as files that any web server can hand out.
 *
 * The public door is asked, from inside, for every address there is, all as of one moment,
 * and what it answers is kept. Addresses come from the store (each revision in all its
 * forms, key sets) and from the pages themselves, whose links are followed; so whatever
 * page is added to the site is exported, too. An address becomes a file so:
 *
 *	/en/				en/index.html
 *	/en/releases/2026-…		en/releases/2026-….html		a page
 *	/en/releases/2026-….txt		en/releases/2026-….txt		all else as it is
 *	/en/releases/index		en/releases/index/index.html	index.html is the folder's
 *	/en/releases/?page=2		.page/2/en/releases/index.html
 *	what answers 410		.gone/en/releases/2026-….html	(….txt.html)
 *	what leads elsewhere		a page that does
 *	what is not there		404.html
 *
 * nginx/static-site.conf knows these rules. Other queries (search, filters) need the
 * program. An address with a name that is too long for a file is left out, which is said.
 */
#include <limits.h>
#include <stdarg.h>
#include <unistd.h>

#include <communique/bytes.h>
#include <communique/checkpoint.h>
#include <communique/inquiry.h>
#include <communique/links.h>
#include <communique/reading.h>
#include <communique/terminal.h>
#include <communique/tile.h>

#include "config.h"
#include "mirror.h"

#define NOTHING_THERE "/-" /* no address of ours: "-" is no language */

struct export
{
	const struct config *config;
	struct inquiry *inquiry;
	int64_t now;
	struct mirror mirror;
	struct set targets; /* in the order they are asked */
	struct buf path;
};

/* --- addresses that are to be asked ----------------------------------------------- */

/* A page's number is the only query that a file can stand for. */
static bool is_page_query(struct str query)
{
	uint64_t number;

	return str_starts(query, STR("page=")) &&
	       str_to_u64(str_skip(query, 5), UINT32_MAX, &number);
}

static void add_target(void *ctx, struct str target)
{
	struct export *export = ctx;
	struct str query = target, path = str_cut(&query, '?');

	/* No page leads there, but a text may: these are the desk's. */
	if (str_starts(path, STR("/admin/")) || str_starts(path, STR("/preview/")) ||
	    str_equal(path, STR("/healthz")))
		return;
	set_add(&export->targets, str_given(query) && !is_page_query(query) ? path : target, NULL);
}

static void add_targetf(struct export *export, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add_targetf(struct export *export, const char *format, ...)
{
	char target[REQUEST_TARGET_MAX + 1];
	va_list values;
	int len;

	va_start(values, format);
	len = vsnprintf(target, sizeof target, format, values);
	va_end(values);
	if (len > 0 && (size_t)len < sizeof target)
		add_target(export, (struct str){ target, (size_t)len });
}

struct form {
	struct export *export;
	const char *at; /* the address, without an ending */
	const char *ending;
};

static bool add_signature(void *ctx, const struct signature_row *row)
{
	const struct form *of = ctx;

	add_targetf(of->export, "%s%s.%s.minisig", of->at, of->ending, KEY_ID_TEXT(&row->key_id));
	return true;
}

/* All that has a revision's address; what there is not answers 404 and is left out. */
static void add_forms(struct export *export, const char *at, const struct revision *revision)
{
	static const char *const endings[] = {
		"", ".txt", ".txt.minisig", ".json", ".proof", ".tar"
	};
	struct form of = { export, at, ".txt" };

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		add_targetf(export, "%s%s", at, endings[i]);
	reading_visit_signatures(inquiry_txn(export->inquiry), &revision->hash, add_signature, &of);
}

static bool add_revision(void *ctx, const struct revision *revision)
{
	char at[REQUEST_TARGET_MAX];

	snprintf(at, sizeof at, "/%.*s/releases/%.*s", STR_ARG(revision->language),
		 STR_ARG(revision->slug));
	add_forms(ctx, at, revision);
	add_targetf(ctx, "%s/history", at);
	snprintf(at, sizeof at, "/%.*s/releases/%.*s/r%u", STR_ARG(revision->language),
		 STR_ARG(revision->slug), revision->number);
	add_forms(ctx, at, revision);
	return true;
}

static void add_tiles(struct export *export, bool entries, unsigned level, uint64_t size)
{
	struct tile tile = { .entries = entries, .level = level };
	struct buf path;

	buf_init(&path, REQUEST_TARGET_MAX);
	while ((tile.width = tile_width(level, tile.index, size)) > 0) {
		buf_clear(&path);
		tile_format(&tile, &path);
		add_targetf(export, "/log/tile/%.*s", STR_ARG(buf_str(&path)));
		tile.index++;
	}
	buf_release(&path);
}

/* Which tiles there are follows from the size. They come before the checkpoint that needs
 * them, and all of the log before the pages: whoever follows a copy that is just being
 * renewed finds nothing that is not logged. */
static void add_log(struct export *export)
{
	struct checkpoint checkpoint;
	struct reply reply;

	inquiry_ask(export->inquiry, "/log/checkpoint", &reply);
	if (reply.status != 200 || !checkpoint_parse(reply.body, &checkpoint, NULL))
		return;
	add_tiles(export, true, 0, checkpoint.size);
	for (unsigned level = 0; tile_width(level, 0, checkpoint.size) > 0; level++)
		add_tiles(export, false, level, checkpoint.size);
	add_target(export, STR("/log/checkpoint"));
}

static void add_keyset(struct export *export, uint32_t version, struct str text)
{
	char at[64];
	struct form of = { export, at, "" };
	struct hash hash = hash_of(text);

	snprintf(at, sizeof at, "/keys/%u", version);
	add_targetf(export, "%s", at);
	reading_visit_signatures(inquiry_txn(export->inquiry), &hash, add_signature, &of);
}

static bool add_store(struct export *export, struct fault *why)
{
	struct store_txn *txn = inquiry_txn(export->inquiry);
	const struct site *site = &export->config->site;
	struct str text;

	add_log(export);
	for (uint32_t version = 1; reading_keyset_version(txn, version, &text); version++)
		add_keyset(export, version, text);
	add_target(export, STR("/keys/current"));
	if (!reading_visit_revisions(txn, export->now, add_revision, export))
		return store_check(txn, why) && fail(why, BROKEN, "not all revisions can be read");
	add_target(export, STR("/"));
	add_target(export, STR("/robots.txt"));
	add_target(export, STR("/sitemap.xml"));
	add_target(export, STR("/sitemap-news.xml"));
	add_target(export, STR("/.well-known/security.txt"));
	for (size_t i = 0; i < site->language_count; i++)
		add_targetf(export, "/%.*s/", STR_ARG(site->languages[i]));
	return store_check(txn, why);
}

/* --- the file of an address ------------------------------------------------------- */

static bool add_decoded(struct buf *out, struct str segment)
{
	size_t start = out->len;

	/* The one name of this kind that is an address (RFC 8615). */
	if (str_equal(segment, STR(".well-known"))) {
		buf_add(out, segment);
		return true;
	}
	for (; segment.len; segment = str_skip(segment, 1)) {
		char byte = segment.at[0];

		if (byte == '%') {
			if (!hex_decode(&byte, 1, str_first(str_skip(segment, 1), 2)))
				return false;
			segment = str_skip(segment, 2);
		}
		if (byte == '/' || byte == '\0' || (byte == '.' && out->len == start))
			return false;
		buf_add_char(out, byte);
	}
	return true;
}

static bool names_fit(struct str path, struct str target)
{
	while (str_given(path)) {
		if (str_cut(&path, '/').len <= NAME_MAX)
			continue;
		fprintf(stderr, "note: left out, a file's name has at most %d bytes: ", NAME_MAX);
		terminal_print(stderr, target);
		fputc('\n', stderr);
		return false;
	}
	return true;
}

static const char *ending_of(const char *folder, struct str path)
{
	if (path.len == 0 || path.at[path.len - 1] == '/')
		return "index.html";
	/* index.html is the folder's own page; of those that are gone folders have none. */
	if (!*folder && str_ends(path, STR("/index")))
		return "/index.html";
	return ".html";
}

/* False: no file can have this name. */
static bool find_path(struct buf *out, const char *folder, struct str target, bool page)
{
	struct str query = str_skip(target, 1), path = str_cut(&query, '?');
	const char *ending = page ? ending_of(folder, path) : "";
	bool folder_page = path.len == 0 || path.at[path.len - 1] == '/';

	buf_clear(out);
	buf_add_text(out, folder);
	if (str_given(query))
		buf_addf(out, ".page/%.*s/", STR_ARG(str_skip(query, 5)));
	while (path.len) {
		struct str segment = str_cut(&path, '/');

		if (segment.len == 0 || !add_decoded(out, segment))
			return false;
		if (str_given(path))
			buf_add_char(out, '/');
	}
	buf_add_text(out, ending);
	return !out->full && (page || !folder_page) && names_fit(buf_str(out), target);
}

static bool put(struct export *export, const char *folder, struct str target, bool page,
		struct str bytes, int64_t modified, struct fault *why)
{
	if (!find_path(&export->path, folder, target, page))
		return true;
	return mirror_put(&export->mirror, buf_str(&export->path), bytes, modified, why);
}

/* --- answers ---------------------------------------------------------------------- */

static bool keep_found(struct export *export, struct str target, const struct reply *reply,
		       struct fault *why)
{
	bool page = str_starts(reply->type, STR("text/html"));
	bool text = page || str_starts(reply->type, STR("text/css")) ||
		    str_find_str(reply->type, STR("xml")) < reply->type.len;
	bool ok = true;

	if (reply->file >= 0) {
		if (find_path(&export->path, "", target, false))
			ok = mirror_put_file(&export->mirror, buf_str(&export->path), reply->file,
					     reply->file_len, reply->modified, why);
		close(reply->file);
		return ok;
	}
	if (text)
		links_visit(reply->body, export->config->site.url, add_target, export);
	return put(export, "", target, page, reply->body, reply->modified, why);
}

static bool is_plain_address(struct str address)
{
	for (size_t i = 0; i < address.len; i++) {
		if (address.at[i] <= ' ' || strchr("<>\"'&", address.at[i]))
			return false;
	}
	return address.len > 0;
}

static bool keep_redirect(struct export *export, struct str target, struct str to,
			  struct fault *why)
{
	char page[2 * REQUEST_TARGET_MAX];
	int len;

	/* A slash too few is put right by every web server. */
	if (!is_plain_address(to) || (str_starts(to, target) && to.len == target.len + 1))
		return true;
	len = snprintf(page, sizeof page,
		       "<!doctype html>\n<meta charset=\"utf-8\">\n<title>%.*s</title>\n"
		       "<meta http-equiv=\"refresh\" content=\"0; url=%.*s\">\n"
		       "<p><a href=\"%.*s\">%.*s</a></p>\n",
		       STR_ARG(to), STR_ARG(to), STR_ARG(to), STR_ARG(to));
	if (len < 0 || (size_t)len >= sizeof page)
		return true;
	add_target(export, to);
	return put(export, "", target, true, (struct str){ page, (size_t)len }, 0, why);
}

/* What was killed goes at once: this run may come to no end, and so to no sweep. */
static bool remove_found(struct export *export, struct str target, struct fault *why)
{
	for (int page = 0; page < 2; page++) {
		if (find_path(&export->path, "", target, page) &&
		    !mirror_remove(&export->mirror, buf_str(&export->path), why))
			return false;
	}
	return true;
}

static bool keep_answer(struct export *export, struct str target, const struct reply *reply,
			struct fault *why)
{
	switch (reply->status) {
	case 200:
		return keep_found(export, target, reply, why);
	case 301:
	case 302:
		return keep_redirect(export, target, reply->location, why);
	case 404:
		return true;
	case 410:
		links_visit(reply->body, export->config->site.url, add_target, export);
		return put(export, ".gone/", target, true, reply->body, 0, why) &&
		       remove_found(export, target, why);
	default:
		return fail(why, BROKEN, "the site itself answers %u at %s; see fsck",
			    reply->status, QUOTE(target));
	}
}

static bool keep_not_found(struct export *export, struct fault *why)
{
	struct reply reply;

	inquiry_ask(export->inquiry, NOTHING_THERE, &reply);
	links_visit(reply.body, export->config->site.url, add_target, export);
	return reply.status != 404 ||
	       mirror_put(&export->mirror, STR("404.html"), reply.body, 0, why);
}

static bool export_all(struct export *export, struct fault *why)
{
	char target[REQUEST_TARGET_MAX + 1];
	struct reply reply;

	if (!add_store(export, why) || !keep_not_found(export, why))
		return false;
	for (size_t i = 0; i < export->targets.count; i++) {
		struct str next = export->targets.texts[i];

		terminal_progress("exporting", i, export->targets.count);
		snprintf(target, sizeof target, "%.*s", STR_ARG(next));
		inquiry_ask(export->inquiry, target, &reply);
		if (!keep_answer(export, next, &reply, why))
			return false;
	}
	terminal_progress("exporting", 1, 1);
	return mirror_sweep(&export->mirror, STR("log"), why);
}

/* --- the command ------------------------------------------------------------------ */

bool command_export(const struct call *call, struct fault *why)
{
	struct export export = { .now = clock_now() };
	struct config config;
	struct store *store = NULL;
	bool ok;

	if (!config_read(call->arena, config_path(call), &config, why) ||
	    !config_read_theme(&config, why) ||
	    !config_open_store(&config, STORE_READER, &store, why))
		return false;
	export.config = &config;
	set_init(&export.targets);
	buf_init(&export.path, REQUEST_TARGET_MAX + 64);
	ok = mirror_open(&export.mirror, call->arguments[0], config.site.name, why) &&
	     inquiry_open(&export.inquiry, &config.public_side, &config.site, store, export.now,
			  why) &&
	     export_all(&export, why);
	if (ok)
		printf("%llu written, %llu unchanged, %llu removed\n",
		       (unsigned long long)export.mirror.written,
		       (unsigned long long)export.mirror.unchanged,
		       (unsigned long long)export.mirror.removed);
	inquiry_close(&export.inquiry);
	mirror_close(&export.mirror);
	set_release(&export.targets);
	buf_release(&export.path);
	store_close(&store);
	return ok;
}
