// SPDX-License-Identifier: BSD-3-Clause
// The folder of DPDK's telemetry socket and of Weir's lock: RUNTIME_DIRECTORY, else /var/run
// for root, else XDG_RUNTIME_DIR or /tmp; in it dpdk/, and in that one of memory.file_prefix.

#pragma once

#include "../weir.h"

// The prefix that DPDK will use: memory.file_prefix, or the operator's EAL argument --file-prefix.
const char *runtime_folder_prefix(const struct weir *weir);

// Boot step, before EAL: creates the folder if it is missing, and checks that no other user can write
// to it, because a process that can could pose as Weir. Members of the group of its sockets
// (socket_group.h) may enter it. Its path goes to weir->runtime_folder.
bool runtime_folder_up(struct weir *weir, struct error *error);
