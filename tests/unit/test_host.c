// SPDX-License-Identifier: BSD-3-Clause
// lib/net/host.h: own addresses, prefixes, MAC addresses as words, and notes.

#include "../../lib/net/host.h"
#include "../support/cmocka_wrap.h"
#include "../support/frames.h"

#include <string.h>

// The maximum number of addresses of each family, the even ones usable.
static struct host
full_host(void)
{
	struct host host = {
		.ipv4_count = HOST_ADDRESSES_MAX,
		.ipv6_count = HOST_ADDRESSES_MAX,
		.ipv4_usable = 0x155,
		.ipv6_usable = 0x155,
	};

	for (unsigned i = 0; i < HOST_ADDRESSES_MAX; i++) {
		host.ipv4[i] = rte_cpu_to_be_32(0xc6336400 + i);
		memcpy(host.ipv6[i], wire_host6, 16);
		host.ipv6[i][15] = i;
	}
	return host;
}

static void
test_each_address_is_found(void **state)
{
	struct host host = full_host();

	(void)state;
	for (int i = 0; i < HOST_ADDRESSES_MAX; i++) {
		assert_int_equal(host_find_ipv4(&host, host.ipv4[i]), i);
		assert_int_equal(host_find_ipv6(&host, host.ipv6[i]), i);
		assert_int_equal(host_uses_ipv4(&host, host.ipv4[i]), i % 2 == 0);
		assert_int_equal(host_uses_ipv6(&host, host.ipv6[i]), i % 2 == 0);
	}
}

static void
test_anycast_addresses_are_not_claimed(void **state)
{
	struct host host = full_host();

	(void)state;
	host.ipv4_anycast = 0x0f0;
	host.ipv6_anycast = 0x00f;
	for (int i = 0; i < HOST_ADDRESSES_MAX; i++) {
		bool own4 = i < 4 || i > 7, own6 = i > 3;

		assert_int_equal(
			host_find_own_ipv4(&host, host.ipv4[i]), own4 ? i : HOST_NO_ADDRESS
		);
		assert_int_equal(
			host_find_own_ipv6(&host, host.ipv6[i]), own6 ? i : HOST_NO_ADDRESS
		);
		assert_int_equal(host_claims_ipv4(&host, host.ipv4[i]), own4 && i % 2 == 0);
		assert_int_equal(host_claims_ipv6(&host, host.ipv6[i]), own6 && i % 2 == 0);
		assert_int_equal(host_uses_ipv4(&host, host.ipv4[i]), i % 2 == 0);
	}
	assert_int_equal(host_find_own_ipv4(&host, 0), HOST_NO_ADDRESS);
	assert_int_equal(host_find_own_ipv6(&host, wire_zero), HOST_NO_ADDRESS);
	assert_false(host_claims_ipv4(&host, 0));
	assert_false(host_claims_ipv6(&host, wire_zero));
}

static void
test_other_addresses_are_not_found(void **state)
{
	struct host host = full_host();
	uint8_t near[16];

	(void)state;
	assert_int_equal(host_find_ipv4(&host, 0), HOST_NO_ADDRESS);
	assert_int_equal(host_find_ipv4(&host, rte_cpu_to_be_32(0xc6336409)), HOST_NO_ADDRESS);
	assert_false(host_uses_ipv4(&host, rte_cpu_to_be_32(0xc6336409)));
	assert_int_equal(host_find_ipv6(&host, wire_zero), HOST_NO_ADDRESS);
	for (unsigned byte = 0; byte < 16; byte++) {
		memcpy(near, host.ipv6[0], 16);
		near[byte] ^= 0x80;
		assert_int_equal(host_find_ipv6(&host, near), HOST_NO_ADDRESS);
		assert_false(host_uses_ipv6(&host, near));
	}
}

