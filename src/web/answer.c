#include "answer.h"

#include <stdarg.h>
#include <unistd.h>

#include <communique/limits.h>
#include <communique/log.h>

#define HEAD_MAX 16384 /* with nginx's buffer of 16 KiB in mind: a head must fit into it */
#define VALUE_MAX 4096
#define BODY_KEPT_MAX (1024 * 1024) /* memory that stays with a thread for the next answer */

#define POLICY                                                                                     \
	"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "                \
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "               \
	"frame-ancestors 'none'"
#define SECURITY                                                                                   \
	"X-Content-Type-Options: nosniff\r\n"                                                      \
	"Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"     \
	"Cross-Origin-Opener-Policy: same-origin\r\n"

void answer_init(struct answer *answer)
{
	*answer = (struct answer){ .state = ANSWER_EMPTY, .file = -1 };
	buf_init(&answer->head, HEAD_MAX);
	buf_init(&answer->body, PAGE_MAX);
}

static void close_file(struct answer *answer)
{
	if (answer->file >= 0)
		close(answer->file);
	answer->file = -1;
	answer->file_at = answer->file_len = 0;
}

void answer_let_go(struct answer *answer)
{
	if (answer->let_go)
		answer->let_go(answer->held);
	answer->let_go = NULL;
	answer->held = NULL;
	answer->lasting_head = answer->lasting = STR_NONE;
	/* What was sent once is never an answer to somebody else. */
	answer->state = ANSWER_EMPTY;
}

void answer_release(struct answer *answer)
{
	answer_let_go(answer);
	close_file(answer);
	buf_release(&answer->head);
	buf_release(&answer->body);
}

