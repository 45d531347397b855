// SPDX-License-Identifier: BSD-3-Clause
// A shard: the torrents of one worker and their swarms. It processes ops in bulk.
//
// One owner: the worker. It has no locks and allocates nothing after shard_create. Other threads put a
// question to the worker, or read the counts that it publishes.

#pragma once

#include "../access/access_list.h"
#include "../stats/verdict.h"
#include "sources.h"
#include "timing.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SHARD_BURST = 32, // number of ops looked up together
	SHARD_PEER_BYTES_MAX = 18,
	SHARD_DETAIL_BYTES = 44, // peer_id, downloaded, left, uploaded: as in BEP 15's announce
	SHARD_OUT_SPARE = 36, // bytes behind the wanted peers that may be overwritten
};

struct shard_config {
	const char *name; // of its memory; unique in the process, up to 20 characters
	int socket; // NUMA node, or SOCKET_ID_ANY
	uint32_t max_torrents; // at least 1
	uint32_t max_peers; // of both address families together, at least 1
	uint32_t max_peers_ipv6; // expected IPv6 part of these; decides the layout of the memory
	uint32_t peer_timeout_s; // a peer expires if its last announce is older
	// A torrent without peers, but with a completed count, is kept for this time. Such torrents never take
	// more than an eighth of the table for long: see shard_trim.
	uint32_t keep_completed_s;
	unsigned ipv6_prefix; // bits of an IPv6 source: 48 to 64; 0: 64
	bool detail; // keep a full record of each peer
	uint64_t seed; // of the selection of peers, and of the key of the peer index
	uint64_t sources_seed; // of the key of sources; the same for shards that are joined
};

enum shard_op_kind { SHARD_ANNOUNCE, SHARD_SCRAPE };

enum shard_outcome {
	SHARD_DONE,
	SHARD_TORRENTS_FULL, // there is a reply, but the peer was not stored
	SHARD_PEERS_FULL,
	SHARD_SOURCE_FULL, // likewise: its source has its share of peers, or of new torrents
	SHARD_DENIED, // announce: the access list does not allow the torrent; nothing was stored or removed
};

// One announce, or one info_hash of a scrape.
struct shard_op {
	// In:
	const uint8_t *info_hash; // 20 bytes; read before `peers` is written
	// num_want peers of 6 or 18 bytes and SHARD_OUT_SPARE bytes; may overlap info_hash and detail.
	uint8_t *peers;
	const uint8_t *detail; // announce: SHARD_DETAIL_BYTES; read before `peers` is written
	uint32_t hash; // keyed hash of info_hash
	uint8_t kind; // enum shard_op_kind
	uint8_t family; // FAMILY_IPV4 or FAMILY_IPV6
	uint8_t event; // announce: enum bep15_event, for the record
	bool stopped; // announce: the peer is removed
	bool seeder; // announce: left is 0
	uint16_t num_want; // announce: maximum number of peers in the reply
	uint8_t peer[SHARD_PEER_BYTES_MAX]; // announce: address and UDP port as in replies
	// Out:
	uint32_t leechers; // of the address family, after this op
	uint32_t seeders;
	uint32_t completed; // scrape: of the torrent; announce: of its address family
	uint16_t peer_count; // number of peers written to `peers`
	uint8_t outcome; // enum shard_outcome
};

// Current numbers, and events since the shard was created.
struct shard_counts {
	uint64_t torrents;
	uint64_t seeders[FAMILY_COUNT];
	uint64_t leechers[FAMILY_COUNT];
	uint64_t completed;
	uint64_t peers_expired;
	uint64_t torrents_expired;
	uint64_t torrents_purged; // see shard_purge
	uint64_t peers_purged;
	uint64_t scrape_rows_denied; // scraped torrents that the access list does not allow
};

// The capacity; never changes.
struct shard_capacity {
	uint32_t torrents;
	uint32_t peers;
	uint32_t lines; // of 64 bytes, of larger swarms
	uint32_t records; // of peers, with detail
};

