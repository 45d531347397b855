// SPDX-License-Identifier: BSD-3-Clause
// The real boot table on software devices: up, seen through telemetry, down again; and each step
// that a configuration can make fail, with the sentence it leaves behind. (eal, pool, port,
// ports, roles, lcores, telemetry, control and report of app/weir; one process a case, because
// DPDK starts once in a process.)

#include "../../app/weir/boot.h"
#include "../../app/weir/control/control.h"
#include "../../app/weir/control/report.h"
#include "../../app/weir/control/tally.h"
#include "../../app/weir/setup/pools.h"
#include "../support/cmocka_wrap.h"

#include <rte_eal.h>
#include <rte_ethdev.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPLY_MAX = 16384 };

static char folder[] = "/tmp/weir-appliance-XXXXXX";

// --- in the child: one appliance ----------------------------------------------------------------

static struct weir weir;
static struct error error;

static void
expect(bool true_, const char *what)
{
	if (true_)
		return;
	fprintf(stderr, "not so: %s (%s)\n", what, error.text);
	_exit(EXIT_FAILURE);
}

#define EXPECT(condition) expect(condition, #condition)

// Loads a configuration of `settings` on top of what every case shares.
static void
load(const char *settings, const char *devices)
{
	char path[128];
	const struct machine machine = {.root = ""};

	snprintf(path, sizeof(path), "%s/weir.cfg", folder);
	FILE *file = fopen(path, "w");

	EXPECT(file != NULL);
	fprintf(file,
		"driver = { virtual = true; eal = [ \"--no-pci\"%s ]; rx_descriptors = 64; "
		"tx_descriptors = 64; };\n%s\n",
		devices,
		settings);
	fclose(file);
	weir.config = config_load(path, stderr);
	EXPECT(weir.config != NULL);
	topology_read(&weir.topology, &machine);
	EXPECT(lcore_plan_make(&weir.plan, weir.config, &weir.topology, &error));
	control_block_signals();
	control_read_wall_clock(&weir);
}

static bool
boot(void)
{
	return boot_up(boot_steps, boot_step_count, &weir, &error);
}

