// SPDX-License-Identifier: BSD-3-Clause
// Before a change of the whitelist: in a list of torrents that are not served, an entry means the
// opposite.

#include "handlers.h"

#include <string.h>

// The mode of the list with this name; NULL: there is none.
static const char *
mode_of(const json_t *lists, const char *name)
{
	const char *key;
	json_t *row;

	// jansson iterates over mutable objects alone; this one is not changed.
	json_object_foreach ((json_t *)lists, key, row) {
		const char *own = json_string_value(json_object_get(row, "name"));

		if (own != NULL && strcmp(own, name) == 0)
			return json_string_value(json_object_get(row, "mode"));
	}
	return NULL;
}

struct response
handler_whitelist(struct reply_cache *cache)
{
	struct telemetry_error error;
	json_t *lists = reply_cache_get(cache, "/weir/lists", REPLY_CACHE_KEEP_MS, &error);
	const char *mode = mode_of(lists, "access");
	struct response response = {0};

	if (lists == NULL)
		response = response_telemetry_error(&error);
	else if (mode == NULL)
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
