// SPDX-License-Identifier: BSD-3-Clause

#include "naive.h"

#include "naive_lists.h"

#include <string.h>

enum {
	SWEEPS = 16, // rounds of the sweep in a timeout
	SLACK_S = 20, // until the sweep finds what it has to
	PEERS_A_SECOND = 200, // that it visits, at least
	LEAVES_S = 1, // until a torrent leaves that nobody has downloaded
};

static struct naive_sizes sizes;
static uint64_t replies;
static int64_t disturbed_s;

void
naive_reset(const struct naive_sizes *new_sizes)
{
	for (uint32_t t = 0; t < naive_lists.torrents_used; t++) {
		for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
			while (naive_lists.torrents[t].swarms[f].count > 0)
				lists_remove(naive_lists.torrents[t].swarms[f].peers[0]);
		naive_lists.torrents[t].completed_low = naive_lists.torrents[t].completed_high = 0;
		naive_lists.torrents[t].left_s = naive_lists.torrents[t].empty_s = INT32_MIN;
	}
	sizes = *new_sizes;
	disturbed_s = 0;
}

// --- time -------------------------------------------------------------------------------------

void
naive_disturbed(int64_t now_s)
{
	disturbed_s = now_s;
}

static bool
is_in_doubt(const struct peer *peer, int64_t now_s)
{
	return peer->doubt || now_s - peer->seen_s > sizes.timeout_s;
}

// Whether a sweep must have removed it.
static bool
is_dead(const struct peer *peer, int64_t now_s)
{
	int64_t slack_s = SLACK_S
		+ (int64_t)(naive_lists.peer_count + naive_lists.torrents_used) / PEERS_A_SECOND;
	int64_t round_s = sizes.timeout_s / SWEEPS + slack_s;

	return now_s - peer->seen_s > sizes.timeout_s + round_s
		&& now_s - disturbed_s > round_s + slack_s;
}

// Peers of a swarm.
struct look {
	unsigned seeders, leechers; // certain ones
	unsigned more_seeders, more_leechers; // in doubt
};

// Forgets the dead, and counts the others but for `self`.
static struct look
look_at(struct swarm *swarm, const struct peer *self, int64_t now_s)
{
	struct look look = {.seeders = swarm->seeders, .leechers = swarm->count - swarm->seeders};

	if (swarm->count > 0 && (swarm->doubts > 0 || now_s - swarm->oldest_s > sizes.timeout_s)) {
		swarm->oldest_s = now_s;
		look = (struct look){0};
		for (unsigned i = swarm->count; i-- > 0;) {
			struct peer *peer = swarm->peers[i];

			if (peer != self && is_dead(peer, now_s)) {
				lists_remove(peer);
				continue;
			}
			if (peer->seen_s < swarm->oldest_s)
				swarm->oldest_s = peer->seen_s;
			if (peer == self)
				continue;
			if (is_in_doubt(peer, now_s)) {
				look.more_seeders += peer->seeder;
				look.more_leechers += !peer->seeder;
			} else {
				look.seeders += peer->seeder;
				look.leechers += !peer->seeder;
			}
		}
		return look;
	}
	if (self != NULL) {
		look.seeders -= self->seeder;
		look.leechers -= !self->seeder;
	}
	return look;
}

// Since when the torrent may have been without peers; false: it has one.
static bool
may_be_empty(const struct torrent *torrent, int64_t now_s, int64_t *since_s)
{
	*since_s = torrent->empty_s;
	for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
		for (unsigned i = 0; i < torrent->swarms[f].count; i++) {
			const struct peer *peer = torrent->swarms[f].peers[i];
			int64_t out_s = peer->seen_s + sizes.timeout_s;

			if (!is_in_doubt(peer, now_s))
				return false;
			*since_s = out_s > *since_s ? out_s : *since_s;
		}
	return true;
}

