// SPDX-License-Identifier: BSD-3-Clause

#include "response.h"

#include <stdlib.h>
#include <string.h>

static const char type_of_json[] = "application/json; charset=utf-8";

struct response
response_json(unsigned status, json_t *json)
{
	char *body = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

	json_decref(json);
	return (struct response){
		.status = body == NULL ? 500 : status,
		.type = type_of_json,
		.body = body,
		.size = body == NULL ? 0 : strlen(body),
	};
}

struct response
response_error(unsigned status, const char *text)
{
	return response_json(status, json_pack("{s: s}", "error", text));
}

struct response
response_telemetry_error(const struct telemetry_error *error)
{
	bool known = error->code == TELEMETRY_MALFORMED || error->code == TELEMETRY_UNKNOWN;

	return response_error(known ? error->code : TELEMETRY_UNREACHABLE, error->text);
}

struct response
response_text(const char *type, char *body, size_t size)
{
	return (struct response){
		.status = body == NULL ? 500 : 200, .type = type, .body = body, .size = size};
}

void
response_free(struct response *response)
{
	free(response->body);
	*response = (struct response){0};
}
