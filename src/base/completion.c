#include "completion.h"

/* Words of a command's name, so that "keys show" completes as two. */
static struct str first_word(const char *name)
{
	return str_first(str_from(name), str_find(str_from(name), ' '));
}

static bool is_repeated(const struct command *commands, const struct command *at)
{
	for (; commands < at; commands++) {
		if (str_equal(first_word(commands->name), first_word(at->name)))
			return true;
	}
	return false;
}

static void print_commands(const struct program *program)
{
	for (const struct command *at = program->commands; at->name; at++) {
		if (!is_repeated(program->commands, at))
			printf("%.*s ", STR_ARG(first_word(at->name)));
	}
	fputs("completion help", stdout);
}

static void print_bash(const struct program *program)
{
	printf("# completions of %s for bash\n_%s() {\n", program->name, program->name);
	puts("\tlocal word=${COMP_WORDS[COMP_CWORD]} words=");
	puts("\tif [ \"$COMP_CWORD\" = 1 ]; then");
	fputs("\t\twords='", stdout);
	print_commands(program);
	puts(" --help --version'");
	puts("\telse case ${COMP_WORDS[1]} in");
	for (const struct command *at = program->commands; at->name; at++) {
		printf("\t%.*s) words+='", STR_ARG(first_word(at->name)));
		if (str_find(str_from(at->name), ' ') < strlen(at->name))
			printf("%s ", at->name + str_find(str_from(at->name), ' ') + 1);
		for (const struct option *o = at->options; o && o->name; o++)
			printf("--%s ", o->name);
		puts("--help ' ;;&");
	}
	puts("\tesac; fi");
	puts("\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\") $(compgen -f -- \"$word\"))\n}");
	printf("complete -o filenames -F _%s %s\n", program->name, program->name);
}

/* A help text as the inside of a zsh or fish '…' string. */
static void print_quoted(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'' || *text == '[' || *text == ']' || *text == ':')
			putchar(*text == '\'' ? '`' : ' ');
		else
			putchar(*text);
	}
}

static void print_zsh(const struct program *program)
{
	printf("#compdef %s\n# completions of %s for zsh\n_%s() {\n", program->name, program->name,
	       program->name);
	puts("\tlocal -a commands=(");
	for (const struct command *at = program->commands; at->name; at++) {
		if (is_repeated(program->commands, at))
			continue;
		printf("\t\t'%.*s:", STR_ARG(first_word(at->name)));
		print_quoted(at->does);
		puts("'");
	}
	puts("\t)\n\tif (( CURRENT == 2 )); then _describe command commands; return; fi");
	puts("\tcase $words[2] in");
	for (const struct command *at = program->commands; at->name; at++) {
		if (is_repeated(program->commands, at))
			continue;
		printf("\t%.*s) _arguments ", STR_ARG(first_word(at->name)));
		for (const struct option *o = at->options; o && o->name; o++) {
			printf("'--%s[", o->name);
			print_quoted(o->help);
			printf("]%s' ", o->value ? ":value:_files" : "");
		}
		puts("'*:file:_files' ;;");
	}
	printf("\tesac\n}\n_%s \"$@\"\n", program->name);
}

static void print_fish(const struct program *program)
{
	printf("# completions of %s for fish\n", program->name);
	for (const struct command *at = program->commands; at->name; at++) {
		struct str name = first_word(at->name);

		if (!is_repeated(program->commands, at)) {
			printf("complete -c %s -n __fish_use_subcommand -a '%.*s' -d '",
			       program->name, STR_ARG(name));
			print_quoted(at->does);
			puts("'");
		}
		for (const struct option *o = at->options; o && o->name; o++) {
			printf("complete -c %s -n '__fish_seen_subcommand_from %.*s' -l %s%s -d '",
			       program->name, STR_ARG(name), o->name, o->value ? " -r" : "");
			print_quoted(o->help);
			puts("'");
		}
	}
}

int completion_print(const struct program *program, const char *shell)
{
	static const struct {
		const char *name;
		void (*print)(const struct program *program);
	} shells[] = { { "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish } };

	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		if (strcmp(shell, shells[i].name) != 0)
			continue;
		shells[i].print(program);
		return 0;
	}
	fprintf(stderr, "usage: %s completion bash|zsh|fish\n", program->name);
	return fault_exit(USAGE);
}
