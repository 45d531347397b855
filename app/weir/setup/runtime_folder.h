// SPDX-License-Identifier: BSD-3-Clause
// The folder that DPDK puts its telemetry socket into, and we our lock: RUNTIME_DIRECTORY, else /var/run
// for root, else XDG_RUNTIME_DIR or /tmp; in it dpdk/, and in that one of memory.file_prefix.

#pragma once

#include "../weir.h"

// What DPDK will be told: memory.file_prefix, or an EAL argument --file-prefix of the operator's.
const char *runtime_folder_prefix(const struct weir *weir);

// Boot step, before EAL: makes the folder where it is missing, and sees that nobody else can get at
// it: whoever can write there can speak in our name. Its path goes to weir->runtime_folder.
bool runtime_folder_up(struct weir *weir, struct error *error);
