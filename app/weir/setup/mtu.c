// SPDX-License-Identifier: BSD-3-Clause

#include "mtu.h"

#include "../log/log.h"
#include "../weir.h"

#include <rte_ethdev.h>

static void
bound_peers(struct announce_policy *policy, const struct config *config, uint32_t mtu)
{
	const uint32_t asked[FAMILY_COUNT] = {
		[FAMILY_IPV4] = config->peers_max_ipv4,
		[FAMILY_IPV6] = config->peers_max_ipv6,
	};

	for (enum family f = FAMILY_IPV4; f <= FAMILY_IPV6; f++) {
		uint32_t peers = RTE_MIN(asked[f], mtu_peers(mtu, f));

		__atomic_store_n(&policy->peers_max[f], (uint16_t)peers, __ATOMIC_RELAXED);
	}
}

static void
bound_scrapes(const struct io *io, uint16_t port, uint32_t mtu)
{
	for (unsigned q = 0; q < io->queue_count; q++)
		for (enum family f = FAMILY_IPV4; f <= FAMILY_IPV6; f++)
			if (io->queues[q].port == port)
				__atomic_store_n(
					&io->queues[q].scrape_rows[f],
					(uint16_t)mtu_scrape_rows(mtu, f),
					__ATOMIC_RELAXED
				);
}

static void
tell(const struct port *port)
{
	if (port->mtu >= MTU_IPV6_MIN) {
		log_info("port %s: MTU %u", port->name, port->mtu);
		return;
	}
	if (port->host.ipv6_count > 0)
		log_error(
			"port %s: no IPv6: its MTU is %u and has to be at least %d (RFC 8200 5); "
			"IPv6 "
			"is back when it is",
			port->name,
			port->mtu,
			MTU_IPV6_MIN
		);
	log_warning(
		"port %s: MTU %u: replies over IPv4 have at most %u peers, to scrapes %u torrents",
		port->name,
		port->mtu,
		mtu_peers(port->mtu, FAMILY_IPV4),
		mtu_scrape_rows(port->mtu, FAMILY_IPV4)
	);
}

void
mtu_follow(struct weir *weir, unsigned index)
{
	struct port *port = &weir->ports[index];
	uint32_t mtu = port_mtu(port, weir->config);

	if (mtu == port->mtu)
		return;
	__atomic_store_n(&port->mtu, mtu, __ATOMIC_RELAXED);
	__atomic_store_n(&port->host.ipv6_off, mtu < MTU_IPV6_MIN, __ATOMIC_RELAXED);
	tell(port);
	for (unsigned i = 0; i < weir->plan.worker_count; i++)
		bound_peers(&weir->workers[i]->ports[port->id].policy, weir->config, mtu);
	for (unsigned i = 0; i < weir->plan.io_count; i++)
		bound_scrapes(weir->ios[i], port->id, mtu);
}
