// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: hands announces and scrapes over to the workers that own their torrents.

#pragma once

#include "transmit_inline.h"

static inline void
handover_flush(struct io *io, struct io_link *link)
{
	enum stage before = loop_stage(&io->stages, STAGE_handover, link->staged_count);
	unsigned room;
	unsigned taken = rte_ring_sp_enqueue_burst_elem(
		link->requests, link->staged, sizeof(struct job), link->staged_count, &room
	);

	pressure_note_ring(&io->pressure, room, rte_ring_get_capacity(link->requests));
	for (unsigned i = taken; i < link->staged_count; i++)
		transmit_drop(io, link->staged[i].mbuf, link->staged[i].family, VERDICT_ring_full);
	link->staged_count = 0;
	loop_resume(&io->stages, before);
}

static inline void
handover_stage(struct io *io, unsigned worker, const struct job *job)
{
	struct io_link *link = &io->links[worker];

	link->staged[link->staged_count++] = *job;
	if (link->staged_count == LOOP_BURST)
		handover_flush(io, link);
}
