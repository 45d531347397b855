// SPDX-License-Identifier: BSD-3-Clause

#include "shared_interfaces.h"

#include "kernel_link.h"
#include "udp_claim.h"

#include <string.h>

bool
shared_interface_name(const char *argument, char name[IF_NAMESIZE])
{
	static const char key[] = ",iface=";
	const char *at = strstr(argument, "net_af_xdp") == NULL ? NULL : strstr(argument, key);
	size_t size = at == NULL ? 0 : strcspn(at + strlen(key), ",");

	if (size == 0 || size >= IF_NAMESIZE)
		return false;
	memcpy(name, at + strlen(key), size);
	name[size] = '\0';
	return true;
}

static bool
share(struct weir *weir, const char *name, struct error *error)
{
	struct udp_claims *claims = &weir->udp_claims;
	uint32_t index = if_nametoindex(name);
	struct kernel_link link;

	if (index == 0)
		return error_set(error, "driver.eal", "there is no interface %s", name);
	if (!kernel_link_read(&link, index, 0, error))
		return false;
	if (link.xdp != KERNEL_LINK_XDP_NONE)
		return error_set(
			error,
			"driver.eal",
			"%s has an XDP program already (number %u): end what put it there, or "
			"take it off: ip link set dev %s xdp off",
			name,
			link.xdp_id,
			name
		);
	if (claims->count >= RTE_DIM(claims->files) - 1)
		return error_set(error, "driver.eal", "more devices than ports");
	return udp_claim(claims, name, weir->config->tracker_port, error);
}

bool
shared_interfaces_up(struct weir *weir, struct error *error)
{
	const struct config *config = weir->config;
	char name[IF_NAMESIZE];

	if (config->stack != CONFIG_STACK_KERNEL)
		return true;
	for (unsigned i = 0; i < config->driver_eal.count; i++) {
		if (!shared_interface_name(config->driver_eal.items[i], name)
		    || share(weir, name, error))
			continue;
		shared_interfaces_down(weir);
		return false;
	}
	return true;
}

void
shared_interfaces_down(struct weir *weir)
{
	udp_claims_free(&weir->udp_claims);
}
