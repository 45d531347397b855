// SPDX-License-Identifier: BSD-3-Clause

#include "page.h"

#include <rte_common.h>

#include <string.h>

void
page_start(struct page *page, uint64_t offset, unsigned limit)
{
	memset(page, 0, sizeof(*page));
	page->offset = offset;
	page->limit = limit;
	page->best = (struct best){.rows = page->rows, .before = best_by_hash};
}

void
page_add(struct page *page, const struct shard_row *row)
{
	const uint8_t *hash = row->info_hash;

	page->total += page->known == 0;
	if (page->sorts) {
		if (memcmp(hash, page->start, sizeof(page->start)) >= 0)
			best_add(&page->best, row);
		return;
	}
	if (memcmp(hash, page->start, page->known) == 0)
		page->counts[hash[page->known] << 8 | hash[page->known + 1]]++;
}

// Number of torrents from `start` on that come before the page.
static uint64_t
skipped_rows(const struct page *page)
{
	return page->offset - page->before;
}

// Extends the known prefix of the page's first info_hash by two bytes. Returns the number of torrents with it.
static uint32_t
extend_start(struct page *page)
{
	uint32_t next = 0;

	while (next < PAGE_FANOUT - 1 && page->before + page->counts[next] <= page->offset)
		page->before += page->counts[next++];
	page->start[page->known] = (uint8_t)(next >> 8);
	page->start[page->known + 1] = (uint8_t)next;
	page->known += 2;
	return page->counts[next];
}

bool
page_end_pass(struct page *page)
{
	if (page->sorts) {
		best_sort(&page->best);
		return true;
	}
	if (page->known == 0 && page->offset >= page->total)
		return true; // behind the last torrent
	uint32_t left = extend_start(page);

	if (left > PAGE_SLACK && page->known < SHARD_INFO_HASH_BYTES) {
		memset(page->counts, 0, sizeof(page->counts));
		return false;
	}
	page->sorts = true;
	// If torrents were removed between passes, the offset may lie beyond: the page is shorter then.
	page->best.capacity =
		(unsigned)RTE_MIN(skipped_rows(page), (uint64_t)PAGE_SLACK) + page->limit;
	return false;
}

const struct shard_row *
page_rows(const struct page *page, unsigned *count)
{
	uint64_t skip = page->sorts ? skipped_rows(page) : 0;

	*count = skip < page->best.count ? page->best.count - (unsigned)skip : 0;
	return page->rows + (*count == 0 ? 0 : skip);
}
