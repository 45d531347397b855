// SPDX-License-Identifier: BSD-3-Clause
// Routes: which method and path a request has, and what belongs to it. Pure; any thread.

#pragma once

#include "refusal.h"

#include <stdbool.h>

enum route {
#define ROUTE(name, ...) ROUTE_##name,
#include "routes.def"
#undef ROUTE
	ROUTE_COUNT,
	ROUTE_file = ROUTE_COUNT, // a file of the page
};

enum parameter {
#define PARAMETER(name, ...) PARAMETER_##name,
#include "parameters.def"
#undef PARAMETER
	PARAMETER_COUNT,
};

enum route_method { METHOD_READ, METHOD_GET, METHOD_POST, METHOD_DELETE };

enum route_access { ACCESS_OPEN, ACCESS_TOKEN, ACCESS_WRITE };

// What belongs to a request besides its path and its parameters.
enum route_argument { ARGUMENT_NONE, ARGUMENT_HASH, ARGUMENT_KEY, ARGUMENT_SECONDS, ARGUMENT_FORM };

struct route_info {
	enum route_method method;
	const char *path; // ends with / where an argument follows
	enum route_access access;
	enum route_argument argument;
	unsigned takes; // parameters, by bit
	const char *help;
};

extern const struct route_info routes[ROUTE_COUNT];

struct page_file;

// Finds the route of a request, or the file of the page: *file is then not NULL. False where there is
// none (404), or it has other methods (405).
bool route_find(
	const char *method,
	const char *path,
	enum route *route,
	const struct page_file **file,
	struct refusal *refusal
);

// Removes a trailing slash, as Torrust does, except from a path that an argument must follow.
void route_trim_slash(char *path);

// For the help: "", or "POST " and the like.
const char *route_method_prefix(enum route route);
