// SPDX-License-Identifier: BSD-3-Clause

#include "appliance.h"

#include "../../app/common/dpdk/eal_start.h"
#include "../../app/weir/control/control.h"
#include "../../app/weir/log/log.h"
#include "../../app/weir/setup/ios.h"
#include "../../app/weir/setup/links.h"
#include "../../app/weir/setup/own_jobs.h"
#include "../../app/weir/setup/pools.h"
#include "../../app/weir/setup/port_host.h"
#include "../../app/weir/setup/publish.h"
#include "../../app/weir/setup/steering.h"
#include "../../app/weir/setup/workers.h"
#include "../../app/weir/snapshot/restore.h"
#include "fail.h"
#include "faults.h"
#include "flight.h"
#include "packet.h"
#include "port.h"
#include "virtual.h"
#include "virtual_threads.h"

#include <rte_malloc.h>

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MEMORY_MIB = 512,
	MTU = 1500,
	CPUS = 64,
	LAST_TURNS = 16, // as lcores do them
	NAP_NS = 1000000,
};

static struct weir weir;
static unsigned io_count;
static uint32_t starts;
static char folder[] = "/tmp/weir-sim-XXXXXX", config_path[64], snapshot_path[64];
static const struct config *config_before; // a reload replaces it
static int first_file;

static void
remove_files(void)
{
	static const char *const ends[] = {"", ".1", ".new", ".1.new", ".refused"};
	char name[128];

	for (unsigned i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		snprintf(name, sizeof(name), "%s%s", snapshot_path, ends[i]);
		unlink(name);
	}
	unlink(config_path);
	rmdir(folder);
}

// All that the process may use: DPDK would keep it on one.
static void
list_cpus(char *text, size_t size)
{
	cpu_set_t set;
	size_t len = 0;

	*text = '\0';
	fail_unless(sched_getaffinity(0, sizeof(set), &set) == 0, "CPUs are not known");
	for (int cpu = 0; cpu < CPU_SETSIZE && len + 8 < size; cpu++)
		if (CPU_ISSET(cpu, &set))
			len += (size_t
			)snprintf(text + len, size - len, "%s%d", len == 0 ? "" : ",", cpu);
}

