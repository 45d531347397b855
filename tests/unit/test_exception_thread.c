// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/exception_thread.h between rings of eight slots and sockets in place of the kernel's interfaces: what
// is read and written, rates, full rings, an interface that is gone, and the thread itself.

#include "../../app/weir/setup/exception_thread.h"
#include "../../app/weir/setup/publish.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <rte_cycles.h>

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORTS = 2, IOS = 2, RING = 8, RATE = 100, MANY = 1000000, PATIENCE_MS = 5000 };

static struct weir weir;
static struct config config;
static struct io ios[IOS];
static struct exception exceptions[IOS];
static struct frame_slot slots[IOS][2 * RING];
static struct exception_rates rates;
static int kernel[PORTS]; // the other ends
static uint64_t now;
static uint32_t held;

static int
set_up(void **state)
{
	struct error error;

	(void)state;
	test_eal_init();
	signal(SIGPIPE, SIG_IGN); // sockets are no interfaces
	config = (struct config){
		.port_count = PORTS,
		.ports = {{.exception = "one"}, {.exception = "two"}},
		.exception_rate = MANY,
	};
	weir.config = &config;
	weir.plan = (struct lcore_plan){.count = IOS, .io_count = IOS};
	weir.port_count = PORTS;
	for (unsigned i = 0; i < IOS; i++) {
		weir.ios[i] = &ios[i];
		ios[i].exception = &exceptions[i];
	}
	for (unsigned p = 0; p < PORTS; p++) {
		weir.plan.ports[p].poller_count = 1;
		weir.plan.ports[p].pollers[0] = (uint8_t)p;
		weir.ports[p].id = (uint16_t)(p + 5);
	}
	assert_true(publish_up(&weir, &error));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	publish_down(&weir);
	return 0;
}

static void
set_rate(uint32_t rate)
{
	config.exception_rate = rate;
	assert_true(publish_settings(&weir, &config));
}

