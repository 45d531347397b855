// SPDX-License-Identifier: BSD-3-Clause

#include "naive.h"

#include <stdlib.h>
#include <string.h>

enum {
	BUCKETS = 1 << 17,
	GONE = 1 << 14, // peers that left, for snapshots begun before
	SWEEPS = 16, // rounds of the sweep in a timeout
	SLACK_S = 20, // until the sweep finds what it has to
	PEERS_A_SECOND = 200, // that it visits, at least
	LEAVES_S = 1, // until a torrent leaves that nobody has downloaded
};

enum finished { FINISHED_NO, FINISHED_YES, FINISHED_MAYBE };

struct peer {
	struct peer *next; // of its bucket
	uint8_t address[NAIVE_ADDRESS_MAX];
	uint8_t family;
	uint8_t finished; // enum finished
	bool seeder, doubt;
	uint32_t torrent;
	uint32_t place; // in its swarm
	int64_t seen_s;
	uint64_t joined; // moment
	uint64_t marked; // the reply that has named it
};

struct swarm {
	struct peer **peers;
	unsigned count, room, seeders;
	unsigned doubts; // peers that are marked so
	int64_t oldest_s; // nobody has announced before
	uint64_t left; // moment at which a peer left or changed sides
};

struct torrent {
	struct swarm swarms[NAIVE_FAMILIES];
	uint32_t completed_low, completed_high;
	int64_t left_s; // when a peer left last
};

struct gone {
	uint8_t address[NAIVE_ADDRESS_MAX];
	uint32_t torrent;
	uint8_t family;
	uint64_t moment;
};

static struct naive_sizes sizes;
static struct torrent torrents[NAIVE_TORRENTS_MAX];
static struct peer *buckets[BUCKETS];
static struct gone gone[GONE];
static uint64_t gone_count, moment, replies;
static uint64_t peer_count;
static uint32_t torrents_used; // higher ones were never named
static int64_t disturbed_s;

// --- lists ------------------------------------------------------------------------------------

static struct peer **
bucket_of(uint32_t torrent, unsigned family, const uint8_t *address)
{
	uint64_t hash = torrent * UINT64_C(0x9e3779b97f4a7c15) + family;

	for (unsigned i = 0; i < NAIVE_ADDRESS_MAX; i++)
		hash = (hash ^ address[i]) * UINT64_C(0x100000001b3);
	return &buckets[(hash ^ hash >> 32) % BUCKETS];
}

static struct peer *
find(uint32_t torrent, unsigned family, const uint8_t *address)
{
	struct peer *peer = *bucket_of(torrent, family, address);

	while (peer != NULL
	       && (peer->torrent != torrent || peer->family != family
		   || memcmp(peer->address, address, NAIVE_ADDRESS_MAX) != 0))
		peer = peer->next;
	return peer;
}

static struct swarm *
swarm_of(const struct peer *peer)
{
	return &torrents[peer->torrent].swarms[peer->family];
}

static struct peer *
add(uint32_t torrent, unsigned family, const uint8_t *address, bool seeder, int64_t seen_s)
{
	struct peer **bucket = bucket_of(torrent, family, address);
	struct swarm *swarm = &torrents[torrent].swarms[family];
	struct peer *peer = malloc(sizeof(*peer));

	if (swarm->count == swarm->room) {
		swarm->room = swarm->room == 0 ? 8 : 2 * swarm->room;
		swarm->peers = realloc(swarm->peers, swarm->room * sizeof(struct peer *));
	}
	if (peer == NULL || swarm->peers == NULL)
		abort();
	*peer = (struct peer){
		.next = *bucket,
		.family = (uint8_t)family,
		.seeder = seeder,
		.torrent = torrent,
		.place = swarm->count,
		.seen_s = seen_s,
		.joined = moment,
	};
	memcpy(peer->address, address, sizeof(peer->address));
	*bucket = peer;
	if (swarm->count == 0 || seen_s < swarm->oldest_s)
		swarm->oldest_s = seen_s;
	swarm->peers[swarm->count++] = peer;
	swarm->seeders += seeder;
	peer_count++;
	torrents_used = torrent >= torrents_used ? torrent + 1 : torrents_used;
	return peer;
}

