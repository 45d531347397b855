// SPDX-License-Identifier: BSD-3-Clause

#include "exchange.h"

#include "page_files.h"

#include <rte_common.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *value;
} headers[] = {
	{MHD_HTTP_HEADER_X_CONTENT_TYPE_OPTIONS, "nosniff"},
	{"Referrer-Policy", "no-referrer"}, // an address may hold the token
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
	answer_free(&exchange->answer);
	free(exchange->target);
	free(exchange);
}

static const char *
header(const struct exchange *exchange, const char *name)
{
	return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

static bool
has_body(const struct exchange *exchange)
{
	const char *length = header(exchange, MHD_HTTP_HEADER_CONTENT_LENGTH);

	return header(exchange, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL
		|| (length != NULL && strcmp(length, "0") != 0);
}

void
exchange_judge(struct exchange *exchange, const char *method, const struct token *token)
{
	const struct request_head head = {
		.method = method,
		.target = exchange->target,
		.authorization = header(exchange, MHD_HTTP_HEADER_AUTHORIZATION),
		.accept = header(exchange, MHD_HTTP_HEADER_ACCEPT),
		.host = header(exchange, MHD_HTTP_HEADER_HOST),
		.has_body = has_body(exchange),
	};
	struct request_refusal refusal;

	exchange->judged = true;
	if (request_parse(&head, token, &exchange->request, &refusal))
		return;
	exchange->answer = answer_error(refusal.status, refusal.text);
	exchange->close = head.has_body || refusal.status == MHD_HTTP_METHOD_NOT_ALLOWED;
}

static struct MHD_Response *
file_response(const struct exchange *exchange, unsigned *status)
{
	const struct page_file *file = exchange->request.file;
	const char *known = header(exchange, MHD_HTTP_HEADER_IF_NONE_MATCH);
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

// Hands the body over.
static struct MHD_Response *
answer_response(struct exchange *exchange, unsigned *status)
{
	struct answer *answer = &exchange->answer;
	struct MHD_Response *response =
		MHD_create_response_from_buffer(answer->size, answer->body, MHD_RESPMEM_MUST_FREE);

	*status = answer->status;
	if (response == NULL)
		return NULL;
	answer->body = NULL;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	if (answer->counted)
		add_total(response, answer->total);
	if (*status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	if (*status == MHD_HTTP_UNAUTHORIZED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
	return response;
}

enum MHD_Result
exchange_send(struct exchange *exchange, struct own *own)
{
	unsigned status;
	struct MHD_Response *response = exchange->answer.status == 0
		? file_response(exchange, &status)
		: answer_response(exchange, &status);

	if (response == NULL)
		return MHD_NO;
	for (unsigned i = 0; i < RTE_DIM(headers); i++)
		MHD_add_response_header(response, headers[i].name, headers[i].value);
	if (exchange->close)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	enum MHD_Result result = MHD_queue_response(exchange->connection, status, response);

	MHD_destroy_response(response);
	own_count_request(own, status);
	return result;
}
