// SPDX-License-Identifier: BSD-3-Clause
// The details of a peer's last announce, as in the request, and its time. Cold: announces write it, the
// packet path never reads it.

#pragma once

#include <rte_byteorder.h>

#include <assert.h>
#include <stdint.h>

struct swarm_record {
	uint8_t peer_id[20];
	rte_be64_t downloaded; // bytes
	rte_be64_t left;
	rte_be64_t uploaded;
	// Seconds of the shard's clock, modulo 2^30, << 2, and 2 bits of enum bep15_event.
	uint32_t updated_event;
} __attribute__((packed));

enum { SWARM_RECORD_BYTES = 48, SWARM_RECORD_SECONDS = UINT32_MAX >> 2 };
static_assert(
	sizeof(struct swarm_record) == SWARM_RECORD_BYTES,
	"44 bytes of an announce, and time"
);