// Asks a telemetry command of this very process.
static const char *
ask(const char *command)
{
	static char reply[REPLY_MAX];
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	snprintf(
		address.sun_path,
		sizeof(address.sun_path),
		"%s/dpdk_telemetry.v2",
		rte_eal_get_runtime_dir()
	);
	EXPECT(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	EXPECT(recv(fd, reply, sizeof(reply) - 1, 0) > 0); // the greeting
	EXPECT(send(fd, command, strlen(command), 0) > 0);
	ssize_t len = recv(fd, reply, sizeof(reply) - 1, 0);

	EXPECT(len > 0);
	reply[len] = '\0';
	close(fd);
	return reply;
}

// --- in the parent ------------------------------------------------------------------------------

// Runs `body` in a process of its own; cmocka must not run twice.
static void
in_child(void (*body)(const void *), const void *argument)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		body(argument);
		_exit(EXIT_SUCCESS);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

// --- cases --------------------------------------------------------------------------------------

static const char two_nulls[] = ", \"--vdev=net_null0,no-rx=1\", \"--vdev=net_null1,no-rx=1\"";
static const char two_ports[] =
	"swarm = { max_torrents = 1000; max_peers = 1000; };\n"
	"log = { level = \"error\"; };\n"
	"ports = ( { device = \"net_null0\"; addresses = [ \"10.77.0.1/24\" ]; },\n"
	"          { device = \"net_null1\"; addresses = [ \"fd77::1/64\" ]; vlan = 5; } );\n";

static void
body_up_and_down(const void *argument)
{
	struct stat status;

	(void)argument;
	load(two_ports, two_nulls);
	EXPECT(boot());
	EXPECT(weir.port_count == 2);
	EXPECT(weir.ports[0].started && weir.ports[1].started);
	EXPECT(weir.ports[1].own_host.vlan_tci == RTE_BE16(5));
	EXPECT(weir.ports[1].own_host.l2_len == 18);
	EXPECT(stat(rte_eal_get_runtime_dir(), &status) == 0);
	EXPECT((status.st_mode & 0777) == 0700);

	weir.run_for_s = 1;
	control_run(&weir); // links come up, time is kept, then it is over
	EXPECT(weir.ports[0].link_up && weir.ports[1].link_up);
	EXPECT(weir.wall_s > 1700000000);
	EXPECT(strstr(ask("/weir/stats"), "\"io_turns\":0,") == NULL);
	EXPECT(strstr(ask("/weir/stats"), "\"torrents\":0,") != NULL);
	EXPECT(strstr(ask("/weir/verdicts"), "\"connect\":0,") != NULL);
	// Nothing came in; but a turn that sent frames of our own may have been timed.
	EXPECT(strstr(ask("/weir/stages"), "\"receive_cycles\":") != NULL);
	EXPECT(strstr(ask("/weir/stages"), "\"receive_items\":0,") != NULL);
	EXPECT(strstr(ask("/weir/stages"), "\"questions_items\":0}") != NULL);
	EXPECT(strstr(ask("/weir/verdicts,ipv6"), "\"tx_full\":0}") != NULL);
	EXPECT(strstr(ask("/weir/verdicts,ipx"), "\"code\":400") != NULL);
	EXPECT(strstr(ask("/weir/info,1"), "\"code\":400") != NULL);
	EXPECT(strstr(ask("/weir/info"), "\"udp_port\":6969") != NULL);

	boot_down(boot_steps, boot_step_count, &weir);
	EXPECT(weir.pools[0] == NULL && weir.ports[0].mbufs == NULL);
	EXPECT(weir.ios[0] == NULL && weir.workers[0] == NULL);
	EXPECT(!weir.ports[0].configured && !weir.ports[0].started);
}

static void
test_up_and_down(void **state)
{
	(void)state;
	in_child(body_up_and_down, NULL);
}

// Two io lcores: a port that can spreads flows over two queues, one that
// has a single pair of queues gives it to the first.
static void
body_several_queues(const void *argument)
{
	struct rte_eth_rss_reta_entry64 reta[2] = {{.mask = UINT64_MAX}, {.mask = UINT64_MAX}};

	(void)argument;
	load("swarm = { max_torrents = 10; max_peers = 10; };\n"
	     "log = { level = \"error\"; };\n"
	     "lcores = { io = [ 0, 1 ]; workers = [ 0 ]; };\n"
	     "ports = ( { device = \"net_null0\"; addresses = [ \"10.77.0.1/24\" ]; },\n"
	     "          { device = \"net_pcap0\"; addresses = [ \"10.77.0.2/24\" ]; } );\n",
	     ", \"--vdev=net_null0,no-rx=1\", \"--vdev=net_pcap0,rx_pcap=frames.pcap\"");
	EXPECT(boot());
	EXPECT(weir.ports[0].queues == 2 && weir.ports[1].queues == 1);
	EXPECT(weir.ios[0]->queue_count == 2 && weir.ios[1]->queue_count == 1);
	EXPECT(rte_eth_dev_rss_reta_query(weir.ports[0].id, reta, 128) == 0);
	EXPECT(reta[0].reta[0] == 0 && reta[0].reta[1] == 1 && reta[1].reta[63] == 1);
	boot_down(boot_steps, boot_step_count, &weir);
}

// A port on each of two NUMA nodes, which are made up: each has mbufs and an lcore of its own, which also sends the
// frames of the control thread.
static void
body_two_nodes(const void *argument)
{
	struct rte_eth_stats stats;

	(void)argument;
	load("swarm = { max_torrents = 1000; max_peers = 1000; };\n"
	     "log = { level = \"error\"; };\n"
	     "lcores = { main = [ 0 ]; io = [ 0, 1 ]; workers = [ 0, 1 ]; };\n"
	     "ports = ( { device = \"net_null0\"; addresses = [ \"10.77.0.1/24\" ]; },\n"
	     "          { device = \"net_null1\"; addresses = [ \"10.78.0.1/24\" ]; } );\n",
	     two_nulls);
	for (unsigned i = 0; i < weir.topology.count; i++)
		weir.topology.cpus[i].node = weir.topology.cpus[i].number == 1;
	for (unsigned p = 0; p < 2; p++)
		weir.topology.devices[p] = (int)p;
	EXPECT(lcore_plan_make(&weir.plan, weir.config, &weir.topology, &error));
	EXPECT(boot());
	EXPECT(weir.pools[0] != NULL && weir.pools[1] != NULL && weir.pools[0] != weir.pools[1]);
	EXPECT(pools_use(&weir).mbufs == pools_planned(&weir, LCORE_ANY_NODE));
	for (unsigned p = 0; p < 2; p++) {
		EXPECT(weir.ports[p].mbufs == weir.pools[p] && weir.ports[p].queues == 1);
		EXPECT(weir.ios[p]->queue_count == 1);
		EXPECT(weir.ios[p]->queues[0].port == weir.ports[p].id);
	}
	weir.run_for_s = 1; // enough for the probes of addresses
	control_run(&weir);
	for (unsigned p = 0; p < 2; p++) {
		EXPECT(rte_eth_stats_get(weir.ports[p].id, &stats) == 0);
		EXPECT(stats.opackets > 0);
	}
	boot_down(boot_steps, boot_step_count, &weir);
	EXPECT(weir.pools[0] == NULL && weir.pools[1] == NULL);
}

// True if this process may use CPUs 0 and 1.
static bool
has_two_cpus(void)
{
	const struct machine machine = {.root = ""};
	struct topology topology;

	topology_read(&topology, &machine);
	return topology_cpu(&topology, 0) != NULL && topology_cpu(&topology, 1) != NULL;
}

static void
test_two_nodes(void **state)
{
	(void)state;
	if (!has_two_cpus()) {
		print_message("# CPUs 0 and 1 are not ours\n");
		skip();
	}
	in_child(body_two_nodes, NULL);
}

static void
test_several_queues(void **state)
{
	(void)state;
	if (!has_two_cpus()) {
		print_message("# CPUs 0 and 1 are not ours\n");
		skip();
	}
	in_child(body_several_queues, NULL);
}

// An unknown verdict family, and a stop by count: nothing arrives on net_ring but our own frames.
static void
body_stops_after_packets(const void *argument)
{
	struct stats sum;
	uint64_t packets = 0;

	(void)argument;
	load("swarm = { max_torrents = 10; max_peers = 10; };\n"
	     "host = { dad = false; };\n"
	     "log = { level = \"error\"; };\n"
	     "test = { stop_after = 2; };\n",
	     ", \"--vdev=net_ring0\"");
	EXPECT(boot());
	weir.run_for_s = 30;
	control_run(&weir);
	tally_stats(&weir, &sum);
	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			packets += sum.verdicts[f][v];
	EXPECT(packets >= 2);
	report_stats(&weir);
	boot_down(boot_steps, boot_step_count, &weir);
}

static void
test_stops_after_packets(void **state)
{
	(void)state;
	in_child(body_stops_after_packets, NULL);
}

// What the configuration asks for and cannot have: the step fails, says what to change, and
// everything before it is undone.
struct failure {
	const char *name;
	const char *settings;
	const char *devices;
	const char *sentence; // in the error
};

static void
body_fails(const void *argument)
{
	const struct failure *failure = argument;

	load(failure->settings, failure->devices);
	EXPECT(!boot());
	EXPECT(strstr(error.text, failure->sentence) != NULL);
	EXPECT(weir.pools[0] == NULL && weir.ports[0].mbufs == NULL);
	EXPECT(weir.ios[0] == NULL && weir.workers[0] == NULL);
	EXPECT(!weir.ports[0].started);
}

static void
test_failures(void **state)
{
#define QUIET "log = { level = \"error\"; };\n"
	static const struct failure failures[] = {
		{"keys",
		 QUIET "tracker = { key_file = \"/proc/self/no/such/folder\"; };",
		 ", \"--vdev=net_null0\"",
		 "cannot be made"},
		{"eal", QUIET, ", \"--vdev=no_such_driver0\"", "DPDK does not start"},
		{"port probe: none", QUIET, "", "DPDK found no port"},
		{"port probe: another",
		 QUIET "ports = ( { device = \"net_null7\"; addresses = [ \"10.77.0.1/24\" ]; } );",
		 ", \"--vdev=net_null0\"",
		 "there is no port net_null7"},
		{"pools",
		 QUIET "memory = { mbufs = 100000; };",
		 ", \"--vdev=net_null0\", \"-m\", \"64\"",
		 "mbufs (Cannot allocate memory): 391 MiB needed, 64 MiB available to DPDK"},
		{"memory",
		 QUIET "memory = { size = 64; }; swarm = { max_torrents = 10000000; };",
		 ", \"--vdev=net_null0\"",
		 "and memory.size is 64"},
		{"workers", // EAL's own -m is not compared with what is needed
		 QUIET "swarm = { max_torrents = 10000000; };",
		 ", \"--vdev=net_null0\", \"-m\", \"64\"",
		 "MiB needed, 64 MiB available to DPDK: "},
		{"links",
		 QUIET "memory = { mbufs = 500; }; lcores = { ring_size = 65536; };"
		       "swarm = { max_torrents = 50000; max_peers = 50000; };",
		 ", \"--vdev=net_null0\", \"-m\", \"15\"",
		 "memory"},
		{"port setup", // a file of 100 frames, which 50 mbufs cannot hold
		 QUIET "memory = { mbufs = 50; };",
		 ", \"--vdev=net_pcap0,rx_pcap=frames.pcap,infinite_rx=1\"",
		 "rte_eth_rx_queue_setup"},
		{"port probe: not made",
		 QUIET,
		 ", \"--vdev=net_memif0,role=server,socket-abstract=no,socket=relative/never\"",
		 "DPDK found no port"},
	};
#undef QUIET

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(failures); i++) {
		print_message("# %s\n", failures[i].name);
		in_child(body_fails, &failures[i]);
	}
}

