// SPDX-License-Identifier: BSD-3-Clause
// Whose a frame is on a port that Weir and the kernel share by an exception path (ports[].exception).
//
// Weir's are datagrams for the tracker's UDP port, pings, ARP requests and neighbour solicitations, each for one of
// Weir's addresses; and the errors about what the tracker has sent. What is broken or refused among these is nobody's.
// All else that reaches the port's MAC address, and all broadcasts and multicasts, are the kernel's: other addresses,
// other UDP ports, TCP and other protocols, fragments, other VLANs and EtherTypes. What a host has to hear, such as
// replies of ARP and router advertisements, Weir has noted before.
//
// Pure, any thread.

#pragma once

#include "../guard/shares.h"
#include "frame.h"

#include <stdbool.h>
#include <stdint.h>

enum { EXCEPTION_ROUTER_ALERT_BYTES = 8 };

// Whether a frame that Weir does not answer, because of `verdict`, is the kernel's. The frame is as frame_parse and the
// host stack left it.
bool exception_wants(const struct host *host, const struct frame *frame, enum verdict verdict);

// Who may use up the limit of such frames: an IPv4 address and its /24, an IPv6 address and its /64, otherwise a MAC
// address.
struct shares_source exception_source(const struct frame *frame);

// Writes the frame, `len` bytes at `from`, as the kernel gets it, and returns the length. `to` has room for
// EXCEPTION_ROUTER_ALERT_BYTES more. With `router_alert` (of the frame) it is one of multicast listener discovery whose
// hop-by-hop header the parser has removed, and which the kernel needs (RFC 2711, RFC 3810 5): it gets one again. Other
// extension headers that were removed stay away. `l2_len` (bytes): of the frame.
uint16_t
exception_write(uint8_t *to, const uint8_t *from, uint16_t len, uint8_t l2_len, bool router_alert);
