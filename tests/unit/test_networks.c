// SPDX-License-Identifier: BSD-3-Clause
// lib/access/networks.h: compared with a walk over all networks.

#include "../../lib/access/networks.h"
#include "../../lib/base/rng.h"
#include "../support/block.h"

#include <rte_byteorder.h>
#include <rte_common.h>

#include <arpa/inet.h>
#include <stdio.h>

enum { MODEL_MAX = 120, NOW_S = 1000 };

struct fixture {
	struct rng rng;
	struct network list[MODEL_MAX]; // in the order of the file
	unsigned count;
	struct networks *networks;
};

static unsigned
bytes_of(enum family family)
{
	return family == FAMILY_IPV4 ? 4 : 16;
}

static void
make(struct fixture *fixture)
{
	struct network list[MODEL_MAX];

	memcpy(list, fixture->list, sizeof(list));
	fixture->networks = networks_init(
		block_new(networks_bytes(fixture->count)), list, fixture->count, NOW_S
	);
}

static bool
get_bit(const uint8_t *bytes, unsigned bit)
{
	return bytes[bit / 8] >> (7 - bit % 8) & 1;
}

static bool
contains(const struct network *network, enum family family, const uint8_t *address)
{
	if (network->family != family)
		return false;
	for (unsigned bit = 0; bit < network->bits; bit++)
		if (get_bit(network->bytes, bit) != get_bit(address, bit))
			return false;
	return true;
}

static bool
is_same(const struct network *one, const struct network *other)
{
	return one->bits == other->bits && contains(one, other->family, other->bytes);
}

// Whether it is in force: it has not ended, and it is not there again.
static bool
counts(const struct fixture *fixture, unsigned n)
{
	const struct network *network = &fixture->list[n];

	for (unsigned later = n + 1; later < fixture->count; later++)
		if (is_same(network, &fixture->list[later]))
			return false;
	return network->until_s == 0 || NOW_S < network->until_s;
}

static bool
model_denies(const struct fixture *fixture, enum family family, const uint8_t *address)
{
	const struct network *best = NULL;

	for (unsigned n = 0; n < fixture->count; n++)
		if (counts(fixture, n) && contains(&fixture->list[n], family, address)
		    && (best == NULL || fixture->list[n].bits > best->bits))
			best = &fixture->list[n];
	return best != NULL && !best->allowed;
}

static void
assert_same(const struct fixture *fixture, enum family family, const uint8_t *address)
{
	assert_int_equal(
		networks_deny(fixture->networks, family, address),
		model_denies(fixture, family, address)
	);
}

static void
step(uint8_t *address, unsigned bytes, int by)
{
	for (unsigned i = bytes; i-- > 0;) {
		address[i] = (uint8_t)(address[i] + by);
		if (address[i] != (by > 0 ? 0 : 0xff))
			return;
	}
}

// At the first and the last address of a network, and beside both.
static void
assert_same_around(const struct fixture *fixture, const struct network *network)
{
	unsigned bytes = bytes_of(network->family);
	uint8_t first[16], last[16];

	memcpy(first, network->bytes, sizeof(first));
	memcpy(last, network->bytes, sizeof(last));
	for (unsigned bit = network->bits; bit < 8 * bytes; bit++)
		last[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	assert_same(fixture, network->family, first);
	assert_same(fixture, network->family, last);
	step(first, bytes, -1);
	step(last, bytes, 1);
	assert_same(fixture, network->family, first);
	assert_same(fixture, network->family, last);
}

static void
assert_same_everywhere(struct fixture *fixture)
{
	uint64_t counted = 0;
	uint32_t next_s = 0;

	for (unsigned n = 0; n < fixture->count; n++) {
		uint32_t until_s = fixture->list[n].until_s;

		assert_same_around(fixture, &fixture->list[n]);
		if (!counts(fixture, n))
			continue;
		counted++;
		if (until_s != 0 && (next_s == 0 || until_s < next_s))
			next_s = until_s;
	}
	assert_int_equal(networks_count(fixture->networks), counted);
	assert_int_equal(networks_next_end(fixture->networks), next_s);
	for (unsigned n = 0; n < 100; n++) {
		uint64_t words[2] = {rng_next(&fixture->rng), rng_next(&fixture->rng)};

		assert_same(fixture, FAMILY_IPV4, (const uint8_t *)words);
		assert_same(fixture, FAMILY_IPV6, (const uint8_t *)words);
	}
}

// Bits are alike most of the time, so networks are inside one another, or neighbours.
static struct network
random_network(struct rng *rng, bool ends)
{
	struct network network = {
		.family = rng_below(rng, 2) ? FAMILY_IPV4 : FAMILY_IPV6,
		.allowed = rng_below(rng, 2),
		.until_s = ends && rng_below(rng, 2) ? NOW_S - 2 + rng_below(rng, 5) : 0,
	};
	unsigned bytes = bytes_of(network.family);
	uint8_t common = rng_below(rng, 2) ? 0xff : 0;

	network.bits = (uint8_t)rng_below(rng, 8 * bytes + 1);
	for (unsigned bit = 0; bit < network.bits; bit++) {
		bool set = rng_below(rng, 8) == 0 ? rng_below(rng, 2) : common != 0;

		network.bytes[bit / 8] |= set ? (uint8_t)(0x80 >> bit % 8) : 0;
	}
	return network;
}

static void
test_random_against_model(void **state)
{
	static struct fixture fixture;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		fixture = (struct fixture){.rng = {round}};
		fixture.count = rng_below(&fixture.rng, MODEL_MAX + 1);
		for (unsigned n = 0; n < fixture.count; n++) {
			bool again = n > 0 && rng_below(&fixture.rng, 8) == 0;

			fixture.list[n] = random_network(&fixture.rng, round % 2);
			if (!again)
				continue;
			fixture.list[n] = fixture.list[rng_below(&fixture.rng, n)];
			fixture.list[n].allowed = rng_below(&fixture.rng, 2);
		}
		make(&fixture);
		assert_same_everywhere(&fixture);
		free(fixture.networks);
	}
}

