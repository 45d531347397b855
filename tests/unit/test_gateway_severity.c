// SPDX-License-Identifier: BSD-3-Clause
// app/weir-gateway/severity.c: how bad losses are.

#include "../../app/weir-gateway/severity.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <string.h>

static void
test_shares(void **state)
{
	static const struct {
		uint64_t lost, packets;
		enum severity severity;
	} cases[] = {
		{21, 1700000, SEVERITY_NOTICE}, // a burst
		{999, 1000000, SEVERITY_NOTICE},
		{1000, 1000000, SEVERITY_WARNING}, // 0.1 %
		{9999, 1000000, SEVERITY_WARNING},
		{10000, 1000000, SEVERITY_CRITICAL}, // 1 %
		{9, 10, SEVERITY_NOTICE}, // too few to judge by
		{10, 10, SEVERITY_CRITICAL},
		{0, 0, SEVERITY_NOTICE},
		{UINT64_C(1) << 60, UINT64_C(1) << 60, SEVERITY_CRITICAL},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(cases); i++)
		assert_int_equal(
			severity_of_loss(cases[i].lost, cases[i].packets), cases[i].severity
		);
}

static const char *
worst_of(const char *health_text, uint64_t lost, uint64_t packets)
{
	static char worst[16];
	struct history *history = history_new();
	struct history_point now = {.known = true, .weir = 1, .steady_ms = 1};
	json_t *health = json_loads(health_text, 0, NULL);
	json_t *whole = json_object();

	now.values[HISTORY_tx_full] = lost;
	now.values[HISTORY_packets] = packets;
	severity_add(whole, health, history, &now);
	strcpy(worst, json_string_value(json_object_get(whole, "severity")));
	json_decref(whole);
	json_decref(health);
	history_free(history);
	return worst;
}

static void
test_worst(void **state)
{
	(void)state;
	assert_string_equal(
		worst_of("{\"status\": \"ok\", \"problems\": 0, \"tx_full\": 0}", 0, 9), "ok"
	);
	assert_string_equal(worst_of("{\"problems\": 1, \"tx_full\": 1}", 21, 1700000), "notice");
	assert_string_equal(worst_of("{\"problems\": 1, \"tx_full\": 1}", 50, 10000), "warning");
	assert_string_equal(
		worst_of("{\"problems\": 2, \"tx_full\": 1, \"mbufs_low\": 1}", 21, 1700000),
		"warning"
	);
	assert_string_equal(
		worst_of("{\"problems\": 2, \"tx_full\": 1, \"link_down\": 1}", 21, 1700000),
		"critical"
	);
	assert_string_equal(worst_of("null", 0, 0), "ok");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_worst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