static void
take_out(struct peer *peer)
{
	struct peer **link = bucket_of(peer->torrent, peer->family, peer->address);
	struct swarm *swarm = swarm_of(peer);
	struct gone *entry = &gone[gone_count++ % GONE];

	while (*link != peer)
		link = &(*link)->next;
	*link = peer->next;
	swarm->peers[peer->place] = swarm->peers[--swarm->count];
	swarm->peers[peer->place]->place = peer->place;
	swarm->seeders -= peer->seeder;
	swarm->doubts -= peer->doubt;
	swarm->left = moment;
	*entry = (struct gone){.torrent = peer->torrent, .family = peer->family, .moment = moment};
	memcpy(entry->address, peer->address, sizeof(entry->address));
	peer_count--;
	free(peer);
}

static void
set_doubt(struct peer *peer, bool doubt)
{
	swarm_of(peer)->doubts += doubt;
	swarm_of(peer)->doubts -= peer->doubt;
	peer->doubt = doubt;
}

static void
set_seeder(struct peer *peer, bool seeder)
{
	struct swarm *swarm = swarm_of(peer);

	if (peer->seeder == seeder)
		return;
	swarm->seeders += seeder;
	swarm->seeders -= peer->seeder;
	swarm->left = moment;
	peer->seeder = seeder;
}

