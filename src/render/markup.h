/*
 * markup - text as it may stand in HTML.
 *
 * The five characters that mean something become references, in text and in attribute
 * values alike (which are always in double quotes).
 */
#ifndef COMMUNIQUE_RENDER_MARKUP_H
#define COMMUNIQUE_RENDER_MARKUP_H

#include <communique/page.h>
#include <communique/url.h>

void html_add_text(struct buf *out, struct str text);
/* ` name="value"`, with a space in front; nothing when value is STR_NONE. */
void html_add_attribute(struct buf *out, const char *name, struct str value);
/* The address of an attachment. Its root is ours, and has nothing to escape. */
void files_add_address(struct buf *out, const struct files *files,
		       const struct attachment *attachment);
bool has_scheme(struct str address, struct str scheme); /* "https://", in any case */
/* Whether an address may become a link: https, http, mailto, a path or a fragment of
 * this site. The parser refuses others; this does not take its word for it. */
bool address_is_safe(struct str address);

#endif
