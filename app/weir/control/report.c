// SPDX-License-Identifier: BSD-3-Clause

#include "report.h"

#include "../log/log.h"
#include "tally.h"

#include <rte_cycles.h>

#include <inttypes.h>

// A line for each address family with packets.
static void
report_summary(const struct weir *weir, const struct stats *sum)
{
	log_info(
		"ran for %" PRIu64 " s: %" PRIu64 " packets received, %" PRIu64 " sent, %" PRIu64
		" torrents at the end",
		(rte_rdtsc() - weir->start_tsc) / rte_get_tsc_hz(),
		sum->values[STAT_rx_packets],
		sum->values[STAT_tx_packets],
		sum->values[STAT_torrents]
	);
	for (unsigned f = 0; f < FAMILY_COUNT; f++) {
		uint64_t packets[OUTCOME_COUNT] = {0};

		for (unsigned v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++)
			packets[verdict_infos[v].outcome] += sum->verdicts[f][v];
		if (packets[OUTCOME_ANSWERED] + packets[OUTCOME_NOTED] + packets[OUTCOME_DROPPED]
		    > 0)
			log_info(
				"%s: %" PRIu64 " packets answered, %" PRIu64 " noted, %" PRIu64
				" dropped",
				family_names[f],
				packets[OUTCOME_ANSWERED],
				packets[OUTCOME_NOTED],
				packets[OUTCOME_DROPPED]
			);
	}
}

static void
report_all(const struct stats *sum)
{
	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			if (sum->verdicts[f][v] > 0)
				log_info(
					"verdict %s %s %" PRIu64,
					family_names[f],
					verdict_infos[v].name,
					sum->verdicts[f][v]
				);
	for (unsigned s = 0; s < STAT_COUNT; s++)
		if (sum->values[s] > 0)
			log_info("stat %s %" PRIu64, stat_names[s], sum->values[s]);
}

void
report_stats(const struct weir *weir)
{
	enum { DEBUG = 3 }; // of log.level
	struct stats sum;

	tally_stats(weir, &sum);
	report_summary(weir, &sum);
	if (weir->run_for_s != 0 || weir->config->log_level >= DEBUG)
		report_all(&sum);
}
