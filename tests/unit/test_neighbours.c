// SPDX-License-Identifier: BSD-3-Clause
// app/weir/control/neighbours.h: what a port says unasked, second by second.

#include "../../app/weir/control/neighbours.h"
#include "../../app/weir/log/log.h"
#include "../../lib/net/arp.h"
#include "../../lib/net/ndp.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdio.h>
#include <string.h>

enum { TICK_MS = 100 };

static const struct rte_ether_addr gateway_mac = {{0x02, 0, 0, 0, 0, 0xfe}};

// A port's host and neighbours, and a trace of all it sent: "3.1:announce4.0" is an announcement of
// IPv4 address 0, 3.1 seconds after the start.
struct fixture {
	struct host host;
	struct neighbours neighbours;
	struct host_notes notes;
	uint64_t now_ms;
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
	uint8_t expected[TICK_FRAME_MAX] = {0};

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
				"%s%u.%u:%s.%u",
				at == 0 ? "" : " ",
				(unsigned)(fixture->now_ms / 1000),
				(unsigned)(fixture->now_ms / 100 % 10),
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
run_until_ms(struct fixture *fixture, uint64_t until_ms)
{
	while (fixture->now_ms < until_ms) {
		fixture->now_ms += TICK_MS;
		neighbours_tick(
			&fixture->neighbours, &fixture->notes, fixture->now_ms, record, fixture
		);
	}
}

static void
run_until(struct fixture *fixture, unsigned until_s)
{
	run_until_ms(fixture, until_s * UINT64_C(1000));
}

static void
set_link(struct fixture *fixture, bool up)
{
	neighbours_link(&fixture->neighbours, up, fixture->now_ms);
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
	run_until_ms(&fixture, 100);
	assert_sent(&fixture, "0.1:probe4.0 0.1:probe6.0");
	assert_int_equal(fixture.neighbours.ipv4[0].state, ADDRESS_TENTATIVE);
	run_until_ms(&fixture, 1000); // RFC 4862 5.4: a whole second
	assert_int_equal(fixture.host.ipv4_usable, 0);
	assert_int_equal(fixture.host.ipv6_usable, 0);
	run_until_ms(&fixture, 1100);
	assert_int_equal(fixture.host.ipv4_usable, 1);
	assert_int_equal(fixture.host.ipv6_usable, 1);
	assert_int_equal(fixture.neighbours.ipv6[0].state, ADDRESS_ASSIGNED);
	run_until(&fixture, 1000);
	assert_sent(&fixture, "1.1:announce4.0 1.1:announce6.0 3.1:announce4.0 3.1:announce6.0");
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
		"0.1:announce4.0 0.1:announce4.1 0.1:announce6.0 2.1:announce4.0 2.1:announce4.1 "
		"2.1:announce6.0"
	);
	set_link(&fixture, false);
	assert_int_equal(fixture.host.ipv4_usable, 3);
	set_link(&fixture, true);
	run_until(&fixture, 51);
	assert_sent(&fixture, "50.1:announce4.0 50.1:announce4.1 50.1:announce6.0");
}

// Without detection an address is never given up, whatever is heard before its first step.
static void
test_without_detection_conflicts_change_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 1, false);
	set_link(&fixture, true);
	fixture.notes.ipv4_conflicts[0].count = 1;
	fixture.notes.ipv6_conflicts[0].count = 1;
	run_until(&fixture, 2);
	assert_sent(&fixture, "0.1:announce4.0 0.1:announce6.0");
	assert_int_equal(fixture.neighbours.ipv4[0].state, ADDRESS_ASSIGNED);
	assert_int_equal(fixture.neighbours.ipv6[0].state, ADDRESS_ASSIGNED);
	assert_int_equal(fixture.host.ipv4_usable & fixture.host.ipv6_usable, 1);
}

