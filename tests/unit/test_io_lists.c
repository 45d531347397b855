// SPDX-License-Identifier: BSD-3-Clause
// app/weir/datapath/io_loop.c: what lists of sources, clients and keys do to packets.

#include "../../lib/net/icmp.h"
#include "../../lib/net/ndp_message.h"
#include "../support/cmocka_wrap.h"
#include "../support/frames.h"
#include "../support/io_fixture.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define KEY "0123456789abcdefghijklmnopqrSTUV"
#define ENDED "ENDEDabcdefghijklmnopqrstuvwxyz0"
#define OTHER "OTHERabcdefghijklmnopqrstuvwxyz0"

static const struct siphash_key siphash_key = {1, 2};

static void *
allocate(size_t bytes)
{
	bytes = RTE_ALIGN(bytes, 64);
	void *memory = aligned_alloc(64, bytes);

	assert_non_null(memory);
	return memset(memory, 0, bytes);
}

// --- sources ------------------------------------------------------------------------------------

static void
deny(struct network *list, unsigned count)
{
	denied_sources = networks_init(allocate(networks_bytes(count)), list, count, WALL_S);
}

// The networks of the peer in frames.h, and a link-local one.
static void
deny_the_peer(void)
{
	struct network list[] = {
		{.family = FAMILY_IPV4, .bits = 24},
		{.family = FAMILY_IPV6, .bits = 64},
		{.family = FAMILY_IPV6, .bits = 64},
	};

	memcpy(list[0].bytes, wire_peer4, 3);
	memcpy(list[1].bytes, wire_peer6, 8);
	memcpy(list[2].bytes, wire_peer_link6, 8);
	deny(list, RTE_DIM(list));
}

static void
forget_sources(void)
{
	free((void *)denied_sources);
	denied_sources = NULL;
}

static void
arrive_wire(const struct wire *wire)
{
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(mbufs);

	assert_non_null(mbuf);
	memcpy(rte_pktmbuf_append(mbuf, (uint16_t)wire->len), wire->bytes, wire->len);
	arrive(mbuf);
}

static void
write_tracker4(struct wire *wire)
{
	wire_udp4(wire, false, WIRE_PORT, 98);
}

static void
write_tracker6(struct wire *wire)
{
	wire_udp6(wire, false, WIRE_PORT, 98);
}

static void
write_closed4(struct wire *wire)
{
	wire_udp4(wire, false, 7, 98);
}

static void
write_closed6(struct wire *wire)
{
	wire_udp6(wire, false, 7, 98);
}

static void
write_ping4(struct wire *wire)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, RTE_ETHER_TYPE_IPV4);
	wire_ipv4(wire, wire_peer4, wire_host4, IPPROTO_ICMP);
	wire_icmp(wire, 8, 0, NULL, 32);
	wire_close(wire);
}

static void
write_ping6(struct wire *wire)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, RTE_ETHER_TYPE_IPV6);
	wire_ipv6(wire, wire_peer6, wire_host6, IPPROTO_ICMPV6);
	wire_icmp(wire, 128, 0, NULL, 32);
	wire_close(wire);
}

static void
write_arp(struct wire *wire)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, RTE_ETHER_TYPE_ARP);
	wire_arp(wire, 1, wire_peer_mac, wire_peer4, wire_zero, wire_host4);
}

static void
write_solicitation(struct wire *wire)
{
	uint8_t body[20] = {0};

	memcpy(body + 4, wire_host6, 16);
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, RTE_ETHER_TYPE_IPV6);
	wire_ipv6(wire, wire_peer_link6, wire_host6, IPPROTO_ICMPV6);
	wire->bytes[wire->l2_len + 7] = 255; // hop limit
	wire_icmp(wire, NDP_NEIGHBOUR_SOLICITATION, 0, body, sizeof(body));
	wire_close(wire);
}

static const struct {
	void (*write)(struct wire *);
	enum family family;
	bool judged;
	enum verdict otherwise;
} packets[] = {
	{write_tracker4, FAMILY_IPV4, true, VERDICT_request_action},
	{write_tracker6, FAMILY_IPV6, true, VERDICT_request_action},
	{write_closed4, FAMILY_IPV4, true, VERDICT_port_unreachable},
	{write_closed6, FAMILY_IPV6, true, VERDICT_port_unreachable},
	{write_ping4, FAMILY_IPV4, true, VERDICT_echo_answered},
	{write_ping6, FAMILY_IPV6, true, VERDICT_echo_answered},
	{write_arp, FAMILY_LINK, false, VERDICT_arp_answered},
	{write_solicitation, FAMILY_IPV6, false, VERDICT_ndp_answered},
};

