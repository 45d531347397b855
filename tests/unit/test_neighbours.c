// SPDX-License-Identifier: BSD-3-Clause
// app/weir/neighbours.h: what a port says unasked, second by second.

#include "../../app/weir/log.h"
#include "../../app/weir/neighbours.h"
#include "../../lib/net/arp.h"
#include "../../lib/net/ndp.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdio.h>
#include <string.h>

static const struct rte_ether_addr gateway_mac = {{0x02, 0, 0, 0, 0, 0xfe}};

// A port's host and neighbours, and a trace of all it sent: "3:announce4.0" is an announcement of
// IPv4 address 0 in second 3.
struct fixture {
	struct host host;
	struct neighbours neighbours;
	struct host_notes notes;
	uint32_t now_s;
	char trace[2048];
};

// Who could have written a frame.
static const struct {
	const char *name;
	uint16_t (*write)(const struct host *host, uint8_t *bytes, unsigned i);
	bool ipv6;
} writers[] = {
	{"probe4", arp_write_probe, false},
	{"announce4", arp_write_announcement, false},
	{"gateway4", arp_write_gateway_request, false},
	{"probe6", ndp_write_probe, true},
	{"announce6", ndp_write_advertisement, true},
	{"gateway6", ndp_write_gateway_request, true},
};

static bool
is_written_by(
	const struct host *host,
	unsigned writer,
	unsigned i,
	const uint8_t *bytes,
	uint16_t len
)
{
	uint8_t expected[NEIGHBOURS_FRAME_MAX] = {0};

	return writers[writer].write(host, expected, i) == len && memcmp(bytes, expected, len) == 0;
}

static void
record(void *context, const uint8_t *bytes, uint16_t len)
{
	struct fixture *fixture = context;
	const struct host *host = &fixture->host;
	size_t at = strlen(fixture->trace);

	for (unsigned w = 0; w < RTE_DIM(writers); w++)
		for (unsigned i = 0; i < (writers[w].ipv6 ? host->ipv6_count : host->ipv4_count);
		     i++) {
			if (!is_written_by(host, w, i, bytes, len))
				continue;
			snprintf(
				fixture->trace + at,
				sizeof(fixture->trace) - at,
				"%s%u:%s.%u",
				at == 0 ? "" : " ",
				fixture->now_s,
				writers[w].name,
				i
			);
			return;
		}
	fail_msg("a frame of %u bytes that nobody here writes", len);
}

static void
open_fixture(struct fixture *fixture, unsigned ipv4_count, unsigned ipv6_count, bool dad)
{
	*fixture = (struct fixture){
		.host =
			{
				.mac = {{0x02, 0, 0, 0, 0, 0x01}},
				.l2_len = 14,
				.ipv4_count = (uint8_t)ipv4_count,
				.ipv6_count = (uint8_t)ipv6_count,
			},
	};
	for (unsigned i = 0; i < ipv4_count; i++)
		fixture->host.ipv4[i] = rte_cpu_to_be_32(0xc633640au + i);
	for (unsigned i = 0; i < ipv6_count; i++) {
		memcpy(fixture->host.ipv6[i], (const uint8_t[]){0xfd, 0x77}, 2);
		fixture->host.ipv6[i][15] = (uint8_t)(1 + i);
	}
	neighbours_init(&fixture->neighbours, &fixture->host, dad);
}

static void
run_until(struct fixture *fixture, uint32_t until_s)
{
	while (fixture->now_s < until_s) {
		fixture->now_s++;
		neighbours_tick(
			&fixture->neighbours, &fixture->notes, fixture->now_s, record, fixture
		);
	}
}

static void
set_link(struct fixture *fixture, bool up)
{
	neighbours_link(&fixture->neighbours, up, fixture->now_s);
}

// What was sent since the last time it was asked.
static void
assert_sent(struct fixture *fixture, const char *expected)
{
	assert_string_equal(fixture->trace, expected);
	fixture->trace[0] = '\0';
}

