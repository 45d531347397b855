// SPDX-License-Identifier: BSD-3-Clause

#include "own_jobs.h"

#include <rte_malloc.h>

static void
free_jobs(struct own_jobs *own)
{
	for (unsigned i = 0; own != NULL && i < own->count; i++)
		rte_pktmbuf_free(own->jobs[i].mbuf);
	rte_free(own);
}

bool
own_jobs_up(struct weir *weir, struct error *error)
{
	for (unsigned i = 0; i < weir->plan.count; i++) {
		const struct lcore_role *role = &weir->plan.lcores[i];
		struct own_jobs *own = rte_zmalloc("own jobs", sizeof(*own), RTE_CACHE_LINE_SIZE);

		if (own == NULL) {
			own_jobs_down(weir);
			return error_set(error, NULL, "no memory for requests of lcore %u", i + 1);
		}
		own->worker = (unsigned)role->worker;
		weir->ios[role->io]->own = own;
		weir->workers[role->worker]->own = own;
	}
	return true;
}

void
own_jobs_down(struct weir *weir)
{
	for (unsigned i = 0; i < weir->plan.count; i++) {
		const struct lcore_role *role = &weir->plan.lcores[i];

		free_jobs(weir->ios[role->io]->own);
		weir->ios[role->io]->own = NULL;
		weir->workers[role->worker]->own = NULL;
	}
}
