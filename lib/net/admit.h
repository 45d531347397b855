// SPDX-License-Identifier: BSD-3-Clause
// Which senders are served: one rule for the tracker, ping and ICMP errors, over IPv4 and IPv6.
// source.def says how each kind of source address is handled. Unicast addresses in the prefixes of the
// port's own addresses are served whatever their kind, unless it is LINK. Pure, any thread.

#pragma once

#include "../stats/verdict.h"
#include "host.h"
#include "source.h"

#include <rte_branch_prediction.h>

// The verdict about a sender that is neither our own address nor served everywhere. Rarely needed.
__rte_cold enum verdict
admit_special_ipv4(const struct host *host, rte_be32_t address, enum source source);
__rte_cold enum verdict
admit_special_ipv6(const struct host *host, const uint8_t address[16], enum source source);

static inline bool
admit_everywhere(const struct host *host, enum source source)
{
	return source == SOURCE_PUBLIC || (source == SOURCE_PRIVATE && host->allow_private);
}

// VERDICT_NONE if the sender is served, otherwise the reason why not. Our own addresses (a LAND packet)
// and the broadcast addresses of our networks are not served (RFC 1122 3.2.1.3).
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

// The same for IPv6. (The link-local address that Weir generated is refused as all link-local ones are.)
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
// pings from our own addresses. `source` is the kind of the address.
static inline enum verdict
admit_ping_ipv6(const struct host *host, const uint8_t address[16], enum source source)
{
	if (likely(admit_everywhere(host, source)) || source == SOURCE_LINK)
		return VERDICT_NONE;
	return admit_special_ipv6(host, address, source);
}