static void
test_probe_wait_announce_twice(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 1, true);
	set_link(&fixture, true);
	run_until(&fixture, 1);
	assert_sent(&fixture, "1:probe4.0 1:probe6.0");
	assert_int_equal(fixture.neighbours.ipv4[0].state, ADDRESS_PROBING);
	run_until(&fixture, 2);
	assert_int_equal(fixture.host.ipv4_usable, 0);
	assert_int_equal(fixture.host.ipv6_usable, 0);
	run_until(&fixture, 3);
	assert_int_equal(fixture.host.ipv4_usable, 1);
	assert_int_equal(fixture.host.ipv6_usable, 1);
	assert_int_equal(fixture.neighbours.ipv6[0].state, ADDRESS_USED);
	run_until(&fixture, 1000);
	assert_sent(&fixture, "3:announce4.0 3:announce6.0 5:announce4.0 5:announce6.0");
}

// RFC 4862 5.4: a whole second between the question and the use of an address, however the
// ticks fall into the seconds.
static void
test_a_whole_second_passes(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 0, true);
	set_link(&fixture, true);
	run_until(&fixture, 7);
	for (unsigned again = 0; again < 5; again++) // many ticks a second
		neighbours_tick(
			&fixture.neighbours, &fixture.notes, fixture.now_s, record, &fixture
		);
	assert_sent(&fixture, "1:probe4.0 3:announce4.0 5:announce4.0");
}

static void
test_nothing_without_link(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 2, 2, true);
	fixture.host.gateway_ipv4 = rte_cpu_to_be_32(0xc6336401u);
	run_until(&fixture, 100);
	assert_sent(&fixture, "");
	assert_int_equal(fixture.host.ipv4_usable | fixture.host.ipv6_usable, 0);
}

static void
test_without_detection(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 2, 1, false);
	assert_int_equal(fixture.host.ipv4_usable, 3); // before any link
	assert_int_equal(fixture.host.ipv6_usable, 1);
	set_link(&fixture, true);
	run_until(&fixture, 50);
	assert_sent(
		&fixture,
		"1:announce4.0 1:announce4.1 1:announce6.0 3:announce4.0 3:announce4.1 "
		"3:announce6.0"
	);
	set_link(&fixture, false);
	assert_int_equal(fixture.host.ipv4_usable, 3);
	set_link(&fixture, true);
	run_until(&fixture, 51);
	assert_sent(&fixture, "51:announce4.0 51:announce4.1 51:announce6.0");
}

// Without detection an address is never given up, whatever is heard before its first step.
static void
test_without_detection_conflicts_change_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 1, false);
	set_link(&fixture, true);
	fixture.notes.ipv4_conflicts[0] = 1;
	fixture.notes.ipv6_conflicts[0] = 1;
	run_until(&fixture, 2);
	assert_sent(&fixture, "1:announce4.0 1:announce6.0");
	assert_int_equal(fixture.neighbours.ipv4[0].state, ADDRESS_USED);
	assert_int_equal(fixture.neighbours.ipv6[0].state, ADDRESS_USED);
	assert_int_equal(fixture.host.ipv4_usable & fixture.host.ipv6_usable, 1);
}

static void
test_conflict_while_probing(void **state)
{
	struct fixture fixture;

	(void)state;
	for (uint32_t heard_s = 1; heard_s < 3; heard_s++) { // up to the second of its use
		open_fixture(&fixture, 2, 2, true);
		set_link(&fixture, true);
		run_until(&fixture, heard_s);
		fixture.notes.ipv4_conflicts[1] = 3;
		fixture.notes.ipv6_conflicts[0] = 1;
		run_until(&fixture, 100);
		assert_int_equal(fixture.host.ipv4_usable, 1);
		assert_int_equal(fixture.host.ipv6_usable, 2);
		assert_int_equal(fixture.neighbours.ipv4[1].state, ADDRESS_DUPLICATE);
		assert_int_equal(fixture.neighbours.ipv6[0].state, ADDRESS_DUPLICATE);
		assert_sent(
			&fixture,
			"1:probe4.0 1:probe4.1 1:probe6.0 1:probe6.1 3:announce4.0 3:announce6.1 "
			"5:announce4.0 5:announce6.1"
		);
		fixture.notes.ipv4_conflicts[1]++; // a duplicate is not defended
		run_until(&fixture, 200);
		assert_sent(&fixture, "");
	}
}

