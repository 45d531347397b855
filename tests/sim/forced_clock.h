// SPDX-License-Identifier: BSD-3-Clause
// The compiler includes this before those sources of Weir that read the cycle counter, so that they read virtual time
// (meson.build). Nothing else of them changes.

#pragma once

#include "virtual.h"

#include <rte_cycles.h>

#define rte_rdtsc() virtual_tsc()
#define rte_get_tsc_hz() VIRTUAL_HZ
