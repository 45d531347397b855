// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/memory_plan.h and machine.h: what a configuration needs, beside machines made of files.

#include "../../app/weir/setup/eal.h"
#include "../../app/weir/setup/memory_plan.h"
#include "../../app/weir/setup/workers.h"
#include "../support/cmocka_wrap.h"
#include "../support/config_file.h"
#include "../support/made_topology.h"

#include <rte_common.h>

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)
#define SMALL "swarm = { max_torrents = 1000; max_peers = 1000; };\n"
#define PLAIN PORTS SMALL "memory = { hugepages = \"no\"; };\n"

struct file {
	const char *path;
	const char *text;
};

// Two nodes, huge pages of two sizes, no hugetlbfs yet.
static const struct file two_nodes[] = {
	{"proc/meminfo",
	 "MemTotal:  8388608 kB\nMemAvailable:  4194304 kB\nHugepagesize:  2048 kB\n"},
	{"sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", "100\n"},
	{"sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages", "60\n"},
	{"sys/devices/system/node/node0/hugepages/hugepages-1048576kB/nr_hugepages", "0\n"},
	{"sys/devices/system/node/node0/hugepages/hugepages-1048576kB/free_hugepages", "0\n"},
	{"sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages", "7\n"},
	{"sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages", "7\n"},
};

static const struct file mount_2m = {
	"proc/self/mounts",
	"proc /proc proc rw 0 0\nhugetlbfs /huge hugetlbfs rw,relatime,pagesize=2M 0 0\n",
};

static struct machine
read_machine(const struct file *files, unsigned count)
{
	struct machine machine;

	for (unsigned i = 0; i < count; i++)
		made_file(files[i].path, files[i].text);
	machine_read(&machine, temp.folder);
	return machine;
}

static void
set_free(unsigned node, unsigned pages)
{
	char path[128], text[16];

	snprintf(
		path,
		sizeof(path),
		"sys/devices/system/node/node%u/hugepages/hugepages-2048kB/free_hugepages",
		node
	);
	snprintf(text, sizeof(text), "%u\n", pages);
	made_file(path, text);
}

static void
test_machine(void **state)
{
	struct machine machine = read_machine(two_nodes, RTE_DIM(two_nodes));

	(void)state;
	assert_int_equal(machine.memory_bytes, 8192 * MIB);
	assert_int_equal(machine.available_bytes, 4096 * MIB);
	assert_int_equal(machine.pages_count, 3);
	assert_int_equal(machine.pages[0].node, 0);
	assert_int_equal(machine.pages[0].page_bytes, 2 * MIB);
	assert_int_equal(machine.pages[0].total, 100);
	assert_int_equal(machine.pages[0].free, 60);
	assert_int_equal(machine.pages[1].page_bytes, 1024 * MIB);
	assert_int_equal(machine.pages[2].node, 1);
	assert_false(machine.pages[0].mounted);
	machine = read_machine(&mount_2m, 1);
	assert_true(machine.pages[0].mounted && machine.pages[2].mounted);
	assert_false(machine.pages[1].mounted);
}

// The nearest limit counts, whichever group around us sets it; caches of files give way.
static void
test_control_groups(void **state)
{
	static const struct file files[] = {
		{"proc/meminfo", "MemTotal:  8388608 kB\nMemAvailable:  4194304 kB\n"},
		{"proc/self/cgroup", "1:name=x:/y\n0::/outer.slice/weir.service\n"},
		{"sys/fs/cgroup/outer.slice/weir.service/memory.max", "max\n"},
		{"sys/fs/cgroup/outer.slice/weir.service/memory.current", "4096\n"},
		{"sys/fs/cgroup/outer.slice/memory.max", "1073741824\n"},
		{"sys/fs/cgroup/outer.slice/memory.current", "268435456\n"},
		{"sys/fs/cgroup/outer.slice/memory.stat", "anon 5\ninactive_file 134217728\n"},
	};
	struct machine machine = read_machine(files, RTE_DIM(files));

	(void)state;
	assert_int_equal(machine.available_bytes, (1024 - 256 + 128) * MIB);
	made_file("sys/fs/cgroup/outer.slice/memory.current", "2073741824\n");
	machine_read(&machine, temp.folder);
	assert_int_equal(machine.available_bytes, 0);
	made_file("sys/fs/cgroup/outer.slice/memory.max", "max\n");
	machine_read(&machine, temp.folder);
	assert_int_equal(machine.available_bytes, 4096 * MIB);
}

