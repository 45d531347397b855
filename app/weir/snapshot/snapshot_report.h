// SPDX-License-Identifier: BSD-3-Clause
// What a snapshot came to.

#pragma once

#include <stdint.h>

struct snapshot_report {
	uint64_t torrents;
	uint64_t peers;
	uint64_t bytes; // of the file
	uint64_t ms; // duration
	uint32_t at_s; // Unix time when it was complete
};
