// SPDX-License-Identifier: BSD-3-Clause
// Frames of requests.
//
// For each family and kind a frame is prepared once: Ethernet, IP, UDP and what never changes of
// the payload, with the sums of their checksums. A request is a copy of that with the changing
// fields written in, and the sums brought up to date with those fields alone.
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
	REQUEST_HASHES_MAX = 70, // a scrape of so many fits 1500 bytes in either family
	REQUEST_JUNK_BYTES_MAX = 200, // of payload
	REQUEST_FRAME_MAX = 14 + 40 + 8 + 16 + REQUEST_HASHES_MAX * BEP15_INFO_HASH_BYTES,
};

struct request_frame {
	uint8_t bytes[REQUEST_PREPARED_BYTES];
	uint64_t udp_sum; // of the pseudo header, UDP header and payload, changing fields 0
	uint32_t ip_sum; // of the IPv4 header, likewise
	uint16_t len;
};

struct requests {
	struct request_frame prepared[2][KIND_ASKING]; // [IPv6?][kind]
};

void request_init(
	struct requests *requests,
	const struct options *options,
	const struct rte_ether_addr *from,
	const struct rte_ether_addr to[2] // [IPv6?]
);

// Who asks, and under which number: common to all.
struct request_head {
	const struct flows *flows;
	uint32_t flow;
	rte_be32_t transaction_id;
};

// Each writes a frame to `frame` (REQUEST_FRAME_MAX bytes of room) and returns its length (bytes).

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

// The torrents of `hashes` peers from `first` on, `hashes` up to REQUEST_HASHES_MAX; the list of
// peers is a circle.
uint16_t request_scrape(
	const struct requests *requests,
	const struct request_head *head,
	const struct population *population,
	uint32_t first,
	unsigned hashes,
	uint8_t *frame
);

enum junk {
	JUNK_ID, // an announce with a connection id that nobody gave out
	JUNK_LENGTH, // a connect or an announce that ends too early
	JUNK_NOISE,
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
