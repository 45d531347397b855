// SPDX-License-Identifier: BSD-3-Clause
// Our commands on DPDK's telemetry socket.
//
// /weir/info           what runs here
// /weir/stats          every number of stats.def, summed over lcores
// /weir/verdicts       every verdict, summed over families; with a parameter, of one family:
//                      link, ipv4 or ipv6
//
// Callbacks run in threads of the telemetry library: they only read counters, each with one
// relaxed load, and never touch a ring, a table or a pool.

#pragma once

#include "weir.h"

bool telemetry_up(struct weir *weir, struct boot_error *error);
// DPDK cannot forget a command: from here on they answer with nothing.
void telemetry_down(struct weir *weir);
