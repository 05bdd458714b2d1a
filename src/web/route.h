/*
 * route - every address there is, in one table.
 *
 * A pattern is the address with placeholders. Each stands for the longest run of the letters
 * it may hold, at least one; as none of them may hold "/" or "." but {asset}, {name} and {tile},
 * which stand last, and {topic}, which stands last in its segment, an address fits a pattern in
 * one way:
 *
 *	{language}  A-Z a-z 0-9 -	{release}  a-z 0-9 -	{keyid}  0-9 a-f
 *	{sha256}  0-9 a-f		{name}  all but /
 *	{year} {month}  0-9		{topic}  all but /
 *	{number} {other} {version}  0-9	{asset}  A-Z a-z 0-9 . _ -
 *	{tile}  a-z 0-9 . /
 *	{expiry}  0-9			{label}  a-z 0-9 -	{mac}  A-Z a-z 0-9 _ -
 *
 * The first route that fits method, address and door counts.
 */
#ifndef COMMUNIQUE_WEB_ROUTE_H
#define COMMUNIQUE_WEB_ROUTE_H

#include "visit.h"

/* LOCAL: what the web server hands on for its own machine alone (metrics.c). */
enum door { DOOR_PUBLIC = 1, DOOR_DESK = 2, DOOR_LOCAL = 4 };

struct route {
	enum method method; /* GET answers HEAD too */
	const char *pattern;
	unsigned doors; /* of enum door */
	route_handler *handle;
	const char *parameters; /* that it knows, in their order (query.h); NULL: none */
	bool keeps;		/* public: its pages are kept ready */
	bool alone;		/* public: it answers also when the store cannot be read */
	bool dear;		/* public: it takes long, and waits in the lane */
	/* desk */
	unsigned roles; /* any of them; 0: any key of the key set */
	size_t body_max;
	bool streams; /* the handler reads the body, of up to the house's attachment_max */
	bool open;    /* needs no signature */
	bool changes; /* uses up the request signature, is audited */
};

/* NULL: none. *other_method then says whether the address is there for another method. */
const struct route *route_find(enum door door, enum method method, struct str path,
			       struct match *match, bool *other_method);
/* "GET, HEAD, PUT": the methods of an address. */
void route_allow(enum door door, struct str path, struct buf *out);
bool route_fits(const char *pattern, struct str path, struct match *match);

/* The one address of a public page that was asked for in another spelling (case, a slash
 * too many or too few): false when there is none or it is spelt right. Every page has one
 * address; its twins answer 301. The language is spelt as the site does. */
bool route_twin(const struct site *site, struct str path, struct buf *out);

/* --- the handlers ------------------------------------------------------------------- */

route_handler show_root, show_home, show_board, show_release, show_text, show_first_signature,
	show_signature, show_json, show_topic, show_topics, show_archive, show_feed,
	show_topic_feed, show_sitemap, show_schema, show_sitemap_pages, show_sitemap_month,
	show_sitemap_news, show_security, show_history, show_difference, show_search,
	show_search_feed, show_asset, show_health, show_metrics, show_robots, show_keys,
	show_verify, show_verify_json, verify_text;
route_handler show_proof, show_bundle, show_checkpoint, show_tile, show_keys_signature;
route_handler show_file, save_file;
route_handler show_desk, show_desk_file, show_desk_site, look_at_text, note_draft;
route_handler list_drafts, show_draft, show_accepted, save_draft, drop_draft, sign_draft,
	list_keysets, save_keyset, sign_keyset, list_audit;
route_handler preview_draft, preview_file, give_preview, revoke_preview, list_previews,
	show_preview, show_preview_file, list_outbox;

#endif