static void
test_conflict_while_probing(void **state)
{
	struct fixture fixture;

	(void)state;
	for (unsigned heard_ms = 100; heard_ms < 1100;
	     heard_ms += 900) { // up to the tick of its use
		open_fixture(&fixture, 2, 2, true);
		set_link(&fixture, true);
		run_until_ms(&fixture, heard_ms);
		fixture.notes.ipv4_conflicts[1].count = 3;
		fixture.notes.ipv6_conflicts[0].count = 1;
		run_until(&fixture, 30);
		assert_int_equal(fixture.host.ipv4_usable, 1);
		assert_int_equal(fixture.host.ipv6_usable, 2);
		assert_int_equal(fixture.neighbours.ipv4[1].state, ADDRESS_DUPLICATE);
		assert_int_equal(fixture.neighbours.ipv6[0].state, ADDRESS_DUPLICATE);
		assert_sent(
			&fixture,
			"0.1:probe4.0 0.1:probe4.1 0.1:probe6.0 0.1:probe6.1 1.1:announce4.0 "
			"1.1:announce6.1 3.1:announce4.0 3.1:announce6.1"
		);
		fixture.notes.ipv4_conflicts[1].count++; // a duplicate is not defended
		run_until(&fixture, 60);
		assert_sent(&fixture, "");
	}
}

// When the frame was sent that comes first in the trace and begins with `name`, or UINT64_MAX.
static uint64_t
first_sent_ms(const struct fixture *fixture, const char *name)
{
	const char *at = strstr(fixture->trace, name);
	unsigned s, tenths;

	if (at == NULL)
		return UINT64_MAX;
	while (at > fixture->trace && at[-1] != ' ')
		at--;
	assert_int_equal(sscanf(at, "%u.%u", &s, &tenths), 2);
	return s * UINT64_C(1000) + tenths * 100;
}

// RFC 5227 2.1.1: an address that was lost is asked for again, never twice within a minute, and is
// used once nobody answers, on a link that never went.
static void
test_a_lost_address_is_asked_for_again(void **state)
{
	struct fixture fixture;
	uint64_t lost_ms = 200;

	(void)state;
	open_fixture(&fixture, 1, 1, true);
	set_link(&fixture, true);
	run_until_ms(&fixture, 100);
	for (unsigned times = 0; times < 5; times++) {
		fixture.trace[0] = '\0';
		fixture.notes.ipv4_conflicts[0].count++; // the answer to the question
		run_until_ms(&fixture, lost_ms);
		assert_int_equal(fixture.host.ipv4_usable, 0);
		assert_true(fixture.neighbours.ipv4[0].conflicted);
		while (first_sent_ms(&fixture, "probe4.0") == UINT64_MAX)
			run_until_ms(&fixture, fixture.now_ms + TICK_MS);
		uint64_t asked_ms = first_sent_ms(&fixture, "probe4.0");

		assert_in_range(asked_ms - lost_ms, 60000, 60000 + NEIGHBOURS_RETRY_SPREAD_MS);
		assert_true(fixture.neighbours.ipv4[0].conflicted); // until it is known to be over
		lost_ms = asked_ms + TICK_MS;
	}
	run_until_ms(&fixture, lost_ms + 1000);
	assert_int_equal(fixture.host.ipv4_usable, 1);
	assert_false(fixture.neighbours.ipv4[0].conflicted);
	assert_int_equal(fixture.host.ipv6_usable, 1); // all the while
}

// Two hosts that asked at once, and both gave way, do not ask at once for ever.
static void
test_two_that_gave_way_part(void **state)
{
	struct fixture one, other;
	unsigned apart = 0;

	(void)state;
	open_fixture(&one, 1, 0, true);
	open_fixture(&other, 1, 0, true);
	other.host.mac.addr_bytes[5]++;
	neighbours_init(&other.neighbours, &other.host, true);
	for (unsigned times = 0; times < 20; times++) {
		struct fixture *both[] = {&one, &other};

		for (unsigned i = 0; i < 2; i++) {
			set_link(both[i], true);
			run_until_ms(both[i], both[i]->now_ms + TICK_MS);
			both[i]->notes.ipv4_conflicts[0].count++;
			run_until_ms(both[i], both[i]->now_ms + TICK_MS);
		}
		uint64_t due_ms = one.neighbours.ipv4[0].due_ms;
		uint64_t other_due_ms = other.neighbours.ipv4[0].due_ms;

		apart += RTE_MAX(due_ms, other_due_ms) - RTE_MIN(due_ms, other_due_ms)
			> ADDRESS_PROBE_WAIT_MS;
	}
	assert_in_range(apart, 8, 20);
}

