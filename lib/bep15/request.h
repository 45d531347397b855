// SPDX-License-Identifier: BSD-3-Clause
// Checks of a request: its action, its length and its numbers.

#pragma once

#include "../stats/verdict.h"
#include "wire.h"

#include <stdint.h>

// Checks a payload of `len` bytes without trusting its contents. BEP 15's sizes are minimums. The maximum
// is the payload of a packet of 1500 bytes. A longer one came in fragments, which are dropped; it gets here
// only if a driver reassembled them, and is dropped, too (VERDICT_request_long).
//
// VERDICT_NONE: *action is BEP15_CONNECT, BEP15_ANNOUNCE or BEP15_SCRAPE and the payload holds
// that request; the connection id of the last two is still to be verified. Any other verdict: drop.
enum verdict
request_check(const void *payload, uint16_t len, enum family family, enum bep15_action *action);

// Number of info_hashes to answer in a scrape of `len` bytes: the complete ones, up to `max`. Bytes behind
// them are ignored. At least 1 after request_check, if `max` is.
uint16_t request_scrape_count(uint16_t len, uint16_t max);

// Number of peers to reply with: num_want, or `fallback` if that is negative (no preference), up to `max`.
uint16_t request_num_want(rte_be32_t num_want, uint16_t fallback, uint16_t max);

// Limits the num_want of an announce of `len` bytes (at least 98), so that the reply is no longer than it.
rte_be32_t request_num_want_within(rte_be32_t num_want, uint16_t len, enum family family);
