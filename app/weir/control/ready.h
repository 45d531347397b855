// SPDX-License-Identifier: BSD-3-Clause
// When Weir is ready to reply, and under which URLs.

#pragma once

#include "../weir.h"

enum { READY_PATIENCE_S = 5 }; // for links and for duplicate address detection

// Writes the announce URL of an address into `text`: "udp://10.77.0.1:6969/announce", with brackets
// around an IPv6 address. False for a link-local IPv6 address, which clients on other links cannot use.
bool ready_url(const struct config_address *address, uint32_t udp_port, char *text, size_t size);

// Logs once that Weir is ready, as soon as each address is known to be usable or not, or after
// READY_PATIENCE_S. First, one line for each usable address with its announce URL. The last line is "ready"
// and names the addresses that are not usable, with the reason. From then on log.rate applies. Control
// thread, each tick.
void ready_look(struct weir *weir, uint32_t now_s);
