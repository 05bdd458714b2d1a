/*
 * text - what the bytes of a release file and of a captured page must be.
 */
#ifndef RELEASE_TEXT_H
#define RELEASE_TEXT_H

#include <communique/fault.h>

/* UTF-8 in normal form C; LF line ends; no control characters but LF and TAB, no
 * bidirectional overrides, no byte order mark. Fails with `kind` and the line. */
bool text_check(struct str text, enum fault_kind kind, struct fault *why);

#endif