// DPDK clears what nobody holds a lock on, and nothing else.
static void
test_pages_left_behind(void **state)
{
	static const struct file left = {"huge/weirmap_0", "twelve bytes"};
	char path[TEMP_PATH_MAX];
	struct machine machine;

	(void)state;
	read_machine(two_nodes, RTE_DIM(two_nodes));
	made_file(mount_2m.path, mount_2m.text);
	made_file(left.path, left.text);
	made_file("huge/other", "not DPDK's");
	machine_read(&machine, temp.folder);
	assert_int_equal(machine.left_bytes, 12);
	temp_path(&temp, left.path, path);
	int fd = open(path, O_RDONLY);

	assert_int_equal(flock(fd, LOCK_SH), 0);
	machine_read(&machine, temp.folder);
	assert_int_equal(machine.left_bytes, 0);
	close(fd);
	assert_int_equal(unlink(path), 0);
}

struct fixture {
	struct weir weir;
	struct memory_plan plan;
};

static void
make_plan_on(struct fixture *fixture, const char *text, const struct topology *topology)
{
	struct error error;

	*fixture = (struct fixture){0};
	struct config *config = config_file_load_valid(text);

	fixture->weir.config = config;
	assert_true(lcore_plan_make(&fixture->weir.plan, config, topology, &error));
	memory_plan_make(&fixture->plan, &fixture->weir);
}

// On a machine with four CPUs and one node.
static void
make_plan(struct fixture *fixture, const char *text)
{
	const struct topology topology = made_topology(1, 4);

	make_plan_on(fixture, text, &topology);
}

static void
forget_plan(struct fixture *fixture)
{
	config_free((struct config *)fixture->weir.config);
}

// What is told is what is taken: EAL's -m, and the parts of the shards as they are made.
static void
test_one_source(void **state)
{
	static struct fixture fixture;
	struct shard_config shard;
	size_t sum = 0;

	(void)state;
	make_plan(&fixture, PLAIN);
	shard = workers_shard_config(&fixture.weir);
	for (unsigned i = 0; i < MEMORY_PART_COUNT; i++) {
		assert_true(fixture.plan.parts[i] > 0);
		sum += fixture.plan.parts[i];
	}
	assert_int_equal(fixture.plan.bytes, sum);
	assert_int_equal(eal_memory_mb(&fixture.weir), memory_plan_mb(&fixture.plan));
	assert_int_equal(memory_plan_mb(&fixture.plan), (sum + MIB - 1) / MIB);
	assert_int_equal(
		fixture.plan.parts[MEMORY_records],
		fixture.weir.plan.worker_count * shard_memory_of(&shard).records
	);
	forget_plan(&fixture);
	make_plan(&fixture, PLAIN "lcores = { ring_size = 65536; };\n");
	assert_true(fixture.plan.parts[MEMORY_rings] >= 65536 * 16);
	forget_plan(&fixture);
}

