// SPDX-License-Identifier: BSD-3-Clause
// app/weir-load/reply.c: a right reply of each kind and family is good; each thing that can be
// wrong, made wrong alone, is found and called by its name.

#include "../../app/weir-load/options.h"
#include "../../app/weir-load/population.h"
#include "../../app/weir-load/reply.h"
#include "../../lib/net/checksum.h"
#include "../support/cmocka_wrap.h"

#include <arpa/inet.h>
#include <string.h>

enum { CLIENTS = 10, HASHES = 4, PEERS = 3, OWN_PORT = 5000 };

static struct options options;
static struct flows flows;
static struct flight flight;
static struct reply_checks checks;

// A reply under construction.
static struct {
	uint8_t bytes[1600];
	uint16_t len;
	bool ipv6;
	struct rte_ipv4_hdr *ipv4;
	struct ipv6_header *ip6;
	struct rte_udp_hdr *udp;
	struct bep15_reply *answer;
	struct bep15_announce_reply *announce;
} made;

static struct pending *pending;

static int
setup(void **state)
{
	char *argv[] = {(char[]){"weir-load"}, NULL};

	(void)state;
	assert_true(options_parse(&options, 1, argv, stderr));
	options.clients = CLIENTS;
	options.tracker_ipv6.given = true;
	inet_pton(AF_INET6, "2001:db8::1", options.tracker_ipv6.address);
	flight_init(&flight, 16);
	flows_init(&flows, &options);
	reply_checks_init(&checks, &options, &flows, &flight);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	flows_free(&flows);
	flight_free(&flight);
	return 0;
}

static unsigned
entry_bytes(void)
{
	return made.ipv6 ? BEP15_PEER_IPV6_BYTES : BEP15_PEER_IPV4_BYTES;
}

static void
set_payload_len(uint16_t payload_len)
{
	uint16_t udp_len = sizeof(struct rte_udp_hdr) + payload_len;

	made.udp->dgram_len = rte_cpu_to_be_16(udp_len);
	if (made.ipv6)
		made.ip6->payload_len = made.udp->dgram_len;
	else
		made.ipv4->total_length = rte_cpu_to_be_16(sizeof(*made.ipv4) + udp_len);
	made.len = (uint16_t)((uint8_t *)(made.udp + 1) - made.bytes) + payload_len;
}

// Makes checksums true to whatever has been changed.
static void
seal(void)
{
	made.udp->dgram_cksum = 0;
	if (made.ipv6) {
		made.udp->dgram_cksum = rte_ipv6_udptcp_cksum((const void *)made.ip6, made.udp);
		return;
	}
	made.ipv4->hdr_checksum = 0;
	made.ipv4->hdr_checksum = checksum_ipv4(made.ipv4);
	made.udp->dgram_cksum = rte_ipv4_udptcp_cksum(made.ipv4, made.udp);
}

static void
make_headers(uint32_t flow)
{
	struct rte_ether_hdr *ether = (void *)made.bytes;
	rte_be64_t high = flow_ipv6_high(&flows, flow), low = FLOW_IPV6_LOW;

	memset(&made, 0, sizeof(made));
	made.ipv6 = flow_is_ipv6(&flows, flow);
	made.ipv4 = (void *)(ether + 1);
	made.ip6 = (void *)(ether + 1);
	if (made.ipv6) {
		ether->ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV6);
		made.ip6->vtc_flow = RTE_BE32(0x60000000);
		made.ip6->proto = IPPROTO_UDP;
		memcpy(made.ip6->src_addr, options.tracker_ipv6.address, 16);
		memcpy(made.ip6->dst_addr, &high, 8);
		memcpy(made.ip6->dst_addr + 8, &low, 8);
		made.udp = (void *)(made.ip6 + 1);
	} else {
		ether->ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4);
		made.ipv4->version_ihl = RTE_IPV4_VHL_DEF;
		made.ipv4->next_proto_id = IPPROTO_UDP;
		made.ipv4->src_addr = options.tracker_ipv4.address;
		made.ipv4->dst_addr = flow_ipv4(&flows, flow);
		made.udp = (void *)(made.ipv4 + 1);
	}
	made.udp->src_port = rte_cpu_to_be_16((uint16_t)options.port);
	made.udp->dst_port = flows.items[flow].port;
	made.answer = (void *)(made.udp + 1);
	made.announce = (void *)(made.udp + 1);
}

