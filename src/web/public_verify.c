/*
 * Is this text ours? A browser with the script asks by SHA-256 and keeps the text to itself; a
 * form without one sends the text, which is held against what is public and forgotten.
 */
#include "public.h"

#include "form.h"
#include "lists.h"
#include "recognize.h"

#include <communique/bytes.h>
#include <communique/digest.h>
#include <communique/logbook.h>
#include <communique/utf8.h>
#include <communique/verification.h>

/* Of a text that is all ours, but a part: a few words are anybody's. */
#define PART_MIN 80

struct inquest {
	struct visit *visit;
	struct verification found;
	struct revision revision;
	struct signers signers;
};

static struct str hash_words(struct visit *visit, const struct hash *hash)
{
	return arena_copy(&visit->arena, str_from(HASH_TEXT(hash)));
}

/* --- what it is ----------------------------------------------------------------------- */

/* Fills in what is told of a public revision; false: it was removed, and nothing is. */
static bool tell(struct inquest *inquest, const struct revision *revision, bool *removed,
		 struct fault *why)
{
	struct visit *visit = inquest->visit;
	struct verification *found = &inquest->found;
	struct revision newest, kill;
	struct disputes disputes;
	struct release *release;
	struct str file;

	inquest->revision = *revision;
	if (!reading_release(visit->txn, revision->language, revision->slug, visit->now, &newest) ||
	    !reading_file(visit->txn, &revision->hash, &file))
		return store_check(visit->txn, why) &&
		       fail(why, BROKEN, "the file of a public revision is missing");
	*removed = public_is_killed(visit, &newest, revision->number, &kill);
	if (*removed)
		return store_check(visit->txn, why);
	if (!release_parse(&visit->arena, file, &release, why)) {
		why->kind = BROKEN; /* it was accepted once: the mistake is on this side */
		return false;
	}
	find_signers(visit, &revision->hash, &inquest->signers);
	found->ours = release;
	found->public_at = revision->public_at;
	found->newest = newest.number;
	disputes = reading_disputes(visit->txn, &visit->arena);
	found->disputed = disputes_has(&disputes, revision);
	found->withdrawn = newest.change == CHANGE_WITHDRAWAL;
	found->signers = inquest->signers.at;
	found->signer_count = inquest->signers.count;
	return store_check(visit->txn, why);
}

/* True also when it is found not to be ours. */
static bool look_up(struct inquest *inquest, const struct hash *hash, enum verified as,
		    struct fault *why)
{
	struct visit *visit = inquest->visit;
	struct revision revision;
	bool removed;

	inquest->found.sha256 = hash_words(visit, hash);
	inquest->found.result = VERIFIED_UNKNOWN;
	if (!reading_revision_of(visit->txn, hash, visit->now, &revision))
		return store_check(visit->txn, why);
	if (!tell(inquest, &revision, &removed, why))
		return false;
	inquest->found.result = removed ? VERIFIED_REMOVED : as;
	return true;
}

/* --- what differs ----------------------------------------------------------------------- */

/* Line ends as they are in a release file, no mark of the byte order, nothing around it. */
static struct str tidy(struct arena *arena, struct str text)
{
	char *at;
	size_t len = 0;

	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_skip(text, 3);
	at = arena_alloc(arena, text.len + 1);
	for (size_t i = 0; i < text.len; i++) {
		bool is_pair = text.at[i] == '\r' && i + 1 < text.len && text.at[i + 1] == '\n';

		if (!is_pair && (len > 0 || (text.at[i] != '\n' && text.at[i] != '\r')))
			at[len++] = text.at[i] == '\r' ? '\n' : text.at[i];
	}
	while (len > 0 && (at[len - 1] == '\n' || at[len - 1] == ' ' || at[len - 1] == '\t'))
		len--;
	at[len] = '\n';
	return (struct str){ at, len ? len + 1 : 0 };
}