static void
receive_packet(unsigned i, enum verdict verdict)
{
	struct wire wire = {0};

	memset(&stats, 0, sizeof(stats));
	packets[i].write(&wire);
	arrive_wire(&wire);
	assert_int_equal(io_turn(&io), 1);
	assert_int_equal(verdicts(packets[i].family, verdict), 1);
	depart();
}

static void
test_denied_sources(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RTE_DIM(packets); i++) {
		receive_packet(i, packets[i].otherwise);
		deny_the_peer();
		receive_packet(i, packets[i].judged ? VERDICT_source_denied : packets[i].otherwise);
		forget_sources();
		receive_packet(i, packets[i].otherwise);
	}
}

static void
test_allowed_part_of_a_denied_network(void **state)
{
	struct network list[] = {
		{.family = FAMILY_IPV4, .bits = 0},
		{.family = FAMILY_IPV4, .bits = 32, .allowed = true},
	};

	(void)state;
	memcpy(list[1].bytes, wire_peer4, 4);
	deny(list, RTE_DIM(list));
	receive_packet(0, packets[0].otherwise);
	arrive_connect(); // of another source
	io_turn(&io);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_source_denied), 1);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_connect), 0);
	forget_sources();
}

// --- requests -----------------------------------------------------------------------------------

static struct rte_mbuf *
make_request(enum bep15_action action, const char *peer_id, const void *options, size_t len)
{
	uint8_t payload[512] = {0};
	struct bep15_announce *announce = (void *)payload;

	announce->request.connection_id =
		rte_cpu_to_be_64(connid_mint(&io.connid, FAMILY_IPV4, client));
	announce->request.action = rte_cpu_to_be_32(action);
	announce->request.transaction_id = RTE_BE32(0x01020304);
	announce->port = RTE_BE16(6881);
	memset(announce->info_hash, 0x77, sizeof(announce->info_hash));
	memcpy(announce->peer_id, peer_id, strlen(peer_id));
	if (len > 0)
		memcpy(announce + 1, options, len);
	return make_datagram(payload, (uint16_t)(sizeof(*announce) + len));
}

static void
arrive_url(const char *url)
{
	uint8_t options[258] = {2};

	options[1] = (uint8_t)strlen(url);
	memcpy(options + 2, url, options[1]);
	arrive(make_request(BEP15_ANNOUNCE, "-XX0000-", options, 2 + strlen(url)));
}

// The request was replied to here, with this error.
static void
assert_refused(enum verdict verdict, const char *message)
{
	static const uint8_t head[] = {0, 0, 0, 3, 1, 2, 3, 4};
	struct rte_mbuf *mbuf = NULL;

	memset(&stats, 0, sizeof(stats));
	assert_int_equal(io_turn(&io), 1);
	assert_int_equal(verdicts(FAMILY_IPV4, verdict), 1);
	assert_int_equal(drop_jobs(), 0);
	assert_int_equal(rte_ring_dequeue(wire_tx, (void **)&mbuf), 0);
	const uint8_t *payload = rte_pktmbuf_mtod_offset(mbuf, const uint8_t *, 42);

	assert_int_equal(mbuf->data_len, 42 + sizeof(head) + strlen(message));
	assert_memory_equal(payload, head, sizeof(head));
	assert_memory_equal(payload + sizeof(head), message, strlen(message));
	rte_pktmbuf_free(mbuf);
}

static void
assert_admitted(void)
{
	assert_int_equal(io_turn(&io), 1);
	assert_int_equal(drop_jobs(), 1);
	assert_int_equal(depart(), 0);
}

static void
test_clients(void **state)
{
	static const enum access_mode modes[] = {ACCESS_ALLOW, ACCESS_DENY};
	struct client_prefix prefixes[] = {
		{.len = 3, .bytes = "-AB"},
		{.len = 3, .bytes = "-CD", .until_s = WALL_S},
	};

	(void)state;
	for (unsigned m = 0; m < RTE_DIM(modes); m++) {
		void *memory = allocate(client_list_bytes(RTE_DIM(prefixes)));

		clients = client_list_init(memory, modes[m], prefixes, RTE_DIM(prefixes));
		for (unsigned i = 0; i < 3; i++) {
			const char *peer_id = ((const char *[]){"-AB12", "-CD12", "-EF12"})[i];

			arrive(make_request(BEP15_ANNOUNCE, peer_id, NULL, 0));
			if ((i == 0) == (modes[m] == ACCESS_ALLOW))
				assert_admitted();
			else
				assert_refused(VERDICT_client_denied, "client not allowed");
		}
		arrive(make_request(BEP15_SCRAPE, "", NULL, 0)); // has no peer id
		assert_admitted();
		clients = NULL;
		free(memory);
	}
	arrive(make_request(BEP15_ANNOUNCE, "-AB12", NULL, 0));
	assert_admitted();
}

