// SPDX-License-Identifier: BSD-3-Clause
// Requests: from the head of an HTTP request to a route and its parameters. Pure; any thread.

#pragma once

#include "../telemetry_client/info_hash.h"
#include "token.h"

#include <stdbool.h>
#include <stdint.h>

enum route {
#define ROUTE(name, ...) ROUTE_##name,
#include "routes.def"
#undef ROUTE
	ROUTE_COUNT,
	ROUTE_file = ROUTE_COUNT, // a file of the page
};

enum { REQUEST_HASHES_MAX = 100 };

struct page_file;

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
};

struct request_head {
	const char *method;
	char *target; // parsed in place
	const char *authorization; // headers; NULL: absent
	const char *accept;
	const char *host;
	bool has_body;
};

struct request_refusal {
	unsigned status; // of HTTP
	char text[256]; // a sentence without a full stop
};

// False where the request is refused: see `refusal`.
bool request_parse(
	const struct request_head *head,
	const struct token *token,
	struct request *request,
	struct request_refusal *refusal
);

// Path and help of a route.
const char *request_path(enum route route);
const char *request_help(enum route route);
