// SPDX-License-Identifier: BSD-3-Clause

#include "request.h"

#include "accept_header.h"
#include "host_header.h"
#include "target.h"
#include "value.h"

#include <rte_common.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

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

// Reads the argument behind the path, of routes that have one.
static bool
read_argument(const char *path, struct request *request, struct refusal *refusal)
{
	const struct route_info *route = &routes[request->route];
	const char *text = path + strlen(route->path);

	switch (route->argument) {
	case ARGUMENT_HASH:
		return info_hash_parse(text, request->info_hash)
			|| refuse(refusal, 400, "an info_hash must be " INFO_HASH_FORMS);
	case ARGUMENT_KEY:
		return key_parse(text, request->form.key)
			|| refuse(
				refusal, 400, "a key must be %d letters and digits", KEY_FORM_CHARS
			);
	case ARGUMENT_SECONDS:
		return key_parse_seconds(text, &request->form, refusal);
	case ARGUMENT_NONE:
	case ARGUMENT_FORM:
		break;
	}
	return true;
}

static bool
read_hash(const char *value, struct request *request, struct refusal *refusal)
{
	if (request->hash_count == REQUEST_HASHES_MAX)
		return refuse(refusal, 400, "info_hash: at most %d of them", REQUEST_HASHES_MAX);
	return info_hash_parse(value, request->hashes[request->hash_count++])
		|| refuse(refusal, 400, "info_hash: must be " INFO_HASH_FORMS);
}

static bool
read_format(const char *value, struct request *request, struct refusal *refusal)
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
	struct refusal *refusal
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
refuse_unknown(unsigned takes, struct refusal *refusal)
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
read_parameters(const struct target *target, struct request *request, struct refusal *refusal)
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
check_form(const struct request_head *head, struct refusal *refusal)
{
	static const char json[] = "application/json";
	const char *type = head->content_type;

	if (head->body_size == UINT64_MAX)
		return refuse(refusal, 411, "the header Content-Length is required");
	if (head->body_size > REQUEST_BODY_MAX)
		return refuse(refusal, 413, "a body of at most %d bytes", REQUEST_BODY_MAX);
	// A page of somebody else cannot send this type without asking first (CORS).
	if (type == NULL || strncasecmp(type, json, strlen(json)) != 0
	    || strchr("; ", type[strlen(json)]) == NULL)
		return refuse(refusal, 415, "Content-Type must be application/json");
	return true;
}

static bool
check_body(const struct request_head *head, enum route route, struct refusal *refusal)
{
	if (route != ROUTE_file && routes[route].argument == ARGUMENT_FORM)
		return check_form(head, refusal);
	return !head->has_body || refuse(refusal, 413, "requests must have no body");
}

static bool
check_access(
	const struct request_head *head,
	const struct target *target,
	enum route_access access,
	const struct tokens *tokens,
	struct refusal *refusal
)
{
	const char *offered = offered_token(head, target);

	if (!tokens->read.required && !host_header_is_safe(head->host))
		return refuse(
			refusal,
			403,
			"without a token the Host header must be an IP address or localhost, not a "
			"name"
		);
	if (access == ACCESS_TOKEN && !tokens_may_read(tokens, offered))
		return refuse(refusal, 401, "token required: Authorization: Bearer TOKEN");
	if (access == ACCESS_WRITE && !tokens->write.required)
		return refuse(
			refusal,
			403,
			"changes are off: weir-gateway was started without --write-token-file"
		);
	if (access == ACCESS_WRITE && !tokens_may_write(tokens, offered))
		return refuse(
			refusal, 401, "the writing token is required: Authorization: Bearer TOKEN"
		);
	return true;
}

bool
request_parse(
	const struct request_head *head,
	const struct tokens *tokens,
	struct request *request,
	struct refusal *refusal
)
{
	struct target target;
	const char *problem;

	fill_in_defaults(request);
	problem = target_parse(head->target, &target);
	if (problem != NULL)
		return refuse(refusal, 400, "%s", problem);
	route_trim_slash(target.path);
	if (!route_find(head->method, target.path, &request->route, &request->file, refusal))
		return false;
	if (request->route != ROUTE_file
	    && !check_access(head, &target, routes[request->route].access, tokens, refusal))
		return false;
	if (!check_body(head, request->route, refusal))
		return false;
	if (request->route == ROUTE_file)
		return true;
	request->open_metrics = accept_header_wants_open_metrics(head->accept);
	return read_argument(target.path, request, refusal)
		&& read_parameters(&target, request, refusal);
}
