// SPDX-License-Identifier: BSD-3-Clause
// What a plan does across NUMA nodes, which costs time with each packet, and the setting that mends it.

#pragma once

#include "../weir.h"

#include <stdio.h>

// Share of announces (0 to 1) that an io lcore hands to a worker of another node.
double plan_cross_share(const struct weir *weir);

// Writes a line for each thing that crosses nodes; none if nothing does.
void plan_cross_tell(const struct weir *weir, FILE *lines);

// The same as warnings in the log. Boot thread.
void plan_cross_log(const struct weir *weir);
