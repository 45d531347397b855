// SPDX-License-Identifier: BSD-3-Clause
// The homes of IPv6 swarms, which come with the first peer and go with the last.

#include "shard_inline.h"

const struct swarm_home shard_no_home;

bool
shard_ipv6_open(struct shard *shard, uint32_t position)
{
	struct torrent_cold *cold = &shard->torrents_cold[position];
	uint32_t line;

	if (cold->ipv6 != 0)
		return true;
	line = slab_get_line(&shard->store.slab);
	if (line == POOL_NONE)
		return false;
	cold->ipv6 = line + 1;
	shard_ipv6(shard, cold)->swarm = (struct swarm){.completed = cold->ipv6_completed};
	return true;
}

void
shard_ipv6_close(struct shard *shard, struct torrent_cold *cold)
{
	const struct swarm *swarm = &shard_ipv6(shard, cold)->swarm;

	if (cold->ipv6 == 0 || swarm_peers(swarm) > 0)
		return;
	cold->ipv6_completed = swarm->completed;
	slab_put_line(&shard->store.slab, cold->ipv6 - 1);
	cold->ipv6 = 0;
}