static struct network
parse(const char *text, bool allowed)
{
	struct network network = {.allowed = allowed};
	char address[INET6_ADDRSTRLEN];
	unsigned bits;

	assert_int_equal(sscanf(text, "%45[^/]/%u", address, &bits), 2);
	network.family = strchr(address, ':') ? FAMILY_IPV6 : FAMILY_IPV4;
	network.bits = (uint8_t)bits;
	assert_int_equal(
		inet_pton(
			network.family == FAMILY_IPV6 ? AF_INET6 : AF_INET, address, network.bytes
		),
		1
	);
	return network;
}

struct expected {
	const char *address;
	bool denied;
};

static void
assert_verdicts(const struct fixture *fixture, const struct expected *rows, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		enum family family = strchr(rows[i].address, ':') ? FAMILY_IPV6 : FAMILY_IPV4;
		uint8_t address[16];

		assert_int_equal(
			inet_pton(
				family == FAMILY_IPV6 ? AF_INET6 : AF_INET, rows[i].address, address
			),
			1
		);
		if (networks_deny(fixture->networks, family, address) != rows[i].denied)
			fail_msg("wrong verdict of %s", rows[i].address);
	}
}

static void
test_nested(void **state)
{
	static const struct expected rows[] = {
		{"0.0.0.0", true},
		{"9.255.255.255", true},
		{"10.0.0.0", false},
		{"10.0.255.255", false},
		{"10.1.0.0", true},
		{"10.1.2.2", true},
		{"10.1.2.3", false},
		{"10.1.2.4", true},
		{"10.1.255.255", true},
		{"10.2.0.0", false},
		{"10.255.255.255", false},
		{"11.0.0.0", true},
		{"255.255.255.254", true},
		{"255.255.255.255", false},
		{"::", false},
		{"2001:db7:ffff::", false},
		{"2001:db8::", true},
		{"2001:db8:0:1::5", false},
		{"2001:db8:0:1::6", true},
		{"2001:db8:ffff::", true},
		{"2001:db9::", false},
		{"ffff:ffff::", true},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true},
	};
	static struct fixture fixture;

	(void)state;
	fixture = (struct fixture){
		.count = 9,
		.list =
			{parse("10.1.2.3/32", true),
			 parse("10.1.0.0/16", false),
			 parse("10.0.0.0/8", true),
			 parse("255.255.255.255/32", true),
			 parse("0.0.0.0/0", false),
			 parse("2001:db8:0:1::5/128", true),
			 parse("2001:db8:0:1::/64", false),
			 parse("2001:db8::/32", false),
			 parse("ffff:ffff::/32", false)},
	};
	make(&fixture);
	assert_verdicts(&fixture, rows, RTE_DIM(rows));
	assert_int_equal(networks_count(fixture.networks), 9);
	free(fixture.networks);
}

// Both ends of both address spaces, with nothing else there.
static void
test_ends_of_space(void **state)
{
	static const struct expected rows[] = {
		{"0.0.0.0", true},
		{"0.0.0.1", false},
		{"255.255.255.254", false},
		{"255.255.255.255", true},
		{"::", true},
		{"::1", false},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", false},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true},
	};
	static struct fixture fixture;

	(void)state;
	fixture = (struct fixture){
		.count = 4,
		.list =
			{parse("255.255.255.255/32", false),
			 parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", false),
			 parse("0.0.0.0/32", false),
			 parse("::/128", false)},
	};
	make(&fixture);
	assert_verdicts(&fixture, rows, RTE_DIM(rows));
	free(fixture.networks);
}

// Every other address of a row, in each number of levels of the search tree.
static void
test_many(void **state)
{
	static const unsigned counts[] = {1, 3, 4, 5, 35, 36, 37, 324, 325, 2916, 2917, 30000};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(counts); i++) {
		unsigned count = counts[i];
		struct network *list = calloc(count, sizeof(*list));

		assert_non_null(list);
		for (uint32_t n = 0; n < count; n++) {
			rte_be32_t low = rte_cpu_to_be_32(2 * n + 1);

			list[n] = (struct network){.family = FAMILY_IPV6, .bits = 128};
			memcpy(list[n].bytes + 12, &low, sizeof(low));
		}
		struct networks *networks =
			networks_init(block_new(networks_bytes(count)), list, count, NOW_S);

		for (uint32_t n = 0; n < 2 * count + 2; n++) {
			rte_be32_t low = rte_cpu_to_be_32(n);
			uint8_t address[16] = {0};

			memcpy(address + 12, &low, sizeof(low));
			assert_int_equal(
				networks_deny(networks, FAMILY_IPV6, address),
				n % 2 == 1 && n < 2 * count
			);
		}
		free(networks);
		free(list);
	}
}

static void
test_empty(void **state)
{
	static const struct expected rows[] = {
		{"0.0.0.0", false}, {"255.255.255.255", false}, {"::", false}};
	static struct fixture fixture;

	(void)state;
	fixture = (struct fixture){.count = 0};
	make(&fixture);
	assert_verdicts(&fixture, rows, RTE_DIM(rows));
	assert_int_equal(networks_count(fixture.networks), 0);
	assert_int_equal(networks_next_end(fixture.networks), 0);
	free(fixture.networks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_ends_of_space),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_random_against_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