// What was heard before the link came has been dealt with, or concerns others.
static void
test_conflict_before_probing(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 0, true);
	fixture.notes.ipv4_conflicts[0].count = 5;
	set_link(&fixture, true);
	run_until(&fixture, 10);
	assert_sent(&fixture, "0.1:probe4.0 1.1:announce4.0 3.1:announce4.0");
	assert_int_equal(fixture.host.ipv4_usable, 1);
}

// RFC 5227 2.4 (c): defended, but never twice within ten seconds.
static void
test_conflict_later_is_defended(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 1, true);
	set_link(&fixture, true);
	run_until(&fixture, 20);
	fixture.trace[0] = '\0';
	while (fixture.now_ms < 45000) {
		fixture.notes.ipv4_conflicts[0].count++;
		run_until_ms(&fixture, fixture.now_ms + TICK_MS);
	}
	assert_sent(&fixture, "20.1:announce4.0 30.1:announce4.0 40.1:announce4.0");
	fixture.notes.ipv6_conflicts[0].count += 7;
	run_until(&fixture, 70); // heard once: answered once
	assert_sent(&fixture, "45.1:announce6.0");
	assert_int_equal(fixture.host.ipv4_usable & fixture.host.ipv6_usable, 1);
}

static void
test_link_flap_starts_over(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 2, 1, true);
	set_link(&fixture, true);
	run_until_ms(&fixture, 100);
	fixture.notes.ipv4_conflicts[1].count++;
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
		"20.1:probe4.0 20.1:probe4.1 20.1:probe6.0 21.1:announce4.0 21.1:announce4.1 "
		"21.1:announce6.0 23.1:announce4.0 23.1:announce4.1 23.1:announce6.0"
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
	run_until_ms(&fixture, 1000);
	set_link(&fixture, false);
	set_link(&fixture, true);
	run_until(&fixture, 10);
	assert_sent(&fixture, "0.1:probe4.0 1.1:probe4.0 2.1:announce4.0 4.1:announce4.0");
}

// Some other MAC address answers the open question.
static void
answer(struct gateway_notes *notes, const struct rte_ether_addr *mac)
{
	notes->replies.count++;
	notes->replies.mac = mac_word(mac);
}

static void
test_gateway_is_asked_for(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 0, true);
	fixture.host.gateway_ipv4 = rte_cpu_to_be_32(0xc6336401u);
	set_link(&fixture, true);
	assert_false(fixture.host.gateway_ipv4_pending);
	run_until_ms(&fixture, 3000); // not before there is an address to ask from
	assert_true(fixture.host.gateway_ipv4_pending);
	assert_sent(
		&fixture,
		"0.1:probe4.0 1.1:announce4.0 1.1:gateway4.0 1.6:gateway4.0 2.1:gateway4.0 "
		"2.6:gateway4.0"
	);
	assert_int_equal(fixture.host.gateway_ipv4_mac, 0);
	answer(&fixture.notes.gateway_ipv4, &gateway_mac);
	run_until_ms(&fixture, 3100);
	assert_int_equal(fixture.host.gateway_ipv4_mac, mac_word(&gateway_mac));
	assert_false(fixture.host.gateway_ipv4_pending);
	run_until(&fixture, 12);
	assert_false(fixture.host.gateway_ipv4_pending);
	assert_sent(&fixture, "3.1:announce4.0");
	run_until_ms(&fixture, 12600);
	assert_true(fixture.host.gateway_ipv4_pending);
	assert_sent(&fixture, "12.6:gateway4.0");
}

static void
test_gateway_of_ipv6(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 0, 2, true);
	memcpy(fixture.host.gateway_ipv6, (const uint8_t[]){0xfd, 0x77, [15] = 0xfe}, 16);
	set_link(&fixture, true);
	run_until_ms(&fixture, 100);
	fixture.notes.ipv6_conflicts[0].count++; // asked from the first address that is used
	run_until_ms(&fixture, 1100);
	assert_true(fixture.host.gateway_ipv6_pending);
	assert_false(fixture.host.gateway_ipv4_pending);
	answer(&fixture.notes.gateway_ipv6, &gateway_mac);
	run_until_ms(&fixture, 11000);
	assert_sent(
		&fixture, "0.1:probe6.0 0.1:probe6.1 1.1:announce6.1 1.1:gateway6.1 3.1:announce6.1"
	);
	assert_int_equal(fixture.host.gateway_ipv6_mac, mac_word(&gateway_mac));
	assert_int_equal(fixture.host.gateway_ipv4_mac, 0);
}