/* One space between words, and none of the signs that lead to paragraphs. */
static struct str words_of(struct arena *arena, struct str text)
{
	static const struct str pilcrow = { "¶", sizeof("¶") - 1 };
	char *at = arena_alloc(arena, text.len + 1);
	size_t len = 0;

	while (text.len > 0) {
		bool is_space = strchr(" \t\n\r", text.at[0]) != NULL;
		size_t taken = str_starts(text, pilcrow) ? pilcrow.len : 1;

		if (taken > 1 || is_space) {
			if (len > 0 && at[len - 1] != ' ')
				at[len++] = ' ';
		} else {
			at[len++] = text.at[0];
		}
		text = str_skip(text, taken);
	}
	if (len > 0 && at[len - 1] == ' ')
		len--;
	return (struct str){ at, len };
}

/* As the page shows them: the title, and each block with its mark. */
static struct str our_words(struct arena *arena, const struct release *release)
{
	struct buf text;
	struct str kept;

	buf_init(&text, 2 * RELEASE_FILE_MAX);
	buf_add(&text, release->title);
	for (const struct node *node = release->document; node; node = node_after(node)) {
		if (!node_is_block(node) || node->kind == NODE_END_MARK)
			continue;
		buf_add_char(&text, '\n');
		buf_add(&text, node->mark);
		buf_add_char(&text, ' ');
		node_own_text(node, &text);
	}
	kept = words_of(arena, buf_str(&text));
	buf_release(&text);
	return kept;
}

/* Half of our words must be there, or half of theirs be ours: or it is about something else. */
static bool compare_words(struct inquest *inquest, struct str text)
{
	struct verification *found = &inquest->found;
	struct arena *arena = &inquest->visit->arena;
	struct str ours = our_words(arena, found->ours), theirs = words_of(arena, text);
	size_t kept = 0;

	found->words = text_difference(arena, ours, theirs);
	for (const struct segment *at = found->words; at; at = at->next) {
		kept += at->mark == TEXT_KEPT ? at->text.len : 0;
		found->missing = found->missing || at->mark == TEXT_REMOVED;
		found->added = found->added || at->mark == TEXT_ADDED;
	}
	return kept >= ours.len / 2 || (theirs.len >= PART_MIN && kept >= theirs.len / 2);
}

/* The file says which revision it is. Where that is none, it is held against the newest: a
 * number under embargo and one that will never be are answered alike. */
static bool find_claimed(struct inquest *inquest, const struct claim *claim, struct revision *out)
{
	struct visit *visit = inquest->visit;

	if (!str_equal(claim->site, visit->house->site->name))
		return false;
	return reading_revision(visit->txn, claim->language, claim->slug, claim->revision,
				visit->now, out) ||
	       reading_release(visit->txn, claim->language, claim->slug, visit->now, out);
}

static bool compare_file(struct inquest *inquest, const struct claim *claim, struct str text,
			 struct fault *why)
{
	struct verification *found = &inquest->found;
	struct release *theirs = NULL;
	struct revision revision;
	bool removed;

	if (!find_claimed(inquest, claim, &revision))
		return store_check(inquest->visit->txn, why);
	if (!tell(inquest, &revision, &removed, why))
		return false;
	found->result = removed ? VERIFIED_REMOVED : VERIFIED_DIFFERENT;
	found->claimed = claim->revision;
	if (removed)
		return true;
	if (release_parse(&inquest->visit->arena, text, &theirs, NULL))
		found->theirs = theirs;
	else
		compare_words(inquest, str_skip(text, str_find_str(text, STR("\n\n"))));
	return true;
}

static bool compare_page(struct inquest *inquest, struct str text, struct fault *why)
{
	struct verification *found = &inquest->found;
	struct verification before = *found;
	struct revision revision;
	bool recognized, removed;

	if (!text_recognize(inquest->visit, text, &revision, &recognized, why))
		return false;
	if (!recognized)
		return store_check(inquest->visit->txn, why);
	if (!tell(inquest, &revision, &removed, why))
		return false;
	found->result = removed ? VERIFIED_REMOVED : VERIFIED_WORDS;
	if (!removed && !compare_words(inquest, text))
		*found = before;
	return true;
}

