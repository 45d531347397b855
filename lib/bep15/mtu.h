// SPDX-License-Identifier: BSD-3-Clause
// The sizes of replies that fit one unfragmented packet. An MTU is in bytes of the IP packet, IP and UDP
// headers included.

#pragma once

#include "../stats/verdict.h"
#include "wire.h"

enum {
	MTU_IPV4_MIN = 576, // the size that every host must accept (RFC 791 3.1, Total Length)
	MTU_IPV6_MIN = 1280, // of links that carry IPv6 (RFC 8200 5)
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

// Maximum number of rows of a scrape reply: those that fit, up to the hashes of a request. At least one,
// which fits every link.
static inline unsigned
mtu_scrape_rows(unsigned mtu, enum family family)
{
	unsigned max = family == FAMILY_IPV6 ? BEP15_SCRAPE_IPV6_MAX : BEP15_SCRAPE_IPV4_MAX;
	unsigned payload = mtu_payload(mtu, family);
	unsigned head = sizeof(struct bep15_scrape_reply);
	unsigned rows = payload > head ? (payload - head) / sizeof(struct bep15_scrape_row) : 0;

	return RTE_MAX(1u, RTE_MIN(rows, max));
}
