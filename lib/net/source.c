// SPDX-License-Identifier: BSD-3-Clause
// source.def as a trie of bytes, built before main(). Nearly every lookup ends at the first byte.

#include "source.h"

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_debug.h>

#include <arpa/inet.h>
#include <assert.h>
#include <stdbool.h>
#include <string.h>

const struct source_kind source_kinds[SOURCE_COUNT] = {
#define SOURCE_KIND(name, help) [SOURCE_##name] = {#name, help},
#include "source.def"
};

const struct source_block source_blocks[] = {
#define SOURCE_BLOCK(prefix, bits, kind, rfc, help) {prefix, bits, SOURCE_##kind, rfc, help},
#include "source.def"
};
const unsigned source_block_count = RTE_DIM(source_blocks);

enum {
	ROOT_IPV4,
	ROOT_IPV6,
	ROOTS,
	NODES_MAX = 128,
};

// Entry of a node by the next byte of an address: the kind, or SOURCE_COUNT plus the number of a child node.
static uint8_t nodes[NODES_MAX][256];
static unsigned node_count = ROOTS;

static_assert(NODES_MAX + SOURCE_COUNT <= 256, "an entry is a byte");

// The child node of an entry. A new one has the entry's kind for every byte.
static unsigned
child(uint8_t *entry)
{
	if (*entry < SOURCE_COUNT) {
		RTE_VERIFY(node_count < NODES_MAX);
		memset(nodes[node_count], *entry, sizeof(nodes[0]));
		*entry = (uint8_t)(SOURCE_COUNT + node_count++);
	}
	return *entry - SOURCE_COUNT;
}

static void
add_block(const struct source_block *block)
{
	bool ipv6 = strchr(block->prefix, ':') != NULL;
	unsigned node = ipv6 ? ROOT_IPV6 : ROOT_IPV4;
	unsigned bits = block->bits;
	uint8_t prefix[16];
	uint8_t *byte = prefix;

	RTE_VERIFY(inet_pton(ipv6 ? AF_INET6 : AF_INET, block->prefix, prefix) == 1);
	for (; bits > 8; bits -= 8)
		node = child(&nodes[node][*byte++]);
	memset(&nodes[node][*byte], block->source, 1u << (8 - bits));
}

// Adds shorter prefixes first, so that longer ones override them.
RTE_INIT(source_make_trie)
{
	for (unsigned bits = 1; bits <= 128; bits++)
		for (unsigned i = 0; i < source_block_count; i++)
			if (source_blocks[i].bits == bits)
				add_block(&source_blocks[i]);
}

static inline enum source
look_up(unsigned root, const uint8_t *address)
{
	unsigned entry = nodes[root][*address];

	while (unlikely(entry >= SOURCE_COUNT))
		entry = nodes[entry - SOURCE_COUNT][*++address];
	return (enum source)entry;
}

enum source
source_ipv4(rte_be32_t address)
{
	return look_up(ROOT_IPV4, (const uint8_t *)&address);
}

enum source
source_ipv6(const uint8_t address[16])
{
	enum source source = look_up(ROOT_IPV6, address);

	if (unlikely(source == SOURCE_6TO4))
		return look_up(ROOT_IPV4, address + 2) == SOURCE_PUBLIC ? SOURCE_PUBLIC
									: SOURCE_RESERVED;
	return source;
}
