// SPDX-License-Identifier: BSD-3-Clause
// Datagrams whose sender left the checksum to its NIC, where no NIC was on their way: from hosts on the same machine. The
// checksum field then has the folded sum of the pseudo header alone.

#pragma once

#include "frame.h"

// What becomes of a datagram that frame_parse refused with VERDICT_udp_checksum: if the host accepts such datagrams and
// this is one, what frame_parse would have said of a right one, with `kind` set as there. Otherwise the verdict stays.
// Pure: any thread.
enum verdict udp_partial_accept(const struct host *host, struct frame *frame);
