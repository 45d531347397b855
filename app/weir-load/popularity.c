// SPDX-License-Identifier: BSD-3-Clause

#include "popularity.h"

#include <math.h>

static const double HEIGHT = 6.5, STEEPNESS = 500;

void
popularity_init(struct popularity *popularity, uint32_t torrents, uint32_t peers)
{
	double n = torrents;
	double even = n * (n / peers);
	// The sum of exp(6.5 - 500 i/N) over all i is a geometric series; the terms beyond the N-th
	// are e^-500 of it, which is nothing in a double.
	double geometric = exp(HEIGHT) / -expm1(-STEEPNESS / n);

	popularity->torrents = torrents;
	popularity->even_share = even / (even + geometric);
	popularity->scale = n / STEEPNESS;
}

// In [0, 1).
static double
draw_unit(struct rng *rng)
{
	return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

uint32_t
popularity_draw(const struct popularity *popularity, struct rng *rng)
{
	if (draw_unit(rng) < popularity->even_share)
		return rng_below(rng, popularity->torrents);
	// -ln(u) is at most 36.8, so this is at most 7 % of the torrents.
	return (uint32_t)(popularity->scale * -log1p(-draw_unit(rng)));
}