// The part of the capacity that is in use.
struct shard_used {
	uint32_t lines;
	uint32_t records;
};

// The memory of a shard (bytes), all of it allocated by shard_create.
struct shard_memory {
	size_t torrents; // with the peers of small swarms
	size_t torrent_index; // of info_hashes
	size_t peers; // lines and chunks of all other peers
	size_t peer_index; // of these
	size_t records; // with detail
	size_t sources; // counts of what sources have stored
};

struct shard;

struct shard_memory shard_memory_of(const struct shard_config *config);
size_t shard_memory_bytes(const struct shard_config *config);

// Returns NULL and sets rte_errno if the memory cannot be allocated.
struct shard *shard_create(const struct shard_config *config);
void shard_free(struct shard *shard);

// Carries out ops[0..count) in order: each sees the results of those before it. now_s is a monotonic clock
// in seconds that starts above 0. After a jump (the process was stopped, the machine was suspended) the next
// sweep removes all peers that are older than the timeout.
void shard_process(struct shard *shard, struct shard_op *ops, unsigned count, uint32_t now_s);

// Makes shard_process add to `timing`, which the owner keeps. NULL: stop.
void shard_set_timing(struct shard *shard, struct swarm_timing *timing);

// A bounded piece of a sweep: visits up to `budget` torrents and peers and removes those that timed out. A
// round starts a sixteenth of the timeout after the last one started, at the earliest. Returns the number
// of visited torrents and peers.
unsigned shard_sweep(struct shard *shard, unsigned budget, uint32_t now_s);

// Removes up to `budget` torrents without peers: those that nobody has downloaded, and while others take more
// than an eighth of the table, the least downloaded ones (by powers of two), the one that has been without
// peers for longest first. Returns their number.
unsigned shard_trim(struct shard *shard, unsigned budget);

// Limits from the next op on. Without this call there are none.
void shard_set_limits(struct shard *shard, const struct source_limits *limits);

// Makes a source's peers in both shards, and in those joined to either, count for its limit. Before any lcore
// uses them, or its counts.
void shard_join(struct shard *shard, struct shard *other);

// The largest sources of this shard, in no order: those with a sixty-fourth of the limit or more, and at least
// 16 peers. Writes up to `capacity` rows, never more than SOURCE_HOLDERS, and returns their number. Any thread.
unsigned shard_sources(const struct shard *shard, struct source_row *rows, unsigned capacity);

// The peers of a source (sources_name) in this shard; may be too high (source_counts.h). Any thread.
uint32_t shard_source_peers(const struct shard *shard, uint64_t name);

// The list that decides which torrents are served (NULL: all of them), and the Unix time for its ends. The
// owner calls this once a turn; shard_process and shard_purge use the list until the next call. Only an op
// on a torrent that the shard does not have asks the list. If the version of the list has changed,
// shard_purge looks through all torrents.
void shard_set_access(struct shard *shard, const struct access_list *list, uint32_t wall_s);

// A bounded piece of a purge, which removes what the access list does not allow: visits up to `budget` places
// of torrents and peers. Returns the number of them; 0: nothing is left to do.
//
// A torrent that is not allowed leaves the table at once: from then on it is not in the store, so the list
// is asked about it, and others can use its place. Its peers take memory, and are counted, until this function
// has removed them. Torrents that the purge has not reached are served as before. A list with another
// version starts the purge again; peers of a torrent that has left are removed even so.
unsigned shard_purge(struct shard *shard, unsigned budget);

const struct shard_counts *shard_counts(const struct shard *shard);
struct shard_used shard_used(const struct shard *shard);

// Any thread.
struct shard_capacity shard_capacity(const struct shard *shard);

// The table of info_hashes, for measurements: struct rte_hash with 20-byte keys.
const void *shard_index(const struct shard *shard);
