/*
 * metrics - numbers for Prometheus, for this machine alone.
 *
 * /metrics is there for requests with the FastCGI variable COMMUNIQUE_DOOR=local, which the web
 * server's configuration sets where only this machine can ask (nginx/metrics.conf). No client can
 * send it: a header arrives as HTTP_….
 *
 * The public process counts its own work, and tells nothing of the site: whatever takes it over
 * has no reason to look for drafts or embargoes. The desk tells how the site stands.
 */
#include "metrics.h"

#include <communique/footprint.h>

/* --- the process ------------------------------------------------------------------------------ */

static void add_build(struct buf *out, const char *door)
{
	struct metric metric = metric_begin(out, "communique_build_info", METRIC_GAUGE,
					    "Always 1; the labels say which program this is.");

	metric_line(&metric, "");
	metric_label(&metric, "version", STR(VERSION));
	metric_label(&metric, "door", str_from(door));
	metric_number(&metric, 1);
}

static void add_process(struct buf *out)
{
	struct footprint process;
	struct metric metric;

	footprint_take(&process);
	metric = metric_begin(out, "process_cpu_seconds_total", METRIC_COUNTER,
			      "Processor time used, of user and system.");
	metric_line(&metric, "");
	metric_seconds(&metric, process.cpu_nanoseconds);
	metric_only(out, "process_start_time_seconds", METRIC_GAUGE,
		    "When the process began, in Unix time.", process.started_at);
	metric_only(out, "process_max_fds", METRIC_GAUGE, "Descriptors that it may have open.",
		    (int64_t)process.descriptors_max);
	if (!process.known)
		return;
	metric_only(out, "process_open_fds", METRIC_GAUGE, "Open descriptors.",
		    (int64_t)process.descriptors);
	metric_only(out, "process_resident_memory_bytes", METRIC_GAUGE,
		    "Memory in use, with the pages of the store that are mapped.",
		    (int64_t)process.resident);
	metric_only(out, "process_virtual_memory_bytes", METRIC_GAUGE,
		    "Address space, most of which is the store's map.", (int64_t)process.virtual);
}

/* --- requests ----------------------------------------------------------------------------------
 */

static const char *const method_words[METER_METHODS] = {
	[METHOD_OTHER] = "other",     [METHOD_GET] = "get",   [METHOD_HEAD] = "head",
	[METHOD_PUT] = "put",	      [METHOD_POST] = "post", [METHOD_DELETE] = "delete",
	[METHOD_OPTIONS] = "options",
};

static void add_answers(struct buf *out, const struct meters *meters)
{
	static const char *const classes[METER_CLASSES] = { "1xx", "2xx", "3xx", "4xx", "5xx" };
	struct metric metric = metric_begin(out, "communique_requests_total", METRIC_COUNTER,
					    "Requests answered, by method and class of status.");

	for (size_t method = 0; method < METER_METHODS; method++) {
		for (size_t class = 1; class < METER_CLASSES; class ++) {
			metric_line(&metric, "");
			metric_label(&metric, "method", str_from(method_words[method]));
			metric_label(&metric, "status", str_from(classes[class]));
			metric_number(&metric, (int64_t)METERS_SUM(meters, answers[method][class]));
		}
	}
}

static void add_times(struct buf *out, const struct meters *meters)
{
	struct metric metric =
		metric_begin(out, "communique_request_duration_seconds", METRIC_HISTOGRAM,
			     "From when a request could be read to its answer.");
	uint64_t sum = 0;
	char limit[32];

	for (size_t i = 0; i <= METER_LIMITS; i++) {
		sum += METERS_SUM(meters, took[i]);
		if (i < METER_LIMITS)
			snprintf(limit, sizeof(limit), "%g", (double)meter_limits[i] / 1e9);
		metric_line(&metric, "_bucket");
		metric_label(&metric, "le", i < METER_LIMITS ? str_from(limit) : STR("+Inf"));
		metric_number(&metric, (int64_t)sum);
	}
	metric_line(&metric, "_sum");
	metric_seconds(&metric, METERS_SUM(meters, nanoseconds));
	metric_line(&metric, "_count");
	metric_number(&metric, (int64_t)sum);
}

static void add_pages(struct buf *out, const struct meters *meters)
{
	struct metric metric = metric_begin(out, "communique_pages_total", METRIC_COUNTER,
					    "Pages sent as they were kept ready, and made anew.");

	metric_line(&metric, "");
	metric_label(&metric, "from", STR("ready"));
	metric_number(&metric, (int64_t)METERS_SUM(meters, counts[METER_READY]));
	metric_line(&metric, "");
	metric_label(&metric, "from", STR("made"));
	metric_number(&metric, (int64_t)METERS_SUM(meters, counts[METER_MADE]));
}

static void add_connections(struct buf *out, const struct meters *meters)
{
	static const struct {
		const char *name, *help;
		enum meter_count count;
	} counts[] = {
		{ "communique_connections_accepted_total", "Connections taken.", METER_ACCEPTED },
		{ "communique_connections_refused_total",
		  "Connections closed because what came was no request.", METER_REFUSED },
		{ "communique_connections_expired_total",
		  "Connections closed because they were slow, or idle for long.", METER_EXPIRED },
		{ "communique_accept_failures_total",
		  "Times that no connection could be taken for want of descriptors or memory.",
		  METER_STARVED },
		{ "communique_requests_put_off_total",
		  "Requests that take long, as the search, and were left to threads of their own.",
		  METER_PUT_OFF },
		{ "communique_requests_turned_away_total",
		  "Of these, those answered 503 because too many waited.", METER_AWAY },
		{ "communique_answer_bytes_total", "Bytes of bodies of answers.", METER_BYTES },
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		metric_only(out, counts[i].name, METRIC_COUNTER, counts[i].help,
			    (int64_t)METERS_SUM(meters, counts[counts[i].count]));
	metric_only(out, "communique_connections", METRIC_GAUGE, "Open connections.",
		    meters->connections);
	metric_only(out, "communique_connections_max", METRIC_GAUGE,
		    "Connections that may be open at once.", meters->connections_max);
}

/* --- the answer --------------------------------------------------------------------------------
 */

static void add_work(struct buf *out, const struct meters *meters)
{
	add_answers(out, meters);
	add_times(out, meters);
	add_connections(out, meters);
}

bool show_metrics(struct visit *visit, struct fault *why)
{
	const struct house *house = visit->house;
	struct buf *out;

	answer_begin(visit->answer, 200);
	answer_field(visit->answer, "Content-Type", STR(METRICS_TYPE));
	answer_field(visit->answer, "Cache-Control", STR("no-store"));
	out = answer_body(visit->answer);
	add_build(out, house->newsroom ? "desk" : "public");
	add_process(out);
	if (house->meters)
		add_work(out, house->meters);
	if (house->meters && house->ready)
		add_pages(out, house->meters);
	if (house->newsroom && !metrics_of_site(house->newsroom, visit->now, out, why))
		return false;
	if (house->tell)
		house->tell(house->tell_ctx, out);
	return true;
}

bool local_serve(struct visit *visit, struct fault *why)
{
	bool other_method;

	visit->route = route_find(DOOR_LOCAL, visit->request->method, visit->request->path,
				  &visit->match, &other_method);
	if (!visit->route)
		return fail(why, NOT_FOUND, "there is nothing at this address");
	return visit->route->handle(visit, why);
}
