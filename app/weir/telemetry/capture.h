// SPDX-License-Identifier: BSD-3-Clause
// Lets dpdk-dumpcap attach to a running Weir: DPDK's pdump. docs/capture.md shows how.

#pragma once

#include "../weir.h"

// Never fails: where nobody can attach, the log says why.
bool capture_up(struct weir *weir, struct error *error);
void capture_down(struct weir *weir);
