// SPDX-License-Identifier: BSD-3-Clause
// What ranges cannot say: rules between settings, and defaults that follow from others.

#include "../../lib/net/host.h"
#include "../../lib/net/source.h"
#include "config_source.h"

#include <rte_common.h>

#include <arpa/inet.h>
#include <string.h>

// Where serving starts without any word about ports: an embedded device for trying out.
static const struct config_address embedded_addresses[] = {
	{FAMILY_IPV4, {10, 77, 0, 1}, 24, "10.77.0.1/24"},
	{FAMILY_IPV6, {0xfd, 0x77, [15] = 1}, 64, "fd77::1/64"},
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
	addresses->count = RTE_DIM(embedded_addresses);
	memcpy(addresses->items, embedded_addresses, sizeof(embedded_addresses));
	if (config_where(source, "host.allow_private") == NULL)
		config->allow_private = true;
}

static bool
same_network(const struct config_address *address, const uint8_t *other)
{
	unsigned bytes = address->prefix / 8;
	uint8_t rest = (uint8_t)(0xff00 >> address->prefix % 8);

	return memcmp(address->bytes, other, bytes) == 0
		&& (rest == 0 || ((address->bytes[bytes] ^ other[bytes]) & rest) == 0);
}

// Documentation, private and link-local addresses are fine: they are the operator's to give.
static bool
is_unicast(const struct config_address *address)
{
	static const uint8_t zeros[15];
	rte_be32_t ipv4;

	if (address->family == FAMILY_IPV6) // neither :: nor ::1 nor a group
		return address->bytes[0] != 0xff && memcmp(address->bytes, zeros, 15) != 0;
	memcpy(&ipv4, address->bytes, 4);
	return source_ipv4(ipv4) != SOURCE_INVALID;
}

static void
check_gateway(
	struct config *config,
	unsigned number,
	const char *option,
	const char *text,
	enum family family
)
{
	const struct config_addresses *addresses = &config->ports[number].addresses;
	char key[64];
	uint8_t gateway[16];

	if (*text == '\0')
		return;
	snprintf(key, sizeof(key), "ports.[%u].%s", number, option);
	const config_setting_t *where = config_where(config->source, key);

	snprintf(key, sizeof(key), "ports[%u].%s", number, option);
	if (inet_pton(family == FAMILY_IPV4 ? AF_INET : AF_INET6, text, gateway) != 1) {
		config_error(
			config->source, where, key, "must be an address without prefix length"
		);
		return;
	}
	for (unsigned i = 0; i < addresses->count; i++)
		if (addresses->items[i].family == family
		    && same_network(&addresses->items[i], gateway))
			return;
	config_error(
		config->source, where, key, "must lie in the network of one of the port's addresses"
	);
}

static bool
address_taken(const struct config *config, unsigned port, unsigned index)
{
	const struct config_address *address = &config->ports[port].addresses.items[index];

	for (unsigned p = 0; p <= port; p++) {
		const struct config_addresses *others = &config->ports[p].addresses;

		for (unsigned i = 0; i < (p == port ? index : others->count); i++)
			if (others->items[i].family == address->family
			    && memcmp(others->items[i].bytes, address->bytes, 16) == 0)
				return true;
	}
	return false;
}

// Whether no address was given. What is not even a list has been complained about already.
static bool
is_missing(const config_setting_t *addresses)
{
	return addresses == NULL
		|| ((config_setting_is_array(addresses) || config_setting_is_list(addresses))
		    && config_setting_length(addresses) == 0);
}

static void
check_addresses(struct config *config, unsigned number)
{
	const struct config_addresses *addresses = &config->ports[number].addresses;
	unsigned counts[FAMILY_COUNT] = {0};
	char key[64];

	snprintf(key, sizeof(key), "ports.[%u].addresses", number);
	const config_setting_t *where = config_where(config->source, key);

	snprintf(key, sizeof(key), "ports[%u].addresses", number);
	if (addresses->count == 0 && is_missing(where)) {
		snprintf(key, sizeof(key), "ports.[%u]", number);
		where = config_where(config->source, key);
		snprintf(key, sizeof(key), "ports[%u].addresses", number);
		config_error(config->source, where, key, "must name at least one address");
	}
	for (unsigned i = 0; i < addresses->count; i++) {
		const struct config_address *address = &addresses->items[i];

		counts[address->family]++;
		if (!is_unicast(address))
			config_error(
				config->source,
				where,
				key,
				"%s is not an address a host can have",
				address->text
			);
		if (address_taken(config, number, i))
			config_error(config->source, where, key, "%s stands twice", address->text);
	}
	if (counts[FAMILY_IPV4] > HOST_ADDRESSES_MAX || counts[FAMILY_IPV6] > HOST_ADDRESSES_MAX)
		config_error(
			config->source, where, key, "at most %d of a family", HOST_ADDRESSES_MAX
		);
}

static void
check_ports(struct config *config)
{
	for (unsigned i = 0; i < config->port_count; i++) {
		char key[64];

		snprintf(key, sizeof(key), "ports.[%u]", i);
		const config_setting_t *group = config_where(config->source, key);

		if (group != NULL && !config_setting_is_group(group))
			continue; // complained about already
		check_addresses(config, i);
		check_gateway(
			config, i, "gateway_ipv4", config->ports[i].gateway_ipv4, FAMILY_IPV4
		);
		check_gateway(
			config, i, "gateway_ipv6", config->ports[i].gateway_ipv6, FAMILY_IPV6
		);
		if (i > 0 && *config->ports[i].device == '\0')
			config_error(
				config->source,
				config_where(config->source, "ports"),
				"ports",
				"each of several ports must name its device"
			);
	}
}

static void
check_times(struct config *config)
{
	uint32_t longest_s = config->interval_s + config->interval_spread_s;

	if (config->peer_timeout_s <= longest_s)
		config_error(
			config->source,
			config_where(config->source, "swarm.peer_timeout"),
			"swarm.peer_timeout",
			"must be above tracker.interval + tracker.interval_spread (%u seconds), or "
			"peers are forgotten before they come back",
			longest_s
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
	check_times(config);
	check_missing_ports(config);
	check_ports(config);
}
