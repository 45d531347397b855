// SPDX-License-Identifier: BSD-3-Clause
// The checksums of a snapshot.

#pragma once

#include "format.h"

#include <rte_hash_crc.h>

#include <stddef.h>

static inline uint32_t
snapshot_head_crc(const struct snapshot_head *head)
{
	return rte_hash_crc(head, offsetof(struct snapshot_head, crc), UINT32_MAX);
}

static inline uint32_t
snapshot_block_crc(
	const struct snapshot_head *head,
	const struct snapshot_block *block,
	const void *payload
)
{
	uint32_t crc = rte_hash_crc(block, offsetof(struct snapshot_block, crc), head->crc);

	return rte_hash_crc(payload, block->bytes, crc);
}
