// SPDX-License-Identifier: BSD-3-Clause
// What a client gets: status, type and bytes.

#pragma once

#include "../telemetry_client/telemetry_client.h"

#include <stdbool.h>
#include <stdint.h>

struct response {
	unsigned status; // of HTTP; 0: there is no answer yet
	const char *type; // of the content
	char *body; // malloc; NULL without memory
	size_t size; // bytes
	bool counted; // `total` is told in the header X-Total-Count
	uint64_t total;
};

// Takes `json` over; NULL, as what jansson returns without memory, becomes an error.
struct response response_json(unsigned status, json_t *json);

// {"error": "sentence"}
struct response response_error(unsigned status, const char *text);

// What Weir, or the way to it, said.
struct response response_telemetry_error(const struct telemetry_error *error);

// Takes `body` over.
struct response response_text(const char *type, char *body, size_t size);

void response_free(struct response *response);
