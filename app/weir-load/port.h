// SPDX-License-Identifier: BSD-3-Clause
// The port that everything goes through: one pair of queues of the first port there is.

#pragma once

#include <rte_ether.h>
#include <rte_mbuf.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options;

enum {
	PORT_BURST = 64, // frames received or sent at once, at most
	PORT_MBUFS = 16383, // the rings of a large memif without copies, twice, and bursts
	PORT_LINK_WAIT_MS = 10000,
};

struct port {
	uint16_t id;
	struct rte_ether_addr mac; // our station
	struct rte_mempool *mbufs;
};

// Frames that the port has not accepted yet.
struct port_backlog {
	unsigned count;
	struct rte_mbuf *mbufs[PORT_BURST];
};

// Each: false, and a sentence in `why`, where it cannot be done. Main lcore.
bool port_up(struct port *port, const struct options *options, char *why, size_t size);
// Waits until somebody is at the other end.
bool port_wait_for_link(const struct port *port, char *why, size_t size);
void port_down(struct port *port);

// Sends a burst of up to PORT_BURST frames, or the backlog itself. Frames that the port does not
// accept are the backlog afterwards; there must have been no others. Returns the number of frames
// sent.
unsigned port_send(
	const struct port *port,
	struct port_backlog *backlog,
	struct rte_mbuf **mbufs,
	unsigned count
);
void port_backlog_free(struct port_backlog *backlog);

// Sends a single frame of `len` bytes, which are in `mbuf`; drops it where the port is full.
void port_send_one(const struct port *port, struct rte_mbuf *mbuf, uint16_t len);
