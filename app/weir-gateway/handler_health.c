// SPDX-License-Identifier: BSD-3-Clause

#include "../../lib/stats/telemetry_command.h"
#include "handlers.h"

struct response
handler_health(struct reply_cache *cache)
{
	struct telemetry_error error;
	json_t *health =
		reply_cache_get(cache, TELEMETRY_PATH(health), REPLY_CACHE_KEEP_MS, &error);

	if (health == NULL)
		return handler_health_unavailable(&error);
	return response_json(200, json_pack("{s: s, s: o}", "status", "Ok", "weir", health));
}

struct response
handler_health_unavailable(const struct telemetry_error *error)
{
	return response_json(
		TELEMETRY_UNREACHABLE,
		json_pack("{s: s, s: s}", "status", "Error", "error", error->text)
	);
}
