// SPDX-License-Identifier: BSD-3-Clause

#include "request.h"

#include "accept_header.h"
#include "host_header.h"
#include "page_files.h"
#include "target.h"
#include "value.h"

#include <rte_common.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum parameter {
#define PARAMETER(name, ...) PARAMETER_##name,
#include "parameters.def"
#undef PARAMETER
	PARAMETER_COUNT,
};

enum reader { READER_IGNORED, READER_NUMBER, READER_HASH, READER_FORMAT };

static const struct {
	const char *name;
	enum reader reader;
	size_t offset;
	uint64_t min, max, default_value;
} parameters[] = {
#define PARAMETER(name, reader, field, min, max, default_value)                                    \
	[PARAMETER_##name] = {                                                                     \
		#name, READER_##reader, offsetof(struct request, field), min, max, default_value},
#include "parameters.def"
#undef PARAMETER
};

enum access { ACCESS_OPEN, ACCESS_TOKEN };

#define TAKES(name) (1U << PARAMETER_##name)
#define TAKES_NONE 0

static const struct {
	const char *path;
	enum access access;
	unsigned takes;
	const char *help;
} routes[] = {
#define ROUTE(name, path, access, takes, help)                                                     \
	[ROUTE_##name] = {path, ACCESS_##access, (takes) | TAKES(token), help},
#include "routes.def"
#undef ROUTE
};

const char *
request_path(enum route route)
{
	return routes[route].path;
}

const char *
request_help(enum route route)
{
	return routes[route].help;
}

// Always false, so that callers can return it.
__attribute__((format(printf, 3, 4))) static bool
refuse(struct request_refusal *refusal, unsigned status, const char *format, ...)
{
	va_list values;

	refusal->status = status;
	va_start(values, format);
	vsnprintf(refusal->text, sizeof(refusal->text), format, values);
	va_end(values);
	return false;
}

static bool
is_path_of(enum route route, const char *path)
{
	const char *whole = routes[route].path;
	size_t length = strlen(whole);

	return whole[length - 1] == '/' ? strncmp(path, whole, length) == 0
					: strcmp(path, whole) == 0;
}

// Removes a trailing slash, as Torrust does, except from a path that an info_hash must follow.
static void
trim_slash(char *path)
{
	size_t length = strlen(path);
	bool whole = false;

	for (enum route route = 0; route < ROUTE_COUNT; route++)
		whole = whole || strcmp(path, routes[route].path) == 0;
	if (!whole && length > 2 && path[length - 1] == '/')
		path[length - 1] = '\0';
}

static bool
find_route(const char *path, struct request *request, struct request_refusal *refusal)
{
	while (request->route < ROUTE_COUNT && !is_path_of(request->route, path))
		request->route++;
	if (request->route == ROUTE_COUNT) {
		request->file = page_file_find(path);
		return request->file != NULL || refuse(refusal, 404, "not found");
	}
	return true;
}

// Reads the info_hash in the path, of routes that have one.
static bool
read_path(const char *path, struct request *request, struct request_refusal *refusal)
{
	const char *whole = routes[request->route].path;

	return whole[strlen(whole) - 1] != '/'
		|| info_hash_parse(path + strlen(whole), request->info_hash)
		|| refuse(refusal, 400, "an info_hash must be " INFO_HASH_FORMS);
}

static bool
read_hash(const char *value, struct request *request, struct request_refusal *refusal)
{
	if (request->hash_count == REQUEST_HASHES_MAX)
		return refuse(refusal, 400, "info_hash: at most %d of them", REQUEST_HASHES_MAX);
	return info_hash_parse(value, request->hashes[request->hash_count++])
		|| refuse(refusal, 400, "info_hash: must be " INFO_HASH_FORMS);
}

static bool
read_format(const char *value, struct request *request, struct request_refusal *refusal)
{
	request->text = strcmp(value, "prometheus") == 0;
	request->json = strcmp(value, "json") == 0;
	return request->text || request->json
		|| refuse(refusal, 400, "format: must be json or prometheus");
}

static bool
read_parameter(
	enum parameter p,
	const char *value,
	struct request *request,
	struct request_refusal *refusal
)
{
	switch (parameters[p].reader) {
	case READER_NUMBER:
		return value_read_number(
			       value,
			       parameters[p].min,
			       parameters[p].max,
			       (uint64_t *)((uint8_t *)request + parameters[p].offset)
		       )
			|| refuse(
				refusal,
				400,
				"%s: must be a whole number from %lu to %lu",
				parameters[p].name,
				parameters[p].min,
				parameters[p].max
			);
	case READER_HASH:
		return read_hash(value, request, refusal);
	case READER_FORMAT:
		return read_format(value, request, refusal);
	case READER_IGNORED:
		break;
	}
	return true;
}

static bool
refuse_unknown(unsigned takes, struct request_refusal *refusal)
{
	refuse(refusal, 400, "unknown parameter; known here:");
	for (enum parameter p = 0; p < PARAMETER_COUNT; p++) {
		size_t length = strlen(refusal->text);

		if ((takes >> p & 1) != 0)
			snprintf(
				refusal->text + length,
				sizeof(refusal->text) - length,
				" %s",
				parameters[p].name
			);
	}
	return false;
}

static bool
read_parameters(
	const struct target *target,
	struct request *request,
	struct request_refusal *refusal
)
{
	unsigned takes = routes[request->route].takes;

	for (unsigned i = 0; i < target->count; i++) {
		enum parameter p = 0;

		while (p < PARAMETER_COUNT
		       && ((takes >> p & 1) == 0
			   || strcmp(parameters[p].name, target->parameters[i].name) != 0))
			p++;
		if (p == PARAMETER_COUNT)
			return refuse_unknown(takes, refusal);
		if (!read_parameter(p, target->parameters[i].value, request, refusal))
			return false;
	}
	return true;
}

static void
fill_in_defaults(struct request *request)
{
	*request = (struct request){0};
	for (enum parameter p = 0; p < PARAMETER_COUNT; p++)
		if (parameters[p].reader == READER_NUMBER)
			*(uint64_t *)((uint8_t *)request + parameters[p].offset) =
				parameters[p].default_value;
}

// The token in the header or the parameter; NULL: none.
static const char *
offered_token(const struct request_head *head, const struct target *target)
{
	static const char scheme[] = "Bearer ";

	if (head->authorization != NULL
	    && strncasecmp(head->authorization, scheme, sizeof(scheme) - 1) == 0)
		return head->authorization + sizeof(scheme) - 1;
	for (unsigned i = 0; i < target->count; i++)
		if (strcmp(target->parameters[i].name, parameters[PARAMETER_token].name) == 0)
			return target->parameters[i].value;
	return NULL;
}

static bool
check_head(const struct request_head *head, struct request_refusal *refusal)
{
	if (strcmp(head->method, "GET") != 0 && strcmp(head->method, "HEAD") != 0)
		return refuse(refusal, 405, "only GET and HEAD are allowed");
	if (head->has_body)
		return refuse(refusal, 413, "requests must have no body");
	return true;
}

bool
request_parse(
	const struct request_head *head,
	const struct token *token,
	struct request *request,
	struct request_refusal *refusal
)
{
	struct target target;
	const char *problem;

	fill_in_defaults(request);
	if (!check_head(head, refusal))
		return false;
	problem = target_parse(head->target, &target);
	if (problem != NULL)
		return refuse(refusal, 400, "%s", problem);
	trim_slash(target.path);
	if (!find_route(target.path, request, refusal))
		return false;
	if (request->route == ROUTE_file)
		return true;
	if (!token->required && !host_header_is_safe(head->host))
		return refuse(
			refusal,
			403,
			"without a token the Host header must be an IP address or localhost, not a "
			"name"
		);
	if (routes[request->route].access == ACCESS_TOKEN
	    && !token_matches(token, offered_token(head, &target)))
		return refuse(refusal, 401, "token required: Authorization: Bearer TOKEN");
	request->open_metrics = accept_header_wants_open_metrics(head->accept);
	return read_path(target.path, request, refusal)
		&& read_parameters(&target, request, refusal);
}
