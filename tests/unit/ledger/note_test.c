#include "trees.h"

#include <communique/file.h>
#include <communique/proof.h>

#define VECTORS "../shared/vectors/rfc6962-merkle.json"
#define DASH "\xe2\x80\x94 "
#define ORIGIN "press.example/log"
#define WITNESS "witness.example/w1"

static struct secret_key log_key, witness_key;
static struct vkey log_vkey, witness_vkey;
static char vkey_texts[2][VKEY_MAX];

static void make_key(struct secret_key *key, const char *name, uint8_t type, struct vkey *vkey,
		     char *room)
{
	struct buf text;

	assert_true(secret_key_new(key, NULL));
	buf_init(&text, VKEY_MAX);
	vkey_format(str_from(name), type, key->public.key, &text);
	memcpy(room, text.at, text.len);
	assert_true(vkey_parse((struct str){ room, text.len }, vkey, NULL));
	buf_release(&text);
}

static int start(void **state)
{
	(void)state;
	assert_true(sign_start(NULL));
	make_key(&log_key, ORIGIN, VKEY_NOTE, &log_vkey, vkey_texts[0]);
	make_key(&witness_key, WITNESS, VKEY_COSIGNATURE, &witness_vkey, vkey_texts[1]);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	secret_key_free(&log_key);
	secret_key_free(&witness_key);
	return 0;
}

/* The text behind "name": up to the quotation mark, \n turned into LF. */
static void read_string(const char *json, const char *name, struct buf *out)
{
	const char *at = strstr(json, name);

	if (!at)
		fail_msg("%s has no %s", VECTORS, name);
	at = strchr(at + strlen(name) + 1, '"');
	for (at++; *at != '"'; at++) {
		if (*at == '\\' && *++at == 'n')
			buf_add_char(out, '\n');
		else
			buf_add_char(out, *at);
	}
}

static void the_published_note_is_verified(void **state)
{
	struct buf json, vkey_text, note_text;
	struct vkey vkey;
	struct fault why;
	struct note note;

	(void)state;
	buf_init(&json, 65536);
	buf_init(&vkey_text, 1024);
	buf_init(&note_text, 1024);
	if (!file_read(VECTORS, &json, NULL))
		fail_msg("%s is missing", VECTORS);
	buf_add_char(&json, '\0');
	read_string(json.at, "\"vkey\"", &vkey_text);
	assert_true(vkey_parse(buf_str(&vkey_text), &vkey, NULL));
	read_string(json.at, "\"text\"", &note_text);
	buf_addf(&note_text, "\n" DASH "%.*s ", STR_ARG(vkey.name));
	read_string(json.at, "\"signature\"", &note_text);
	buf_add_char(&note_text, '\n');
	assert_true(note_parse(buf_str(&note_text), &note, NULL));
	assert_int_equal(note.count, 1);
	assert_true(note_verify(&note, note.text, &vkey, NULL, NULL));
	note_text.at[3] ^= 1;
	assert_refused(note_verify(&note, note.text, &vkey, NULL, &why), why, SIGNATURE_WRONG,
		       "is wrong");
	buf_release(&json);
	buf_release(&vkey_text);
	buf_release(&note_text);
}

static void make_checkpoint(struct buf *out, uint64_t size, const struct hash *root)
{
	buf_init(out, NOTE_MAX);
	checkpoint_sign(STR(ORIGIN), size, root, &log_key, out);
}

static void a_checkpoint_is_read_as_it_was_signed(void **state)
{
	struct hash root = numbered_leaf(5);
	struct checkpoint checkpoint;
	struct fault why;
	struct buf file;

	(void)state;
	make_checkpoint(&file, 12, &root);
	assert_true(checkpoint_parse(buf_str(&file), &checkpoint, NULL));
	assert_str(checkpoint.origin, STR(ORIGIN));
	assert_int_equal(checkpoint.size, 12);
	assert_hash(&checkpoint.root, &root);
	assert_true(checkpoint_verify(&checkpoint, &log_vkey, NULL));
	assert_refused(checkpoint_verify(&checkpoint, &witness_vkey, &why), why, INVALID,
		       "is of the log");
	buf_release(&file);
}

