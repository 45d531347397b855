// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/kernel_interface.h: what the kernel says, on TAPs in a network namespace of the test's own.

#include "../../app/weir/setup/kernel_interface.h"
#include "../support/cmocka_wrap.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool may_test; // namespaces and TAPs can be had: with root alone
static bool may_ring; // packet sockets with rings, too: qemu-user does not know them
static int tap = -1;

static void
ask(const char *name, unsigned long what, int value)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq request = {0};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (what == SIOCSIFFLAGS)
		request.ifr_flags = (short)value;
	else
		request.ifr_mtu = value;
	assert_int_equal(ioctl(fd, what, &request), 0);
	close(fd);
}

static int
make_tap(const char *name)
{
	struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd >= 0 && ioctl(fd, TUNSETIFF, &request) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool
has_rings(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	int version = TPACKET_V2;
	bool known = setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) == 0;

	close(fd);
	return known;
}

static int
set_up(void **state)
{
	(void)state;
	may_test = unshare(CLONE_NEWNET) == 0 && (tap = make_tap("t0")) >= 0;
	if (may_test)
		ask("t0", SIOCSIFFLAGS, IFF_UP);
	may_ring = may_test && has_rings();
	return 0;
}

// A packet socket with a ring of its own, as DPDK's driver has, bound to the interface.
static int
packet_socket(const char *name)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(name),
	};
	struct tpacket_req ring = {4096, 1, 2048, 2};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	int version = TPACKET_V2;

	assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)), 0);
	assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void
test_no_interface(void **state)
{
	struct kernel_interface interface;

	(void)state;
	kernel_interface_open(&interface, 0);
	kernel_interface_poll(&interface);
	assert_false(interface.gone);
	if (!may_test)
		skip();
	// An interface that none of our files belongs to: frames do not come through it.
	kernel_interface_open(&interface, if_nametoindex("lo"));
	assert_int_equal(interface.index, 0);
}

static void
test_state(void **state)
{
	struct kernel_interface interface;

	(void)state;
	if (!may_test)
		skip();
	kernel_interface_open(&interface, if_nametoindex("t0"));
	assert_string_equal(interface.name, "t0");
	assert_int_equal(interface.losses, KERNEL_LOSSES_TAP);
	assert_int_equal(interface.mtu, 1500);
	assert_true(interface.up);
	ask("t0", SIOCSIFMTU, 1000);
	ask("t0", SIOCSIFFLAGS, 0);
	kernel_interface_poll(&interface);
	assert_int_equal(interface.mtu, 1000);
	assert_false(interface.up);
	assert_false(interface.gone);
	ask("t0", SIOCSIFFLAGS, IFF_UP);
	kernel_interface_poll(&interface);
	assert_true(interface.up);
}

// Deleted; then another interface gets its name.
static void
test_deleted_interface(void **state)
{
	struct kernel_interface interface;

	(void)state;
	if (!may_ring)
		skip();
	int other = make_tap("t1");
	int fd = packet_socket("t1");

	kernel_interface_open(&interface, if_nametoindex("t1"));
	close(other);
	kernel_interface_poll(&interface);
	assert_true(interface.gone);
	assert_false(interface.up);
	other = make_tap("t1");
	kernel_interface_poll(&interface);
	assert_true(interface.gone); // it has another index
	assert_true(kernel_interface_is_back(&interface));
	close(other);
	close(fd);
}

static void
send_frames(int fd, unsigned count)
{
	uint8_t frame[64] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, [12] = 0x88, 0xb5};

	for (unsigned i = 0; i < count; i++)
		assert_int_equal(write(fd, frame, sizeof(frame)), sizeof(frame));
}

// Two frames fit the socket's ring, and nobody takes them out. Sum: what the kernel handed over.
static void
test_losses_of_sockets(void **state)
{
	struct kernel_interface interface;

	(void)state;
	if (!may_ring)
		skip();
	int fd = packet_socket("t0");

	kernel_interface_open(&interface, if_nametoindex("t0"));
	assert_int_equal(interface.losses, KERNEL_LOSSES_SOCKETS);
	assert_int_equal(interface.socket_count, 1);
	kernel_interface_poll(&interface);
	uint64_t lost = interface.lost;

	send_frames(tap, 100);
	kernel_interface_poll(&interface);
	assert_true(
		interface.lost - lost >= 98 && interface.lost - lost <= 100
	); // one or two of ours are in the ring
	lost = interface.lost;
	kernel_interface_poll(&interface);
	assert_int_equal(interface.lost, lost); // read once, counted once
	close(fd);
}

// A TAP's queue holds 500 frames (its txqueuelen); what comes then is dropped.
static void
test_losses_of_a_tap(void **state)
{
	struct kernel_interface interface;
	struct sockaddr_ll address = {.sll_family = AF_PACKET};
	uint8_t frame[64] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, [12] = 0x88, 0xb5};

	(void)state;
	if (!may_test)
		skip();
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	unsigned handed = 1200, taken = 0;

	address.sll_ifindex = (int)if_nametoindex("t0");
	kernel_interface_open(&interface, if_nametoindex("t0"));
	while (read(tap, frame, sizeof(frame)) > 0)
		; // what the kernel said on its own
	kernel_interface_poll(&interface);
	uint64_t lost = interface.lost;

	for (unsigned i = 0; i < handed; i++)
		sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&address, sizeof(address));
	while (read(tap, frame, sizeof(frame)) > 0)
		taken++;
	kernel_interface_poll(&interface);
	assert_true(interface.losses_known);
	assert_true(interface.lost > lost);
	assert_int_equal(taken + interface.lost - lost, handed);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_interface),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_deleted_interface),
		cmocka_unit_test(test_losses_of_sockets),
		cmocka_unit_test(test_losses_of_a_tap),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
