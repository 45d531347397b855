// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/link_local.c: the addresses were worked out by Python's hashlib.

#include "../../app/weir/setup/link_local.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <string.h>

static const struct rte_ether_addr mac = {{0x02, 0x70, 0x63, 0x61, 0x70, 0x00}};

static void
fill_master(uint8_t master[CONNID_MASTER_BYTES])
{
	for (unsigned i = 0; i < CONNID_MASTER_BYTES; i++)
		master[i] = (uint8_t)i;
}

static void
test_known_addresses(void **state)
{
	static const struct {
		uint16_t vlan;
		uint8_t last; // byte of the MAC address
		uint8_t address[16];
	} rows[] = {
		{0,
		 0,
		 {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0xaa, 0xf8, 0xe9, 0xfe, 0x56, 0x41, 0xf7, 0x67}},
		{42,
		 0,
		 {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0xc7, 0x36, 0x80, 0xee, 0x52, 0xb4, 0x80, 0xbc}},
		{0,
		 1,
		 {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x46, 0x21, 0x3d, 0x44, 0xce, 0x32, 0xea, 0x1a}},
	};
	uint8_t master[CONNID_MASTER_BYTES];

	(void)state;
	fill_master(master);
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct rte_ether_addr other = mac;
		uint8_t address[16];

		other.addr_bytes[5] = rows[i].last;
		memset(address, 0xff, sizeof(address));
		link_local_make(master, &other, rows[i].vlan, address);
		assert_memory_equal(address, rows[i].address, 16);
	}
}

// RFC 7217 4: nobody without the key can tell the address, and none is the EUI-64 of the MAC.
static void
test_each_key_makes_another(void **state)
{
	static const uint8_t eui64[8] = {0x00, 0x70, 0x63, 0xff, 0xfe, 0x61, 0x70, 0x00};
	uint8_t master[CONNID_MASTER_BYTES];
	uint8_t first[16];

	(void)state;
	fill_master(master);
	link_local_make(master, &mac, 0, first);
	for (unsigned bit = 0; bit < 8 * CONNID_MASTER_BYTES; bit++) {
		uint8_t other[16];

		master[bit / 8] ^= (uint8_t)(1 << bit % 8);
		link_local_make(master, &mac, 0, other);
		master[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_memory_equal(other, first, 8);
		assert_memory_not_equal(other + 8, first + 8, 8);
		assert_memory_not_equal(other + 8, eui64, 8);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_addresses),
		cmocka_unit_test(test_each_key_makes_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
