// SPDX-License-Identifier: BSD-3-Clause

#include "idles.h"

#include "../log/log.h"
#include "idle_choice.h"
#include "idle_interrupts.h"

#include <rte_cycles.h>

#include <stdlib.h>
#include <string.h>

enum { WORD_BYTES = 16 };

static void
fill(struct weir *weir, unsigned index)
{
	const struct lcore_role *role = &weir->plan.lcores[index];
	struct io *io = role->io == LCORE_NO_ROLE ? NULL : weir->ios[role->io];
	struct worker *worker = role->worker == LCORE_NO_ROLE ? NULL : weir->workers[role->worker];
	struct stats *stats = io != NULL ? io->stats : worker->stats;
	uint64_t hz = rte_get_tsc_hz();

	weir->idles[index] = (struct idle){
		.silence = weir->config->interrupt_after_ms * hz / MS_PER_S,
		.hz = hz,
		.calls = &idle_calls,
		.io = io,
		.worker = worker,
		.own_link = role->io,
		.stats = stats,
		.rest =
			{.bell.fd = -1,
			 .epoll = -1,
			 .io = io,
			 .worker = worker,
			 .bells = &weir->bells,
			 .stats = stats},
	};
}

static struct idle_lines
lines_of(const struct idle *idle)
{
	struct rte_power_monitor_cond condition;
	struct idle_lines lines = {.queues_tell = true};

	if (idle->worker != NULL)
		lines.rings = idle->worker->link_count - (idle->own_link >= 0);
	if (idle->io == NULL)
		return lines;
	lines.queues = idle->io->queue_count;
	for (unsigned q = 0; q < lines.queues; q++) {
		const struct io_queue *queue = &idle->io->queues[q];

		if (idle_calls.condition(queue->port, queue->queue, &condition) != 0)
			lines.queues_tell = false;
	}
	return lines;
}

// Lcores differ in what they can; a reason is told once.
static void
tell(const struct weir *weir, const struct idle_choice *choice)
{
	char wanted[WORD_BYTES];

	config_show(config_find("lcores.idle"), weir->config, wanted, sizeof(wanted));
	log_info(
		"lcores.idle: %s instead of %s: %s", idle_way_text(choice->way), wanted, choice->why
	);
}

static void
choose(struct weir *weir, const struct idle_machine *machine)
{
	const char *told = NULL;

	for (unsigned i = 0; i < weir->plan.count; i++) {
		struct idle *idle = &weir->idles[i];
		struct idle_lines lines = lines_of(idle);
		struct idle_choice choice = idle_choose(weir->config->idle, machine, &lines);

		idle->way = choice.way;
		idle->rests = choice.rests;
		if (choice.why != NULL && choice.why != told)
			tell(weir, &choice);
		told = choice.why;
	}
}

bool
idles_up(struct weir *weir, struct error *error)
{
	struct idle_machine machine = {.is_virtual = weir->config->driver_virtual};
	size_t bytes = weir->plan.count * sizeof(*weir->idles);
	struct error why;

	weir->idles = aligned_alloc(RTE_CACHE_LINE_SIZE, bytes);
	if (weir->idles == NULL)
		return error_set(error, NULL, "no memory for lcores");
	for (unsigned i = 0; i < weir->plan.count; i++)
		fill(weir, i);
	if (weir->config->idle == CONFIG_IDLE_INTERRUPT && !idle_interrupts_open(weir, &why))
		machine.no_interrupts = why.text;
	idle_cpu_read(&machine.cpu);
	choose(weir, &machine);
	return true;
}

void
idles_down(struct weir *weir)
{
	idle_interrupts_close(weir);
	free(weir->idles);
	weir->idles = NULL;
}
