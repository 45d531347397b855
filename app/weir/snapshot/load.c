// SPDX-License-Identifier: BSD-3-Clause

#include "load.h"

#include "../../../lib/snapshot/reader.h"
#include "../../common/monotonic.h"
#include "../../common/plain_file.h"
#include "../../common/service/service_manager.h"
#include "../setup/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A file on its way into the shards.
struct load {
	struct weir *weir;
	struct snapshot_source source;
	int fd;
	uint32_t now_s;
	uint32_t wall_s;
};

// What one thread does: the torrents of one worker.
struct part {
	const struct load *load;
	unsigned worker;
	pthread_t thread;
	bool started;
	enum load_result result;
	struct snapshot_problem problem;
	uint64_t wall_s; // of the snapshot
	struct shard_restore_counts counts;
	// Torrents that wait to be added together.
	struct shard_restore_op ops[SHARD_BURST];
	unsigned op_count;
	uint8_t payload[SNAPSHOT_BLOCK_MAX] __rte_aligned(8);
};

static bool
read_file(void *context, void *to, size_t bytes, uint64_t at)
{
	const struct load *load = context;
	uint8_t *next = to;

	while (bytes > 0) {
		ssize_t got = pread(load->fd, next, bytes, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) // 0: it has become shorter
			return false;
		next += got;
		at += (uint64_t)got;
		bytes -= (size_t)got;
	}
	return true;
}

// Seconds since the ages of a block were right. A wall clock that went back makes nobody younger.
static uint32_t
aged_s(const struct load *load, uint64_t then_s)
{
	uint64_t aged = load->wall_s > then_s ? load->wall_s - then_s : 0;

	return (uint32_t)RTE_MIN(aged, (uint64_t)UINT32_MAX);
}

static void
restore_ops(struct part *part, const struct shard_restore_source *source)
{
	const struct load *load = part->load;

	shard_restore(
		load->weir->workers[part->worker]->shard,
		source,
		part->ops,
		part->op_count,
		load->now_s,
		&part->counts
	);
	part->op_count = 0;
}

// Adds the torrents of a block that belong to the part's worker.
static void
restore_block(struct part *part, struct snapshot_reader *reader)
{
	const struct steer *steer = &part->load->weir->steer;
	struct shard_restore_source source = {
		.stride = {snapshot_reader_stride(reader, 0), snapshot_reader_stride(reader, 1)},
		.detail = reader->head.detail_bytes > 0,
		.aged_s = aged_s(part->load, reader->head.wall_s + reader->block.at_s),
	};
	struct shard_restore_op *op = &part->ops[0];

	while (snapshot_reader_next(reader, &op->entry)) {
		uint64_t hash = steer_hash(steer, op->entry.torrent.info_hash);

		if (steer_worker(steer, hash) != part->worker)
			continue;
		op->hash = (uint32_t)hash;
		if (++part->op_count == SHARD_BURST)
			restore_ops(part, &source);
		op = &part->ops[part->op_count];
	}
	restore_ops(part, &source);
}

// Reads the file to its end; `use` gets each block.
static enum load_result
read_blocks(struct part *part, void (*use)(struct part *part, struct snapshot_reader *reader))
{
	const struct load *load = part->load;
	struct snapshot_reader reader;
	enum snapshot_read read = SNAPSHOT_WRONG;
	bool goes_on = true;

	if (snapshot_reader_open(&reader, &load->source, part->payload))
		while ((goes_on = boot_watch_goes_on(&load->weir->watch))
		       && (read = snapshot_reader_block(&reader)) == SNAPSHOT_READ) {
			if (use != NULL)
				use(part, &reader);
			service_manager_goes_on();
		}
	part->problem = reader.problem;
	part->wall_s = reader.head.wall_s;
	if (!goes_on)
		return LOAD_STOPPED;
	return read == SNAPSHOT_OVER ? LOAD_DONE : LOAD_WRONG;
}

static void *
part_main(void *argument)
{
	struct part *part = argument;

	part->result = read_blocks(part, restore_block);
	return NULL;
}

static unsigned
cpu_of(const struct weir *weir, unsigned worker)
{
	for (unsigned i = 0; i < weir->plan.count; i++)
		if (weir->plan.lcores[i].worker == (int)worker)
			return weir->plan.lcores[i].cpu;
	return weir->plan.main_cpu;
}

