// SPDX-License-Identifier: BSD-3-Clause
// Machines that are not there: as structures, and as files below the folder of the fixture.

#pragma once

#include "../../app/weir/setup/topology.h"

// CPUs 0 and up, those of a node one after the other; devices are on any node.
struct topology made_topology(unsigned nodes, unsigned cpus_of_node);

// Writes a file below the folder of the fixture, with its folders.
void made_file(const char *path, const char *text);

// These CPUs, on node 0.
struct topology made_topology_of(const struct config_cpus *cpus);
