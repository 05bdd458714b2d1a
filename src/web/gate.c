#include "gate.h"

#include <communique/bytes.h>

#define ROLE_RESPONDER 1
#define FLAG_KEEP_CONN 1
#define BEGIN_LENGTH 8
#define VALUES_LENGTH_MAX 512
#define PARAM_NAME_MAX 255

struct record {
	unsigned type;
	uint16_t id;
	struct str content; /* what of it has arrived */
	size_t length;	    /* of the whole content */
	size_t size;	    /* of the whole record */
	bool complete;
};

static enum gate_verdict refuse(struct gate *out, const char *reason)
{
	out->reason = reason;
	return GATE_REFUSE;
}

/* False: the eight bytes are not all there. */
static bool record_read(struct str seen, struct record *out)
{
	const unsigned char *at = (const unsigned char *)seen.at;

	if (seen.len < FCGI_RECORD_HEAD)
		return false;
	out->type = at[1];
	out->id = get_be16(at + 2);
	out->length = get_be16(at + 4);
	out->size = FCGI_RECORD_HEAD + out->length + at[6];
	out->content = str_first(str_skip(seen, FCGI_RECORD_HEAD), out->length);
	out->complete = seen.len >= out->size;
	return true;
}

/* --- pairs -------------------------------------------------------------------------- */

static bool pair_length(struct str *rest, size_t *out)
{
	const unsigned char *at = (const unsigned char *)rest->at;

	if (rest->len >= 1 && at[0] < 0x80) {
		*out = at[0];
		*rest = str_skip(*rest, 1);
		return true;
	}
	if (rest->len < 4)
		return false;
	*out = get_be32(at) & 0x7fffffff;
	*rest = str_skip(*rest, 4);
	return true;
}

static bool pair_next(struct str *rest, struct str *name, struct str *value)
{
	size_t name_len, value_len;

	if (!pair_length(rest, &name_len) || !pair_length(rest, &value_len))
		return false;
	if (name_len > rest->len || value_len > rest->len - name_len)
		return false;
	*name = str_first(*rest, name_len);
	*rest = str_skip(*rest, name_len);
	*value = str_first(*rest, value_len);
	*rest = str_skip(*rest, value_len);
	return true;
}

/* libfcgi joins a pair to `name=value` with a NUL behind: neither may stand inside. */
static bool pair_sane(struct str name, struct str value)
{
	if (name.len == 0 || name.len > PARAM_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] <= ' ' || name.at[i] == '=' || name.at[i] == 0x7f)
			return false;
	return str_find(value, '\0') == value.len;
}

bool gate_pair(struct str *pairs, struct str *name, struct str *value)
{
	return pairs->len > 0 && pair_next(pairs, name, value);
}

static bool pairs_sane(struct str pairs)
{
	struct str name, value;

	while (pairs.len > 0)
		if (!pair_next(&pairs, &name, &value) || !pair_sane(name, value))
			return false;
	return true;
}

/* --- records ------------------------------------------------------------------------ */

/* What one record header alone may say, wherever it stands. */
static const char *record_wrong(const struct record *record, struct str seen)
{
	if (seen.at[0] != 1)
		return "not FastCGI 1";
	if (record->id == 0 && record->type != FCGI_TYPE_GET_VALUES)
		return "a management record";
	return NULL;
}

/* A version byte alone is enough to refuse what is not FastCGI at all. */
static enum gate_verdict short_record(struct str seen, struct gate *out)
{
	if (seen.len > 0 && seen.at[0] != 1)
		return refuse(out, "not FastCGI 1");
	return GATE_WAIT;
}

static enum gate_verdict look_at_values(const struct record *record, struct gate *out)
{
	if (record->id != 0)
		return refuse(out, "GET_VALUES of a request");
	if (record->length > VALUES_LENGTH_MAX)
		return refuse(out, "a long GET_VALUES");
	if (!record->complete)
		return GATE_WAIT;
	if (!pairs_sane(record->content))
		return refuse(out, "GET_VALUES that cannot be read");
	out->used = record->size;
	return GATE_VALUES;
}

