// SPDX-License-Identifier: BSD-3-Clause

#include "exception_thread.h"

#include "exception.h"

#include <rte_cycles.h>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum {
	BURST = 64, // frames of one ring or interface, before the next has its turn
	SOON_MS = 1,
	LATER_MS = 10,
	SILENCE_MS = 1000,
};

static struct {
	pthread_t thread;
	bool running;
	bool stop; // by the control thread
} exception_thread;

// --- to the kernel --------------------------------------------------------------------------------

static void
count(uint64_t *counter)
{
	__atomic_store_n(counter, *counter + 1, __ATOMIC_RELAXED);
}

static struct exception_port *
find_port(struct weir *weir, uint16_t id)
{
	for (unsigned i = 0; i < weir->port_count; i++)
		if (weir->ports[i].id == id && weir->ports[i].exception.open)
			return &weir->ports[i].exception;
	return NULL;
}

// An interface that is down or gone takes nothing.
static void
write_frame(struct exception_port *port, const struct frame_slot *slot)
{
	bool taken = write(port->tap.fd, slot->bytes, slot->len) == (ssize_t)slot->len;

	count(taken ? &port->packets : &port->lost);
}

static unsigned
serve_ring(struct weir *weir, struct frame_ring *ring)
{
	const struct frame_slot *slot;
	unsigned frames = 0;

	while (frames < BURST && (slot = frame_ring_first(ring)) != NULL) {
		struct exception_port *port = find_port(weir, slot->port);

		if (port != NULL)
			write_frame(port, slot);
		frame_ring_take(ring);
		frames++;
	}
	return frames;
}

// --- from the kernel ------------------------------------------------------------------------------

static void
follow_rate(struct weir *weir, struct exception_rates *rates)
{
	unsigned place = publisher_enter(&weir->publisher);
	const struct settings *settings = publisher_read(&weir->settings);
	uint32_t rate = settings->exception_rate;

	publisher_exit(&weir->publisher, place);
	if (rate == rates->rate)
		return;
	rates->rate = rate;
	for (unsigned i = 0; i < RTE_DIM(rates->limits); i++)
		limit_init(&rates->limits[i], rate, rate / 10 + 1, rte_get_tsc_hz());
}

// Reads one frame into the ring. False: there is none, or no room for one, which `held` tells. What is not read waits
// with the kernel, which drops the rest, as if the port was slow.
static bool
read_frame(
	const struct port *port,
	struct frame_ring *ring,
	struct limit *limit,
	uint64_t tsc,
	bool *held
)
{
	struct frame_slot *slot = frame_ring_room(ring);
	struct limit before = *limit;

	*held = slot == NULL || !limit_take(limit, tsc);
	if (*held)
		return false;
	ssize_t len = read(port->exception.tap.fd, slot->bytes, sizeof(slot->bytes));

	if (len <= 0) {
		*limit = before;
		return false;
	}
	slot->len = (uint16_t)len;
	slot->port = (uint8_t)port->id;
	frame_ring_put(ring);
	return true;
}

static unsigned
serve_port(
	struct weir *weir,
	unsigned index,
	struct exception_rates *rates,
	uint64_t tsc,
	bool *held
)
{
	const struct port *port = &weir->ports[index];
	unsigned io = lcore_plan_poller(&weir->plan, index, 0);
	struct frame_ring *ring = &weir->ios[io]->exception->from_kernel;
	unsigned frames = 0;

	while (frames < BURST && read_frame(port, ring, &rates->limits[index], tsc, held))
		frames++;
	if (frames > 0)
		bell_ring(weir->bells.ios[io]);
	return frames;
}

unsigned
exception_serve(struct weir *weir, struct exception_rates *rates, uint64_t tsc, uint32_t *held)
{
	unsigned frames = 0;

	follow_rate(weir, rates);
	for (unsigned i = 0; i < weir->plan.io_count; i++)
		frames += serve_ring(weir, &weir->ios[i]->exception->to_kernel);
	*held = 0;
	for (unsigned i = 0; i < weir->port_count; i++) {
		bool port_held = false;

		if (weir->ports[i].exception.open)
			frames += serve_port(weir, i, rates, tsc, &port_held);
		*held |= (uint32_t)port_held << i;
	}
	return frames;
}

// --- the thread -----------------------------------------------------------------------------------

// Until the kernel has a frame for a port that takes one, or `ms` are over. A file with an error, as that of a deleted
// interface, is waited for no more.
static void
wait_for_kernel(const struct weir *weir, uint32_t held, uint32_t *broken, int ms)
{
	struct pollfd files[CONFIG_PORTS_MAX];

	for (unsigned i = 0; i < weir->port_count; i++) {
		const struct exception_port *port = &weir->ports[i].exception;
		bool skipped = !port->open || ((held | *broken) >> i & 1) != 0;

		files[i] = (struct pollfd){.fd = skipped ? -1 : port->tap.fd, .events = POLLIN};
	}
	if (poll(files, weir->port_count, ms) <= 0)
		return;
	for (unsigned i = 0; i < weir->port_count; i++)
		if ((files[i].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
			*broken |= UINT32_C(1) << i;
}

static void *
exception_thread_main(void *argument)
{
	struct weir *weir = argument;
	struct exception_rates rates = {0};
	uint64_t silence = SILENCE_MS * rte_get_tsc_hz() / 1000, last_tsc = rte_rdtsc();
	uint32_t held, broken = 0;

	pthread_setname_np(pthread_self(), "weir-exception");
	while (!__atomic_load_n(&exception_thread.stop, __ATOMIC_RELAXED)) {
		uint64_t tsc = rte_rdtsc();

		if (exception_serve(weir, &rates, tsc, &held) > 0)
			last_tsc = tsc;
		else
			wait_for_kernel(
				weir, held, &broken, tsc - last_tsc < silence ? SOON_MS : LATER_MS
			);
	}
	return NULL;
}

bool
exception_thread_up(struct weir *weir, struct error *error)
{
	sigset_t all, before;

	if (!exception_is_wanted(weir->config))
		return true;
	exception_thread.stop = false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); // signals are for the control thread
	int result = pthread_create(&exception_thread.thread, NULL, exception_thread_main, weir);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	exception_thread.running = result == 0;
	if (exception_thread.running)
		return true;
	return error_set(
		error,
		NULL,
		"the thread of ports[].exception cannot be started: %s",
		strerror(result)
	);
}

void
exception_thread_down(struct weir *weir)
{
	(void)weir;
	if (!exception_thread.running)
		return;
	__atomic_store_n(&exception_thread.stop, true, __ATOMIC_RELAXED);
	pthread_join(exception_thread.thread, NULL);
	exception_thread.running = false;
}
