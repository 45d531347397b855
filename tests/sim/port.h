// SPDX-License-Identifier: BSD-3-Clause
// The port of the simulated appliance: DPDK's net_ring, whose rings the simulator fills and empties. It has a queue
// pair for each io lcore, and spreads packets over them by their source address, as RSS does. One per process; it
// outlives crashes.

#pragma once

#include "packet.h"

#include <rte_mbuf.h>

#include <stdbool.h>
#include <stdint.h>

enum { PORT_RX_FRAMES = 255 }; // that a receive queue holds

// `tx_frames`: that a transmit queue holds, at least. `pool`: any, which DPDK wants to see.
void port_open(unsigned queues, unsigned tx_frames, struct rte_mempool *pool);
uint16_t port_id(void);

void port_set_link(bool up);

// How a packet ended that came to the port.
enum port_receipt { PORT_RECEIVED, PORT_NO_MBUF, PORT_FULL };
enum port_receipt port_receive(struct packet *packet, struct rte_mempool *pool);

// From now on the port puts what has a byte where an announce has its info_hash on the queue that a rule chooses by it,
// as lib/tracker/steer.h says, or no longer.
void port_steer(bool on);

// The queue of a packet.
unsigned port_queue_of(const struct packet *packet);

// Packets that wait in receive queues, and frames in transmit queues; of one queue, and of all.
unsigned port_waiting(unsigned queue);
unsigned port_unsent(unsigned queue);
unsigned port_received_all(void);
unsigned port_unsent_all(void);

// Gives all frames of a transmit queue to `sent`, in order, and frees them.
void port_send(unsigned queue, void (*sent)(struct rte_mbuf *mbuf));

// Frees all mbufs, as a crash does.
void port_clear(void);
