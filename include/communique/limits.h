/*
 * limits - every limit on what comes from outside, in one place.
 *
 * Those of the release file and of the key set are part of their formats and
 * never change; the others may be raised with the program. communique-limits(7) has each with
 * its value and reason, and a test holds it against this file.
 */
#ifndef COMMUNIQUE_LIMITS_H
#define COMMUNIQUE_LIMITS_H

/* The release file (communique-release(5)). */
#define RELEASE_FILE_MAX (1024 * 1024)
#define RELEASE_HEADER_LINES_MAX 200
#define RELEASE_SLUG_MAX 96
#define RELEASE_SITE_MAX 253
#define RELEASE_LANGUAGE_MAX 35
#define RELEASE_TITLE_MAX 400
#define RELEASE_SUMMARY_MAX 320 /* code points */
#define RELEASE_ATTACHMENTS_MAX 32
#define RELEASE_TABLE_COLUMNS_MAX 64
#define RELEASE_BLOCKS_MAX 20000 /* with rows and cells: what a page of PAGE_MAX can show */
#define RELEASE_DEPTH_MAX 8	 /* levels of lists below each other */

#define RELEASE_LEGACY_MAX 4
#define LEGACY_ADDRESS_MAX 255

/* A captured board page. */
#define CAPTURE_MAX RELEASE_FILE_MAX

/* Keys and signatures. */
#define KEYSET_MAX (64 * 1024)
#define KEYSET_KEYS_MAX 256
#define KEYSET_WITNESSES_MAX 16
#define KEY_FILE_MAX 4096
#define SIGNATURE_FILE_MAX 4096
#define TRUSTED_COMMENT_MAX 1024
#define SIGNATURES_PER_FILE_MAX 64
#define SCRYPT_MEMORY_MAX (2ull * 1024 * 1024 * 1024)
#define SCRYPT_MEMORY_MIN (16ull * 1024 * 1024)		/* a new key is not sealed with less */
#define SCRYPT_OPERATIONS_MAX (4ull * 32 * 1024 * 1024) /* four times minisign's */

/* The public log. */
#define LOG_LEAVES_MAX (1ull << 62)
#define LEAF_MAX (8 * 1024)
#define NOTE_MAX (128 * 1024) /* sixteen cosignatures of any kind there is, and then some */
#define NOTE_SIGNATURES_MAX 64
#define NOTE_SIGNATURE_SIZE_MAX 8192 /* one, decoded; those of later kinds are large */
#define NOTE_NAME_MAX 300
#define COSIGNATURES_MAX 16
#define LOG_PROOF_MAX (NOTE_MAX + 16 * 1024)
#define LOG_PROOF_EXTRA_MAX 4096

/* Request signatures (RFC 9421). */
#define SIGNATURE_INPUT_MAX 2048
#define SIGNATURE_FIELD_MAX 512
#define CONTENT_DIGEST_MAX 1024 /* the field of RFC 9530 */
#define HTTPSIG_LABELS_MAX 16	/* signatures on one request, ours and others' */
#define HTTPSIG_NONCE_MAX 256
#define SIGNATURE_LIFE_MAX 300	   /* seconds, expires - created */
#define CLOCK_TOLERANCE 60	   /* seconds, each way */
#define REPLAYS_MAX 1000000	   /* rows in the replay table: 503 beyond */
#define REPLAYS_KEPT_SECONDS 86400 /* after they are over */
#define REPLAYS_KEPT_MAX 100000	   /* of these; beyond, only while they could be used */
#define REFUSALS_BURST 200	   /* changes of one key that may be refused at once: 429 beyond */
#define REFUSALS_SECONDS 1	   /* until one more may be */
#define BODIES_PER_KEY_MAX 4	   /* of one key, on their way to the desk: 429 beyond */

/* Requests. */
#define REQUEST_HEAD_MAX (16 * 1024) /* FastCGI parameters, with their framing */
#define REQUEST_TARGET_MAX 2048
#define HEAD_SECONDS 5	      /* for a request's head to be complete */
#define BODY_SECONDS 30	      /* between two pieces of a body */
#define READER_BODY_SECONDS 5 /* for a text that a reader sends: the web server has all of it */
#define BODY_RATE_MIN 1024    /* bytes a second on average, once BODY_SECONDS have passed */
#define WRITE_SECONDS 30      /* between two pieces of an answer */
#define UNSENT_MAX (128 * 1024 * 1024) /* of all answers that are taken slowly */
#define DRAIN_MAX (64 * 1024)
#define LINGER_SECONDS 2
#define IDLE_SECONDS 75 /* longer than nginx's keepalive, so that nginx closes first */
#define CONNECTIONS_MAX 8192
#define THREADS_MAX 256
#define LANE_WAITING_MAX 512 /* searches and their likes that wait for their turn: 503 beyond */

/* What a reader may send to be compared: the largest file, and what a form adds to it. */
#define VERIFY_BODY_MAX (2 * 1024 * 1024)

/* Attachments. */
#define ATTACHMENT_UNUSED_SECONDS (7 * 24 * 3600) /* then it is swept */

/* The desk. */
#define DRAFTS_MAX 1000	    /* that wait at once */
#define DRAFT_NOTE_MAX 1000 /* characters, with which a draft is sent back */
#define DRAFT_NOTE_BYTES (4 * DRAFT_NOTE_MAX)
#define DROP_SECONDS 2 /* before its lift a schedule can no longer be taken back */

/* Answers. A page has room for the largest release there may be: in JSON each byte of it may
 * take sixteen, as text and again as HTML, and each block has its markup. */
#define PAGE_MAX (24 * 1024 * 1024)
#define BOARD_PAGE_SIZE 20
#define FILTER_ROWS_MAX 5000	     /* rows that a list of several filters looks at */
#define HISTORY_SHOWN_MAX 500	     /* revisions on the page of a release's past, the newest */
#define READY_MAX (64 * 1024 * 1024) /* bytes of pages kept ready in memory */

/* Preview links. */
#define PREVIEW_DAYS_MAX 14
#define PREVIEW_LABEL_MAX 32
#define PREVIEW_WISH_MAX 1024	     /* the body that asks for one */
#define PREVIEWS_PER_EDITION_MAX 100 /* that have not expired */

/* Notices of publications. */
#define OUTBOX_TRIES_MAX 80 /* about three days */
#define OUTBOX_DAYS 30	    /* how long it can be seen what became of one */

/* Configuration, theme and message files. */
#define THEME_FILES_MAX 128
#define THEME_FILE_MAX (4 * 1024 * 1024) /* a font with all of Hangul */
#define THEME_TEMPLATE_MAX (256 * 1024)
#define THEME_MAX (16 * 1024 * 1024) /* all of them */
#define LOGO_MAX (256 * 1024)
#define CONFIG_MAX (256 * 1024)
#define MANIFEST_MAX (512 * 1024 * 1024) /* of a backup: three million attachments */
#define SITE_LANGUAGES_MAX 32
#define SITE_LINKS_MAX 16 /* in a menu, in a footer */
#define SITE_LINK_NAME_MAX 120
#define SITE_LINK_MAX 512

#endif
