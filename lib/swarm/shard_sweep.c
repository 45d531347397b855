// SPDX-License-Identifier: BSD-3-Clause
// The sweep of a shard, which removes expired peers and torrents in bounded pieces.

#include "shard_inline.h"

#include <rte_prefetch.h>

enum {
	SWEEPS_PER_TIMEOUT = 16,
	PREFETCH_TORRENTS = 4, // ahead of the cursor
};

// The age of a peer must not exceed 15 bits before the sweep visits it again. A round leaves no peer that
// was older than the timeout at its start, so the clock may advance 2^15 units less the timeout beyond that
// start. (An announce may move a peer behind the cursor. The next round visits it: rounds start every
// sixteenth of the timeout, while at least three timeouts are allowed.)
static void
allow_time(struct shard *shard, uint32_t from)
{
	uint32_t max = from + SWARM_TIME_MAX - shard->timeout;

	shard->time_max = RTE_MAX(shard->time_max, max);
}

void
shard_tick(struct shard *shard, uint32_t now_s)
{
	uint32_t before = shard->now_s / shard->time_unit_s;
	uint32_t units = now_s / shard->time_unit_s - before;

	shard->now_s = now_s;
	if (shard->peers == 0) // no stored time can wrap
		allow_time(shard, shard->time + units);
	shard->time = RTE_MIN(shard->time + units, shard->time_max);
}

// Visits peers of one swarm from the cursor on. Returns their number.
static unsigned
sweep_swarm(struct shard *shard, const struct swarm_ref *ref, unsigned budget, uint32_t now_s)
{
	struct swarm before = ref->home->swarm;
	uint32_t removed = 0;
	unsigned looked = swarm_sweep(
		ref, &shard->sweep_peer, budget, shard_time(shard, now_s), shard->timeout, &removed
	);

	if (removed == 0)
		return looked;
	shard->counts.seeders[ref->family] -= before.seeders - ref->home->swarm.seeders;
	shard->counts.leechers[ref->family] -= before.leechers - ref->home->swarm.leechers;
	shard->counts.peers_expired += removed;
	shard->peers -= removed;
	shard_note_empty(shard, ref->torrent, now_s);
	return looked;
}

// A torrent without peers is kept for its completed count (shard_trim may remove it earlier).
static bool
is_kept(const struct shard *shard, uint32_t position, uint32_t now_s)
{
	const struct torrent_cold *cold = &shard->torrents_cold[position];

	if (shard_torrent_peers(shard, position) > 0)
		return true;
	return shard_completed(shard, position) > 0
		&& now_s - cold->empty_since_s < shard->config.keep_completed_s;
}

// Visits one torrent, or the part of it that the budget allows. *done: the cursor may advance.
static unsigned
sweep_torrent(struct shard *shard, unsigned budget, uint32_t now_s, bool *done)
{
	uint32_t position = shard->sweep_torrent;
	unsigned looked = 1;

	*done = true;
	if (!shard->torrents_cold[position].used)
		return looked;
	for (; shard->sweep_family < FAMILY_COUNT; shard->sweep_family++) {
		struct swarm_ref ref = shard_swarm(shard, position, shard->sweep_family);

		looked += sweep_swarm(shard, &ref, budget, now_s);
		ref = shard_swarm(shard, position, shard->sweep_family); // its home may be closed
		if (shard->sweep_peer < swarm_peers(&ref.home->swarm)) {
			*done = false;
			return looked;
		}
		shard->sweep_peer = 0;
		budget = looked < budget ? budget - looked : 1;
	}
	if (!is_kept(shard, position, now_s))
		shard_remove_torrent(shard, position);
	return looked;
}

static bool
is_resting(struct shard *shard, uint32_t now_s)
{
	if (shard->sweep_rests && now_s < shard->sweep_next_s)
		return true;
	if (shard->sweep_rests || shard->sweep_next_s == 0) {
		shard_time(shard, now_s);
		shard->sweep_from = shard->time;
		shard->sweep_next_s = now_s + 1 + shard->config.peer_timeout_s / SWEEPS_PER_TIMEOUT;
	}
	shard->sweep_rests = false;
	return false;
}

unsigned
shard_sweep(struct shard *shard, unsigned budget, uint32_t now_s)
{
	unsigned looked = 0;

	if (is_resting(shard, now_s))
		return 0;
	while (looked < budget) {
		bool done;

		rte_prefetch0(&shard->torrents[shard->sweep_torrent] + PREFETCH_TORRENTS);
		looked += sweep_torrent(shard, budget - looked, now_s, &done);
		if (!done)
			break;
		shard->sweep_family = FAMILY_IPV4;
		if (++shard->sweep_torrent >= shard->positions_used) {
			shard->sweep_torrent = 0;
			shard->sweep_rests = true;
			allow_time(shard, shard->sweep_from);
			break;
		}
	}
	return looked;
}
