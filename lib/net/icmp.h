// SPDX-License-Identifier: BSD-3-Clause
// ICMP (RFC 792) and ICMPv6 (RFC 4443): ping, and port unreachable.

#pragma once

#include "../guard/shares.h"
#include "frame.h"
#include "host.h"

// Handles a FRAME_ICMP or a FRAME_ICMP6 frame that is not about the link alone. Verifies the
// checksum, answers an echo request in place with the same bytes (the frame keeps its length;
// Ethernet padding is cut off), notes everything else. Pings to a group are noted, not answered;
// those of senders that are not served (admit.h) get the same verdict as their requests would.
// `limit` bounds the answers, with a share for each address and for its /24 or /64; tsc is now.
enum verdict
icmp_receive(const struct host *host, struct frame *frame, struct shares *limit, uint64_t tsc);

// Whether a frame is about the link alone: multicast listener discovery, so mld_receive's, or
// neighbour discovery, so ndp_receive's. Verifies the checksum of those: *verdict becomes
// VERDICT_icmp_checksum, and false is returned, where it is wrong, and VERDICT_NONE otherwise. One too
// short to tell is left to icmp_receive, which drops it.
bool icmp_is_of_link(const struct frame *frame, enum verdict *verdict);

// Turns a FRAME_CLOSED frame into "port unreachable" in place: the error quotes as much of the
// datagram as fits without becoming longer than it (RFC 1122 3.2.2.1, RFC 4443 2.4 with our bound
// on amplification). A datagram too short to be quoted is dropped: the least error has 56 bytes of IPv4 or
// 96 of IPv6, and a connect 44 or 64, so that a tracker client on a wrong port gets silence. The buffer must have 48
// bytes more room behind frame->len. Multicast and the like never reach this as FRAME_CLOSED.
// `limit` bounds the errors as it does pings.
enum verdict
icmp_refuse(const struct host *host, struct frame *frame, struct shares *limit, uint64_t tsc);
