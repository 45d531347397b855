// SPDX-License-Identifier: BSD-3-Clause
// Weir's commands on DPDK's telemetry socket (lib/stats/telemetry_command.def).
//
// Threads of the telemetry library make the replies, several at a time. They read counters by relaxed
// loads, ask DPDK about ports and pools, and ask workers by mailbox_ask. They never touch the contents
// of a ring, a torrent table or a packet.

#pragma once

#include "../weir.h"

#include <rte_telemetry.h>

// Registers the commands.
bool telemetry_up(struct weir *weir, struct error *error);

// Makes all commands reply with an error: DPDK cannot unregister them. Waits for replies in progress.
void telemetry_down(struct weir *weir);

// Make the reply of one command. `parameters` is what follows the first comma; NULL: there is none, as
// always of a command that takes none. `weir` remains valid until the function returns.
#define COMMAND(name, ...)                                                                         \
	void telemetry_show_##name(                                                                \
		const struct weir *weir, const char *parameters, struct rte_tel_data *reply        \
	);
#include "../../../lib/stats/telemetry_command.def"
#undef COMMAND
