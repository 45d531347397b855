// SPDX-License-Identifier: BSD-3-Clause
// The configuration of the simulated appliance, chosen by the seed: sizes and limits, usual ones or such that faults
// ask for.

#pragma once

#include <stdbool.h>
#include <stdint.h>

struct profile {
	unsigned ios, workers;
	bool shared; // each lcore has both roles
	uint32_t test_seed; // of Weir's own random choices and keys
	uint32_t interval_s, spread_s, peers_default, peers_max_ipv4, peers_max_ipv6;
	uint32_t max_torrents, max_peers, timeout_s, keep_completed_s, id_max_age_s;
	uint32_t ring_size, mbufs;
	uint32_t budget, burst, connects; // 0: no limit
	uint32_t peers_per_source, peers_per_pair, torrents_per_source; // 0: no limit
	bool detail, dad, small_tables;
	bool steered; // by the NIC; only if `shared`
	uint32_t stage_turns;
};

// Draws one, but for the lcores, which are there.
void profile_draw(struct profile *profile, uint64_t seed);

// Draws new values of settings that a reload changes.
void profile_draw_reload(struct profile *profile);

// Writes it to a file, with snapshots to another one.
void profile_write(const struct profile *profile, const char *path, const char *snapshot_path);
