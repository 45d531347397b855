// SPDX-License-Identifier: BSD-3-Clause

#include "health_ports.h"

#include "../setup/exception.h"
#include "../setup/mtu.h"
#include "../weir.h"

#include <string.h>

static bool
link_down(const struct weir *weir, unsigned index)
{
	return !weir->ports[index].link_up;
}

static bool
interface_gone(const struct weir *weir, unsigned index)
{
	return weir->ports[index].kernel.gone || weir->ports[index].gone;
}

static bool
none_is_usable(const struct address *addresses, unsigned count, uint32_t usable, uint32_t anycast)
{
	unsigned wanted = 0;

	for (unsigned i = 0; i < count; i++)
		wanted += !addresses[i].left && (anycast >> i & 1) == 0;
	usable &= ~anycast;
	return wanted > 0 && (usable & ((1u << count) - 1)) == 0;
}

// A port without a link has no usable addresses, but that is link_down; without IPv6 because of a small MTU it
// has no usable IPv6 addresses, but that is mtu_small. The link-local address that Weir adds is no address of
// the tracker. Those that the operator has left to another host are not missing. An anycast address alone serves nobody:
// routers reach it by one that is Weir's own. Beside the kernel, all that the interface has are usable.
static bool
no_address(const struct weir *weir, unsigned index)
{
	const struct host *host = weir->ports[index].host;
	const struct neighbours *neighbours = &weir->neighbours[index];

	if (beside_is_open(&weir->ports[index].beside))
		return weir->ports[index].link_up && weir->ports[index].addresses->count == 0;
	return weir->ports[index].link_up
		&& (none_is_usable(
			    neighbours->ipv4,
			    host->ipv4_count,
			    host->ipv4_usable,
			    host->ipv4_anycast
		    )
		    || (host_has_ipv6(host)
			&& none_is_usable(
				neighbours->ipv6,
				host_configured_ipv6(host),
				host->ipv6_usable,
				host->ipv6_anycast
			)));
}

static bool
any_conflict(const struct address *addresses, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (address_is_in_conflict(&addresses[i]))
			return true;
	return false;
}

static bool
address_conflict(const struct weir *weir, unsigned index)
{
	const struct host *host = weir->ports[index].host;
	const struct neighbours *neighbours = &weir->neighbours[index];

	return any_conflict(neighbours->ipv4, host->ipv4_count)
		|| any_conflict(neighbours->ipv6, host->ipv6_count);
}

// A gateway is queried from a usable address of its family.
static bool
gateway_unknown(const struct weir *weir, unsigned index)
{
	static const uint8_t none[16];
	const struct host *host = weir->ports[index].host;
	bool ipv6 = host_has_ipv6(host) && memcmp(host->gateway_ipv6, none, sizeof(none)) != 0;

	return weir->ports[index].link_up
		&& ((host->gateway_ipv4 != 0 && host->gateway_ipv4_mac == 0)
		    || (ipv6 && host->gateway_ipv6_mac == 0));
}

static bool
mtu_small(const struct weir *weir, unsigned index)
{
	return weir->ports[index].mtu != 0 && weir->ports[index].mtu < MTU_IPV6_MIN;
}

static bool
is_exception_down(const struct weir *weir, unsigned index)
{
	return exception_is_down(&weir->ports[index]);
}

bool
health_port_problem(const struct weir *weir, enum health_check check)
{
	static bool (*const has_problem[HEALTH_COUNT])(const struct weir *, unsigned) = {
		[HEALTH_link_down] = link_down,
		[HEALTH_interface_gone] = interface_gone,
		[HEALTH_no_address] = no_address,
		[HEALTH_address_conflict] = address_conflict,
		[HEALTH_gateway_unknown] = gateway_unknown,
		[HEALTH_mtu_small] = mtu_small,
		[HEALTH_exception_down] = is_exception_down,
	};

	for (unsigned i = 0; i < weir->port_count; i++)
		if (has_problem[check](weir, i))
			return true;
	return false;
}
