// SPDX-License-Identifier: BSD-3-Clause

#include "crew.h"

#include "../../../app/common/monotonic.h"
#include "machine.h"

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

enum { SPINS = 4000 }; // about 50 us, far more than a wait takes with a CPU for each thread

struct member {
	struct crew *crew;
	unsigned number;
	pthread_t thread;
	// Times of the last work; written by the member, read by thread 0 between barriers.
	uint64_t started_ns;
	uint64_t ended_ns;
} __rte_cache_aligned;

struct crew {
	unsigned threads;
	struct member *members;
	void (*work)(void *argument, unsigned thread); // NULL: exit
	void *argument;
	// Written by every member:
	unsigned arrived __rte_cache_aligned;
	unsigned round __rte_cache_aligned;
};

static void
barrier_wait(struct crew *crew)
{
	unsigned round = __atomic_load_n(&crew->round, __ATOMIC_ACQUIRE);
	unsigned spins = 0;

	if (__atomic_add_fetch(&crew->arrived, 1, __ATOMIC_ACQ_REL) == crew->threads) {
		__atomic_store_n(&crew->arrived, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&crew->round, round + 1, __ATOMIC_RELEASE);
		return;
	}
	while (__atomic_load_n(&crew->round, __ATOMIC_ACQUIRE) == round) {
		rte_pause();
		if (++spins > SPINS)
			sched_yield();
	}
}

static void
pin(unsigned thread)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(machine_cpu_of_thread(thread), &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}

// Each thread takes its own time: with more threads than CPUs, some begin when others are done.
static void
member_work(struct member *member)
{
	member->started_ns = monotonic_ns();
	member->crew->work(member->crew->argument, member->number);
	member->ended_ns = monotonic_ns();
}

static void *
member_main(void *argument)
{
	struct member *member = argument;
	struct crew *crew = member->crew;

	pin(member->number);
	if (rte_thread_register() != 0) {
		fprintf(stderr, "bench: DPDK: %s\n", rte_strerror(rte_errno));
		exit(EXIT_FAILURE);
	}
	for (;;) {
		barrier_wait(crew);
		if (crew->work == NULL)
			break;
		member_work(member);
		barrier_wait(crew);
	}
	rte_thread_unregister();
	return NULL;
}

struct crew *
crew_create(unsigned threads)
{
	struct crew *crew = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*crew));
	struct member *members = aligned_alloc(RTE_CACHE_LINE_SIZE, threads * sizeof(*members));

	if (crew == NULL || members == NULL)
		exit(EXIT_FAILURE);
	*crew = (struct crew){.threads = threads, .members = members};
	for (unsigned i = 0; i < threads; i++) {
		members[i] = (struct member){.crew = crew, .number = i};
		if (i == 0)
			continue;
		if (pthread_create(&members[i].thread, NULL, member_main, &members[i]) != 0) {
			fprintf(stderr, "bench: thread %u does not start\n", i);
			exit(EXIT_FAILURE);
		}
	}
	return crew;
}

void
crew_free(struct crew *crew)
{
	crew->work = NULL;
	barrier_wait(crew);
	for (unsigned i = 1; i < crew->threads; i++)
		pthread_join(crew->members[i].thread, NULL);
	free(crew->members);
	free(crew);
}

uint64_t
crew_run(struct crew *crew, void (*work)(void *argument, unsigned thread), void *argument)
{
	crew->work = work;
	crew->argument = argument;
	barrier_wait(crew);
	member_work(&crew->members[0]);
	barrier_wait(crew);
	uint64_t start = UINT64_MAX, end = 0;

	for (unsigned i = 0; i < crew->threads; i++) {
		start = RTE_MIN(start, crew->members[i].started_ns);
		end = RTE_MAX(end, crew->members[i].ended_ns);
	}
	return end - start;
}
