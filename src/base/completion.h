/*
 * completion - what the shells offer at TAB, from the same table as the help.
 * Private to base: command.c calls it.
 */
#ifndef COMMUNIQUE_BASE_COMPLETION_H
#define COMMUNIQUE_BASE_COMPLETION_H

#include <communique/command.h>

/* Prints the script for the shell that the one argument names: bash, zsh or fish. Returns the
 * exit status. */
int completion_print(const struct program *program, int argc, char **argv);

#endif