static void a_cosignature_tells_its_time(void **state)
{
	struct hash root = numbered_leaf(5);
	struct checkpoint checkpoint;
	struct buf file, answer;
	struct fault why;
	struct str line;
	int64_t when;

	(void)state;
	make_checkpoint(&file, 12, &root);
	buf_init(&answer, 4096);
	assert_true(checkpoint_parse(buf_str(&file), &checkpoint, NULL));
	buf_add(&answer, STR(DASH "other.example AAAAAAAA\n"));
	note_sign(checkpoint.note.text, STR(WITNESS), VKEY_COSIGNATURE, 1795451641, &witness_key,
		  &answer);
	assert_true(
		witness_answer(buf_str(&answer), &checkpoint, &witness_vkey, &line, &when, NULL));
	assert_int_equal(when, 1795451641);
	assert_true(str_starts(line, STR(DASH WITNESS " ")) && str_ends(line, STR("\n")));
	buf_add(&file, line);
	assert_true(checkpoint_parse(buf_str(&file), &checkpoint, NULL));
	assert_int_equal(checkpoint.note.count, 2);
	assert_true(checkpoint_verify(&checkpoint, &log_vkey, NULL));
	assert_true(
		note_verify(&checkpoint.note, checkpoint.note.text, &witness_vkey, &when, NULL));

	/* The same key as a log's is another key: a plain signature is no cosignature. */
	buf_clear(&answer);
	note_sign(checkpoint.note.text, STR(WITNESS), VKEY_NOTE, 0, &witness_key, &answer);
	assert_refused(
		witness_answer(buf_str(&answer), &checkpoint, &witness_vkey, &line, &when, &why),
		why, NOT_FOUND, "has not signed");
	/* Of another text. */
	buf_clear(&answer);
	note_sign(STR("other\n"), STR(WITNESS), VKEY_COSIGNATURE, 1, &witness_key, &answer);
	assert_refused(
		witness_answer(buf_str(&answer), &checkpoint, &witness_vkey, &line, &when, &why),
		why, SIGNATURE_WRONG, "is wrong");
	buf_release(&file);
	buf_release(&answer);
}

static void lines_of_unknown_signers_are_ignored(void **state)
{
	struct hash root = numbered_leaf(5);
	struct checkpoint checkpoint;
	struct buf file;

	(void)state;
	make_checkpoint(&file, 12, &root);
	/* An unknown kind and length, and our name with another key. */
	buf_add(&file, STR(DASH "pq.example/1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"));
	buf_add(&file, STR(DASH ORIGIN " AAAAAAAAAAAA\n"));
	assert_true(checkpoint_parse(buf_str(&file), &checkpoint, NULL));
	assert_int_equal(checkpoint.note.count, 3);
	assert_true(checkpoint_verify(&checkpoint, &log_vkey, NULL));
	buf_release(&file);
}

static void there_is_room_for_sixteen_cosignatures(void **state)
{
	struct hash root = numbered_leaf(5);
	struct checkpoint checkpoint;
	struct fault why;
	struct buf file;

	(void)state;
	make_checkpoint(&file, 12, &root);
	for (size_t i = 0; i < COSIGNATURES_MAX; i++) {
		char bytes[4200] = { (char)i };

		buf_addf(&file, DASH "witness%zu.example ", i);
		buf_add_base64(&file, bytes, sizeof bytes);
		buf_add_char(&file, '\n');
	}
	assert_true(checkpoint_parse(buf_str(&file), &checkpoint, NULL));
	while (checkpoint.note.count < NOTE_SIGNATURES_MAX) {
		buf_add(&file, STR(DASH "x AAAAAAAA\n"));
		assert_true(checkpoint_parse(buf_str(&file), &checkpoint, NULL));
	}
	buf_add(&file, STR(DASH "x AAAAAAAA\n"));
	assert_refused(checkpoint_parse(buf_str(&file), &checkpoint, &why), why, INVALID,
		       "more than 64 signatures");
	buf_release(&file);
}

