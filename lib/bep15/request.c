// SPDX-License-Identifier: BSD-3-Clause

#include "request.h"

#include <rte_branch_prediction.h>

enum verdict
request_check(const void *payload, uint16_t len, enum family family, enum bep15_action *action)
{
	const struct bep15_request *request = payload;
	unsigned max = family == FAMILY_IPV4 ? BEP15_REQUEST_IPV4_MAX : BEP15_REQUEST_IPV6_MAX;

	if (unlikely(len - sizeof(*request) > max - sizeof(*request))) // one compare for both ends
		return len < sizeof(*request) ? VERDICT_request_short : VERDICT_request_long;
	switch (rte_be_to_cpu_32(request->action)) {
	case BEP15_CONNECT:
		*action = BEP15_CONNECT;
		return request->connection_id == BEP15_MAGIC ? VERDICT_NONE : VERDICT_request_magic;
	case BEP15_ANNOUNCE:
		*action = BEP15_ANNOUNCE;
		return len >= sizeof(struct bep15_announce) ? VERDICT_NONE : VERDICT_announce_short;
	case BEP15_SCRAPE:
		*action = BEP15_SCRAPE;
		return len >= sizeof(struct bep15_scrape) + BEP15_INFO_HASH_BYTES
			? VERDICT_NONE
			: VERDICT_scrape_short;
	default: // 4 was opentracker's announce over IPv6 before BEP 15 had one; no client sends it
		return VERDICT_request_action;
	}
}

uint16_t
request_scrape_count(uint16_t len, uint16_t max)
{
	unsigned count = (len - sizeof(struct bep15_scrape)) / BEP15_INFO_HASH_BYTES;

	return count < max ? (uint16_t)count : max;
}

uint16_t
request_num_want(rte_be32_t num_want, uint16_t fallback, uint16_t max)
{
	int32_t wanted = (int32_t)rte_be_to_cpu_32(num_want);

	if (wanted < 0)
		return fallback < max ? fallback : max;
	return wanted < max ? (uint16_t)wanted : max;
}

rte_be32_t
request_num_want_within(rte_be32_t num_want, uint16_t len, enum family family)
{
	unsigned stride = family == FAMILY_IPV4 ? BEP15_PEER_IPV4_BYTES : BEP15_PEER_IPV6_BYTES;
	uint32_t fit = (len - sizeof(struct bep15_announce_reply)) / stride;
	uint32_t wanted = rte_be_to_cpu_32(num_want); // negative: larger than any `fit`

	return rte_cpu_to_be_32(RTE_MIN(wanted, fit));
}
