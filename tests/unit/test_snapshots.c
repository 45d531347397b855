// SPDX-License-Identifier: BSD-3-Clause
// app/weir/snapshot/: what a Weir with real workers saves and loads, while it serves and at its ends; reads that
// fail in the middle; several threads that want snapshots at once.

#include "../../app/weir/setup/workers.h"
#include "../../app/weir/snapshot/restore.h"
#include "../../app/weir/snapshot/snapshots.h"
#include "../../app/weir/weir.h"
#include "../../lib/swarm/shard_view.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/temp.h"

#include <rte_cycles.h>

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum {
	TORRENTS = 3000,
	CROWD = 5000, // further peers of torrent 0
	PEERS = 2 * TORRENTS + CROWD,
	TIMEOUT_S = 1000,
	NOW_S = 1700000000,
	TAKERS = 3,
	TAKES = 5,
};

static struct weir weir;
static struct config config = {
	.max_torrents = 2 * TORRENTS,
	.max_peers = 8 * PEERS, // torrent 0 is large for one of seven workers
	.max_peers_ipv6 = 8 * PEERS,
	.peer_timeout_s = TIMEOUT_S,
	.keep_completed_s = TIMEOUT_S,
	.test_time_s = NOW_S,
};
static const struct settings settings;
static struct temp temp;
static char path[TEMP_PATH_MAX];
static bool stop_workers;

// --- reads that fail ----------------------------------------------------------------------------

static int reads_until_fault; // negative: none fails

ssize_t __real_pread64(int fd, void *bytes, size_t count, off_t at);
ssize_t __wrap_pread64(int fd, void *bytes, size_t count, off_t at);

ssize_t
__wrap_pread64(int fd, void *bytes, size_t count, off_t at)
{
	if (__atomic_fetch_sub(&reads_until_fault, 1, __ATOMIC_RELAXED) == 0) {
		errno = EIO;
		return -1;
	}
	return __real_pread64(fd, bytes, count, at);
}

// --- a Weir without lcores ----------------------------------------------------------------------

static void
open_weir(unsigned workers, bool detail)
{
	struct error error;

	memset(&weir, 0, sizeof(weir));
	config.peer_detail = detail;
	weir.config = &config;
	weir.settings = &settings;
	weir.keys.seed = rte_rdtsc();
	weir.keys.steer = (struct siphash_key){1, workers};
	weir.plan.worker_count = weir.plan.count = workers;
	weir.plan.io_count = 1;
	for (unsigned i = 0; i < workers; i++)
		weir.plan.lcores[i] = (struct lcore_role){.worker = (int)i};
	weir.start_tsc = rte_rdtsc();
	weir.wall_s = config.test_time_s;
	reads_until_fault = -1;
	assert_true(publisher_init(&weir.publisher, 0));
	assert_true(workers_up(&weir, &error));
}

static void
close_weir(void)
{
	workers_down(&weir);
	publisher_free(&weir.publisher);
}

static void
announce(uint32_t torrent, uint32_t peer, enum family family)
{
	uint8_t hash[SHARD_INFO_HASH_BYTES], reply[SHARD_OUT_SPARE];
	uint8_t detail[SHARD_DETAIL_BYTES] = "-qB4520-";

	memset(hash, 0x5a, sizeof(hash));
	memcpy(hash, &torrent, sizeof(torrent));
	uint64_t keyed = steer_hash(&weir.steer, hash);
	struct shard_op op = {
		.info_hash = hash,
		.peers = reply,
		.detail = detail,
		.hash = (uint32_t)keyed,
		.kind = SHARD_ANNOUNCE,
		.family = (uint8_t)family,
		.seeder = peer % 2,
	};

	memcpy(op.peer, &peer, sizeof(peer));
	shard_process(weir.workers[steer_worker(&weir.steer, keyed)]->shard, &op, 1, 1);
}

static void
fill(void)
{
	for (uint32_t i = 0; i < TORRENTS; i++) {
		announce(i, i, FAMILY_IPV4);
		announce(i, i, FAMILY_IPV6);
	}
	for (uint32_t i = 0; i < CROWD; i++)
		announce(0, TORRENTS + i, FAMILY_IPV4);
}

static uint64_t
stored_peers(void)
{
	uint64_t peers = 0;

	for (unsigned w = 0; w < weir.plan.worker_count; w++) {
		const struct shard_counts *counts = shard_counts(weir.workers[w]->shard);

		for (unsigned f = 0; f < FAMILY_COUNT; f++)
			peers += counts->seeders[f] + counts->leechers[f];
	}
	return peers;
}

static uint64_t
stored_torrents(void)
{
	uint64_t torrents = 0;

	for (unsigned w = 0; w < weir.plan.worker_count; w++)
		torrents += shard_counts(weir.workers[w]->shard)->torrents;
	return torrents;
}

