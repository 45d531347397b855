// SPDX-License-Identifier: BSD-3-Clause

#include "link_local.h"

#include <rte_byteorder.h>

#include <assert.h>
#include <sodium/crypto_generichash_blake2b.h>
#include <stdbool.h>
#include <string.h>

enum { IDENTIFIER_AT = 8 }; // bytes: the prefix fe80::/64 is before it

// RFC 7217 5: the parameters of its F(). `attempt` is its DAD_Counter.
struct parameters {
	char purpose[15]; // without the zero at its end
	uint8_t attempt;
	rte_be16_t vlan;
	struct rte_ether_addr mac;
};

static_assert(sizeof(struct parameters) == 24, "no padding in what is hashed");

// RFC 5453: anycast addresses of routers, and those of RFC 2526.
static bool
is_reserved(const uint8_t identifier[8])
{
	static const uint8_t zeros[8];
	static const uint8_t anycast[7] = {0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	return memcmp(identifier, zeros, 8) == 0
		|| (memcmp(identifier, anycast, 7) == 0 && identifier[7] >= 0x80);
}

void
link_local_make(
	const uint8_t master[CONNID_MASTER_BYTES],
	const struct rte_ether_addr *mac,
	uint16_t vlan,
	uint8_t address[16]
)
{
	static const char purpose[] = "weir link-local";
	struct parameters parameters = {.vlan = rte_cpu_to_be_16(vlan), .mac = *mac};
	uint8_t hash[16];

	memcpy(parameters.purpose, purpose, sizeof(parameters.purpose));
	do {
		crypto_generichash_blake2b(
			hash,
			sizeof(hash),
			(const uint8_t *)&parameters,
			sizeof(parameters),
			master,
			CONNID_MASTER_BYTES
		);
		parameters.attempt++;
	} while (is_reserved(hash));
	memset(address, 0, IDENTIFIER_AT);
	address[0] = 0xfe;
	address[1] = 0x80;
	memcpy(address + IDENTIFIER_AT, hash, 8);
}
