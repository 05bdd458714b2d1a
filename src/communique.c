/*
 * communique - the program of editors and readers: a table of commands.
 */
#include <curl/curl.h>

#include <communique/fault.h>

#include "cli/commands.h"

#define SERVER                                                                                     \
	{                                                                                          \
		"server", 0, "URL", "the site's address; default: server = in the configuration"   \
	}
#define KEY                                                                                        \
	{                                                                                          \
		"key", 'k', "FILE", "secret key; default: key = in the configuration"              \
	}
#define PASSWORD                                                                                   \
	{                                                                                          \
		"password-file", 0, "FILE", "the key's password is the first line of this file"    \
	}
#define SITE                                                                                       \
	{                                                                                          \
		"site", 0, "NAME", "name of the site; default: site = in the configuration"        \
	}
#define JSON                                                                                       \
	{                                                                                          \
		"json", 0, NULL, "the result as JSON"                                              \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, 0, NULL, NULL                                                                \
	}

static const struct option desk_page_options[] = {
	{ "output", 'o', "FILE", "where to; default: standard output" },
	END,
};

static const struct option keygen_options[] = {
	{ "output", 'o', "NAME", "makes NAME.key and NAME.pub; default: communique" },
	{ "no-password", 0, NULL, "the secret key stands in its file in the clear" },
	{ "password-file", 0, "FILE", "the new password is the first line of this file" },
	END,
};

static const struct option new_options[] = {
	{ "from", 0, "TEXT", "plain text file, - for standard input (the default)" },
	{ "output", 'o', "FILE", "write the release file there; default: standard output" },
	{ "set", 0, "FIELD=VALUE", "a field of the header; may stand several times" },
	{ "date", 0, "YYYY-MM-DD", "the official date" },
	{ "release", 0, "SLUG", "the release's permanent name; default: from date and title" },
	{ "language", 0, "TAG", "language of the text, such as en" },
	{ "kind", 0, "KIND", "press-release, statement, readout, …" },
	{ "title", 0, "TEXT", "the title; default: the text's first line, if it stands alone" },
	{ "department", 0, "NAME", "the unit that issues it" },
	{ "attach", 0, "FILE", "name it as an attachment, with its hash; may stand several times" },
	SITE,
	{ "no-questions", 0, NULL, "list what is missing, also on a terminal" },
	END,
};

static const struct option import_options[] = {
	{ "output", 'o', "DIR", "folder for the release files" },
	{ "set", 0, "FIELD=VALUE", "a field of the header; may stand several times" },
	{ "date", 0, "YYYY-MM-DD", "the official date" },
	{ "release", 0, "SLUG", "the release's permanent name; default: from date and title" },
	{ "language", 0, "TAG", "language of the text, such as en" },
	{ "kind", 0, "KIND", "press-release, statement, readout, …" },
	{ "title", 0, "TEXT", "another title than the page's" },
	{ "department", 0, "NAME", "the unit that issued it" },
	SITE,
	END,
};

static const struct option check_options[] = { SITE, JSON, END };

static const struct option preview_options[] = {
	{ "output", 'o', "PAGE.html", "write the page there; default: standard output" },
	{ "link", 0, "LABEL", "give out an address at which one reader sees a draft" },
	{ "days", 0, "N", "how long it holds, at most 14; default: 1" },
	{ "links", 0, NULL, "list the links to a draft" },
	{ "unlink", 0, "LINK", "revoke one" },
	KEY,
	PASSWORD,
	SERVER,
	END,
};

static const struct option sign_options[] = {
	KEY,
	PASSWORD,
	{ "any", 0, NULL, "sign a file that is no release file" },
	END,
};

static const struct option publish_options[] = {
	KEY,
	PASSWORD,
	SERVER,
	SITE,
	{ "attach", 0, "FILE", "upload an attachment that it names; may stand several times" },
	{ "replace", 0, NULL, "put it in the place of another draft that is there" },
	JSON,
	END,
};

static const struct option desk_options[] = { KEY, PASSWORD, SERVER, END };
static const struct option list_options[] = { KEY, PASSWORD, SERVER, JSON, END };

static const struct option show_options[] = {
	KEY, PASSWORD, SERVER, { "difference", 'd', NULL, "what changed from the last revision" },
	END,
};

#define NOTE                                                                                       \
	{                                                                                          \
		"note", 'n', "SENTENCE", "why, for the public"                                     \
	}
#define REPLACE                                                                                    \
	{                                                                                          \
		"replace", 0, NULL, "put it in the place of another draft that is there"           \
	}

static const struct option revise_options[] = {
	{ "change", 'c', "CHANGE",
	  "update, correction, clarification, minor, withdrawal, kill or reinstatement" },
	NOTE,
	{ "output", 'o', "FILE", "write the file there; default: standard output" },
	KEY,
	PASSWORD,
	SERVER,
	SITE,
	END,
};

