#include "account.h"

#include <stdio.h>
#include <sys/random.h>

#include "meter.h"

#include <communique/log.h>

static struct str own_name(struct naming *naming)
{
	if (naming->count++ == 0)
		must(getrandom(&naming->drawn, sizeof(naming->drawn), 0) == sizeof(naming->drawn));
	snprintf(naming->name, sizeof(naming->name), "%016llx%016llx",
		 (unsigned long long)naming->drawn, (unsigned long long)naming->count);
	return str_from(naming->name);
}

void account_begin(struct naming *naming, struct request *request)
{
	if (!str_given(request->id))
		request->id = own_name(naming);
	log_about(request->id);
}

/* The web server has a line of each reader's request, by the same name: a second one would fill
 * the journal for nothing, unless something was wrong. And who watches asks four times a minute. */
static enum log_level level_of(const struct request *request, const struct answer *answer,
			       bool desk)
{
	if (answer->status >= 500)
		return LOG_WARNING;
	return desk && !request->is_local ? LOG_INFO : LOG_DEBUG;
}

/* The address of a preview is all that it takes to read it, however it was spelt. */
static struct str path_to_tell(const struct request *request, bool desk)
{
	if (!desk || request->is_local || str_starts(request->path, STR("/admin/")) ||
	    str_starts(request->path, STR("/desk/")) || str_equal(request->path, STR("/healthz")))
		return request->path;
	return STR("/preview/");
}

static void log_request(const struct request *request, const struct answer *answer, bool desk,
			uint64_t nanoseconds)
{
	struct log_line line;

	log_begin(&line, level_of(request, answer, desk), "request");
	if (!line.wanted)
		return;
	log_str(&line, "door", desk ? STR("desk") : STR("public"));
	log_str(&line, "method", request->method_word);
	/* Without the query: what people search for is nobody's business. */
	log_str(&line, "path", path_to_tell(request, desk));
	log_number(&line, "status", answer->status);
	log_number(&line, "bytes", (int64_t)answer_length(answer));
	log_number(&line, "ms", (int64_t)(nanoseconds / 1000000));
	log_end(&line);
}

void account_end(const struct request *request, const struct answer *answer, bool desk,
		 uint64_t nanoseconds)
{
	meter_answer(request->method, answer->status, nanoseconds);
	meter_add(METER_BYTES, answer_length(answer));
	log_request(request, answer, desk, nanoseconds);
	log_about(STR_NONE);
}
