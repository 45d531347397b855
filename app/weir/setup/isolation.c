// SPDX-License-Identifier: BSD-3-Clause

#include "isolation.h"

#include "../log/log.h"
#include "kernel_link.h"

#include <rte_errno.h>

#include <string.h>

enum { VALUE, MASK, QUEUES_MAX = 64 };

static const char setting[] = "driver.isolate";
static const struct rte_flow_attr ingress = {.ingress = 1};

// Points into itself: it stays where it is made. Drivers copy it.
struct rule {
	struct rte_flow_item items[5];
	struct rte_flow_action actions[2];
	struct rte_flow_item_eth ether[2]; // the value, and the mask; likewise below
	struct rte_flow_item_vlan vlan[2];
	struct rte_flow_item_ipv4 ipv4[2];
	struct rte_flow_item_ipv6 ipv6[2];
	struct rte_flow_item_udp udp[2];
	struct rte_flow_action_queue queue;
	struct rte_flow_action_rss rss;
	uint16_t queues[QUEUES_MAX];
};

// --- a rule ---------------------------------------------------------------------------------------

static struct rte_flow_item
item(enum rte_flow_item_type type, const void *value, const void *mask)
{
	return (struct rte_flow_item){.type = type, .spec = value, .mask = mask};
}

static struct rte_flow_item
item_address(struct rule *rule, const struct host *host, unsigned number)
{
	if (number < host->ipv4_count) {
		rule->ipv4[VALUE].hdr.dst_addr = host->ipv4[number];
		rule->ipv4[MASK].hdr.dst_addr = UINT32_MAX;
		return item(RTE_FLOW_ITEM_TYPE_IPV4, &rule->ipv4[VALUE], &rule->ipv4[MASK]);
	}
	memcpy(&rule->ipv6[VALUE].hdr.dst_addr, host->ipv6[number - host->ipv4_count], 16);
	memset(&rule->ipv6[MASK].hdr.dst_addr, UINT8_MAX, 16);
	return item(RTE_FLOW_ITEM_TYPE_IPV6, &rule->ipv6[VALUE], &rule->ipv6[MASK]);
}

static void
make_items(struct rule *rule, const struct host *host, unsigned number)
{
	struct rte_flow_item *next = rule->items;

	rule->ether[VALUE].hdr.dst_addr = host->mac; // mlx4 takes no rule without one
	memset(&rule->ether[MASK].hdr.dst_addr, UINT8_MAX, RTE_ETHER_ADDR_LEN);
	*next++ = item(RTE_FLOW_ITEM_TYPE_ETH, &rule->ether[VALUE], &rule->ether[MASK]);
	if (host->vlan_tci != 0) {
		rule->vlan[VALUE].hdr.vlan_tci = host->vlan_tci;
		rule->vlan[MASK].hdr.vlan_tci = RTE_BE16(0x0fff);
		*next++ = item(RTE_FLOW_ITEM_TYPE_VLAN, &rule->vlan[VALUE], &rule->vlan[MASK]);
	}
	*next++ = item_address(rule, host, number);
	rule->udp[VALUE].hdr.dst_port = host->udp_port;
	rule->udp[MASK].hdr.dst_port = UINT16_MAX;
	*next++ = item(RTE_FLOW_ITEM_TYPE_UDP, &rule->udp[VALUE], &rule->udp[MASK]);
	*next = item(RTE_FLOW_ITEM_TYPE_END, NULL, NULL);
}

