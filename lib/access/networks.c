// SPDX-License-Identifier: BSD-3-Clause

#include "networks.h"

#include "../base/line.h"
#include "flip_tree_inline.h"

#include <rte_byteorder.h>
#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum {
	IPV4_INDEX_BITS = 16,
	IPV4_INDEX = 1 << IPV4_INDEX_BITS,
	LEVELS_MAX =
		130, // prefixes of lengths 0 to 128 inside one another, and what is around them
};

// An address as a number. An IPv4 address is in the top 32 bits, so prefixes of both families are alike.
typedef flip_bits bits128;

// From a flip on, addresses have the other verdict; before the first one they are allowed. So an address is
// denied if the number of flips at or before it is odd.
struct networks {
	uint64_t count;
	uint32_t next_end_s;
	uint64_t ipv4_count; // flips
	uint64_t ipv6_at; // bytes from the start of this
	struct flip_tree ipv6_tree;
	uint32_t ipv4_index[IPV4_INDEX + 1]; // flips before the first address with these 16 bits
	uint32_t ipv4[]; // behind these: flips of IPv6, bits128
};

// Where flips of a family go.
struct flips {
	enum family family;
	uint64_t count;
	uint32_t *ipv4;
	bits128 *ipv6;
};

// A prefix that is open at some address of the sweep.
struct level {
	bits128 last; // its last address
	bool denied;
};

struct sweep {
	struct flips *flips;
	unsigned depth;
	struct level levels[LEVELS_MAX];
};

// Each network begins one flip and ends one.
static uint64_t
flips_max(uint64_t networks)
{
	return 2 * networks;
}

size_t
networks_bytes(uint64_t count)
{
	return RTE_ALIGN_CEIL(sizeof(struct networks), LINE_BYTES) + LINE_BYTES
		+ flip_tree_size(flips_max(count)) * sizeof(bits128);
}

static bits128 *
ipv6_flips(const struct networks *networks)
{
	return (bits128 *)((uintptr_t)networks + networks->ipv6_at);
}

static size_t
address_bytes(uint8_t family)
{
	return family == FAMILY_IPV4 ? 4 : 16;
}

static bits128
address_bits(uint8_t family, const uint8_t *bytes)
{
	uint64_t words[2];
	uint32_t word;

	if (family == FAMILY_IPV4) {
		memcpy(&word, bytes, sizeof(word));
		return (bits128)rte_be_to_cpu_32(word) << 96;
	}
	memcpy(words, bytes, sizeof(words));
	return (bits128)rte_be_to_cpu_64(words[0]) << 64 | rte_be_to_cpu_64(words[1]);
}

static int
compare_places(const struct network *one, const struct network *other)
{
	if (one->family != other->family)
		return one->family - other->family;
	int order = memcmp(one->bytes, other->bytes, address_bytes(one->family));

	return order != 0 ? order : one->bits - other->bits;
}

static int
compare(const void *a, const void *b)
{
	const struct network *one = a;
	const struct network *other = b;
	int order = compare_places(one, other);

	return order != 0 ? order : (one->order > other->order) - (one->order < other->order);
}

static bits128
flip_at(const struct flips *flips, uint64_t i)
{
	return flips->family == FAMILY_IPV4 ? (bits128)flips->ipv4[i] << 96 : flips->ipv6[i];
}

// From `at` on, the verdict is `denied`. The last call for an address counts.
static void
flips_set(struct flips *flips, bits128 at, bool denied)
{
	if (flips->count > 0 && flip_at(flips, flips->count - 1) == at)
		flips->count--;
	if ((flips->count % 2 == 1) == denied)
		return;
	if (flips->family == FAMILY_IPV4)
		flips->ipv4[flips->count++] = (uint32_t)(at >> 96);
	else
		flips->ipv6[flips->count++] = at;
}

// Ends the innermost level. Nothing is behind the last address of all.
static void
sweep_close(struct sweep *sweep)
{
	bits128 next = sweep->levels[--sweep->depth].last + 1;

	if (next != 0)
		flips_set(
			sweep->flips,
			next,
			sweep->depth > 0 && sweep->levels[sweep->depth - 1].denied
		);
}

