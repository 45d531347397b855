// SPDX-License-Identifier: BSD-3-Clause
// Sockets that have the tracker's UDP port on an interface which Weir shares with the kernel.
//
// Nothing reads them. They show at start that no other program serves this port there, and no other gets it later; the
// kernel sends no port unreachable for the datagrams that it gets (fragments, those of queues without a socket of
// Weir) but drops them.

#pragma once

#include "../../common/error.h"
#include "../config/config.h"

#include <stdbool.h>
#include <stdint.h>

struct udp_claims {
	unsigned count;
	int files[2 * CONFIG_PORTS_MAX]; // for each interface one of each address family
};

// Adds those for UDP port `port` of the interface `name`. False, with an error, where another program has the port. A family
// that the kernel does not have is passed over. There may be CONFIG_PORTS_MAX interfaces.
bool udp_claim(struct udp_claims *claims, const char *name, uint32_t port, struct error *error);

// Closes all.
void udp_claims_free(struct udp_claims *claims);
