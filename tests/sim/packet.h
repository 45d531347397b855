// SPDX-License-Identifier: BSD-3-Clause
// Frames of clients, written byte by byte from RFC 791, 768, 8200 and BEP 15, and what the simulator knows about each.
// No code of lib/ is called.
//
// Client n has the address of number n / PACKET_NEIGHBOURS, which others share, and a UDP port of its own; every third
// address is of IPv6. A "stranger" is another address of the same /64.

#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	PACKET_BYTES = 1518,
	PACKET_NEIGHBOURS = 3, // clients of an address
	PACKET_HASHES_MAX = 72, // of a scrape
	PACKET_TRACKER_PORT = 6969,
	PACKET_PORT_FIRST = 1024, // of client 0
	PACKET_ADDRESS_MAX = 18, // address and UDP port, as BEP 15 has them
};

enum packet_kind {
	PACKET_CONNECT,
	PACKET_ANNOUNCE,
	PACKET_SCRAPE,
	PACKET_BROKEN, // ends in `verdict`
	PACKET_HOST, // for the host stack: ARP, ping
};

// A connection id and where it comes from.
struct packet_id {
	uint64_t id;
	uint32_t wall_s; // Weir's, when it was issued
	uint32_t keys; // number of the keys that Weir had then
	bool forged; // it was never issued to this address
};

struct packet {
	unsigned holders;
	enum packet_kind kind;
	unsigned verdict;
	uint32_t client;
	uint32_t transaction;
	unsigned family; // 0: IPv4, 1: IPv6
	bool stranger;
	struct packet_id id; // not of a connect
	uint16_t len; // of the frame
	uint16_t payload_at, payload_len; // of the datagram
	uint8_t bytes[PACKET_BYTES];
};

struct packet_announce {
	uint8_t info_hash[20];
	uint64_t left;
	uint32_t event;
	uint32_t num_want;
	uint16_t extra; // bytes behind it
	bool port_zero;
};

extern const uint8_t packet_host_mac[6]; // Weir's
extern const uint8_t packet_router_mac[6]; // all clients are behind this one
extern const uint8_t packet_host4[4], packet_host6[16]; // Weir's addresses

// A new packet with one holder; NULL: too many are on their way.
struct packet *packet_new(uint32_t client, bool stranger, uint32_t transaction);
void packet_hold(struct packet *packet);
void packet_release(struct packet *packet);
unsigned packets_used(void);

unsigned packet_family(uint32_t client);

// The address of a client with its UDP port, 6 or 18 bytes, the rest zeros.
void packet_address(uint32_t client, bool stranger, uint8_t address[PACKET_ADDRESS_MAX]);

void packet_write_connect(struct packet *packet);
void packet_write_announce(
	struct packet *packet,
	const struct packet_id *id,
	const struct packet_announce *announce
);
void packet_write_scrape(
	struct packet *packet,
	const struct packet_id *id,
	const uint8_t (*hashes)[20],
	unsigned count,
	uint16_t extra
);

// A datagram of any bytes.
void packet_write_datagram(struct packet *packet, const void *bytes, uint16_t len);

// An ARP request for Weir's address, or a ping, by a host of number `client`.
void packet_write_arp(struct packet *packet);
void packet_write_ping(struct packet *packet, uint16_t len);

// RFC 1071 over a pseudo-header and what follows an IP header; 0: right, if the checksum is filled in.
uint16_t packet_l4_checksum(const uint8_t *ip, unsigned protocol, unsigned len);
uint16_t packet_checksum(const uint8_t *bytes, unsigned len, uint32_t sum);
