// SPDX-License-Identifier: BSD-3-Clause
// The link-local address of a port (RFC 4291 2.1: every interface has one).
//
// Opaque and stable as in RFC 7217: a keyed hash of the port's MAC address and VLAN. It is not an EUI-64
// address, because the kernel's end of a TAP device has the same MAC address and would derive the same
// one.

#pragma once

#include "../../../lib/guard/connid.h"

#include <rte_ether.h>

#include <stdint.h>

enum { LINK_LOCAL_PREFIX = 64 }; // bits: RFC 4291 2.5.6

// Makes the address of the port with this MAC address and VLAN id under the key of the run: the
// same again after a restart if the key is in a file (tracker.key_file).
void link_local_make(
	const uint8_t master[CONNID_MASTER_BYTES],
	const struct rte_ether_addr *mac,
	uint16_t vlan,
	uint8_t address[16]
);