// A request of a kind in flight, and the right reply to it.
static void
make(enum kind kind, bool ipv6)
{
	uint32_t flow = ipv6 ? CLIENTS + 3 : 3;
	rte_be32_t transaction_id;
	uint16_t len = 16;

	pending = flight_add(&flight, 1, &transaction_id);
	pending->kind = kind;
	pending->flow = flow;
	pending->port = RTE_BE16(OWN_PORT);
	pending->hashes = HASHES;
	make_headers(flow);
	made.answer->action = rte_cpu_to_be_32(kind);
	made.answer->transaction_id = transaction_id;
	if (kind == KIND_ANNOUNCE) {
		made.announce->interval = RTE_BE32(1800);
		made.announce->leechers = RTE_BE32(1);
		made.announce->seeders = RTE_BE32(2);
		memset(made.announce->peers, 0x44, PEERS * entry_bytes());
		len = (uint16_t)(20 + PEERS * entry_bytes());
	} else if (kind == KIND_SCRAPE) {
		len = 8 + 12 * HASHES;
	}
	set_payload_len(len);
	seal();
}

static struct reply
check(void)
{
	struct reply reply;

	reply_check(&checks, made.bytes, made.len, &reply);
	return reply;
}

static void
expect_wrong(enum wrong wrong)
{
	struct reply reply = check();

	if (reply.outcome != REPLY_WRONG || reply.wrong != wrong)
		fail_msg(
			"outcome %d, %s, not %s",
			reply.outcome,
			wrong_infos[reply.wrong].name,
			wrong_infos[wrong].name
		);
}

static void
test_right_replies(void **state)
{
	(void)state;
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		for (unsigned kind = 0; kind < KIND_REQUEST_COUNT; kind++) {
			make(kind, ipv6);
			struct reply reply = check();

			assert_int_equal(reply.outcome, REPLY_GOOD);
			assert_ptr_equal(reply.pending, pending);
			assert_int_equal(reply.peers, kind == KIND_ANNOUNCE ? PEERS : 0);
			assert_ptr_equal(reply.payload, made.answer);
			made.len += 7; // padding of the link
			assert_int_equal(check().outcome, REPLY_GOOD);
		}
	}
}

static void
test_checksums(void **state)
{
	(void)state;
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		make(KIND_ANNOUNCE, ipv6);
		made.bytes[made.len - 1] ^= 1;
		expect_wrong(WRONG_checksum);
	}
	make(KIND_CONNECT, false);
	made.ipv4->hdr_checksum ^= RTE_BE16(0x0100);
	expect_wrong(WRONG_checksum);
	make(KIND_CONNECT, false);
	made.udp->dgram_cksum = 0; // IPv4 may go without
	assert_int_equal(check().outcome, REPLY_GOOD);
	make(KIND_CONNECT, true);
	made.udp->dgram_cksum = 0; // IPv6 may not
	expect_wrong(WRONG_checksum);
}

static void
test_malformed_headers(void **state)
{
	(void)state;
	make(KIND_CONNECT, false);
	made.ipv4->version_ihl = 0x46;
	seal();
	expect_wrong(WRONG_frame);
	make(KIND_CONNECT, false);
	made.ipv4->fragment_offset = RTE_BE16(0x2000);
	seal();
	expect_wrong(WRONG_frame);
	make(KIND_CONNECT, false);
	made.len--; // less than the header says
	expect_wrong(WRONG_frame);
	make(KIND_CONNECT, true);
	made.len--;
	expect_wrong(WRONG_frame);
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		make(KIND_CONNECT, ipv6);
		made.udp->dgram_len = RTE_BE16(23);
		expect_wrong(WRONG_frame);
	}
}

