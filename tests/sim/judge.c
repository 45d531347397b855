// SPDX-License-Identifier: BSD-3-Clause

#include "judge.h"

#include "../../lib/swarm/shard.h"
#include "appliance.h"
#include "fail.h"
#include "flight.h"
#include "naive.h"
#include "torrents.h"

#include <string.h>

enum { REPLY_HEAD = 20 }; // of an announce's

static uint64_t ops_judged;

uint64_t
judge_ops(void)
{
	return ops_judged;
}

static uint32_t
get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// --- what was asked ---------------------------------------------------------------------------

// Peers that the client wants and may get.
static unsigned
wanted(const struct packet *packet)
{
	const uint8_t *payload = packet->bytes + packet->payload_at;
	const struct config *config = appliance_weir()->config;
	unsigned max = packet->family == 0 ? config->peers_max_ipv4 : config->peers_max_ipv6;
	unsigned stride = packet->family == 0 ? 6 : 18;
	uint32_t want = get32(payload + 92), fit = (packet->payload_len - REPLY_HEAD) / stride;

	if (packet->stranger && want > fit) // a reply may not be longer than the request
		want = fit;
	if ((int32_t)want < 0)
		want = config->peers_default;
	return want < max ? want : max;
}

static void
read_announce(const struct packet *packet, struct naive_announce *announce)
{
	const uint8_t *payload = packet->bytes + packet->payload_at;
	static const uint8_t zeros[8];

	*announce = (struct naive_announce){
		.torrent = torrent_of(payload + 16),
		.family = packet->family,
		.seeder = memcmp(payload + 64, zeros, sizeof(zeros)) == 0,
		.stopped = get32(payload + 80) == 3,
		.want = wanted(packet),
	};
	packet_address(packet->client, packet->stranger, announce->address);
}

// --- what a worker made of it -----------------------------------------------------------------

// Whether tables, or shares of a source, may be full.
static void
check_refusal(enum shard_outcome outcome, int64_t now_s)
{
	const struct config *config = appliance_weir()->config;
	unsigned workers = appliance_weir()->plan.worker_count;
	uint64_t most = naive_most_peers();

	fail_unless(
		outcome != SHARD_TORRENTS_FULL
			|| naive_torrents(now_s).most + 1 >= config->max_torrents / workers,
		"a torrent was refused by a table that is not full"
	);
	fail_unless(
		outcome != SHARD_PEERS_FULL || most >= config->max_peers / workers / 4,
		"a peer was refused by a table that is not full: %ju of %u, %u workers",
		(uintmax_t)most,
		config->max_peers,
		workers
	);
	fail_unless(
		outcome != SHARD_SOURCE_FULL || config->peers_per_source != 0
			|| config->peers_per_swarm_and_source != 0
			|| config->torrents_per_source != 0,
		"a peer was refused because of a limit that is off"
	);
}

static enum naive_outcome
outcome_of(struct flight *flight, const struct shard_op *op, int64_t now_s)
{
	static const uint8_t verdicts[] = {
		[SHARD_DONE] = VERDICT_announce,
		[SHARD_TORRENTS_FULL] = VERDICT_announce_torrents_full,
		[SHARD_PEERS_FULL] = VERDICT_announce_peers_full,
		[SHARD_SOURCE_FULL] = VERDICT_announce_source_full,
		[SHARD_DENIED] = VERDICT_announce_denied,
	};

	flight->verdict = verdicts[op->outcome];
	if (op->outcome == SHARD_DONE)
		return NAIVE_STORED;
	if (op->outcome == SHARD_DENIED)
		return NAIVE_DENIED;
	check_refusal(op->outcome, now_s);
	return NAIVE_NOT_STORED;
}

// A torrent that is not allowed is refused, unless it is still there; then it leaves soon.
static void
check_list(uint32_t torrent, bool was_denied, bool was_there)
{
	fail_unless(
		!was_denied || !torrent_is_allowed(torrent),
		"torrent %u was refused, but the list allows it",
		torrent
	);
	fail_unless(
		was_denied || was_there || torrent_is_allowed(torrent),
		"torrent %u was served, but the list does not allow it",
		torrent
	);
}

static void
note_result(struct flight *flight, const struct shard_op *op, unsigned stride)
{
	const struct config *config = appliance_weir()->config;

	flight->judged = true;
	flight->seeders = op->seeders;
	flight->leechers = op->leechers;
	flight->peer_count = op->peer_count;
	flight->peers_hash = flight_hash(op->peers, (size_t)op->peer_count * stride);
	flight->interval_low = config->interval_s;
	flight->interval_high = config->interval_s + config->interval_spread_s;
}

static void
judge_announce(struct flight *flight, const struct shard_op *op, uint32_t torrent, int64_t now_s)
{
	struct naive_announce announce;
	unsigned stride = flight->packet->family == 0 ? 6 : 18;
	bool was_there = naive_has(torrent, now_s);

	read_announce(flight->packet, &announce);
	fail_unless(
		announce.torrent == torrent && op->seeder == announce.seeder
			&& op->stopped == announce.stopped && op->num_want == announce.want
			&& memcmp(op->peer, announce.address, stride) == 0
			&& op->family == FAMILY_IPV4 + announce.family,
		"a worker was told something else than the request of client %u says",
		flight->packet->client
	);
	fail_unless(!flight->judged, "a request was carried out twice");
	announce.outcome = outcome_of(flight, op, now_s);
	announce.seeders = op->seeders;
	announce.leechers = op->leechers;
	announce.peers = op->peers;
	announce.peer_count = op->peer_count;
	check_list(torrent, op->outcome == SHARD_DENIED, was_there);
	const char *wrong = naive_announced(&announce, now_s);

	fail_unless(
		wrong == NULL,
		"announce of client %u, torrent %u, %s, %s: %s (%u seeders, %u leechers, %u of %u "
		"peers)",
		flight->packet->client,
		torrent,
		announce.stopped	  ? "stopped"
			: announce.seeder ? "seeder"
					  : "leecher",
		verdict_infos[flight->verdict].name,
		wrong,
		op->seeders,
		op->leechers,
		op->peer_count,
		announce.want
	);
	note_result(flight, op, stride);
}

