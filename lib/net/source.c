// SPDX-License-Identifier: BSD-3-Clause

#include "source.h"

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include <stdbool.h>
#include <string.h>

struct ipv4_block {
	uint32_t address;
	uint32_t mask;
	enum source source;
};

#define BLOCK(a, b, c, d, bits, source)                                                            \
	{                                                                                          \
		(uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d), ~UINT32_C(0) << (32 - (bits)),   \
			source                                                                     \
	}

static const struct ipv4_block ipv4_blocks[] = {
	BLOCK(0, 0, 0, 0, 8, SOURCE_INVALID), // "this network"
	BLOCK(10, 0, 0, 0, 8, SOURCE_PRIVATE), // RFC 1918
	BLOCK(100, 64, 0, 0, 10, SOURCE_PRIVATE), // RFC 6598, behind carrier-grade NAT
	BLOCK(127, 0, 0, 0, 8, SOURCE_INVALID), // loopback
	BLOCK(169, 254, 0, 0, 16, SOURCE_PRIVATE), // RFC 3927
	BLOCK(172, 16, 0, 0, 12, SOURCE_PRIVATE), // RFC 1918
	BLOCK(192, 168, 0, 0, 16, SOURCE_PRIVATE), // RFC 1918
	BLOCK(224, 0, 0, 0, 4, SOURCE_INVALID), // multicast
	BLOCK(240, 0, 0, 0, 4, SOURCE_INVALID), // reserved, broadcast
};

#undef BLOCK

struct ipv6_block {
	uint8_t prefix[16];
	uint8_t bits; // whole bytes and a rest
	enum source source;
};

// Teredo and 6to4 stay public: they are deprecated, and still reachable.
static const struct ipv6_block ipv6_blocks[] = {
	{{0}, 127, SOURCE_INVALID}, // :: and ::1
	{{[10] = 0xff, 0xff}, 96, SOURCE_INVALID}, // ::ffff:0:0/96, never on a wire
	{{0x00, 0x64, 0xff, 0x9b}, 96, SOURCE_INVALID}, // 64:ff9b::/96, translators
	{{0x20, 0x01, 0x0d, 0xb8}, 32, SOURCE_INVALID}, // documentation
	{{0xfc}, 7, SOURCE_PRIVATE}, // unique local
	{{0xfe, 0x80}, 10, SOURCE_LINK},
	{{0xff}, 8, SOURCE_INVALID}, // multicast
};

// What the first byte of an address says; SOURCE_COUNT where the others must be looked at.
static uint8_t ipv4_first_bytes[256];

RTE_INIT(source_index_ipv4)
{
	for (unsigned i = 0; i < RTE_DIM(ipv4_blocks); i++) {
		const struct ipv4_block *block = &ipv4_blocks[i];
		uint8_t first = (uint8_t)(block->address >> 24);
		bool whole = (block->mask & 0x00ffffff) == 0;

		for (unsigned n = first; n <= (first | (uint8_t) ~(block->mask >> 24)); n++)
			ipv4_first_bytes[n] = (uint8_t)(whole ? block->source : SOURCE_COUNT);
	}
}

static enum source
find_ipv4(uint32_t host_order)
{
	for (unsigned i = 0; i < RTE_DIM(ipv4_blocks); i++)
		if ((host_order & ipv4_blocks[i].mask) == ipv4_blocks[i].address)
			return ipv4_blocks[i].source;
	return SOURCE_PUBLIC;
}

enum source
source_ipv4(rte_be32_t address)
{
	uint32_t host_order = rte_be_to_cpu_32(address);
	uint8_t source = ipv4_first_bytes[host_order >> 24];

	return likely(source != SOURCE_COUNT) ? (enum source)source : find_ipv4(host_order);
}

static bool
prefix_matches(const uint8_t address[16], const struct ipv6_block *block)
{
	unsigned bytes = block->bits / 8;
	uint8_t rest = (uint8_t)(0xff00 >> block->bits % 8);

	return memcmp(address, block->prefix, bytes) == 0
		&& ((address[bytes] ^ block->prefix[bytes]) & rest) == 0;
}

enum source
source_ipv6(const uint8_t address[16])
{
	// Nearly every sender lives in 2000::/3 outside documentation's 2001:db8::/32.
	if ((address[0] & 0xe0) == 0x20 && !(address[2] == 0x0d && address[3] == 0xb8))
		return SOURCE_PUBLIC;
	for (unsigned i = 0; i < RTE_DIM(ipv6_blocks); i++)
		if (prefix_matches(address, &ipv6_blocks[i]))
			return ipv6_blocks[i].source;
	return SOURCE_PUBLIC;
}
