// SPDX-License-Identifier: BSD-3-Clause
// The kind of a source address (source.def). admit.h decides which are served.

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
	const char *prefix; // as text, IPv4 or IPv6
	uint8_t bits;
	enum source source;
	const char *rfc;
	const char *help;
};

extern const struct source_kind source_kinds[SOURCE_COUNT];
extern const struct source_block source_blocks[];
extern const unsigned source_block_count;

// Any thread. Never SOURCE_6TO4: the kind then depends on the embedded IPv4 address.
enum source source_ipv4(rte_be32_t address);
enum source source_ipv6(const uint8_t address[16]);
