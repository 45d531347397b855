// SPDX-License-Identifier: BSD-3-Clause
// An announce on its way through a worker: from the request to a shard op, and from the op to
// the reply in the same payload.

#pragma once

#include "../base/rng.h"
#include "../bep15/wire.h"
#include "../stats/verdict.h"
#include "../swarm/shard.h"

#include <stdint.h>

// What the operator decided.
struct announce_policy {
	uint32_t interval_s; // when a client shall come back
	uint32_t interval_spread_s; // and up to so much later, at random
	uint16_t peers_default; // where the client leaves the number to us
	uint16_t peers_max[FAMILY_COUNT]; // at most BEP15_PEERS_IPV4_MAX and BEP15_PEERS_IPV6_MAX
};

// Fills `op` from an announce that request_check has passed. `address`: the sender's, 4 or 16
// bytes, network order; `hash`: the keyed hash of its info_hash. The op points into `payload`,
// where the reply's peers will be written.
void announce_read(
	const struct announce_policy *policy,
	void *payload,
	enum family family,
	const uint8_t *address,
	uint32_t hash,
	struct shard_op *op
);

// Writes the reply once the shard has carried out `op`. Returns its length (bytes) and the
// verdict.
uint16_t announce_reply(
	const struct announce_policy *policy,
	void *payload,
	const struct shard_op *op,
	struct rng *rng,
	enum verdict *verdict
);