static void
remove_files(void)
{
	static const char *const ends[] = {"", ".1", ".refused"};

	for (unsigned i = 0; i < RTE_DIM(ends); i++) {
		char name[TEMP_PATH_MAX + 16];

		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		remove(name);
	}
}

// FILE and FILE.1 hold PEERS peers.
static void
make_files(void)
{
	struct error error;

	remove_files();
	open_weir(2, false);
	assert_true(restore_up(&weir, &error));
	fill();
	weir.snapshot.served = true;
	restore_down(&weir);
	close_weir();
	open_weir(1, false);
	assert_true(restore_up(&weir, &error));
	weir.snapshot.served = true;
	restore_down(&weir);
	close_weir();
}

// --- tests --------------------------------------------------------------------------------------

static void
test_through_several(void **state)
{
	static const struct {
		unsigned workers;
		bool detail;
	} ways[] = {{3, true}, {1, false}, {7, true}, {2, false}};
	struct error error;

	(void)state;
	make_files();
	for (unsigned i = 0; i < RTE_DIM(ways); i++) {
		open_weir(ways[i].workers, ways[i].detail);
		assert_true(restore_up(&weir, &error));
		assert_int_equal(stored_peers(), PEERS);
		assert_int_equal(stored_torrents(), TORRENTS);
		assert_int_equal(weir.snapshot.restored_peers, PEERS);
		assert_int_equal(weir.snapshot.restored_torrents, TORRENTS);
		assert_int_equal(weir.snapshot.restored_dropped, 0);
		weir.snapshot.served = true;
		restore_down(&weir);
		assert_int_equal(weir.snapshot.runs, 1);
		assert_int_equal(weir.snapshot.last_peers, PEERS);
		close_weir();
	}
}

