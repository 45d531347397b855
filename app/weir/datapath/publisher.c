// SPDX-License-Identifier: BSD-3-Clause

#include "publisher.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NAP_US = 100 };

struct publisher_retired {
	STAILQ_ENTRY(publisher_retired) next;
	void *object;
	void (*dispose)(void *object);
	uint64_t token; // of the grace period that must be over
};

bool
publisher_init(struct publisher *publisher, unsigned lcore_count)
{
	unsigned readers = lcore_count + PUBLISHER_GUESTS_MAX;
	size_t size = RTE_ALIGN_CEIL(rte_rcu_qsbr_get_memsize(readers), RTE_CACHE_LINE_SIZE);

	*publisher = (struct publisher){.lcore_count = lcore_count};
	STAILQ_INIT(&publisher->retired);
	publisher->qsbr = aligned_alloc(RTE_CACHE_LINE_SIZE, size);
	if (publisher->qsbr == NULL || rte_rcu_qsbr_init(publisher->qsbr, readers) != 0) {
		free(publisher->qsbr);
		publisher->qsbr = NULL;
		return false;
	}
	for (unsigned i = 0; i < readers; i++)
		rte_rcu_qsbr_thread_register(publisher->qsbr, i);
	return true;
}

static void
free_first(struct publisher *publisher)
{
	struct publisher_retired *first = STAILQ_FIRST(&publisher->retired);

	STAILQ_REMOVE_HEAD(&publisher->retired, next);
	publisher->retired_count--;
	first->dispose(first->object);
	free(first);
}

void
publisher_free(struct publisher *publisher)
{
	while (!STAILQ_EMPTY(&publisher->retired))
		free_first(publisher);
	free(publisher->qsbr);
	publisher->qsbr = NULL;
}

static void
retire(struct publisher *publisher, void *object, void (*dispose)(void *old))
{
	struct publisher_retired *entry = malloc(sizeof(*entry));
	uint64_t token = rte_rcu_qsbr_start(publisher->qsbr);

	if (entry == NULL) { // no memory for the list: the only case that waits
		rte_rcu_qsbr_check(publisher->qsbr, token, true);
		dispose(object);
		return;
	}
	*entry = (struct publisher_retired){
		.object = object,
		.dispose = dispose,
		.token = token,
	};
	STAILQ_INSERT_TAIL(&publisher->retired, entry, next);
	publisher->retired_count++;
}

void
publisher_publish(struct publisher *publisher, void *slot, void *object, void (*dispose)(void *old))
{
	void *old = __atomic_exchange_n((void **)slot, object, __ATOMIC_ACQ_REL);

	if (old != NULL)
		retire(publisher, old, dispose);
}

unsigned
publisher_reclaim(struct publisher *publisher)
{
	const struct publisher_retired *first;

	while ((first = STAILQ_FIRST(&publisher->retired)) != NULL
	       && rte_rcu_qsbr_check(publisher->qsbr, first->token, false) == 1)
		free_first(publisher);
	return publisher->retired_count;
}

void
publisher_join(const struct publisher *publisher, unsigned lcore)
{
	rte_rcu_qsbr_thread_online(publisher->qsbr, lcore);
}

void
publisher_leave(const struct publisher *publisher, unsigned lcore)
{
	rte_rcu_qsbr_thread_offline(publisher->qsbr, lcore);
}

static void
take_nap(void)
{
	const struct timespec nap = {.tv_nsec = NAP_US * 1000L};

	nanosleep(&nap, NULL);
}

bool
publisher_wait(const struct publisher *publisher, unsigned ms_max)
{
	uint64_t token = rte_rcu_qsbr_start(publisher->qsbr);

	for (unsigned naps = ms_max * (1000 / NAP_US); naps > 0; naps--) {
		if (rte_rcu_qsbr_check(publisher->qsbr, token, false) == 1)
			return true;
		take_nap();
	}
	return false;
}

// Takes a free place. PUBLISHER_GUESTS_MAX if there is none.
static unsigned
take_place(struct publisher *publisher)
{
	uint32_t taken = __atomic_load_n(&publisher->guests, __ATOMIC_RELAXED);

	while (taken != UINT32_MAX) {
		unsigned place = (unsigned)__builtin_ctz(~taken);

		if (__atomic_compare_exchange_n(
			    &publisher->guests,
			    &taken,
			    taken | UINT32_C(1) << place,
			    false,
			    __ATOMIC_ACQUIRE,
			    __ATOMIC_RELAXED
		    ))
			return place;
	}
	return PUBLISHER_GUESTS_MAX;
}

unsigned
publisher_enter(struct publisher *publisher)
{
	unsigned place;

	while ((place = take_place(publisher)) == PUBLISHER_GUESTS_MAX)
		take_nap();
	rte_rcu_qsbr_thread_online(publisher->qsbr, publisher->lcore_count + place);
	return place;
}

void
publisher_exit(struct publisher *publisher, unsigned place)
{
	rte_rcu_qsbr_thread_offline(publisher->qsbr, publisher->lcore_count + place);
	__atomic_fetch_and(&publisher->guests, ~(UINT32_C(1) << place), __ATOMIC_RELEASE);
}