static int
open_interfaces(void **state)
{
	(void)state;
	set_rate(MANY);
	rates = (struct exception_rates){0};
	now = rte_get_tsc_hz() * 100;
	for (unsigned i = 0; i < IOS; i++) {
		frame_ring_init(&exceptions[i].to_kernel, slots[i], RING);
		frame_ring_init(&exceptions[i].from_kernel, slots[i] + RING, RING);
	}
	for (unsigned p = 0; p < PORTS; p++) {
		int ends[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
		weir.ports[p].exception =
			(struct exception_port){.open = true, .tap = {.fd = ends[0]}};
		kernel[p] = ends[1];
	}
	return 0;
}

static int
close_interfaces(void **state)
{
	(void)state;
	for (unsigned p = 0; p < PORTS; p++) {
		close(weir.ports[p].exception.tap.fd);
		close(kernel[p]);
	}
	return 0;
}

static unsigned
serve(void)
{
	return exception_serve(&weir, &rates, now, &held);
}

// An io lcore has a frame of `len` bytes for the kernel.
static void
put(unsigned io, unsigned port, uint16_t len, uint8_t content)
{
	struct frame_slot *slot = frame_ring_room(&exceptions[io].to_kernel);

	assert_non_null(slot);
	slot->port = (uint8_t)weir.ports[port].id;
	slot->len = len;
	memset(slot->bytes, content, len);
	frame_ring_put(&exceptions[io].to_kernel);
}

static void
send_frames(unsigned port, unsigned count)
{
	uint8_t frame[1514];

	for (unsigned i = 0; i < count; i++) {
		memset(frame, (int)i + 1, sizeof(frame));
		assert_int_equal(send(kernel[port], frame, 60 + i, 0), 60 + i);
	}
}

static unsigned
taken(unsigned io)
{
	unsigned count = 0;

	for (; frame_ring_first(&exceptions[io].from_kernel) != NULL; count++)
		frame_ring_take(&exceptions[io].from_kernel);
	return count;
}

// From each lcore to each interface.
static void
test_to_kernel(void **state)
{
	uint8_t bytes[2048];

	(void)state;
	for (unsigned io = 0; io < IOS; io++)
		for (unsigned p = 0; p < PORTS; p++)
			put(io, p, (uint16_t)(60 + 10 * io + p), (uint8_t)(io + 1));
	assert_int_equal(serve(), IOS * PORTS);
	for (unsigned io = 0; io < IOS; io++)
		for (unsigned p = 0; p < PORTS; p++) {
			assert_int_equal(read(kernel[p], bytes, sizeof(bytes)), 60 + 10 * io + p);
			assert_int_equal(bytes[59], io + 1);
		}
	assert_int_equal(weir.ports[0].exception.packets, IOS);
	assert_int_equal(weir.ports[1].exception.packets, IOS);
	assert_int_equal(serve(), 0);
}

// To the lcore that has queue 0 of the port; a full ring waits for room, and the kernel keeps what is left.
static void
test_from_kernel(void **state)
{
	(void)state;
	send_frames(1, 11);
	assert_int_equal(serve(), RING);
	assert_int_equal(held, 1u << 1);
	assert_null(frame_ring_first(&exceptions[0].from_kernel));
	const struct frame_slot *slot = frame_ring_first(&exceptions[1].from_kernel);

	assert_non_null(slot);
	assert_int_equal(slot->len, 60);
	assert_int_equal(slot->port, weir.ports[1].id);
	assert_int_equal(slot->bytes[59], 1);
	assert_int_equal(serve(), 0);
	assert_int_equal(taken(1), RING);
	assert_int_equal(serve(), 11 - RING);
	assert_int_equal(held, 0);
	assert_int_equal(taken(1), 11 - RING);
}

// The kernel sends up to the rate, each port by itself; a reload changes it.
static void
test_rate(void **state)
{
	unsigned frames = 0;

	(void)state;
	set_rate(RATE);
	serve(); // the buckets begin full
	for (unsigned second = 0; second < 4; second++)
		for (unsigned part = 0; part < 10; part++) {
			for (unsigned i = 0; i < 4; i++) {
				for (unsigned n = 0; n < RING;
				     n++) // more than it may: some find no room
					(void)send(kernel[0], "a frame", 7, 0);
				frames += serve();
				taken(0);
			}
			now += rte_get_tsc_hz() / 10;
		}
	assert_in_range(frames, 4 * RATE - RING, 4 * RATE + RATE / 10 + 1);
	assert_int_equal(held, 1u << 0);
	set_rate(MANY);
	assert_int_equal(serve(), RING);
	taken(0);
	send_frames(1, 2);
	assert_true(serve() >= 2);
	assert_int_equal(taken(1), 2);
}

// What an interface does not take is lost and counted; the other one goes on.
static void
test_gone(void **state)
{
	(void)state;
	shutdown(weir.ports[0].exception.tap.fd, SHUT_WR);
	for (unsigned i = 0; i < 3; i++) {
		put(0, 0, 60, 1);
		put(0, 1, 60, 1);
	}
	assert_int_equal(serve(), 6);
	assert_int_equal(weir.ports[0].exception.lost, 3);
	assert_int_equal(weir.ports[0].exception.packets, 0);
	assert_int_equal(weir.ports[1].exception.packets, 3);
}

// Of a port that has none, nothing is read, and nothing waits for it.
static void
test_ports_without_path(void **state)
{
	(void)state;
	weir.ports[0].exception.open = false;
	put(0, 0, 60, 1);
	send_frames(0, 2);
	assert_int_equal(serve(), 1);
	assert_int_equal(taken(0), 0);
	assert_null(frame_ring_first(&exceptions[0].to_kernel));
	weir.ports[0].exception.open = true;
}

static bool
wait_for(bool (*condition)(void))
{
	const struct timespec nap = {.tv_nsec = 1000000};

	for (unsigned i = 0; i < PATIENCE_MS && !condition(); i++)
		nanosleep(&nap, NULL);
	return condition();
}

static bool
has_come(void)
{
	return __atomic_load_n(&exceptions[1].from_kernel.put, __ATOMIC_ACQUIRE) == 3;
}

static bool
has_gone(void)
{
	return __atomic_load_n(&weir.ports[0].exception.packets, __ATOMIC_RELAXED) == 2;
}

static void
test_thread(void **state)
{
	struct error error;

	(void)state;
	for (unsigned run = 0; run < 2; run++) {
		assert_true(exception_thread_up(&weir, &error));
		if (run == 0) {
			send_frames(1, 3);
			assert_true(wait_for(has_come));
			put(1, 0, 60, 1);
			put(0, 0, 60, 1);
			assert_true(wait_for(has_gone));
		}
		close(kernel[run]); // an error is waited for no more
		exception_thread_down(&weir);
		kernel[run] = dup(0);
	}
	exception_thread_down(&weir);
}

static void
test_no_path(void **state)
{
	struct config none = {.port_count = PORTS, .ports = {{.exception = ""}, {.exception = ""}}};
	struct error error;

	(void)state;
	weir.config = &none;
	assert_true(exception_thread_up(&weir, &error));
	exception_thread_down(&weir);
	weir.config = &config;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_to_kernel, open_interfaces, close_interfaces),
		cmocka_unit_test_setup_teardown(
			test_from_kernel, open_interfaces, close_interfaces
		),
		cmocka_unit_test_setup_teardown(test_rate, open_interfaces, close_interfaces),
		cmocka_unit_test_setup_teardown(test_gone, open_interfaces, close_interfaces),
		cmocka_unit_test_setup_teardown(
			test_ports_without_path, open_interfaces, close_interfaces
		),
		cmocka_unit_test_setup_teardown(test_thread, open_interfaces, close_interfaces),
		cmocka_unit_test(test_no_path),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
