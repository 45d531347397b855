// SPDX-License-Identifier: BSD-3-Clause
// One request of a connection and its answer. The server's thread only.

#pragma once

#include "asker.h"

#include <microhttpd.h>
#include <stdint.h>
#include <sys/queue.h>

struct exchange {
	char *target; // as the client sent it
	bool judged; // the request was read
	bool close; // no further request on this connection
	struct request request;
	struct answer answer;
	struct MHD_Connection *connection;
	struct question *question; // with the asker; NULL: none
	uint64_t deadline_ms; // of the question
	TAILQ_ENTRY(exchange) next; // among those that wait
};

TAILQ_HEAD(exchanges, exchange);

// NULL without memory.
struct exchange *exchange_new(struct MHD_Connection *connection, const char *target);
void exchange_free(struct exchange *exchange);

// Reads the request. An exchange without an answer behind that is one to ask Weir for.
void exchange_judge(struct exchange *exchange, const char *method, const struct token *token);

// Sends the answer, which stands or is that of a file.
enum MHD_Result exchange_send(struct exchange *exchange, struct own *own);
