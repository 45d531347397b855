// SPDX-License-Identifier: BSD-3-Clause

#include "wire.h"

#include "appliance.h"
#include "clients.h"
#include "dice.h"
#include "fail.h"
#include "faults.h"
#include "flight.h"
#include "ledger.h"
#include "port.h"
#include "virtual.h"

#include <stdlib.h>

enum {
	NEAR_NS = 100000, // a client in the next house
	FAR_NS = 60000000,
	LATE_NS = 2000000000,
	BACKLOG_NS = 1000000, // until a packet that may not arrive now is looked at again
};

enum event_kind { EVENT_WAKE, EVENT_ARRIVAL, EVENT_ANSWER };

struct event {
	uint64_t at_ns, number;
	enum event_kind kind;
	union {
		uint32_t client;
		struct packet *packet;
		struct wire_reply reply;
	};
};

static struct event *heap;
static unsigned count, room;
static uint64_t number, refused;
static struct dice dice;
static bool link_is_up = true;

// --- the heap -----------------------------------------------------------------------------------

static bool
is_before(const struct event *one, const struct event *other)
{
	return one->at_ns < other->at_ns
		|| (one->at_ns == other->at_ns && one->number < other->number);
}

static void
push(struct event event, uint64_t wait_ns)
{
	unsigned at = count;

	if (count == room) {
		room = room == 0 ? 1024 : 2 * room;
		heap = realloc(heap, room * sizeof(*heap));
		if (heap == NULL)
			abort();
	}
	event.at_ns = virtual_ns() + wait_ns;
	event.number = number++;
	for (count++; at > 0 && is_before(&event, &heap[(at - 1) / 2]); at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = event;
}

static struct event
pop(void)
{
	struct event first = heap[0], last = heap[--count];
	unsigned at = 0, child;

	while ((child = 2 * at + 1) < count) {
		child += child + 1 < count && is_before(&heap[child + 1], &heap[child]);
		if (!is_before(&heap[child], &last))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = last;
	return first;
}

// --- sending --------------------------------------------------------------------------------------

void
wire_open(uint64_t seed)
{
	dice = dice_of(seed, 3);
}

void
wire_set_link(bool up)
{
	link_is_up = up;
}

static uint64_t
way_ns(void)
{
	return NEAR_NS + dice_below(&dice, FAR_NS)
		+ (fault_strikes(FAULT_reorder) ? dice_below(fault_dice(FAULT_reorder), LATE_NS) : 0
		);
}

void
wire_send_later(struct packet *packet, uint64_t wait_ns)
{
	push((struct event){.kind = EVENT_ARRIVAL, .packet = packet}, wait_ns);
}

void
wire_send(struct packet *packet)
{
	if (fault_strikes(FAULT_duplicate)) {
		packet_hold(packet);
		wire_send_later(packet, way_ns());
	}
	if (fault_strikes(FAULT_loss))
		packet_release(packet);
	else
		wire_send_later(packet, way_ns());
}

void
wire_answer(const struct wire_reply *reply)
{
	if (link_is_up && !fault_strikes(FAULT_loss))
		push((struct event){.kind = EVENT_ANSWER, .reply = *reply}, way_ns());
}

void
wire_wake(uint32_t client, uint64_t wait_ns)
{
	push((struct event){.kind = EVENT_WAKE, .client = client}, wait_ns);
}

// --- arriving -------------------------------------------------------------------------------------

static void
arrive(struct packet *packet)
{
	enum port_receipt receipt = link_is_up ? port_receive(packet, appliance_pool()) : PORT_FULL;

	if (receipt == PORT_RECEIVED)
		ledger_received(packet);
	else
		refused++;
	packet_release(packet);
}

void
wire_run(bool arrivals)
{
	while (count > 0 && heap[0].at_ns <= virtual_ns()) {
		struct event event = pop();

		switch (event.kind) {
		case EVENT_WAKE:
			client_wake(event.client);
			break;
		case EVENT_ANSWER:
			client_answer(&event.reply);
			break;
		case EVENT_ARRIVAL:
			if (arrivals)
				arrive(event.packet);
			else
				push(event, BACKLOG_NS);
			break;
		}
	}
}

uint64_t
wire_next_ns(void)
{
	return count == 0 ? UINT64_MAX : heap[0].at_ns;
}

uint64_t
wire_refused(void)
{
	return refused;
}
