/*
 * record - the rows of the newsroom's tables: how their keys are made and their
 * values packed. Nobody else knows these layouts; store.h draws the keys.
 *
 *	REVISIONS   hash[32] change u8 accepted u64 public u64 serial u64 first u64 keyset u32
 *	            date u32 kind u8 change-note str title str summary str department str
 *	            topics str
 *	DRAFTS      hash[32] revision u32 change u8 saved u64 publish-at u64 (0: none)
 *	            size u32 key[8] holder str title str noted u64 (0: no note) noter str
 *	            note str
 *	SIGNATURES  when u64 nth u32 file str
 *	KEYSETS     hash[32] in-force u8 saved u64
 *	JOURNAL     what u8 when u64 public u64 hash[32] number u32 slug str language str
 *	SCHEDULE    number u32 date u32 replaced u32 slug str language str
 *	            (dates of the BOARD rows that come and go then, 0: none)
 *	BOARD       number u32 from u64 until u64 slug str language str
 *	CHANGES     a key of REVISIONS
 *	ATTACHMENTS size u64 saved u64 key[8]
 *	DUE         number u32 slug str language str
 *	            (a key set: its version, two empty texts)
 *	OUTBOX      state u8 taken u8 tries u32 public u64 next u64 revision u32 change u8
 *	            hash[32] slug str language str problem str
 *	PREVIEWS    hash[32] given u64 holder str
 *	FRESH       document u32 number u32 card[8] language str words str
 *	DOCUMENTS   of a language: documents u64 length u64
 *	AUDIT       when u64 key[8] request[32] holder str method str target str outcome str
 *
 *	HEADS       signed-at u64 before u64 (the size of the row before) note str
 *	META        keyset: version u32; log-since: the size u64 from which on the log's present
 *	            key has signed; copied: when u64, in a copy from which the log has not gone on
 *
 * Unpacking gives BROKEN for a damaged row; texts point into the row.
 */
#ifndef COMMUNIQUE_NEWSROOM_RECORD_H
#define COMMUNIQUE_NEWSROOM_RECORD_H

#include <communique/newsroom.h>
#include <communique/pack.h>
#include <communique/reading.h>

#define RECORD_MAX (64 * 1024) /* above the sum of the limits of what a card holds */
#define NEVER UINT64_MAX

struct store_key key_meta(const char *name);
struct store_key key_number(uint64_t n); /* JOURNAL, AUDIT */
struct store_key key_version(uint32_t version);
struct store_key key_hash(const struct hash *hash);
struct store_key key_signature(const struct hash *hash, const struct key_id *id);
struct store_key key_edition(struct edition edition);
struct store_key key_revision(struct edition edition, uint32_t number);
struct store_key key_use(const struct hash *hash, struct edition edition, uint32_t number);
struct store_key key_slug(struct str slug); /* prefix of all its editions */
struct store_key key_reference(struct str reference);
struct store_key key_schedule(int64_t public_at, uint64_t serial);
struct store_key key_replay(int64_t expires, const unsigned char id[16]);

/* The lists a revision stands in: `language 00 | letter | text 00`. */
/* Longer names are told by their hash; those of topics never are. */
#define VIEW_NAME_MAX 380
struct store_key key_view(struct str language, enum view view, struct str text);
/* A row of such a list. */
struct store_key key_board(const struct store_key *view, uint32_t date, uint64_t first_serial,
			   uint32_t number);
/* `slug 00 language 00` off the front of a key. */
bool edition_begin(struct str *key, struct edition *out);
/* `slug 00 language 00 number`, as key_revision() made it. */
bool revision_of_key(struct str key, struct edition *out, uint32_t *number);

struct draft_row {
	struct hash hash;
	uint32_t revision;
	enum change change;
	int64_t saved_at, publish_at;
	uint32_t size;
	struct key_id saved_by;
	struct str holder, title;
	int64_t noted_at; /* 0: nobody has sent it back */
	struct str noted_by, note;
};

struct keyset_row {
	struct hash hash;
	bool in_force;
	int64_t saved_at;
};

struct schedule_row {
	int64_t public_at;
	uint64_t serial;
	uint32_t number;
	uint32_t date, replaced; /* of the lists' rows that come and go then; 0: none */
	struct str slug, language;
};

struct attachment_row {
	uint64_t size;
	int64_t saved_at; /* the last time that it was uploaded */
	struct key_id saved_by;
};

struct board_row {
	uint32_t number;
	uint64_t from, until;
	struct str slug, language;
};

void pack_revision(struct buf *out, const struct revision *revision);
bool unpack_revision(struct str row, struct revision *out, struct fault *why);
void pack_draft(struct buf *out, const struct draft_row *draft);
bool unpack_draft(struct str row, struct draft_row *out, struct fault *why);
void pack_signature(struct buf *out, const struct signature_row *signature);
bool unpack_signature(struct str key, struct str row, struct signature_row *out, struct fault *why);
void pack_keyset(struct buf *out, const struct keyset_row *keyset);
bool unpack_keyset(struct str row, struct keyset_row *out, struct fault *why);
void pack_schedule(struct buf *out, const struct schedule_row *schedule);
bool unpack_schedule(struct str key, struct str row, struct schedule_row *out, struct fault *why);
void pack_board(struct buf *out, const struct board_row *board);
bool unpack_board(struct str row, struct board_row *out, struct fault *why);
/* A line of the journal: accepted, or dropped before it was public. */
enum journal_what { JOURNAL_ACCEPTED = 1, JOURNAL_DROPPED = 2 };
void pack_journal(struct buf *out, enum journal_what what, int64_t when,
		  const struct revision *revision);
void pack_attachment(struct buf *out, const struct attachment_row *row);
bool unpack_attachment(struct str row, struct attachment_row *out, struct fault *why);
struct journal_row {
	uint64_t serial;
	enum journal_what what;
	int64_t when, public_at;
	struct hash hash;
	uint32_t number;
	struct str slug, language;
};
bool unpack_journal(struct str key, struct str row, struct journal_row *out, struct fault *why);
void pack_audit(struct buf *out, const struct audit_row *row);
bool unpack_audit(struct str key, struct str row, struct audit_row *out, struct fault *why);

/* outbox.c */
struct notice;
bool unpack_notice(struct str key, struct str row, struct notice *out, struct fault *why);
/* preview.c */
struct preview;
void pack_preview(struct buf *out, const struct preview *preview);
bool unpack_preview(struct str key, struct str row, struct preview *out, struct fault *why);

/* One past the number of the table's last row; its keys are u64. */
uint64_t next_number(struct store_txn *txn, enum table table);

#endif
