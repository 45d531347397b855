// SPDX-License-Identifier: BSD-3-Clause

#include "expiry.h"

#include "memory.h"
#include "store.h"

#include <rte_common.h>
#include <rte_cycles.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SWEEP_BUDGET = 64, // as in the appliance
	STALL_US = 10, // a pause of the empty loop that the machine caused
	LONGEST_KEPT = 4096,
};

// The longest of many durations.
struct longest {
	uint64_t cycles[LONGEST_KEPT];
	unsigned count;
};

static double
microseconds(uint64_t cycles)
{
	return (double)cycles * 1e6 / (double)rte_get_tsc_hz();
}

// Keeps durations over 10 us, up to LONGEST_KEPT of them.
static void
longest_note(struct longest *longest, uint64_t cycles)
{
	if (longest->count < LONGEST_KEPT && cycles > rte_get_tsc_hz() / 100000)
		longest->cycles[longest->count++] = cycles;
}

static int
descending(const void *one, const void *other)
{
	uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

	return (a < b) - (a > b);
}

// Runs turns until all initial peers have expired. Returns the cycles taken.
static uint64_t
expire_all(struct shard *shard, const struct load *load, struct longest *turns)
{
	const struct shard_counts *counts = shard_counts(shard);
	struct shard_op ops[SHARD_BURST];
	uint32_t now_s = 2 * STORE_TIMEOUT_S;
	uint64_t from = rte_rdtsc();
	uint64_t last = from;

	// A few torrents stay alive by announces all the while.
	while (counts->peers_expired < load->peers - SHARD_BURST) {
		load_ops(load->each, FAMILY_IPV4, ops, SHARD_BURST);
		shard_process(shard, ops, SHARD_BURST, now_s);
		shard_sweep(shard, SWEEP_BUDGET, now_s);
		uint64_t now = rte_rdtsc();

		longest_note(turns, now - last);
		last = now;
	}
	return last - from;
}

static unsigned
count_stalls(uint64_t cycles)
{
	uint64_t stall = rte_get_tsc_hz() / 1000000 * STALL_US;
	uint64_t from = rte_rdtsc();
	uint64_t last = from;
	unsigned stalls = 0;

	while (last - from < cycles) {
		uint64_t now = rte_rdtsc();

		stalls += now - last > stall;
		last = now;
	}
	return stalls;
}

void
expiry_measure(struct bench_report *report)
{
	static struct longest turns;
	struct load load;
	unsigned stalls;

	load_make(&load, MEMORY_TORRENTS, MEMORY_PEERS, LOAD_UNIFORM, SHARD_BURST);
	struct shard *shard = store_create(MEMORY_TORRENTS, MEMORY_PEERS, FAMILY_IPV4, false);

	store_fill(shard, &load, FAMILY_IPV4, 1);
	stalls = count_stalls(expire_all(shard, &load, &turns));
	qsort(turns.cycles, turns.count, sizeof(turns.cycles[0]), descending);
	unsigned at = RTE_MIN(stalls, turns.count == 0 ? 0 : turns.count - 1);

	fprintf(stderr,
		"longest_turn_us: %.1f us with stalls of the machine, which an empty loop had %u "
		"of\n",
		microseconds(turns.cycles[0]),
		stalls);
	bench_report_add(
		report,
		&(struct bench_row){
			.name = "longest_turn_us",
			.metric = "time",
			.unit = "us",
			.value = microseconds(turns.cycles[at]),
			.baseline = NAN,
			.ratio = NAN,
		}
	);
	shard_free(shard);
	load_free(&load);
}