static void
start_eal(void)
{
	static char runtime[] = "/tmp/weir-sim-eal-XXXXXX";
	static struct eal_arguments arguments; // kept while DPDK runs
	static const char *const fixed[] = {
		"sim",
		"--no-huge",
		"--no-shconf",
		"--no-pci",
		"--no-telemetry",
		"--log-level=*:error",
	};
	char why[256], cpus[1024];

	fail_unless(eal_use_folder(runtime), "%s cannot be made", runtime);
	for (unsigned i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		eal_arguments_add(&arguments, "%s", fixed[i]);
	eal_arguments_add(&arguments, "-m");
	eal_arguments_add(&arguments, "%u", MEMORY_MIB);
	list_cpus(cpus, sizeof(cpus));
	eal_arguments_add(&arguments, "--lcores=0@(%s)", cpus);
	eal_arguments_add(&arguments, "--file-prefix=sim-%d", (int)getpid());
	fail_unless(eal_start(&arguments, NULL, why, sizeof(why)), "%s", why);
	rte_log_set_level((uint32_t)weir_logtype, RTE_LOG_CRIT);
}

void
appliance_open(unsigned ios)
{
	start_eal();
	fail_unless(mkdtemp(folder) != NULL, "%s cannot be made", folder);
	snprintf(config_path, sizeof(config_path), "%s/weir.cfg", folder);
	snprintf(snapshot_path, sizeof(snapshot_path), "%s/snapshot", folder);
	atexit(remove_files);
	io_count = ios;
	first_file = dup(STDERR_FILENO);
	fail_unless(first_file >= 0, "no file descriptor");
	close(first_file);
}

// --- start --------------------------------------------------------------------------------------

static void
must(bool (*step)(struct weir *weir, struct error *error))
{
	struct error error;

	fail_unless(step(&weir, &error), "a boot step failed: %s", error.text);
}

// CPUs that no machine need have: only their numbers matter.
static void
plan_lcores(void)
{
	struct error error;

	weir.topology.count = CPUS;
	for (unsigned i = 0; i < CPUS; i++) {
		weir.topology.cpus[i].number = i;
		weir.topology.cpus[i].node = 0;
	}
	fail_unless(
		lcore_plan_make(&weir.plan, weir.config, &weir.topology, &error), "%s", error.text
	);
	fail_unless(weir.plan.io_count == io_count, "the plan has other io lcores");
}

static void
set_port(void)
{
	struct port *port = &weir.ports[0];

	weir.port_count = 1;
	port->config = &weir.config->ports[0];
	port->addresses = &port->config->addresses;
	port->host = &port->own_host;
	port->queues = (uint16_t)io_count;
	port->mtu = MTU;
	port->configured = port->started = true;
	snprintf(port->name, sizeof(port->name), "sim");
	port_host_fill(port->host, port, port->addresses, weir.config);
	memcpy(&port->host->mac, packet_host_mac, sizeof(packet_host_mac));
	port_host_add_link_local(port->host, &weir.keys);
}

static void
join_port(void)
{
	static bool open;
	struct rte_mempool *pool = weir.ports[0].mbufs;

	if (!open)
		port_open(io_count, LOOP_BURST * (weir.plan.worker_count + 2), pool);
	open = true;
	weir.ports[0].id = port_id();
	port_set_link(true);
	flights_open(pool);
}

// As setup/steering.h does it with rules that a NIC takes.
static void
steer(void)
{
	uint8_t workers[CONFIG_CPUS_MAX];

	for (unsigned i = 0; i < io_count; i++)
		workers[i] = (uint8_t)weir.plan.lcores[lcore_plan_io(&weir.plan, i)].worker;
	steer_follow_rules(&weir.steer, workers, io_count);
	must(own_jobs_up);
	weir.steering.in_force = weir.config->steering;
}

static void
control_main(void *argument)
{
	(void)argument;
	fail_unless(control_run(&weir), "the control thread gave up a port");
}

void
appliance_start(const struct profile *profile)
{
	struct error error;

	memset(&weir, 0, sizeof(weir));
	profile_write(profile, config_path, snapshot_path);
	weir.config_path = config_path;
	weir.config = config_load(config_path, stderr);
	fail_unless(weir.config != NULL, "Weir refuses its configuration");
	weir.start_tsc = virtual_tsc();
	control_read_wall_clock(&weir);
	weir.start_s = weir.wall_s;
	plan_lcores();
	fail_unless(keys_make(&weir.keys, weir.config, false, &error), "%s", error.text);
	set_port();
	must(pools_up);
	join_port();
	must(publish_up);
	must(workers_up);
	must(restore_up);
	must(ios_up);
	must(links_up);
	port_steer(steering_is_wanted(weir.config));
	if (steering_is_wanted(weir.config))
		steer();
	must(restore_late);
	must(control_up);
	weir.snapshot.served = true;
	for (unsigned i = 0; i < weir.plan.count; i++)
		publisher_join(&weir.publisher, i);
	threads_start(control_main, NULL);
	starts++;
}

// --- end ------------------------------------------------------------------------------------------

static void
let_control_end(void)
{
	threads_signal(SIGTERM);
	while (threads_alive() > 0) {
		for (unsigned i = 0; i < weir.plan.count; i++)
			appliance_turn(i);
		virtual_advance(NAP_NS);
		threads_run();
	}
}

// Frees what nobody frees after a crash. With all mbufs of rings and queues given back, the pool must be full.
static void
take_down(void)
{
	if (steering_is_wanted(weir.config))
		own_jobs_down(&weir);
	links_down(&weir);
	ios_down(&weir);
	port_clear();
	unsigned left = rte_mempool_in_use_count(weir.ports[0].mbufs);

	fail_unless(left == 0, "%u mbufs have no owner", left);
	workers_down(&weir);
	pools_down(&weir);
	if (weir.access != NULL)
		rte_free((void *)(uintptr_t)weir.access);
	publish_down(&weir);
	keys_forget(&weir.keys);
	config_free((struct config *)(uintptr_t)weir.config);
}

void
appliance_stop(void)
{
	let_control_end();
	weir.stop = true;
	for (unsigned left = LAST_TURNS; left > 0; left--)
		for (unsigned i = 0; i < weir.plan.count; i++)
			appliance_turn(i);
	for (unsigned i = 0; i < weir.plan.count; i++)
		publisher_leave(&weir.publisher, i);
	restore_down(&weir);
	take_down();
}

// Files that were open are closed, as the kernel does it.
static void
close_files(void)
{
	for (int file = first_file; file < first_file + 64; file++) {
		struct stat status;

		if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)
		    && (status.st_mode & 07777) == 0600)
			close(file);
	}
}

