// SPDX-License-Identifier: BSD-3-Clause
// What ranges cannot say: rules between settings, and defaults that follow from others.

#include "../../../lib/bep15/mtu.h"
#include "config_source.h"

#include <rte_bitops.h>
#include <rte_common.h>

#include <string.h>

enum {
	INTERVAL_MAX_LEAST_S = 300, // listings of trackers accept 5 minutes to 3 hours
	PARTS_OF_SOURCE = 8, // one source gets an eighth of a table
	PEERS_PER_PAIR = 64, // and of one swarm a sixty-fourth
	LEAST_OF_SOURCE = 256, // of a small table more: there is little to share
};

// Where serving starts without any word about ports: an embedded device for trying out.
static const struct config_address embedded_addresses[] = {
	{FAMILY_IPV4, {10, 77, 0, 1}, 24, .text = "10.77.0.1/24", .item = 0},
	{FAMILY_IPV6, {0xfd, 0x77, [15] = 1}, 64, .text = "fd77::1/64", .item = 1},
};

static void
check_missing_ports(struct config *config)
{
	struct config_source *source = config->source;
	struct config_addresses *addresses = &config->ports[0].addresses;

	if (config->port_count > 0 || config_where(source, "ports") != NULL)
		return;
	if (!config->driver_virtual) {
		config_error(
			source,
			NULL,
			"ports",
			"is missing; add ports = ( { device = \"0000:01:00.0\"; "
			"addresses = [ \"198.51.100.10/24\" ]; } );"
		);
		return;
	}
	config->port_count = 1;
	if (config->stack == CONFIG_STACK_KERNEL) {
		addresses->of_interface = true;
		return;
	}
	addresses->count = RTE_DIM(embedded_addresses);
	memcpy(addresses->items, embedded_addresses, sizeof(embedded_addresses));
}

static bool
has_ipv6(const struct config *config)
{
	for (unsigned p = 0; p < config->port_count; p++)
		for (unsigned i = 0; i < config->ports[p].addresses.count; i++)
			if (config->ports[p].addresses.items[i].family == FAMILY_IPV6)
				return true;
	return false;
}

static void
check_mtu(struct config *config)
{
	bool ipv6 = has_ipv6(config);
	uint32_t least = ipv6 ? MTU_IPV6_MIN : MTU_IPV4_MIN;

	if (config->mtu == 0 || config->mtu >= least)
		return;
	config_error(
		config->source,
		config_where(config->source, "driver.mtu"),
		"driver.mtu",
		"must be 0 or at least %u: %s",
		least,
		ipv6 ? "a link below that carries no IPv6 (RFC 8200 5), and ports have IPv6 "
		       "addresses"
		     : "every IPv4 host accepts that (RFC 791 3.1)"
	);
}

// Beside the kernel, the interface's settings are the kernel's.
static void
check_stack(struct config *config)
{
	struct config_source *source = config->source;
	bool xdp = false;

	if (config->stack != CONFIG_STACK_KERNEL)
		return;
	for (unsigned i = 0; i < config->driver_eal.count; i++)
		xdp = xdp
			|| (strstr(config->driver_eal.items[i], "net_af_xdp") != NULL
			    && strstr(config->driver_eal.items[i], "xdp_prog=") != NULL);
	if (!xdp)
		config_error(
			source,
			config_where(source, "host.stack"),
			"host.stack",
			"\"kernel\" needs a net_af_xdp device in driver.eal, with "
			"xdp_prog=PATH of tracker_port.o (drivers-config/beside_kernel.cfg)"
		);
	if (config->mtu != 0)
		config_error(
			source,
			config_where(source, "driver.mtu"),
			"driver.mtu",
			"must be 0 with host.stack = \"kernel\": the MTU is the interface's"
		);
	if (config->promiscuous)
		config_error(
			source,
			config_where(source, "driver.promiscuous"),
			"driver.promiscuous",
			"must be false with host.stack = \"kernel\": the mode is the interface's"
		);
}

static void
check_steering(struct config *config)
{
	if (config->steering == CONFIG_STEERING_RSS_RAW && !config->rss)
		config_error(
			config->source,
			config_where(config->source, "driver.steering"),
			"driver.steering",
			"\"rss-raw\" needs driver.rss = true"
		);
}

uint32_t
config_longest_interval_s(const struct config *config)
{
	return RTE_MAX(config->interval_s, config->interval_max_s) + config->interval_spread_s;
}

static void
check_interval_max(struct config *config)
{
	uint32_t least_s = RTE_MAX(config->interval_s, (uint32_t)INTERVAL_MAX_LEAST_S);

	if (config->interval_max_s != 0 && config->interval_max_s < least_s)
		config_error(
			config->source,
			config_where(config->source, "tracker.interval_max"),
			"tracker.interval_max",
			"must be 0 or from %u, tracker.interval and at least 300, to 10800 seconds",
			least_s
		);
}

static void
check_times(struct config *config)
{
	uint32_t longest_s = config_longest_interval_s(config);

	if (config->peer_timeout_s <= longest_s)
		config_error(
			config->source,
			config_where(config->source, "swarm.peer_timeout"),
			"swarm.peer_timeout",
			"must be above %s + tracker.interval_spread (%u seconds), or peers expire "
			"before they announce again",
			config->interval_max_s > config->interval_s ? "tracker.interval_max"
								    : "tracker.interval",
			longest_s
		);
}

static uint32_t
part_of_source(uint32_t capacity, uint32_t parts)
{
	return RTE_MAX(capacity / parts, (uint32_t)LEAST_OF_SOURCE);
}

// Limits that follow from the capacity where the file does not set them.
void
config_derive_limits(struct config *config)
{
	const struct config_source *source = config->source;

	if (config_where(source, "limits.peers_per_source") == NULL)
		config->peers_per_source = part_of_source(config->max_peers, PARTS_OF_SOURCE);
	if (config_where(source, "limits.peers_per_swarm_and_source") == NULL)
		config->peers_per_swarm_and_source =
			part_of_source(config->max_peers, PEERS_PER_PAIR);
	if (config_where(source, "limits.torrents_per_source") == NULL)
		config->torrents_per_source = part_of_source(config->max_torrents, PARTS_OF_SOURCE);
}

// Without a word about it a third of the peers may come over IPv6: public trackers see a fifth to a
// third, and a share that is too small turns peers away while there is room for them.
static void
check_peers_ipv6(struct config *config)
{
	const config_setting_t *where = config_where(config->source, "swarm.max_peers_ipv6");

	if (where == NULL)
		config->max_peers_ipv6 = config->max_peers / 3;
	else if (config->max_peers_ipv6 > config->max_peers)
		config_error(
			config->source,
			where,
			"swarm.max_peers_ipv6",
			"must not exceed swarm.max_peers (%u), which includes it",
			config->max_peers
		);
}

void
config_check(struct config *config)
{
	if (!rte_is_power_of_2(config->ring_size))
		config_error(
			config->source,
			config_where(config->source, "lcores.ring_size"),
			"lcores.ring_size",
			"must be a power of two from 2 to 65536"
		);
	check_interval_max(config);
	check_times(config);
	check_peers_ipv6(config);
	config_derive_limits(config);
	check_missing_ports(config);
	config_check_ports(config);
	check_mtu(config);
	check_stack(config);
	check_steering(config);
	config_check_kernel(config);
}
