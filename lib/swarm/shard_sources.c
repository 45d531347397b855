// SPDX-License-Identifier: BSD-3-Clause
// The sources of a shard, for its owner's settings and for other threads.

#include "shard_inline.h"

void
shard_set_limits(struct shard *shard, const struct source_limits *limits)
{
	sources_set_limits(&shard->store.sources, limits);
}

void
shard_join(struct shard *shard, struct shard *other)
{
	sources_join(&shard->store.sources, &other->store.sources);
}

unsigned
shard_sources(const struct shard *shard, struct source_row *rows, unsigned capacity)
{
	return sources_rows(&shard->store.sources, rows, capacity);
}

uint32_t
shard_source_peers(const struct shard *shard, uint64_t name)
{
	const struct sources *sources = &shard->store.sources;

	return source_counts_estimate(&sources->peers, sources_hash_name(sources, name));
}
