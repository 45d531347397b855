// SPDX-License-Identifier: BSD-3-Clause
// How much of a reply fits one packet without fragments. MTUs are bytes of an IP packet, headers of
// IP and UDP included.

#pragma once

#include "../stats/verdict.h"
#include "wire.h"

enum {
	MTU_IPV4_MIN = 576, // what every host must take (RFC 791 3.1, Total Length)
	MTU_IPV6_MIN = 1280, // of every link that carries IPv6 (RFC 8200 5)
	MTU_HEADERS_IPV4 = 20 + 8,
	MTU_HEADERS_IPV6 = 40 + 8,
};

// Bytes left for a UDP payload.
static inline unsigned
mtu_payload(unsigned mtu, enum family family)
{
	unsigned headers = family == FAMILY_IPV6 ? MTU_HEADERS_IPV6 : MTU_HEADERS_IPV4;

	return mtu > headers ? mtu - headers : 0;
}

// Peers that fit an announce reply.
static inline unsigned
mtu_peers(unsigned mtu, enum family family)
{
	unsigned payload = mtu_payload(mtu, family);
	unsigned stride = family == FAMILY_IPV6 ? BEP15_PEER_IPV6_BYTES : BEP15_PEER_IPV4_BYTES;
	unsigned head = sizeof(struct bep15_announce_reply);

	return payload > head ? (payload - head) / stride : 0;
}

// Rows of a scrape reply: as many as fit, no more than a request has hashes, and one at least, which
// fits whatever a link may have.
static inline unsigned
mtu_scrape_rows(unsigned mtu, enum family family)
{
	unsigned most = family == FAMILY_IPV6 ? BEP15_SCRAPE_IPV6_MAX : BEP15_SCRAPE_IPV4_MAX;
	unsigned payload = mtu_payload(mtu, family);
	unsigned head = sizeof(struct bep15_scrape_reply);
	unsigned rows = payload > head ? (payload - head) / sizeof(struct bep15_scrape_row) : 0;

	return RTE_MAX(1u, RTE_MIN(rows, most));
}
