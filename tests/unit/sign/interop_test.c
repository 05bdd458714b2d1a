/*
 * Ours and stock minisign 0.11, face to face in one folder: the keys of each sign
 * and verify with the other, with and without a password.
 */
#include "sign_tests.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <communique/file.h>
#include <communique/limits.h>
#include <communique/minisign.h>

#include "../../../src/sign/seal.h"

#define FOLDER_TEMPLATE "/tmp/communique-minisign.XXXXXX"
static char folder[] = FOLDER_TEMPLATE;
static char path_room[256];
static const struct seal_limits little = { 524288, 16 * 1024 * 1024 };

static const char *in_folder(const char *name)
{
	snprintf(path_room, sizeof path_room, "%s/%s", folder, name);
	return path_room;
}

static bool has(const char *program)
{
	char command[128];

	snprintf(command, sizeof command, "command -v %s >/dev/null", program);
	return system(command) == 0;
}

/* The exit status of a shell command in the folder, its output in the file "said". */
static int run(const char *command)
{
	char line[1024];
	int status;

	snprintf(line, sizeof line, "cd %s && (%s) >said 2>&1", folder, command);
	status = system(line);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void put(const char *name, struct str bytes)
{
	struct fault why;

	if (!file_write(in_folder(name), bytes, 0600, &why))
		fail_msg("%s", why.says);
}

static struct str get(const char *name, struct buf *out)
{
	struct fault why;

	buf_init(out, 64 * 1024);
	if (!file_read(in_folder(name), out, &why))
		fail_msg("%s", why.says);
	return buf_str(out);
}

static void read_secret(const char *name, const char *password, struct secret_key *out)
{
	struct secret file;
	struct fault why;

	if (!secret_read_file(&file, in_folder(name), KEY_FILE_MAX, &why) ||
	    !secret_key_parse((struct str){ (const char *)file.at, file.len }, password, out, &why))
		fail_msg("%s", why.says);
	secret_free(&file);
}

static void put_pair(const struct secret_key *key, const char *password)
{
	struct secret file;
	struct buf out;

	assert_true(secret_key_format_within(key, password, little, &file, NULL));
	put("ours.key", (struct str){ (const char *)file.at, file.len });
	secret_free(&file);
	buf_init(&out, KEY_FILE_MAX);
	public_key_format(&key->public, &out);
	put("ours.pub", buf_str(&out));
	buf_release(&out);
}

static void assert_verifies(const char *file, const struct public_key *key)
{
	char name[64];
	struct buf bytes, signature_bytes;
	struct signature signature;
	struct fault why;

	snprintf(name, sizeof name, "%s.minisig", file);
	if (!signature_parse(get(name, &signature_bytes), &signature, &why) ||
	    !signature_verify(&signature, key, get(file, &bytes), &why))
		fail_msg("%s", why.says);
	buf_release(&bytes);
	buf_release(&signature_bytes);
}

static void our_signature_and_key_verify_with_theirs(void **state)
{
	struct secret_key key;
	struct buf out;

	(void)state;
	assert_true(secret_key_new(&key, NULL));
	put_pair(&key, NULL);
	put("text", STR("Opening of the bridge\n"));
	buf_init(&out, SIGNATURE_FILE_MAX);
	assert_true(signature_make(&key, STR("Opening of the bridge\n"),
				   STR("release en/bridge \xed\x95\x9c\xea\xb5\xad"), &out, NULL));
	put("text.minisig", buf_str(&out));
	assert_int_equal(run("minisign -VHm text -p ours.pub"), 0);
	put("text", STR("Closing of the bridge\n"));
	assert_int_not_equal(run("minisign -VHm text -p ours.pub"), 0);
	buf_release(&out);
	secret_key_free(&key);
}

static void their_signature_with_our_key_verifies_with_ours(void **state)
{
	struct secret_key key;

	(void)state;
	assert_true(secret_key_new(&key, NULL));
	put_pair(&key, NULL);
	put("text", STR("signed by theirs\n"));
	assert_int_equal(run("minisign -Sm text -s ours.key -t 'a comment'"), 0);
	assert_verifies("text", &key.public);
	assert_int_equal(run("minisign -Sm text -s ours.key"), 0);
	assert_verifies("text", &key.public);
	secret_key_free(&key);
}

static void their_key_signs_with_ours(void **state)
{
	struct secret_key key;
	struct public_key public;
	struct buf bytes, out;

	(void)state;
	assert_int_equal(run("minisign -G -W -f -p theirs.pub -s theirs.key"), 0);
	read_secret("theirs.key", NULL, &key);
	assert_true(public_key_parse(get("theirs.pub", &bytes), &public, NULL));
	assert_memory_equal(&public, &key.public, sizeof public);
	buf_init(&out, SIGNATURE_FILE_MAX);
	public_key_format(&public, &out);
	assert_true(str_ends(buf_str(&out), str_skip(buf_str(&bytes), buf_str(&bytes).len - 58)));
	buf_clear(&out);
	put("text", STR(""));
	assert_true(signature_make(&key, STR(""), STR(""), &out, NULL));
	put("text.minisig", buf_str(&out));
	assert_int_equal(run("minisign -VHm text -p theirs.pub"), 0);
	buf_release(&out);
	buf_release(&bytes);
	secret_key_free(&key);
}

static void legacy_signatures_are_refused(void **state)
{
	struct signature signature;
	struct fault why;
	struct buf bytes;

	(void)state;
	assert_int_equal(run("minisign -G -W -f -p theirs.pub -s theirs.key"), 0);
	put("text", STR("old\n"));
	assert_int_equal(run("minisign -Slm text -s theirs.key"), 0);
	assert_refused(signature_parse(get("text.minisig", &bytes), &signature, &why), why, INVALID,
		       2, "legacy");
	buf_release(&bytes);
}

static const char sign_with_password[] = "set timeout 120\n"
					 "spawn minisign -Sm text -s ours.key\n"
					 "expect \"Password:\"\n"
					 "send \"horse staple\\r\"\n"
					 "expect eof\n"
					 "exit [lindex [wait] 3]\n";

static void their_signature_with_our_password_key_verifies(void **state)
{
	struct secret_key key;

	(void)state;
	assert_true(has("expect")); /* `make needs-test` installs it */
	assert_true(secret_key_new(&key, NULL));
	put_pair(&key, "horse staple");
	put("text", STR("behind a password\n"));
	put("sign.exp", text_of(sign_with_password));
	assert_int_equal(run("expect sign.exp"), 0);
	assert_verifies("text", &key.public);
	put_pair(&key, "another");
	assert_int_not_equal(run("expect sign.exp"), 0);
	secret_key_free(&key);
}

static const char generate_with_password[] = "set timeout 120\n"
					     "spawn minisign -G -f -p theirs.pub -s theirs.key\n"
					     "expect \"Password:\"\n"
					     "send \"horse staple\\r\"\n"
					     "expect \"one more time\"\n"
					     "send \"horse staple\\r\"\n"
					     "expect eof\n"
					     "exit [lindex [wait] 3]\n";

/* The one test that takes minisign's own 1 GiB. */
static void their_password_key_signs_with_ours(void **state)
{
	struct secret_key key;
	struct buf out;

	(void)state;
	assert_true(has("expect")); /* `make needs-test` installs it */
	put("generate.exp", text_of(generate_with_password));
	assert_int_equal(run("expect generate.exp"), 0);
	assert_true(secret_key_has_password(get("theirs.key", &out)));
	buf_release(&out);
	read_secret("theirs.key", "horse staple", &key);
	put("text", STR("all of it\n"));
	buf_init(&out, SIGNATURE_FILE_MAX);
	assert_true(signature_make(&key, STR("all of it\n"), STR("x"), &out, NULL));
	put("text.minisig", buf_str(&out));
	assert_int_equal(run("minisign -VHm text -p theirs.pub"), 0);
	buf_release(&out);
	secret_key_free(&key);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_signature_and_key_verify_with_theirs),
		cmocka_unit_test(their_signature_with_our_key_verifies_with_ours),
		cmocka_unit_test(their_key_signs_with_ours),
		cmocka_unit_test(legacy_signatures_are_refused),
		cmocka_unit_test(their_signature_with_our_password_key_verifies),
		cmocka_unit_test(their_password_key_signs_with_ours),
	};

	if (!sign_start(NULL))
		return 1;
	if (!has("minisign")) {
		fprintf(stderr, "minisign is not installed: `make test` installs it\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