// Rows behind the count are undefined: 0.0.0.0 and :: there are not own addresses.
static void
test_count_bounds_the_search(void **state)
{
	struct host host = full_host();
	struct host empty = {.ipv4_usable = ~0u, .ipv6_usable = ~0u};

	(void)state;
	host.ipv4_count = 2;
	host.ipv6_count = 3;
	assert_int_equal(host_find_ipv4(&host, host.ipv4[1]), 1);
	assert_int_equal(host_find_ipv4(&host, host.ipv4[2]), HOST_NO_ADDRESS);
	assert_int_equal(host_find_ipv6(&host, host.ipv6[2]), 2);
	assert_int_equal(host_find_ipv6(&host, host.ipv6[3]), HOST_NO_ADDRESS);
	assert_false(host_uses_ipv6(&host, host.ipv6[4]));
	assert_false(host_uses_ipv4(&empty, 0));
	assert_false(host_uses_ipv6(&empty, wire_zero));
}

static void
test_usable_bits_change(void **state)
{
	struct host host = full_host();

	(void)state;
	host.ipv4_usable = 0;
	host.ipv6_usable = UINT32_C(1) << 7;
	for (unsigned i = 0; i < HOST_ADDRESSES_MAX; i++) {
		assert_false(host_uses_ipv4(&host, host.ipv4[i]));
		assert_int_equal(host_uses_ipv6(&host, host.ipv6[i]), i == 7);
	}
}