// The counts of downloads of a torrent without peers are kept for some time only.
static void
follow_completed(struct torrent *torrent, int64_t now_s)
{
	int64_t since_s;

	if (torrent->completed_low > 0 && may_be_empty(torrent, now_s, &since_s)
	    && (sizes.trims || now_s - since_s >= sizes.keep_completed_s))
		torrent->completed_low = 0;
}

// --- announces --------------------------------------------------------------------------------

static void
update(struct torrent *torrent, struct peer *peer, bool seeder, int64_t now_s)
{
	bool doubt = is_in_doubt(peer, now_s);

	if (seeder && peer->finished != FINISHED_YES) {
		torrent->completed_high++;
		torrent->completed_low += peer->finished == FINISHED_NO && !doubt;
	}
	if (seeder)
		peer->finished = FINISHED_YES;
	else if (doubt && peer->finished == FINISHED_YES)
		peer->finished = FINISHED_MAYBE;
	if (doubt)
		peer->joined = lists_swarm(peer)->left = naive_lists.moment;
	lists_set_seeder(peer, seeder);
	lists_set_doubt(peer, false);
	peer->seen_s = now_s;
}

// A peer in doubt may have left the torrent before it said so.
static void
leave(struct torrent *torrent, struct peer *peer, int64_t now_s)
{
	int64_t out_s = peer->seen_s + sizes.timeout_s;
	int64_t gone_s = is_in_doubt(peer, now_s) && out_s < now_s ? out_s : now_s;

	torrent->left_s = now_s;
	if (torrent->empty_s < gone_s)
		torrent->empty_s = gone_s;
	lists_remove(peer);
}

// Carries the announce out. Returns its peer, or NULL.
static struct peer *
carry_out(const struct naive_announce *announce, struct peer *self, int64_t now_s)
{
	struct torrent *torrent = &naive_lists.torrents[announce->torrent];

	if (announce->stopped || announce->outcome == NAIVE_NOT_STORED) {
		if (self != NULL)
			leave(torrent, self, now_s);
		return NULL;
	}
	if (self != NULL) {
		update(torrent, self, announce->seeder, now_s);
		return self;
	}
	self = lists_add(
		announce->torrent, announce->family, announce->address, announce->seeder, now_s
	);
	self->finished = announce->seeder ? FINISHED_YES : FINISHED_NO;
	return self;
}

static const char *
check_peers(
	const struct naive_announce *announce,
	const struct peer *self,
	const struct look *others
)
{
	unsigned stride = announce->family == 0 ? 6 : 18;
	unsigned certain = others->leechers + (announce->seeder ? 0 : others->seeders);
	unsigned most =
		certain + others->more_leechers + (announce->seeder ? 0 : others->more_seeders);
	unsigned want = announce->stopped ? 0 : announce->want;

	if (announce->peer_count > want)
		return "there are more peers than were wanted";
	if (announce->peer_count > most)
		return "there are more peers than the swarm has for this client";
	if (announce->peer_count < want && announce->peer_count < certain)
		return "there are fewer peers than were wanted and the swarm has";
	replies++;
	for (unsigned i = 0; i < announce->peer_count; i++) {
		uint8_t address[NAIVE_ADDRESS_MAX] = {0};

		memcpy(address, announce->peers + (size_t)i * stride, stride);
		if (memcmp(address, announce->address, sizeof(address)) == 0)
			return "a client got itself as a peer";
		struct peer *peer = lists_find(announce->torrent, announce->family, address);

		if (peer == NULL || peer == self)
			return "a peer of the reply is not in the swarm";
		if (peer->marked == replies)
			return "a peer is twice in a reply";
		if (announce->seeder && peer->seeder)
			return "a seeder got a seeder";
		peer->marked = replies;
	}
	return NULL;
}

static bool
is_within(uint32_t count, unsigned certain, unsigned more)
{
	return count >= certain && count <= certain + more;
}

// The counts say that nobody is left who was in doubt.
static void
forget_doubtful(struct swarm *swarm, const struct peer *self, int64_t now_s)
{
	for (unsigned i = swarm->count; i-- > 0;) {
		struct peer *peer = swarm->peers[i];

		if (peer != self && is_in_doubt(peer, now_s))
			leave(&naive_lists.torrents[peer->torrent], peer, now_s);
	}
}

