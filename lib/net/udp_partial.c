// SPDX-License-Identifier: BSD-3-Clause

#include "udp_partial.h"

#include "checksum.h"

static bool
is_partial(const struct frame *frame, const struct rte_udp_hdr *udp)
{
	uint64_t sum = checksum_pseudo(frame_l3(frame), frame->family, IPPROTO_UDP, frame->l4_len);

	return checksum_fold(sum) == udp->dgram_cksum;
}

// Not a part of the parser, from which it would take registers.
__rte_noinline enum verdict
udp_partial_accept(const struct host *host, struct frame *frame)
{
	const struct rte_udp_hdr *udp = frame_l4(frame);

	return host->partial_checksums && is_partial(frame, udp)
		? frame_accept_udp(host, frame, udp)
		: VERDICT_udp_checksum;
}
