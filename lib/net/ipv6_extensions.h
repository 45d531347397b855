// SPDX-License-Identifier: BSD-3-Clause
// The extension headers of an IPv6 packet (RFC 8200 4), as far as a host has to process them.
//
// Pure: bytes in, a verdict out. Any thread.

#pragma once

#include "../stats/verdict.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	IPV6_EXTENSIONS_MAX = 3, // maximum number of headers (RFC 7112 allows a limit)
	IPV6_EXTENSION_BYTES_MAX = 128, // of all of them together

	IPV6_HOP_BY_HOP = 0,
	IPV6_ROUTING = 43,
	IPV6_FRAGMENT = 44,
	IPV6_DESTINATION = 60,
};

struct ipv6_extensions {
	uint16_t bytes; // of all headers; the upper-layer header follows them
	uint8_t protocol; // of the upper layer
	bool router_alert; // there is a hop-by-hop Router Alert for MLD (RFC 2711, value 0)
};

// Whether a protocol number is one of the four above.
static inline bool
ipv6_is_extension(uint8_t protocol)
{
	return protocol == IPV6_HOP_BY_HOP || protocol == IPV6_ROUTING || protocol == IPV6_FRAGMENT
		|| protocol == IPV6_DESTINATION;
}

// Walks the extension headers in the `len` bytes behind the fixed header and fills in `extensions`.
// `next`: type of the first header.
//
// Returns VERDICT_NONE, or the reason to drop the packet: a fragment (ipv6_fragment); too many or too
// long headers, a wrong order, a routing header with segments left (ipv6_extension); a header or option
// that is cut short (ipv6_header); an unknown option whose type asks for the packet to be dropped
// (ipv6_option, RFC 8200 4.2). Then `extensions` is undefined.
enum verdict ipv6_extensions_walk(
	const uint8_t *bytes,
	uint16_t len,
	uint8_t next,
	struct ipv6_extensions *extensions
);
