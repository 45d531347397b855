// SPDX-License-Identifier: BSD-3-Clause
// Replies of BEP 15, written over the request's own payload.
//
// Each function returns the reply's length (bytes). `payload` is the request and becomes the reply. The
// transaction id is copied from the request, so its header must still be intact.

#pragma once

#include "wire.h"

#include <stdint.h>

uint16_t reply_connect(void *payload, uint64_t connection_id);

// Announce: the peers, `peer_bytes` in total, are already in place at offset 20.
uint16_t reply_announce(
	void *payload,
	uint32_t interval_s,
	uint32_t leechers,
	uint32_t seeders,
	uint16_t peer_bytes
);

// Scrape: row i is in the first 12 of the 20 bytes of info_hash[i]; this moves the rows together.
uint16_t reply_scrape(void *payload, uint16_t count);

// Scrape without a look at the torrents: `count` rows of zeros.
uint16_t reply_scrape_zeros(void *payload, uint16_t count);

enum reply_error {
	REPLY_ERROR_ID_EXPIRED,
	REPLY_ERROR_PORT_ZERO,
	REPLY_ERROR_CLIENT_DENIED,
	REPLY_ERROR_KEY_UNKNOWN,
	REPLY_ERROR_KEY_EXPIRED,
	REPLY_ERROR_COUNT,
};

// With its header each text is shorter than the shortest request that it can be a reply to (36 bytes).
extern const char *const reply_error_texts[REPLY_ERROR_COUNT];

uint16_t reply_error(void *payload, enum reply_error error);

// A text of the operator's: up to REPLY_MESSAGE_MAX bytes, so that the reply is no longer than an announce.
enum { REPLY_MESSAGE_MAX = sizeof(struct bep15_announce) - sizeof(struct bep15_error_reply) };

uint16_t reply_message(void *payload, const char *message);