static void
test_mac_words(void **state)
{
	static const struct rte_ether_addr macs[] = {
		{{0, 0, 0, 0, 0, 0}},
		{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
		{{0x02, 0x11, 0x22, 0x33, 0x44, 0x55}},
		{{0x80, 0, 0, 0, 0, 0x01}},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(macs); i++) {
		uint64_t word = mac_word(&macs[i]);
		struct rte_ether_addr back = mac_of_word(word);

		assert_int_not_equal(word, 0); // 0 means "not resolved"
		assert_memory_equal(&back, &macs[i], sizeof(back));
		for (unsigned j = 0; j < i; j++)
			assert_int_not_equal(word, mac_word(&macs[j]));
	}
}

// Counts of all lcores add up. The MAC address seen last and the latest query are kept, of any lcore.
static void
test_notes_add_up(void **state)
{
	struct host_notes sum = {0};
	struct host_notes notes[3] = {0};

	(void)state;
	notes[0].gateway_ipv4.replies = (struct mac_seen){.count = 1, .mac = 11, .tsc = 500};
	notes[1].gateway_ipv4.replies = (struct mac_seen){.count = 5, .mac = 22, .tsc = 501};
	notes[2].gateway_ipv4.replies = (struct mac_seen){.count = 9, .mac = 33, .tsc = 499};
	notes[0].gateway_ipv6.claims = (struct mac_seen){.count = 3, .mac = 44, .tsc = 7};
	notes[1].gateway_ipv6.confirmations = 4;
	notes[2].gateway_ipv6.confirmations = 6;
	notes[0].mld_general_query = 5;
	notes[1].mld_general_query = 4;
	notes[2].mld_group_queries[3] = 6;
	for (unsigned i = 0; i < HOST_ADDRESSES_MAX; i++) {
		notes[0].ipv4_conflicts[i].count = i;
		notes[2].ipv4_conflicts[i].count = 100;
		notes[1].ipv6_conflicts[i].count = 7 * i;
	}
	for (unsigned i = 0; i < 3; i++)
		host_notes_add(&sum, &notes[i]);
	assert_int_equal(sum.gateway_ipv4.replies.count, 15);
	assert_int_equal(sum.gateway_ipv4.replies.mac, 22);
	assert_int_equal(sum.gateway_ipv4.claims.count, 0);
	assert_int_equal(sum.gateway_ipv6.claims.count, 3);
	assert_int_equal(sum.gateway_ipv6.claims.mac, 44);
	assert_int_equal(sum.gateway_ipv6.confirmations, 10);
	assert_int_equal(sum.mld_general_query, 5); // the latest
	assert_int_equal(sum.mld_group_queries[3], 6);
	assert_int_equal(sum.mld_group_queries[0], 0);
	for (unsigned i = 0; i < HOST_ADDRESSES_MAX; i++) {
		assert_int_equal(sum.ipv4_conflicts[i].count, 100 + i);
		assert_int_equal(sum.ipv6_conflicts[i].count, 7 * i);
	}
}

// Prefixes of every length: which addresses are inside, and which is the broadcast address.
static void
test_networks(void **state)
{
	static const struct {
		uint8_t prefix;
		uint32_t near, far, broadcast; // broadcast 0: there is none
	} rows[] = {
		{24, RTE_IPV4(192, 0, 2, 200), RTE_IPV4(192, 0, 3, 9), RTE_IPV4(192, 0, 2, 255)},
		{30, RTE_IPV4(192, 0, 2, 10), RTE_IPV4(192, 0, 2, 12), RTE_IPV4(192, 0, 2, 11)},
		{31, RTE_IPV4(192, 0, 2, 8), RTE_IPV4(192, 0, 2, 10), 0},
		{32, RTE_IPV4(192, 0, 2, 9), RTE_IPV4(192, 0, 2, 8), 0},
		{8, RTE_IPV4(192, 9, 9, 9), RTE_IPV4(193, 0, 2, 9), RTE_IPV4(192, 255, 255, 255)},
	};
	uint8_t near[16] = {0x2a, 1, [15] = 9};
	struct host host = {
		.ipv4_count = 1,
		.ipv4 = {RTE_BE32(0xc0000209)},
		.ipv6_count = 1,
		.ipv6 = {{0x2a, 1, [15] = 1}},
		.ipv6_prefix = {60},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		host.ipv4_prefix[0] = rows[i].prefix;
		assert_true(host_in_prefix_ipv4(&host, rte_cpu_to_be_32(rows[i].near)));
		assert_false(host_in_prefix_ipv4(&host, rte_cpu_to_be_32(rows[i].far)));
		assert_true(host_owns_ipv4(&host, host.ipv4[0]));
		assert_false(host_owns_ipv4(&host, rte_cpu_to_be_32(rows[i].far)));
		assert_int_equal(
			host_owns_ipv4(&host, rte_cpu_to_be_32(rows[i].broadcast)),
			rows[i].broadcast != 0
		);
	}
	assert_true(host_in_prefix_ipv6(&host, near));
	near[7] = 0x0f; // the last four bits of the network's 60
	assert_true(host_in_prefix_ipv6(&host, near));
	near[7] = 0x10;
	assert_false(host_in_prefix_ipv6(&host, near));
	host.ipv6_prefix[0] = 128;
	assert_true(host_in_prefix_ipv6(&host, host.ipv6[0]));
}

// Link-local addresses are on-link, whatever the prefixes are (RFC 3927 2.6.2, RFC 4291 2.5.6).
static void
test_link_local_is_on_link(void **state)
{
	static const struct {
		uint32_t ipv4;
		uint8_t ipv6[16];
		bool near;
	} rows[] = {
		{RTE_IPV4(169, 254, 0, 0), {0xfe, 0x80}, true},
		{RTE_IPV4(169, 254, 255, 255), {0xfe, 0xbf, [15] = 0xff}, true},
		{RTE_IPV4(169, 253, 255, 255), {0xfe, 0x7f, [15] = 0xff}, false},
		{RTE_IPV4(169, 255, 0, 0), {0xfe, 0xc0}, false},
	};
	struct host host = {
		.ipv4_count = 1,
		.ipv4 = {RTE_BE32(0xc0000209)},
		.ipv4_prefix = {24},
		.ipv6_count = 1,
		.ipv6 = {{0x2a, 1, [15] = 1}},
		.ipv6_prefix = {64},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		assert_int_equal(
			host_is_onlink_ipv4(&host, rte_cpu_to_be_32(rows[i].ipv4)), rows[i].near
		);
		assert_int_equal(host_is_onlink_ipv6(&host, rows[i].ipv6), rows[i].near);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_link_local_is_on_link),
		cmocka_unit_test(test_each_address_is_found),
		cmocka_unit_test(test_anycast_addresses_are_not_claimed),
		cmocka_unit_test(test_other_addresses_are_not_found),
		cmocka_unit_test(test_count_bounds_the_search),
		cmocka_unit_test(test_usable_bits_change),
		cmocka_unit_test(test_mac_words),
		cmocka_unit_test(test_notes_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