void
appliance_crash(void)
{
	threads_kill();
	close_files();
	free(weir.snapshot.file);
	take_down();
}

// --- settings ---------------------------------------------------------------------------------------

void
appliance_reload(const struct profile *profile)
{
	profile_write(profile, config_path, snapshot_path);
	config_before = weir.config;
	threads_signal(SIGHUP);
}

bool
appliance_has_reloaded(void)
{
	return weir.config != config_before;
}

// --- turns ------------------------------------------------------------------------------------------

struct weir *
appliance_weir(void)
{
	return &weir;
}

unsigned
appliance_lcores(void)
{
	return weir.plan.count;
}

// As turn() in app/weir/setup/lcores.c, with the cycles of busy turns left out.
bool
appliance_turn(unsigned lcore)
{
	const struct lcore_role *role = &weir.plan.lcores[lcore];
	unsigned work = 0;

	if (role->io != LCORE_NO_ROLE)
		work += io_turn(weir.ios[role->io]);
	if (role->worker != LCORE_NO_ROLE)
		work += worker_turn(weir.workers[role->worker]);
	publisher_quiescent(&weir.publisher, lcore);
	return work > 0;
}

static bool
io_has_work(unsigned number)
{
	const struct io *io = weir.ios[number];

	if (io->own != NULL && io->own->count > 0)
		return true;
	if (port_waiting(number) > 0 || rte_ring_count(io->outbox) > 0)
		return true;
	for (unsigned w = 0; w < io->link_count; w++)
		if (ring_replies(&io->links[w], &weir.workers[w]->links[number]) > 0)
			return true;
	return false;
}

static bool
worker_has_work(unsigned number)
{
	const struct worker *worker = weir.workers[number];

	if (worker->question != NULL)
		return true;
	for (unsigned i = 0; i < worker->link_count; i++)
		if (ring_requests(&weir.ios[i]->links[number], &worker->links[i]) > 0)
			return true;
	return false;
}

bool
appliance_has_work(unsigned lcore)
{
	const struct lcore_role *role = &weir.plan.lcores[lcore];

	return (role->io != LCORE_NO_ROLE && io_has_work((unsigned)role->io))
		|| (role->worker != LCORE_NO_ROLE && worker_has_work((unsigned)role->worker));
}

bool
appliance_is_busy(void)
{
	for (unsigned i = 0; i < weir.plan.count; i++)
		if (appliance_has_work(i))
			return true;
	return false;
}

unsigned
appliance_jobs(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < weir.plan.io_count; i++)
		count += weir.ios[i]->own != NULL ? weir.ios[i]->own->count : 0;
	for (unsigned i = 0; i < weir.plan.io_count; i++)
		for (unsigned w = 0; w < weir.plan.worker_count; w++)
			count +=
				weir.ios[i]->links[w].put.count - weir.ios[i]->links[w].taken.count;
	return count;
}

unsigned
appliance_outboxes(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < weir.plan.io_count; i++)
		count += rte_ring_count(weir.ios[i]->outbox);
	return count;
}

struct rte_mempool *
appliance_pool(void)
{
	return weir.ports[0].mbufs;
}

int64_t
appliance_now_s(void)
{
	return 1 + (int64_t)((virtual_tsc() - weir.start_tsc) / VIRTUAL_HZ);
}

uint32_t
appliance_wall_s(void)
{
	return weir.wall_s;
}

uint32_t
appliance_starts(void)
{
	return starts;
}

const char *
appliance_snapshot_path(void)
{
	return snapshot_path;
}
