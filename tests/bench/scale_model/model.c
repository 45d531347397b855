// SPDX-License-Identifier: BSD-3-Clause

#include "model.h"

#include "../../../app/common/dpdk/eal_start.h"
#include "../../../app/weir/config/config.h"
#include "../../../app/weir/setup/ios.h"
#include "../../../app/weir/setup/links.h"
#include "../../../app/weir/setup/own_jobs.h"
#include "../../../app/weir/setup/pools.h"
#include "../../../app/weir/setup/publish.h"
#include "../../../app/weir/setup/workers.h"
#include "../../../app/weir/weir.h"
#include "clients.h"
#include "lines.h"

#include <rte_cycles.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>

#include <err.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

enum {
	MEMORY_MIB = 1024,
	QUEUES_OF_PORT = 16, // net_ring's most
	WIRE = 8 * MODEL_BURST, // frames that a queue holds
	MTU = 1500,
	WALL_S = 1700000000,
};

// The ends of an io lcore's queue, and the mbufs that its port fills.
struct wire {
	struct rte_ring *rx, *tx;
	struct rte_mbuf *free[WIRE];
	unsigned free_count;
};

static struct weir weir;
static struct wire wires[MODEL_LCORES_MAX];
static struct model_counts counts;
static bool both_roles, counts_instructions;

static void
start_eal(void)
{
	static char folder[] = "/tmp/weir-model-XXXXXX";
	static struct eal_arguments arguments; // kept while DPDK runs
	char why[256];

	if (!eal_use_folder(folder))
		err(EXIT_FAILURE, "%s", folder);
	eal_arguments_add(&arguments, "model");
	eal_arguments_add(&arguments, "--no-huge");
	eal_arguments_add(&arguments, "--no-shconf");
	eal_arguments_add(&arguments, "--no-pci");
	eal_arguments_add(&arguments, "--no-telemetry");
	eal_arguments_add(&arguments, "-m");
	eal_arguments_add(&arguments, "%u", MEMORY_MIB);
	eal_arguments_add(&arguments, "--lcores=0@%d", sched_getcpu());
	eal_arguments_add(&arguments, "--log-level=*:error");
	eal_arguments_add(&arguments, "--file-prefix=model-%d", (int)getpid());
	if (!eal_start(&arguments, NULL, why, sizeof(why)))
		errx(EXIT_FAILURE, "%s", why);
}

static struct rte_ring *
make_ring(const char *kind, unsigned number)
{
	char name[32];

	snprintf(name, sizeof(name), "%s_%u", kind, number);
	struct rte_ring *ring =
		rte_ring_create(name, WIRE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);

	if (ring == NULL)
		errx(EXIT_FAILURE, "no memory for rings");
	return ring;
}

static void
make_host(struct host *host)
{
	*host = (struct host){
		.mac = {{2, 0, 0, 0, 0, 1}},
		.l2_len = RTE_ETHER_HDR_LEN,
		.ipv4_count = 1,
		.ipv4_usable = 1,
		.ipv4 = {RTE_BE32(RTE_IPV4(198u, 18, 0, 1))},
		.ipv4_prefix = {15},
		.allow_private = true,
		.udp_port = RTE_BE16(6969),
	};
}

static void
make_port(struct port *port, unsigned first, unsigned queues)
{
	struct rte_ring *rx[QUEUES_OF_PORT], *tx[QUEUES_OF_PORT];
	struct rte_eth_conf conf = {0};
	char name[32];

	for (unsigned q = 0; q < queues; q++) {
		rx[q] = wires[first + q].rx = make_ring("rx", first + q);
		tx[q] = wires[first + q].tx = make_ring("tx", first + q);
	}
	snprintf(name, sizeof(name), "model%u", first);
	int id = rte_eth_from_rings(name, rx, queues, tx, queues, 0);
	bool made = id >= 0
		&& rte_eth_dev_configure((uint16_t)id, (uint16_t)queues, (uint16_t)queues, &conf)
			== 0;

	for (uint16_t q = 0; made && q < queues; q++)
		made = rte_eth_rx_queue_setup((uint16_t)id, q, WIRE, 0, NULL, weir.ports[0].mbufs)
				== 0
			&& rte_eth_tx_queue_setup((uint16_t)id, q, WIRE, 0, NULL) == 0;
	if (!made || rte_eth_dev_start((uint16_t)id) != 0)
		errx(EXIT_FAILURE, "net_ring makes no port of %u queues", queues);
	port->id = (uint16_t)id;
	port->mtu = MTU;
	port->host = &port->own_host;
	make_host(&port->own_host);
}

