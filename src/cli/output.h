/*
 * output - bytes from elsewhere as a result on standard output: exactly as they
 * are into a file or a pipe, with control characters made visible on a terminal.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <communique/str.h>

void output_bytes(struct str bytes);

#endif
