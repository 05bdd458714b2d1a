/*
 * communiqued - the operator's program: makes a site and runs its two services.
 */
#include <signal.h>

#include <communique/log.h>
#include <communique/store.h>
#include <communique/secret.h>

#include "operator/config.h"
#include "operator/user.h"

static const struct option config_options[] = {
	CONFIG_OPTION,
	{ .name = NULL },
};

static const struct option service_options[] = {
	CONFIG_OPTION,
	USER_OPTION,
	{ .name = NULL },
};

static const struct option fsck_options[] = {
	CONFIG_OPTION,
	{ "backup", 0, "FOLDER", "of a backup, in place of the store" },
	{ .name = NULL },
};

static const struct option backup_options[] = {
	CONFIG_OPTION,
	{ "link", 0, "FOLDER", "an earlier backup, whose attachments are not copied again" },
	{ "json", 0, NULL, "what was made, as JSON" },
	{ .name = NULL },
};

static const struct option request_options[] = {
	CONFIG_OPTION,
	{ "old", 0, "SIZE", "the size that the witness saw last (default 0: nothing)" },
	{ .name = NULL },
};

static const struct option show_options[] = {
	CONFIG_OPTION,
	{ "check", 0, NULL,
	  "all that is wrong, before a start finds it; exit status 1 when anything is" },
	{ "manual", 0, NULL, "the settings as rows of a manual page" },
	{ .name = NULL },
};

static const struct option init_options[] = {
	{ "site", 0, "NAME", "the origin name files are signed for, such as press.example" },
	{ "url", 0, "URL", "the public address, such as https://press.example" },
	{ "root", 0, "FILE.pub", "a key that signs key sets; may stand several times" },
	{ "editor", 0, "NAME:ROLES:FILE.pub", "an editor; roles: author,approver; several times" },
	{ "quorum-publish", 0, "N", "how many holders must sign a release (default 1)" },
	{ "quorum-withdraw", 0, "N", "how many must sign a withdrawal (default 1)" },
	{ "quorum-root", 0, "N", "how many roots must sign a key set (default 1)" },
	{ "languages", 0, "LIST", "languages of releases, such as en,ko (default en)" },
	{ .name = NULL },
};

static const struct command commands[] = {
	{ "init",
	  "DIR --site NAME --url URL --root FILE.pub… --editor NAME:ROLES:FILE.pub… "
	  "[--quorum-root N] [--quorum-publish N] [--quorum-withdraw N] [--languages LIST]",
	  "a new site: configuration, empty store, log key, key set 1 to be signed",
	  "Nothing that is there is overwritten. With a publish quorum of 2 or more, one of the\n"
	  "signers must be an approver.",
	  init_options, 1, 1, command_init },
	{ "serve", "[-c FILE] [--user NAME]",
	  "the public process: reads the store, answers readers", NULL, service_options, 0, 0,
	  command_serve },
	{ "desk", "[-c FILE] [--user NAME]", "the editors' process: the only one that writes", NULL,
	  service_options, 0, 0, command_desk },
	{ "fsck", "[-c FILE | --backup FOLDER]", "holds everything in the store against each other",
	  "Reads all of it and changes nothing; may run beside the two services. Prints a line\n"
	  "for each difference. Exit status: 0 there is none, 1 there are some, 3 it could not be\n"
	  "read.",
	  fsck_options, 0, 0, command_fsck },
	{ "rebuild", "[-c FILE]", "makes the indexes and the search anew from the signed files",
	  "One transaction: readers see what was or what is new, and when it is broken off what\n"
	  "was stays. The desk must not run meanwhile; serve may.",
	  config_options, 0, 0, command_rebuild },
	{ "backup", "[-c FILE] DEST", "the whole site into a folder, while it is running",
	  "DEST is a new folder; in one that is there already the backup gets the moment as its\n"
	  "name, and shares with the newest one there the attachments of both. It is there whole\n"
	  "or not at all, and `sha256sum -c SHA256SUMS` checks it. It holds drafts and embargoed\n"
	  "texts, and no secret key: keep log.key elsewhere. Exit status 1: it is made, without\n"
	  "attachments that are damaged.",
	  backup_options, 1, 1, command_backup },
	{ "restore", "BACKUP DIR", "a site out of a backup",
	  "DIR may be there, but no store in it; nothing there is replaced. All is checked before\n"
	  "the store is in its place, and it is told what is missing before it can go on.",
	  NULL, 2, 2, command_restore },
	{ "export", "[-c FILE] DIR", "the public site as files that any web server can hand out",
	  "Everything that is public at this moment, with the log and its proofs; run again, it\n"
	  "rewrites only what changed and removes what was taken away. nginx/static-site.conf\n"
	  "serves it.",
	  config_options, 1, 1, command_export },
	{ "log checkpoint", "[-c FILE]", "the public log's checkpoint, as it is served", NULL,
	  config_options, 0, 0, command_log_checkpoint },
	{ "log request", "[-c FILE] [--old SIZE]", "what a witness is to be sent",
	  "The body of POST …/add-checkpoint (C2SP tlog-witness), from the size that the witness\n"
	  "saw last. The desk does this itself for the setting witnesses.",
	  request_options, 0, 0, command_log_request },
	{ "log add", "[-c FILE] ANSWER", "adds a witness's answer to the checkpoint",
	  "The desk must not run meanwhile.", config_options, 1, 1, command_log_add },
	{ "log resume", "[-c FILE] CHECKPOINT", "writes a lost log.state anew",
	  "CHECKPOINT is the newest that somebody else has: of a witness, a mirror, a reader. The\n"
	  "store must agree with itself and have grown out of it. Refused where there is a state\n"
	  "file.",
	  config_options, 1, 1, command_log_resume },
	{ "log key", "[-c FILE]", "a new key for the log, to be named by the next key set",
	  "Makes the log key's file with .next, and prints its public half for\n"
	  "communique keys new --log.",
	  config_options, 0, 0, command_log_key },
	{ "mail", "[-c FILE] LANGUAGE/RELEASE", "a public release as a message to be mailed",
	  "Without addresses: what sends it adds them. communiqued mail en/… | sendmail list@…",
	  config_options, 1, 1, command_mail },
	{ "config", "[-c FILE] [--check | --manual]",
	  "the effective configuration, and where each value came from", NULL, show_options, 0, 0,
	  command_config },
	{ .name = NULL },
};

static const struct program program = {
	.name = "communiqued",
	.version = VERSION,
	.does = "a press office of record, behind your web server",
	.commands = commands,
	.footer = "Manual: communiqued(8), communique.conf(5)",
};

int main(int argc, char **argv)
{
	struct fault why;

	log_start();
	store_explain_damage(SIGBUS);
	if (!sign_start(&why)) {
		fprintf(stderr, "communiqued: %s\n", why.says);
		return fault_exit(why.kind);
	}
	return command_main(&program, argc, argv);
}
