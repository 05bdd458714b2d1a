/*
 * server - the two FastCGI responders.
 *
 * serve is the public side: it opens the store read-only, holds no key, and
 * answers GET and HEAD. desk is the editors' side: the only writer. Both run the
 * same accept loop (src/web/loop.c) over an inherited or own UNIX socket until
 * SIGTERM or SIGINT, then answer what had arrived and return.
 */
#ifndef COMMUNIQUE_SERVER_H
#define COMMUNIQUE_SERVER_H

#include <communique/confine.h>
#include <communique/newsroom.h>
#include <communique/page.h>
#include <communique/store.h>

struct server_options {
	const char *socket;		  /* path; NULL: file descriptor 3 (LISTEN_FDS) */
	const char *socket_group;	  /* who may connect besides us; NULL: our own group */
	unsigned threads;		  /* 0: one a core */
	const char *files;		  /* where attachments lie, below it */
	const char *spool;		  /* desk: where bodies stream to */
	uint64_t attachment_max;	  /* desk: bytes */
	const struct secret *preview_key; /* desk */
	struct confine_rights rights;	  /* what it keeps when it begins to answer */
	/* What is done then, under the same rights; NULL: nothing. */
	bool (*begin)(void *ctx, struct fault *why);
	void *begin_ctx;
	void (*tell)(void *ctx, struct buf *out); /* desk: more metrics (metrics.h); may be NULL */
	void *tell_ctx;
};

bool serve_run(const struct server_options *options, const struct site *site, struct store *store,
	       struct fault *why);
bool desk_run(const struct server_options *options, const struct site *site,
	      struct newsroom *newsroom, struct fault *why);

#endif
