// SPDX-License-Identifier: BSD-3-Clause
// A naive tracker beside a shard: the expected state of a few torrents, and the expected result of each op. What is wrong
// fails the test.

#pragma once

#include "naive_swarm.h"
#include "shard_fixture.h"

enum { SHARD_MODEL_TORRENTS = 64 };

struct shard_model {
	bool known[SHARD_MODEL_TORRENTS];
	uint32_t completed[SHARD_MODEL_TORRENTS];
	struct naive_swarm swarms[SHARD_MODEL_TORRENTS][2]; // by shard_families
	uint32_t max_torrents;
	uint32_t max_peers;
	struct shard_counts counts;
	unsigned peers;
};

void shard_model_open(struct shard_model *model, uint32_t max_torrents, uint32_t max_peers);
void shard_model_close(struct shard_model *model);

// As if it were closed and opened again, but it keeps its memory.
void shard_model_reopen(struct shard_model *model, uint32_t max_torrents, uint32_t max_peers);

// Carries out an op on a torrent (make_op) that the shard has carried out, and compares the results.
void
shard_model_check(struct shard_model *model, uint32_t torrent, struct shard_op *op, uint32_t now_s);

// A whole sweep, as the shard has done one.
void shard_model_sweep(struct shard_model *model, uint32_t now_s);
