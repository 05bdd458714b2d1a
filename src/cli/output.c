#include <unistd.h>

#include <communique/terminal.h>

#include "output.h"

void output_bytes(struct str bytes)
{
	if (terminal_is(STDOUT_FILENO))
		terminal_print(stdout, bytes);
	else
		fwrite(bytes.at, 1, bytes.len, stdout);
}