// The folder of the telemetry socket must be ours alone.
static void
body_open_folder(const void *argument)
{
	char path[160];

	(void)argument;
	load("log = { level = \"error\"; };\n", ", \"--vdev=net_null0\"");
	snprintf(path, sizeof(path), "%s/dpdk", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/dpdk/weir", folder);
	mkdir(path, 0700);
	EXPECT(chmod(path, 0755) == 0);
	EXPECT(!boot());
	EXPECT(strstr(error.text, "is open to others (mode 755): chmod 700 ") != NULL);
	EXPECT(chmod(path, 0700) == 0);
}

static void
test_open_folder(void **state)
{
	(void)state;
	in_child(body_open_folder, NULL);
}

// frames.pcap: a hundred frames of 60 zeros.
static void
write_frames(void)
{
	static const uint32_t file_header[] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1};
	static const uint32_t frame_header[] = {0, 0, 60, 60};
	static const uint8_t frame[60];
	FILE *file = fopen("frames.pcap", "w");

	assert_non_null(file);
	fwrite(file_header, sizeof(file_header), 1, file);
	for (unsigned i = 0; i < 100; i++) {
		fwrite(frame_header, sizeof(frame_header), 1, file);
		fwrite(frame, sizeof(frame), 1, file);
	}
	assert_int_equal(fclose(file), 0);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL || chdir(folder) != 0
	    || setenv("RUNTIME_DIRECTORY", folder, 1) != 0)
		return -1;
	write_frames();
	return 0;
}

static int
tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_up_and_down),
		cmocka_unit_test(test_several_queues),
		cmocka_unit_test(test_two_nodes),
		cmocka_unit_test(test_stops_after_packets),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_open_folder),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
