// SPDX-License-Identifier: BSD-3-Clause

#include "export_report.h"

static uint64_t
get(const uint64_t *value)
{
	return __atomic_load_n(value, __ATOMIC_RELAXED);
}

struct export_report
export_report_read(const struct export_report *report)
{
	return (struct export_report){
		.runs = get(&report->runs),
		.failures = get(&report->failures),
		.failing = get(&report->failing),
		.last_s = get(&report->last_s),
		.last_torrents = get(&report->last_torrents),
		.last_ms = get(&report->last_ms),
	};
}
