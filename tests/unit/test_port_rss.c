// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/port_rss.h: by which types a port spreads packets.

#include "../../app/weir/setup/port_rss.h"
#include "../support/cmocka_wrap.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_without_limits),
		cmocka_unit_test(test_addresses_with_limits),
		cmocka_unit_test(test_udp_where_it_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
