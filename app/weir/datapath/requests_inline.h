// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: what the phases of receive() know about the tracker requests of a burst.

#pragma once

#include "../../../lib/guard/connid_burst.h"
#include "loops.h"

struct request {
	struct rte_mbuf *mbuf;
	void *payload;
	uint16_t len; // of the payload
	uint8_t family; // enum family
	uint8_t action; // enum bep15_action
	uint8_t place; // of its connection id in `ids`, within its family
	uint8_t verdict; // of a reply by this lcore; VERDICT_NONE: no reply
	uint16_t reply_len; // of its payload
};

// The key in the URL of an announce.
struct request_key {
	const char *text; // in the request; NULL: there is none, or it is in several options
	uint64_t hash;
};

struct requests {
	struct request all[LOOP_BURST];
	unsigned count;
	unsigned reply_count; // of this lcore
	struct budget_source sources[LOOP_BURST]; // of all[i], if there are limits by source
	struct connid_burst ids; // connection ids, by family and place
	struct request *proved[LOOP_BURST]; // announces and scrapes with a good connection id
	struct request_key keys[LOOP_BURST]; // of proved[i], if keys are required
	struct steer_burst torrents; // hash of the torrent of proved[i], the first one of a scrape
};

static inline void
requests_start(struct requests *requests)
{
	requests->count = 0;
	requests->reply_count = 0;
	connid_burst_start(&requests->ids);
	requests->torrents.count = 0;
}

// The address that a datagram came from. Its headers have one layout once they are parsed.
static inline const uint8_t *
request_address(const struct request *request)
{
	const uint8_t *ip = (const uint8_t *)request->payload - sizeof(struct rte_udp_hdr);

	return request->family == FAMILY_IPV4
		? ip - sizeof(struct rte_ipv4_hdr) + offsetof(struct rte_ipv4_hdr, src_addr)
		: ip - sizeof(struct ipv6_header) + offsetof(struct ipv6_header, src_addr);
}

// Adds the connection id of a request: a new one for a connect, otherwise the one that it should have.
static inline void
request_add_id(struct io *io, struct requests *requests, struct request *request)
{
	const struct bep15_request *payload = request->payload;
	const uint8_t *address = request_address(request);

	if (request->action == BEP15_CONNECT)
		request->place = (uint8_t
		)connid_burst_add_new(&io->connid, &requests->ids, request->family, address);
	else
		request->place = (uint8_t)connid_burst_add_shown(
			&io->connid,
			&requests->ids,
			*(const uint8_t *)&payload->connection_id,
			request->family,
			address
		);
}