static const char *
check_counts(
	struct swarm *swarm,
	const struct peer *self,
	const struct look *others,
	uint32_t seeders,
	uint32_t leechers,
	int64_t now_s
)
{
	unsigned certain_seeders = others->seeders + (self != NULL && self->seeder);
	unsigned certain_leechers = others->leechers + (self != NULL && !self->seeder);

	if (!is_within(seeders, certain_seeders, others->more_seeders))
		return "the number of seeders is wrong";
	if (!is_within(leechers, certain_leechers, others->more_leechers))
		return "the number of leechers is wrong";
	if (others->more_seeders + others->more_leechers > 0 && seeders == certain_seeders
	    && leechers == certain_leechers)
		forget_doubtful(swarm, self, now_s);
	return NULL;
}

const char *
naive_announced(const struct naive_announce *announce, int64_t now_s)
{
	struct torrent *torrent = &naive_lists.torrents[announce->torrent];
	struct swarm *swarm = &torrent->swarms[announce->family];
	struct peer *self = lists_find(announce->torrent, announce->family, announce->address);

	naive_lists.moment++;
	follow_completed(torrent, now_s);
	if (announce->outcome == NAIVE_DENIED) {
		naive_doubt_torrent(announce->torrent);
		for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
			forget_doubtful(&torrent->swarms[f], NULL, now_s);
		torrent->completed_high = 0;
		return NULL;
	}
	if (announce->outcome == NAIVE_NOT_STORED && self != NULL && !is_in_doubt(self, now_s))
		return "a peer that was there was not stored";
	struct look others = look_at(swarm, self, now_s);

	self = carry_out(announce, self, now_s);
	const char *wrong = check_peers(announce, self, &others);

	return wrong != NULL
		? wrong
		: check_counts(swarm, self, &others, announce->seeders, announce->leechers, now_s);
}

const char *
naive_scraped(uint32_t number, unsigned family, const struct naive_row *row, int64_t now_s)
{
	struct torrent *torrent = &naive_lists.torrents[number];
	struct swarm *swarm = &torrent->swarms[family];
	struct look look = look_at(swarm, NULL, now_s);

	follow_completed(torrent, now_s);
	if (row->completed < torrent->completed_low || row->completed > torrent->completed_high)
		return "the number of downloads is wrong";
	torrent->completed_low = torrent->completed_high = row->completed;
	return check_counts(swarm, NULL, &look, row->seeders, row->leechers, now_s);
}

void
naive_doubt_torrent(uint32_t number)
{
	struct torrent *torrent = &naive_lists.torrents[number];

	for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
		for (unsigned i = 0; i < torrent->swarms[f].count; i++)
			lists_set_doubt(torrent->swarms[f].peers[i], true);
	torrent->completed_low = 0;
}

// --- sums -------------------------------------------------------------------------------------

bool
naive_has(uint32_t number, int64_t now_s)
{
	struct torrent *torrent = &naive_lists.torrents[number];
	unsigned count = 0;

	for (unsigned f = 0; f < NAIVE_FAMILIES; f++) {
		look_at(&torrent->swarms[f], NULL, now_s);
		count += torrent->swarms[f].count;
	}
	return count > 0 || torrent->completed_high > 0 || now_s - torrent->left_s <= LEAVES_S;
}

struct naive_total
naive_peers(int64_t now_s)
{
	struct naive_total total = {0};

	for (uint32_t t = 0; t < naive_lists.torrents_used; t++)
		for (unsigned f = 0; f < NAIVE_FAMILIES; f++) {
			struct look look = look_at(&naive_lists.torrents[t].swarms[f], NULL, now_s);

			total.certain += look.seeders + look.leechers;
			total.most += naive_lists.torrents[t].swarms[f].count;
		}
	return total;
}

uint64_t
naive_most_peers(void)
{
	return naive_lists.peer_count;
}

