// SPDX-License-Identifier: BSD-3-Clause
// Datagrams whose sender left the checksum to its NIC, where no NIC was on their way: from hosts on the same machine.

#pragma once

#include "frame.h"

// Whether the checksum field has what such a sender writes there: the folded sum of the pseudo header alone. The frame has
// been parsed up to its UDP header. Pure: any thread.
bool udp_checksum_is_partial(const struct frame *frame);
