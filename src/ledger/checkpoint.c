#include <communique/bytes.h>
#include <communique/checkpoint.h>
#include <communique/limits.h>

static bool take_root(struct str line, struct hash *out)
{
	size_t len;

	return base64_decode(out->at, HASH_SIZE, &len, line) && len == HASH_SIZE;
}

bool checkpoint_parse(struct str file, struct checkpoint *out, struct fault *why)
{
	struct str rest, line;

	if (!note_parse(file, &out->note, why))
		return false;
	rest = str_first(out->note.text, out->note.text.len - 1);
	out->origin = str_cut(&rest, '\n');
	if (out->origin.len == 0 || out->origin.len > NOTE_NAME_MAX)
		return fail_line(why, INVALID, 1, "an origin has 1 to %d bytes", NOTE_NAME_MAX);
	if (!str_to_u64(str_cut(&rest, '\n'), LOG_LEAVES_MAX, &out->size))
		return fail_line(why, INVALID, 2, "here stands the log's size");
	if (!take_root(str_cut(&rest, '\n'), &out->root))
		return fail_line(why, INVALID, 3, "here stands the base64 of the log's root");
	while (str_given(rest)) {
		line = str_cut(&rest, '\n');
		if (line.len == 0)
			return fail(why, INVALID, "a checkpoint has no empty line in its text");
	}
	return true;
}

bool checkpoint_verify(const struct checkpoint *checkpoint, const struct vkey *log,
		       struct fault *why)
{
	if (!str_equal(checkpoint->origin, log->name))
		return fail(why, INVALID, "the checkpoint is of the log %s",
			    QUOTE(checkpoint->origin));
	return note_verify(&checkpoint->note, checkpoint->note.text, log, NULL, why);
}

void checkpoint_format(struct str origin, uint64_t size, const struct hash *root, struct buf *out)
{
	buf_addf(out, "%.*s\n%llu\n", STR_ARG(origin), (unsigned long long)size);
	buf_add_base64(out, root->at, HASH_SIZE);
	buf_add_char(out, '\n');
}

void checkpoint_sign(struct str origin, uint64_t size, const struct hash *root,
		     const struct secret_key *key, struct buf *out)
{
	struct buf text;

	buf_init(&text, NOTE_MAX);
	checkpoint_format(origin, size, root, &text);
	must(!text.full);
	buf_add(out, buf_str(&text));
	buf_add_char(out, '\n');
	note_sign(buf_str(&text), origin, VKEY_NOTE, 0, key, out);
	buf_release(&text);
}

void witness_request(uint64_t old, const struct merkle_proof *proof, struct str checkpoint,
		     struct buf *out)
{
	buf_addf(out, "old %llu\n", (unsigned long long)old);
	for (size_t i = 0; i < proof->count; i++) {
		buf_add_base64(out, proof->at[i].at, HASH_SIZE);
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
	buf_add(out, checkpoint);
}

bool witness_answer(struct str answer, const struct checkpoint *checkpoint,
		    const struct vkey *witness, struct str *line, int64_t *when, struct fault *why)
{
	struct note lines;

	if (!note_parse_signatures(answer, &lines, why) ||
	    !note_verify(&lines, checkpoint->note.text, witness, when, why))
		return false;
	for (size_t i = 0; i < lines.count; i++) {
		if (lines.signatures[i].hash == witness->hash &&
		    str_equal(lines.signatures[i].name, witness->name))
			*line = lines.signatures[i].line;
	}
	return true;
}

bool witness_size(struct str answer, uint64_t *out, struct fault *why)
{
	struct str rest = answer, line = str_cut(&rest, '\n');

	return (str_given(rest) && rest.len == 0 && str_to_u64(line, LOG_LEAVES_MAX, out)) ||
	       fail(why, INVALID, "a witness that is elsewhere says its size and nothing else");
}
