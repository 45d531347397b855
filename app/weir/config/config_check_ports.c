// SPDX-License-Identifier: BSD-3-Clause
// Rules for `ports`: addresses that a host can have, gateways on-link, devices named once.

#include "../../../lib/net/host.h"
#include "../../../lib/net/source.h"
#include "config_address.h"
#include "config_source.h"
#include "pci_address.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <string.h>

// Writes an error about `option` of a port: about item `item` of it, or with -1 about all of it.
__attribute__((format(printf, 5, 6))) static void
refuse(const struct config *config,
       unsigned port,
       const char *option,
       int item,
       const char *format,
       ...)
{
	char key[96], why[512];
	va_list arguments;
	int end = snprintf(key, sizeof(key), "ports.[%u].%s", port, option);

	if (item >= 0)
		snprintf(key + end, sizeof(key) - (size_t)end, ".[%d]", item);
	const config_setting_t *where = config_where(config->source, key);

	if (where == NULL) { // the default, then: the port will do
		snprintf(key, sizeof(key), "ports.[%u]", port);
		where = config_where(config->source, key);
	}
	end = snprintf(key, sizeof(key), "ports[%u].%s", port, option);
	if (item >= 0)
		snprintf(key + end, sizeof(key) - (size_t)end, "[%d]", item);
	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	config_error(config->source, where, key, "%s", why);
}

static bool
is_own(const struct config *config, enum family family, const uint8_t *bytes)
{
	for (unsigned p = 0; p < config->port_count; p++) {
		const struct config_addresses *addresses = &config->ports[p].addresses;

		for (unsigned i = 0; i < addresses->count; i++)
			if (addresses->items[i].family == family
			    && memcmp(addresses->items[i].bytes,
				      bytes,
				      family == FAMILY_IPV4 ? 4 : 16)
				    == 0)
				return true;
	}
	return false;
}

// The port's address whose network `gateway` lies in, or NULL.
static const struct config_address *
find_near(const struct config_addresses *addresses, enum family family, const uint8_t *gateway)
{
	for (unsigned i = 0; i < addresses->count; i++)
		if (addresses->items[i].family == family
		    && config_address_has_in_network(&addresses->items[i], gateway))
			return &addresses->items[i];
	return NULL;
}

// Whether a router that is in none of the port's networks can be reached all the same: one with a
// link-local address is on the link (RFC 4291 2.5.6), and hosts that are alone in their network
// (/32, /128) have theirs outside it. Not where the port has no address of the family to ask from.
static bool
is_on_link(const struct config_addresses *addresses, enum family family, const uint8_t *gateway)
{
	bool link_local = family == FAMILY_IPV6 && source_ipv6(gateway) == SOURCE_LINK;
	unsigned count = 0, alone = 0;

	for (unsigned i = 0; i < addresses->count; i++) {
		const struct config_address *address = &addresses->items[i];

		if (address->family != family)
			continue;
		count++;
		alone += address->prefix == (family == FAMILY_IPV4 ? 32 : 128);
	}
	return count > 0 && (link_local || alone == count);
}

static void
check_gateway(
	struct config *config,
	unsigned port,
	const char *option,
	const char *text,
	enum family family
)
{
	const struct config_addresses *addresses = &config->ports[port].addresses;
	uint8_t gateway[16] = {0};

	if (*text == '\0')
		return;
	if (config->stack == CONFIG_STACK_KERNEL) {
		refuse(config,
		       port,
		       option,
		       -1,
		       "must be empty with host.stack = \"kernel\": replies go to the MAC "
		       "address that their request came from");
		return;
	}
	if (inet_pton(family == FAMILY_IPV4 ? AF_INET : AF_INET6, text, gateway) != 1) {
		refuse(config, port, option, -1, "must be an address without prefix length");
		return;
	}
	const struct config_address *near = find_near(addresses, family, gateway);

	if (!config_address_is_unicast(family, gateway))
		refuse(config, port, option, -1, "%s is not an address a router can have", text);
	else if (is_own(config, family, gateway))
		refuse(config, port, option, -1, "%s is an address of Weir; set the router's", text
		);
	else if (near == NULL && !is_on_link(addresses, family, gateway))
		refuse(config,
		       port,
		       option,
		       -1,
		       "must be in the network of an address of the port%s",
		       family == FAMILY_IPV6 ? ", or link-local if the port has an IPv6 address"
					     : "");
	else if (family == FAMILY_IPV4 && near != NULL && config_address_reserved(near, gateway) != NULL)
		refuse(config,
		       port,
		       option,
		       -1,
		       "%s is %s",
		       text,
		       config_address_reserved(near, gateway));
}

