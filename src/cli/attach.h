/*
 * attach - the files that stand behind a release's Attachment fields.
 *
 * A header names each by its name and its SHA-256, and the signatures stand over the header.
 * So a file is sent only when it is the one that was named: what is uploaded by mistake is
 * found here, before anything was signed or sent.
 */
#ifndef CLI_ATTACH_H
#define CLI_ATTACH_H

#include "desk_client.h"
#include "header.h"

/* For each --attach FILE an Attachment field with its name and true hash. */
bool attach_to_header(const struct call *call, struct header *header, struct fault *why);
/* Each --attach FILE is one that the header names, with its hash. HASH_MISMATCH, INVALID. */
bool attach_check(const struct call *call, const struct release *release, struct fault *why);
/* Sends them; with a progress bar. What is there already is sent again, which is harmless. */
bool attach_upload(const struct call *call, struct desk *desk, struct fault *why);

#endif
