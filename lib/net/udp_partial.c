// SPDX-License-Identifier: BSD-3-Clause

#include "udp_partial.h"

#include "checksum.h"

// Not inlined: it would take registers from the parser, for datagrams that hardly ever come.
__rte_noinline bool
udp_checksum_is_partial(const struct frame *frame)
{
	const struct rte_udp_hdr *udp = frame_l4(frame);
	uint64_t sum = checksum_pseudo(frame_l3(frame), frame->family, IPPROTO_UDP, frame->l4_len);

	return checksum_fold(sum) == udp->dgram_cksum;
}
