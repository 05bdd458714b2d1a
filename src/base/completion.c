#include "completion.h"

#define DOES "completions for bash, zsh or fish, to be sourced"

/* The words of a command's name: "keys show" completes as two. */
static struct str first_word(const char *name)
{
	return str_first(str_from(name), str_find(str_from(name), ' '));
}

static const char *second_word(const char *name)
{
	size_t len = first_word(name).len;

	return name[len] ? name + len + 1 : NULL;
}

static bool is_repeated(const struct command *commands, const struct command *at)
{
	for (; commands < at; commands++) {
		if (str_equal(first_word(commands->name), first_word(at->name)))
			return true;
	}
	return false;
}

static bool is_of(const struct command *at, struct str group)
{
	return second_word(at->name) && str_equal(first_word(at->name), group);
}

static void print_verbs(const struct program *program, struct str group)
{
	for (const struct command *at = program->commands; at->name; at++) {
		if (is_of(at, group))
			printf("%s ", second_word(at->name));
	}
}

/* A help text as the inside of a '…' string, in which `quote` stands for an apostrophe; in zsh's
 * option list the brackets end the text. */
static void print_quoted(const char *text, const char *quote, bool brackets)
{
	for (; *text; text++) {
		if (*text == '\'') {
			fputs(quote, stdout);
			continue;
		}
		if (*text == '\\' || (brackets && (*text == '[' || *text == ']')))
			putchar('\\');
		putchar(*text);
	}
}

/* --- bash --------------------------------------------------------------------------- */

static void print_bash_first(const struct program *program)
{
	fputs("\t1:*) words='", stdout);
	for (const struct command *at = program->commands; at->name; at++) {
		if (!is_repeated(program->commands, at))
			printf("%.*s ", STR_ARG(first_word(at->name)));
	}
	puts("completion help --help --version' files= ;;");
	puts("\t2:completion:*) words='bash zsh fish --help' files= ;;");
	for (const struct command *at = program->commands; at->name; at++) {
		struct str word = first_word(at->name);

		if (!second_word(at->name) || is_repeated(program->commands, at))
			continue;
		printf("\t2:%.*s:*) words='", STR_ARG(word));
		print_verbs(program, word);
		puts("--help' files= ;;");
	}
}

static void print_bash(const struct program *program)
{
	printf("# completions of %s for bash\n_%s() {\n", program->name, program->name);
	puts("\tlocal word=${COMP_WORDS[COMP_CWORD]} words= files=yes");
	puts("\tcase $COMP_CWORD:${COMP_WORDS[1]}:${COMP_WORDS[2]} in");
	print_bash_first(program);
	for (const struct command *at = program->commands; at->name; at++) {
		const char *verb = second_word(at->name);

		printf("\t*:%.*s:%s) words='", STR_ARG(first_word(at->name)), verb ? verb : "*");
		for (const struct option *o = at->options; o && o->name; o++)
			printf("--%s ", o->name);
		puts("--help' ;;");
	}
	puts("\tesac");
	puts("\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))");
	puts("\t[ -z \"$files\" ] || COMPREPLY+=($(compgen -f -- \"$word\"))\n}");
	printf("complete -o filenames -F _%s %s\n", program->name, program->name);
}

/* --- zsh ---------------------------------------------------------------------------- */

static void print_zsh_entry(struct str word, const char *does)
{
	printf("\t\t'%.*s:", STR_ARG(word));
	print_quoted(does, "'\\''", false);
	puts("'");
}

static void print_zsh_arguments(const struct command *command)
{
	fputs("_arguments ", stdout);
	for (const struct option *o = command->options; o && o->name; o++) {
		printf("'--%s[", o->name);
		print_quoted(o->help, "'\\''", true);
		printf("]%s' ", o->value ? ":value:_files" : "");
	}
	puts("'*:file:_files' ;;");
}

static void print_zsh_group(const struct program *program, struct str group)
{
	printf("\t%.*s)\n\t\tlocal -a verbs=(\n", STR_ARG(group));
	for (const struct command *at = program->commands; at->name; at++) {
		if (is_of(at, group))
			print_zsh_entry(str_from(second_word(at->name)), at->does);
	}
	puts("\t\t)\n\t\tif (( CURRENT == 3 )); then _describe command verbs; return; fi");
	puts("\t\tcase $words[3] in");
	for (const struct command *at = program->commands; at->name; at++) {
		if (!is_of(at, group))
			continue;
		printf("\t\t%s) ", second_word(at->name));
		print_zsh_arguments(at);
	}
	puts("\t\tesac ;;");
}