static void a_malformed_note_is_refused(void **state)
{
#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define GOOD "a/log\n1\n" ROOT "\n"
#define SIG "\n" DASH "a/log AAAAAAAA\n"
	static const struct {
		const char *file, *words;
	} bad[] = {
		{ "", "no empty line" },
		{ GOOD, "no empty line" },
		{ GOOD "\n", "ends before this line" },
		{ GOOD DASH "a/log AAAAAAAA\n", "no empty line" },
		{ GOOD "\n" DASH "a/log AAAAAAAA", "no line feed" },
		{ GOOD "\n- a/log AAAAAAAA\n", "begins with" },
		{ GOOD "\n" DASH "AAAAAAAA\n", "canonical base64" },
		{ GOOD "\n" DASH " AAAAAAAA\n", "name" },
		{ GOOD "\n" DASH "a+b AAAAAAAA\n", "name" },
		{ GOOD "\n" DASH "a\xc2\xa0"
		       "b AAAAAAAA\n",
		  "name" },
		{ GOOD "\n" DASH "a/log AAAA\n", "canonical base64" },
		{ GOOD "\n" DASH "a/log AAAAAA==\n", "canonical base64" },
		{ GOOD "\n" DASH "a/log AAAAAAB=\n", "canonical base64" },
		{ GOOD "\n" DASH "a/log AAAAAAAA x\n", "canonical base64" },
		{ GOOD "x\ty\n" SIG, "control character" },
		{ GOOD "x\ry\n" SIG, "carriage return" },
		{ GOOD "\xff\n" SIG, "not UTF-8" },
		{ "\n1\n" ROOT "\n" SIG, "an origin" },
		{ "a/log\n" SIG, "size" },
		{ "a/log\n01\n" ROOT "\n" SIG, "size" },
		{ "a/log\n-1\n" ROOT "\n" SIG, "size" },
		{ "a/log\n4611686018427387905\n" ROOT "\n" SIG, "size" },
		{ "a/log\n1\n" SIG, "root" },
		{ "a/log\n1\nAAAA\n" SIG, "root" },
		{ GOOD "\nextension\n" SIG, "no empty line in its text" },
	};
	struct checkpoint checkpoint;
	struct fault why;

	(void)state;
	assert_true(checkpoint_parse(STR(GOOD SIG), &checkpoint, NULL));
	assert_true(checkpoint_parse(STR(GOOD "an extension\n" SIG), &checkpoint, NULL));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(checkpoint_parse(str_from(bad[i].file), &checkpoint, &why), why,
			       INVALID, bad[i].words);
}

static void a_note_has_a_limit(void **state)
{
	struct checkpoint checkpoint;
	struct fault why;
	struct buf file;

	(void)state;
	buf_init(&file, NOTE_MAX + 1);
	buf_add(&file, STR(GOOD));
	while (file.len < NOTE_MAX - strlen(SIG) - 1)
		buf_add_char(&file, 'x');
	buf_add(&file, STR("\n" SIG));
	assert_int_equal(file.len, NOTE_MAX);
	assert_true(checkpoint_parse(buf_str(&file), &checkpoint, NULL));
	file.len -= strlen("\n" SIG);
	buf_add(&file, STR("x\n" SIG));
	assert_refused(checkpoint_parse(buf_str(&file), &checkpoint, &why), why, INVALID,
		       "at most");
	buf_release(&file);
}

static void a_witness_is_asked_and_says_where_it_is(void **state)
{
	struct merkle_proof proof = { .count = 2 };
	struct buf request, wanted;
	struct fault why;
	uint64_t size;

	(void)state;
	buf_init(&request, 4096);
	buf_init(&wanted, 4096);
	proof.at[0] = numbered_leaf(0);
	proof.at[1] = numbered_leaf(1);
	witness_request(3, &proof, STR(GOOD SIG), &request);
	buf_add(&wanted, STR("old 3\n"));
	buf_add_base64(&wanted, proof.at[0].at, HASH_SIZE);
	buf_add_char(&wanted, '\n');
	buf_add_base64(&wanted, proof.at[1].at, HASH_SIZE);
	buf_add(&wanted, STR("\n\n" GOOD SIG));
	assert_str(buf_str(&request), buf_str(&wanted));
	assert_true(witness_size(STR("20852163\n"), &size, NULL));
	assert_int_equal(size, 20852163);
	assert_refused(witness_size(STR("20852163"), &size, &why), why, INVALID, "size");
	assert_refused(witness_size(STR("1\n2\n"), &size, &why), why, INVALID, "size");
	assert_refused(witness_size(STR("x\n"), &size, &why), why, INVALID, "size");
	buf_release(&request);
	buf_release(&wanted);
}

