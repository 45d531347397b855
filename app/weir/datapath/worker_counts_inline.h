// SPDX-License-Identifier: BSD-3-Clause
// Fast path of a worker lcore: shows others what its shard counts.

#pragma once

#include "loops.h"

static inline void
publish_counts(struct worker *worker)
{
	const struct shard_counts *counts = shard_counts(worker->shard);
	struct shard_used used = shard_used(worker->shard);
	uint64_t *values = worker->stats->values;

	stats_set(&values[STAT_torrents], counts->torrents);
	stats_set(&values[STAT_lines_used], used.lines);
	stats_set(&values[STAT_records_used], used.records);
	stats_set(&values[STAT_seeders_ipv4], counts->seeders[FAMILY_IPV4]);
	stats_set(&values[STAT_leechers_ipv4], counts->leechers[FAMILY_IPV4]);
	stats_set(&values[STAT_seeders_ipv6], counts->seeders[FAMILY_IPV6]);
	stats_set(&values[STAT_leechers_ipv6], counts->leechers[FAMILY_IPV6]);
	stats_set(&values[STAT_completed], counts->completed);
	stats_set(&values[STAT_peers_expired], counts->peers_expired);
	stats_set(&values[STAT_torrents_expired], counts->torrents_expired);
	stats_set(&values[STAT_torrents_purged], counts->torrents_purged);
	stats_set(&values[STAT_peers_purged], counts->peers_purged);
	stats_set(&values[STAT_scrape_rows_denied], counts->scrape_rows_denied);
}
