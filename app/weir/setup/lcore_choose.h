// SPDX-License-Identifier: BSD-3-Clause
// CPUs where the configuration names none.
//
// They are on the nodes of ports; if no port tells its node, or Weir may use no CPU there, on the node with the most
// CPUs.

#pragma once

#include "../config/config.h"
#include "topology.h"

// The control thread: on such a node, on a CPU that is not isolated, and not on the only CPU of its node, as far as
// there is one; the first of several.
unsigned lcore_choose_main(const struct topology *topology, unsigned port_count);

// Fills the lists that are empty. `main_cpu` and CPUs of the other list are left out unless nothing else is there, and
// of a node with isolated CPUs only those are taken.
//
// With both lists empty, a single CPU of a node gets both roles, and io and worker lcores share more of them evenly. If
// one list has CPUs, the other gets the rest of their nodes.
void lcore_choose(
	const struct topology *topology,
	unsigned port_count,
	unsigned main_cpu,
	struct config_cpus *io,
	struct config_cpus *workers
);