/* HTTP needs no words here, but some clients and all logs show them (RFC 9110, 15). */
static const char *reason_of(unsigned status)
{
	static const struct {
		unsigned status;
		const char *words;
	} reasons[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 206, "Partial Content" },
		{ 301, "Moved Permanently" },
		{ 302, "Found" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 411, "Length Required" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 416, "Range Not Satisfiable" },
		{ 422, "Unprocessable Content" },
		{ 428, "Precondition Required" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
		{ 507, "Insufficient Storage" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].words;
	return "Unknown";
}

/* Nothing of the one before is left. */
static void begin_anew(struct answer *answer, unsigned status)
{
	answer->status = status;
	answer->spoilt = false;
	answer->private_address = false;
	answer->policy = NULL;
	answer_let_go(answer);
	close_file(answer);
	buf_clear(&answer->head);
	if (answer->body.cap > BODY_KEPT_MAX)
		buf_release(&answer->body);
	buf_clear(&answer->body);
}

void answer_begin(struct answer *answer, unsigned status)
{
	const char digits[] = { (char)('0' + status / 100), (char)('0' + status / 10 % 10),
				(char)('0' + status % 10), ' ' };

	must(status >= 200 && status <= 599);
	begin_anew(answer, status);
	answer->state = ANSWER_FIELDS;
	buf_add(&answer->head, STR("Status: "));
	buf_add(&answer->head, (struct str){ digits, sizeof digits });
	buf_add_text(&answer->head, reason_of(status));
	buf_add(&answer->head, STR("\r\n"));
}

static bool value_clean(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.at[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

void answer_field(struct answer *answer, const char *name, struct str value)
{
	must(answer->state == ANSWER_FIELDS);
	if (!value_clean(value)) {
		answer->spoilt = true;
		return;
	}
	buf_add_text(&answer->head, name);
	buf_add(&answer->head, STR(": "));
	buf_add(&answer->head, value);
	buf_add(&answer->head, STR("\r\n"));
}

void answer_fieldf(struct answer *answer, const char *name, const char *format, ...)
{
	char value[VALUE_MAX];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(value))
		answer->spoilt = true;
	else
		answer_field(answer, name, (struct str){ value, (size_t)len });
}

void answer_same_fields(struct answer *answer, struct str fields)
{
	must(answer->state == ANSWER_FIELDS);
	buf_add(&answer->head, fields);
}

void answer_hide_address(struct answer *answer)
{
	answer->private_address = true;
}

void answer_policy(struct answer *answer, const char *policy)
{
	answer->policy = policy;
}

struct buf *answer_body(struct answer *answer)
{
	must(answer->state == ANSWER_FIELDS || answer->state == ANSWER_BODY);
	answer->state = ANSWER_BODY;
	return &answer->body;
}

void answer_lasting(struct answer *answer, struct str bytes)
{
	must(answer->state == ANSWER_FIELDS);
	answer->state = ANSWER_BODY;
	answer->lasting = bytes;
}

void answer_ready(struct answer *answer, struct str head, struct str body, bool body_leaves,
		  void (*let_go)(void *held), void *held)
{
	begin_anew(answer, 200);
	answer->lasting_head = head;
	answer->lasting = body;
	answer->let_go = let_go;
	answer->held = held;
	answer->state = ANSWER_DONE;
	answer->body_leaves = body_leaves;
}

void answer_file(struct answer *answer, int file, uint64_t at, uint64_t len)
{
	must(answer->state == ANSWER_FIELDS && file >= 0);
	answer->state = ANSWER_BODY;
	answer->file = file;
	answer->file_at = at;
	answer->file_len = len;
}

static void replace_with_500(struct answer *answer)
{
	answer_begin(answer, 500);
	answer_field(answer, "Content-Type", STR("text/plain; charset=utf-8"));
	answer_field(answer, "Cache-Control", STR("no-store"));
	buf_add(answer_body(answer), STR("Something is wrong on this side.\n"));
}

/* A 304 only says that what its reader keeps goes on to be right, these fields with it (RFC 9111,
 * 4.3.4): a third of the bytes. */
static void add_protection(struct answer *answer)
{
	if (answer->status == 304)
		return;
	answer_field(answer, "Content-Security-Policy",
		     str_from(answer->policy ? answer->policy : POLICY));
	buf_add(&answer->head, STR(SECURITY));
	answer_field(answer, "Referrer-Policy",
		     answer->private_address ? STR("no-referrer")
					     : STR("strict-origin-when-cross-origin"));
}

void answer_finish(struct answer *answer, bool body_leaves)
{
	must(answer->state != ANSWER_DONE);
	if (answer->state == ANSWER_EMPTY) /* our own mistake, and only this request's */
		log_note(LOG_ERROR, "unanswered", NULL, STR_NONE);
	if (answer->state == ANSWER_EMPTY || answer->spoilt || answer->head.full ||
	    answer->body.full)
		replace_with_500(answer);
	answer->state = ANSWER_FIELDS;
	add_protection(answer);
	/* RFC 9110, 8.6: a 304 would have to state the length of the 200. */
	if (answer->status != 304)
		answer_fieldf(answer, "Content-Length", "%llu",
			      (unsigned long long)answer_length(answer));
	buf_add(&answer->head, STR("\r\n"));
	must(!answer->head.full);
	answer->state = ANSWER_DONE;
	answer->body_leaves = body_leaves && answer->status != 304;
	if (!answer->body_leaves || answer->file_len == 0)
		close_file(answer);
}

struct str answer_head(const struct answer *answer)
{
	must(answer->state == ANSWER_DONE);
	return str_given(answer->lasting_head) ? answer->lasting_head : buf_str(&answer->head);
}

struct str answer_bytes(const struct answer *answer)
{
	if (answer->state == ANSWER_DONE && !answer->body_leaves)
		return STR("");
	return str_given(answer->lasting) ? answer->lasting : buf_str(&answer->body);
}

uint64_t answer_length(const struct answer *answer)
{
	return answer->file >= 0 ? answer->file_len : answer_bytes(answer).len;
}

int answer_take_file(struct answer *answer)
{
	int file = answer->file;

	answer->file = -1;
	return file;
}
