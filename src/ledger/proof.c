#include <communique/bytes.h>
#include <communique/lines.h>
#include <communique/proof.h>

static bool take_header(struct lines *lines, struct fault *why)
{
	struct str line;

	return lines_next(lines, &line, why) &&
	       (str_equal(line, STR("c2sp.org/tlog-proof@v1")) ||
		lines_fail(lines, why, "a proof begins with \"c2sp.org/tlog-proof@v1\""));
}

static bool take_extra(struct lines *lines, struct str *line, struct fault *why)
{
	unsigned char bytes[LOG_PROOF_EXTRA_MAX];
	size_t len;

	if (!str_starts(*line, STR("extra ")))
		return true;
	if (!base64_decode(bytes, sizeof bytes, &len, str_skip(*line, 6)))
		return lines_fail(lines, why, "extra data is canonical base64 of at most %d bytes",
				  LOG_PROOF_EXTRA_MAX);
	return lines_next(lines, line, why);
}

static bool take_index(struct lines *lines, struct str line, uint64_t *out, struct fault *why)
{
	return (str_starts(line, STR("index ")) &&
		str_to_u64(str_skip(line, 6), LOG_LEAVES_MAX, out)) ||
	       lines_fail(lines, why, "here stands \"index\" and a number");
}

static bool take_path(struct lines *lines, struct merkle_proof *out, struct fault *why)
{
	struct str line;
	size_t len;

	out->count = 0;
	for (;;) {
		if (!lines_next(lines, &line, why))
			return false;
		if (line.len == 0)
			return true;
		if (out->count == MERKLE_PROOF_MAX)
			return lines_fail(lines, why, "there are more than %d hashes",
					  MERKLE_PROOF_MAX);
		if (!base64_decode(out->at[out->count++].at, HASH_SIZE, &len, line) ||
		    len != HASH_SIZE)
			return lines_fail(lines, why, "a hash is canonical base64 of %d bytes",
					  HASH_SIZE);
	}
}

bool log_proof_parse(struct str file, struct log_proof *out, struct fault *why)
{
	struct lines lines = lines_begin(file, INVALID);
	struct str line;

	if (file.len > LOG_PROOF_MAX)
		return fail(why, INVALID, "a proof has at most %d bytes", LOG_PROOF_MAX);
	if (!take_header(&lines, why) || !lines_next(&lines, &line, why) ||
	    !take_extra(&lines, &line, why) || !take_index(&lines, line, &out->index, why) ||
	    !take_path(&lines, &out->path, why))
		return false;
	out->checkpoint = lines.rest;
	return lines.rest.len > 0 || fail(why, INVALID, "the checkpoint is missing");
}

void log_proof_format(const struct log_proof *proof, struct buf *out)
{
	buf_addf(out, "c2sp.org/tlog-proof@v1\nindex %llu\n", (unsigned long long)proof->index);
	for (size_t i = 0; i < proof->path.count; i++) {
		buf_add_base64(out, proof->path.at[i].at, HASH_SIZE);
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
	buf_add(out, proof->checkpoint);
}

bool log_proof_check(const struct log_proof *proof, struct str leaf, const struct vkey *log,
		     struct checkpoint *out, struct fault *why)
{
	struct hash hash = merkle_leaf(leaf);

	return checkpoint_parse(proof->checkpoint, out, why) && checkpoint_verify(out, log, why) &&
	       merkle_check_inclusion(&proof->path, &hash, proof->index, out->size, &out->root,
				      why);
}