/* A log of nine leaves, the proof of one of them, and its checkpoint. */
static void make_proof(uint64_t index, struct buf *checkpoint, struct buf *file)
{
	struct log_proof proof = { .index = index };
	struct hash root;
	struct tree tree;

	tree_init(&tree, 9);
	tree_grow_to(&tree, 9);
	assert_true(merkle_root(TREE_SOURCE(&tree), 9, &root, NULL));
	make_checkpoint(checkpoint, 9, &root);
	proof.checkpoint = buf_str(checkpoint);
	assert_true(merkle_prove_inclusion(TREE_SOURCE(&tree), index, 9, &proof.path, NULL));
	buf_init(file, LOG_PROOF_MAX);
	log_proof_format(&proof, file);
	tree_free(&tree);
}

static void a_proof_holds_for_its_leaf_alone(void **state)
{
	struct buf checkpoint, file, again;
	struct checkpoint under;
	struct log_proof proof;
	struct fault why;

	(void)state;
	make_proof(5, &checkpoint, &file);
	assert_true(log_proof_parse(buf_str(&file), &proof, NULL));
	assert_int_equal(proof.index, 5);
	assert_str(proof.checkpoint, buf_str(&checkpoint));
	assert_true(log_proof_check(&proof, STR("5"), &log_vkey, &under, NULL));
	assert_int_equal(under.size, 9);
	assert_refused(log_proof_check(&proof, STR("4"), &log_vkey, &under, &why), why, INVALID,
		       "another root");
	buf_init(&again, LOG_PROOF_MAX);
	log_proof_format(&proof, &again);
	assert_str(buf_str(&again), buf_str(&file));
	buf_release(&checkpoint);
	buf_release(&file);
	buf_release(&again);
}

static void a_malformed_proof_is_refused(void **state)
{
#define HEAD "c2sp.org/tlog-proof@v1\n"
	static const struct {
		const char *file, *words;
	} bad[] = {
		{ "", "ends before" },
		{ "c2sp.org/tlog-proof@v2\nindex 0\n\nx\n", "begins with" },
		{ HEAD, "ends before" },
		{ HEAD "extra AA=\nindex 0\n\nx\n", "canonical base64" },
		{ HEAD "index 0\nextra AAAA\n\nx\n", "canonical base64" },
		{ HEAD "extra AAAA\nextra AAAA\nindex 0\n\nx\n", "index" },
		{ HEAD "index 00\n\nx\n", "index" },
		{ HEAD "index -1\n\nx\n", "index" },
		{ HEAD "index\n\nx\n", "index" },
		{ HEAD "index 0\n", "ends before" },
		{ HEAD "index 0\n" ROOT "\n", "ends before" },
		{ HEAD "index 0\nAAAA\n\nx\n", "canonical base64" },
		{ HEAD "index 0\n" ROOT "\r\n\nx\n", "carriage return" },
		{ HEAD "index 0\n\n", "checkpoint is missing" },
	};
	struct log_proof proof;
	struct fault why;
	struct buf file;

	(void)state;
	assert_true(
		log_proof_parse(STR(HEAD "extra AAAA\nindex 0\n" ROOT "\n\nx\n"), &proof, NULL));
	assert_true(log_proof_parse(STR(HEAD "index 0\n\nx\n"), &proof, NULL));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(log_proof_parse(str_from(bad[i].file), &proof, &why), why, INVALID,
			       bad[i].words);
	buf_init(&file, 8192);
	buf_add(&file, STR(HEAD "index 0\n"));
	for (size_t i = 0; i <= MERKLE_PROOF_MAX; i++)
		buf_add(&file, STR(ROOT "\n"));
	buf_add(&file, STR("\nx\n"));
	assert_refused(log_proof_parse(buf_str(&file), &proof, &why), why, INVALID,
		       "more than 63 hashes");
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_note_is_verified),
		cmocka_unit_test(a_checkpoint_is_read_as_it_was_signed),
		cmocka_unit_test(a_cosignature_tells_its_time),
		cmocka_unit_test(lines_of_unknown_signers_are_ignored),
		cmocka_unit_test(there_is_room_for_sixteen_cosignatures),
		cmocka_unit_test(a_malformed_note_is_refused),
		cmocka_unit_test(a_note_has_a_limit),
		cmocka_unit_test(a_witness_is_asked_and_says_where_it_is),
		cmocka_unit_test(a_proof_holds_for_its_leaf_alone),
		cmocka_unit_test(a_malformed_proof_is_refused),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
