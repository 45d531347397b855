// SPDX-License-Identifier: BSD-3-Clause
// One HTTP exchange: a request on a connection and its response. For the HTTP thread.

#pragma once

#include "gateway_stats.h"
#include "handler_thread.h"
#include "tasks.h"
#include "token.h"

#include <microhttpd.h>
#include <stdint.h>
#include <sys/queue.h>

struct exchange {
	char *target; // as the client sent it
	bool parsed; // `request` is valid, or `response` says why not
	bool close; // no further request on this connection
	char allow[24]; // of status 405
	struct request request;
	size_t body_size; // bytes received
	char body[REQUEST_BODY_MAX];
	struct response response;
	struct MHD_Connection *connection;
	struct task *task; // submitted to a thread; NULL: none
	struct tasks *tasks; // those of the thread
	uint64_t deadline_ms; // of the task
	TAILQ_ENTRY(exchange) next; // in the list of pending ones
};

TAILQ_HEAD(exchanges, exchange);

// NULL without memory.
struct exchange *exchange_new(struct MHD_Connection *connection, const char *target);
void exchange_free(struct exchange *exchange);

// Parses the request. Where that leaves no response and the route is not a file, a handler makes it.
void exchange_parse(struct exchange *exchange, const char *method, const struct tokens *tokens);

// Takes a part of the body, and then its end: the whole body is read.
void exchange_take_body(struct exchange *exchange, const char *bytes, size_t size);
void exchange_end_body(struct exchange *exchange);

// Sends the response, or the file of the route.
enum MHD_Result exchange_respond(struct exchange *exchange, struct gateway_stats *stats);
