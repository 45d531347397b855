// SPDX-License-Identifier: BSD-3-Clause
// A scrape on its way: one datagram, hashes of several workers, no lock.
//
// The io lcore writes a plan behind the request, in the same buffer: who owns which hash. The
// datagram then visits each owner once. A worker puts its rows where its hashes stood; the last
// one moves the rows together. Whoever holds the datagram owns the plan.

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
} __attribute__((packed)); // a payload may start at any byte

enum {
	SCRAPE_ROW_DONE = 0xff,
	// Where the plan stands in the payload: behind the longest request that is answered whole.
	SCRAPE_PLAN_AT = 16 + BEP15_SCRAPE_IPV4_MAX * BEP15_INFO_HASH_BYTES,
	// Bytes the payload's buffer must have from the payload on.
	SCRAPE_PAYLOAD_ROOM = SCRAPE_PLAN_AT + sizeof(struct scrape_plan),
};

static_assert(
	(int)STEER_WORKERS_MAX <= (int)SCRAPE_ROW_DONE,
	"a worker's number must fit beside DONE"
);

// Plans a scrape of `len` bytes that request_check has passed: its first `most` hashes are answered, 1
// to BEP15_SCRAPE_IPV4_MAX.
void scrape_plan(const struct steer *steer, void *payload, uint16_t len, uint16_t most);

// The next owner to visit, or SCRAPE_ROW_DONE when every row is filled.
uint8_t scrape_next(const void *payload);

// How many hashes `worker` owns, and the ops for them: at most BEP15_SCRAPE_IPV4_MAX.
unsigned scrape_read(const void *payload, enum family family, uint8_t worker, struct shard_op *ops);

// Fills in the rows of `worker` from the ops of scrape_read, carried out. Returns the length of
// the reply (bytes) when that was the last owner, else 0.
uint16_t scrape_reply(void *payload, uint8_t worker, const struct shard_op *ops);
