/*
 * log_reader - a site's public log, read over HTTP: C2SP tlog-tiles at /log/.
 *
 * Nothing that comes is believed: a checkpoint counts by its signature, hashes by the root
 * they lead to, leaves by their hashes. Tiles are kept as long as the reader lives, as the
 * same ones are needed again and again.
 */
#ifndef CLI_LOG_READER_H
#define CLI_LOG_READER_H

#include <communique/checkpoint.h>
#include <communique/set.h>
#include <communique/tile.h>

#include "http.h"

struct log_reader {
	struct http *http;
	struct set names;  /* of the tiles that are kept */
	struct str *tiles; /* at their numbers; the memory of `names` */
	size_t room;
	struct buf body;
};

void log_reader_init(struct log_reader *reader, struct http *http);
void log_reader_free(struct log_reader *reader);

/* The checkpoint that is published now. Whose it is has yet to be verified, as the log itself
 * says with which key. Texts are the http's arena's. */
bool log_reader_checkpoint(struct log_reader *reader, struct checkpoint *out, struct fault *why);

/* That the log of `to` grew out of the one of `from`, by its tiles; from 0, that they lead to
 * its root. INVALID when not. */
bool log_reader_grew(struct log_reader *reader, uint64_t from, const struct hash *from_root,
		     const struct checkpoint *to, struct fault *why);

/* That this leaf is at this index of the log of `in`. INVALID when not. */
bool log_reader_includes(struct log_reader *reader, struct str leaf, uint64_t index,
			 const struct checkpoint *in, struct fault *why);

/* Adds the entry bundle of this number to `out`, for a log of `size`. */
bool log_reader_entries(struct log_reader *reader, uint64_t number, uint64_t size, struct buf *out,
			struct fault *why);
/* A tile as it is, for whoever holds it against its entries. */
bool log_reader_tile(struct log_reader *reader, const struct tile *tile, struct str *out,
		     struct fault *why);

#endif
