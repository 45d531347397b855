// SPDX-License-Identifier: BSD-3-Clause
// Times within shard_process that its caller cannot measure: the lookup of torrents and the selection of
// peers.

#pragma once

#include <stdint.h>

struct swarm_timing {
	uint64_t (*now)(void); // any clock; the times are added up in its unit
	uint64_t lookup;
	// Selection in swarms that the announce changed, or that are not inside their torrent. In the others
	// the selection is a part of the update.
	uint64_t select;
	uint64_t selects; // number of these selections
};
