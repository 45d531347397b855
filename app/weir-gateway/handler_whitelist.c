// SPDX-License-Identifier: BSD-3-Clause
// Before a change of the whitelist: in a list of torrents that are not served, an entry means the
// opposite.

#include "../../lib/stats/telemetry_command.h"
#include "../telemetry_client/reply.h"
#include "handlers.h"

#include <string.h>

// The mode of access.file; "" where Weir does not say.
static const char *
mode_of(const json_t *lists)
{
	const char *key;
	json_t *row;

	// jansson iterates over mutable objects alone; this one is not changed.
	json_object_foreach ((json_t *)lists, key, row)
		if (strcmp(reply_field_text(row, FIELD_list_name), "access") == 0)
			return reply_field_text(row, FIELD_list_mode);
	return "";
}

struct response
handler_whitelist(struct reply_cache *cache)
{
	struct telemetry_error error;
	json_t *lists = reply_cache_get(cache, TELEMETRY_PATH(lists), REPLY_CACHE_KEEP_MS, &error);
	const char *mode = mode_of(lists);
	struct response response = {0};

	if (lists == NULL)
		response = response_telemetry_error(&error);
	else if (*mode == '\0')
		response = response_error(503, "Weir does not say what access.mode is");
	else if (strcmp(mode, "deny") == 0)
		response = response_error(
			409,
			"access.mode is \"deny\": access.file lists the torrents that are not "
			"served; use weirctl access"
		);
	json_decref(lists);
	return response;
}
