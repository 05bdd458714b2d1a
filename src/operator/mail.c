/*
 * mail - a public release as a message that a mail program can send on.
 *
 * RFC 5322 and MIME: the header in ASCII (RFC 2047 for the rest), the text in base64,
 * because a paragraph is one line and may be longer than a mail's lines can be.
 */
#include <communique/bytes.h>
#include <communique/clock.h>
#include <communique/reading.h>

#include "config.h"

enum { MAIL_MAX = 4 * RELEASE_FILE_MAX, WORD_BYTES = 39, LINE_BYTES = 57 };

/* --- the header ------------------------------------------------------------------------------- */

/* Pieces of at most 39 bytes, none within a letter: encoded words of at most 75. */
static size_t piece_of(struct str text)
{
	size_t len = text.len < WORD_BYTES ? text.len : WORD_BYTES;

	while (len < text.len && len > 1 && ((unsigned char)text.at[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.at[i] < ' ' || (unsigned char)text.at[i] > '~')
			return false;
	}
	return text.len <= 60 && str_find_str(text, STR("=?")) == text.len;
}

static void add_subject(struct buf *out, struct str title)
{
	buf_add(out, STR("Subject: "));
	if (is_plain(title)) {
		buf_add(out, title);
		title = STR("");
	}
	for (bool first = true; title.len; first = false) {
		size_t len = piece_of(title);

		buf_add_text(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		buf_add_base64(out, title.at, len);
		buf_add(out, STR("?="));
		title = str_skip(title, len);
	}
	buf_add(out, STR("\r\n"));
}

/* RFC 5322, 3.3: as in HTTP, but with the zone as a number. */
static void add_date(struct buf *out, int64_t when)
{
	char text[HTTP_TIME_SIZE];
	struct str date = http_time_format(text, when);

	buf_addf(out, "Date: %.*s +0000\r\n", STR_ARG(str_first(date, date.len - 4)));
}

static bool is_mail_address(struct str text)
{
	return text.len < 250 && is_plain(text) && str_find(text, '@') < text.len &&
	       str_find(text, ' ') == text.len;
}

static void add_header(struct buf *out, const struct site *site, const struct release *release,
		       const struct revision *revision)
{
	if (is_mail_address(site->contact))
		buf_addf(out, "From: %.*s\r\n", STR_ARG(site->contact));
	add_subject(out, release->title);
	add_date(out, revision->public_at);
	buf_addf(out, "Message-ID: <%.32s@%.*s>\r\n", HASH_TEXT(&revision->hash),
		 STR_ARG(site->name));
	buf_addf(out, "Content-Language: %.*s\r\n", STR_ARG(release->language));
	buf_add(out, STR("MIME-Version: 1.0\r\n"
			 "Content-Type: text/plain; charset=utf-8\r\n"
			 "Content-Transfer-Encoding: base64\r\n\r\n"));
}

/* --- the text ------------------------------------------------------------------------------------
 */

static void add_text(struct buf *out, const struct site *site, const struct release *release)
{
	buf_addf(out, "%.*s\n", STR_ARG(release->title));
	for (size_t i = 0; i < release->subtitles.count; i++)
		buf_addf(out, "%.*s\n", STR_ARG(release->subtitles.at[i]));
	if (release->change_note.len)
		buf_addf(out, "\n[%.*s: %.*s]\n", STR_ARG(change_word(release->change)),
			 STR_ARG(release->change_note));
	buf_add_char(out, '\n');
	if (release->document)
		node_plain_text(release->document, out);
	buf_add(out, STR("\n\n"));
	for (size_t i = 0; i < release->contacts.count; i++)
		buf_addf(out, "%.*s\n", STR_ARG(release->contacts.at[i]));
	buf_addf(out, "%.*s/%.*s/releases/%.*s\n", STR_ARG(site->url), STR_ARG(release->language),
		 STR_ARG(release->slug));
}

static void add_lines_of_base64(struct buf *out, struct str text)
{
	while (text.len) {
		struct str line = str_first(text, LINE_BYTES);

		buf_add_base64(out, line.at, line.len);
		buf_add(out, STR("\r\n"));
		text = str_skip(text, line.len);
	}
}

/* --- the command
 * ----------------------------------------------------------------------------------- */

static bool write_mail(const struct call *call, const struct site *site, struct store_txn *txn,
		       struct buf *out, struct fault *why)
{
	struct str rest = str_from(call->arguments[0]), language = str_cut(&rest, '/'), file;
	struct revision revision;
	struct release *release;
	struct buf text;

	if (!slug_valid(rest) || !language_valid(language))
		return fail(why, USAGE, "name it as LANGUAGE/RELEASE, not \"%s\"",
			    QUOTE(str_from(call->arguments[0])));
	if (!reading_release(txn, language, rest, clock_now(), &revision) ||
	    revision.change == CHANGE_KILL || !reading_file(txn, &revision.hash, &file))
		return store_check(txn, why) && fail(why, NOT_FOUND, "there is no public %s in %s",
						     QUOTE(rest), QUOTE(language));
	if (!release_parse(call->arena, file, &release, why))
		return false;
	buf_init(&text, MAIL_MAX);
	add_text(&text, site, release);
	add_header(out, site, release, &revision);
	add_lines_of_base64(out, buf_str(&text));
	buf_release(&text);
	return buf_check(out, why);
}

bool command_mail(const struct call *call, struct fault *why)
{
	struct store_txn *txn = NULL;
	struct store *store = NULL;
	struct config config;
	struct buf out;
	bool ok;

	if (!config_read(call->arena, config_path(call), &config, why) ||
	    !config_open_store(&config, STORE_READER, &store, why))
		return false;
	buf_init(&out, MAIL_MAX);
	ok = store_read_begin(store, &txn, why) && write_mail(call, &config.site, txn, &out, why);
	store_read_end(&txn);
	if (ok)
		fwrite(out.at, 1, out.len, stdout);
	buf_release(&out);
	store_close(&store);
	return ok;
}