static void
judge_row(
	struct flight *flight,
	const struct shard_op *op,
	const uint8_t *info_hash,
	uint32_t torrent,
	int64_t now_s
)
{
	const struct packet *packet = flight->packet;
	struct naive_row row = {op->seeders, op->leechers, op->completed};

	check_list(torrent, op->outcome == SHARD_DENIED, naive_has(torrent, now_s));
	const char *wrong = naive_scraped(torrent, packet->family, &row, now_s);

	fail_unless(
		op->outcome != SHARD_DENIED || (row.seeders | row.leechers | row.completed) == 0,
		"a scrape shows what torrent %u has, which the list does not allow",
		torrent
	);
	fail_unless(
		wrong == NULL,
		"scrape of torrent %u by client %u: %s (%u seeders, %u downloads, %u leechers)",
		torrent,
		packet->client,
		wrong,
		row.seeders,
		row.completed,
		row.leechers
	);
	for (unsigned i = 0; i < PACKET_HASHES_MAX; i++) {
		const uint8_t *hash = packet->bytes + packet->payload_at + 16 + 20 * i;

		if (20 * i + 36 > packet->payload_len || flight->rows[i].known
		    || memcmp(hash, info_hash, TORRENT_HASH_BYTES) != 0)
			continue;
		flight->rows[i] = (struct flight_row){
			op->seeders, op->completed, op->leechers, .known = true};
		return;
	}
	fail("a worker was asked for a torrent that the scrape does not name");
}

static void
judge(const struct shard_op *op, const uint8_t *info_hash, int64_t now_s)
{
	struct flight *flight = flight_of(op->info_hash);
	uint32_t torrent = torrent_of(info_hash);

	fail_unless(flight->packet != NULL, "a worker got an mbuf in which no request is");
	fail_unless(
		(op->kind == SHARD_ANNOUNCE) == (flight->packet->kind == PACKET_ANNOUNCE),
		"a worker took a request for one of another kind"
	);
	ops_judged++;
	if (op->kind == SHARD_ANNOUNCE)
		judge_announce(flight, op, torrent, now_s);
	else
		judge_row(flight, op, info_hash, torrent, now_s);
	torrent_seen(torrent);
}

// --- around shard_process -----------------------------------------------------------------------

void
__real_shard_process(struct shard *shard, struct shard_op *ops, unsigned count, uint32_t now_s);
void
__wrap_shard_process(struct shard *shard, struct shard_op *ops, unsigned count, uint32_t now_s);

void
__wrap_shard_process(struct shard *shard, struct shard_op *ops, unsigned count, uint32_t now_s)
{
	uint8_t hashes[LOOP_OPS_MAX][TORRENT_HASH_BYTES]; // peers are written over them
	int64_t own_s = appliance_now_s();

	fail_unless(count <= LOOP_OPS_MAX, "%u ops at once", count);
	fail_unless(
		now_s == own_s || now_s + 1 == own_s,
		"a worker's clock is at %u, and should be at %jd",
		now_s,
		(intmax_t)own_s
	);
	for (unsigned i = 0; i < count; i++)
		memcpy(hashes[i], ops[i].info_hash, TORRENT_HASH_BYTES);
	__real_shard_process(shard, ops, count, now_s);
	for (unsigned i = 0; i < count; i++)
		judge(&ops[i], hashes[i], now_s);
}

// --- sums -----------------------------------------------------------------------------------------

void
judge_totals(void)
{
	const struct weir *weir = appliance_weir();
	int64_t now_s = appliance_now_s();
	struct naive_total peers = naive_peers(now_s), torrents = naive_torrents(now_s);
	uint64_t stored = 0, known = 0;

	for (unsigned w = 0; w < weir->plan.worker_count; w++) {
		const struct shard_counts *counts = shard_counts(weir->workers[w]->shard);
		struct shard_capacity capacity = shard_capacity(weir->workers[w]->shard);
		uint64_t here = 0;

		for (enum family f = FAMILY_IPV4; f <= FAMILY_IPV6; f++)
			here += counts->seeders[f] + counts->leechers[f];
		fail_unless(
			here <= capacity.peers && counts->torrents <= capacity.torrents,
			"worker %u has more than its tables hold",
			w
		);
		stored += here;
		known += counts->torrents;
	}
	fail_unless(
		stored >= peers.certain && stored <= peers.most,
		"workers have %ju peers, and should have %ju to %ju",
		(uintmax_t)stored,
		(uintmax_t)peers.certain,
		(uintmax_t)peers.most
	);
	fail_unless(
		known >= torrents.certain && known <= torrents.most,
		"workers have %ju torrents, and should have %ju to %ju",
		(uintmax_t)known,
		(uintmax_t)torrents.certain,
		(uintmax_t)torrents.most
	);
}