// What was heard before the link came has been dealt with, or concerns others.
static void
test_conflict_before_probing(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 0, true);
	fixture.notes.ipv4_conflicts[0] = 5;
	set_link(&fixture, true);
	run_until(&fixture, 10);
	assert_sent(&fixture, "1:probe4.0 3:announce4.0 5:announce4.0");
	assert_int_equal(fixture.host.ipv4_usable, 1);
}

// RFC 5227 2.4 (b): defended, but never twice within ten seconds.
static void
test_conflict_later_is_defended(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 1, true);
	set_link(&fixture, true);
	run_until(&fixture, 20);
	fixture.trace[0] = '\0';
	for (uint32_t second = 21; second <= 45; second++) {
		fixture.notes.ipv4_conflicts[0]++;
		run_until(&fixture, second);
	}
	assert_sent(&fixture, "21:announce4.0 31:announce4.0 41:announce4.0");
	fixture.notes.ipv6_conflicts[0] += 7;
	run_until(&fixture, 70); // heard once: answered once
	assert_sent(&fixture, "46:announce6.0");
	assert_int_equal(fixture.host.ipv4_usable & fixture.host.ipv6_usable, 1);
}

static void
test_link_flap_starts_over(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 2, 1, true);
	set_link(&fixture, true);
	run_until(&fixture, 1);
	fixture.notes.ipv4_conflicts[1]++;
	run_until(&fixture, 10);
	fixture.trace[0] = '\0';
	assert_int_equal(fixture.host.ipv4_usable, 1);
	set_link(&fixture, false);
	assert_int_equal(fixture.host.ipv4_usable | fixture.host.ipv6_usable, 0);
	run_until(&fixture, 20);
	assert_sent(&fixture, "");
	set_link(&fixture, true);
	run_until(&fixture, 30);
	assert_sent(
		&fixture,
		"21:probe4.0 21:probe4.1 21:probe6.0 23:announce4.0 23:announce4.1 23:announce6.0 "
		"25:announce4.0 25:announce4.1 25:announce6.0"
	);
	assert_int_equal(fixture.host.ipv4_usable, 3); // the duplicate has another chance
}

// Down and up again while a probe is out: the wait starts again.
static void
test_flap_while_probing(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 0, true);
	set_link(&fixture, true);
	run_until(&fixture, 2);
	set_link(&fixture, false);
	set_link(&fixture, true);
	run_until(&fixture, 10);
	assert_sent(&fixture, "1:probe4.0 3:probe4.0 5:announce4.0 7:announce4.0");
}

static void
test_gateway_is_asked_for(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 0, true);
	fixture.host.gateway_ipv4 = rte_cpu_to_be_32(0xc6336401u);
	set_link(&fixture, true);
	run_until(&fixture, 6); // not before there is an address to ask from
	assert_sent(
		&fixture,
		"1:probe4.0 3:announce4.0 3:gateway4.0 4:gateway4.0 5:announce4.0 5:gateway4.0 "
		"6:gateway4.0"
	);
	assert_int_equal(fixture.host.gateway_ipv4_mac, 0);
	fixture.notes.gateway_ipv4_mac = mac_word(&gateway_mac);
	run_until(&fixture, 200);
	assert_int_equal(fixture.host.gateway_ipv4_mac, mac_word(&gateway_mac));
	assert_sent(&fixture, "7:gateway4.0 67:gateway4.0 127:gateway4.0 187:gateway4.0");
}

static void
test_gateway_of_ipv6(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 0, 2, true);
	memcpy(fixture.host.gateway_ipv6, (const uint8_t[]){0xfd, 0x77, [15] = 0xfe}, 16);
	set_link(&fixture, true);
	run_until(&fixture, 1);
	fixture.notes.ipv6_conflicts[0]++; // asked from the first address that is used
	run_until(&fixture, 4);
	fixture.notes.gateway_ipv6_mac = mac_word(&gateway_mac);
	run_until(&fixture, 70);
	assert_sent(
		&fixture,
		"1:probe6.0 1:probe6.1 3:announce6.1 3:gateway6.1 4:gateway6.1 5:announce6.1 "
		"5:gateway6.1 65:gateway6.1"
	);
	assert_int_equal(fixture.host.gateway_ipv6_mac, mac_word(&gateway_mac));
	assert_int_equal(fixture.host.gateway_ipv4_mac, 0);
}

