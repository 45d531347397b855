// SPDX-License-Identifier: BSD-3-Clause
// The torrents that clients have: a number for each, which its info_hash begins with, and which of them the list of the
// moment allows.

#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { TORRENT_HASH_BYTES = 20 };

void torrents_open(uint64_t seed, uint32_t count);
uint32_t torrents_count(void);
void torrent_hash(uint32_t number, uint8_t info_hash[TORRENT_HASH_BYTES]);

// Fails the simulation if it is not one of ours.
uint32_t torrent_of(const uint8_t info_hash[TORRENT_HASH_BYTES]);

// Publishes another list, or none, to the appliance. From the place of the control thread: between turns.
void torrents_change_list(void);

// A start has none.
void torrents_forget_list(void);

bool torrent_is_allowed(uint32_t number);

// After any look at it: one that is not allowed any more may leave at once.
void torrent_seen(uint32_t number);
