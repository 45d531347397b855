// SPDX-License-Identifier: BSD-3-Clause

#include "ready.h"

#include "../../common/service/service_manager.h"
#include "../log/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// Why address `i` of the port is not usable. NULL if it is.
static const char *
what_keeps(const struct weir *weir, unsigned port, unsigned i)
{
	const struct host *host = weir->ports[port].host;
	const struct neighbours *neighbours = &weir->neighbours[port];
	const struct config_addresses *addresses = weir->ports[port].addresses;
	enum family family = addresses->items[i].family;
	unsigned at = port_address_index(addresses, i);
	bool ipv4 = family == FAMILY_IPV4;

	if (at >= (ipv4 ? host->ipv4_count : host->ipv6_count))
		return "the MTU is too small";
	if ((ipv4 ? host->ipv4_usable : host->ipv6_usable) >> at & 1)
		return NULL;
	if ((ipv4 ? neighbours->ipv4 : neighbours->ipv6)[at].left)
		return "left to another host";
	if (!weir->ports[port].link_up)
		return "no link";
	return (ipv4 ? neighbours->ipv4 : neighbours->ipv6)[at].conflicted ? "another host has it"
									   : "being probed";
}

static bool
is_decided(const struct weir *weir)
{
	for (unsigned i = 0; i < weir->port_count; i++)
		if (!neighbours_are_decided(&weir->neighbours[i]))
			return false;
	return true;
}

static void
list_missing(const struct weir *weir, char *text, size_t size)
{
	size_t len = 0;

	for (unsigned p = 0; p < weir->port_count; p++) {
		const struct config_addresses *addresses = weir->ports[p].addresses;

		for (unsigned i = 0; i < addresses->count && len < size; i++) {
			const char *why = what_keeps(weir, p, i);
			const char *before = len == 0 ? " without " : ", ";

			if (why != NULL)
				len += (size_t)snprintf(
					text + len,
					size - len,
					"%s%s (%s)",
					before,
					addresses->items[i].text,
					why
				);
		}
	}
}

bool
ready_url(const struct config_address *address, uint32_t udp_port, char *text, size_t size)
{
	int len = (int)strcspn(address->text, "/"); // the rest is the prefix length
	bool ipv4 = address->family == FAMILY_IPV4;

	if (!ipv4 && ipv6_is_link_local(address->bytes))
		return false;
	snprintf(
		text,
		size,
		ipv4 ? "udp://%.*s:%" PRIu32 "/announce" : "udp://[%.*s]:%" PRIu32 "/announce",
		len,
		address->text,
		udp_port
	);
	return true;
}

static void
log_urls(const struct weir *weir)
{
	uint32_t udp_port = weir->config->tracker_port;
	char url[128];

	for (unsigned p = 0; p < weir->port_count; p++) {
		const struct config_addresses *addresses = weir->ports[p].addresses;

		for (unsigned i = 0; i < addresses->count; i++) {
			const struct config_address *address = &addresses->items[i];

			if (what_keeps(weir, p, i) == NULL
			    && ready_url(address, udp_port, url, sizeof(url)))
				log_info("announce URL %s", url);
		}
	}
}

void
ready_look(struct weir *weir, uint32_t now_s)
{
	char missing[1024] = "", status[SERVICE_STATUS_MAX];

	if (weir->ready || (!is_decided(weir) && now_s <= READY_PATIENCE_S))
		return;
	__atomic_store_n(&weir->ready, true, __ATOMIC_RELAXED);
	log_urls(weir);
	list_missing(weir, missing, sizeof(missing));
	log_info("ready%s", missing);
	log_set_limited(true);
	// As much of it as a status may have.
	snprintf(
		status,
		sizeof(status),
		"ready%.*s",
		SERVICE_STATUS_MAX - (int)sizeof("ready"),
		missing
	);
	service_manager_ready(status);
}
