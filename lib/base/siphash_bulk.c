// SPDX-License-Identifier: BSD-3-Clause

#include "siphash_bulk.h"

#include <rte_cpuflags.h>

static bool
always(void)
{
	return true;
}

#ifdef RTE_ARCH_X86_64
static bool
has_avx2(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX2) == 1;
}

static bool
has_avx512(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512F) == 1;
}
#endif

#define LANES(count, name, is_supported)                                                           \
	{                                                                                          \
		name, siphash24_lanes##count, siphash24_twice_lanes##count,                        \
			siphash13_lanes##count, is_supported                                       \
	}

extern siphash_bulk_fn siphash24_lanes8, siphash24_lanes4, siphash24_lanes1;
extern siphash_bulk_twice_fn siphash24_twice_lanes8, siphash24_twice_lanes4, siphash24_twice_lanes1;
extern siphash_bulk_fn siphash13_lanes8, siphash13_lanes4, siphash13_lanes1;

const struct siphash_bulk siphash_bulk_builds[] = {
#ifdef RTE_ARCH_X86_64
	LANES(8, "AVX-512", has_avx512),
	LANES(4, "AVX2", has_avx2),
#endif
	LANES(1, "one by one", always),
};
const unsigned siphash_bulk_build_count = RTE_DIM(siphash_bulk_builds);

const struct siphash_bulk *siphash_bulk;

RTE_INIT(siphash_bulk_choose)
{
	siphash_bulk = siphash_bulk_builds;
	while (!siphash_bulk->is_supported())
		siphash_bulk++;
}
