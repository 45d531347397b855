// SPDX-License-Identifier: BSD-3-Clause
// Types of options that only weir-load has, and their readers.

#pragma once

#include "../common/option.h"

#include <rte_byteorder.h>
#include <rte_ether.h>

#include <stdbool.h>
#include <stdint.h>

struct option_ipv4 {
	bool given;
	rte_be32_t address;
};

struct option_ipv6 {
	bool given;
	uint8_t address[16];
};

struct option_mac {
	bool given;
	struct rte_ether_addr address;
};

struct option_net {
	uint64_t first; // host order: the whole IPv4 address, or the first half of an IPv6 one
	unsigned bits; // of the prefix
};

OPTION_READER(IPV4);
OPTION_READER(IPV6);
OPTION_READER(MAC);
OPTION_READER(NET4); // a prefix of 1 to 30 bits
OPTION_READER(NET6); // a prefix of 1 to 64 bits
