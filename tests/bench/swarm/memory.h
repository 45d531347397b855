// SPDX-License-Identifier: BSD-3-Clause
// What ten million peers cost.

#pragma once

#include "../support/report.h"

enum { MEMORY_PEERS = 10000000, MEMORY_TORRENTS = 2000000 };

// Adds bytes_per_peer_plain and bytes_per_peer_detail: all memory that a shard for 10 M IPv4 peers
// in 2 M torrents takes besides the torrents' own, by peer. The torrents' own goes to standard
// error.
void memory_measure(struct bench_report *report);