// What a port spreads by itself does not hold for isolated ones: each rule says it.
static void
make_actions(struct rule *rule, const struct isolation_port *port)
{
	if (port->queues == 1 || port->rss->rss_hf == 0) {
		rule->actions[0].type = RTE_FLOW_ACTION_TYPE_QUEUE;
		rule->actions[0].conf = &rule->queue;
	} else {
		rule->rss = (struct rte_flow_action_rss){
			.types = port->rss->rss_hf,
			.key_len = port->rss->rss_key_len,
			.key = port->rss->rss_key,
			.queue_num = port->queues,
			.queue = rule->queues,
		};
		for (uint16_t i = 0; i < port->queues; i++)
			rule->queues[i] = i;
		rule->actions[0].type = RTE_FLOW_ACTION_TYPE_RSS;
		rule->actions[0].conf = &rule->rss;
	}
	rule->actions[1].type = RTE_FLOW_ACTION_TYPE_END;
}

// --- the kernel -----------------------------------------------------------------------------------

static bool
has_address(const struct config_addresses *addresses, const struct config_address *wanted)
{
	for (unsigned i = 0; i < addresses->count; i++)
		if (addresses->items[i].family == wanted->family
		    && memcmp(addresses->items[i].bytes, wanted->bytes, 16) == 0)
			return true;
	return false;
}

// An interface that the driver does not name is not looked at.
static void
look_at_kernel(const struct isolation_port *port)
{
	struct rte_eth_dev_info info;
	struct kernel_link link;
	struct error error;

	if (rte_eth_dev_info_get(port->id, &info) != 0 || info.if_index == 0
	    || !kernel_link_read(&link, info.if_index, port->vlan, &error))
		return;
	for (unsigned i = 0; i < port->addresses->count; i++)
		if (!has_address(&link.addresses, &port->addresses->items[i]))
			log_warning(
				"port %s: the kernel's interface has no address %s yet: nobody "
				"answers ARP or neighbour solicitations for it (driver.isolate)",
				port->name,
				port->addresses->items[i].text
			);
}

// --- all rules ------------------------------------------------------------------------------------

static bool
refuse(struct error *error, const struct isolation_port *port, const char *call, const char *why)
{
	return error_set(
		error,
		setting,
		"port %s: %s: %s; this card cannot be left to the kernel: set driver.isolate = "
		"false",
		port->name,
		call,
		why
	);
}

static const char *
reason(const struct rte_flow_error *error, int result)
{
	return error->message != NULL ? error->message : strerror(result < 0 ? -result : result);
}

bool
isolation_enter(const struct isolation_port *port, struct error *error)
{
	struct rte_flow_error why = {0};
	int result = rte_flow_isolate(port->id, 1, &why);

	return result == 0 || refuse(error, port, "rte_flow_isolate", reason(&why, result));
}

bool
isolation_open(struct isolation *isolation, const struct isolation_port *port, struct error *error)
{
	unsigned count = port->host->ipv4_count + host_configured_ipv6(port->host);

	*isolation = (struct isolation){0};
	for (unsigned i = 0; i < count; i++) {
		struct rte_flow_error why = {0};
		struct rule rule = {0};

		make_items(&rule, port->host, i);
		make_actions(&rule, port);
		struct rte_flow *flow =
			rte_flow_create(port->id, &ingress, rule.items, rule.actions, &why);

		if (flow == NULL) {
			isolation_close(isolation, port);
			return refuse(error, port, "rte_flow_create", reason(&why, rte_errno));
		}
		isolation->rules[isolation->count++] = flow;
	}
	look_at_kernel(port);
	log_info(
		"port %s: %u rules take the tracker's datagrams; the kernel keeps all else, and "
		"must "
		"have the same addresses (driver.isolate)",
		port->name,
		count
	);
	return true;
}

void
isolation_close(struct isolation *isolation, const struct isolation_port *port)
{
	bool told = false;

	while (isolation->count > 0) {
		struct rte_flow_error why = {0};
		int result = rte_flow_destroy(port->id, isolation->rules[--isolation->count], &why);

		if (result != 0 && !told)
			log_warning(
				"port %s: rte_flow_destroy: %s; rules of driver.isolate may be "
				"left "
				"in the card",
				port->name,
				reason(&why, result)
			);
		told |= result != 0;
	}
}
