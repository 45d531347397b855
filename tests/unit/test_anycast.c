// SPDX-License-Identifier: BSD-3-Clause
// Anycast addresses: as they are configured, and what a port says of them, which is nothing. What it hears of them is
// in cases_anycast.py of tests/golden.

#include "../../app/weir/control/neighbours.h"
#include "../../app/weir/log/log.h"
#include "../../lib/net/arp.h"
#include "../../lib/net/ndp.h"
#include "../support/cmocka_wrap.h"
#include "../support/config_file.h"

#include <rte_common.h>

#include <string.h>

enum { TICK_MS = 100 };

static struct host host;
static struct neighbours neighbours;
static struct host_notes notes;
static uint64_t now_ms;
static unsigned own, others; // frames about IPv4 address 0 and IPv6 address 1, and all the rest

static bool
is(const uint8_t *bytes,
   uint16_t len,
   uint16_t (*write)(const struct host *host, uint8_t *bytes, unsigned i),
   unsigned i)
{
	uint8_t expected[TICK_FRAME_MAX] = {0};

	return write(&host, expected, i) == len && memcmp(bytes, expected, len) == 0;
}

static void
record(void *context, const uint8_t *bytes, uint16_t len)
{
	(void)context;
	if (is(bytes, len, arp_write_probe, 0) || is(bytes, len, arp_write_announcement, 0)
	    || is(bytes, len, ndp_write_probe, 1) || is(bytes, len, ndp_write_advertisement, 1))
		own++;
	else
		others++;
}

static void
run_s(unsigned seconds)
{
	for (unsigned i = 0; i < seconds * 1000 / TICK_MS; i++) {
		now_ms += TICK_MS;
		neighbours_tick(&neighbours, &notes, now_ms, record, NULL);
	}
}

// IPv4 address 1 and IPv6 address 0 are anycast.
static void
begin(void)
{
	host = (struct host){
		.mac = {{0x02, 0, 0, 0, 0, 0x01}},
		.l2_len = 14,
		.ipv4_count = 2,
		.ipv6_count = 2,
		.ipv4_anycast = 2,
		.ipv6_anycast = 1,
		.ipv4 = {RTE_BE32(0xc633640a), RTE_BE32(0xc0000235)},
		.ipv6 = {{0x20, 0x01, 0x0d, 0xb8, [15] = 0x53}, {0xfd, 0x77, [15] = 1}},
	};
	memset(&notes, 0, sizeof(notes));
	neighbours_init(&neighbours, &host, true);
	neighbours_link(&neighbours, true, now_ms);
}

static void
test_in_use_with_the_link(void **state)
{
	(void)state;
	begin();
	assert_int_equal(host.ipv4_usable, 2);
	assert_int_equal(host.ipv6_usable, 1);
	notes.ipv4_conflicts[1].count++; // cannot be: nobody notes it
	run_s(10);
	assert_int_equal(host.ipv4_usable, 3);
	assert_int_equal(host.ipv6_usable, 3);
	assert_true(neighbours_are_decided(&neighbours));
	assert_int_equal(own, 6); // a probe and two announcements of each
	assert_int_equal(others, 0);
	host.ipv6_off = true;
	run_s(1);
	assert_int_equal(host.ipv6_usable, 1);
	neighbours_link(&neighbours, false, now_ms);
	assert_int_equal(host.ipv4_usable, 0);
	assert_int_equal(host.ipv6_usable, 0);
}

static void
test_configured(void **state)
{
	struct config *config = config_file_load_valid(
		"ports = ( { device = \"a\"; addresses = [ \"198.51.100.10/24\", \"192.0.2.53/32 "
		"anycast\",\n\"2001:db8::53/128 anycast\", \"2001:db8::1/64\" ]; },\n"
		"{ device = \"b\"; addresses = [ \"203.0.113.1/24\", \"192.0.2.53/32 anycast\" ]; "
		"} "
		");\n"
	);
	static const bool anycast[] = {false, true, true, false};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(anycast); i++)
		assert_int_equal(config->ports[0].addresses.items[i].anycast, anycast[i]);
	assert_true(config->ports[1].addresses.items[1].anycast); // of both ports
	config_free(config);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *words;
	} rows[] = {
		{"198.51.100.10/32anycast", "with its prefix length"},
		{"198.51.100.10/32  anycast", "with its prefix length"},
		{"198.51.100.10/32 anycast ", "with its prefix length"},
		{"198.51.100.10 anycast", "with its prefix length"},
		{"198.51.100.10/24 anycast", "must have the prefix length 32"},
		{"2001:db8::53/64 anycast", "or 128 for IPv6"},
		{"fe80::53/128 anycast", "must not be link-local"},
		{"198.51.100.10/32 anycast", "needs another address of its family"},
		{"2001:db8::53/128 anycast", "needs another address of its family"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_address_refused(rows[i].text, rows[i].words);
	// Of one port alone on one, where the other has it for itself.
	assert_config_refused(
		"ports = ( { device = \"a\"; addresses = [ \"198.51.100.10/24\", \"192.0.2.53/24\" "
		"]; "
		"},\n"
		"{ device = \"b\"; addresses = [ \"203.0.113.1/24\", \"192.0.2.53/32 anycast\" ]; "
		"} "
		");\n",
		2,
		"ports[1].addresses[1]",
		"is listed twice"
	);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_use_with_the_link),
		cmocka_unit_test(test_configured),
		cmocka_unit_test(test_refused),
	};

	rte_log_set_level(weir_logtype, RTE_LOG_EMERG);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
