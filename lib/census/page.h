// SPDX-License-Identifier: BSD-3-Clause
// A page of the list of all torrents, in the order of their info_hashes, from a table that has no
// order.
//
// All torrents pass by a few times. In each pass those that begin like the page's first one, as far
// as that is known, are counted by their next 16 bits; so its rank is narrowed down until few
// enough are left to be sorted. Hashes that are chosen to begin alike cost more passes (at most
// ten), never more memory. Torrents that come and go between passes may shift the page by as many.

#pragma once

#include "best.h"

enum {
	PAGE_LIMIT_MAX = 100, // rows
	PAGE_SLACK = 1024, // rows before the page that may be sorted with it
	PAGE_ROOM = PAGE_SLACK + PAGE_LIMIT_MAX,
	PAGE_FANOUT = 1 << 16,
};

struct page {
	uint64_t offset;
	unsigned limit;
	uint64_t total; // torrents there are; known after the first pass
	uint8_t start[SHARD_INFO_HASH_BYTES]; // the page does not begin before this hash
	unsigned known; // bytes of `start` that are known, even
	uint64_t before; // torrents before `start`
	bool sorts; // this pass gathers, the last of all
	struct best best; // in `rows`
	struct shard_row rows[PAGE_ROOM];
	uint32_t counts[PAGE_FANOUT];
};

// Torrents [offset, offset + limit) are wanted; limit up to PAGE_LIMIT_MAX.
void page_start(struct page *page, uint64_t offset, unsigned limit);

// A torrent passes by.
void page_take(struct page *page, const struct shard_row *row);

// All have passed. True where the page is there; else all must pass again.
bool page_turn(struct page *page);

// Of a page that is there: its rows, in order.
const struct shard_row *page_rows(const struct page *page, unsigned *count);
