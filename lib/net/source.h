// SPDX-License-Identifier: BSD-3-Clause
// Which addresses can be the sender of a packet (RFC 1122 3.2.1.3, RFC 6890, RFC 4291).

#pragma once

#include <rte_byteorder.h>

#include <stdint.h>

enum source {
	SOURCE_PUBLIC,
	SOURCE_PRIVATE, // fine on a LAN: RFC 1918, 100.64/10, 169.254/16, fc00::/7
	SOURCE_LINK, // fe80::/10: fine for neighbours, not for peers that others must reach
	SOURCE_INVALID, // nobody: unspecified, loopback, multicast, reserved, mapped, documentation
	SOURCE_COUNT
};

enum source source_ipv4(rte_be32_t address);
enum source source_ipv6(const uint8_t address[16]);
