// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/port_filters.c on a port whose driver records what it is told, in place of DPDK's functions.

#include "../../app/weir/setup/port_filters.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>
#include <rte_ethdev.h>

#include <errno.h>
#include <string.h>

enum { VLAN = 7 };

static struct {
	int refusal; // of the VLAN, the list of groups and all groups
	unsigned vlans, vlan_offloads, groups, all_groups, promiscuous;
	uint16_t vlan;
	int vlan_mask;
} card;

int
rte_eth_dev_vlan_filter(uint16_t port_id, uint16_t vlan_id, int on)
{
	(void)port_id;
	assert_int_equal(on, 1);
	card.vlans++;
	card.vlan = vlan_id;
	return card.refusal;
}

int
rte_eth_dev_set_vlan_offload(uint16_t port_id, int offload_mask)
{
	(void)port_id;
	card.vlan_offloads++;
	card.vlan_mask = offload_mask;
	return 0;
}

int
rte_eth_dev_set_mc_addr_list(uint16_t port_id, struct rte_ether_addr *set, uint32_t count)
{
	(void)port_id;
	(void)set;
	card.groups = count;
	return card.refusal;
}

int
rte_eth_allmulticast_enable(uint16_t port_id)
{
	(void)port_id;
	card.all_groups++;
	return card.refusal;
}

int
rte_eth_promiscuous_enable(uint16_t port_id)
{
	(void)port_id;
	card.promiscuous++;
	return 0;
}

static const struct config_port vlan_port = {.vlan = VLAN, .exception = ""};

static uint32_t anycast; // of the host

static void
open_filters(uint64_t offloads, unsigned addresses, int refusal)
{
	struct port port = {.name = "card", .config = &vlan_port};
	const struct config config = {.promiscuous = false};

	memset(&card, 0, sizeof(card));
	card.refusal = refusal;
	port.host = &port.own_host;
	port.own_host.ipv6_count = addresses;
	port.own_host.ipv6_anycast = anycast;
	port.conf.rxmode.offloads = offloads;
	port_filters_open(&port, &config);
}

static void
test_vlan_passes_a_filter(void **state)
{
	(void)state;
	open_filters(RTE_ETH_RX_OFFLOAD_VLAN_FILTER, 0, 0);
	assert_int_equal(card.vlans, 1);
	assert_int_equal(card.vlan, VLAN);
	assert_int_equal(card.vlan_offloads, 0);
}

static void
test_without_a_filter_nothing_is_told(void **state)
{
	(void)state;
	open_filters(RTE_ETH_RX_OFFLOAD_UDP_CKSUM, 0, 0);
	assert_int_equal(card.vlans, 0);
	assert_int_equal(card.vlan_offloads, 0);
}

// The filter that refuses our VLAN is turned off.
static void
test_vlan_is_refused(void **state)
{
	(void)state;
	open_filters(RTE_ETH_RX_OFFLOAD_VLAN_FILTER, 0, -ENOSPC);
	assert_int_equal(card.vlan_offloads, 1);
	assert_int_equal(card.vlan_mask, 0);
}

static void
test_multicast(void **state)
{
	(void)state;
	open_filters(0, 2, 0);
	assert_int_equal(card.groups, 3); // all nodes, and one of each address
	assert_int_equal(card.all_groups, 0);
	open_filters(0, 2, -ENOTSUP);
	assert_int_equal(card.all_groups, 1);
	assert_int_equal(card.promiscuous, 1);
	open_filters(0, 0, 0);
	assert_int_equal(card.groups, 0);
	anycast = 2; // no neighbour resolves it
	open_filters(0, 3, 0);
	assert_int_equal(card.groups, 3);
	anycast = 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vlan_passes_a_filter),
		cmocka_unit_test(test_without_a_filter_nothing_is_told),
		cmocka_unit_test(test_vlan_is_refused),
		cmocka_unit_test(test_multicast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
