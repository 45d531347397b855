// SPDX-License-Identifier: BSD-3-Clause
// The wire format of BEP 15. All integers are big-endian, all structs are laid out as in the datagram.

#pragma once

#include <rte_byteorder.h>
#include <rte_common.h>

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define BEP15_MAGIC RTE_BE64(UINT64_C(0x41727101980)) // connection id of every connect

enum bep15_action {
	BEP15_CONNECT = 0,
	BEP15_ANNOUNCE = 1,
	BEP15_SCRAPE = 2,
	BEP15_ERROR = 3,
};

enum bep15_event {
	BEP15_EVENT_NONE = 0,
	BEP15_EVENT_COMPLETED = 1,
	BEP15_EVENT_STARTED = 2,
	BEP15_EVENT_STOPPED = 3,
	// Any other value counts as none: libtorrent sends 4 (paused, BEP 21) for partial seeds.
};

enum {
	BEP15_INFO_HASH_BYTES = 20,
	BEP15_PEER_IPV4_BYTES = 6, // address and port in an announce reply
	BEP15_PEER_IPV6_BYTES = 18, // in replies to datagrams over IPv6 (BEP 15, BEP 7)

	// Replies fit the minimum MTU of IPv6: 1280 - 40 - 8.
	BEP15_REPLY_BYTES_MAX = 1232,
	BEP15_PEERS_IPV4_MAX = 200, // 20 + 200 * 6 = 1220
	BEP15_PEERS_IPV6_MAX = 66, // 20 + 66 * 18 = 1208
	// The maximum payload of a packet of 1500 bytes: 28 or 48 are headers.
	BEP15_REQUEST_IPV4_MAX = 1472,
	BEP15_REQUEST_IPV6_MAX = 1452,
	// The number of hashes that fit such a request.
	BEP15_SCRAPE_IPV4_MAX = 72, // 28 + 16 + 72 * 20 = 1484
	BEP15_SCRAPE_IPV6_MAX = 71, // 48 + 16 + 71 * 20 = 1484
};

struct bep15_request {
	rte_be64_t connection_id;
	rte_be32_t action;
	rte_be32_t transaction_id;
} __attribute__((packed));

struct bep15_announce {
	struct bep15_request request;
	uint8_t info_hash[BEP15_INFO_HASH_BYTES];
	uint8_t peer_id[20];
	rte_be64_t downloaded; // bytes
	rte_be64_t left; // bytes; 0: a seeder
	rte_be64_t uploaded; // bytes
	rte_be32_t event;
	rte_be32_t ip; // ignored: the sender's address is the peer's
	rte_be32_t key; // ignored
	rte_be32_t num_want; // signed; -1: the tracker decides
	rte_be16_t port;
	// Options of BEP 41 may follow.
} __attribute__((packed));

struct bep15_scrape {
	struct bep15_request request;
	uint8_t info_hash[][BEP15_INFO_HASH_BYTES];
} __attribute__((packed));

struct bep15_reply {
	rte_be32_t action;
	rte_be32_t transaction_id;
} __attribute__((packed));

struct bep15_connect_reply {
	struct bep15_reply reply;
	rte_be64_t connection_id;
} __attribute__((packed));

struct bep15_announce_reply {
	struct bep15_reply reply;
	rte_be32_t interval; // seconds
	rte_be32_t leechers; // mind the order: a scrape has seeders first
	rte_be32_t seeders;
	uint8_t peers[]; // 6 or 18 bytes each, up to the end of the datagram
} __attribute__((packed));

struct bep15_scrape_row {
	rte_be32_t seeders;
	rte_be32_t completed;
	rte_be32_t leechers;
} __attribute__((packed));

struct bep15_scrape_reply {
	struct bep15_reply reply;
	struct bep15_scrape_row rows[]; // in the order of the request's hashes
} __attribute__((packed));

struct bep15_error_reply {
	struct bep15_reply reply;
	char message[]; // not terminated
} __attribute__((packed));

static_assert(sizeof(struct bep15_request) == 16, "BEP 15: connect request");
static_assert(sizeof(struct bep15_announce) == 98, "BEP 15: IPv4 announce request");
static_assert(offsetof(struct bep15_announce, event) == 80, "BEP 15: IPv4 announce request");
static_assert(offsetof(struct bep15_announce, port) == 96, "BEP 15: IPv4 announce request");
static_assert(sizeof(struct bep15_connect_reply) == 16, "BEP 15: connect response");
static_assert(sizeof(struct bep15_announce_reply) == 20, "BEP 15: IPv4 announce response");
static_assert(sizeof(struct bep15_scrape_row) == 12, "BEP 15: scrape response");
