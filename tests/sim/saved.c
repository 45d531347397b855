// SPDX-License-Identifier: BSD-3-Clause

#include "saved.h"

#include "../../app/weir/snapshot/save.h"
#include "appliance.h"
#include "fail.h"
#include "faults.h"
#include "naive.h"
#include "torrents.h"
#include "virtual_threads.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	HEAD = 64,
	BLOCK = 32,
	TORRENT = 44,
	END = 2, // kind of the last block
	AGE_SHIFT = 4,
	NEAR_S = 2, // to the timeout: the unit of times in swarms
};

static bool at_work, completed, disk_failed;
static uint64_t since, taken; // moment at which the snapshot was begun

// --- reading ------------------------------------------------------------------------------------

struct snapshot {
	uint8_t *bytes;
	size_t size;
	unsigned detail; // bytes behind each peer
	uint64_t wall_s;
};

// A torrent, or a part of one.
struct part {
	uint32_t torrent;
	uint32_t completed[NAIVE_FAMILIES], peers[NAIVE_FAMILIES], empty_s;
	uint64_t at_s; // Unix time of the ages
};

typedef void use_part(const struct part *part);
typedef void
use_peer(const struct part *part, unsigned family, const uint8_t *address, uint32_t state);

static uint32_t
word(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static bool
open_snapshot(struct snapshot *snapshot)
{
	FILE *in = fopen(appliance_snapshot_path(), "r");
	uint16_t detail;

	*snapshot = (struct snapshot){0};
	if (in == NULL)
		return false;
	fseek(in, 0, SEEK_END);
	snapshot->size = (size_t)ftell(in);
	rewind(in);
	snapshot->bytes = malloc(snapshot->size + 1);
	fail_unless(
		snapshot->bytes != NULL
			&& fread(snapshot->bytes, 1, snapshot->size, in) == snapshot->size
			&& snapshot->size >= HEAD + BLOCK
			&& memcmp(snapshot->bytes, "WeirSnap", 8) == 0,
		"a snapshot is no snapshot"
	);
	fclose(in);
	memcpy(&detail, snapshot->bytes + 26, sizeof(detail));
	memcpy(&snapshot->wall_s, snapshot->bytes + 32, sizeof(snapshot->wall_s));
	snapshot->detail = detail;
	return true;
}

static const uint8_t *
read_part(
	const struct snapshot *snapshot,
	const uint8_t *at,
	uint64_t at_s,
	use_part *on_part,
	use_peer *on_peer
)
{
	struct part part = {
		.torrent = torrent_of(at),
		.completed = {word(at + 20), word(at + 24)},
		.peers = {word(at + 28), word(at + 32)},
		.empty_s = word(at + 36),
		.at_s = at_s,
	};

	on_part(&part);
	at += TORRENT;
	for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
		for (uint32_t i = 0; i < part.peers[f]; i++) {
			unsigned size = f == 0 ? 6 : 18;
			uint8_t address[NAIVE_ADDRESS_MAX] = {0};

			memcpy(address, at, size);
			on_peer(&part, f, address, word(at + size));
			at += size + 4 + snapshot->detail;
		}
	return at;
}

static void
walk(const struct snapshot *snapshot, use_part *on_part, use_peer *on_peer)
{
	const uint8_t *at = snapshot->bytes + HEAD, *end = snapshot->bytes + snapshot->size;

	while (end - at >= BLOCK && word(at) != END) {
		const uint8_t *stop = at + BLOCK + word(at + 4);
		uint64_t at_s = snapshot->wall_s + word(at + 12);

		fail_unless(stop < end, "a block of a snapshot is cut off");
		for (at += BLOCK; at < stop;)
			at = read_part(snapshot, at, at_s, on_part, on_peer);
		fail_unless(at == stop, "the torrents of a block of a snapshot do not fit it");
	}
	fail_unless(end - at > BLOCK, "a snapshot has no end");
}

// --- comparing ----------------------------------------------------------------------------------

static uint32_t counts[NAIVE_TORRENTS_MAX][NAIVE_FAMILIES];

static void
ignore_part(const struct part *part)
{
	(void)part;
}

static void
compare_peer(const struct part *part, unsigned family, const uint8_t *address, uint32_t state)
{
	struct naive_state peer = {.seeder = state & 1, .finished = state >> 1 & 1};

	memcpy(peer.address, address, sizeof(peer.address));
	const char *wrong = naive_compare(part->torrent, family, &peer, since);

	fail_unless(
		wrong == NULL, "a snapshot is wrong about torrent %u: %s", part->torrent, wrong
	);
	counts[part->torrent][family]++;
}

static void
judge_file(void)
{
	struct snapshot snapshot;
	int64_t now_s = appliance_now_s();

	fail_unless(open_snapshot(&snapshot), "a snapshot that was taken is not there");
	memset(counts, 0, sizeof(counts[0]) * torrents_count());
	walk(&snapshot, ignore_part, compare_peer);
	free(snapshot.bytes);
	for (uint32_t t = 0; t < torrents_count(); t++)
		for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
			fail_unless(
				counts[t][f] >= naive_steady(t, f, since, now_s),
				"a snapshot has %u peers of torrent %u, and misses some",
				counts[t][f],
				t
			);
	taken++;
}

void
saved_judge(void)
{
	if (completed)
		judge_file();
	completed = false;
}

void
saved_judge_last(void)
{
	since = naive_moment();
	judge_file();
}

uint64_t
saved_count(void)
{
	return taken;
}

// --- taking -------------------------------------------------------------------------------------

static void
save_main(void *argument)
{
	struct snapshot_report report;
	struct error error = {0};

	(void)argument;
	disk_failed = false;
	since = naive_moment();
	bool done =
		save_while_serving(appliance_weir(), appliance_snapshot_path(), &report, &error);

	// A worker that stands still does not answer.
	fail_unless(done || disk_failed || fault_is_on(FAULT_stall), "no snapshot: %s", error.text);
	fail_unless(!done || !disk_failed, "a snapshot counts as taken, but the disk failed");
	completed = done;
	at_work = false;
}

void
saved_take(void)
{
	if (at_work || completed)
		return;
	at_work = true;
	threads_start(save_main, NULL);
}

void
saved_forget(void)
{
	at_work = completed = false;
}

// The disk, around write(2) and fsync(2).
ssize_t __real_write(int file, const void *bytes, size_t count);
ssize_t __wrap_write(int file, const void *bytes, size_t count);
int __wrap_fsync(int file);

ssize_t
__wrap_write(int file, const void *bytes, size_t count)
{
	if (at_work && file > STDERR_FILENO && fault_strikes(FAULT_disk)) {
		disk_failed = true;
		errno = ENOSPC;
		return -1;
	}
	return __real_write(file, bytes, count);
}

// What is written need not survive the machine: a crash of the simulator's is none of the disk.
int
__wrap_fsync(int file)
{
	(void)file;
	if (at_work && fault_strikes(FAULT_disk)) {
		disk_failed = true;
		errno = EIO;
		return -1;
	}
	return 0;
}

// --- restoring ----------------------------------------------------------------------------------

static int64_t
aged_s(const struct part *part)
{
	int64_t aged = (int64_t)appliance_wall_s() - (int64_t)part->at_s;

	return aged > 0 ? aged : 0;
}

static bool
may_be_dropped(void)
{
	const struct config *config = appliance_weir()->config;

	return config->max_peers < 50000 || config->max_torrents < 50000;
}

static void
restore_part(const struct part *part)
{
	naive_restore_completed(
		part->torrent,
		part->completed[0] + part->completed[1],
		1 - (int64_t)part->empty_s - aged_s(part),
		may_be_dropped()
	);
}

static void
restore_peer(const struct part *part, unsigned family, const uint8_t *address, uint32_t state)
{
	const struct config *config = appliance_weir()->config;
	int64_t age_s = (state >> AGE_SHIFT) + aged_s(part);
	struct naive_state peer = {
		.seeder = state & 1,
		.finished = state >> 1 & 1,
		.seen_s = appliance_now_s() - age_s - NEAR_S,
	};

	if (age_s > (int64_t)config->peer_timeout_s)
		return;
	memcpy(peer.address, address, sizeof(peer.address));
	naive_restore(part->torrent, family, &peer, may_be_dropped());
}

void
saved_restore(void)
{
	struct snapshot snapshot;

	if (!open_snapshot(&snapshot))
		return;
	walk(&snapshot, restore_part, restore_peer);
	free(snapshot.bytes);
}