// A start that is undone before lcores served does not overwrite anything.
static void
test_not_served(void **state)
{
	struct stat before, after;
	struct error error;

	(void)state;
	make_files();
	assert_int_equal(stat(path, &before), 0);
	open_weir(1, false);
	assert_true(restore_up(&weir, &error));
	restore_down(&weir);
	close_weir();
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

// The time between two Weirs counts, but a wall clock that went back does not make peers younger.
static void
test_wall_clock(void **state)
{
	static const struct {
		int later_s;
		uint64_t peers;
	} moves[] = {
		{0, PEERS},
		{-100000, PEERS},
		{TIMEOUT_S - 5, PEERS}, // the test itself may take a second
		{TIMEOUT_S + 1, 0},
		{1000000000, 0},
	};
	struct error error;

	(void)state;
	make_files();
	for (unsigned i = 0; i < RTE_DIM(moves); i++) {
		config.test_time_s = (uint32_t)((int64_t)NOW_S + moves[i].later_s);
		open_weir(2, false);
		assert_true(restore_up(&weir, &error));
		assert_int_equal(stored_peers(), moves[i].peers);
		assert_int_equal(weir.snapshot.restored_expired, PEERS - moves[i].peers);
		restore_down(&weir);
		close_weir();
	}
	config.test_time_s = NOW_S;
}

// A disk that fails once, at each read: while the file is checked, or when its torrents are added. The file
// before it is loaded then, whole, and nothing of the first is left.
static void
test_each_read_fails(void **state)
{
	int reads = 0;

	(void)state;
	make_files();
	for (int fault = 0; reads == 0; fault++) {
		struct error error;

		open_weir(2, false);
		reads_until_fault = fault;
		assert_true(restore_up(&weir, &error));
		assert_int_equal(stored_peers(), PEERS);
		assert_int_equal(stored_torrents(), TORRENTS);
		assert_int_equal(weir.snapshot.restored_peers, PEERS);
		assert_int_equal(weir.snapshot.refused, reads_until_fault < 0);
		if (reads_until_fault >= 0)
			reads = fault;
		restore_down(&weir);
		close_weir();
	}
	assert_true(reads >= 3 * 5); // one thread checks, two add
}

static void
test_stop_while_loading(void **state)
{
	struct error error;

	(void)state;
	make_files();
	open_weir(2, false);
	weir.watch.signal = 15;
	assert_false(restore_up(&weir, &error));
	assert_non_null(strstr(error.text, "stopped by a signal"));
	close_weir();
}

static void
test_none(void **state)
{
	struct snapshot_report report;
	struct error error;

	(void)state;
	config.snapshot_file = "";
	open_weir(1, false);
	assert_true(restore_up(&weir, &error));
	assert_true(snapshots_up(&weir, &error));
	assert_false(snapshots_take(&weir, &report, &error));
	assert_non_null(strstr(error.text, "set snapshot.file"));
	snapshots_down(&weir);
	restore_down(&weir);
	close_weir();
	config.snapshot_file = path;
}

// All workers in one thread, turn after turn.
static void *
work(void *unused)
{
	(void)unused;
	while (!__atomic_load_n(&stop_workers, __ATOMIC_RELAXED))
		for (unsigned i = 0; i < weir.plan.worker_count; i++)
			worker_turn(weir.workers[i]);
	return NULL;
}

static pthread_t
start_workers(void)
{
	pthread_t thread;

	stop_workers = false;
	for (unsigned i = 0; i < weir.plan.worker_count; i++)
		weir.workers[i]->link_count = 0; // nobody has made rings
	assert_int_equal(pthread_create(&thread, NULL, work, NULL), 0);
	return thread;
}

static void
end_workers(pthread_t thread)
{
	__atomic_store_n(&stop_workers, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

// NULL where each snapshot was complete.
static void *
take(void *unused)
{
	static char wrong[] = "wrong";

	(void)unused;
	for (unsigned i = 0; i < TAKES; i++) {
		struct snapshot_report report;
		struct error error;

		if (!snapshots_take(&weir, &report, &error) || report.peers != PEERS
		    || report.torrents != TORRENTS || report.at_s != NOW_S)
			return wrong;
	}
	return NULL;
}

static void
test_take_while_serving(void **state)
{
	pthread_t workers, takers[TAKERS];
	struct error error;

	(void)state;
	for (unsigned detail = 0; detail < 2; detail++) {
		remove_files();
		open_weir(2, detail);
		assert_true(restore_up(&weir, &error));
		fill();
		workers = start_workers();
		assert_true(snapshots_up(&weir, &error));
		for (unsigned i = 0; i < TAKERS; i++)
			assert_int_equal(pthread_create(&takers[i], NULL, take, NULL), 0);
		for (unsigned i = 0; i < TAKERS; i++) {
			void *problem;

			pthread_join(takers[i], &problem);
			assert_null(problem);
		}
		assert_in_range(weir.snapshot.runs, TAKES, TAKES * TAKERS);
		assert_int_equal(weir.snapshot.failures, 0);
		end_workers(workers);
		weir.stop = true;
		snapshots_down(&weir);
		weir.snapshot.served = false; // as if it were killed now
		restore_down(&weir);
		close_weir();
		open_weir(3, !detail);
		assert_true(restore_up(&weir, &error));
		assert_int_equal(stored_peers(), PEERS);
		restore_down(&weir);
		close_weir();
	}
}

// Who waits for a snapshot is not left alone when Weir ends, or when a worker does not answer.
static void
test_take_in_vain(void **state)
{
	struct snapshot_report report;
	struct error error;
	void *problem;
	pthread_t taker;

	(void)state;
	remove_files();
	open_weir(1, false);
	assert_true(restore_up(&weir, &error));
	assert_true(snapshots_up(&weir, &error));
	assert_false(snapshots_take(&weir, &report, &error)); // no worker runs
	assert_non_null(strstr(error.text, "worker 0 does not answer"));
	assert_int_equal(weir.snapshot.failures, 1);
	assert_int_equal(weir.snapshot.failing, 1);
	weir.workers[0]->question = NULL;
	assert_int_equal(pthread_create(&taker, NULL, take, NULL), 0);
	usleep(20000);
	__atomic_store_n(&weir.stop, true, __ATOMIC_RELAXED);
	snapshots_down(&weir);
	pthread_join(taker, &problem);
	assert_non_null(problem);
	assert_int_not_equal(access(path, F_OK), 0);
	weir.snapshot.served = false;
	restore_down(&weir);
	close_weir();
}

static void
test_interval(void **state)
{
	pthread_t workers;
	struct error error;

	(void)state;
	remove_files();
	config.snapshot_interval_s = 1;
	open_weir(1, false);
	assert_true(restore_up(&weir, &error));
	fill();
	workers = start_workers();
	assert_true(snapshots_up(&weir, &error));
	for (unsigned i = 0; i < 2000 && snapshot_status_get(&weir.snapshot.runs) < 2; i++)
		usleep(10000);
	assert_true(snapshot_status_get(&weir.snapshot.runs) >= 2);
	snapshots_down(&weir);
	end_workers(workers);
	config.snapshot_interval_s = 0;
	restore_down(&weir);
	close_weir();
}

static int
set_up(void **state)
{
	(void)state;
	test_eal_init();
	temp_open(&temp);
	temp_path(&temp, "snapshot", path);
	config.snapshot_file = path;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	temp_close(&temp);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_through_several),
		cmocka_unit_test(test_not_served),
		cmocka_unit_test(test_wall_clock),
		cmocka_unit_test(test_each_read_fails),
		cmocka_unit_test(test_stop_while_loading),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_take_while_serving),
		cmocka_unit_test(test_take_in_vain),
		cmocka_unit_test(test_interval),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