// Another station takes the gateway's place: its word counts from then on.
static void
test_gateway_moves(void **state)
{
	const struct rte_ether_addr other = {{0x02, 0, 0, 0, 0, 0xfd}};
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 0, false);
	fixture.host.gateway_ipv4 = rte_cpu_to_be_32(0xc6336401u);
	set_link(&fixture, true);
	fixture.notes.gateway_ipv4_mac = mac_word(&gateway_mac);
	run_until(&fixture, 10);
	fixture.notes.gateway_ipv4_mac = mac_word(&other);
	run_until(&fixture, 11);
	assert_int_equal(fixture.host.gateway_ipv4_mac, mac_word(&other));
}

static void
test_gateway_is_asked_again_after_a_flap(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 0, false);
	fixture.host.gateway_ipv4 = rte_cpu_to_be_32(0xc6336401u);
	fixture.notes.gateway_ipv4_mac = mac_word(&gateway_mac);
	set_link(&fixture, true);
	run_until(&fixture, 10);
	set_link(&fixture, false);
	run_until(&fixture, 12);
	fixture.trace[0] = '\0';
	set_link(&fixture, true);
	run_until(&fixture, 13);
	assert_sent(&fixture, "13:announce4.0 13:gateway4.0");
}

static void
test_all_addresses(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, HOST_ADDRESSES_MAX, HOST_ADDRESSES_MAX, true);
	set_link(&fixture, true);
	run_until(&fixture, 3);
	assert_int_equal(fixture.host.ipv4_usable, 0xff);
	assert_int_equal(fixture.host.ipv6_usable, 0xff);
	assert_non_null(strstr(fixture.trace, "1:probe6.7"));
	assert_non_null(strstr(fixture.trace, "3:announce4.7"));
}

// A link that carries no IPv6 gets nothing over it; the addresses are probed when it does again.
static void
test_ipv6_off(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 1, true);
	fixture.host.ipv6_off = true;
	fixture.host.gateway_ipv6[0] = 0xfe;
	set_link(&fixture, true);
	run_until(&fixture, 10);
	assert_null(strstr(fixture.trace, "6.0"));
	assert_non_null(strstr(fixture.trace, "announce4.0"));
	assert_int_equal(fixture.host.ipv6_usable, 0);
	fixture.trace[0] = '\0';
	fixture.host.ipv6_off = false;
	run_until(&fixture, 20);
	assert_non_null(strstr(fixture.trace, "probe6.0"));
	assert_non_null(strstr(fixture.trace, "gateway6.0"));
	assert_int_equal(fixture.host.ipv6_usable, 1);
	fixture.host.ipv6_off = true;
	fixture.trace[0] = '\0';
	run_until(&fixture, 200);
	assert_sent(&fixture, "");
	assert_int_equal(fixture.host.ipv6_usable, 0);
	assert_int_equal(fixture.host.ipv4_usable, 1);
	fixture.host.ipv6_off = false;
	run_until(&fixture, 210);
	assert_non_null(strstr(fixture.trace, "probe6.0"));
	assert_int_equal(fixture.host.ipv6_usable, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv6_off),
		cmocka_unit_test(test_probe_wait_announce_twice),
		cmocka_unit_test(test_a_whole_second_passes),
		cmocka_unit_test(test_nothing_without_link),
		cmocka_unit_test(test_without_detection),
		cmocka_unit_test(test_without_detection_conflicts_change_nothing),
		cmocka_unit_test(test_conflict_while_probing),
		cmocka_unit_test(test_conflict_before_probing),
		cmocka_unit_test(test_conflict_later_is_defended),
		cmocka_unit_test(test_link_flap_starts_over),
		cmocka_unit_test(test_flap_while_probing),
		cmocka_unit_test(test_gateway_is_asked_for),
		cmocka_unit_test(test_gateway_of_ipv6),
		cmocka_unit_test(test_gateway_moves),
		cmocka_unit_test(test_gateway_is_asked_again_after_a_flap),
		cmocka_unit_test(test_all_addresses),
	};

	rte_log_set_level(weir_logtype, RTE_LOG_EMERG);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
