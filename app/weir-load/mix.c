// SPDX-License-Identifier: BSD-3-Clause

#include "mix.h"

#include "options.h"

#include <string.h>

void
mix_init(struct mix *mix, const struct options *options)
{
	const double weights[KIND_REQUEST_COUNT] = {
		[KIND_CONNECT] = options->connect_weight,
		[KIND_ANNOUNCE] = options->announce_weight,
		[KIND_SCRAPE] = options->scrape_weight,
	};
	double all = weights[0] + weights[1] + weights[2], sum = 0;
	double requests = 0x1p32 * (1 - options->junk / 100);

	for (unsigned kind = 0; kind < KIND_REQUEST_COUNT; kind++) {
		sum += weights[kind];
		mix->bounds[kind] = (uint64_t)(requests * (sum / all));
	}
	mix->bounds[KIND_JUNK] = UINT64_C(1) << 32;
}

void
mix_draw(const struct mix *mix, struct rng *rng, uint32_t count, uint32_t counts[KIND_COUNT])
{
	memset(counts, 0, KIND_COUNT * sizeof(*counts));
	for (uint32_t i = 0; i < count; i++) {
		uint32_t draw = (uint32_t)rng_next(rng);
		unsigned kind = (draw >= mix->bounds[KIND_CONNECT])
			+ (draw >= mix->bounds[KIND_ANNOUNCE]) + (draw >= mix->bounds[KIND_SCRAPE]);

		counts[kind]++;
	}
}
