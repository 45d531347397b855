// SPDX-License-Identifier: BSD-3-Clause

#include "peer_list.h"

#include "../../lib/bep15/wire.h"

#include <string.h>

struct peer_list_faults
peer_list_scan_ipv4(const uint8_t *peers, unsigned count, rte_be32_t address, rte_be16_t port)
{
	uint64_t self = (uint64_t)port << 48 | (uint64_t)address << 16;
	struct peer_list_faults faults = {0};

	for (unsigned i = 0; i < count; i++) {
		uint64_t word;

		memcpy(&word, peers + i * BEP15_PEER_IPV4_BYTES, 8);
		word <<= 16;
		faults.self += word == self;
		faults.port_zero += word >> 48 == 0;
	}
	return faults;
}

struct peer_list_faults
peer_list_scan_ipv6(
	const uint8_t *peers,
	unsigned count,
	const rte_be64_t address[2],
	rte_be16_t port
)
{
	struct peer_list_faults faults = {0};

	for (unsigned i = 0; i < count; i++) {
		uint64_t listed[2];
		rte_be16_t listed_port;

		memcpy(listed, peers + i * BEP15_PEER_IPV6_BYTES, 16);
		memcpy(&listed_port, peers + i * BEP15_PEER_IPV6_BYTES + 16, 2);
		faults.self +=
			listed[0] == address[0] && listed[1] == address[1] && listed_port == port;
		faults.port_zero += listed_port == 0;
	}
	return faults;
}
