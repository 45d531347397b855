// SPDX-License-Identifier: BSD-3-Clause
// An announce in a worker: from the request to a shard op, and from the op to the reply in the same payload.

#pragma once

#include "../base/rng.h"
#include "../bep15/wire.h"
#include "../stats/verdict.h"
#include "../swarm/shard.h"

#include <stdint.h>

// The operator's settings.
struct announce_policy {
	uint32_t interval_s; // time until a client's next announce
	uint32_t interval_spread_s; // maximum of a random time added to it
	uint16_t peers_default; // number of peers if the client has no preference
	uint16_t peers_max[FAMILY_COUNT]; // up to BEP15_PEERS_IPV4_MAX and BEP15_PEERS_IPV6_MAX
	const char
		*denied_message; // up to REPLY_MESSAGE_MAX bytes; for torrents that are not allowed
};

// Fills in `op` from an announce that passed request_check. `address`: of the sender, 4 or 16 bytes, network
// order. `hash`: the keyed hash of the info_hash. The op points into `payload`, where the peers of the reply
// will be written.
void announce_read(
	const struct announce_policy *policy,
	void *payload,
	enum family family,
	const uint8_t *address,
	uint32_t hash,
	struct shard_op *op
);

// Writes the reply after the shard has carried out `op`. Returns its length (bytes) and the verdict.
uint16_t announce_reply(
	const struct announce_policy *policy,
	void *payload,
	const struct shard_op *op,
	struct rng *rng,
	enum verdict *verdict
);
