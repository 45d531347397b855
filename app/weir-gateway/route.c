// SPDX-License-Identifier: BSD-3-Clause

#include "route.h"

#include "page_files.h"

#include <rte_common.h>

#include <stdio.h>
#include <string.h>

#define TAKES(name) (1U << PARAMETER_##name)
#define TAKES_NONE 0

const struct route_info routes[ROUTE_COUNT] = {
#define ROUTE(name, method, path, access, argument, takes, help)                                   \
	[ROUTE_##name] = {                                                                         \
		METHOD_##method,                                                                   \
		path,                                                                              \
		ACCESS_##access,                                                                   \
		ARGUMENT_##argument,                                                               \
		(takes) | TAKES(token),                                                            \
		help},
#include "routes.def"
#undef ROUTE
};

static const struct {
	const char *words[2]; // methods of HTTP
	const char *allow, *prefix;
} methods[] = {
	[METHOD_READ] = {{"GET", "HEAD"}, "GET, HEAD", ""},
	[METHOD_GET] = {{"GET"}, "GET", "GET "},
	[METHOD_POST] = {{"POST"}, "POST", "POST "},
	[METHOD_DELETE] = {{"DELETE"}, "DELETE", "DELETE "},
};

const char *
route_method_prefix(enum route route)
{
	return methods[routes[route].method].prefix;
}

static bool
is_method(enum route_method method, const char *word)
{
	const char *const *words = methods[method].words;

	return strcmp(word, words[0]) == 0 || (words[1] != NULL && strcmp(word, words[1]) == 0);
}

static bool
is_prefix(enum route route)
{
	const char *path = routes[route].path;

	return path[strlen(path) - 1] == '/';
}

// Whether this row has the path: the whole path, or one that an argument follows.
static bool
has_path(enum route route, const char *path, bool whole)
{
	const char *own = routes[route].path;

	return whole ? strcmp(path, own) == 0
		     : is_prefix(route) && strncmp(path, own, strlen(own)) == 0;
}

void
route_trim_slash(char *path)
{
	size_t length = strlen(path);
	bool whole = false;

	for (enum route route = 0; route < ROUTE_COUNT; route++)
		whole = whole || has_path(route, path, true);
	if (!whole && length > 2 && path[length - 1] == '/')
		path[length - 1] = '\0';
}

static void
add_allowed(struct refusal *refusal, const char *allow)
{
	size_t length = strlen(refusal->allow);

	snprintf(
		refusal->allow + length,
		sizeof(refusal->allow) - length,
		"%s%s",
		length == 0 ? "" : ", ",
		allow
	);
}

static bool
refuse_method(struct refusal *refusal)
{
	return refuse(refusal, 405, "allowed here: %s", refusal->allow);
}

// Looks for the route among the rows that have the path. Returns ROUTE_COUNT where none has the method,
// too; refusal->allow has then those that there are.
static enum route
find_row(const char *method, const char *path, bool whole, struct refusal *refusal)
{
	for (enum route route = 0; route < ROUTE_COUNT; route++) {
		if (!has_path(route, path, whole))
			continue;
		if (is_method(routes[route].method, method))
			return route;
		add_allowed(refusal, methods[routes[route].method].allow);
	}
	return ROUTE_COUNT;
}

bool
route_find(
	const char *method,
	const char *path,
	enum route *route,
	const struct page_file **file,
	struct refusal *refusal
)
{
	*file = NULL;
	refusal->allow[0] = '\0';
	*route = find_row(method, path, true, refusal);
	// A whole path is not the argument of another: /api/v1/whitelist/reload.
	if (*route == ROUTE_COUNT && refusal->allow[0] == '\0')
		*route = find_row(method, path, false, refusal);
	if (*route != ROUTE_COUNT)
		return true;
	if (refusal->allow[0] != '\0')
		return refuse_method(refusal);
	*file = page_file_find(path);
	if (*file == NULL)
		return refuse(refusal, 404, "not found");
	if (is_method(METHOD_READ, method))
		return true;
	add_allowed(refusal, methods[METHOD_READ].allow);
	return refuse_method(refusal);
}
