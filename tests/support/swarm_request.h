// SPDX-License-Identifier: BSD-3-Clause
// Announces to the swarms of a fixture, compared with their models.

#pragma once

#include "swarm_fixture.h"

enum { SWARM_NUM_WANT_MAX = 200 };

// The peers of the last announce.
extern uint8_t swarm_reply[];

struct swarm_request {
	struct swarm_member *member;
	uint8_t address[18];
	uint32_t n;
	bool seeder;
	bool stopped;
	bool may_add;
	uint16_t num_want;
	uint32_t now; // of which swarms keep 15 bits
	struct swarm_plan plan;
	bool refreshed; // carried out by swarm_refresh
};

struct swarm_request swarm_request(
	struct swarm_member *member,
	uint32_t n,
	bool seeder,
	uint16_t num_want,
	uint32_t now
);

// All steps of prefetching.
void swarm_request_prepare(struct swarm_request *request);

// Its first step alone.
void swarm_request_plan(struct swarm_request *request);

// Carries out a prepared announce.
struct swarm_announce swarm_request_process(struct swarm_request *request);

// Carries out a prepared announce and compares its results with the model, which it changes, too.
struct swarm_announce swarm_request_check(struct swarm_request *request);

// The same by refresh_fast, as the shard does it for nearly every announce. False if that is not possible
// for this announce: then nothing is done.
bool swarm_request_refresh_fast(const struct swarm_request *request, const struct naive_peer *old);

// Prepares and checks an announce, or a stop, of the peer with number n.
struct swarm_announce swarm_announce_one(
	struct swarm_member *member,
	uint32_t n,
	bool seeder,
	uint16_t num_want,
	uint32_t now
);
struct swarm_announce swarm_stop_one(struct swarm_member *member, uint32_t n);

// All peers stop, in random order.
void swarm_fixture_empty(struct swarm_fixture *fixture);
