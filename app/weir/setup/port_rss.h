// SPDX-License-Identifier: BSD-3-Clause
// RSS: the NIC spreads flows over the receive queues of a port. Boot thread.

#pragma once

#include "keys.h"
#include "port.h"

#include <rte_ethdev.h>

// Enables RSS in `conf`, with the hash types that the port has and the key of this run, so that
// nobody can aim at a queue. Logs a warning where several queues are used without it.
void port_rss_choose(
	const struct port *port,
	const struct config *config,
	const struct keys *keys,
	const struct rte_eth_dev_info *info,
	struct rte_eth_conf *conf
);

// Spreads the redirection table evenly over the queues in use, once the port is started. A port
// without a table, or whose driver does not let it be set, keeps its own order.
void port_rss_spread(const struct port *port);
