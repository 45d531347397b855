// SPDX-License-Identifier: BSD-3-Clause

#include "verdicts.h"

#include "../../lib/stats/telemetry_command.h"

#include <stdio.h>

bool
verdicts_get(struct verdicts *verdicts, struct reply_cache *cache, struct telemetry_error *error)
{
	bool whole = true;

	for (enum family f = 0; f < FAMILY_COUNT; f++) {
		char command[REPLY_CACHE_COMMAND_MAX];
		struct telemetry_error one = {0};

		snprintf(
			command, sizeof(command), "%s,%s", TELEMETRY_PATH(verdicts), family_names[f]
		);
		verdicts->families[f] = reply_cache_get(cache, command, REPLY_CACHE_KEEP_MS, &one);
		if (verdicts->families[f] == NULL) {
			whole = false;
			*error = one;
		}
	}
	return whole;
}

void
verdicts_free(struct verdicts *verdicts)
{
	for (enum family f = 0; f < FAMILY_COUNT; f++)
		json_decref(verdicts->families[f]);
	*verdicts = (struct verdicts){0};
}

uint64_t
verdicts_count(const struct verdicts *verdicts, enum family family, enum verdict verdict)
{
	return (uint64_t
	)json_integer_value(json_object_get(verdicts->families[family], verdict_infos[verdict].name)
	);
}
