// SPDX-License-Identifier: BSD-3-Clause

#include "port_host.h"

#include "../log/log.h"
#include "link_local.h"

#include <arpa/inet.h>
#include <string.h>

void
port_host_fill(
	struct host *host,
	const struct port *port,
	const struct config_addresses *addresses,
	const struct config *config
)
{
	const struct config_port *from = port->config;

	host->vlan_tci = rte_cpu_to_be_16((uint16_t)from->vlan);
	host->l2_len = sizeof(struct rte_ether_hdr) + (from->vlan == 0 ? 0 : 4);
	host->allow_private = config->allow_private;
	host->udp_port = rte_cpu_to_be_16((uint16_t)config->tracker_port);
	for (unsigned i = 0; i < addresses->count; i++) {
		const struct config_address *address = &addresses->items[i];

		if (address->family == FAMILY_IPV4) {
			host->ipv4_prefix[host->ipv4_count] = address->prefix;
			host->ipv4_anycast |= (uint32_t)address->anycast << host->ipv4_count;
			memcpy(&host->ipv4[host->ipv4_count++], address->bytes, 4);
		} else {
			host->ipv6_prefix[host->ipv6_count] = address->prefix;
			host->ipv6_anycast |= (uint32_t)address->anycast << host->ipv6_count;
			memcpy(host->ipv6[host->ipv6_count++], address->bytes, 16);
		}
	}
	if (*from->gateway_ipv4 != '\0')
		inet_pton(AF_INET, from->gateway_ipv4, &host->gateway_ipv4);
	if (*from->gateway_ipv6 != '\0')
		inet_pton(AF_INET6, from->gateway_ipv6, host->gateway_ipv6);
}

void
port_host_log_sources(const struct port *port, const struct config *config)
{
	const struct config_addresses *addresses = port->addresses;
	char note[512];

	for (unsigned i = 0; i < addresses->count; i++)
		switch (config_note_sources(config, &addresses->items[i], note, sizeof(note))) {
		case CONFIG_NOTE_WARNING:
			log_warning("port %s: %s", port->name, note);
			break;
		case CONFIG_NOTE_INFO:
			log_info("port %s: %s", port->name, note);
			break;
		case CONFIG_NOTE_NONE:
			break;
		}
}

// Not inlined: gcc 14 would take the host for its first member, and warn of a write behind it.
__rte_noinline void
port_host_add_link_local(struct host *host, const struct keys *keys)
{
	unsigned last = host->ipv6_count;

	for (unsigned i = 0; i < last; i++)
		if (ipv6_is_link_local(host->ipv6[i]))
			return;
	if (last == 0)
		return;
	link_local_make(
		keys->connid_master, &host->mac, rte_be_to_cpu_16(host->vlan_tci), host->ipv6[last]
	);
	host->ipv6_prefix[last] = LINK_LOCAL_PREFIX;
	host->ipv6_link_made = true;
	host->ipv6_count++;
}
