// SPDX-License-Identifier: BSD-3-Clause
// Frames for the tests of frame_parse, and their expected verdicts.

#pragma once

#include "frames.h"

enum {
	ICMP = 1,
	TCP = 6,
	UDP = 17,
	ICMP6 = 58,
	HOP = 0,
	ROUTE = 43,
	FRAGMENT = 44,
	NO_NEXT = 59,
	DEST = 60,
	RX_UNKNOWN = 0,
	WIRE_CHAINS = 19,
};

// Parses the first `len` bytes, in a heap buffer of that length, so that a sanitizer sees reads beyond.
enum verdict parse_cut(
	const struct host *host,
	const struct wire *wire,
	unsigned len,
	uint8_t rx_checksum,
	struct frame *result
);

// Parses a whole frame, and fails the test `what` if the verdict is another one.
struct frame parse_expect(
	const struct host *host,
	const struct wire *wire,
	enum verdict expected,
	const char *what
);

// A valid frame of each kind: UDP over IPv4 and IPv6, UDP to another port, pings, ARP.
void wire_kind(struct wire *wire, bool tagged, unsigned kind);

void wire_icmp6_between(struct wire *wire, const uint8_t *from, const uint8_t *to, uint8_t type);
void wire_udp4_between(struct wire *wire, const uint8_t *from, const uint8_t *to);
void wire_udp6_between(struct wire *wire, const uint8_t *from, const uint8_t *to);

// A change of one or two bytes behind the Ethernet header.
struct change {
	const char *what;
	uint8_t at; // from the IP header
	uint8_t width; // bytes: 1 or 2
	uint16_t value;
	enum verdict verdict;
};

void change_apply(struct wire *wire, const struct change *change);

// A chain of IPv6 extension headers in front of a datagram.
struct chain {
	const char *what;
	unsigned count;
	struct {
		uint8_t type;
		uint8_t len; // bytes
	} headers[5];
	enum verdict verdict;
};

extern const struct chain wire_chains[WIRE_CHAINS];

void wire_chain(struct wire *wire, bool tagged, const struct chain *chain);
