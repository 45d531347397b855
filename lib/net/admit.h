// SPDX-License-Identifier: BSD-3-Clause
// Who is served: one rule for the tracker, ping and errors, over IPv4 and IPv6. source.def says what
// is done with each kind of sender. An address in a network that the operator put us in is served
// whatever kind of unicast address it is. Pure, any thread.

#pragma once

#include "../stats/verdict.h"
#include "host.h"
#include "source.h"

#include <rte_branch_prediction.h>

// The verdict about a sender that is neither ours nor served everywhere. Few are looked at so closely.
__rte_cold enum verdict
admit_special_ipv4(const struct host *host, rte_be32_t address, enum source source);
__rte_cold enum verdict
admit_special_ipv6(const struct host *host, const uint8_t address[16], enum source source);

static inline bool
admit_everywhere(const struct host *host, enum source source)
{
	return source == SOURCE_PUBLIC || (source == SOURCE_PRIVATE && host->allow_private);
}

// VERDICT_NONE where the sender is served, else why it is not. No sender is us (a LAND packet), or the
// broadcast address of a network of ours (RFC 1122 3.2.1.3).
static inline enum verdict
admit_ipv4(const struct host *host, rte_be32_t address)
{
	enum source source = source_ipv4(address);

	if (host_owns_ipv4(host, address))
		return VERDICT_ip_source;
	if (likely(admit_everywhere(host, source)))
		return VERDICT_NONE;
	return admit_special_ipv4(host, address, source);
}

// (The link-local one that we made is refused with all others of its kind.)
static inline enum verdict
admit_ipv6(const struct host *host, const uint8_t address[16])
{
	enum source source = source_ipv6(address);

	if (host_owns_ipv6(host, address))
		return VERDICT_ip_source;
	if (likely(admit_everywhere(host, source)))
		return VERDICT_NONE;
	return admit_special_ipv6(host, address, source);
}

// The same for a ping, which a neighbour may send from its link-local address. frame_parse has dropped
// those from addresses of ours; `source` is the address's kind.
static inline enum verdict
admit_ping_ipv6(const struct host *host, const uint8_t address[16], enum source source)
{
	if (likely(admit_everywhere(host, source)) || source == SOURCE_LINK)
		return VERDICT_NONE;
	return admit_special_ipv6(host, address, source);
}
