// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: packets from networks that the operator does not serve.

#pragma once

#include "../../../lib/net/icmp.h"
#include "loops.h"

// Asked only if there is a list. ARP, neighbour and multicast listener discovery are for the link, which
// does not work without them. Not inlined, because it would take registers from the code around it.
static __rte_noinline bool
denied_source_has(const struct networks *networks, const struct frame *frame)
{
	const uint8_t *ip = frame_l3(frame);
	enum verdict verdict;

	if (frame->kind == FRAME_ARP)
		return false;
	if (frame->kind == FRAME_ICMP6 && icmp_is_mld_or_ndp(frame, &verdict))
		return false;
	ip += frame->family == FAMILY_IPV4 ? offsetof(struct rte_ipv4_hdr, src_addr)
					   : offsetof(struct ipv6_header, src_addr);
	return networks_deny(networks, frame->family, ip);
}

// Whether a parsed frame came from a network of sources.deny_file.
static __rte_always_inline bool
denied_source(const struct io *io, const struct frame *frame)
{
	return unlikely(io->lists.denied_sources != NULL)
		&& denied_source_has(io->lists.denied_sources, frame);
}