static void
sweep_open(struct sweep *sweep, const struct network *network)
{
	bits128 first = address_bits(network->family, network->bytes);
	bits128 rest = network->bits < 128 ? ~(bits128)0 >> network->bits : 0;

	while (sweep->depth > 0 && sweep->levels[sweep->depth - 1].last < first)
		sweep_close(sweep);
	sweep->levels[sweep->depth++] = (struct level){first | rest, !network->allowed};
	flips_set(sweep->flips, first, !network->allowed);
}

static bool
has_ended(const struct network *network, uint32_t now_s)
{
	return network->until_s != 0 && now_s >= network->until_s;
}

// Makes flips of the sorted networks of one family. A prefix comes before those inside it.
static void
make_flips(
	struct networks *networks,
	struct flips *flips,
	const struct network *list,
	uint64_t count,
	uint32_t now_s
)
{
	struct sweep sweep = {.flips = flips};

	for (uint64_t i = 0; i < count; i++) {
		const struct network *network = &list[i];
		uint32_t until_s = network->until_s;

		if (i + 1 < count && compare_places(network, network + 1) == 0)
			continue;
		if (has_ended(network, now_s))
			continue;
		sweep_open(&sweep, network);
		networks->count++;
		if (until_s != 0 && (networks->next_end_s == 0 || until_s < networks->next_end_s))
			networks->next_end_s = until_s;
	}
	while (sweep.depth > 0)
		sweep_close(&sweep);
}

static void
make_index(struct networks *networks)
{
	uint64_t at = 0;

	for (uint32_t i = 0; i < IPV4_INDEX; i++) {
		while (at < networks->ipv4_count && networks->ipv4[at] >> (32 - IPV4_INDEX_BITS) < i
		)
			at++;
		networks->ipv4_index[i] = (uint32_t)at;
	}
	networks->ipv4_index[IPV4_INDEX] = (uint32_t)networks->ipv4_count;
}

struct networks *
networks_init(void *memory, struct network *list, uint64_t count, uint32_t now_s)
{
	struct networks *networks = memory;
	struct flips ipv4 = {.family = FAMILY_IPV4, .ipv4 = networks->ipv4};
	struct flips ipv6 = {.family = FAMILY_IPV6};
	uint64_t ipv4_networks = 0;

	for (uint64_t i = 0; i < count; i++) {
		list[i].order = (uint32_t)i;
		ipv4_networks += list[i].family == FAMILY_IPV4;
	}
	qsort(list, count, sizeof(list[0]), compare);
	make_flips(networks, &ipv4, list, ipv4_networks, now_s);
	networks->ipv4_count = ipv4.count;
	make_index(networks);

	networks->ipv6_at = RTE_ALIGN_CEIL(
		offsetof(struct networks, ipv4) + ipv4.count * sizeof(uint32_t), LINE_BYTES
	);
	ipv6.ipv6 = ipv6_flips(networks);
	make_flips(networks, &ipv6, list + ipv4_networks, count - ipv4_networks, now_s);
	flip_tree_build(&networks->ipv6_tree, ipv6.ipv6, ipv6.count);
	return networks;
}

// Flips at or before the address. No branch depends on the data: they would be mispredicted.
static uint64_t
ipv4_rank(const struct networks *networks, uint32_t address)
{
	uint64_t first = networks->ipv4_index[address >> (32 - IPV4_INDEX_BITS)];
	uint64_t count = networks->ipv4_index[(address >> (32 - IPV4_INDEX_BITS)) + 1] - first;
	const uint32_t *flips = networks->ipv4 + first;

	while (count > 0) {
		uint64_t half = (count + 1) / 2;

		flips += flips[half - 1] <= address ? half : 0;
		count -= half;
	}
	return (uint64_t)(flips - networks->ipv4);
}

bool
networks_deny(const struct networks *networks, enum family family, const uint8_t *address)
{
	uint32_t word;

	if (family == FAMILY_IPV6)
		return flip_tree_rank(
			       &networks->ipv6_tree,
			       ipv6_flips(networks),
			       address_bits(FAMILY_IPV6, address)
		       ) % 2
			== 1;
	memcpy(&word, address, sizeof(word));
	return ipv4_rank(networks, rte_be_to_cpu_32(word)) % 2 == 1;
}

uint64_t
networks_count(const struct networks *networks)
{
	return networks->count;
}

uint32_t
networks_next_end(const struct networks *networks)
{
	return networks->next_end_s;
}
