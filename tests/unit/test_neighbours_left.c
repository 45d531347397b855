// SPDX-License-Identifier: BSD-3-Clause
// app/weir/control/neighbours.h: addresses that an operator leaves to another host, and takes.

#include "../../app/weir/control/neighbours.h"
#include "../../app/weir/log/log.h"
#include "../../lib/net/arp.h"
#include "../../lib/net/ndp.h"
#include "../support/cmocka_wrap.h"

#include <string.h>

enum { TICK_MS = 100 };

static struct host host;
static struct neighbours neighbours;
static struct host_notes notes;
static uint64_t now_ms;
static unsigned announced4, announced6, others; // frames sent since they were last asked for

// Announcements of IPv4 address 1 and IPv6 address 0, and all the rest.
static void
record(void *context, const uint8_t *bytes, uint16_t len)
{
	uint8_t ipv4[TICK_FRAME_MAX] = {0}, ipv6[TICK_FRAME_MAX] = {0};
	uint16_t len4 = arp_write_announcement(&host, ipv4, 1);
	uint16_t len6 = ndp_write_advertisement(&host, ipv6, 0);

	(void)context;
	if (len == len4 && memcmp(bytes, ipv4, len) == 0)
		announced4++;
	else if (len == len6 && memcmp(bytes, ipv6, len) == 0)
		announced6++;
	else
		others++;
}

static void
begin(bool dad)
{
	host = (struct host){
		.mac = {{0x02, 0, 0, 0, 0, 0x01}}, .l2_len = 14, .ipv4_count = 2, .ipv6_count = 1};
	memset(&notes, 0, sizeof(notes));
	host.ipv4[0] = rte_cpu_to_be_32(0xc633640a);
	host.ipv4[1] = rte_cpu_to_be_32(0xc633640b);
	memcpy(host.ipv6[0], (const uint8_t[16]){0xfd, 0x77, [15] = 1}, 16);
	neighbours_init(&neighbours, &host, dad);
	neighbours_link(&neighbours, true, now_ms);
}

static void
run_s(unsigned seconds)
{
	announced4 = announced6 = others = 0;
	for (unsigned i = 0; i < seconds * 1000 / TICK_MS; i++) {
		now_ms += TICK_MS;
		neighbours_tick(&neighbours, &notes, now_ms, record, NULL);
	}
}

static void
assert_sent(unsigned ipv4, unsigned ipv6, unsigned rest)
{
	assert_int_equal(announced4, ipv4);
	assert_int_equal(announced6, ipv6);
	assert_int_equal(others, rest);
}

static void
test_leave_and_take(void **state)
{
	(void)state;
	begin(true);
	run_s(10);
	assert_int_equal(host.ipv4_usable, 3);
	assert_true(neighbours_leave(&neighbours, FAMILY_IPV4, 1));
	assert_false(neighbours_leave(&neighbours, FAMILY_IPV4, 1));
	assert_int_equal(host.ipv4_usable, 1);
	assert_int_equal(host.ipv6_usable, 1);
	assert_true(neighbours_leave(&neighbours, FAMILY_IPV6, 0));
	assert_int_equal(host.ipv6_usable, 0);
	notes.ipv4_conflicts[1].count = 1; // the other host announces it
	run_s(100);
	assert_sent(0, 0, 0);
	assert_true(neighbours_are_decided(&neighbours));
	assert_true(neighbours_take(&neighbours, FAMILY_IPV4, 1));
	assert_true(neighbours_take(&neighbours, FAMILY_IPV6, 0));
	run_s(1); // at once
	assert_sent(1, 1, 0);
	assert_int_equal(host.ipv4_usable, 3);
	assert_int_equal(host.ipv6_usable, 1);
	run_s(10);
	assert_sent(1, 1, 0);
	assert_false(neighbours_take(&neighbours, FAMILY_IPV4, 1)); // in use: announced again
	run_s(10);
	assert_sent(2, 0, 0);
}

// What was left stays left when the link returns, with detection and without.
static void
test_left_when_the_link_returns(void **state)
{
	(void)state;
	for (unsigned dad = 0; dad < 2; dad++) {
		begin(dad == 1);
		run_s(5);
		neighbours_leave(&neighbours, FAMILY_IPV4, 1);
		neighbours_link(&neighbours, false, now_ms);
		neighbours_link(&neighbours, true, now_ms);
		run_s(5);
		assert_int_equal(announced4, 0);
		assert_int_equal(host.ipv4_usable, 1);
		neighbours_link(&neighbours, false, now_ms);
		neighbours_take(&neighbours, FAMILY_IPV4, 1);
		neighbours_link(&neighbours, true, now_ms);
		run_s(5);
		assert_int_equal(announced4, 2);
		assert_int_equal(host.ipv4_usable, 3);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leave_and_take),
		cmocka_unit_test(test_left_when_the_link_returns),
	};

	rte_log_set_level(weir_logtype, RTE_LOG_EMERG);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
