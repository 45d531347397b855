// SPDX-License-Identifier: BSD-3-Clause

#include "save.h"

#include "../../../lib/swarm/shard_save.h"
#include "../../common/monotonic.h"
#include "../../common/service/service_manager.h"
#include "../control/control.h"
#include "../log/log.h"
#include "../setup/workers.h"
#include "../telemetry/mailbox.h"
#include "snapshot_file.h"

#include <rte_cycles.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	FULL_BYTES = SNAPSHOT_BLOCK_MAX - QUESTION_BYTES, // a block with more is written
	PIECE_AT_END = 4096, // torrents and peers
	PAUSE = 12, // times as long as the worker took for the piece before
	PAUSE_MAX_US = 2000, // a piece takes less: the worker did not have its CPU
	PATIENCE_MS = 6000, // with a worker that does not answer
	PATIENCE_NAP_US = 10000,
	MS = 1000,
};

// A snapshot in the making.
struct save {
	struct weir *weir;
	struct snapshot_file file;
	uint64_t start_ms;
	struct question question;
};

uint32_t
save_clock_s(const struct weir *weir)
{
	struct clock clock;

	clock_init(&clock, weir->start_tsc, rte_get_tsc_hz());
	clock_tick(&clock, rte_rdtsc());
	return clock.mono_s;
}

static uint32_t
seconds_since_start(const struct save *save)
{
	return (uint32_t)((monotonic_ms() - save->start_ms) / MS);
}

static bool
flush_if_full(struct save *save, struct error *error)
{
	return save->file.writer.block.bytes < FULL_BYTES
		|| snapshot_file_flush(&save->file, error);
}

// Sleeps in proportion to the time that the worker has spent.
static void
pause_after(uint64_t cycles)
{
	uint64_t us = cycles * PAUSE / (rte_get_tsc_hz() / 1000000);
	struct timespec pause = {.tv_nsec = 1000 * (long)RTE_MIN(us, (uint64_t)PAUSE_MAX_US)};

	nanosleep(&pause, NULL);
}

// Asks on while the worker does not answer: it may have lost its CPU. The cursor stays until an answer comes, so
// nothing is left out.
static bool
ask_patiently(struct save *save, unsigned worker)
{
	const struct weir *weir = save->weir;
	uint64_t deadline_ms = monotonic_ms() + PATIENCE_MS;

	while (!mailbox_ask(weir, worker, &save->question)) {
		if (__atomic_load_n(&weir->stop, __ATOMIC_RELAXED) || monotonic_ms() > deadline_ms)
			return false;
		usleep(PATIENCE_NAP_US);
	}
	return true;
}

static bool
ask_worker(struct save *save, unsigned worker, struct error *error)
{
	struct question *question = &save->question;
	const struct shard_saved *saved = &question->saved;
	struct snapshot_writer *writer = &save->file.writer;

	*question = (struct question){.kind = QUESTION_SAVE};
	while (!question->cursor.over) {
		uint32_t at_s = seconds_since_start(save);
		size_t room;

		if (!ask_patiently(save, worker))
			return error_set(error, NULL, "worker %u does not answer", worker);
		memcpy(snapshot_writer_room(writer, &room), question->bytes, saved->bytes);
		snapshot_writer_add(writer, saved->bytes, saved->torrents, saved->peers, at_s);
		if (!flush_if_full(save, error))
			return false;
		pause_after(question->cycles);
	}
	return true;
}

static bool
read_shard(struct save *save, unsigned worker, struct error *error)
{
	struct shard *shard = save->weir->workers[worker]->shard;
	struct snapshot_writer *writer = &save->file.writer;
	uint32_t now_s = save_clock_s(save->weir), at_s = seconds_since_start(save);
	struct shard_cursor cursor = {0};

	while (!cursor.over) {
		size_t room;
		uint8_t *out = snapshot_writer_room(writer, &room);
		struct shard_saved saved =
			shard_save(shard, &cursor, PIECE_AT_END, out, room, now_s);

		snapshot_writer_add(writer, saved.bytes, saved.torrents, saved.peers, at_s);
		if (!flush_if_full(save, error))
			return false;
		service_manager_goes_on();
	}
	return true;
}

typedef bool save_worker(struct save *save, unsigned worker, struct error *error);

static bool
write_snapshot(
	struct save *save,
	struct weir *weir,
	const char *path,
	save_worker *save_one,
	struct snapshot_report *report,
	struct error *error
)
{
	struct snapshot_status *status = &weir->snapshot;
	uint32_t wall_s = __atomic_load_n(&weir->wall_s, __ATOMIC_RELAXED);
	bool detail = shard_capacity(weir->workers[0]->shard).records > 0;

	save->start_ms = monotonic_ms();
	save->weir = weir;
	if (!snapshot_file_start(&save->file, path, wall_s, detail, error))
		return false;
	for (unsigned w = 0; w < weir->plan.worker_count; w++)
		if (!save_one(save, w, error)) {
			snapshot_file_abandon(&save->file);
			return false;
		}
	if (!snapshot_file_finish(
		    &save->file, status->refused ? SNAPSHOT_REFUSED : SNAPSHOT_OLD, error
	    ))
		return false;
	status->refused = false;
	*report = (struct snapshot_report){
		.torrents = save->file.writer.totals.torrents,
		.peers = save->file.writer.totals.peers,
		.bytes = save->file.writer.totals.bytes,
		.ms = monotonic_ms() - save->start_ms,
		.at_s = __atomic_load_n(&weir->wall_s, __ATOMIC_RELAXED),
	};
	return true;
}

static bool
make_snapshot(
	struct weir *weir,
	const char *path,
	save_worker *save_one,
	struct snapshot_report *report,
	struct error *error
)
{
	struct save *save = malloc(sizeof(*save));

	if (save == NULL)
		return error_set(error, NULL, "no memory for a snapshot");
	bool made = write_snapshot(save, weir, path, save_one, report, error);

	free(save);
	return made;
}

bool
save_while_serving(
	struct weir *weir,
	const char *path,
	struct snapshot_report *report,
	struct error *error
)
{
	return make_snapshot(weir, path, ask_worker, report, error);
}

bool
save_at_end(
	struct weir *weir,
	const char *path,
	struct snapshot_report *report,
	struct error *error
)
{
	control_read_wall_clock(weir);
	return make_snapshot(weir, path, read_shard, report, error);
}
