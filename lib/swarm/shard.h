// SPDX-License-Identifier: BSD-3-Clause
// A shard: the torrents of one worker and their swarms. Bulk in, replies out.
//
// One owner: the worker. No locks, and nothing allocated after shard_create. Everyone else asks
// the worker, or reads the counts it publishes.

#pragma once

#include "../stats/verdict.h"
#include "timing.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SHARD_BURST = 32, // ops looked up together
	SHARD_PEER_BYTES_MAX = 18,
	SHARD_DETAIL_BYTES = 44, // peer_id, downloaded, left, uploaded: as in BEP 15's announce
	SHARD_OUT_SPARE = 36, // bytes behind the peers wanted that may be written to
};

struct shard_config {
	const char *name; // of its memory, unique in the process, up to 20 characters
	int socket; // NUMA node, or SOCKET_ID_ANY
	uint32_t max_torrents; // at least 1
	uint32_t max_peers; // of both families together, at least 1
	uint32_t max_peers_ipv6; // of those; decides how the memory is laid out
	uint32_t peer_timeout_s; // a peer not heard of for longer is forgotten
	uint32_t keep_completed_s; // a torrent without peers, but with downloads counted, is kept
		// so long; less where torrents run short
	bool detail; // keep the full record of each peer
	uint64_t seed; // of the choice of peers, and of the key of the peer index
};

enum shard_op_kind { SHARD_ANNOUNCE, SHARD_SCRAPE };

enum shard_outcome {
	SHARD_DONE,
	SHARD_TORRENTS_FULL, // answered, not stored
	SHARD_PEERS_FULL,
};

// One announce, or one info_hash of a scrape.
struct shard_op {
	// In:
	const uint8_t *info_hash; // 20 bytes; read before `peers` is written
	uint8_t *peers; // room for num_want peers of 6 or 18 bytes and SHARD_OUT_SPARE bytes;
		// may overlap info_hash and detail
	const uint8_t *detail; // announce: SHARD_DETAIL_BYTES; read before `peers` is written
	uint32_t hash; // keyed hash of info_hash
	uint8_t kind; // enum shard_op_kind
	uint8_t family; // FAMILY_IPV4 or FAMILY_IPV6
	uint8_t event; // announce: enum bep15_event, for the record
	bool stopped; // announce: the peer leaves
	bool seeder; // announce: it has everything
	uint16_t num_want; // announce: at most so many peers
	uint8_t peer[SHARD_PEER_BYTES_MAX]; // announce: address and port as peers get them
	// Out:
	uint32_t leechers; // of the family, after this op
	uint32_t seeders;
	uint32_t completed; // scrape: of the torrent, both families; announce: of its family
	uint16_t peer_count; // written to `peers`
	uint8_t outcome; // enum shard_outcome
};

// What is in it now, and what has happened since it was made.
struct shard_counts {
	uint64_t torrents;
	uint64_t seeders[FAMILY_COUNT];
	uint64_t leechers[FAMILY_COUNT];
	uint64_t completed;
	uint64_t peers_expired;
	uint64_t torrents_expired;
};

// What it has room for; never changes.
struct shard_capacity {
	uint32_t torrents;
	uint32_t peers;
	uint32_t lines; // of larger swarms, with the nodes of their trees
	uint32_t records; // of peers, with detail
};

// What of it is in use.
struct shard_used {
	uint32_t lines;
	uint32_t records;
};

// Where the memory of a shard goes (bytes), all of it taken by shard_create.
struct shard_memory {
	size_t torrents; // with their first peers
	size_t torrent_index; // of info_hashes
	size_t peers; // lines and nodes of all other peers
	size_t peer_index; // of those
	size_t records; // with detail
};

struct shard;

struct shard_memory shard_memory_of(const struct shard_config *config);
size_t shard_memory_bytes(const struct shard_config *config);

// NULL and rte_errno where the memory is not there.
struct shard *shard_create(const struct shard_config *config);
void shard_free(struct shard *shard);

// Carries out ops[0..count) in order: each sees what those before it did. now_s is a clock of
// seconds that never goes back and starts above 0. When it jumps (the process was stopped, the
// machine slept), all peers that are older than the timeout then go with the next sweep.
void shard_process(struct shard *shard, struct shard_op *ops, unsigned count, uint32_t now_s);

// From now on shard_process adds to `timing`, the owner's; NULL: no more.
void shard_set_timing(struct shard *shard, struct swarm_timing *timing);

// A bounded piece of cleaning: looks at up to `budget` torrents and peers, forgets those that
// timed out. Starts over, at the earliest, a sixteenth of the timeout after it last started.
// Returns how many it looked at.
unsigned shard_sweep(struct shard *shard, unsigned budget, uint32_t now_s);

const struct shard_counts *shard_counts(const struct shard *shard);
struct shard_used shard_used(const struct shard *shard);

// Any thread.
struct shard_capacity shard_capacity(const struct shard *shard);

// The table of info_hashes, for measuring: struct rte_hash with 20-byte keys.
const void *shard_index(const struct shard *shard);
