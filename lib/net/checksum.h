// SPDX-License-Identifier: BSD-3-Clause
// The Internet checksum (RFC 1071) over headers that may start at any byte.
//
// Sums are computed eight bytes at a time: ones' complement addition gives the same result with words of
// any width (RFC 1071 2), and most datagrams here are a dozen such words. Results are in network order,
// ready to be stored in a header. Pure: any thread.

#pragma once

#include "../stats/verdict.h"
#include "ipv6.h"

#include <rte_ip.h>
#include <rte_udp.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// Adds with end-around carry.
static __rte_always_inline uint64_t
checksum_add(uint64_t sum, uint64_t word)
{
	sum += word;
	return sum + (sum < word);
}

static __rte_always_inline uint64_t
checksum_load(const uint8_t *bytes, unsigned count)
{
	uint64_t word = 0;

	memcpy(&word, bytes, count);
	return word;
}

// A running sum. Carries are counted separately, so that no addition depends on the one before.
struct checksum_parts {
	uint64_t sum;
	uint64_t carries;
};

static __rte_always_inline void
checksum_parts_add(struct checksum_parts *parts, const uint8_t *bytes)
{
	uint64_t word = checksum_load(bytes, 8);

	parts->sum += word;
	parts->carries += parts->sum < word;
}

// The sum of `len` bytes, whose offset in the summed data is even.
static __rte_always_inline uint64_t
checksum_sum(const void *data, size_t len)
{
	const uint8_t *bytes = data;
	struct checksum_parts parts = {0, 0};
	uint64_t rest = 0;

	for (; len >= 32; bytes += 32, len -= 32)
		for (unsigned at = 0; at < 32; at += 8)
			checksum_parts_add(&parts, bytes + at);
	for (; len >= 8; bytes += 8, len -= 8)
		checksum_parts_add(&parts, bytes);
	// The rest may be added at any even offset of a word.
	if (len & 4) {
		rest = checksum_load(bytes, 4);
		bytes += 4;
	}
	if (len & 2) {
		rest |= checksum_load(bytes, 2) << 32;
		bytes += 2;
	}
	if (len & 1)
		rest |= checksum_load(bytes, 1) << 48;
	return checksum_add(checksum_add(parts.sum, rest), parts.carries);
}

// Folds a sum to 16 bits. Adding a word to itself with its halves exchanged leaves the sum of both halves
// in the upper one, the carry of the lower half included: end-around.
static __rte_always_inline uint16_t
checksum_fold(uint64_t sum)
{
	sum += sum << 32 | sum >> 32;
	uint32_t half = (uint32_t)(sum >> 32);

	half += half << 16 | half >> 16;
	return (uint16_t)(half >> 16);
}

// The sum of the pseudo header (RFC 768, RFC 8200 8.1): addresses, protocol, length.
static __rte_always_inline uint64_t
checksum_pseudo(const void *l3, enum family family, uint8_t protocol, uint16_t l4_len)
{
	bool ipv4 = family == FAMILY_IPV4;
	size_t at = ipv4 ? offsetof(struct rte_ipv4_hdr, src_addr)
			 : offsetof(struct ipv6_header, src_addr);
	uint64_t addresses = checksum_sum((const uint8_t *)l3 + at, ipv4 ? 8 : 32);

	return checksum_add(
		addresses, (uint64_t)rte_cpu_to_be_16(protocol) + rte_cpu_to_be_16(l4_len)
	);
}

// The checksum of an IPv4 header without options whose checksum field is 0.
static inline rte_be16_t
checksum_ipv4(const struct rte_ipv4_hdr *ip)
{
	return (rte_be16_t)~checksum_fold(checksum_sum(ip, sizeof(*ip)));
}

static inline bool
checksum_ipv4_ok(const struct rte_ipv4_hdr *ip)
{
	return checksum_fold(checksum_sum(ip, sizeof(*ip))) == 0xffff;
}

// The checksum field for a folded sum. A result of 0 is sent as 0xffff, which is the same number, because
// 0 means "no checksum" in UDP (RFC 768, RFC 8200 8.1).
static __rte_always_inline rte_be16_t
checksum_udp(uint16_t folded)
{
	return folded != 0xffff ? (rte_be16_t)~folded : 0xffff;
}

// The checksum of `l4_len` bytes with IP header `l3`; the checksum field is 0.
static __rte_always_inline rte_be16_t
checksum_l4(const void *l3, enum family family, uint8_t protocol, const void *l4, uint16_t l4_len)
{
	uint64_t sum = checksum_pseudo(l3, family, protocol, l4_len);

	return checksum_udp(checksum_fold(checksum_add(sum, checksum_sum(l4, l4_len))));
}

// Whether the checksum of a received segment of `l4_len` bytes is right. The segment follows the IP
// header directly, so the addresses, the last fields of that header, are summed together with it.
static __rte_always_inline bool
checksum_l4_ok(enum family family, uint8_t protocol, const void *l4, uint16_t l4_len)
{
	unsigned addresses = family == FAMILY_IPV4 ? 8 : 32;
	uint64_t sum = checksum_sum((const uint8_t *)l4 - addresses, (size_t)addresses + l4_len);
	uint64_t rest = (uint64_t)rte_cpu_to_be_16(protocol) + rte_cpu_to_be_16(l4_len);

	return checksum_fold(checksum_add(sum, rest)) == 0xffff;
}