static enum gate_verdict look_at_stray(const struct record *record, struct gate *out)
{
	if (record->length != 0)
		return refuse(out, "ABORT_REQUEST with content");
	if (!record->complete)
		return GATE_WAIT;
	out->used = record->size;
	return GATE_STRAY;
}

static enum gate_verdict look_at_begin(const struct record *record, struct gate *out)
{
	const unsigned char *body = (const unsigned char *)record->content.at;

	if (record->type != FCGI_TYPE_BEGIN)
		return refuse(out, "no BEGIN_REQUEST");
	if (record->length != BEGIN_LENGTH)
		return refuse(out, "BEGIN_REQUEST of another length");
	if (record->content.len >= 2 && get_be16(body) != ROLE_RESPONDER)
		return refuse(out, "another role than responder");
	if (!record->complete)
		return GATE_WAIT;
	out->id = record->id;
	out->keep = body[2] & FLAG_KEEP_CONN;
	return GATE_READY;
}

struct walk {
	struct str seen;
	size_t at;
};

static enum gate_verdict walk_record(struct walk *walk, struct record *record, struct gate *out)
{
	struct str rest = str_skip(walk->seen, walk->at);
	const char *wrong;

	if (!record_read(rest, record))
		return short_record(rest, out);
	wrong = record_wrong(record, rest);
	if (wrong)
		return refuse(out, wrong);
	if (record->id == 0)
		return refuse(out, "GET_VALUES inside a request");
	if (record->id != out->id)
		return refuse(out, "a second request on the connection");
	return GATE_READY;
}

static enum gate_verdict aborted(struct walk *walk, const struct record *record, struct gate *out)
{
	if (record->length != 0)
		return refuse(out, "ABORT_REQUEST with content");
	if (!record->complete)
		return GATE_WAIT;
	out->used = walk->at + record->size;
	return GATE_ABORTED;
}

/* Most web servers send one record, which is fine where it stands. All records together are
 * shorter than REQUEST_HEAD_MAX. */
static void add_pairs(struct gate *out, struct str content)
{
	if (out->pairs.len == 0) {
		out->pairs = content;
		return;
	}
	if (out->pairs.at != out->gathered)
		memcpy(out->gathered, out->pairs.at, out->pairs.len);
	memcpy(out->gathered + out->pairs.len, content.at, content.len);
	out->pairs = (struct str){ out->gathered, out->pairs.len + content.len };
}

/* The PARAMS records up to the empty one. */
static enum gate_verdict walk_params(struct walk *walk, struct gate *out)
{
	struct record record;

	for (;;) {
		enum gate_verdict verdict = walk_record(walk, &record, out);

		if (verdict != GATE_READY)
			return verdict;
		if (record.type == FCGI_TYPE_ABORT)
			return aborted(walk, &record, out);
		if (record.type != FCGI_TYPE_PARAMS)
			return refuse(out, "a record out of order");
		if (walk->at + record.size > REQUEST_HEAD_MAX)
			return refuse(out, "a head that is too large");
		if (!record.complete)
			return GATE_WAIT;
		walk->at += record.size;
		if (record.length == 0)
			break;
		add_pairs(out, record.content);
	}
	if (!pairs_sane(out->pairs))
		return refuse(out, "parameters that cannot be read");
	out->head = walk->at;
	return GATE_READY;
}

/* What of the body is there. It may be long, so an incomplete record is fine; what is visible
 * must be this request's STDIN, and nothing may follow its end: libfcgi would lose it. */
static enum gate_verdict walk_body(struct walk *walk, struct gate *out)
{
	struct record record;

