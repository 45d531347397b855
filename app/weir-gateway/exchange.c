// SPDX-License-Identifier: BSD-3-Clause

#include "exchange.h"

#include "page_files.h"
#include "value.h"

#include <rte_common.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *value;
} security_headers[] = {
	{MHD_HTTP_HEADER_X_CONTENT_TYPE_OPTIONS, "nosniff"},
	{"Referrer-Policy", "no-referrer"}, // a URL may hold the token
	{MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY,
	 "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
	 "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
};

struct exchange *
exchange_new(struct MHD_Connection *connection, const char *target)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));

	if (exchange == NULL)
		return NULL;
	exchange->connection = connection;
	exchange->target = strdup(target);
	if (exchange->target != NULL)
		return exchange;
	free(exchange);
	return NULL;
}

void
exchange_free(struct exchange *exchange)
{
	response_free(&exchange->response);
	free(exchange->target);
	free(exchange);
}

static const char *
request_header(const struct exchange *exchange, const char *name)
{
	return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

static bool
has_body(const struct exchange *exchange)
{
	const char *length = request_header(exchange, MHD_HTTP_HEADER_CONTENT_LENGTH);

	return request_header(exchange, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL
		|| (length != NULL && strcmp(length, "0") != 0);
}

// Bytes of the body as announced; UINT64_MAX: unknown.
static uint64_t
body_size(const struct exchange *exchange)
{
	const char *length = request_header(exchange, MHD_HTTP_HEADER_CONTENT_LENGTH);
	uint64_t size = 0;

	if (request_header(exchange, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL
	    || (length != NULL && !value_read_number(length, 0, UINT64_MAX - 1, &size)))
		return UINT64_MAX;
	return size;
}

static void
refuse_by(struct exchange *exchange, const struct refusal *refusal)
{
	exchange->response = response_error(refusal->status, refusal->text);
	snprintf(exchange->allow, sizeof(exchange->allow), "%s", refusal->allow);
}

void
exchange_parse(struct exchange *exchange, const char *method, const struct tokens *tokens)
{
	const struct request_head head = {
		.method = method,
		.target = exchange->target,
		.authorization = request_header(exchange, MHD_HTTP_HEADER_AUTHORIZATION),
		.accept = request_header(exchange, MHD_HTTP_HEADER_ACCEPT),
		.host = request_header(exchange, MHD_HTTP_HEADER_HOST),
		.content_type = request_header(exchange, MHD_HTTP_HEADER_CONTENT_TYPE),
		.has_body = has_body(exchange),
		.body_size = body_size(exchange),
	};
	struct refusal refusal;

	exchange->parsed = true;
	if (request_parse(&head, tokens, &exchange->request, &refusal))
		return;
	refuse_by(exchange, &refusal);
	exchange->close = head.has_body || refusal.status == MHD_HTTP_METHOD_NOT_ALLOWED;
}

// More than the request announced does not come: libmicrohttpd sees to it.
void
exchange_take_body(struct exchange *exchange, const char *bytes, size_t size)
{
	size_t taken = RTE_MIN(size, sizeof(exchange->body) - exchange->body_size);

	memcpy(exchange->body + exchange->body_size, bytes, taken);
	exchange->body_size += taken;
}

void
exchange_end_body(struct exchange *exchange)
{
	struct refusal refusal;

	if (exchange->request.route != ROUTE_file
	    && routes[exchange->request.route].argument == ARGUMENT_FORM
	    && !key_form_read(
		    exchange->body, exchange->body_size, &exchange->request.form, &refusal
	    ))
		refuse_by(exchange, &refusal);
}

static struct MHD_Response *
file_response(const struct exchange *exchange, unsigned *status)
{
	const struct page_file *file = exchange->request.file;
	const char *known = request_header(exchange, MHD_HTTP_HEADER_IF_NONE_MATCH);
	bool same = known != NULL && strstr(known, file->tag) != NULL;
	struct MHD_Response *response = MHD_create_response_from_buffer(
		same ? 0 : file->size, (void *)(uintptr_t)file->bytes, MHD_RESPMEM_PERSISTENT
	);

	*status = same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK;
	if (response == NULL)
		return NULL;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, file->type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, file->tag);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
	return response;
}

static void
add_total(struct MHD_Response *response, uint64_t total)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", total);
	MHD_add_response_header(response, "X-Total-Count", text);
}

// Makes libmicrohttpd's response, which owns the body from then on.
static struct MHD_Response *
body_response(struct exchange *exchange, unsigned *status)
{
	struct response *made = &exchange->response;
	struct MHD_Response *response =
		MHD_create_response_from_buffer(made->size, made->body, MHD_RESPMEM_MUST_FREE);

	*status = made->status;
	if (response == NULL)
		return NULL;
	made->body = NULL;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, made->type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	if (made->counted)
		add_total(response, made->total);
	if (*status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, exchange->allow);
	if (*status == MHD_HTTP_UNAUTHORIZED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
	return response;
}

enum MHD_Result
exchange_respond(struct exchange *exchange, struct gateway_stats *stats)
{
	unsigned status;
	struct MHD_Response *response = exchange->response.status == 0
		? file_response(exchange, &status)
		: body_response(exchange, &status);

	if (response == NULL)
		return MHD_NO;
	for (unsigned i = 0; i < RTE_DIM(security_headers); i++)
		MHD_add_response_header(
			response, security_headers[i].name, security_headers[i].value
		);
	if (exchange->close)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	enum MHD_Result result = MHD_queue_response(exchange->connection, status, response);

	MHD_destroy_response(response);
	gateway_stats_count_request(stats, status);
	return result;
}
