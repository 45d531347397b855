// SPDX-License-Identifier: BSD-3-Clause

#include "memory.h"

#include "store.h"

#include <math.h>
#include <stdio.h>

static void
measure(const char *name, bool detail, struct bench_report *report)
{
	struct shard_config config =
		store_config(MEMORY_TORRENTS, MEMORY_PEERS, FAMILY_IPV4, detail);
	struct shard_memory memory = shard_memory_of(&config);

	fprintf(stderr,
		"%s: in addition %.1f bytes per torrent, %zu MiB in all\n",
		name,
		(double)(memory.torrents + memory.torrent_index) / MEMORY_TORRENTS,
		shard_memory_bytes(&config) >> 20);
	bench_report_add(
		report,
		&(struct bench_row){
			.name = name,
			.metric = "bytes",
			.unit = "bytes",
			.value = (double)(memory.peers + memory.peer_index + memory.records)
				/ MEMORY_PEERS,
			.baseline = NAN,
			.ratio = NAN,
			.any_pages = true,
		}
	);
}

void
memory_measure(struct bench_report *report)
{
	measure("bytes_per_peer_plain", false, report);
	measure("bytes_per_peer_detail", true, report);
}
