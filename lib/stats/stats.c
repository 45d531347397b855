// SPDX-License-Identifier: BSD-3-Clause

#include "stats.h"

const char *const stat_names[STAT_COUNT] = {
#define STAT(name, ...) [STAT_##name] = #name,
#include "stats.def"
#undef STAT
};

void
stats_sum(struct stats *sum, const struct stats *from)
{
	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			sum->verdicts[f][v] += stats_read(&from->verdicts[f][v]);
	for (unsigned s = 0; s < STAT_COUNT; s++)
		sum->values[s] += stats_read(&from->values[s]);
}
