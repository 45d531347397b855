// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/isolation.h on a card that records its rules: what Weir takes, what the kernel keeps, and that all rules
// are in force, or none.

#include "../../app/weir/setup/isolation.h"
#include "../support/cmocka_wrap.h"
#include "../support/flow_card.h"
#include "../support/frames.h"

#include <string.h>

enum { PORT = 3, QUEUES = 4, RULES = 4, UDP = 17, TCP = 6, ICMP6 = 58 };

static struct host host;
static struct isolation isolation;
static struct rte_eth_rss_conf rss;
static struct isolation_port port;
static uint8_t key[40] = {1, 2, 3};
static struct error error;

static int
make(void **state)
{
	(void)state;
	card_reset();
	isolation = (struct isolation){0};
	host = wire_host(false);
	host.ipv6_count = 2; // the third is a link-local one, which only Weir would add
	rss = (struct rte_eth_rss_conf){
		.rss_hf = RTE_ETH_RSS_IP, .rss_key = key, .rss_key_len = sizeof(key)};
	port = (struct isolation_port){
		.id = PORT, .name = "card", .queues = QUEUES, .host = &host, .rss = &rss};
	return 0;
}

static bool
is_taken(const struct wire *wire)
{
	return card_queue(PORT, wire->bytes, wire->len) != CARD_NO_RULE;
}

static void
write4(struct wire *wire, const uint8_t *to, uint8_t protocol, uint16_t udp_port)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, wire_tag(host.vlan_tci != 0), 0x0800);
	wire_ipv4(wire, wire_peer4, to, protocol);
	wire_udp(wire, WIRE_PEER_PORT, udp_port, 16);
	wire_close(wire);
}

static void
write6(struct wire *wire, const uint8_t *to, uint8_t protocol, uint16_t udp_port)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, wire_tag(host.vlan_tci != 0), 0x86dd);
	wire_ipv6(wire, wire_peer6, to, protocol);
	wire_udp(wire, WIRE_PEER_PORT, udp_port, 16);
	wire_close(wire);
}

// Datagrams for the tracker on its addresses; nothing else.
static void
assert_shared(void)
{
	struct wire wire;

	write4(&wire, wire_host4, UDP, WIRE_PORT);
	assert_true(is_taken(&wire));
	write4(&wire, wire_tentative4, UDP, WIRE_PORT);
	assert_true(is_taken(&wire));
	write6(&wire, wire_host6, UDP, WIRE_PORT);
	assert_true(is_taken(&wire));
	write6(&wire, wire_tentative6, UDP, WIRE_PORT);
	assert_true(is_taken(&wire));

	write4(&wire, wire_host4, UDP, WIRE_PORT);
	wire.bytes[0] ^= 4;
	assert_false(is_taken(&wire));
	write4(&wire, wire_gateway4, UDP, WIRE_PORT);
	assert_false(is_taken(&wire));
	write4(&wire, wire_host4, UDP, WIRE_PORT + 1);
	assert_false(is_taken(&wire));
	write4(&wire, wire_host4, TCP, WIRE_PORT);
	assert_false(is_taken(&wire));
	write6(&wire, wire_link6, UDP, WIRE_PORT);
	assert_false(is_taken(&wire));
	write6(&wire, wire_host6, UDP, WIRE_PORT + 1);
	assert_false(is_taken(&wire));
	write6(&wire, wire_host6, ICMP6, WIRE_PORT);
	assert_false(is_taken(&wire));
	wire_ether(&wire, wire_broadcast, wire_peer_mac, WIRE_TAG_NONE, 0x0806);
	wire_arp(&wire, 1, wire_peer_mac, wire_peer4, wire_zero, wire_host4);
	assert_false(is_taken(&wire));
}

static void
test_enter(void **state)
{
	(void)state;
	assert_true(isolation_enter(&port, &error));
	assert_int_equal(card.isolations, 1);
	card.refuse_isolation = true;
	assert_false(isolation_enter(&port, &error));
	assert_string_equal(error.setting, "driver.isolate");
	assert_non_null(strstr(error.text, "port card: rte_flow_isolate: no isolation; "));
	assert_int_equal(card.creations, 0);
}

static void
test_rules(void **state)
{
	(void)state;
	assert_true(isolation_open(&isolation, &port, &error));
	assert_int_equal(isolation.count, RULES);
	assert_int_equal(card_live_rules(), RULES);
	for (unsigned i = 0; i < RULES; i++)
		assert_int_equal(card.rules[i].queues, QUEUES);
	assert_memory_equal(card.key, key, sizeof(key));
	assert_shared();
	isolation_close(&isolation, &port);
	assert_int_equal(card_live_rules(), 0);
	assert_int_equal(isolation.count, 0);
}

static void
test_vlan(void **state)
{
	struct wire wire;

	(void)state;
	host.vlan_tci = RTE_BE16(WIRE_VLAN);
	host.l2_len = 18;
	assert_true(isolation_open(&isolation, &port, &error));
	assert_shared();
	host.vlan_tci = 0;
	write4(&wire, wire_host4, UDP, WIRE_PORT);
	assert_false(is_taken(&wire));
	isolation_close(&isolation, &port);
}

// One queue, or no RSS: all goes to the first.
static void
test_one_queue(void **state)
{
	(void)state;
	port.queues = 1;
	assert_true(isolation_open(&isolation, &port, &error));
	assert_int_equal(card.rules[0].queues, 0);
	assert_shared();
	isolation_close(&isolation, &port);
	port.queues = QUEUES;
	rss.rss_hf = 0;
	card_reset();
	assert_true(isolation_open(&isolation, &port, &error));
	assert_int_equal(card.rules[0].queues, 0);
	assert_shared();
	isolation_close(&isolation, &port);
}

// A link-local address that Weir has made is not there; one that is configured counts.
static void
test_link_local(void **state)
{
	(void)state;
	host.ipv6_count = 3;
	host.ipv6_link_made = true;
	assert_true(isolation_open(&isolation, &port, &error));
	assert_int_equal(isolation.count, RULES);
	isolation_close(&isolation, &port);
}

static void
test_all_or_none(void **state)
{
	(void)state;
	for (int n = 1; n <= RULES; n++) {
		make(NULL);
		card.refuse_creation = n;
		assert_false(isolation_open(&isolation, &port, &error));
		assert_non_null(strstr(error.text, "rte_flow_create: No space left on device; "));
		assert_int_equal(card_live_rules(), 0);
		assert_int_equal(card.destructions, n - 1);
		assert_int_equal(isolation.count, 0);
	}
}

static void
test_refused_end(void **state)
{
	(void)state;
	assert_true(isolation_open(&isolation, &port, &error));
	card.refuse_destruction = true;
	isolation_close(&isolation, &port);
	assert_int_equal(card.destructions, RULES);
	assert_int_equal(isolation.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_enter, make),
		cmocka_unit_test_setup(test_rules, make),
		cmocka_unit_test_setup(test_vlan, make),
		cmocka_unit_test_setup(test_one_queue, make),
		cmocka_unit_test_setup(test_link_local, make),
		cmocka_unit_test_setup(test_all_or_none, make),
		cmocka_unit_test_setup(test_refused_end, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
