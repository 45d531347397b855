// SPDX-License-Identifier: BSD-3-Clause

#include "gateway.h"

void
gateway_note(
	const struct host *host,
	enum family family,
	struct host_notes *notes,
	enum gateway_word word,
	const struct rte_ether_addr *mac,
	uint64_t tsc
)
{
	bool ipv4 = family == FAMILY_IPV4;
	struct gateway_notes *gateway = ipv4 ? &notes->gateway_ipv4 : &notes->gateway_ipv6;
	uint64_t known = __atomic_load_n(
		ipv4 ? &host->gateway_ipv4_mac : &host->gateway_ipv6_mac, __ATOMIC_RELAXED
	);
	bool asked = __atomic_load_n(
		ipv4 ? &host->gateway_ipv4_asked : &host->gateway_ipv6_asked, __ATOMIC_RELAXED
	);
	uint64_t said = mac_word(mac);

	if (asked && said == known && word != GATEWAY_CLAIM)
		__atomic_store_n(
			&gateway->confirmations, gateway->confirmations + 1, __ATOMIC_RELAXED
		);
	else if (asked && (word == GATEWAY_OVERRIDE || (word == GATEWAY_ANSWER && known == 0)))
		host_hear(&gateway->answers, mac, tsc);
	else if (said != known)
		host_hear(&gateway->claims, mac, tsc);
}