static void *
require_keys(void)
{
	static const struct auth_key listed[] = {
		{.text = KEY, .until_s = WALL_S + 1},
		{.text = ENDED, .until_s = WALL_S},
	};
	void *memory = allocate(auth_keys_bytes(RTE_DIM(listed)));
	struct auth_keys *keys = auth_keys_init(memory, RTE_DIM(listed), &siphash_key);

	for (unsigned i = 0; i < RTE_DIM(listed); i++)
		assert_true(auth_keys_add(keys, &listed[i]));
	auth_keys = keys;
	return memory;
}

static void
test_keys(void **state)
{
	void *memory = require_keys();

	(void)state;
	arrive_url("/announce/" KEY);
	assert_admitted();
	arrive_url("/announce/" KEY "?a=b");
	assert_admitted();
	arrive_url("/announce/" ENDED);
	assert_refused(VERDICT_key_expired, "key expired");
	arrive_url("/announce/" OTHER);
	assert_refused(VERDICT_key_unknown, "key unknown");
	arrive_url("/announce");
	assert_refused(VERDICT_key_unknown, "key unknown");
	arrive(make_request(BEP15_ANNOUNCE, "", NULL, 0));
	assert_refused(VERDICT_key_unknown, "key unknown");
	wall_s = WALL_S + 1;
	arrive_url("/announce/" KEY);
	assert_refused(VERDICT_key_expired, "key expired");
	wall_s = WALL_S;
	auth_keys = NULL;
	free(memory);
	arrive(make_request(BEP15_ANNOUNCE, "", NULL, 0));
	assert_admitted();
}

// A scrape has no URL. Its rows are zeros, as many as fit the port.
static void
test_scrape_without_key(void **state)
{
	static const uint8_t none[4 * 12];
	uint16_t *max_rows = &settings.ports[queue.port].scrape_rows[FAMILY_IPV4];
	void *memory = require_keys();

	(void)state;
	for (*max_rows = 3; *max_rows < 6; *max_rows += 2) {
		struct rte_mbuf *mbuf = NULL;
		unsigned rows = RTE_MIN(*max_rows, 4u);

		memset(&stats, 0, sizeof(stats));
		arrive(make_request(BEP15_SCRAPE, "", NULL, 0)); // 98 bytes: 4 info_hashes
		assert_int_equal(io_turn(&io), 1);
		assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_scrape_denied), 1);
		assert_int_equal(rte_ring_dequeue(wire_tx, (void **)&mbuf), 0);
		const uint8_t *payload = rte_pktmbuf_mtod_offset(mbuf, const uint8_t *, 42);

		assert_int_equal(mbuf->data_len, 42 + 8 + rows * 12);
		assert_int_equal(payload[3], BEP15_SCRAPE);
		assert_memory_equal(payload + 8, none, rows * 12);
		rte_pktmbuf_free(mbuf);
	}
	*max_rows = 72;
	auth_keys = NULL;
	free(memory);
}

// Port 0 is answered first, then the client is judged, then the key.
static void
test_order(void **state)
{
	struct client_prefix prefix = {.len = 3, .bytes = "-AB"};
	void *client_memory = allocate(client_list_bytes(1));
	void *key_memory = require_keys();

	(void)state;
	clients = client_list_init(client_memory, ACCESS_DENY, &prefix, 1);
	for (unsigned i = 0; i < 2; i++) {
		struct rte_mbuf *mbuf = make_request(BEP15_ANNOUNCE, "-AB", NULL, 0);

		if (i == 0)
			rte_pktmbuf_mtod_offset(mbuf, struct bep15_announce *, 42)->port = 0;
		arrive(mbuf);
		if (i == 0)
			assert_refused(VERDICT_announce_port_zero, "port must not be 0");
		else
			assert_refused(VERDICT_client_denied, "client not allowed");
	}
	arrive(make_request(BEP15_ANNOUNCE, "-CD", NULL, 0));
	assert_refused(VERDICT_key_unknown, "key unknown");
	clients = NULL;
	auth_keys = NULL;
	free(client_memory);
	free(key_memory);
}

static int
set_up_lists(void **state)
{
	set_up(state);
	host = wire_host(false);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_denied_sources, each_test),
		cmocka_unit_test_setup(test_allowed_part_of_a_denied_network, each_test),
		cmocka_unit_test_setup(test_clients, each_test),
		cmocka_unit_test_setup(test_keys, each_test),
		cmocka_unit_test_setup(test_scrape_without_key, each_test),
		cmocka_unit_test_setup(test_order, each_test),
	};

	return cmocka_run_group_tests(tests, set_up_lists, NULL);
}
