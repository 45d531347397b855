// SPDX-License-Identifier: BSD-3-Clause

#include "report.h"

#include "control.h"
#include "log.h"

#include <inttypes.h>

void
report_stats(const struct weir *weir)
{
	struct stats sum;

	control_sum_stats(weir, &sum);
	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			if (sum.verdicts[f][v] > 0)
				log_info(
					"verdict %s %s %" PRIu64,
					family_names[f],
					verdict_infos[v].name,
					sum.verdicts[f][v]
				);
	for (unsigned s = 0; s < STAT_COUNT; s++)
		if (sum.values[s] > 0)
			log_info("stat %s %" PRIu64, stat_infos[s].name, sum.values[s]);
}
