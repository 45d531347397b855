// SPDX-License-Identifier: BSD-3-Clause
// app/weir-gateway/exposition.c: metrics as text, byte by byte.

#include "../../app/weir-gateway/exposition.h"
#include "../support/cmocka_wrap.h"

#include <stdlib.h>
#include <string.h>

static const struct exposition_labels no_labels;
static const struct exposition_labels odd_labels = {
	{{"client", "a\\b\"c\nd \xc3\xa9"}, {"family", ""}}};

static const struct exposition_family counter = {
	"weir_sent_bytes_total",
	EXPOSITION_COUNTER,
	"bytes",
	"Bytes sent"};
static const struct exposition_family gauge = {
	"weir_up",
	EXPOSITION_GAUGE,
	"",
	"Whether Weir answers"};
static const struct exposition_family empty = {"weir_empty", EXPOSITION_GAUGE, "", "Nothing"};
static const struct exposition_family info = {"weir_info", EXPOSITION_INFO, "", "What runs"};
static const struct exposition_family histogram = {
	"weir_latency_seconds",
	EXPOSITION_HISTOGRAM,
	"seconds",
	"Latency"};

static char *
write_all(bool open_metrics)
{
	struct exposition text;
	size_t size;

	exposition_begin(&text, open_metrics);
	exposition_family(&text, &counter);
	exposition_integer(&text, "", &no_labels, UINT64_C(9223372036854775807));
	exposition_family(&text, &gauge);
	exposition_integer(&text, "", &odd_labels, 1);
	exposition_family(&text, &empty);
	exposition_family(&text, &info);
	exposition_integer(&text, "", &no_labels, 1);
	exposition_family(&text, &histogram);
	exposition_integer(&text, "_bucket", &(struct exposition_labels){{{"le", "+Inf"}}}, 2);
	exposition_real(&text, "_sum", &no_labels, 0.25);
	exposition_integer(&text, "_count", &no_labels, 2);
	char *whole = exposition_end(&text, &size);

	assert_non_null(whole);
	assert_int_equal(size, strlen(whole));
	return whole;
}

static void
test_text(void **state)
{
	char *text = write_all(false);

	(void)state;
	assert_string_equal(
		text,
		"# HELP weir_sent_bytes_total Bytes sent\n"
		"# TYPE weir_sent_bytes_total counter\n"
		"weir_sent_bytes_total 9223372036854775807\n"
		"# HELP weir_up Whether Weir answers\n"
		"# TYPE weir_up gauge\n"
		"weir_up{client=\"a\\\\b\\\"c\\nd \xc3\xa9\",family=\"\"} 1\n"
		"# HELP weir_info What runs\n"
		"# TYPE weir_info gauge\n"
		"weir_info 1\n"
		"# HELP weir_latency_seconds Latency\n"
		"# TYPE weir_latency_seconds histogram\n"
		"weir_latency_seconds_bucket{le=\"+Inf\"} 2\n"
		"weir_latency_seconds_sum 0.25\n"
		"weir_latency_seconds_count 2\n"
	);
	free(text);
}

static void
test_open_metrics(void **state)
{
	char *text = write_all(true);

	(void)state;
	assert_string_equal(
		text,
		"# HELP weir_sent_bytes Bytes sent\n"
		"# TYPE weir_sent_bytes counter\n"
		"# UNIT weir_sent_bytes bytes\n"
		"weir_sent_bytes_total 9223372036854775807\n"
		"# HELP weir_up Whether Weir answers\n"
		"# TYPE weir_up gauge\n"
		"weir_up{client=\"a\\\\b\\\"c\\nd \xc3\xa9\",family=\"\"} 1\n"
		"# HELP weir What runs\n"
		"# TYPE weir info\n"
		"weir_info 1\n"
		"# HELP weir_latency_seconds Latency\n"
		"# TYPE weir_latency_seconds histogram\n"
		"# UNIT weir_latency_seconds seconds\n"
		"weir_latency_seconds_bucket{le=\"+Inf\"} 2\n"
		"weir_latency_seconds_sum 0.25\n"
		"weir_latency_seconds_count 2\n"
		"# EOF\n"
	);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_open_metrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
