// SPDX-License-Identifier: BSD-3-Clause
// RSS: the NIC spreads flows over the receive queues of a port. Boot thread.

#pragma once

#include "keys.h"
#include "port.h"

#include <rte_ethdev.h>

#include <stdbool.h>
#include <stdint.h>

// The hash types to use of those that a port offers. With limits by source, packets are spread by their
// addresses alone, so that all of an IPv4 source reach one io lcore, whose budget for it is then the only one
// (lib/guard/budget.h). A port that does not hash datagrams by addresses alone, such as i40e or ENA, needs UDP ports,
// too, or it would not spread them at all.
uint64_t port_rss_types(uint64_t offered, bool by_address);

// Enables RSS in `conf`, with the hash types that the port has and the key of this run, so that
// nobody can aim at a queue. Logs a warning where several queues are used without it, or where a source with
// limits may be spread over several.
void port_rss_choose(
	const struct port *port,
	const struct config *config,
	const struct keys *keys,
	const struct rte_eth_dev_info *info,
	struct rte_eth_conf *conf
);

// Gives hash types and key to the port once it is started: several drivers (cnxk, cxgbe, ionic, mana, thunderx) take no
// key when they are configured, and keep one that is in their source. Others have it already. Logs a warning if the driver refuses.
void port_rss_update(const struct port *port, const struct config *config, const struct keys *keys);

// Spreads the redirection table evenly over the queues in use, once the port is started. A port
// without a table, or whose driver does not let it be set, keeps its own order.
void port_rss_spread(const struct port *port);

// Whether the port says that it hashes with the key of this run, `least` bytes or more of it.
bool port_rss_has_key(const struct port *port, const struct keys *keys, unsigned least);

// Entries of the port's redirection table; 0: it has none, or one that is too large.
unsigned port_rss_table_size(const struct port *port);

// Deals out the redirection table so that its first `size` entries, a power of two, repeat (steer_rss_queue). Returns
// 0 or a negative errno.
int port_rss_deal(const struct port *port, unsigned size);
