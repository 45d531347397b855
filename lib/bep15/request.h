// SPDX-License-Identifier: BSD-3-Clause
// What a datagram's payload asks for, as far as its first 16 bytes and its length tell.

#pragma once

#include "../stats/verdict.h"
#include "wire.h"

#include <stdint.h>

// Checks a payload of `len` bytes without believing anything in it: BEP 15's sizes are minimums. The
// most is what a packet of 1500 bytes holds: what is longer came in fragments, which are dropped, and
// would get an answer only where a driver puts them together (VERDICT_request_long).
//
// VERDICT_NONE: *action is BEP15_CONNECT, BEP15_ANNOUNCE or BEP15_SCRAPE and the payload holds
// that request; the connection id of the last two is still to be verified. Any other: drop.
enum verdict
request_check(const void *payload, uint16_t len, enum family family, enum bep15_action *action);

// Number of info_hashes to answer in a scrape of `len` bytes: whole ones, in order, at most `most`. A
// ragged tail is ignored. At least 1 after request_check, where `most` is.
uint16_t request_scrape_count(uint16_t len, uint16_t most);

// Peers to answer: num_want as sent; `standard` where the client leaves it to us, at most `most`.
uint16_t request_num_want(rte_be32_t num_want, uint16_t standard, uint16_t most);

// A num_want whose reply is no longer than the announce it stands in, of `len` bytes (at least 98).
rte_be32_t request_num_want_within(rte_be32_t num_want, uint16_t len, enum family family);