static void
load_config(unsigned mbufs)
{
	char path[] = "/tmp/weir-model-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		err(EXIT_FAILURE, "%s", path);
	dprintf(fd,
		"ports = ( { addresses = [ \"198.18.0.1/15\" ]; } );\n"
		"swarm = { max_torrents = %u; max_peers = %u; max_peers_ipv6 = 0; };\n"
		"limits = { budget = 0; connects = 0; };\n"
		"memory = { mbufs = %u; };\n"
		"lcores = { ring_size = 256; };\n"
		"telemetry = { stage_turns = 0; };\n",
		4 * MODEL_TORRENTS,
		4 * MODEL_PEERS,
		mbufs);
	weir.config = config_load(path, stderr);
	close(fd);
	unlink(path);
	if (weir.config == NULL)
		exit(EXIT_FAILURE);
}

static void
must(bool (*step)(struct weir *weir, struct error *error))
{
	struct error error;

	if (!step(&weir, &error))
		errx(EXIT_FAILURE, "%s", error.text);
}

static void
join_wires(void)
{
	for (unsigned i = 0; i < weir.plan.io_count; i++) {
		struct port *port = &weir.ports[i / QUEUES_OF_PORT];
		struct io *io = weir.ios[i];
		struct wire *wire = &wires[i];

		io->queue_count = 1;
		io->queue_of_port[port->id] = 0;
		io->queues[0] = (struct io_queue){
			.host = &port->own_host,
			.port = port->id,
			.queue = (uint16_t)(i % QUEUES_OF_PORT),
		};
		for (wire->free_count = 0; wire->free_count < WIRE; wire->free_count++) {
			wire->free[wire->free_count] = rte_pktmbuf_alloc(weir.ports[0].mbufs);
			if (wire->free[wire->free_count] == NULL)
				errx(EXIT_FAILURE, "no memory for mbufs");
		}
	}
}

static void
name_lines(void)
{
	for (unsigned i = 0; i < weir.plan.io_count; i++) {
		const struct io *io = weir.ios[i];

		lines_name(io, sizeof(*io), "io");
		lines_name(io->stats, sizeof(*io->stats), "io: counters");
		lines_name(io->queues, sizeof(*io->queues), "io: queues");
		lines_name(io->links, io->link_count * sizeof(*io->links), "io: links");
		for (unsigned m = 0; m < WIRE; m++) {
			lines_name(wires[i].free[m], sizeof(struct rte_mbuf), "mbuf");
			lines_name(wires[i].free[m]->buf_addr, wires[i].free[m]->buf_len, "frame");
		}
		for (unsigned w = 0; w < io->link_count; w++)
			lines_name(io->links[w].slots, ring_bytes(weir.config->ring_size), "jobs");
	}
	for (unsigned w = 0; w < weir.plan.worker_count; w++) {
		const struct worker *worker = weir.workers[w];

		lines_name(worker, sizeof(*worker), "worker");
		lines_name(worker->stats, sizeof(*worker->stats), "worker: counters");
		lines_name(
			worker->links, worker->link_count * sizeof(*worker->links), "worker: links"
		);
	}
	for (unsigned i = 0; i < weir.plan.io_count; i++)
		if (weir.ios[i]->own != NULL)
			lines_name(weir.ios[i]->own, sizeof(struct own_jobs), "own jobs");
	lines_name(&weir, sizeof(weir), "published");
}

// As setup/steering.h does it with the rules of a NIC.
static void
steer(void)
{
	uint8_t workers[MODEL_LCORES_MAX];

	for (unsigned i = 0; i < weir.plan.count; i++)
		workers[i] = (uint8_t)i;
	steer_follow_rules(&weir.steer, workers, weir.plan.worker_count);
	must(own_jobs_up);
	clients_steer(weir.plan.worker_count);
}

