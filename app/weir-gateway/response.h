// SPDX-License-Identifier: BSD-3-Clause
// Responses to HTTP requests: status, content type and body.

#pragma once

#include "../telemetry_client/telemetry_client.h"

#include <stdbool.h>
#include <stdint.h>

struct response {
	unsigned status; // of HTTP; 0: no response yet
	const char *type; // of the content
	char *body; // malloc; NULL without memory
	size_t size; // bytes
	bool counted; // `total` is sent in the header X-Total-Count
	uint64_t total;
};

// Takes ownership of `json`; NULL (jansson without memory) becomes status 500.
struct response response_json(unsigned status, json_t *json);

// {"error": "sentence"}
struct response response_error(unsigned status, const char *text);

// The response to a command that failed.
struct response response_telemetry_error(const struct telemetry_error *error);

// Takes ownership of `body`.
struct response response_text(const char *type, char *body, size_t size);

void response_free(struct response *response);