static bool
address_taken(const struct config *config, unsigned port, unsigned index)
{
	const struct config_address *address = &config->ports[port].addresses.items[index];

	for (unsigned p = 0; p <= port; p++) {
		const struct config_addresses *others = &config->ports[p].addresses;

		for (unsigned i = 0; i < (p == port ? index : others->count); i++)
			if (others->items[i].family == address->family
			    && (p == port || !others->items[i].anycast || !address->anycast)
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

// What is wrong with an anycast address; NULL: nothing.
static const char *
anycast_fault(const struct config_addresses *addresses, const struct config_address *address)
{
	if (address->prefix != (address->family == FAMILY_IPV4 ? 32 : 128))
		return "must have the prefix length 32, or 128 for IPv6: no network goes with an "
		       "anycast address";
	if (address->family == FAMILY_IPV6 && ipv6_is_link_local(address->bytes))
		return "must not be link-local: no router forwards to it";
	for (unsigned i = 0; i < addresses->count; i++)
		if (addresses->items[i].family == address->family && !addresses->items[i].anycast)
			return NULL;
	return "needs another address of its family on the port that is not anycast: routers reach "
	       "the port by that one";
}

static void
check_address(struct config *config, unsigned port, unsigned index)
{
	const struct config_address *address = &config->ports[port].addresses.items[index];
	const char *reserved = config_address_reserved(address, address->bytes);
	const char *fault =
		address->anycast ? anycast_fault(&config->ports[port].addresses, address) : NULL;

	if (fault != NULL)
		refuse(config, port, "addresses", address->item, "%s: %s", address->text, fault);
	if (!config_address_is_unicast(address->family, address->bytes))
		refuse(config,
		       port,
		       "addresses",
		       address->item,
		       "%s is not an address a host can have",
		       address->text);
	else if (reserved != NULL)
		refuse(config,
		       port,
		       "addresses",
		       address->item,
		       "%s is %s; set an address inside the network",
		       address->text,
		       reserved);
	if (address_taken(config, port, index))
		refuse(config, port, "addresses", address->item, "%s is listed twice", address->text
		);
}

static void
check_addresses(struct config *config, unsigned port)
{
	const struct config_addresses *addresses = &config->ports[port].addresses;
	unsigned counts[FAMILY_COUNT] = {0};
	char key[64];

	snprintf(key, sizeof(key), "ports.[%u].addresses", port);
	if (addresses->of_interface != (config->stack == CONFIG_STACK_KERNEL))
		refuse(config,
		       port,
		       "addresses",
		       -1,
		       addresses->of_interface ? "[ \"interface\" ] needs host.stack = \"kernel\""
					       : "must be [ \"interface\" ] with host.stack = "
						 "\"kernel\": the kernel has the addresses");
	else if (!addresses->of_interface && addresses->count == 0 && is_missing(config_where(config->source, key)))
		refuse(config, port, "addresses", -1, "must have at least one address");
	for (unsigned i = 0; i < addresses->count; i++) {
		counts[addresses->items[i].family]++;
		check_address(config, port, i);
	}
	if (counts[FAMILY_IPV4] > HOST_CONFIGURED_MAX || counts[FAMILY_IPV6] > HOST_CONFIGURED_MAX)
		refuse(config,
		       port,
		       "addresses",
		       -1,
		       "must be at most %d of an address family",
		       HOST_CONFIGURED_MAX);
}

static void
check_device(struct config *config, unsigned port)
{
	const char *device = config->ports[port].device;

	if (strchr(device, ':') != NULL && !pci_address_is_right(device))
		refuse(config,
		       port,
		       "device",
		       -1,
		       "%s is not a PCI address; write it as lspci -D does, such as 0000:01:00.0",
		       device);
	for (unsigned p = 0; p < port; p++)
		if (*device != '\0' && strcmp(config->ports[p].device, device) == 0)
			refuse(config,
			       port,
			       "device",
			       -1,
			       "%s is also the device of ports[%u]",
			       device,
			       p);
	if (port > 0 && *device == '\0')
		refuse(config, port, "device", -1, "must be set if there are several ports");
}

void
config_check_ports(struct config *config)
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
		check_device(config, i);
	}
}
