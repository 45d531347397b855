// SPDX-License-Identifier: BSD-3-Clause

#include "latency.h"

const struct latency_info latency_infos[LATENCY_COUNT] = {
#define LATENCY(name, help) [LATENCY_##name] = {#name, help},
#include "latency.def"
#undef LATENCY
};

void
latency_init(struct latency *latency, uint64_t hz)
{
	latency->packet = NULL;
	latency->ns_per_cycle = 1e9 / (double)hz;
	for (unsigned k = 0; k < LATENCY_COUNT; k++)
		histogram_init(&latency->kinds[k]);
}

enum latency_kind
latency_kind_of(enum verdict verdict)
{
	switch (verdict_infos[verdict].kind) {
	case VERDICT_KIND_CONNECT:
		return LATENCY_connect;
	case VERDICT_KIND_ANNOUNCE:
		return LATENCY_announce;
	case VERDICT_KIND_SCRAPE:
		return LATENCY_scrape;
	default:
		return LATENCY_other;
	}
}

void
latency_complete(struct latency *latency, enum verdict verdict, uint64_t tsc)
{
	double cycles = (double)(tsc - latency->since);

	histogram_record(
		&latency->kinds[latency_kind_of(verdict)],
		(uint64_t)(cycles * latency->ns_per_cycle)
	);
	latency->packet = NULL;
}
