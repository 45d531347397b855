// SPDX-License-Identifier: BSD-3-Clause

#include "sketch.h"

enum { SIXTEENTHS = 16 };

void
sketch_rate_set(
	struct sketch_rate *rate,
	uint32_t units,
	uint64_t burst,
	unsigned least,
	uint64_t hz
)
{
	uint64_t a_second = (uint64_t)units * SIXTEENTHS;
	uint64_t sixteenths = RTE_MAX(burst * SIXTEENTHS, (uint64_t)least);

	rate->cost = ((hz << 16) + a_second - 1) / a_second;
	__uint128_t burst_tsc = (__uint128_t)rate->cost * sixteenths >> 16;

	// Centuries; `tsc` can be added.
	rate->burst_tsc = (uint64_t)RTE_MIN(burst_tsc, (__uint128_t)UINT64_MAX / 4);
}
