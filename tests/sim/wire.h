// SPDX-License-Identifier: BSD-3-Clause
// The network between clients and the port, and the alarms of clients: everything that happens at a virtual time. What
// happens at the same time happens in the order in which it was asked for.

#pragma once

#include "packet.h"
#include "replies.h"

#include <stdbool.h>
#include <stdint.h>

// What a client gets.
struct wire_reply {
	uint32_t client;
	uint32_t transaction;
	enum reply_kind kind;
	struct packet_id id; // of a connect
};

void wire_open(uint64_t seed);

// A client sends a packet, which the wire takes over. It may be lost, late or doubled.
void wire_send(struct packet *packet);

// The same after `wait_ns`, without any of that.
void wire_send_later(struct packet *packet, uint64_t wait_ns);

void wire_answer(const struct wire_reply *reply);
void wire_wake(uint32_t client, uint64_t wait_ns);

// Nothing that was sent arrives, as long as the link is down.
void wire_set_link(bool up);

// Deliver what is due. Without `arrivals` packets for the port wait.
void wire_run(bool arrivals);

// When the next thing happens, or UINT64_MAX.
uint64_t wire_next_ns(void);

// Packets that the port could not take: without an mbuf, or with a full queue.
uint64_t wire_refused(void);
