// SPDX-License-Identifier: BSD-3-Clause

#include "answer.h"

#include <stdlib.h>
#include <string.h>

static const char type_of_json[] = "application/json; charset=utf-8";

struct answer
answer_json(unsigned status, json_t *json)
{
	char *body = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

	json_decref(json);
	return (struct answer){
		.status = body == NULL ? 500 : status,
		.type = type_of_json,
		.body = body,
		.size = body == NULL ? 0 : strlen(body),
	};
}

struct answer
answer_error(unsigned status, const char *text)
{
	return answer_json(status, json_pack("{s: s}", "error", text));
}

struct answer
answer_refusal(const struct telemetry_error *error)
{
	bool known = error->code == TELEMETRY_MALFORMED || error->code == TELEMETRY_UNKNOWN;

	return answer_error(known ? error->code : TELEMETRY_UNREACHABLE, error->text);
}

struct answer
answer_text(const char *type, char *body, size_t size)
{
	return (struct answer){
		.status = body == NULL ? 500 : 200, .type = type, .body = body, .size = size};
}

void
answer_free(struct answer *answer)
{
	free(answer->body);
	*answer = (struct answer){0};
}
