// SPDX-License-Identifier: BSD-3-Clause
// One tick of the control thread for one port and one address family: what its host sends of its own
// accord, and how.

#pragma once

#include "../../../lib/net/host.h"
#include "../../../lib/stats/verdict.h"

#include <stdint.h>

enum { TICK_FRAME_MAX = 128 }; // bytes of the longest frame

// Sends a frame of `len` bytes; `context` is the caller's.
typedef void (*tick_carry)(void *context, const uint8_t *bytes, uint16_t len);

// Writes a frame about address `i` of the host, or from it, and returns its length.
typedef uint16_t (*tick_write)(const struct host *host, uint8_t *bytes, unsigned i);

// ARP or NDP.
struct tick_family {
	enum family family;
	tick_write write_probe;
	tick_write write_announcement;
	tick_write write_gateway_request;
};

extern const struct tick_family tick_ipv4, tick_ipv6;

struct tick {
	struct host *host;
	const struct tick_family *ops;
	uint64_t now_ms;
	tick_carry send;
	void *context;
};

void tick_send(const struct tick *tick, tick_write write, unsigned i);
