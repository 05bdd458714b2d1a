#include "unit.h"

#include <communique/command.h>

/* One program; each run is a child, and what it said and how it ended is looked at. */

static bool echo(const struct call *call, struct fault *why)
{
	const char *each;

	(void)why;
	printf("%s %s:", call->program, call->command->name);
	for (size_t i = 0; i < call->argument_count; i++)
		printf(" [%s]", call->arguments[i]);
	for (size_t n = 0; (each = call_option_nth(call, "key", n)) != NULL; n++)
		printf(" key=%s", each);
	if (call_option(call, "key"))
		printf(" last=%s", call_option(call, "key"));
	printf(" force=%d\n", call_flag(call, "force"));
	return true;
}

static bool refuse(const struct call *call, struct fault *why)
{
	(void)call;
	puts("something was said before");
	return fail(why, CONFLICT, "not \x1b[2J now");
}

static bool say_much(const struct call *call, struct fault *why)
{
	(void)call;
	(void)why;
	for (int i = 0; i < 1 << 16; i++)
		putchar('x');
	return true;
}

static bool break_down(const struct call *call, struct fault *why)
{
	(void)call;
	return fail(why, BROKEN, "no disk");
}

static const struct option options[] = {
	{ "key", 'k', "FILE", "a key file" },
	{ "force", 'f', NULL, "do it" },
	{ NULL, 0, NULL, NULL },
};

static const struct command commands[] = {
	{ "echo", "FILE [MORE]", "says what it got", "A longer text.", options, 1, 2, echo },
	{ "any", "[WORD ...]", "takes anything", NULL, options, 0, COMMAND_ANY, echo },
	{ "keys show", "", "shows keys", NULL, NULL, 0, 0, echo },
	{ "keys add", "KEY", "adds a key", NULL, options, 1, 1, echo },
	{ "refuse", "", "says no", NULL, NULL, 0, 0, refuse },
	{ "much", "", "says much", NULL, NULL, 0, 0, say_much },
	{ "break", "", "could not", NULL, NULL, 0, 0, break_down },
	{ NULL, NULL, NULL, NULL, NULL, 0, 0, NULL },
};

static const struct program program = { "prog", "1.2.3", "a program", commands, "the footer" };

static void run_words(void *ctx)
{
	char **argv = ctx;
	int argc = 0;

	while (argv[argc])
		argc++;
	_exit((command_main(&program, argc, argv) & 0xff) | (fflush(NULL) ? 0x80 : 0));
}

#define run(fd, out, ...) run_argv(fd, out, (char *[]){ (char[]){ "prog" }, __VA_ARGS__, NULL })