static const struct option at_once_options[] = {
	NOTE, REPLACE, KEY, PASSWORD, SERVER, SITE, { "yes", 'y', NULL, "sign without asking" },
	JSON, END,
};

static const struct option approve_options[] = {
	KEY, PASSWORD, SERVER, SITE, { "yes", 'y', NULL, "sign without asking" }, JSON, END,
};

static const struct option request_options[] = {
	{ "body", 0, "FILE", "what to send, - for standard input" },
	{ "type", 0, "TYPE", "media type of the body; default: text/plain; charset=utf-8" },
	{ "if-match", 0, "SHA256", "only if this is what is there" },
	KEY,
	PASSWORD,
	SERVER,
	END,
};

static const struct option verify_options[] = {
	{ "anchor", 0, "SHA256", "the key history must begin with the key set of this hash" },
	{ "keys", 0, "FILE", "a key set that is trusted" },
	{ "against", 0, "URL", "hold a bundle against the log of this site as it is now" },
	JSON,
	END,
};

static const struct option monitor_options[] = {
	{ "state", 0, "FILE", "what was seen before; default: in ~/.local/state/communique" },
	{ "anchor", 0, "SHA256", "the key history must begin with the key set of this hash" },
	{ "every", 0, "SECONDS", "go on for ever, a round each so many seconds" },
	{ "once", 0, NULL, "one round; the default" },
	{ "patience", 0, "SECONDS",
	  "for how long what seems wrong is asked for again; default: 15" },
	JSON,
	END,
};

static const struct option keys_new_options[] = {
	{ "output", 'o', "FILE", "write the key set there" },
	{ "from", 0, "FILE", "the key set that it follows; default: the server's" },
	{ "editor", 0, "NAME:ROLES:FILE.pub", "add a key; ROLES: root,author,approver" },
	{ "revoke", 0, "KEYID:WHY:INDEX", "lost, left or compromised, from this log index" },
	{ "log", 0, "VKEY", "the log's next key, as communiqued log key prints it" },
	{ "witness", 0, "VKEY", "add a witness of the log; several times" },
	{ "no-witnesses", 0, NULL, "without the witnesses that it has" },
	{ "quorum-root", 0, "N", "holders that must sign a key set" },
	{ "quorum-publish", 0, "N", "holders that must sign a release" },
	{ "quorum-withdraw", 0, "N", "holders that must sign a withdrawal" },
	{ "days", 0, "N", "until it expires; default: 365" },
	KEY,
	PASSWORD,
	SERVER,
	END,
};

static const struct option keys_sign_options[] = { KEY, PASSWORD, END };

