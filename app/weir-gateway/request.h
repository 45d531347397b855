// SPDX-License-Identifier: BSD-3-Clause
// Requests: from the head of an HTTP request to a route and its parameters. Pure; any thread.

#pragma once

#include "../telemetry_client/info_hash.h"
#include "key_form.h"
#include "route.h"
#include "token.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	REQUEST_HASHES_MAX = 100,
	REQUEST_BODY_MAX = 1024, // bytes of a body, for routes that have one
};

struct request {
	enum route route;
	const struct page_file *file; // of ROUTE_file
	bool open_metrics; // preferred to Prometheus' text format
	bool text; // ?format=prometheus
	bool json; // ?format=json
	uint64_t offset, limit, peers_offset, peers_limit;
	char info_hash[INFO_HASH_DIGITS + 1]; // in the path
	unsigned hash_count; // ?info_hash=
	char hashes[REQUEST_HASHES_MAX][INFO_HASH_DIGITS + 1];
	struct key_form form; // in the path, or in the body
};

struct request_head {
	const char *method;
	char *target; // parsed in place
	const char *authorization; // headers; NULL: absent
	const char *accept;
	const char *host;
	const char *content_type;
	bool has_body;
	uint64_t body_size; // bytes, as announced; UINT64_MAX: unknown
};

// False where the request is refused: see `refusal`.
bool request_parse(
	const struct request_head *head,
	const struct tokens *tokens,
	struct request *request,
	struct refusal *refusal
);
