#include "unit.h"

#include <communique/footprint.h>
#include <communique/metrics.h>

static void a_family_is_written_as_prometheus_reads_it(void **state)
{
	struct metric metric;
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	metric_only(&out, "press_size", METRIC_GAUGE, "How large.", -3);
	metric = metric_begin(&out, "press_calls_total", METRIC_COUNTER, "How often.");
	metric_line(&metric, "");
	metric_label(&metric, "method", STR("get"));
	metric_label(&metric, "status", STR("2xx"));
	metric_number(&metric, INT64_MAX);
	metric_line(&metric, "");
	metric_number(&metric, 1);
	metric = metric_begin(&out, "press_seconds", METRIC_HISTOGRAM, "How long.");
	metric_line(&metric, "_bucket");
	metric_label(&metric, "le", STR("+Inf"));
	metric_number(&metric, 2);
	metric_line(&metric, "_sum");
	metric_seconds(&metric, 1000000001);
	assert_str(buf_str(&out), STR("# HELP press_size How large.\n"
				      "# TYPE press_size gauge\n"
				      "press_size -3\n"
				      "# HELP press_calls_total How often.\n"
				      "# TYPE press_calls_total counter\n"
				      "press_calls_total{method=\"get\",status=\"2xx\"} "
				      "9223372036854775807\n"
				      "press_calls_total 1\n"
				      "# HELP press_seconds How long.\n"
				      "# TYPE press_seconds histogram\n"
				      "press_seconds_bucket{le=\"+Inf\"} 2\n"
				      "press_seconds_sum 1.000000001\n"));
	buf_release(&out);
}

/* Whatever stands in a label, it is one line, and ends at its quote. */
static void a_label_may_be_any_text(void **state)
{
	struct metric metric;
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	metric = metric_begin(&out, "x", METRIC_GAUGE, "X.");
	buf_clear(&out);
	metric_line(&metric, "");
	metric_label(&metric, "url", STR("a\"b\\c\nd\xff\xec\x99\xb8"));
	metric_number(&metric, 0);
	assert_str(buf_str(&out), STR("x{url=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\xec\x99\xb8\"} 0\n"));
	buf_release(&out);
}

static void the_footprint_sees_memory_and_descriptors(void **state)
{
	struct footprint before, after;
	size_t size = 64 * 1024 * 1024;
	char *memory;
	int fds[2];

	(void)state;
	footprint_watch();
	footprint_take(&before);
	memory = malloc(size);
	assert_non_null(memory);
	for (size_t i = 0; i < size; i += 4096)
		*(volatile char *)&memory[i] = (char)i;
	assert_int_equal(pipe(fds), 0);
	footprint_take(&after);
	assert_true(before.known && after.known);
	assert_int_equal(after.descriptors, before.descriptors + 2);
	assert_in_range(after.resident, before.resident + size / 2, before.resident + 2 * size);
	assert_true(after.virtual >= after.resident && after.descriptors_max > 2);
	assert_true(after.cpu_nanoseconds > before.cpu_nanoseconds);
	assert_true(after.started_at > 0 && after.started_at == before.started_at);
	close(fds[0]);
	close(fds[1]);
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_family_is_written_as_prometheus_reads_it),
		cmocka_unit_test(a_label_may_be_any_text),
		cmocka_unit_test(the_footprint_sees_memory_and_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
