// SPDX-License-Identifier: BSD-3-Clause
// Datagrams of the tracker: Ethernet, IP and UDP headers of a received frame, parsed and checked.
//
// Pure: any thread.

#pragma once

#include "wrong.h"

#include <rte_byteorder.h>
#include <rte_udp.h>

#include <stdbool.h>
#include <stdint.h>

// Where the tracker's datagrams come from.
struct tracker_address {
	rte_be32_t ipv4;
	uint8_t ipv6[16];
	rte_be16_t port;
};

// Pointers are into the frame.
struct datagram {
	const struct rte_udp_hdr *udp;
	const uint8_t *destination; // IP address: 4 or 16 bytes
	const uint8_t *payload; // NULL where the IP header or the addresses are wrong
	uint16_t payload_len;
	bool ipv6;
	bool from_tracker; // by its IP address
};

// Parses the headers of a frame of `len` bytes. Returns false for a frame that is no datagram from
// the tracker, and does not pretend to be one. Else `wrong` is what is wrong with the headers, or
// WRONG_NONE.
bool datagram_read(
	struct datagram *datagram,
	const struct tracker_address *tracker,
	const uint8_t *frame,
	uint16_t len,
	enum wrong *wrong
);
