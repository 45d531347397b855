// SPDX-License-Identifier: BSD-3-Clause
// Memory of ten million peers.

#pragma once

#include "../support/report.h"

enum { MEMORY_PEERS = 10000000, MEMORY_TORRENTS = 2000000 };

// Adds bytes_per_peer_plain and bytes_per_peer_detail: memory of a shard for 10 M IPv4 peers in 2 M
// torrents, without that of the torrents, per peer. Memory of the torrents is printed to standard
// error.
void memory_measure(struct bench_report *report);
