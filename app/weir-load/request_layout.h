// SPDX-License-Identifier: BSD-3-Clause
// Layouts of request frames. Private to request.c, request_prepare.c and junk.c.

#pragma once

#include "../../lib/net/ipv6.h"

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include <stdint.h>

struct frame_ipv4 {
	struct rte_ether_hdr ether;
	struct rte_ipv4_hdr ip;
	struct rte_udp_hdr udp;
	uint8_t payload[];
} __attribute__((packed)) __rte_aligned(2);

struct frame_ipv6 {
	struct rte_ether_hdr ether;
	struct ipv6_header ip;
	struct rte_udp_hdr udp;
	uint8_t payload[];
} __attribute__((packed)) __rte_aligned(2);
