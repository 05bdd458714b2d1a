#include <unistd.h>

#include <communique/command.h>
#include <communique/log.h>
#include <communique/terminal.h>

#include "completion.h"

static const struct command *find_command(const struct program *program, struct str name)
{
	for (const struct command *at = program->commands; at->name; at++) {
		if (str_equal(name, str_from(at->name)))
			return at;
	}
	return NULL;
}

/* The word of "keys show" for a command whose name has two words. */
static const struct command *find_called(const struct program *program, int argc, char **argv,
					 int *used)
{
	struct arena arena;
	const struct command *found = NULL;

	arena_init(&arena);
	if (argc > 2)
		found = find_command(program, arena_printf(&arena, "%s %s", argv[1], argv[2]));
	*used = found ? 3 : 2;
	if (!found)
		found = find_command(program, str_from(argv[1]));
	arena_release(&arena);
	return found;
}

/* --- help ------------------------------------------------------------------------- */

static void print_options(FILE *to, const struct option *options)
{
	for (const struct option *at = options; at && at->name; at++) {
		char left[64];
		char letter[] = { '-', at->letter, ',', ' ', '\0' };

		snprintf(left, sizeof left, "%s--%s%s%s", at->letter ? letter : "    ", at->name,
			 at->value ? " " : "", at->value ? at->value : "");
		fprintf(to, "  %-30s %s\n", left, at->help);
	}
	fprintf(to, "  %-30s %s\n", "-h, --help", "this text");
}

static void print_command_help(FILE *to, const struct program *program,
			       const struct command *command)
{
	fprintf(to, "%s%s %s%s%s%s\n\n%s\n", terminal_tone(to, TONE_STRONG), program->name,
		command->name, terminal_tone(to, TONE_PLAIN), command->takes[0] ? " " : "",
		command->takes, command->does);
	if (command->help)
		fprintf(to, "\n%s\n", command->help);
	fputc('\n', to);
	print_options(to, command->options);
}

static void print_help(FILE *to, const struct program *program)
{
	fprintf(to, "%s%s%s: %s\n\n", terminal_tone(to, TONE_STRONG), program->name,
		terminal_tone(to, TONE_PLAIN), program->does);
	for (const struct command *at = program->commands; at->name; at++)
		fprintf(to, "  %-14s %s\n", at->name, at->does);
	fprintf(to, "  %-14s %s\n", "completion",
		"completions for bash, zsh or fish, to be sourced");
	fprintf(to,
		"\n%s COMMAND --help tells more. Exit status: 0 done, 1 said no, 2 wrong usage, "
		"3 could not.\n",
		program->name);
	if (program->footer)
		fprintf(to, "\n%s\n", program->footer);
}

/* The commands that begin with the word: "keys show", "keys new". How many. */
static size_t print_group(FILE *to, const struct program *program, struct str word)
{
	size_t count = 0;

	for (const struct command *at = program->commands; at->name; at++) {
		struct str name = str_from(at->name);

		if (!str_starts(name, word) || name.len <= word.len || name.at[word.len] != ' ')
			continue;
		if (to)
			fprintf(to, "  %-14s %s\n", at->name, at->does);
		count++;
	}
	return count;
}

static void print_group_help(FILE *to, const struct program *program, struct str word)
{
	fprintf(to, "%s%s %.*s%s COMMAND\n\n", terminal_tone(to, TONE_STRONG), program->name,
		STR_ARG(word), terminal_tone(to, TONE_PLAIN));
	print_group(to, program, word);
	fprintf(to, "\n%s %.*s COMMAND --help tells more.\n", program->name, STR_ARG(word));
}

/* --- options -------------------------------------------------------------------------- */

static const struct option *find_long(const struct command *command, struct str name)
{
	for (const struct option *at = command->options; at && at->name; at++) {
		if (str_equal(name, str_from(at->name)))
			return at;
	}
	return NULL;
}

static const struct option *find_letter(const struct command *command, char letter)
{
	for (const struct option *at = command->options; at && at->name; at++) {
		if (at->letter && at->letter == letter)
			return at;
	}
	return NULL;
}