static void print_zsh(const struct program *program)
{
	printf("#compdef %s\n# completions of %s for zsh\n_%s() {\n", program->name, program->name,
	       program->name);
	puts("\tlocal -a commands=(");
	for (const struct command *at = program->commands; at->name; at++) {
		struct str word = first_word(at->name);

		if (!is_repeated(program->commands, at))
			print_zsh_entry(word,
					second_word(at->name) ? "several commands" : at->does);
	}
	print_zsh_entry(STR("completion"), DOES);
	puts("\t)\n\tif (( CURRENT == 2 )); then _describe command commands; return; fi");
	puts("\tcase $words[2] in");
	for (const struct command *at = program->commands; at->name; at++) {
		if (is_repeated(program->commands, at))
			continue;
		if (second_word(at->name)) {
			print_zsh_group(program, first_word(at->name));
			continue;
		}
		printf("\t%s) ", at->name);
		print_zsh_arguments(at);
	}
	puts("\tcompletion) (( CURRENT == 3 )) && compadd bash zsh fish ;;");
	printf("\tesac\n}\n_%s \"$@\"\n", program->name);
}

/* --- fish --------------------------------------------------------------------------- */

/* Where a command's options are offered; "show" is also the second word of "keys show". */
static void print_fish_place(const struct program *program, const struct command *command)
{
	const char *verb = second_word(command->name);

	printf("__fish_seen_subcommand_from %.*s", STR_ARG(first_word(command->name)));
	if (verb)
		printf("; and __fish_seen_subcommand_from %s", verb);
	for (const struct command *at = program->commands; !verb && at->name; at++) {
		if (second_word(at->name) && strcmp(second_word(at->name), command->name) == 0)
			printf("; and not __fish_seen_subcommand_from %.*s",
			       STR_ARG(first_word(at->name)));
	}
}

static void print_fish_word(const struct program *program, const struct command *at)
{
	const char *verb = second_word(at->name);
	struct str word = first_word(at->name);

	if (!verb) {
		printf("complete -c %s -n __fish_use_subcommand -f -a '%s' -d '", program->name,
		       at->name);
	} else {
		if (!is_repeated(program->commands, at))
			printf("complete -c %s -n __fish_use_subcommand -f -a '%.*s'\n",
			       program->name, STR_ARG(word));
		printf("complete -c %s -n '__fish_seen_subcommand_from %.*s; and not "
		       "__fish_seen_subcommand_from ",
		       program->name, STR_ARG(word));
		print_verbs(program, word);
		printf("' -f -a '%s' -d '", verb);
	}
	print_quoted(at->does, "\\'", false);
	puts("'");
}

static void print_fish(const struct program *program)
{
	printf("# completions of %s for fish\n", program->name);
	for (const struct command *at = program->commands; at->name; at++) {
		print_fish_word(program, at);
		for (const struct option *o = at->options; o && o->name; o++) {
			printf("complete -c %s -n '", program->name);
			print_fish_place(program, at);
			printf("' -l %s%s -d '", o->name, o->value ? " -r" : "");
			print_quoted(o->help, "\\'", false);
			puts("'");
		}
	}
	printf("complete -c %s -n __fish_use_subcommand -f -a completion -d '%s'\n", program->name,
	       DOES);
	printf("complete -c %s -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n",
	       program->name);
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int print_usage(FILE *to, const struct program *program)
{
	fprintf(to, "usage: %s completion bash|zsh|fish\n", program->name);
	return to == stdout ? 0 : fault_exit(USAGE);
}

int completion_print(const struct program *program, int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(const struct program *program);
	} shells[] = { { "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish } };

	for (int i = 0; i < argc; i++) {
		if (is_help(argv[i]))
			return print_usage(stdout, program);
	}
	for (size_t i = 0; argc == 1 && i < sizeof shells / sizeof *shells; i++) {
		if (strcmp(argv[0], shells[i].name) != 0)
			continue;
		shells[i].print(program);
		return 0;
	}
	return print_usage(stderr, program);
}