static void
set_roles(unsigned io_count, unsigned worker_count)
{
	weir.plan.io_count = io_count;
	weir.plan.worker_count = worker_count;
	weir.plan.count = both_roles ? io_count : io_count + worker_count;
	for (unsigned i = 0; both_roles && i < io_count; i++)
		weir.plan.lcores[i] = (struct lcore_role){.io = (int)i, .worker = (int)i};
}

void
model_make(unsigned io_count, unsigned worker_count, enum model_kind kind)
{
	start_eal();
	both_roles = kind != MODEL_SPLIT;
	load_config(2 * WIRE * io_count);
	set_roles(io_count, worker_count);
	weir.wall_s = weir.start_s = WALL_S;
	weir.start_tsc = rte_rdtsc();
	weir.keys = (struct keys){.steer = {1, 2}, .seed = 3};
	must(pools_up);
	for (unsigned i = 0; i < io_count; i += QUEUES_OF_PORT)
		make_port(
			&weir.ports[weir.port_count++],
			i,
			RTE_MIN(io_count - i, (unsigned)QUEUES_OF_PORT)
		);
	must(publish_up);
	must(workers_up);
	must(ios_up);
	must(links_up);
	if (kind == MODEL_STEERED)
		steer();
	join_wires();
	clients_make(&weir.ios[0]->connid, &weir.ports[0].own_host);
	if (lines_seen())
		name_lines();
}

unsigned
model_lcores(void)
{
	return weir.plan.count;
}

void
model_receive(void)
{
	for (unsigned i = 0; i < weir.plan.io_count; i++)
		for (unsigned n = 0; n < MODEL_BURST; n++) {
			struct wire *wire = &wires[i];

			if (wire->free_count == 0)
				errx(EXIT_FAILURE, "a port has no mbufs left: requests are lost");
			struct rte_mbuf *mbuf = wire->free[--wire->free_count];

			clients_announce(mbuf, weir.ports[i / QUEUES_OF_PORT].id, i);
			rte_ring_enqueue(wire->rx, mbuf);
		}
}

// callgrind collects nothing but what lies between two of these.
static void
toggle(void)
{
	if (counts_instructions)
		CALLGRIND_TOGGLE_COLLECT;
}

// Looks as nobody, so that no line moves for it.
static void
count_jobs(unsigned number)
{
	const struct worker *worker = weir.workers[number];

	for (unsigned i = 0; i < worker->link_count; i++) {
		unsigned jobs = ring_requests(&weir.ios[i]->links[number], &worker->links[i]);

		counts.jobs += jobs;
		counts.hand_overs += both_roles && i == number ? 0 : jobs;
		counts.bursts += (jobs + LOOP_JOBS - 1) / LOOP_JOBS;
		counts.polls += jobs == 0;
	}
	if (worker->own != NULL) {
		counts.jobs += worker->own->count;
		counts.bursts += (worker->own->count + LOOP_JOBS - 1) / LOOP_JOBS;
	}
}

static void
worker(unsigned lcore, unsigned number)
{
	lines_act(LINES_NOBODY);
	count_jobs(number);
	lines_act(LINES_LCORES + lcore);
	toggle();
	worker_turn(weir.workers[number]);
	toggle();
}

static void
io(unsigned number)
{
	toggle();
	io_turn(weir.ios[number]);
	toggle();
}

void
model_turn(unsigned lcore)
{
	bool is_io = lcore < weir.plan.io_count;

	if (is_io)
		io(lcore);
	if (both_roles)
		worker(lcore, lcore);
	else if (!is_io)
		worker(lcore, lcore - weir.plan.io_count);
}

void
model_sent(void)
{
	void *mbuf;

	for (unsigned i = 0; i < weir.plan.io_count; i++)
		while (rte_ring_dequeue(wires[i].tx, &mbuf) == 0) {
			if (!clients_accept(mbuf))
				errx(EXIT_FAILURE, "a reply is not an announce's");
			wires[i].free[wires[i].free_count++] = mbuf;
			counts.packets++;
		}
}

struct model_counts
model_take_counts(void)
{
	struct model_counts now = counts;

	counts = (struct model_counts){0};
	return now;
}

void
model_count_instructions(bool on)
{
	counts_instructions = on;
}
