// SPDX-License-Identifier: BSD-3-Clause

#include "announce.h"

#include "../bep15/reply.h"
#include "../bep15/request.h"

#include <rte_branch_prediction.h>

#include <string.h>

static_assert(
	offsetof(struct bep15_announce, event) - offsetof(struct bep15_announce, peer_id)
		== SHARD_DETAIL_BYTES,
	"the shard keeps these fields as in the request"
);

void
announce_read(
	const struct announce_policy *policy,
	void *payload,
	enum family family,
	const uint8_t *address,
	uint32_t hash,
	struct shard_op *op
)
{
	const struct bep15_announce *announce = payload;

	op->info_hash = announce->info_hash;
	op->peers = ((struct bep15_announce_reply *)payload)->peers;
	op->detail = announce->peer_id;
	op->hash = hash;
	op->kind = SHARD_ANNOUNCE;
	op->family = family;
	op->event = (uint8_t)(rte_be_to_cpu_32(announce->event) & 3);
	op->stopped = announce->event == rte_cpu_to_be_32(BEP15_EVENT_STOPPED);
	op->seeder = announce->left == 0;
	op->num_want = request_num_want(
		announce->num_want, policy->peers_default, policy->peers_max[family]
	);
	// Constant lengths: with variable ones memcpy would be a call.
	if (family == FAMILY_IPV4) {
		memcpy(op->peer, address, 4);
		memcpy(op->peer + 4, &announce->port, sizeof(announce->port));
	} else {
		memcpy(op->peer, address, 16);
		memcpy(op->peer + 16, &announce->port, sizeof(announce->port));
	}
}

static enum verdict
verdict_of(enum shard_outcome outcome)
{
	switch (outcome) {
	case SHARD_TORRENTS_FULL:
		return VERDICT_announce_torrents_full;
	case SHARD_PEERS_FULL:
		return VERDICT_announce_peers_full;
	case SHARD_SOURCE_FULL:
		return VERDICT_announce_source_full;
	case SHARD_DENIED:
		return VERDICT_announce_denied;
	case SHARD_DONE:
		break;
	}
	return VERDICT_announce;
}

// Not inlined, because it would take registers from the worker's turn.
static __rte_noinline uint16_t
deny(const struct announce_policy *policy, void *payload)
{
	return reply_message(payload, policy->denied_message);
}

uint16_t
announce_reply(
	const struct announce_policy *policy,
	void *payload,
	const struct shard_op *op,
	struct rng *rng,
	enum verdict *verdict
)
{
	enum verdict outcome = verdict_of(op->outcome);

	*verdict = outcome;
	if (unlikely(outcome == VERDICT_announce_denied))
		return deny(policy, payload);
	uint32_t spread_s = rng_below(rng, policy->interval_spread_s + 1);
	unsigned stride = op->family == FAMILY_IPV4 ? BEP15_PEER_IPV4_BYTES : BEP15_PEER_IPV6_BYTES;

	return reply_announce(
		payload,
		policy->interval_s + spread_s,
		op->leechers,
		op->seeders,
		(uint16_t)(op->peer_count * stride)
	);
}
