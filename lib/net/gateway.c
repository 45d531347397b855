// SPDX-License-Identifier: BSD-3-Clause

#include "gateway.h"

void
gateway_note(
	const struct host *host,
	enum family family,
	struct host_notes *notes,
	enum gateway_evidence evidence,
	const struct rte_ether_addr *mac,
	uint64_t tsc
)
{
	bool ipv4 = family == FAMILY_IPV4;
	struct gateway_notes *gateway = ipv4 ? &notes->gateway_ipv4 : &notes->gateway_ipv6;
	uint64_t known = __atomic_load_n(
		ipv4 ? &host->gateway_ipv4_mac : &host->gateway_ipv6_mac, __ATOMIC_RELAXED
	);
	bool pending = __atomic_load_n(
		ipv4 ? &host->gateway_ipv4_pending : &host->gateway_ipv6_pending, __ATOMIC_RELAXED
	);
	uint64_t claimed = mac_word(mac);

	if (pending && claimed == known && evidence != GATEWAY_UNSOLICITED)
		__atomic_store_n(
			&gateway->confirmations, gateway->confirmations + 1, __ATOMIC_RELAXED
		);
	else if (pending && (evidence == GATEWAY_OVERRIDE || (evidence == GATEWAY_SOLICITED && known == 0)))
		mac_seen_add(&gateway->replies, mac, tsc);
	else if (claimed != known)
		mac_seen_add(&gateway->claims, mac, tsc);
}
