// SPDX-License-Identifier: BSD-3-Clause
// The rules of all ports that steer announces: all of them are in force, or none. Control thread.

#pragma once

#include "../../common/error.h"
#include "../config/config.h"
#include "port.h"

#include <rte_flow.h>

#include <stdbool.h>
#include <stdint.h>

struct steering_handle {
	uint16_t port; // DPDK's
	struct rte_flow *flow;
};

struct steering_rules {
	unsigned count;
	struct steering_handle *handles; // in the order of their creation
};

// Validates the rules of `kind` on every started port, whose queues have the same number, then creates them. False, with
// a sentence that names the port and what its driver said: no rule is left on any of them.
bool steering_rules_create(
	struct steering_rules *rules,
	const struct port *ports,
	unsigned count,
	enum config_steering kind,
	struct error *error
);

// Destroys the rules, the last one first. Logs a warning for each port that refuses.
void steering_rules_destroy(struct steering_rules *rules);
