// SPDX-License-Identifier: BSD-3-Clause
// One HTTP exchange: a request on a connection and its response. For the HTTP thread.

#pragma once

#include "gateway_stats.h"
#include "handler_thread.h"
#include "token.h"

#include <microhttpd.h>
#include <stdint.h>
#include <sys/queue.h>

struct exchange {
	char *target; // as the client sent it
	bool parsed; // `request` is valid, or `response` says why not
	bool close; // no further request on this connection
	struct request request;
	struct response response;
	struct MHD_Connection *connection;
	struct task *task; // submitted to the handler thread; NULL: none
	uint64_t deadline_ms; // of the task
	TAILQ_ENTRY(exchange) next; // in the list of pending ones
};

TAILQ_HEAD(exchanges, exchange);

// NULL without memory.
struct exchange *exchange_new(struct MHD_Connection *connection, const char *target);
void exchange_free(struct exchange *exchange);

// Parses the request. Where that leaves no response and the route is not a file, a handler makes it.
void exchange_parse(struct exchange *exchange, const char *method, const struct token *token);

// Sends the response, or the file of the route.
enum MHD_Result exchange_respond(struct exchange *exchange, struct gateway_stats *stats);