void
naive_reset(const struct naive_sizes *new_sizes)
{
	for (uint32_t t = 0; t < torrents_used; t++) {
		for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
			while (torrents[t].swarms[f].count > 0)
				take_out(torrents[t].swarms[f].peers[0]);
		torrents[t].completed_low = torrents[t].completed_high = 0;
		torrents[t].left_s = INT32_MIN;
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
	int64_t slack_s = SLACK_S + (int64_t)(peer_count + torrents_used) / PEERS_A_SECOND;
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
				take_out(peer);
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
	*since_s = torrent->left_s;
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
		peer->joined = swarm_of(peer)->left = moment;
	set_seeder(peer, seeder);
	set_doubt(peer, false);
	peer->seen_s = now_s;
}

// Carries the announce out. Returns its peer, or NULL.
static struct peer *
carry_out(const struct naive_announce *announce, struct peer *self, int64_t now_s)
{
	struct torrent *torrent = &torrents[announce->torrent];

	if (announce->stopped || announce->outcome == NAIVE_NOT_STORED) {
		if (self != NULL) {
			take_out(self);
			torrent->left_s = now_s;
		}
		return NULL;
	}
	if (self != NULL) {
		update(torrent, self, announce->seeder, now_s);
		return self;
	}
	self = add(announce->torrent, announce->family, announce->address, announce->seeder, now_s);
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
		struct peer *peer = find(announce->torrent, announce->family, address);

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

		if (peer == self || !is_in_doubt(peer, now_s))
			continue;
		torrents[peer->torrent].left_s = now_s;
		take_out(peer);
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
	struct torrent *torrent = &torrents[announce->torrent];
	struct swarm *swarm = &torrent->swarms[announce->family];
	struct peer *self = find(announce->torrent, announce->family, announce->address);

	moment++;
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
	struct torrent *torrent = &torrents[number];
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
	struct torrent *torrent = &torrents[number];

	for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
		for (unsigned i = 0; i < torrent->swarms[f].count; i++)
			set_doubt(torrent->swarms[f].peers[i], true);
	torrent->completed_low = 0;
}

// --- sums -------------------------------------------------------------------------------------

bool
naive_has(uint32_t number, int64_t now_s)
{
	struct torrent *torrent = &torrents[number];
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

	for (uint32_t t = 0; t < torrents_used; t++)
		for (unsigned f = 0; f < NAIVE_FAMILIES; f++) {
			struct look look = look_at(&torrents[t].swarms[f], NULL, now_s);

			total.certain += look.seeders + look.leechers;
			total.most += torrents[t].swarms[f].count;
		}
	return total;
}

uint64_t
naive_most_peers(void)
{
	return peer_count;
}

struct naive_total
naive_torrents(int64_t now_s)
{
	struct naive_total total = {0};
	int64_t since_s;

	for (uint32_t t = 0; t < torrents_used; t++) {
		total.certain += !may_be_empty(&torrents[t], now_s, &since_s);
		total.most += naive_has(t, now_s);
	}
	return total;
}

void
naive_each(void (*use)(uint32_t torrent, unsigned family, const uint8_t *address), int64_t now_s)
{
	for (uint32_t t = 0; t < torrents_used; t++)
		for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
			for (unsigned i = 0; i < torrents[t].swarms[f].count; i++) {
				const struct peer *peer = torrents[t].swarms[f].peers[i];

				if (!is_in_doubt(peer, now_s))
					use(t, f, peer->address);
			}
}

uint64_t
naive_digest(int64_t now_s)
{
	uint64_t digest = 0;

	for (uint32_t t = 0; t < torrents_used; t++)
		for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
			for (unsigned i = 0; i < torrents[t].swarms[f].count; i++) {
				const struct peer *peer = torrents[t].swarms[f].peers[i];
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
	return moment++;
}

void
naive_restore(uint32_t torrent, unsigned family, const struct naive_state *state, bool doubt)
{
	struct peer *peer = find(torrent, family, state->address);

	if (peer == NULL)
		peer = add(torrent, family, state->address, state->seeder, state->seen_s);
	else if (peer->seen_s > state->seen_s)
		return;
	set_seeder(peer, state->seeder);
	set_doubt(peer, doubt);
	peer->seen_s = state->seen_s;
	peer->finished = state->finished ? FINISHED_YES : FINISHED_NO;
}

void
naive_restore_completed(uint32_t torrent, uint32_t completed, int64_t empty_since_s, bool doubt)
{
	if (completed > torrents[torrent].completed_high)
		torrents[torrent].completed_low = torrents[torrent].completed_high = completed;
	if (doubt)
		torrents[torrent].completed_low = 0;
	torrents[torrent].left_s = empty_since_s;
	torrents_used = torrent >= torrents_used ? torrent + 1 : torrents_used;
}

static bool
left_since(uint32_t torrent, unsigned family, const uint8_t *address, uint64_t since)
{
	uint64_t oldest = gone_count > GONE ? gone_count - GONE : 0;

	if (oldest > 0 && gone[oldest % GONE].moment > since)
		return true; // not known any more
	for (uint64_t i = gone_count; i-- > oldest && gone[i % GONE].moment > since;)
		if (gone[i % GONE].torrent == torrent && gone[i % GONE].family == family
		    && memcmp(gone[i % GONE].address, address, NAIVE_ADDRESS_MAX) == 0)
			return true;
	return false;
}

const char *
naive_compare(uint32_t torrent, unsigned family, const struct naive_state *state, uint64_t since)
{
	const struct peer *peer = find(torrent, family, state->address);

	if (peer == NULL)
		return left_since(torrent, family, state->address, since)
			? NULL
			: "it has a peer that was not in the swarm";
	if (peer->seeder != state->seeder && swarm_of(peer)->left <= since)
		return "it has a seeder as a leecher, or the other way round";
	if (peer->seeder == state->seeder && swarm_of(peer)->left <= since
	    && peer->finished != FINISHED_MAYBE
	    && state->finished != (peer->finished == FINISHED_YES))
		return "it is wrong about a download that was counted";
	return NULL;
}

uint32_t
naive_steady(uint32_t torrent, unsigned family, uint64_t since, int64_t now_s)
{
	const struct swarm *swarm = &torrents[torrent].swarms[family];
	uint32_t count = 0;

	if (swarm->left > since)
		return 0;
	for (unsigned i = 0; i < swarm->count; i++)
		count += swarm->peers[i]->joined <= since && !is_in_doubt(swarm->peers[i], now_s);
	return count;
}
