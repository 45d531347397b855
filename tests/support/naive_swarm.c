// SPDX-License-Identifier: BSD-3-Clause

#include "naive_swarm.h"

#include <stdlib.h>
#include <string.h>

void
naive_swarm_init(struct naive_swarm *swarm, unsigned stride)
{
	*swarm = (struct naive_swarm){.stride = stride};
}

void
naive_swarm_free(struct naive_swarm *swarm)
{
	free(swarm->peers);
	*swarm = (struct naive_swarm){.stride = swarm->stride};
}

void
naive_swarm_clear(struct naive_swarm *swarm)
{
	swarm->count = 0;
}

// Where the address is, or where it would have to be put.
static unsigned
place_of(const struct naive_swarm *swarm, const uint8_t *address)
{
	unsigned low = 0;
	unsigned high = swarm->count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (memcmp(swarm->peers[middle].address, address, swarm->stride) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct naive_peer *
naive_swarm_find(const struct naive_swarm *swarm, const uint8_t *address)
{
	unsigned place = place_of(swarm, address);

	if (place == swarm->count
	    || memcmp(swarm->peers[place].address, address, swarm->stride) != 0)
		return NULL;
	return &swarm->peers[place];
}

static struct naive_peer *
insert(struct naive_swarm *swarm, const uint8_t *address)
{
	unsigned place = place_of(swarm, address);

	if (swarm->count == swarm->room) {
		swarm->room = 2 * swarm->room + 8;
		swarm->peers = realloc(swarm->peers, swarm->room * sizeof(*swarm->peers));
		if (swarm->peers == NULL)
			abort();
	}
	struct naive_peer *peer = &swarm->peers[place];

	memmove(peer + 1, peer, (swarm->count - place) * sizeof(*peer));
	swarm->count++;
	*peer = (struct naive_peer){0};
	memcpy(peer->address, address, swarm->stride);
	return peer;
}

bool
naive_swarm_put(struct naive_swarm *swarm, const uint8_t *address, bool seeder, uint32_t now_s)
{
	struct naive_peer *peer = naive_swarm_find(swarm, address);
	bool finished = false;

	if (peer == NULL) {
		peer = insert(swarm, address);
		peer->finished = seeder;
	} else if (seeder && !peer->finished) {
		peer->finished = true;
		finished = true;
	}
	peer->seeder = seeder;
	peer->seen_s = now_s;
	return finished;
}

bool
naive_swarm_remove(struct naive_swarm *swarm, const uint8_t *address)
{
	struct naive_peer *peer = naive_swarm_find(swarm, address);

	if (peer == NULL)
		return false;
	size_t behind = (size_t)(swarm->peers + swarm->count - (peer + 1));

	memmove(peer, peer + 1, behind * sizeof(*peer));
	swarm->count--;
	return true;
}

unsigned
naive_swarm_expire(struct naive_swarm *swarm, uint32_t now_s, uint32_t timeout_s)
{
	unsigned kept = 0;
	unsigned before = swarm->count;

	for (unsigned i = 0; i < before; i++)
		if (now_s - swarm->peers[i].seen_s <= timeout_s)
			swarm->peers[kept++] = swarm->peers[i];
	swarm->count = kept;
	return before - kept;
}

unsigned
naive_swarm_seeders(const struct naive_swarm *swarm)
{
	unsigned seeders = 0;

	for (unsigned i = 0; i < swarm->count; i++)
		seeders += swarm->peers[i].seeder;
	return seeders;
}

unsigned
naive_swarm_leechers(const struct naive_swarm *swarm)
{
	return swarm->count - naive_swarm_seeders(swarm);
}

// Marks each peer of the reply as it is met. NULL: all of them were fine.
static const char *
mark_reply(
	struct naive_swarm *swarm,
	const struct naive_peer *asker,
	bool leechers_only,
	const uint8_t *peers,
	unsigned count
)
{
	for (unsigned i = 0; i < count; i++) {
		struct naive_peer *peer = naive_swarm_find(swarm, peers + i * swarm->stride);

		if (peer == NULL)
			return "a stranger in the reply";
		if (peer == asker)
			return "the asker in the reply";
		if (leechers_only && peer->seeder)
			return "a seeder in the reply to a seeder";
		if (peer->marked)
			return "a peer twice in the reply";
		peer->marked = true;
	}
	return NULL;
}

const char *
naive_swarm_judge(
	struct naive_swarm *swarm,
	const uint8_t *asker,
	bool leechers_only,
	unsigned want,
	const uint8_t *peers,
	unsigned count
)
{
	struct naive_peer *left_out = asker == NULL ? NULL : naive_swarm_find(swarm, asker);
	unsigned candidates = leechers_only ? naive_swarm_leechers(swarm) : swarm->count;

	if (left_out != NULL && !(leechers_only && left_out->seeder))
		candidates--;
	if (count != (want < candidates ? want : candidates))
		return "a wrong number of peers in the reply";
	for (unsigned i = 0; i < swarm->count; i++)
		swarm->peers[i].marked = false;
	return mark_reply(swarm, left_out, leechers_only, peers, count);
}
