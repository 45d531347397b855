// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to the replies that weir-load receives: any frame, while a request of each kind from each family is
// on its way. What it takes for a reply lies within the frame.

#include "../../app/weir-load/options.h"
#include "../../app/weir-load/reply.h"
#include "fuzz.h"

#include <arpa/inet.h>

enum {
	FRAME_MAX = 2048,
	BEHIND = 8, // bytes behind a frame that may be read, too
	CLIENTS = 4,
	HASHES = 3,
	REQUESTS = 16,
};

static struct options options;
static struct flows flows;
static struct flight flight;

static void
start(void)
{
	char *argv[] = {(char[]){"weir-load"}, NULL};

	demand(options_parse(&options, 1, argv, stderr));
	options.clients = CLIENTS;
	options.tracker_ipv6.given = true;
	inet_pton(AF_INET6, "2001:db8::1", options.tracker_ipv6.address);
	flight_init(&flight, REQUESTS);
	flows_init(&flows, &options);
	for (unsigned i = 0; i < REQUESTS; i++) {
		rte_be32_t transaction_id;
		struct pending *pending = flight_add(&flight, 1, &transaction_id);

		pending->kind = i % KIND_REQUEST_COUNT;
		pending->flow = i / KIND_REQUEST_COUNT % (2 * CLIENTS);
		pending->port = RTE_BE16(6881);
		pending->hashes = HASHES;
	}
}

static void
check(const struct reply *reply, const uint8_t *frame, size_t size)
{
	demand(reply->outcome <= REPLY_OTHER);
	if (reply->outcome == REPLY_GOOD) {
		demand(reply->pending != NULL && reply->payload >= frame);
		demand(reply->payload + reply->len <= frame + size && reply->len >= 8);
		demand(reply->peers * 6u + 20 <= reply->len || reply->peers == 0);
	}
	if (reply->pending != NULL)
		demand(reply->pending >= flight.ring && reply->pending <= flight.ring + flight.mask
		);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reply_checks checks;
	struct reply reply;

	if (size > FRAME_MAX)
		return 0;
	if (flight.ring == NULL)
		start();
	uint8_t *frame = malloc(size + BEHIND);

	demand(frame != NULL);
	memcpy(frame, data, size);
	memset(frame + size, 0x5a, BEHIND);
	reply_checks_init(&checks, &options, &flows, &flight);
	reply_check(&checks, frame, (uint16_t)size, &reply);
	check(&reply, frame, size);
	free(frame);
	return 0;
}
