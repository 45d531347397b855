// SPDX-License-Identifier: BSD-3-Clause
// For an owner of a shard who wants to know where its time goes. Only what he cannot see from
// outside: how long torrents are looked up, and how long peers are chosen.

#pragma once

#include <stdint.h>

struct swarm_timing {
	uint64_t (*now)(void); // any clock; the rest is of that clock, and added to
	uint64_t lookup;
	uint64_t select; // choosing in swarms that an announce changed, or that do not stand inside
		// their torrent; the others' choice is a part of their update
	uint64_t selects; // so many times
};
