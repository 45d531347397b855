// SPDX-License-Identifier: BSD-3-Clause
// A scrape: one datagram with info_hashes of several workers, without locks.
//
// The io lcore writes a plan behind the request, in the same buffer: the owner of each hash. The datagram
// then visits each owner once. A worker replaces its hashes by their rows; the last one moves the rows
// together. The lcore that has the datagram owns the plan.

#pragma once

#include "../bep15/wire.h"
#include "../stats/verdict.h"
#include "../swarm/shard.h"
#include "steer.h"

#include <stdbool.h>
#include <stdint.h>

struct scrape_plan {
	uint32_t hashes[BEP15_SCRAPE_IPV4_MAX];
	uint8_t workers[BEP15_SCRAPE_IPV4_MAX]; // owner, or SCRAPE_ROW_DONE
	uint8_t count;
} __attribute__((packed)); // a payload need not be aligned

enum {
	SCRAPE_ROW_DONE = 0xff,
	// Offset of the plan in the payload: behind the longest request that is answered completely.
	SCRAPE_PLAN_AT = 16 + BEP15_SCRAPE_IPV4_MAX * BEP15_INFO_HASH_BYTES,
	// Bytes that the buffer must have from the payload on.
	SCRAPE_PAYLOAD_BYTES_MIN = SCRAPE_PLAN_AT + sizeof(struct scrape_plan),
};

static_assert(
	(int)STEER_WORKERS_MAX <= (int)SCRAPE_ROW_DONE,
	"a worker's number must fit beside DONE"
);

// Plans a scrape of `len` bytes that passed request_check: up to `max` hashes (1 to BEP15_SCRAPE_IPV4_MAX)
// are answered.
void scrape_plan(const struct steer *steer, void *payload, uint16_t len, uint16_t max);

// The next owner to visit, or SCRAPE_ROW_DONE if every row is filled in.
uint8_t scrape_next(const void *payload);

// Writes the ops for the hashes that `worker` owns. Returns their number, up to BEP15_SCRAPE_IPV4_MAX.
unsigned scrape_read(const void *payload, enum family family, uint8_t worker, struct shard_op *ops);

// Fills in the rows of `worker` from the ops of scrape_read after the shard has carried them out. Returns the
// length of the reply (bytes) if that was the last owner, otherwise 0.
uint16_t scrape_reply(void *payload, uint8_t worker, const struct shard_op *ops);
