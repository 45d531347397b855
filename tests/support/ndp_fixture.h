// SPDX-License-Identifier: BSD-3-Clause
// A host and messages of neighbour discovery for the tests of lib/net/ndp.h.

#pragma once

#include "../../lib/net/ndp.h"
#include "frames.h"

enum {
	ICMP6 = 58,
	RS = 133,
	RA = 134,
	NS = 135,
	NA = 136,
	REDIRECT = 137,
	SOLICITED = 0x40, // in the first byte of flags
	OVERRIDE = 0x20,
	SLLA = 1,
	TLLA = 2,
};

struct ndp_fixture {
	struct host host;
	struct host_notes notes;
	struct shares limit;
};

struct ndp_fixture ndp_fixture(bool tagged);

// A message. Fields that are zero have the usual values.
struct ndp_test_message {
	bool tagged;
	const uint8_t *mac; // Ethernet source; NULL: the peer
	const uint8_t *from;
	const uint8_t *to; // NULL: the solicited nodes of target
	const uint8_t *target;
	uint8_t type;
	uint8_t flags;
	uint8_t option; // SLLA, TLLA or 0
	const uint8_t *option_mac; // NULL: the peer's
	bool extension; // a hop-by-hop header before it
};

void ndp_message_wire(struct wire *wire, const struct ndp_test_message *message);

// Handles a frame as the io loop does.
enum verdict ndp_fixture_receive(
	struct ndp_fixture *fixture,
	struct held *held,
	const struct wire *wire,
	unsigned room
);

// The same for a frame without a reply, which must stay unchanged and needs no bytes behind it.
enum verdict ndp_fixture_receive_quietly(struct ndp_fixture *fixture, const struct wire *wire);

void assert_no_ndp_notes(const struct ndp_fixture *fixture);