static void
test_addresses_and_ports(void **state)
{
	(void)state;
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		uint8_t *source, *destination;

		make(KIND_CONNECT, ipv6);
		made.udp->src_port ^= 1;
		seal();
		expect_wrong(WRONG_address);
		make(KIND_CONNECT, ipv6);
		made.udp->dst_port ^= 1;
		seal();
		expect_wrong(WRONG_address);
		make(KIND_CONNECT, ipv6);
		source = ipv6 ? made.ip6->src_addr + 15 : (uint8_t *)&made.ipv4->src_addr + 3;
		*source ^= 2;
		seal();
		expect_wrong(WRONG_address);
		make(KIND_CONNECT, ipv6);
		destination = ipv6 ? made.ip6->dst_addr + 15 : (uint8_t *)&made.ipv4->dst_addr + 3;
		*destination ^= 8;
		seal();
		expect_wrong(WRONG_address);
	}
}

static void
test_transactions(void **state)
{
	(void)state;
	make(KIND_CONNECT, false);
	made.answer->transaction_id ^= RTE_BE32(4);
	seal();
	expect_wrong(WRONG_unknown_transaction);
	make(KIND_CONNECT, false);
	flight_complete(&flight, pending);
	expect_wrong(WRONG_unknown_transaction);
	make(KIND_CONNECT, false);
	pending->state = FLIGHT_LOST;
	assert_int_equal(check().outcome, REPLY_LATE);
	assert_null(check().pending);
}

static void
test_actions(void **state)
{
	(void)state;
	make(KIND_CONNECT, false);
	made.answer->action = RTE_BE32(BEP15_SCRAPE);
	seal();
	expect_wrong(WRONG_action);
	make(KIND_ANNOUNCE, true);
	made.answer->action = RTE_BE32(BEP15_ERROR);
	seal();
	expect_wrong(WRONG_error_reply);
	assert_ptr_equal(check().pending, pending);
}

static void
test_expired_id(void **state)
{
	static const char text[] = "connection id expired";

	(void)state;
	make(KIND_ANNOUNCE, false);
	made.answer->action = RTE_BE32(BEP15_ERROR);
	memcpy(made.answer + 1, text, sizeof(text) - 1);
	set_payload_len(8 + sizeof(text) - 1);
	seal();
	assert_int_equal(check().outcome, REPLY_EXPIRED);
	memcpy((char *)(made.answer + 1) + 14, "missing", 7);
	seal();
	expect_wrong(WRONG_error_reply);
}

// One byte more and one less than right, and an entry of a peer that is cut.
static void
test_lengths(void **state)
{
	(void)state;
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		for (unsigned kind = 0; kind < KIND_REQUEST_COUNT; kind++) {
			for (int change = -1; change <= 1; change += 2) {
				make(kind, ipv6);
				set_payload_len((uint16_t
				)(rte_be_to_cpu_16(made.udp->dgram_len) - 8 + change));
				seal();
				expect_wrong(WRONG_length);
			}
		}
		make(KIND_SCRAPE, ipv6);
		pending->hashes = HASHES + 1;
		expect_wrong(WRONG_length);
		make(KIND_ANNOUNCE, ipv6);
		set_payload_len(19);
		seal();
		expect_wrong(WRONG_length);
		make(KIND_CONNECT, ipv6);
		set_payload_len(7);
		seal();
		expect_wrong(WRONG_length);
	}
}

static void
test_numbers_of_announces(void **state)
{
	(void)state;
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		make(KIND_ANNOUNCE, ipv6);
		made.announce->interval = 0;
		seal();
		expect_wrong(WRONG_interval);
		make(KIND_ANNOUNCE, ipv6);
		made.announce->interval = RTE_BE32(0x80000000);
		seal();
		expect_wrong(WRONG_interval);
		make(KIND_ANNOUNCE, ipv6);
		made.announce->seeders = RTE_BE32(1);
		seal();
		expect_wrong(WRONG_counts);
		make(KIND_ANNOUNCE, ipv6);
		made.announce->seeders = RTE_BE32(0xffffffff); // their sum must not wrap
		seal();
		assert_int_equal(check().outcome, REPLY_GOOD);
		make(KIND_ANNOUNCE, ipv6);
		checks.num_want = PEERS - 1;
		expect_wrong(WRONG_too_many);
		checks.num_want = PEERS;
		assert_int_equal(check().outcome, REPLY_GOOD);
	}
}

