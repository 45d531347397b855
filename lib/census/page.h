// SPDX-License-Identifier: BSD-3-Clause
// A page of the list of all torrents, ordered by info_hash, from a table without order.
//
// All torrents are added in several passes. Each pass counts the torrents whose info_hash has the known
// prefix of the page's first one, by their next 16 bits. That extends the prefix, until few enough torrents
// are left to be sorted. Info_hashes that were chosen with equal prefixes cost more passes (up to ten), never
// more memory. Torrents that are added or removed between passes may shift the page by their number.

#pragma once

#include "best.h"

enum {
	PAGE_LIMIT_MAX = 100, // rows
	PAGE_SLACK = 1024, // rows before the page that may be sorted with it
	PAGE_ROWS_MAX = PAGE_SLACK + PAGE_LIMIT_MAX,
	PAGE_FANOUT = 1 << 16,
};

struct page {
	uint64_t offset;
	unsigned limit;
	uint64_t total; // number of torrents, counted by the first pass
	uint8_t start[SHARD_INFO_HASH_BYTES]; // lower bound of the page's first info_hash
	unsigned known; // bytes of `start` that are known, even
	uint64_t before; // torrents before `start`
	bool sorts; // the last pass, which collects the rows
	struct best best; // in `rows`
	struct shard_row rows[PAGE_ROWS_MAX];
	uint32_t counts[PAGE_FANOUT];
};

// Starts a page of torrents [offset, offset + limit), limit up to PAGE_LIMIT_MAX.
void page_start(struct page *page, uint64_t offset, unsigned limit);

// Adds a torrent to the current pass.
void page_add(struct page *page, const struct shard_row *row);

// Ends a pass. Returns true if the page is complete; otherwise all torrents have to be added again.
bool page_end_pass(struct page *page);

// The rows of a complete page, in order.
const struct shard_row *page_rows(const struct page *page, unsigned *count);