static const struct command commands[] = {
	{ "keygen", "[-o NAME] [--no-password | --password-file FILE]",
	  "make a key pair, in minisign's formats",
	  "Writes NAME.key, which only you can read, and NAME.pub. Never overwrites a file.",
	  keygen_options, 0, 0, run_keygen },
	{ "new", "[--from TEXT] [--set FIELD=VALUE]… [--attach FILE]… [-o FILE]",
	  "a release file from plain text",
	  "Fills in what it can, asks for the rest on a terminal, and lists it otherwise.",
	  new_options, 0, 0, run_new },
	{ "import", "CAPTURE… -o DIR [--set FIELD=VALUE]…", "board captures to release files",
	  "Writes DIR/SLUG.LANGUAGE.txt for each and lists what it refused, and why. Invents\n"
	  "nothing: what a page does not tell must be said with an option.",
	  import_options, 1, COMMAND_ANY, run_import },
	{ "check", "FILE… [--site NAME] [--json]", "what is wrong or doubtful, and the outline",
	  NULL, check_options, 1, COMMAND_ANY, run_check },
	{ "preview", "FILE [-o PAGE.html]", "a release as a page that needs no server",
	  "With --link, --links or --unlink: of LANGUAGE/RELEASE, a draft at the desk. A link is "
	  "an\n"
	  "address at which one reader sees it as the page it will be, until the lift.",
	  preview_options, 1, 1, run_preview },
	{ "sign", "FILE [--key K] [--any]", "sign a file: FILE.minisig", NULL, sign_options, 1, 1,
	  run_sign },
	{ "publish",
	  "FILE [--attach FILE]… [--replace] [--json] [--key K] [--server URL] [--site NAME]",
	  "upload a draft and sign it",
	  "Says what became of it: waiting (and for whom), scheduled or public, and the address.\n"
	  "May be repeated at any time; the same file again changes nothing.",
	  publish_options, 1, 1, run_publish },
	{ "drafts", "[--json]", "what waits at the desk", NULL, list_options, 0, 0, run_drafts },
	{ "show", "LANGUAGE/RELEASE [--difference]", "a draft's exact bytes, or what it changes",
	  NULL, show_options, 1, 1, run_show },
	{ "drop", "LANGUAGE/RELEASE", "drop a draft", NULL, desk_options, 1, 1, run_drop },
	{ "approve", "LANGUAGE/RELEASE [--yes] [--json] [--site NAME]", "read a draft and sign it",
	  "Shows the text, what it changes from the last revision, its hash and who has signed,\n"
	  "asks, and signs exactly these bytes.",
	  approve_options, 1, 1, run_approve },
	{ "revise", "LANGUAGE/RELEASE --change CHANGE --note SENTENCE [-o FILE] [--site NAME]",
	  "the next revision's file, to edit",
	  "The last revision's text with Revision, Previous, Change and Change-Note filled in.\n"
	  "Edit it, then publish it.",
	  revise_options, 1, 1, run_revise },
	{ "withdraw", "LANGUAGE/RELEASE --note SENTENCE [--yes] [--replace] [--json] [--site NAME]",
	  "withdraw a release",
	  "Its text stays where it is, under a banner that says why. Shows what it signs, and "
	  "asks.",
	  at_once_options, 1, 1, run_withdraw },
	{ "kill", "LANGUAGE/RELEASE --note SENTENCE [--yes] [--replace] [--json] [--site NAME]",
	  "remove a release for good",
	  "All its addresses answer 410, with the reason; readers are asked to delete the text.\n"
	  "Shows what it signs, and asks.",
	  at_once_options, 1, 1, run_kill },
	{ "reinstate",
	  "LANGUAGE/RELEASE --note SENTENCE [--yes] [--replace] [--json] [--site NAME]",
	  "bring back what was withdrawn or killed", "Shows what it signs, and asks.",
	  at_once_options, 1, 1, run_reinstate },
	{ "keys show", "[FILE] [--json]", "the server's key sets, or one in a file", NULL,
	  list_options, 0, 1, run_keys_show },
	{ "keys new",
	  "-o FILE [--from FILE] [--editor NAME:ROLES:FILE.pub]… [--revoke KEYID:WHY:INDEX]… "
	  "[--log VKEY] [--witness VKEY]… [--no-witnesses] [--quorum-root N] [--quorum-publish N] "
	  "[--quorum-withdraw N] [--days N]",
	  "the next key set, to be signed", NULL, keys_new_options, 0, 0, run_keys_new },
	{ "keys sign", "FILE [--key K]", "sign a key set: FILE.minisig", NULL, keys_sign_options, 1,
	  1, run_keys_sign },
	{ "keys publish", "FILE [SIGNATURE]…", "hand in a key set with its signatures", NULL,
	  desk_options, 1, COMMAND_ANY, run_keys_publish },
	{ "request", "METHOD URL [--body FILE] [--type TYPE] [--if-match SHA256]",
	  "one signed request, the answer to standard output",
	  "URL may be a path alone; it is then the server's. The status goes to standard error.",
	  request_options, 2, 2, run_request },
	{ "verify",
	  "ADDRESS | FILE [SIGNATURE]… | BUNDLE.tar [--anchor SHA256 | --keys FILE] [--against "
	  "URL] [--json]",
	  "is this what the office said?",
	  "The file, its signatures, their quorum, the history of keys, the public log, its\n"
	  "witnesses: a line each, the verdict last. A bundle, which every release's page offers,\n"
	  "needs no network. A file alone needs --keys, and without SIGNATURE reads FILE.minisig.",
	  verify_options, 1, COMMAND_ANY, run_verify },
	{ "monitor",
	  "URL [--state FILE] [--anchor SHA256] [--every SECONDS | --once] [--patience SECONDS] "
	  "[--json]",
	  "follow a site's public log",
	  "Reads all that is new in it and holds what readers are shown against it. Alarms: the "
	  "log\n"
	  "was rewritten or rolled back, a release is not in it or differs, a leaf breaks the "
	  "rules,\n"
	  "there are new keys. Exit status 1 when there are any.",
	  monitor_options, 1, 1, run_monitor },
	{ "desk", "[-o FILE]", "the editors' page as one file, to sign with in a browser",
	  "The same page as the server's /desk/, for those who do not want to sign by a script "
	  "that a\n"
	  "server sends them. It asks for the server's address when it is opened.",
	  desk_page_options, 0, 0, run_desk },
	{ "config", "", "the effective configuration, and where it came from", NULL, NULL, 0, 0,
	  run_config },
	{ NULL, NULL, NULL, NULL, NULL, 0, 0, NULL },
};

static const struct program program = {
	.name = "communique",
	.version = VERSION,
	.does = "write, check, sign, publish and verify press releases",
	.commands = commands,
	.footer = "Configuration: $XDG_CONFIG_HOME/communique/config, or what COMMUNIQUE_CONFIG "
		  "names.",
};

int main(int argc, char **argv)
{
	int status;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return fault_exit(BROKEN);
	status = command_main(&program, argc, argv);
	curl_global_cleanup();
	return status;
}