// Writes a peer into place `i` of the list.
static void
list(unsigned i, uint32_t flow, rte_be16_t port)
{
	uint8_t *entry = made.announce->peers + i * entry_bytes();
	rte_be64_t ipv6[2] = {flow_ipv6_high(&flows, flow), FLOW_IPV6_LOW};
	rte_be32_t ipv4 = flow_ipv4(&flows, flow);

	memcpy(entry, made.ipv6 ? (void *)ipv6 : (void *)&ipv4, entry_bytes() - 2);
	memcpy(entry + entry_bytes() - 2, &port, 2);
	seal();
}

static void
test_lists(void **state)
{
	(void)state;
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		for (unsigned i = 0; i < PEERS; i++) {
			make(KIND_ANNOUNCE, ipv6);
			list(i, pending->flow, RTE_BE16(OWN_PORT));
			expect_wrong(WRONG_self);
			checks.allow_self = true;
			assert_int_equal(check().outcome, REPLY_GOOD);
			assert_true(check().lists_self);
			checks.allow_self = false;
			make(KIND_ANNOUNCE, ipv6);
			list(i, pending->flow, RTE_BE16(OWN_PORT + 1)
			); // our neighbour behind a NAT
			assert_int_equal(check().outcome, REPLY_GOOD);
			list(i, pending->flow + 1, RTE_BE16(OWN_PORT));
			assert_int_equal(check().outcome, REPLY_GOOD);
			assert_false(check().lists_self);
			list(i, pending->flow + 1, 0);
			expect_wrong(WRONG_port_zero);
		}
		// What follows the list in the buffer is not part of it.
		make(KIND_ANNOUNCE, ipv6);
		list(PEERS, pending->flow, RTE_BE16(OWN_PORT));
		assert_int_equal(check().outcome, REPLY_GOOD);
		assert_false(check().lists_self);
	}
}

static void
test_junk(void **state)
{
	(void)state;
	make(KIND_CONNECT, false);
	made.answer->transaction_id = RTE_BE32(FLIGHT_JUNK | 5);
	seal();
	expect_wrong(WRONG_junk_answered);
	made.answer->action = RTE_BE32(BEP15_ERROR);
	seal();
	expect_wrong(WRONG_junk_answered); // as none was sent
	checks.junk_sent = true;
	assert_int_equal(check().outcome, REPLY_REFUSED);
	flight_complete(&flight, pending);
	made.answer->transaction_id = 0;
	seal();
	assert_int_equal(check().outcome, REPLY_REFUSED);
}

// Frames that are none of our business, however short, are no replies and harm nobody.
static void
test_others(void **state)
{
	(void)state;
	make(KIND_CONNECT, false);
	for (uint16_t len = 0; len < 42; len++) {
		made.len = len;
		assert_int_equal(check().outcome, REPLY_OTHER);
	}
	make(KIND_CONNECT, false);
	made.ipv4->next_proto_id = IPPROTO_ICMP;
	assert_int_equal(check().outcome, REPLY_OTHER);
	make(KIND_CONNECT, true);
	made.ip6->proto = IPPROTO_ICMPV6;
	assert_int_equal(check().outcome, REPLY_OTHER);
	make(KIND_CONNECT, false);
	made.ipv4->src_addr ^= 1; // somebody else's datagram between other ports
	made.udp->src_port = RTE_BE16(53);
	made.udp->dst_port = RTE_BE16(54);
	seal();
	assert_int_equal(check().outcome, REPLY_OTHER);
	made.bytes[12] = 0x12;
	assert_int_equal(check().outcome, REPLY_OTHER);
}

static void
test_peek(void **state)
{
	(void)state;
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		make(KIND_CONNECT, ipv6);
		assert_int_equal(
			reply_peek(made.bytes), rte_be_to_cpu_32(made.answer->transaction_id)
		);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_right_replies, setup, teardown),
		cmocka_unit_test_setup_teardown(test_checksums, setup, teardown),
		cmocka_unit_test_setup_teardown(test_malformed_headers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_addresses_and_ports, setup, teardown),
		cmocka_unit_test_setup_teardown(test_transactions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_actions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_expired_id, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lengths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_of_announces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(test_junk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peek, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
