// SPDX-License-Identifier: BSD-3-Clause
// app/weir/control/ready.h: not before each address is decided, and not later than patience has an end.

#include "../../app/weir/control/ready.h"
#include "../../app/weir/log/log.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <string.h>

enum { SECOND_MS = 1000 };

static struct weir weir;
static struct config config = {.tracker_port = 6969};
static struct config_port config_port;
static struct host_notes notes;
static uint64_t now_ms;

static void
forget(void *context, const uint8_t *bytes, uint16_t len)
{
	(void)context;
	(void)bytes;
	(void)len;
}

// A Weir with one port that has two addresses of IPv4 and one of IPv6.
static void
begin(bool dad)
{
	static const struct config_address addresses[] = {
		{.family = FAMILY_IPV4, .text = "10.77.0.1/24"},
		{.family = FAMILY_IPV6, .text = "fd77::1/64"},
		{.family = FAMILY_IPV4, .text = "10.77.0.9/24"},
	};

	memset(&weir, 0, sizeof(weir));
	memset(&notes, 0, sizeof(notes));
	now_ms = 1000;
	config_port.addresses.count = RTE_DIM(addresses);
	memcpy(config_port.addresses.items, addresses, sizeof(addresses));
	weir.config = &config;
	weir.port_count = 1;
	weir.ports[0].config = &config_port;
	weir.ports[0].addresses = &config_port.addresses;
	weir.ports[0].host = &weir.ports[0].own_host;
	weir.ports[0].own_host.ipv4_count = 2;
	weir.ports[0].own_host.ipv6_count = 1;
	neighbours_init(&weir.neighbours[0], &weir.ports[0].own_host, dad);
}

static void
set_link(bool up)
{
	weir.ports[0].link_up = up;
	neighbours_link(&weir.neighbours[0], up, now_ms);
}

// One tick, as the control thread does it. Returns whether Weir has said that it is ready.
static bool
tick(unsigned after_ms)
{
	now_ms += after_ms;
	neighbours_tick(&weir.neighbours[0], &notes, now_ms, forget, NULL);
	ready_look(&weir, (uint32_t)(now_ms / SECOND_MS));
	return weir.ready;
}

static void
test_ready_after_detection(void **state)
{
	(void)state;
	begin(true);
	set_link(true);
	assert_false(tick(0));
	assert_false(tick(900));
	assert_true(tick(100));
	assert_int_equal(weir.ports[0].own_host.ipv4_usable, 3);
	assert_int_equal(weir.ports[0].own_host.ipv6_usable, 1);
}

static void
test_a_conflict_is_a_result(void **state)
{
	(void)state;
	begin(true);
	set_link(true);
	assert_false(tick(0));
	notes.ipv4_conflicts[1].count++;
	assert_false(tick(100));
	assert_true(tick(900));
	assert_int_equal(weir.ports[0].own_host.ipv4_usable, 1);

	begin(true);
	set_link(true);
	assert_false(tick(0));
	notes.ipv4_conflicts[0].count++;
	notes.ipv4_conflicts[1].count++;
	notes.ipv6_conflicts[0].count++;
	assert_true(tick(100)); // there is nothing more to wait for
}

static void
test_ready_at_once_without_detection(void **state)
{
	(void)state;
	begin(false);
	assert_true(tick(0)); // whatever the link
}

static void
test_ready_after_the_timeout(void **state)
{
	(void)state;
	begin(true);
	set_link(false);
	while (now_ms < READY_PATIENCE_S * SECOND_MS + 900)
		assert_false(tick(100));
	assert_true(tick(100));

	begin(true); // a link that comes and goes
	while (now_ms < READY_PATIENCE_S * SECOND_MS + 900) {
		set_link(now_ms / 500 % 2);
		assert_false(tick(100));
	}
	assert_true(tick(100));
}

static void
assert_url(const struct config_address *address, const char *expected)
{
	char url[128] = "";

	assert_true(ready_url(address, 6969, url, sizeof(url)));
	assert_string_equal(url, expected);
}

static void
test_announce_url_of_an_address(void **state)
{
	const struct config_address ipv4 = {.family = FAMILY_IPV4, .text = "192.0.2.7/24"};
	const struct config_address ipv6 = {
		.family = FAMILY_IPV6, .bytes = {0x20, 0x01, 0x0d, 0xb8}, .text = "2001:db8::7/64"};
	const struct config_address link_local = {
		.family = FAMILY_IPV6, .bytes = {0xfe, 0x80}, .text = "fe80::7/64"};
	char url[128];

	(void)state;
	assert_url(&ipv4, "udp://192.0.2.7:6969/announce");
	assert_url(&ipv6, "udp://[2001:db8::7]:6969/announce");
	assert_false(ready_url(&link_local, 6969, url, sizeof(url)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ready_after_detection),
		cmocka_unit_test(test_a_conflict_is_a_result),
		cmocka_unit_test(test_ready_at_once_without_detection),
		cmocka_unit_test(test_ready_after_the_timeout),
		cmocka_unit_test(test_announce_url_of_an_address),
	};

	rte_log_set_level(weir_logtype, RTE_LOG_EMERG);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
