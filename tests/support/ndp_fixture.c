// SPDX-License-Identifier: BSD-3-Clause

#include "ndp_fixture.h"

#include "../../lib/net/icmp.h"
#include "cmocka_wrap.h"

#include <string.h>

enum { HZ = 1000 };

struct ndp_fixture
ndp_fixture(bool tagged)
{
	struct ndp_fixture fixture = {.host = wire_host(tagged)};

	memcpy(fixture.host.gateway_ipv6, wire_gateway6, 16);
	shares_init(&fixture.limit, 10, 1, HZ, &(struct siphash_key){1, 2});
	return fixture;
}

void
ndp_message_wire(struct wire *wire, const struct ndp_test_message *message)
{
	uint8_t body[20] = {message->flags};
	uint8_t group[16];
	uint8_t mac[6];

	wire_solicited_nodes(message->target, group);
	const uint8_t *to = message->to ? message->to : group;

	wire_group_mac(to, mac);
	memcpy(body + 4, message->target, 16);
	wire_ether(
		wire,
		to[0] == 0xff ? mac : wire_host_mac,
		message->mac ? message->mac : wire_peer_mac,
		wire_tag(message->tagged),
		0x86dd
	);
	wire_ipv6(wire, message->from, to, ICMP6);
	if (message->extension)
		wire_extension(wire, 0, 8);
	wire->bytes[wire->l2_len + 7] = 255;
	wire_icmp(wire, message->type, 0, body, 20);
	if (message->option) {
		wire_append(wire, (uint8_t[]){message->option, 1}, 2);
		wire_append(wire, message->option_mac ? message->option_mac : wire_peer_mac, 6);
	}
	wire_close(wire);
}

enum verdict
ndp_fixture_receive(
	struct ndp_fixture *fixture,
	struct held *held,
	const struct wire *wire,
	unsigned room
)
{
	enum verdict verdict = VERDICT_COUNT;

	held_open(held, wire, wire->len, room);
	assert_int_equal(frame_parse(&fixture->host, &held->frame), VERDICT_NONE);
	assert_int_equal(held->frame.kind, FRAME_ICMP6);
	assert_true(icmp_is_mld_or_ndp(&held->frame, &verdict));
	assert_int_equal(verdict, VERDICT_NONE);
	return ndp_receive(&fixture->host, &held->frame, &fixture->notes, &fixture->limit, 12345);
}

enum verdict
ndp_fixture_receive_quietly(struct ndp_fixture *fixture, const struct wire *wire)
{
	struct held held;
	enum verdict verdict = ndp_fixture_receive(fixture, &held, wire, 0);

	assert_int_not_equal(verdict, VERDICT_ndp_answered);
	held_assert_is(&held, wire);
	held_close(&held);
	return verdict;
}

void
assert_no_ndp_notes(const struct ndp_fixture *fixture)
{
	static const struct host_notes none;

	assert_memory_equal(&fixture->notes, &none, sizeof(none));
}
