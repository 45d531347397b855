// SPDX-License-Identifier: BSD-3-Clause
// The receiving half of the loop. The polling lcore.

#pragma once

struct load;

// Receives a burst, checks and counts every reply in it, and replies to ARP and NDP. Sets the time
// of the turn.
void load_receive(struct load *load);
