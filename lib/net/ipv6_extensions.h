// SPDX-License-Identifier: BSD-3-Clause
// The extension headers of an IPv6 packet (RFC 8200 4), as far as a host has to look at them.
//
// Pure: bytes in, a verdict out. Any thread.

#pragma once

#include "../stats/verdict.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	IPV6_EXTENSIONS_MAX = 3, // headers we walk before giving up (RFC 7112 lets us)
	IPV6_EXTENSION_BYTES_MAX = 128, // of all of them together

	IPV6_HOP_BY_HOP = 0,
	IPV6_ROUTING = 43,
	IPV6_FRAGMENT = 44,
	IPV6_DESTINATION = 60,
};

struct ipv6_extensions {
	uint16_t bytes; // of all headers; the upper protocol starts behind them
	uint8_t protocol; // the upper one
	bool router_alert; // a hop-by-hop option says that it is for MLD (RFC 2711, value 0)
};

// Whether a header of this number is one of the four above.
static inline bool
ipv6_is_extension(uint8_t protocol)
{
	return protocol == IPV6_HOP_BY_HOP || protocol == IPV6_ROUTING || protocol == IPV6_FRAGMENT
		|| protocol == IPV6_DESTINATION;
}

// Walks the extension headers in the `len` bytes behind the fixed header, the first of which is
// of type `next`, and fills `extensions` in.
//
// VERDICT_NONE, or why the packet is to be dropped: a fragment; headers that are too many, too
// long, out of order or not at their end (ipv6_extension); a header or an option cut short
// (ipv6_header); an option we do not know that says so in its type (ipv6_option, RFC 8200 4.2).
// What `extensions` holds then has no meaning.
enum verdict ipv6_extensions_walk(
	const uint8_t *bytes,
	uint16_t len,
	uint8_t next,
	struct ipv6_extensions *extensions
);
