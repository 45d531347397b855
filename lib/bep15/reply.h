// SPDX-License-Identifier: BSD-3-Clause
// Replies of BEP 15, written over the request's own payload.
//
// Each function returns the reply's length (bytes). `payload` is the request and becomes the
// reply; the transaction id is taken over from it, so it must not be written before.

#pragma once

#include "wire.h"

#include <stdint.h>

uint16_t reply_connect(void *payload, uint64_t connection_id);

// The peers, `peer_bytes` in all, are already in place at offset 20.
uint16_t reply_announce(
	void *payload,
	uint32_t interval_s,
	uint32_t leechers,
	uint32_t seeders,
	uint16_t peer_bytes
);

// Scrape: the rows stand where the hashes stood, row i in the first 12 of the 20 bytes of
// info_hash[i]; this moves them together.
uint16_t reply_scrape(void *payload, uint16_t count);

enum reply_error {
	REPLY_ERROR_ID_EXPIRED,
	REPLY_ERROR_PORT_ZERO,
	REPLY_ERROR_COUNT,
};

// Every text with its header is shorter than the shortest request that can get it (36 bytes).
extern const char *const reply_error_texts[REPLY_ERROR_COUNT];

uint16_t reply_error(void *payload, enum reply_error error);
