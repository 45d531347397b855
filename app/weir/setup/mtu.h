// SPDX-License-Identifier: BSD-3-Clause
// The MTU in force of each port, and its consequences: the maximum number of peers in an announce reply and
// of torrents in a scrape reply, and whether the port has IPv6 (RFC 8200 5). So Weir sends no frame that the
// port or the kernel interface below it would drop. Control thread.

#pragma once

#include "../../../lib/bep15/mtu.h"
#include "../weir.h"

// Reads the MTU of port `index` again. If it has changed, logs it, publishes settings with new limits, and
// turns IPv6 of the port on or off.
void mtu_follow(struct weir *weir, unsigned index);
