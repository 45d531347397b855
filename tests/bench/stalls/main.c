// SPDX-License-Identifier: BSD-3-Clause
// bench_stalls SECONDS CPU...: stalls that the machine causes to polling programs.
//
// A loop on each CPU only reads the cycle counter. A gap between two readings means that something
// else had the CPU: another program, the kernel, the host of a virtual machine. Prints "p50 p99
// p999" of the time, in microseconds, that requests which are due at random moments would wait
// until all of the CPUs run again. No program on these CPUs can reply faster.

#include "../../../app/common/monotonic.h"
#include "../../../app/common/standard_streams.h"

#include <rte_common.h>
#include <rte_cycles.h>

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	CPUS_MAX = 8,
	STALLS_MAX = 1 << 20, // of each CPU
	STALL_MIN_NS = 1000, // an iteration of the loop takes about 10 ns
};

struct stall {
	uint64_t from, to; // cycles
};

struct watch {
	int cpu;
	uint64_t begin, end, stall_min; // cycles
	uint32_t count;
	struct stall *stalls; // [STALLS_MAX]
};

// Frequency of the cycle counter, measured without EAL.
static uint64_t
cycles_per_second(void)
{
	uint64_t since_ns = monotonic_ns(), cycles = rte_rdtsc();
	uint64_t ns;

	while ((ns = monotonic_ns() - since_ns) < 100000000)
		;
	return (uint64_t)((double)(rte_rdtsc() - cycles) * 1e9 / (double)ns);
}

static void *
watch_cpu(void *argument)
{
	struct watch *watch = argument;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(watch->cpu, &set);
	if (pthread_setaffinity_np(pthread_self(), sizeof(set), &set) != 0) {
		fprintf(stderr, "bench_stalls: CPU %d is not available\n", watch->cpu);
		exit(2);
	}
	uint64_t last = rte_rdtsc();

	while (last < watch->end) {
		uint64_t now = rte_rdtsc();

		if (now - last > watch->stall_min && last >= watch->begin
		    && watch->count < STALLS_MAX)
			watch->stalls[watch->count++] = (struct stall){last, now};
		last = now;
	}
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	const struct stall *first = a, *second = b;

	return (first->from > second->from) - (first->from < second->from);
}

// Number of cycles at which the remaining stall is longer than `wait`. The stalls must be sorted.
static uint64_t
cycles_over(const struct stall *stalls, uint32_t count, uint64_t wait)
{
	uint64_t sum = 0, covered = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (stalls[i].to - stalls[i].from <= wait)
			continue;
		uint64_t from = RTE_MAX(stalls[i].from, covered), to = stalls[i].to - wait;

		if (to > from) {
			sum += to - from;
			covered = to;
		}
	}
	return sum;
}

static double
percentile_us(
	const struct stall *stalls,
	uint32_t count,
	uint64_t cycles,
	double share,
	uint64_t hz
)
{
	uint64_t low = 0, high = cycles;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if ((double)cycles_over(stalls, count, middle) > (1 - share) * (double)cycles)
			low = middle + 1;
		else
			high = middle;
	}
	return (double)low * 1e6 / (double)hz;
}

int
main(int argc, char **argv)
{
	static struct watch watches[CPUS_MAX];
	static struct stall all[CPUS_MAX * STALLS_MAX];
	pthread_t threads[CPUS_MAX];
	uint64_t hz = cycles_per_second();
	int cpus = argc - 2;
	uint32_t count = 0;

	standard_streams_guard();
	if (argc < 3 || cpus > CPUS_MAX || atof(argv[1]) <= 0) {
		fputs("usage: bench_stalls SECONDS CPU…\n", stderr);
		return 2;
	}
	uint64_t begin = rte_rdtsc() + hz / 10, cycles = (uint64_t)(atof(argv[1]) * (double)hz);

	for (int i = 0; i < cpus; i++) {
		watches[i] = (struct watch){
			.cpu = atoi(argv[2 + i]),
			.begin = begin,
			.end = begin + cycles,
			.stall_min = hz / 1000000 * STALL_MIN_NS / 1000,
			.stalls = all + (size_t)i * STALLS_MAX,
		};
		if (pthread_create(&threads[i], NULL, watch_cpu, &watches[i]) != 0)
			return 2;
	}
	for (int i = 0; i < cpus; i++) {
		pthread_join(threads[i], NULL);
		for (uint32_t s = 0; s < watches[i].count; s++)
			all[count++] = watches[i].stalls[s];
	}
	qsort(all, count, sizeof(all[0]), compare);
	printf("%.2f %.2f %.2f\n",
	       percentile_us(all, count, cycles, 0.5, hz),
	       percentile_us(all, count, cycles, 0.99, hz),
	       percentile_us(all, count, cycles, 0.999, hz));
	return standard_output_finish("bench_stalls", 0);
}
