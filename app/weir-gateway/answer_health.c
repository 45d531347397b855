// SPDX-License-Identifier: BSD-3-Clause

#include "answers.h"

struct answer
answer_health(struct replies *replies)
{
	struct telemetry_error error;
	json_t *health = replies_get(replies, "/weir/health", REPLIES_KEEP_MS, &error);

	if (health == NULL)
		return answer_health_away(&error);
	return answer_json(200, json_pack("{s: s, s: o}", "status", "Ok", "weir", health));
}

struct answer
answer_health_away(const struct telemetry_error *error)
{
	return answer_json(
		TELEMETRY_UNREACHABLE,
		json_pack("{s: s, s: s}", "status", "Error", "error", error->text)
	);
}
