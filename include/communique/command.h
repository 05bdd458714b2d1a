/*
 * command - a program as a table of its commands.
 *
 * main() is one call of command_main(). Each command is a row: its name, what
 * it takes, one line for the list, a longer text for `--help`, its options, its
 * function. From the same table come the usage messages and the completions for
 * bash, zsh and fish (`completion SHELL`, present in every program).
 *
 * Exit status: 0 done, 1 said no, 2 wrong usage, 3 could not. Results go to
 * standard output, everything else to standard error.
 */
#ifndef COMMUNIQUE_COMMAND_H
#define COMMUNIQUE_COMMAND_H

#include <communique/arena.h>

struct option {
	const char *name;  /* "key": --key, --key=VALUE */
	char letter;	   /* 'k': -k; 0: none */
	const char *value; /* what it takes, for the help: "FILE"; NULL: a flag */
	const char *help;
};

struct given {
	const struct option *option;
	const char *value;
};

/* One call of one command. All memory is the arena's. */
struct call {
	const char *program;
	const struct command *command;
	struct arena *arena;
	const char **arguments; /* without options */
	size_t argument_count;
	struct given *given;
	size_t given_count;
};

struct command {
	const char *name;
	const char *takes;	      /* "FILE [SIGNATURE]" */
	const char *does;	      /* one line */
	const char *help;	      /* paragraphs; NULL: none */
	const struct option *options; /* ends with a NULL name; NULL: none */
	size_t least, most;	      /* arguments */
	bool (*run)(const struct call *call, struct fault *why);
};

struct program {
	const char *name, *version, *does;
	const struct command *commands; /* ends with a NULL name */
	const char *footer;		/* below the list of commands; NULL: none */
};

#define COMMAND_ANY SIZE_MAX

const char *call_option(const struct call *call, const char *name); /* the last; NULL: not given */
bool call_flag(const struct call *call, const char *name);
/* The n-th value of an option that may stand several times; NULL: no more. */
const char *call_option_nth(const struct call *call, const char *name, size_t n);

int command_main(const struct program *program, int argc, char **argv);

#endif
