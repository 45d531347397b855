// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/port_rss.h: by which types a port spreads packets.

#include "../../app/weir/setup/port_rss.h"
#include "../support/cmocka_wrap.h"

#include <errno.h>

static const uint64_t udp_ipv6 = RTE_ETH_RSS_NONFRAG_IPV6_UDP | RTE_ETH_RSS_IPV6_UDP_EX;

static void
test_all_without_limits(void **state)
{
	(void)state;
	assert_int_equal(port_rss_types(UINT64_MAX, false), RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP);
	assert_int_equal(port_rss_types(RTE_ETH_RSS_TCP, false), 0);
}

static void
test_addresses_with_limits(void **state)
{
	(void)state;
	assert_int_equal(port_rss_types(UINT64_MAX, true), RTE_ETH_RSS_IP);
	assert_int_equal(port_rss_types(0, true), 0);
}

// Without a type for all packets of a family, its datagrams are spread by that for UDP.
static void
test_udp_where_it_is_needed(void **state)
{
	const uint64_t i40e = RTE_ETH_RSS_FRAG_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_UDP
		| RTE_ETH_RSS_FRAG_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_UDP;

	(void)state;
	assert_int_equal(port_rss_types(i40e, true), i40e);
	assert_int_equal(
		port_rss_types(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_UDP, true),
		RTE_ETH_RSS_IPV4 | udp_ipv6
	);
}

// The driver, and what it is told once the port is started.
static struct rte_eth_dev_info info;
static struct rte_eth_rss_conf told;
static unsigned told_times;
static int answer;

int
rte_eth_dev_info_get(uint16_t port, struct rte_eth_dev_info *out)
{
	(void)port;
	*out = info;
	return 0;
}

int
rte_eth_dev_rss_hash_update(uint16_t port, struct rte_eth_rss_conf *conf)
{
	(void)port;
	told = *conf;
	told_times++;
	return answer;
}

// The number of times that the driver is told something by a port with this number of queues.
static unsigned
update(uint16_t queues, bool rss)
{
	static const struct keys keys = {.rss = {1, 2, 3}};
	struct port port = {.queues = queues};
	static struct config config;

	config.rss = rss;
	config.budget = 1;
	told_times = 0;
	port_rss_update(&port, &config, &keys);
	if (told_times > 0) {
		assert_ptr_equal(told.rss_key, keys.rss);
		assert_int_equal(told.rss_key_len, info.hash_key_size);
		assert_int_equal(told.rss_hf, RTE_ETH_RSS_IPV4);
	}
	return told_times;
}

// A started port gets the key of this run, unless there is nothing to spread, or it takes no key.
static void
test_update(void **state)
{
	(void)state;
	info.flow_type_rss_offloads = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_TCP;
	info.hash_key_size = 40;
	assert_int_equal(update(2, true), 1);
	assert_int_equal(update(1, true), 0);
	assert_int_equal(update(2, false), 0);
	answer = -ENOTSUP; // no word in the log
	assert_int_equal(update(2, true), 1);
	answer = -EINVAL; // a warning
	assert_int_equal(update(2, true), 1);
	info.hash_key_size = 0;
	assert_int_equal(update(2, true), 0);
	info.hash_key_size = 65;
	assert_int_equal(update(2, true), 0);
	info.hash_key_size = 40;
	info.flow_type_rss_offloads = RTE_ETH_RSS_TCP;
	assert_int_equal(update(2, true), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_without_limits),
		cmocka_unit_test(test_addresses_with_limits),
		cmocka_unit_test(test_udp_where_it_is_needed),
		cmocka_unit_test(test_update),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