// Mbufs lie where the ports are, tables and rings where workers are, and nothing is lost or counted twice.
static void
test_nodes(void **state)
{
	static const char two_ports[] =
		"ports = ( { device = \"0000:3b:00.0\"; addresses = [ \"198.51.100.10/24\" ]; }, "
		"{ device = \"0000:af:00.0\"; addresses = [ \"198.51.100.11/24\" ]; } );\n" SMALL
		"lcores = { main = [ 0 ]; io = [ 1, 4 ]; workers = [ 2, 5, 6 ]; };\n";
	static struct fixture fixture;
	struct topology topology = made_topology(2, 4);
	const struct memory_plan *plan = &fixture.plan;

	(void)state;
	topology.devices[0] = 0;
	topology.devices[1] = 1;
	make_plan_on(&fixture, two_ports, &topology);
	const size_t *near = plan->parts_on[0], *far = plan->parts_on[1];

	assert_true(plan->hugepages);
	assert_int_equal(
		memory_plan_bytes_on(plan, 0) + memory_plan_bytes_on(plan, 1), plan->bytes
	);
	assert_int_equal(
		near[MEMORY_torrents] + far[MEMORY_torrents], plan->parts[MEMORY_torrents]
	);
	assert_int_equal(2 * near[MEMORY_torrents], far[MEMORY_torrents]);
	assert_int_equal(2 * near[MEMORY_records], far[MEMORY_records]);
	assert_true(far[MEMORY_rings] > near[MEMORY_rings]);
	assert_int_equal(near[MEMORY_buffers], far[MEMORY_buffers]);
	assert_true(near[MEMORY_dpdk] > 0 && far[MEMORY_dpdk] == 0);
	forget_plan(&fixture);
	topology.devices[0] = TOPOLOGY_ANY_NODE;
	// A device that does not tell its node: all is where the lcores are, but for the control thread.
	make_plan_on(&fixture, PORTS SMALL "lcores = { main = [ 0 ]; io = [ 6 ]; };\n", &topology);
	assert_int_equal(memory_plan_bytes_on(plan, 0), plan->parts[MEMORY_dpdk]);
	forget_plan(&fixture);
}

static void
assert_verdict(
	const struct fixture *fixture,
	const struct machine *machine,
	enum memory_verdict verdict,
	const char *words
)
{
	struct error error;

	if (memory_plan_judge(&fixture->plan, machine, &error) != verdict)
		fail_msg("verdict is not %u: %s", verdict, error.text);
	if (strstr(error.text, words) == NULL)
		fail_msg("not \"%s\" in: %s", words, error.text);
}

static void
test_plain_memory(void **state)
{
	static struct fixture fixture;
	struct machine machine = {.memory_bytes = 8192 * MIB};
	char words[256];

	(void)state;
	make_plan(&fixture, PLAIN);
	uint64_t bytes = fixture.plan.bytes, least = bytes - fixture.plan.parts[MEMORY_dpdk];

	machine.available_bytes = bytes;
	assert_verdict(&fixture, &machine, MEMORY_FITS, "");
	machine.available_bytes = bytes - 1;
	assert_verdict(&fixture, &machine, MEMORY_TIGHT, "barely enough memory for the tables: ");
	machine.available_bytes = least;
	assert_verdict(&fixture, &machine, MEMORY_TIGHT, "");
	machine.available_bytes = least - 1;
	snprintf(
		words,
		sizeof(words),
		"not enough memory for the tables: %u MiB needed, %lu MiB available of the 8192 "
		"MiB of "
		"this machine: lower swarm.max_torrents",
		memory_plan_mb(&fixture.plan),
		(unsigned long)((least - 1 + MIB - 1) / MIB)
	);
	assert_verdict(&fixture, &machine, MEMORY_SHORT, words);
	forget_plan(&fixture);
	machine.available_bytes = machine.memory_bytes;
	make_plan(&fixture, PORTS SMALL "memory = { hugepages = \"no\"; size = 9; };\n");
	assert_verdict(&fixture, &machine, MEMORY_SHORT, "memory.size is 9: set it to 0");
	forget_plan(&fixture);
}

