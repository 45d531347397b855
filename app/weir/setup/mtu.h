// SPDX-License-Identifier: BSD-3-Clause
// The MTU in force of each port, and what follows from it: how many peers a reply may have, how many
// rows one to a scrape, and whether there is IPv6 at all (RFC 8200 5). Nothing is sent that the port or
// the kernel below it would drop. Control thread.

#pragma once

#include "../../../lib/bep15/mtu.h"
#include "../weir.h"

// Looks at the MTU of port `index` again; where it has changed, says so and changes what may be
// sent. Workers and io lcores read it with relaxed loads.
void mtu_follow(struct weir *weir, unsigned index);
