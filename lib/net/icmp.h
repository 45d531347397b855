// SPDX-License-Identifier: BSD-3-Clause
// ICMP (RFC 792) and ICMPv6 (RFC 4443): ping, and port unreachable.

#pragma once

#include "../guard/shares.h"
#include "frame.h"
#include "host.h"

// Handles a FRAME_ICMP frame, or a FRAME_ICMP6 frame that is neither MLD nor NDP. Verifies the checksum
// and turns an echo request into its reply in place (the frame keeps its length, without Ethernet
// padding); everything else is noted. Pings to a multicast group are noted, too. Pings of senders that
// are not served (admit.h) get the same verdict as their requests would. `limit` bounds the replies, with
// a share for each address and for its /24 or /64. tsc is now.
enum verdict
icmp_receive(const struct host *host, struct frame *frame, struct shares *limit, uint64_t tsc);

// Whether a frame is multicast listener discovery (for mld_receive) or neighbour discovery (for
// ndp_receive). Verifies the checksum of such a frame: if it is wrong, *verdict becomes
// VERDICT_icmp_checksum and false is returned. Otherwise *verdict is VERDICT_NONE. A frame that is too
// short is left to icmp_receive, which drops it.
bool icmp_is_mld_or_ndp(const struct frame *frame, enum verdict *verdict);

// Turns a FRAME_CLOSED frame into "port unreachable" in place. The error quotes as much of the datagram as
// fits without becoming longer than the datagram (RFC 1122 3.2.2.1, RFC 4443 2.4, with a bound on
// amplification). A datagram too short for that is dropped: the smallest error has 56 bytes of IPv4 or 96
// of IPv6, a connect has 44 or 64, so a tracker client with a wrong UDP port gets no reply. The buffer must
// have 48 more bytes behind frame->len. Multicast frames never are FRAME_CLOSED. `limit` bounds the errors
// as it bounds pings; NULL: none is sent.
enum verdict
icmp_refuse(const struct host *host, struct frame *frame, struct shares *limit, uint64_t tsc);
