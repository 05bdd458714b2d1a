/*
 * terminal - what a person at a terminal sees and is asked.
 *
 * Colour and progress are for a terminal only, and NO_COLOR is respected. Text
 * that came from a file or a server is printed with terminal_print(), which
 * shows control characters as \xNN: no release may repaint an editor's screen.
 */
#ifndef COMMUNIQUE_TERMINAL_H
#define COMMUNIQUE_TERMINAL_H

#include <communique/buf.h>

enum tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_DOUBT, TONE_STRONG, TONE_FAINT };

bool terminal_is(int fd);
/* The escape sequence that begins a tone on this stream, "" when it has no colour. */
const char *terminal_tone(FILE *to, enum tone tone);
void terminal_print(FILE *to, struct str text);

/* A bar on standard error while something long goes on; nothing when that is no
 * terminal. Call with done == total to end it. */
void terminal_progress(const char *label, uint64_t done, uint64_t total);

/* Asks on /dev/tty. USAGE when there is no terminal. The answer's line end is
 * taken off. terminal_password() does not echo; wipe the buffer after use. */
bool terminal_ask(const char *question, struct buf *answer, struct fault *why);
bool terminal_password(const char *question, char *out, size_t room, struct fault *why);

#endif