static bool judge(struct inquest *inquest, struct str bytes, struct fault *why)
{
	struct str text = tidy(&inquest->visit->arena, bytes), sha256;
	struct hash exact = hash_of(bytes), like = hash_of(text);
	struct claim claim;

	if (!look_up(inquest, &exact, VERIFIED_EXACT, why))
		return false;
	sha256 = inquest->found.sha256;
	if (inquest->found.result == VERIFIED_UNKNOWN &&
	    !look_up(inquest, &like, VERIFIED_TEXT, why))
		return false;
	inquest->found.sha256 = sha256;
	if (inquest->found.result != VERIFIED_UNKNOWN || utf8_valid_length(text) < text.len)
		return true;
	return release_claim(text, &claim) ? compare_file(inquest, &claim, text, why)
					   : compare_page(inquest, text, why);
}

/* --- the addresses ---------------------------------------------------------------------------- */

typedef bool verify_page(const struct page *page, const struct verification *verification,
			 struct buf *out, struct fault *why);

/* One hash has one spelling. */
static bool read_hash(struct str text, struct hash *out)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_upper(text.at[i]))
			return false;
	}
	return hex_decode(out->at, HASH_SIZE, text);
}

static bool show(struct visit *visit, const char *type, verify_page *make, bool must_ask,
		 struct fault *why)
{
	struct str asked = visit_parameter(visit, "sha256");
	struct inquest inquest = { .visit = visit, .found = { .sha256 = STR_NONE } };
	struct str language = visit->house->site->languages[visit->language];
	struct page page =
		public_page(visit, arena_printf(&visit->arena, "/%.*s/verify", STR_ARG(language)));
	struct hash hash;
	struct buf made;

	if (must_ask || str_given(asked)) {
		if (!read_hash(asked, &hash))
			return fail(why, INVALID, "sha256 is 64 digits, 0-9 and a-f");
		if (!look_up(&inquest, &hash, VERIFIED_EXACT, why))
			return false;
	}
	buf_init(&made, PAGE_MAX);
	if (make(&page, &inquest.found, &made, why))
		return public_send_made(visit, type, LIVE, &made, why);
	buf_release(&made);
	return false;
}

bool show_verify(struct visit *visit, struct fault *why)
{
	return show(visit, HTML, page_verify, false, why);
}

bool show_verify_json(struct visit *visit, struct fault *why)
{
	return show(visit, JSON_TYPE, json_verify, true, why);
}

/* A form sends each line end as CR LF, whatever it was. A file comes as it is. */
static struct str form_text(struct arena *arena, struct str text)
{
	char *at = arena_alloc(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != '\r' || i + 1 == text.len || text.at[i + 1] != '\n')
			at[len++] = text.at[i];
	}
	return (struct str){ at, len };
}

bool verify_text(struct visit *visit, struct fault *why)
{
	struct inquest inquest = { .visit = visit, .found = { .sha256 = STR_NONE } };
	struct page page = public_page(visit, visit->request->path);
	struct form form;
	struct str file, text;

	if (!form_read(visit->request->content_type, visit->body, &visit->arena, &form, why))
		return false;
	file = form_value(&form, "file");
	text = file.len > 0 ? file : form_text(&visit->arena, form_value(&form, "text"));
	if (text.len > 0 && !judge(&inquest, text, why))
		return false;
	answer_begin(visit->answer, 200);
	answer_field(visit->answer, "Content-Type", str_from(HTML));
	answer_field(visit->answer, "Cache-Control", STR("no-store"));
	return page_verify(&page, &inquest.found, answer_body(visit->answer), why);
}
