// SPDX-License-Identifier: BSD-3-Clause
// What kind of sender an address is (source.def). Who is served is decided in admit.h.

#pragma once

#include <rte_byteorder.h>

#include <stdint.h>

enum source {
#define SOURCE_KIND(name, help) SOURCE_##name,
#include "source.def"
	SOURCE_COUNT
};

struct source_kind {
	const char *name;
	const char *help;
};

struct source_block {
	const char *prefix; // as text, of either family
	uint8_t bits;
	enum source source;
	const char *rfc;
	const char *help;
};

extern const struct source_kind source_kinds[SOURCE_COUNT];
extern const struct source_block source_blocks[];
extern const unsigned source_block_count;

// Any thread. Never SOURCE_6TO4: the IPv4 address in it has been looked at.
enum source source_ipv4(rte_be32_t address);
enum source source_ipv6(const uint8_t address[16]);