static int run_argv(int fd, struct buf *out, char **argv)
{
	int other = fd == STDOUT_FILENO ? STDERR_FILENO : STDOUT_FILENO;
	int keep = dup(other), nothing = open("/dev/null", O_WRONLY), status;

	fflush(NULL);
	dup2(nothing, other);
	buf_clear(out);
	status = capture(fd, run_words, argv, out);
	dup2(keep, other);
	close(keep);
	close(nothing);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static struct buf out;

static int set_up(void **state)
{
	(void)state;
	buf_init(&out, 1 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_release(&out);
	return 0;
}

static bool says(const char *words)
{
	bool found = str_find_str(buf_str(&out), str_from(words)) < out.len;

	if (!found)
		print_error("%.*s\n", STR_ARG(buf_str(&out)));
	return found;
}

static void words_and_options(void **state)
{
	static char echo_[] = "echo", a[] = "a", b[] = "-", key[] = "--key", value[] = "v1",
		    joined[] = "--key=v=2", k[] = "-k", kjoined[] = "-kv3", f[] = "-f",
		    force[] = "--force", end[] = "--", dash[] = "-x",
		    empty[] = "--key=", any[] = "any";

	(void)state;
	assert_int_equal(run(1, &out, echo_, a), 0);
	assert_str(buf_str(&out), STR("prog echo: [a] force=0\n"));
	assert_int_equal(run(1, &out, echo_, key, value, a, joined, b, f), 0);
	assert_str(buf_str(&out), STR("prog echo: [a] [-] key=v1 key=v=2 last=v=2 force=1\n"));
	assert_int_equal(run(1, &out, echo_, k, value, kjoined, force, a), 0);
	assert_str(buf_str(&out), STR("prog echo: [a] key=v1 key=v3 last=v3 force=1\n"));
	assert_int_equal(run(1, &out, echo_, end, dash, key), 0);
	assert_str(buf_str(&out), STR("prog echo: [-x] [--key] force=0\n"));
	assert_int_equal(run(1, &out, echo_, empty, a), 0); /* given, and empty */
	assert_str(buf_str(&out), STR("prog echo: [a] key= last= force=0\n"));
	assert_int_equal(run(1, &out, any), 0);
	assert_int_equal(run(1, &out, any, a, a, a, a, a, a), 0);
	assert_str(buf_str(&out), STR("prog any: [a] [a] [a] [a] [a] [a] force=0\n"));
}

static void a_command_may_have_two_words(void **state)
{
	static char keys[] = "keys", show[] = "show", add[] = "add", a[] = "a",
		    both[] = "keys show";

	(void)state;
	assert_int_equal(run(1, &out, keys, show), 0);
	assert_str(buf_str(&out), STR("prog keys show: force=0\n"));
	assert_int_equal(run(1, &out, keys, add, a), 0);
	assert_str(buf_str(&out), STR("prog keys add: [a] force=0\n"));
	assert_int_equal(run(2, &out, keys), 2);
	assert_true(says("keys show") || says("there is no command \"keys\""));
	assert_int_equal(run(2, &out, keys, a), 2);
	assert_int_equal(run(1, &out, both), 0);
}

static void wrong_usage_is_2(void **state)
{
	static char echo_[] = "echo", a[] = "a", unknown[] = "--unknown", z[] = "-z",
		    key[] = "--key", flag_value[] = "--force=1", flag_letter[] = "-f1",
		    nonsense[] = "non\x1bsense", show[] = "show", keys[] = "keys";

	(void)state;
	assert_int_equal(run(2, &out, nonsense), 2);
	assert_true(says("there is no command \"non\\x1bsense\"") && says("--help"));
	assert_int_equal(run(2, &out, echo_), 2);
	assert_true(says("usage: prog echo FILE [MORE]"));
	assert_int_equal(run(2, &out, echo_, a, a, a), 2);
	assert_int_equal(run(2, &out, echo_, a, unknown), 2);
	assert_true(says("echo has no option --unknown; prog echo --help lists them"));
	assert_int_equal(run(2, &out, echo_, a, z), 2);
	assert_int_equal(run(2, &out, echo_, a, key), 2);
	assert_true(says("--key wants FILE"));
	assert_int_equal(run(2, &out, echo_, a, flag_value), 2);
	assert_true(says("--force takes no value"));
	assert_int_equal(run(2, &out, echo_, a, flag_letter), 2);
	assert_int_equal(run(2, &out, keys, show, a), 2);
	assert_int_equal(run(2, &out, keys, show, z), 2); /* has no options at all */
	assert_int_equal(run_argv(2, &out, (char *[]){ a, NULL }), 2);
	assert_true(says("says what it got") && says("the footer"));
}

static void the_status_tells_no_from_could_not(void **state)
{
	static char refuse_[] = "refuse", break_[] = "break";

	(void)state;
	assert_int_equal(run(2, &out, refuse_), 1);
	assert_str(buf_str(&out), STR("prog: not \\x1b[2J now\n"));
	assert_int_equal(run(1, &out, refuse_), 1);
	assert_str(buf_str(&out), STR("something was said before\n"));
	assert_int_equal(run(2, &out, break_), 3);
}

static void help_and_version_go_to_standard_output(void **state)
{
	static char help[] = "--help", h[] = "-h", word[] = "help", version[] = "--version",
		    echo_[] = "echo", keys[] = "keys", add[] = "add";

	(void)state;
	assert_int_equal(run(1, &out, help), 0);
	for (size_t i = 0; commands[i].name; i++)
		assert_true(says(commands[i].name) && says(commands[i].does));
	assert_true(says("completion") && says("the footer"));
	assert_int_equal(run(1, &out, h), 0);
	assert_int_equal(run(1, &out, word), 0);
	assert_int_equal(run(1, &out, version), 0);
	assert_str(buf_str(&out), STR("prog 1.2.3\n"));
	assert_int_equal(run(1, &out, echo_, help), 0); /* and it is not run */
	assert_true(says("A longer text.") && says("-k, --key FILE") && says("a key file"));
	assert_true(says("FILE [MORE]"));
	assert_int_equal(run(1, &out, keys, add, h), 0);
	assert_true(says("adds a key"));
}

static void write_to_full(void *ctx)
{
	int full = open("/dev/full", O_WRONLY);

	dup2(full, STDOUT_FILENO);
	close(full);
	run_words(ctx);
}

#define is_not_written(...) is_not_written_argv((char *[]){ (char[]){ "prog" }, __VA_ARGS__, NULL })

static void is_not_written_argv(char **argv)
{
	int status;

	buf_clear(&out);
	status = capture(STDERR_FILENO, write_to_full, argv, &out);
	assert_true(WIFEXITED(status) && (WEXITSTATUS(status) & 0x7f) == 3);
	assert_true(says("prog: cannot write "));
}

/* Also what is larger than stdio's buffer, which has nothing left to flush at the end. */
static void a_result_that_is_not_written_is_none(void **state)
{
	static char echo_[] = "echo", a[] = "a", help[] = "--help", version[] = "--version",
		    keys[] = "keys", completion[] = "completion", fish[] = "fish", much[] = "much";

	(void)state;
	is_not_written(echo_, a);
	assert_true(says("the output: No space left on device"));
	is_not_written(much);
	is_not_written(help);
	is_not_written(version);
	is_not_written(echo_, help);
	is_not_written(keys, help);
	is_not_written(completion, fish);
	is_not_written(completion, help);
}

static void a_group_lists_its_commands(void **state)
{
	static char keys[] = "keys", help[] = "--help", other[] = "other";

	(void)state;
	assert_int_equal(run(1, &out, keys, help), 0);
	assert_true(says("keys show") && says("keys add") && !says("echo"));
	assert_int_equal(run(2, &out, keys), 2);
	assert_true(says("keys show"));
	assert_int_equal(run(2, &out, keys, other), 2);
	assert_true(says("there is no command \"keys other\"; prog keys --help lists them"));
}

/* What comes out for bash is given to bash; the other shells may not be there. */
static void completions_are_scripts(void **state)
{
	static char completion[] = "completion", bash[] = "bash", zsh[] = "zsh", fish[] = "fish",
		    ksh[] = "ksh", help[] = "--help";
	FILE *shell;

	(void)state;
	assert_int_equal(run(2, &out, completion), 2);
	assert_int_equal(run(2, &out, completion, ksh), 2);
	assert_int_equal(run(2, &out, completion, bash, bash), 2);
	assert_int_equal(run(1, &out, completion, help), 0);
	assert_true(says("usage: prog completion bash|zsh|fish"));
	assert_int_equal(run(1, &out, completion, zsh), 0);
	assert_true(says("#compdef prog") && says("--force["));
	assert_int_equal(run(1, &out, completion, fish), 0);
	assert_true(says("complete -c prog"));
	assert_int_equal(run(1, &out, completion, bash), 0);
	assert_true(says("complete "));
	assert_int_equal(system("command -v bash >/dev/null"), 0); /* it is not installed */
	buf_add_text(&out, "complete() { :; }\n"
			   "COMP_WORDS=(prog ec); COMP_CWORD=1; _prog\n"
			   "case \" ${COMPREPLY[*]} \" in *' echo '*) ;; *) exit 4;; esac\n"
			   "COMP_WORDS=(prog keys a); COMP_CWORD=2; _prog\n"
			   "case \" ${COMPREPLY[*]} \" in *' add '*) ;; *) exit 5;; esac\n"
			   "case \" ${COMPREPLY[*]} \" in *' -'*|*' echo '*) exit 7;; esac\n"
			   "COMP_WORDS=(prog completion ''); COMP_CWORD=2; _prog\n"
			   "[ \"${COMPREPLY[*]}\" = 'bash zsh fish --help' ] || exit 8\n"
			   "COMP_WORDS=(prog echo --f); COMP_CWORD=2; _prog\n"
			   "case \" ${COMPREPLY[*]} \" in *' --force '*) ;; *) exit 6;; esac\n");
	shell = popen("bash -s", "w");
	assert_non_null(shell);
	assert_int_equal(fwrite(out.at, 1, out.len, shell), out.len);
	assert_int_equal(pclose(shell), 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(words_and_options),
		test(a_command_may_have_two_words),
		test(wrong_usage_is_2),
		test(the_status_tells_no_from_could_not),
		test(help_and_version_go_to_standard_output),
		test(a_result_that_is_not_written_is_none),
		test(a_group_lists_its_commands),
		test(completions_are_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
