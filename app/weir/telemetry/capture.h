// SPDX-License-Identifier: BSD-3-Clause
// Packet capture: lets dpdk-dumpcap attach to a running Weir by DPDK's pdump (docs/capture.md).

#pragma once

#include "../weir.h"

// Always true: where dpdk-dumpcap cannot attach, the log says why.
bool capture_up(struct weir *weir, struct error *error);
void capture_down(struct weir *weir);
