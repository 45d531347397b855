// SPDX-License-Identifier: BSD-3-Clause
// Receive interrupts of a port, for lcores.idle = interrupt. Boot thread.
//
// No driver says beforehand whether it has them: that may depend on the device and on what binds it. So each step is
// tried with them and, if it fails, without. In the end rte_eth_dev_rx_intr_ctl_q tells for each queue (idles.h).

#pragma once

#include "port.h"

// As rte_eth_dev_configure with port->conf, where interrupts are asked for if port->interrupts says so.
int port_interrupts_configure(struct port *port);

// As rte_eth_dev_start.
int port_interrupts_start(struct port *port);