// Runs the part on the CPU that its worker will have, or, if there is no thread, on this one.
static void
start_part(struct part *part)
{
	pthread_attr_t attributes;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu_of(part->load->weir, part->worker), &cpus);
	pthread_attr_init(&attributes);
	pthread_attr_setaffinity_np(&attributes, sizeof(cpus), &cpus);
	part->started = pthread_create(&part->thread, &attributes, part_main, part) == 0;
	pthread_attr_destroy(&attributes);
	if (!part->started)
		part_main(part);
}

static void
add_counts(struct shard_restore_counts *sum, const struct shard_restore_counts *counts)
{
	sum->torrents += counts->torrents;
	sum->peers += counts->peers;
	sum->expired += counts->expired;
	sum->dropped += counts->dropped;
}

static void
say_problem(const char *path, const struct snapshot_problem *problem, struct error *error)
{
	if (problem->in_block)
		error_set(
			error,
			"snapshot.file",
			"%.300s: block %" PRIu32 " at byte %" PRIu64 " %s",
			path,
			problem->block,
			problem->byte,
			problem->what
		);
	else
		error_set(error, "snapshot.file", "%.300s %s", path, problem->what);
}

// All parts of a file that has been checked. A part that fails now met a file that changed meanwhile, or a disk
// that fails.
static enum load_result
run_parts(struct part *parts, unsigned count, struct load_report *report, const struct part **bad)
{
	enum load_result result = LOAD_DONE;

	for (unsigned i = 0; i < count; i++)
		start_part(&parts[i]);
	for (unsigned i = 0; i < count; i++) {
		if (parts[i].started)
			pthread_join(parts[i].thread, NULL);
		add_counts(&report->counts, &parts[i].counts);
		if (parts[i].result == LOAD_DONE)
			continue;
		result = parts[i].result;
		*bad = &parts[i];
	}
	return result;
}

static enum load_result
load_open_file(
	const struct load *load,
	const char *path,
	struct load_report *report,
	struct error *error
)
{
	unsigned count = load->weir->plan.worker_count;
	struct part *parts = calloc(count, sizeof(*parts));
	const struct part *bad = parts;

	if (parts == NULL) {
		error_set(error, "snapshot.file", "%.300s: no memory to load it", path);
		return LOAD_WRONG;
	}
	for (unsigned i = 0; i < count; i++) {
		parts[i].load = load;
		parts[i].worker = i;
	}
	enum load_result result = read_blocks(&parts[0], NULL);

	if (result == LOAD_DONE) {
		report->age_s = aged_s(load, parts[0].wall_s);
		result = run_parts(parts, count, report, &bad);
		if (result != LOAD_DONE)
			result = workers_empty(load->weir) ? result : LOAD_BROKEN;
	}
	if (result == LOAD_WRONG)
		say_problem(path, &bad->problem, error);
	else if (result == LOAD_STOPPED)
		error_set(error, NULL, "stopped by a signal while loading %.300s", path);
	else if (result == LOAD_BROKEN)
		error_set(error, NULL, "no memory for the tables once more");
	free(parts);
	return result;
}

enum load_result
load_snapshot(
	struct weir *weir,
	const char *path,
	uint32_t now_s,
	struct load_report *report,
	struct error *error
)
{
	struct load load = {.weir = weir, .now_s = now_s};
	uint64_t start_ms = monotonic_ms();
	struct error why;
	struct stat status;

	*report = (struct load_report){0};
	load.fd = plain_file_open(path, PLAIN_FILE_SECRET, &why);
	if (load.fd < 0) {
		bool missing = errno == ENOENT;

		error_set(error, "snapshot.file", "%.300s %s", path, why.text);
		return missing ? LOAD_MISSING : LOAD_WRONG;
	}
	load.wall_s = __atomic_load_n(&weir->wall_s, __ATOMIC_RELAXED);
	load.source = (struct snapshot_source){.read = read_file, .context = &load};
	if (fstat(load.fd, &status) == 0)
		load.source.bytes = (uint64_t)status.st_size;
	(void)!posix_fadvise(load.fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	enum load_result result = load_open_file(&load, path, report, error);

	close(load.fd);
	report->ms = monotonic_ms() - start_ms;
	return result;
}
