// SPDX-License-Identifier: BSD-3-Clause
// Frames of requests.
//
// For each address family and kind a frame is prepared once: Ethernet, IP and UDP headers and the
// constant part of the payload, with partial checksums. A request is a copy of it with the variable
// fields filled in and added to the checksums.
// Pure after request_init: any thread.

#pragma once

#include "flows.h"
#include "kind.h"
#include "population.h"

#include <rte_ether.h>

#include <stdint.h>

struct options;

enum {
	REQUEST_PREPARED_BYTES = 160, // an announce over IPv6
	REQUEST_HASHES_MAX = 70, // a scrape with this number fits 1500 bytes over IPv4 and IPv6
	REQUEST_JUNK_BYTES_MAX = 200, // of payload
	REQUEST_URL_MAX = 255, // bytes of a path in one option of BEP 41
	REQUEST_PEER_ID_FIXED = 8, // bytes of "-WL0100-"
	// left of leechers, uploaded and downloaded of all peers: aquatic's numbers
	REQUEST_LEFT_BYTES = 50,
	REQUEST_FRAME_MAX = 14 + 40 + 8 + 16 + REQUEST_HASHES_MAX * BEP15_INFO_HASH_BYTES,
};

struct request_frame {
	uint8_t bytes[REQUEST_PREPARED_BYTES];
	uint64_t udp_sum; // of pseudo header, UDP header and payload, with variable fields 0
	uint32_t ip_sum; // of the IPv4 header, likewise
	uint16_t len;
};

struct requests {
	struct request_frame prepared[2][KIND_REQUEST_COUNT]; // [IPv6?][kind]
	uint8_t url[2 + REQUEST_URL_MAX]; // option behind an announce
	uint16_t url_len; // 0: none
	uint16_t url_sum; // part of checksums
};

void request_init(
	struct requests *requests,
	const struct options *options,
	const struct rte_ether_addr *from,
	const struct rte_ether_addr to[2] // [IPv6?]
);

// The client and the transaction id of a request.
struct request_head {
	const struct flows *flows;
	uint32_t flow;
	rte_be32_t transaction_id;
};

// Each writes a frame to `frame` (REQUEST_FRAME_MAX bytes) and returns its length in bytes.

uint16_t
request_connect(const struct requests *requests, const struct request_head *head, uint8_t *frame);

uint16_t request_announce(
	const struct requests *requests,
	const struct request_head *head,
	const struct population *population,
	uint32_t peer,
	enum bep15_event event,
	uint8_t *frame
);

// Scrapes the torrents of `hashes` peers beginning at `first`, wrapping around at the end of the
// table. `hashes`: 1 to REQUEST_HASHES_MAX.
uint16_t request_scrape(
	const struct requests *requests,
	const struct request_head *head,
	const struct population *population,
	uint32_t first,
	unsigned hashes,
	uint8_t *frame
);

enum junk {
	JUNK_ID, // announce with a connection id that was never issued
	JUNK_LENGTH, // truncated connect or announce
	JUNK_NOISE, // random bytes
	JUNK_COUNT,
};

uint16_t request_junk(
	const struct requests *requests,
	const struct request_head *head,
	const struct population *population,
	uint32_t peer,
	enum junk junk,
	struct rng *rng,
	uint8_t *frame
);
