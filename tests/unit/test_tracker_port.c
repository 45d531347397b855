// SPDX-License-Identifier: BSD-3-Clause
// app/xdp/tracker_port.bpf.c, accepted and run by the kernel: what it takes for Weir, and what it leaves to the kernel.
// Its map of sockets is one of devices here, so that "taken" can be seen without a socket. All that with the capabilities of
// the service alone: the kernel looks at a program more strictly without CAP_PERFMON. Skipped without the right to use bpf(2).

#include "../../app/xdp/tracker_rules.h"
#include "../support/cmocka_wrap.h"
#include "../support/frames.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct bpf_object *object;
static int program;

static void
set_rules(const struct tracker_rules *rules)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(object, TRACKER_RULES_MAP);
	const uint32_t only = 0;

	assert_int_equal(bpf_map_update_elem(bpf_map__fd(map), &only, rules, BPF_ANY), 0);
}

static struct tracker_rules
rules_of_host(uint16_t vlan)
{
	struct tracker_rules rules = {
		.udp_port = rte_cpu_to_be_16(WIRE_PORT),
		.vlan_tci = rte_cpu_to_be_16(vlan),
	};

	memcpy(&rules.ipv4[3], wire_host4, 4);
	memcpy(rules.ipv6[7], wire_host6, 16);
	return rules;
}

// What the kernel does with the frame: XDP_PASS, or XDP_REDIRECT when it goes to Weir.
static uint32_t
run(const struct wire *wire, unsigned len)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = wire->bytes, .data_size_in = len);

	assert_int_equal(bpf_prog_test_run_opts(program, &options), 0);
	return options.retval;
}

static void
assert_taken(const struct wire *wire, bool taken)
{
	assert_int_equal(run(wire, wire->len), taken ? XDP_REDIRECT : XDP_PASS);
}

static void
make(struct wire *wire, bool ipv6, uint16_t port)
{
	if (ipv6)
		wire_udp6(wire, false, port, 16);
	else
		wire_udp4(wire, false, port, 16);
}

static void
test_takes_the_tracker_alone(void **state)
{
	struct tracker_rules rules = rules_of_host(0);
	struct wire wire;

	(void)state;
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		set_rules(&rules);
		make(&wire, ipv6, WIRE_PORT);
		assert_taken(&wire, true);
		make(&wire, ipv6, WIRE_PORT + 1);
		assert_taken(&wire, false);
		make(&wire, ipv6, WIRE_PORT);
		wire.bytes[wire.l4_at - 1] ^= 1; // another address
		assert_taken(&wire, false);
		make(&wire, ipv6, WIRE_PORT);
		memset(wire.bytes + wire.l4_at - (ipv6 ? 16 : 4), 0, ipv6 ? 16 : 4
		); // as unused rules
		assert_taken(&wire, false);
		make(&wire, ipv6, WIRE_PORT);
		rules.udp_port = 0;
		set_rules(&rules);
		assert_taken(&wire, false);
		rules.udp_port = rte_cpu_to_be_16(WIRE_PORT);
	}
}

static void
test_leaves_the_rest_to_the_kernel(void **state)
{
	static const struct {
		unsigned at; // of the IPv4 header
		uint8_t value;
	} rows[] = {
		{0, 0x46}, // options
		{6, 0x20}, // more fragments
		{7, 0x01}, // a later fragment
		{9, 6}, // TCP
		{9, 1}, // ICMP
	};
	const struct tracker_rules rules = rules_of_host(0);
	struct wire wire;

	(void)state;
	set_rules(&rules);
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		make(&wire, false, WIRE_PORT);
		wire.bytes[wire.l2_len + rows[i].at] = rows[i].value;
		assert_taken(&wire, false);
	}
	make(&wire, true, WIRE_PORT);
	wire.bytes[wire.l2_len + 6] = 0; // hop-by-hop options
	assert_taken(&wire, false);
	wire_arp(&wire, 1, wire_peer_mac, wire_peer4, wire_zero, wire_host4);
	assert_taken(&wire, false);
}

static void
test_every_length(void **state)
{
	const struct tracker_rules rules = rules_of_host(0);
	struct wire wire;

	(void)state;
	set_rules(&rules);
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		make(&wire, ipv6, WIRE_PORT);
		for (unsigned len = 14; len <= wire.len;
		     len++) // the kernel runs none that are shorter
			assert_int_equal(
				run(&wire, len), len >= wire.l4_at + 8 ? XDP_REDIRECT : XDP_PASS
			);
	}
}

static void
test_vlan(void **state)
{
	struct tracker_rules rules = rules_of_host(WIRE_VLAN);
	struct wire tagged, plain;

	(void)state;
	make(&plain, false, WIRE_PORT);
	wire_udp4(&tagged, true, WIRE_PORT, 16);
	set_rules(&rules);
	assert_taken(&plain, false);
	assert_taken(&tagged, true);
	tagged.bytes[14] |= 0xe0; // a priority
	assert_taken(&tagged, true);
	tagged.bytes[15] ^= 1; // another VLAN
	assert_taken(&tagged, false);
	rules = rules_of_host(0);
	set_rules(&rules);
	tagged.bytes[15] ^= 1;
	assert_taken(&tagged, false);
}

// A device that packets can be sent to: the loopback interface, though none is.
static int
load(void **state)
{
	const uint32_t queue = 0, loopback = 1;
	struct bpf_map *sockets;

	(void)state;
	object = bpf_object__open_file(TRACKER_PORT, NULL);
	assert_non_null(object);
	sockets = bpf_object__find_map_by_name(object, TRACKER_SOCKETS_MAP);
	assert_non_null(sockets);
	bpf_map__set_type(sockets, BPF_MAP_TYPE_DEVMAP);
	assert_int_equal(bpf_object__load(object), 0);
	assert_int_equal(bpf_map_update_elem(bpf_map__fd(sockets), &queue, &loopback, BPF_ANY), 0);
	program = bpf_program__fd(bpf_object__find_program_by_name(object, "tracker_port"));
	return program < 0;
}

static int
unload(void **state)
{
	(void)state;
	bpf_object__close(object);
	return 0;
}

// Not in every container, even for root.
static bool
may_use_bpf(void)
{
	int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "tried", 4, 4, 1, NULL);

	if (map >= 0)
		close(map);
	return map >= 0;
}

// Leaves what the service has (docs/beside-kernel.md).
static void
drop_capabilities(void)
{
	const uint32_t net = 1u << CAP_NET_ADMIN | 1u << CAP_NET_RAW;
	const uint32_t bpf = 1u << (CAP_BPF - 32);
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct sets[2] = {
		{.effective = net, .permitted = net},
		{.effective = bpf, .permitted = bpf},
	};

	assert_int_equal(syscall(SYS_capset, &head, sets), 0);
}

static void
test_skipped(void **state)
{
	(void)state;
	skip();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_the_tracker_alone),
		cmocka_unit_test(test_leaves_the_rest_to_the_kernel),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_vlan),
	};
	const struct CMUnitTest none[] = {cmocka_unit_test(test_skipped)};

	if (!may_use_bpf())
		return cmocka_run_group_tests(none, NULL, NULL);
	drop_capabilities();
	return cmocka_run_group_tests(tests, load, unload);
}
