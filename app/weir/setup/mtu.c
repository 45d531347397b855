// SPDX-License-Identifier: BSD-3-Clause

#include "mtu.h"

#include "../../../lib/bep15/mtu.h"
#include "../log/log.h"
#include "../weir.h"
#include "publish.h"

static void
tell(const struct port *port)
{
	if (port->mtu >= MTU_IPV6_MIN) {
		log_info("port %s: MTU %u", port->name, port->mtu);
		return;
	}
	if (port->host->ipv6_count > 0)
		log_error(
			"port %s: no IPv6: its MTU is %u and has to be at least %d (RFC 8200 5); "
			"IPv6 is back when it is",
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
	__atomic_store_n(&port->host->ipv6_off, mtu < MTU_IPV6_MIN, __ATOMIC_RELAXED);
	tell(port);
	if (!publish_settings(weir, weir->config)) {
		log_error("port %s: no memory for settings that follow the MTU", port->name);
		port->mtu = 0; // so that the next call tries again
	}
}