struct naive_total
naive_torrents(int64_t now_s)
{
	struct naive_total total = {0};
	int64_t since_s;

	for (uint32_t t = 0; t < naive_lists.torrents_used; t++) {
		total.certain += !may_be_empty(&naive_lists.torrents[t], now_s, &since_s);
		total.most += naive_has(t, now_s);
	}
	return total;
}

void
naive_each(void (*use)(uint32_t torrent, unsigned family, const uint8_t *address), int64_t now_s)
{
	for (uint32_t t = 0; t < naive_lists.torrents_used; t++)
		for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
			for (unsigned i = 0; i < naive_lists.torrents[t].swarms[f].count; i++) {
				const struct peer *peer =
					naive_lists.torrents[t].swarms[f].peers[i];

				if (!is_in_doubt(peer, now_s))
					use(t, f, peer->address);
			}
}

uint64_t
naive_digest(int64_t now_s)
{
	uint64_t digest = 0;

	for (uint32_t t = 0; t < naive_lists.torrents_used; t++)
		for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
			for (unsigned i = 0; i < naive_lists.torrents[t].swarms[f].count; i++) {
				const struct peer *peer =
					naive_lists.torrents[t].swarms[f].peers[i];
				uint64_t hash = (uint64_t)t << 2 | f << 1 | peer->seeder;

				for (unsigned b = 0; b < NAIVE_ADDRESS_MAX; b++)
					hash = (hash ^ peer->address[b])
						* UINT64_C(0x9e3779b97f4a7c15);
				if (!is_in_doubt(peer, now_s))
					digest += hash ^ hash >> 29;
			}
	return digest;
}

// --- snapshots --------------------------------------------------------------------------------

uint64_t
naive_moment(void)
{
	return naive_lists.moment++;
}

void
naive_restore(uint32_t torrent, unsigned family, const struct naive_state *state, bool doubt)
{
	struct peer *peer = lists_find(torrent, family, state->address);

	if (peer == NULL)
		peer = lists_add(torrent, family, state->address, state->seeder, state->seen_s);
	else if (peer->seen_s > state->seen_s)
		return;
	lists_set_seeder(peer, state->seeder);
	lists_set_doubt(peer, doubt);
	peer->seen_s = state->seen_s;
	peer->finished = state->finished ? FINISHED_YES : FINISHED_NO;
}

void
naive_restore_completed(uint32_t torrent, uint32_t completed, int64_t empty_since_s, bool doubt)
{
	if (completed > naive_lists.torrents[torrent].completed_high)
		naive_lists.torrents[torrent].completed_low =
			naive_lists.torrents[torrent].completed_high = completed;
	if (doubt)
		naive_lists.torrents[torrent].completed_low = 0;
	naive_lists.torrents[torrent].left_s = naive_lists.torrents[torrent].empty_s =
		empty_since_s;
	lists_use(torrent);
}

const char *
naive_compare(uint32_t torrent, unsigned family, const struct naive_state *state, uint64_t since)
{
	const struct peer *peer = lists_find(torrent, family, state->address);

	if (peer == NULL)
		return lists_left_since(torrent, family, state->address, since)
			? NULL
			: "it has a peer that was not in the swarm";
	if (peer->seeder != state->seeder && lists_swarm(peer)->left <= since)
		return "it has a seeder as a leecher, or the other way round";
	if (peer->seeder == state->seeder && lists_swarm(peer)->left <= since
	    && peer->finished != FINISHED_MAYBE
	    && state->finished != (peer->finished == FINISHED_YES))
		return "it is wrong about a download that was counted";
	return NULL;
}

uint32_t
naive_steady(uint32_t torrent, unsigned family, uint64_t since, int64_t now_s)
{
	const struct swarm *swarm = &naive_lists.torrents[torrent].swarms[family];
	uint32_t count = 0;

	if (swarm->left > since)
		return 0;
	for (unsigned i = 0; i < swarm->count; i++)
		count += swarm->peers[i]->joined <= since && !is_in_doubt(swarm->peers[i], now_s);
	return count;
}
