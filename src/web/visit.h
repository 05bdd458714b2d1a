/*
 * visit - one request on its way to its answer, as handlers see it.
 */
#ifndef COMMUNIQUE_WEB_VISIT_H
#define COMMUNIQUE_WEB_VISIT_H

#include "answer.h"
#include "patience.h"
#include "query.h"
#include "ready.h"
#include "request.h"

#include <communique/newsroom.h>
#include <communique/page.h>

struct meters;

/* What the two doors share; a door that has no newsroom has no desk routes either. */
struct house {
	const struct site *site;
	struct store *store;
	struct newsroom *newsroom;
	const char *files;			  /* the folder of attachments */
	uint64_t attachment_max;		  /* desk */
	struct ready *ready;			  /* public; NULL: every page is made anew */
	const struct secret *preview_key;	  /* desk */
	struct patience *patience;		  /* desk; NULL: without end */
	unsigned ticks;				  /* desk: how often the loop has called */
	struct meters *meters;			  /* NULL: nothing is counted */
	void (*tell)(void *ctx, struct buf *out); /* more metrics; NULL: none */
	void *tell_ctx;
	int64_t began;		  /* public: when this process did, with its settings and theme */
	struct store_txn *moment; /* public: all answers from this one, as of `now` */
	int64_t now;
};

/* What stood in the address at the placeholders of the route's pattern. */
struct match {
	struct str language, release, number, other, keyid, version, asset, sha256, name, expiry,
		label, mac, year, month, topic, tile;
};

struct visit {
	const struct house *house;
	const struct request *request;
	const struct route *route;
	struct match match;
	struct str parameters[PARAMETERS_MAX]; /* of the route, decoded; see visit_parameter() */
	enum encoding encoding;		       /* public: what the client likes best */
	struct ready_turn turn;		       /* public: at the page */
	bool put_off;			       /* public: it comes once more */
	size_t language; /* index in the site's, of the address or the default */
	int64_t now;
	struct arena arena;
	struct answer *answer;
	struct store_txn *txn; /* public: from when the store is needed to the end */
	uint64_t version;      /* public: the store's, read before the transaction began */
	int64_t next_lift;     /* public: as of the version and the moment */
	struct act act;	       /* desk: who asks */
	struct str body;       /* of a POST or PUT, whole */
	const struct content_digest *digest; /* desk: what was announced of it */
};

/* The value of a parameter that the route names; STR_NONE: not given. */
struct str visit_parameter(const struct visit *visit, const char *name);

/* False: the door makes an error page or a problem document of the fault. */
typedef bool route_handler(struct visit *visit, struct fault *why);

/* The two doors: complete answers to anything. `bad`: the request could not be read. */
void public_answer(const struct house *house, const struct request *request,
		   const struct fault *bad, struct answer *answer);
void desk_answer(const struct house *house, const struct request *request, const struct fault *bad,
		 struct answer *answer);

#endif
