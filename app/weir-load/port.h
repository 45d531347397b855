// SPDX-License-Identifier: BSD-3-Clause
// The Ethernet port of the load: one queue pair of the first port that DPDK finds.

#pragma once

#include <rte_ether.h>
#include <rte_mbuf.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options;

enum {
	PORT_BURST = 64, // frames received or sent at once, at most
	PORT_MBUFS = 16383, // twice the rings of a large zero-copy memif, and bursts
	PORT_LINK_WAIT_MS = 10000,
};

struct port {
	uint16_t id;
	struct rte_ether_addr mac; // source of all frames
	struct rte_mempool *mbufs;
};

// Frames that the port has not accepted yet.
struct port_backlog {
	unsigned count;
	struct rte_mbuf *mbufs[PORT_BURST];
};

// Each returns false, with a reason in `why`, on failure. Main lcore.
bool port_up(struct port *port, const struct options *options, char *why, size_t size);
// Waits until the link is up.
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