static void
test_huge_pages(void **state)
{
	static struct fixture fixture;
	struct machine machine = read_machine(two_nodes, RTE_DIM(two_nodes));
	char words[256];

	(void)state;
	make_plan(&fixture, PORTS SMALL);
	unsigned pages = (unsigned)((fixture.plan.bytes + 2 * MIB - 1) / (2 * MIB));

	made_file("proc/self/mounts", "");
	machine_read(&machine, temp.folder);
	assert_verdict(&fixture, &machine, MEMORY_SHORT, "mount -t hugetlbfs nodev /dev/hugepages");
	made_file(mount_2m.path, mount_2m.text);
	set_free(0, pages);
	machine_read(&machine, temp.folder);
	assert_verdict(&fixture, &machine, MEMORY_FITS, "");
	size_t *mbufs = &fixture.plan.parts_on[0][MEMORY_buffers];

	set_free(0, 1);
	set_free(1, pages); // of another node: slower, but enough
	machine_read(&machine, temp.folder);
	fixture.plan.parts_on[1][MEMORY_buffers] = *mbufs;
	*mbufs = 0;
	assert_verdict(
		&fixture, &machine, MEMORY_TIGHT, "barely enough huge pages for the tables: "
	);
	*mbufs = fixture.plan.parts_on[1][MEMORY_buffers];
	fixture.plan.parts_on[1][MEMORY_buffers] = 0;
	assert_verdict(&fixture, &machine, MEMORY_SHORT, "not enough huge pages for the tables: ");
	set_free(1, 0);
	machine_read(&machine, temp.folder);
	snprintf(
		words,
		sizeof(words),
		"reserve %u x 2 MiB (dpdk-hugepages.py --pagesize 2M --node 0 --setup "
		"%uM, or echo %u "
		">/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages",
		100 + pages - 1,
		2 * (100 + pages - 1),
		100 + pages - 1
	);
	assert_verdict(&fixture, &machine, MEMORY_SHORT, words);
	machine.available_bytes = MIB;
	assert_verdict(&fixture, &machine, MEMORY_SHORT, "this machine has only 1 MiB available");
	machine.left_bytes = fixture.plan.bytes;
	assert_verdict(&fixture, &machine, MEMORY_FITS, "");
	machine = (struct machine){0};
	assert_verdict(&fixture, &machine, MEMORY_SHORT, "this kernel does not support them");
	forget_plan(&fixture);
}

// Enough in all is not enough where one table has no end of a list of pages to lie in.
static void
test_one_piece(void **state)
{
	static struct fixture fixture;
	struct machine machine = {
		.pages_count = 2,
		.pages =
			{
				{.page_bytes = 2 * MIB,
				 .total = 1 << 20,
				 .free = 1 << 20,
				 .mounted = true},
				{.page_bytes = 1024 * MIB, .mounted = true},
			},
	};
	static const char large[] =
		PORTS "swarm = { max_peers = 500000000; };\nlcores = { workers = [ 1 ]; };\n";

	(void)state;
	make_plan(&fixture, large);
	assert_true(fixture.plan.piece_bytes > 16384 * MIB);
	assert_true(fixture.plan.piece_bytes < 32768 * MIB);
	assert_verdict(
		&fixture, &machine, MEMORY_SHORT, "and the reserved page sizes allow 16384 MiB"
	);
	machine.pages[1].total = 1;
	assert_verdict(&fixture, &machine, MEMORY_FITS, "");
	forget_plan(&fixture);
}

// What EAL is told by the operator is his business.
static void
test_foreign(void **state)
{
	static const char *const arguments[] = {
		"--no-huge", "-m", "-m512", "--in-memory", "--socket-mem=1,1", "--huge-dir=/x"};
	static struct fixture fixture;
	const struct machine nothing = {0};
	char text[256];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(arguments); i++) {
		snprintf(
			text,
			sizeof(text),
			PLAIN "driver = { eal = [ \"--no-pci\", \"%s\" ]; };\n",
			arguments[i]
		);
		make_plan(&fixture, text);
		assert_verdict(&fixture, &nothing, MEMORY_FITS, "");
		forget_plan(&fixture);
	}
	make_plan(&fixture, PLAIN "driver = { eal = [ \"--no-pci\" ]; };\n");
	assert_verdict(&fixture, &nothing, MEMORY_SHORT, "not enough memory");
	forget_plan(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_machine, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_control_groups, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_pages_left_behind, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_one_source, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_nodes, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_plain_memory, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_huge_pages, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_one_piece, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_foreign, temp_setup, temp_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
