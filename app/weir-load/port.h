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
	PORT_MBUFS = 16383, // the rings of a large memif without copies, twice, and bursts
	PORT_LINK_WAIT_MS = 10000,
};

struct port {
	uint16_t id;
	struct rte_ether_addr mac; // our station
	struct rte_mempool *mbufs;
};

// Each: false, and a sentence in `why`, where it cannot be done. Main lcore.
bool port_up(struct port *port, const struct options *options, char *why, size_t size);
// Waits until somebody is at the other end.
bool port_wait_for_link(const struct port *port, char *why, size_t size);
void port_down(struct port *port);
