// SPDX-License-Identifier: BSD-3-Clause
// Cost of each check that a packet or an unknown torrent goes through: rows of lookups in lists.

#pragma once

#include "../support/report.h"

#include <stdint.h>

// Each adds rows about lists of `entries`. Names of rows end in `size`, which stands for `entries`.
typedef void
table_measure_fn(const char *size, uint32_t entries, unsigned rounds, struct bench_report *report);

table_measure_fn info_hashes_measure; // info_hashes_known_*, info_hashes_unknown_*
table_measure_fn
	networks_measure; // networks_ipv4_*, networks_ipv6_*; half of the addresses are denied
table_measure_fn client_list_measure; // client_list_*; half of the peer ids are listed
table_measure_fn auth_keys_measure; // auth_keys_known_*, auth_keys_unknown_*