// What was said before the question, or as an answer to none, is not believed.
static void
test_gateway_claims_only_start_a_question(void **state)
{
	const struct rte_ether_addr other = {{0x02, 0, 0, 0, 0, 0xfd}};
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 0, false);
	fixture.host.gateway_ipv4 = rte_cpu_to_be_32(0xc6336401u);
	set_link(&fixture, true);
	answer(&fixture.notes.gateway_ipv4, &other);
	run_until_ms(&fixture, 100);
	assert_int_equal(fixture.host.gateway_ipv4_mac, 0);
	answer(&fixture.notes.gateway_ipv4, &gateway_mac);
	for (; fixture.now_ms < 5000; run_until_ms(&fixture, fixture.now_ms + TICK_MS))
		fixture.notes.gateway_ipv4.confirmations += fixture.host.gateway_ipv4_pending;
	fixture.trace[0] = '\0';
	answer(&fixture.notes.gateway_ipv4, &other);
	run_until_ms(&fixture, 5100);
	fixture.notes.gateway_ipv4.claims.count++;
	fixture.notes.gateway_ipv4.confirmations++;
	run_until(&fixture, 6);
	assert_int_equal(fixture.host.gateway_ipv4_mac, mac_word(&gateway_mac));
	assert_sent(&fixture, "5.1:gateway4.0");
	run_until_ms(&fixture, 6100);
	assert_sent(&fixture, "6.1:gateway4.0");
	answer(&fixture.notes.gateway_ipv4, &other); // now it is asked, and nobody else answers
	run_until_ms(&fixture, 6400);
	assert_int_equal(fixture.host.gateway_ipv4_mac, mac_word(&other));
}

static void
test_gateway_is_asked_again_after_a_flap(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1, 0, false);
	fixture.host.gateway_ipv4 = rte_cpu_to_be_32(0xc6336401u);
	set_link(&fixture, true);
	run_until_ms(&fixture, 100);
	answer(&fixture.notes.gateway_ipv4, &gateway_mac);
	run_until(&fixture, 10);
	set_link(&fixture, false);
	run_until(&fixture, 12);
	fixture.trace[0] = '\0';
	set_link(&fixture, true);
	run_until_ms(&fixture, 12300);
	assert_sent(&fixture, "12.1:announce4.0 12.1:gateway4.0");
	assert_int_equal(fixture.host.gateway_ipv4_mac, mac_word(&gateway_mac)); // meanwhile
}

static void
test_all_addresses(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, HOST_ADDRESSES_MAX, HOST_ADDRESSES_MAX, true);
	set_link(&fixture, true);
	run_until(&fixture, 3);
	assert_int_equal(fixture.host.ipv4_usable, 0x1ff);
	assert_int_equal(fixture.host.ipv6_usable, 0x1ff);
	assert_non_null(strstr(fixture.trace, "0.1:probe6.8"));
	assert_non_null(strstr(fixture.trace, "1.1:announce4.8"));
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
		cmocka_unit_test(test_nothing_without_link),
		cmocka_unit_test(test_without_detection),
		cmocka_unit_test(test_without_detection_conflicts_change_nothing),
		cmocka_unit_test(test_conflict_while_probing),
		cmocka_unit_test(test_a_lost_address_is_asked_for_again),
		cmocka_unit_test(test_two_that_gave_way_part),
		cmocka_unit_test(test_conflict_before_probing),
		cmocka_unit_test(test_conflict_later_is_defended),
		cmocka_unit_test(test_link_flap_starts_over),
		cmocka_unit_test(test_flap_while_probing),
		cmocka_unit_test(test_gateway_is_asked_for),
		cmocka_unit_test(test_gateway_of_ipv6),
		cmocka_unit_test(test_gateway_claims_only_start_a_question),
		cmocka_unit_test(test_gateway_is_asked_again_after_a_flap),
		cmocka_unit_test(test_all_addresses),
	};

	rte_log_set_level(weir_logtype, RTE_LOG_EMERG);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