/* One option at argv[*i]: "--name", "--name=value", "--name value", "-n value", "-nvalue". */
static bool take_option(struct call *call, int argc, char **argv, int *i, struct fault *why)
{
	const char *word = argv[*i], *value = NULL;
	bool is_long = word[1] == '-';
	size_t equals = str_find(str_from(word), '=');
	const struct option *option;

	if (is_long) {
		option = find_long(call->command, str_skip(str_first(str_from(word), equals), 2));
		value = word[equals] ? word + equals + 1 : NULL;
	} else {
		option = find_letter(call->command, word[1]);
		value = word[2] ? word + 2 : NULL;
	}
	if (!option)
		return fail(why, USAGE, "%s has no option %s; %s %s --help lists them",
			    call->command->name,
			    QUOTE(is_long ? str_first(str_from(word), equals) : str_from(word)),
			    call->program, call->command->name);
	if (!option->value && value)
		return fail(why, USAGE, "--%s takes no value", option->name);
	if (option->value && !value) {
		if (*i + 1 >= argc)
			return fail(why, USAGE, "--%s wants %s", option->name, option->value);
		value = argv[++*i];
	}
	call->given[call->given_count++] = (struct given){ option, value };
	return true;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool take_words(struct call *call, int argc, char **argv, bool *help, struct fault *why)
{
	bool options_end = false;

	for (int i = 0; i < argc; i++) {
		if (!options_end && strcmp(argv[i], "--") == 0)
			options_end = true;
		else if (!options_end && is_help(argv[i]))
			*help = true;
		else if (options_end || argv[i][0] != '-' || !argv[i][1])
			call->arguments[call->argument_count++] = argv[i];
		else if (!take_option(call, argc, argv, &i, why))
			return false;
	}
	return true;
}

const char *call_option_nth(const struct call *call, const char *name, size_t n)
{
	for (size_t i = 0; i < call->given_count; i++) {
		if (strcmp(call->given[i].option->name, name) == 0 && n-- == 0)
			return call->given[i].value ? call->given[i].value : "";
	}
	return NULL;
}

const char *call_option(const struct call *call, const char *name)
{
	const char *value = NULL, *next;

	for (size_t n = 0; (next = call_option_nth(call, name, n)) != NULL; n++)
		value = next;
	return value;
}

bool call_flag(const struct call *call, const char *name)
{
	return call_option(call, name) != NULL;
}

/* --- running ------------------------------------------------------------------------------ */

static int report(const struct program *program, const struct fault *fault)
{
	fflush(stdout);
	fprintf(stderr, "%s%s%s:%s ", log_priority(LOG_ERROR), terminal_tone(stderr, TONE_BAD),
		program->name, terminal_tone(stderr, TONE_PLAIN));
	terminal_print(stderr, str_from(fault->says));
	fputc('\n', stderr);
	return fault_exit(fault->kind);
}

static bool run_call(const struct program *program, struct call *call, int argc, char **argv,
		     struct fault *why)
{
	const struct command *command = call->command;
	bool help = false;

	call->arguments = arena_array(call->arena, (size_t)argc + 1, sizeof *call->arguments);
	call->given = arena_array(call->arena, (size_t)argc + 1, sizeof *call->given);
	if (!take_words(call, argc, argv, &help, why))
		return false;
	if (help) {
		print_command_help(stdout, program, command);
		return true;
	}
	if (call->argument_count < command->least || call->argument_count > command->most)
		return fail(why, USAGE, "usage: %s %s%s%s (--help tells more)", program->name,
			    command->name, command->takes[0] ? " " : "", command->takes);
	return command->run(call, why);
}

static int run_command(const struct program *program, const struct command *command, int argc,
		       char **argv)
{
	struct arena arena;
	struct call call = { .program = program->name, .command = command, .arena = &arena };
	struct fault why = { .kind = NO_FAULT };
	int status = 0;

	arena_init(&arena);
	if (!run_call(program, &call, argc, argv, &why))
		status = report(program, &why);
	arena_release(&arena);
	return status;
}

/* "keys" alone, or with a word behind it that is none of its commands. */
static int run_group(const struct program *program, int argc, char **argv)
{
	struct str word = str_from(argv[1]);
	struct fault why;

	if (argc == 2) {
		print_group_help(stderr, program, word);
		return fault_exit(USAGE);
	}
	if (is_help(argv[2])) {
		print_group_help(stdout, program, word);
		return 0;
	}
	fail(&why, USAGE, "there is no command \"%s %s\"; %s %s --help lists them", argv[1],
	     QUOTE(str_from(argv[2])), program->name, argv[1]);
	return report(program, &why);
}

static int unknown(const struct program *program, const char *name)
{
	struct fault why;

	fail(&why, USAGE, "there is no command \"%s\"; %s --help lists them", QUOTE(str_from(name)),
	     program->name);
	return report(program, &why);
}

static int run_program(const struct program *program, int argc, char **argv)
{
	const struct command *command;
	int used;

	if (argc < 2) {
		print_help(stderr, program);
		return fault_exit(USAGE);
	}
	if (is_help(argv[1]) || strcmp(argv[1], "help") == 0) {
		print_help(stdout, program);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("%s %s\n", program->name, program->version);
		return 0;
	}
	if (strcmp(argv[1], "completion") == 0)
		return completion_print(program, argc - 2, argv + 2);
	command = find_called(program, argc, argv, &used);
	if (!command && print_group(NULL, program, str_from(argv[1])))
		return run_group(program, argc, argv);
	if (!command)
		return unknown(program, argv[1]);
	return run_command(program, command, argc - used, argv + used);
}

/*
 * A result that could not be written is no result. fflush() alone does not know: a write that
 * failed before, when the buffer was full, has left nothing to flush, and its errno is gone.
 */
static bool output_written(struct fault *why)
{
	if (fflush(stdout) != 0)
		return fail_errno(why, "cannot write the output");
	return !ferror(stdout) || fail(why, BROKEN, "cannot write all of the output");
}

int command_main(const struct program *program, int argc, char **argv)
{
	struct fault why;
	int status = run_program(program, argc, argv);

	return status || output_written(&why) ? status : report(program, &why);
}
