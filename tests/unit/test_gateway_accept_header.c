// SPDX-License-Identifier: BSD-3-Clause
// app/weir-gateway/accept.c: which of two formats a client would rather have.

#include "../../app/weir-gateway/accept_header.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

static void
test_headers(void **state)
{
	static const struct {
		const char *header;
		bool open;
	} cases[] = {
		{NULL, false},
		{"", false},
		{"*/*", false},
		{"text/plain", false},
		{"application/openmetrics-text", true},
		{"Application/OpenMetrics-Text", true},
		{"application/openmetrics-text2", false},
		{"application/openmetrics-tex", false},
		{"application/openmetrics-text; version=1.0.0; charset=utf-8", true},
		{"application/openmetrics-text;version=0.0.1", true},
		{"application/openmetrics-text;version=\"1.0.0\"", true},
		{"application/openmetrics-text;version=2.0.0", false},
		{"application/openmetrics-text;version=2.0.0,application/"
		 "openmetrics-text;version=1.0.0;"
		 "q=0.2",
		 true},
		// What Prometheus 2.42 sends.
		{"application/openmetrics-text;version=1.0.0,application/"
		 "openmetrics-text;version=0.0.1;"
		 "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
		 true},
		{"text/plain;q=0.5, application/openmetrics-text;q=0.4", false},
		{"text/plain;q=0.5, application/openmetrics-text;q=0.5", true},
		{"text/plain, application/openmetrics-text", true},
		{"application/openmetrics-text;q=0", false},
		{"application/openmetrics-text;q=0.000", false},
		{"application/openmetrics-text;q=0.001", true},
		{"application/openmetrics-text;q=1.000", true},
		{"application/openmetrics-text;q=1.001", false},
		{"application/openmetrics-text;q=2", false},
		{"application/openmetrics-text;q=.5", false},
		{"application/openmetrics-text;q=0.1234", false},
		{"application/openmetrics-text;q=", false},
		{"application/openmetrics-text;q=-1", false},
		{";,;;=,q=1,application/openmetrics-text ; q = 0.9 ,", true},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(cases); i++)
		if (accept_header_wants_open_metrics(cases[i].header) != cases[i].open)
			fail_msg("%s", cases[i].header);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
