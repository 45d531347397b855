// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: what it keeps that follows from settings, and the settings and lists of a turn.

#pragma once

#include "loops.h"

// Changes a rate only if it is different, because a change refills the bucket.
static void
follow_rate(struct shares *shares, uint32_t rate, uint32_t burst, uint64_t hz)
{
	if (shares->rate != rate)
		shares_set_rate(shares, rate, burst, hz);
}

// Limits by source are changed only if they are different: that gives up the pressure of the moment.
static void
follow_limits(struct io *io, const struct budget_limits *limits, bool overload)
{
	bool sheds = overload && limits->work != 0;
	bool same = limits->work == io->limits.work && limits->burst == io->limits.burst
		&& limits->connects == io->limits.connects && sheds == io->sheds;

	if (same)
		return;
	budget_set(io->budgets, limits);
	pressure_reset(&io->pressure);
	io->limits = *limits;
	io->sheds = sheds;
	io->budget = limits->work == 0 && limits->connects == 0 ? NULL : io->budgets;
}

static void
follow_port(struct io_queue *queue, const struct settings *settings)
{
	queue->unplugged = settings->unplugged >> queue->port & 1;
	settings_take_host(settings, queue->port, &queue->host);
}

// New settings were published: limits, the keys of connection ids, stages and ports follow them from this turn on.
static __rte_noinline void
follow_settings(struct io *io)
{
	const struct settings *settings = io->settings;
	uint32_t echo = settings->echo_rate, neighbour = settings->neighbour_rate;
	uint64_t hz = io->clock.hz;

	follow_rate(&io->echo_limit, echo, echo / 10 + 1, hz);
	follow_rate(&io->neighbour_limit, neighbour, neighbour / 10 + 1, hz);
	follow_rate(
		&io->unreachable_limit, settings->unreachable_rate, settings->unreachable_rate, hz
	);
	if (io->exception != NULL)
		follow_rate(
			&io->exception->limit,
			settings->exception_rate,
			settings->exception_rate / 10 + 1,
			hz
		);
	follow_limits(io, &settings->limits, settings->overload);
	connid_change(&io->connid, &settings->connid);
	stages_set_every(&io->stages, settings->stage_turns);
	for (unsigned q = 0; q < io->queue_count; q++)
		follow_port(&io->queues[q], settings);
	io->settings_version = settings->version;
}

// The settings and lists of this turn.
static void
take_settings(struct io *io)
{
	io->settings = publisher_read(io->published);
	if (unlikely(io->settings->version != io->settings_version))
		follow_settings(io);
	io->lists.denied_sources = publisher_read(io->lists_published.denied_sources);
	io->lists.clients = publisher_read(io->lists_published.clients);
	io->lists.auth_keys = publisher_read(io->lists_published.auth_keys);
	io->lists.judge_requests = io->lists.clients != NULL || io->lists.auth_keys != NULL;
}