	while (walk->at < walk->seen.len) {
		enum gate_verdict verdict = walk_record(walk, &record, out);

		if (verdict == GATE_REFUSE)
			return verdict;
		if (verdict == GATE_WAIT)
			break;
		if (record.type == FCGI_TYPE_ABORT) {
			verdict = aborted(walk, &record, out);
			return verdict == GATE_WAIT ? GATE_READY : verdict;
		}
		if (out->whole)
			return refuse(out, "something behind the request");
		if (record.type != FCGI_TYPE_STDIN)
			return refuse(out, "a record out of order");
		if (!record.complete)
			break;
		walk->at += record.size;
		out->whole = record.length == 0;
	}
	if (walk->at < walk->seen.len)
		out->whole = false;
	return GATE_READY;
}

static enum gate_verdict look_at_request(struct str seen, size_t begin, struct gate *out)
{
	struct walk walk = { seen, begin };
	enum gate_verdict verdict = walk_params(&walk, out);

	return verdict == GATE_READY ? walk_body(&walk, out) : verdict;
}

enum gate_verdict gate_look(struct str seen, struct gate *out)
{
	struct record record;
	enum gate_verdict verdict;
	const char *wrong;

	memset(out, 0, offsetof(struct gate, gathered));
	if (!record_read(seen, &record))
		return short_record(seen, out);
	wrong = record_wrong(&record, seen);
	if (wrong)
		return refuse(out, wrong);
	if (record.type == FCGI_TYPE_GET_VALUES)
		return look_at_values(&record, out);
	if (record.type == FCGI_TYPE_ABORT)
		return look_at_stray(&record, out);
	verdict = look_at_begin(&record, out);
	return verdict == GATE_READY ? look_at_request(seen, record.size, out) : verdict;
}

/* --- answers ------------------------------------------------------------------------ */

void fcgi_record_head(unsigned char out[FCGI_RECORD_HEAD], enum fcgi_type type, uint16_t id,
		      size_t length, size_t padding)
{
	out[0] = 1;
	out[1] = (unsigned char)type;
	put_be16(out + 2, id);
	put_be16(out + 4, (uint16_t)length);
	out[6] = (unsigned char)padding;
	out[7] = 0;
}

/* Application status 0, protocol status FCGI_REQUEST_COMPLETE: all zero. */
void fcgi_end_request(unsigned char out[FCGI_END_SIZE], uint16_t id)
{
	fcgi_record_head(out, FCGI_TYPE_END, id, FCGI_END_SIZE - FCGI_RECORD_HEAD, 0);
	memset(out + FCGI_RECORD_HEAD, 0, FCGI_END_SIZE - FCGI_RECORD_HEAD);
}

static void values_add(struct buf *out, struct str name, struct str value)
{
	buf_add_char(out, (char)name.len);
	buf_add_char(out, (char)value.len);
	buf_add(out, name);
	buf_add(out, value);
}

size_t gate_values(struct str seen, unsigned connections, char out[GATE_VALUES_MAX])
{
	static const struct str names[] = { { "FCGI_MAX_CONNS", 14 },
					    { "FCGI_MAX_REQS", 13 },
					    { "FCGI_MPXS_CONNS", 15 } };
	bool asked[3] = { false };
	char number[16];
	struct record record;
	struct str rest, name, value;
	struct buf pairs;
	size_t len;

	must(record_read(seen, &record));
	for (rest = record.content; rest.len > 0 && pair_next(&rest, &name, &value);)
		for (size_t i = 0; i < 3; i++)
			asked[i] = asked[i] || str_equal(name, names[i]);
	snprintf(number, sizeof(number), "%u", connections);
	buf_init(&pairs, GATE_VALUES_MAX - FCGI_RECORD_HEAD);
	for (size_t i = 0; i < 3; i++)
		if (asked[i])
			values_add(&pairs, names[i], i == 2 ? STR("0") : str_from(number));
	must(!pairs.full);
	fcgi_record_head((unsigned char *)out, FCGI_TYPE_GET_VALUES_RESULT, 0, pairs.len, 0);
	memcpy(out + FCGI_RECORD_HEAD, buf_str(&pairs).at, pairs.len);
	len = FCGI_RECORD_HEAD + pairs.len;
	buf_release(&pairs);
	return len;
}
