// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: hands announces and scrapes over to the workers that own their torrents.

#pragma once

#include "transmit_inline.h"

// Workers see jobs after handover_show.
static inline void
handover_put(struct io *io, unsigned worker, const struct job *job)
{
	struct ring_requester *link = &io->links[worker];

	if (unlikely(ring_room(link) == 0)) {
		pressure_note_ring(&io->pressure, 0, ring_capacity(link));
		transmit_drop(io, job->mbuf, job->family, VERDICT_ring_full);
		return;
	}
	if (ring_put(link, job))
		io->unshown |= UINT64_C(1) << worker;
}

// Keeps a job that the worker of this lcore owns. False: it is another's, or there is no room, which the ring has.
static inline bool
handover_keep(struct own_jobs *own, unsigned worker, const struct job *job)
{
	if (worker != own->worker || own->count == LOOP_OWN_JOBS)
		return false;
	own->jobs[own->count++] = *job;
	return true;
}

static inline void
handover_show_link(struct io *io, struct ring_requester *link)
{
	stages_count(&io->stages, STAGE_handover, ring_unshown(link));
	pressure_note_ring(&io->pressure, ring_room(link), ring_capacity(link));
	ring_show(link);
}

// Shows each worker its jobs of this turn.
static inline void
handover_show(struct io *io)
{
	enum stage before = loop_stage(&io->stages, STAGE_handover, 0);

	for (uint64_t left = io->unshown; left != 0; left &= left - 1)
		handover_show_link(io, &io->links[__builtin_ctzll(left)]);
	io->waiting |= io->unshown;
	io->unshown = 0;
	loop_resume(&io->stages, before);
}
