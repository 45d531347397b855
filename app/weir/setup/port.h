// SPDX-License-Identifier: BSD-3-Clause
// A port: an ethdev of any driver, used according to the capabilities that it reports.
//
// Owned by the control thread, which also sets it up and takes it down (port_setup.h). io lcores use
// its queues between port_start and port_stop, and read `host`.

#pragma once

#include "../../../lib/net/host.h"
#include "../../common/error.h"
#include "../config/config.h"
#include "beside_state.h"
#include "exception_state.h"
#include "isolation.h"
#include "kernel_interface.h"

#include <rte_ethdev.h>
#include <rte_mempool.h>

#include <stdbool.h>
#include <stdint.h>

struct port {
	uint16_t id; // DPDK's
	uint16_t queues; // pairs of receive and transmit queues we use
	uint16_t rx_descriptors;
	uint16_t tx_descriptors;
	uint64_t rx_checksums; // RTE_ETH_RX_OFFLOAD_* that the port is asked for
	int socket; // NUMA node of its descriptors, as planned
	struct rte_mempool *mbufs; // of all that it receives and sends
	bool interrupts; // receive queues may be asked for interrupts (lcores.idle)
	bool configured;
	bool started;
	bool link_up; // as of the last port_follow_link
	bool removed; // the device was unplugged; set by DPDK's interrupt thread
	bool gone; // likewise; no thread may ask DPDK about it any more. Control thread, read by telemetry threads
	struct rte_eth_stats left; // what it had counted when it was unplugged; once it is gone
	bool told_gone; // it has been logged that the interface below is gone
	char name[64]; // DPDK's
	struct rte_eth_conf conf; // as it was configured
	const struct config_port *config; // of the configuration in force; published with it
	// In force; published together: those of the configuration, beside the kernel those of the interface (beside.h).
	struct host *host;
	const struct config_addresses *addresses;
	struct host own_host; // beside the kernel it has no addresses
	struct beside beside;
	struct kernel_interface kernel; // below the port, if it has one
	struct exception_port exception; // its exception path, if it has one
	struct isolation isolation; // its rules, with driver.isolate
	// In force, bytes of an IP packet; 0: not known yet. Written by the control thread, read by any.
	uint32_t mtu;
};

// Whether DPDK may be asked about the port: its device was not unplugged. Any thread; one that reads as publisher.h
// defines it may go on to ask until it leaves.
static inline bool
port_is_there(const struct port *port)
{
	return !__atomic_load_n(&port->gone, __ATOMIC_ACQUIRE);
}

// What the port has counted, also once its device was unplugged; zeros where the driver does not count. Who may call
// it: as port_is_there.
void port_stats(const struct port *port, struct rte_eth_stats *stats);

// The minimum of driver.mtu, the port's own and that of the kernel's interface below it (bytes of an IP
// packet), as far as they are known; the port must have been configured.
uint32_t port_mtu(const struct port *port, const struct config *config);

// Index in the host's addresses of its family of address `i` of the port.
unsigned port_address_index(const struct config_addresses *addresses, unsigned i);

// Reads the state of the link. True: it has changed since the last call. The link is down while the
// kernel interface below the port is down or gone, and once the device was unplugged. Control thread.
bool port_follow_link(struct port *port);

// Checks the kernel interface below the port. False, and an error, if only a restart of Weir can serve the port
// again: the interface was deleted and created again. Control thread, once a second.
bool port_look_below(struct port *port, struct error *error);
