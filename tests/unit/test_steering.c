// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/steering.h on a card that records its rules: what it is told, that it and Weir choose the same lcore for
// each announce, and that all rules are in force, or none.

#include "../../app/weir/setup/steering.h"
#include "../../lib/base/rng.h"
#include "../../lib/bep15/wire.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/flow_card.h"

#include <rte_malloc.h>

#include <string.h>

enum { LCORES_MOST = 8, PORTS = 2, BUFFERS = 7, UDP_PORT = 6969, ANNOUNCES = 2000 };

static struct weir weir;
static struct config config;
static struct io ios[LCORES_MOST];
static struct worker workers[LCORES_MOST];
static struct rte_mempool *mbufs;
static struct error error;

static int
set_up(void **state)
{
	(void)state;
	test_eal_init();
	mbufs = rte_pktmbuf_pool_create("mbufs", BUFFERS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(mbufs);
	return 0;
}

static void
make_port(unsigned number, uint16_t queues)
{
	struct port *port = &weir.ports[number];

	port->id = (uint16_t)(number + 3);
	port->queues = queues;
	snprintf(port->name, sizeof(port->name), "card%u", number);
	port->host = &port->own_host;
	port->own_host = (struct host){
		.l2_len = RTE_ETHER_HDR_LEN,
		.ipv4_count = 1,
		.ipv6_count = 1,
		.udp_port = RTE_BE16(UDP_PORT),
	};
}

// Lcore i has io role i, and the worker roles in reverse.
static void
make(enum config_steering steering, unsigned lcores, unsigned ports)
{
	static const struct siphash_key key = {1, 2};

	card_reset();
	memset(&weir, 0, sizeof(weir));
	memset(ios, 0, sizeof(ios));
	memset(workers, 0, sizeof(workers));
	config = (struct config){.steering = steering, .rss = true, .budget = 1};
	weir.config = &config;
	weir.plan =
		(struct lcore_plan){.count = lcores, .io_count = lcores, .worker_count = lcores};
	for (unsigned i = 0; i < lcores; i++) {
		weir.plan.lcores[i] =
			(struct lcore_role){.io = (int)i, .worker = (int)(lcores - 1 - i)};
		weir.ios[i] = &ios[i];
		weir.workers[i] = &workers[i];
	}
	for (unsigned i = 0; i < sizeof(weir.keys.rss); i++)
		weir.keys.rss[i] = (uint8_t)(i * 37 + 11);
	memcpy(card.key, weir.keys.rss, sizeof(card.key));
	weir.port_count = ports;
	for (unsigned i = 0; i < ports; i++)
		make_port(i, (uint16_t)lcores);
	steer_init(&weir.steer, &key, lcores);
}

// --- frames ---------------------------------------------------------------------------------------

struct frame_bytes {
	unsigned count;
	uint8_t bytes[256];
};

static struct frame_bytes
make_frame(
	const struct host *host,
	enum family family,
	uint16_t udp_port,
	uint8_t action,
	const uint8_t *info_hash
)
{
	struct frame_bytes frame = {.count = host->l2_len};
	unsigned payload = action == BEP15_CONNECT ? 16 : 98;
	uint8_t *type = frame.bytes + host->l2_len - 2;

	memset(frame.bytes, 0x5a, 12);
	if (host->vlan_tci != 0) {
		memcpy(frame.bytes + 12, (uint8_t[]){0x81, 0x00}, 2);
		memcpy(frame.bytes + 14, &host->vlan_tci, 2);
	}
	memcpy(type, family == FAMILY_IPV4 ? (uint8_t[]){8, 0} : (uint8_t[]){0x86, 0xdd}, 2);
	uint8_t *ip = frame.bytes + frame.count;

	ip[0] = family == FAMILY_IPV4 ? 0x45 : 0x60;
	ip[family == FAMILY_IPV4 ? 9 : 6] = 17;
	frame.count += family == FAMILY_IPV4 ? 20 : 40;
	frame.bytes[frame.count] = 0x1a; // source port
	frame.bytes[frame.count + 2] = (uint8_t)(udp_port >> 8);
	frame.bytes[frame.count + 3] = (uint8_t)udp_port;
	uint8_t *request = frame.bytes + frame.count + 8;

	memset(request, 0xc3, 8); // connection id
	request[11] = action;
	memset(request + 12, 0x77, 4); // transaction id
	if (action != BEP15_CONNECT)
		memcpy(request + 16, info_hash, 20);
	frame.count += 8 + payload;
	return frame;
}

static int
queue_of(
	unsigned port,
	enum family family,
	uint16_t udp_port,
	uint8_t action,
	const uint8_t *info_hash
)
{
	struct frame_bytes frame =
		make_frame(weir.ports[port].host, family, udp_port, action, info_hash);

	return card_queue(weir.ports[port].id, frame.bytes, frame.count);
}

static void
draw(struct rng *rng, uint8_t info_hash[20])
{
	for (unsigned i = 0; i < 20; i++)
		info_hash[i] = (uint8_t)rng_next(rng);
}

// The lcore of the queue has the worker that owns the torrent.
static void
assert_agreed(void)
{
	struct rng rng = {1};

	for (unsigned n = 0; n < ANNOUNCES; n++) {
		uint8_t info_hash[20];

		draw(&rng, info_hash);
		unsigned owner = steer_worker(&weir.steer, steer_hash(&weir.steer, info_hash));

		for (unsigned p = 0; p < weir.port_count; p++)
			for (enum family f = FAMILY_IPV4; f <= FAMILY_IPV6; f++) {
				int queue = queue_of(p, f, UDP_PORT, BEP15_ANNOUNCE, info_hash);

				assert_in_range(queue, 0, weir.plan.io_count - 1);
				assert_int_equal(weir.plan.lcores[queue].worker, owner);
			}
	}
}

static void
assert_in_force(enum config_steering steering)
{
	assert_true(steering_up(&weir, &error));
	assert_int_equal(weir.steering.in_force, steering);
	assert_int_equal(card_live_rules(), weir.steering.rules.count);
	for (unsigned i = 0; i < weir.plan.io_count; i++) {
		unsigned worker = (unsigned)weir.plan.lcores[i].worker;

		assert_non_null(ios[i].own);
		assert_ptr_equal(workers[worker].own, ios[i].own);
		assert_int_equal(ios[i].own->worker, worker);
	}
}

static void
assert_gone(void)
{
	assert_int_equal(weir.steering.in_force, CONFIG_STEERING_SOFTWARE);
	assert_int_equal(card_live_rules(), 0);
	assert_int_equal(card.destructions, card.rule_count);
	assert_null(weir.steering.rules.handles);
	for (unsigned i = 0; i < weir.plan.io_count; i++) {
		assert_null(ios[i].own);
		assert_null(workers[i].own);
	}
}

static void
stop(void)
{
	steering_down(&weir);
	assert_gone();
}

// Nothing half done, and owners as without the setting.
static void
assert_software(void)
{
	assert_true(steering_up(&weir, &error));
	assert_gone();
	assert_int_equal(weir.steer.by, STEER_BY_KEY);
	steering_down(&weir); // nothing more is destroyed
	assert_int_equal(card.destructions, card.rule_count);
}

// --- tests ----------------------------------------------------------------------------------------

static void
test_software_asks_nobody(void **state)
{
	(void)state;
	make(CONFIG_STEERING_SOFTWARE, 4, 1);
	assert_software();
	assert_int_equal(card.validations + card.creations, 0);
}

// Rules of both shapes, for powers of two and other numbers of lcores, with and without a VLAN.
static void
test_flow(void **state)
{
	static const struct {
		unsigned lcores, rules; // of a family
	} rows[] = {{2, 2}, {3, 32}, {4, 4}, {5, 64}, {8, 8}};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		for (unsigned way = 0; way < 4; way++) {
			make(CONFIG_STEERING_FLOW, rows[i].lcores, PORTS);
			card.takes_items = way & 1;
			if (way & 2) {
				weir.ports[0].host->vlan_tci = RTE_BE16(77);
				weir.ports[0].host->l2_len = RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN;
			}
			assert_in_force(CONFIG_STEERING_FLOW);
			assert_int_equal(weir.steering.rules.count, PORTS * 2 * rows[i].rules);
			assert_int_equal(weir.steer.by, STEER_BY_BYTE);
			assert_agreed();
			stop();
		}
}

// Everything else stays with RSS over addresses.
static void
test_flow_leaves_the_rest(void **state)
{
	const uint8_t info_hash[20] = {0};

	(void)state;
	for (unsigned way = 0; way < 2; way++) {
		make(CONFIG_STEERING_FLOW, 4, 1);
		card.takes_items = way;
		assert_in_force(CONFIG_STEERING_FLOW);
		for (enum family f = FAMILY_IPV4; f <= FAMILY_IPV6; f++) {
			assert_int_equal(
				queue_of(0, f, UDP_PORT, BEP15_CONNECT, NULL), CARD_NO_RULE
			);
			assert_int_equal(
				queue_of(0, f, UDP_PORT, BEP15_SCRAPE, info_hash), CARD_NO_RULE
			);
			assert_int_equal(
				queue_of(0, f, UDP_PORT + 1, BEP15_ANNOUNCE, info_hash),
				CARD_NO_RULE
			);
		}
		stop();
	}
}

// A port without addresses of a family needs no rules for it.
static void
test_families(void **state)
{
	(void)state;
	make(CONFIG_STEERING_FLOW, 4, 1);
	weir.ports[0].host->ipv6_link_made = true; // the only IPv6 address
	assert_in_force(CONFIG_STEERING_FLOW);
	assert_int_equal(weir.steering.rules.count, 4);
	stop();
}

// RSS over the info_hash, with redirection tables of several sizes.
static void
test_rss_raw(void **state)
{
	static const uint16_t sizes[] = {64, 128, 256, 512};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(sizes); i++)
		for (unsigned lcores = 2; lcores <= LCORES_MOST; lcores += 3) {
			make(CONFIG_STEERING_RSS_RAW, lcores, PORTS);
			card.info.reta_size = sizes[i];
			assert_in_force(CONFIG_STEERING_RSS_RAW);
			assert_int_equal(weir.steering.rules.count, PORTS * 2);
			assert_int_equal(weir.steer.by, STEER_BY_TOEPLITZ);
			assert_agreed();
			stop();
		}
}

// A driver that takes no rule, or none of the n-th, or fails at the n-th although it validated it.
static void
test_refusals(void **state)
{
	(void)state;
	make(CONFIG_STEERING_FLOW, 4, PORTS);
	card.takes_items = card.takes_frames = false;
	assert_software();
	assert_int_equal(card.creations, 0);
	for (int n = 1; n <= PORTS * 2 * 4; n++) {
		make(CONFIG_STEERING_FLOW, 4, PORTS);
		card.takes_frames = false;
		card.refuse_validation = n;
		assert_software();
		assert_int_equal(card.creations, 0);

		make(CONFIG_STEERING_FLOW, 4, PORTS);
		card.refuse_creation = n;
		assert_software();
		assert_int_equal(card.creations, n);
		assert_int_equal(card.rule_count, n - 1);
	}
}

static void
test_rss_raw_refusals(void **state)
{
	(void)state;
	for (int n = 1; n <= PORTS * 2; n++) {
		make(CONFIG_STEERING_RSS_RAW, 4, PORTS);
		card.refuse_creation = n;
		assert_software();
		assert_int_equal(card.key_updates, PORTS); // RSS as before
		assert_int_equal(card.table_updates, PORTS);
	}
	make(CONFIG_STEERING_RSS_RAW, 4, PORTS);
	card.refuse_table = true;
	assert_software();
	assert_int_equal(card.rule_count, PORTS * 2);
	make(CONFIG_STEERING_RSS_RAW, 4, PORTS);
	card.takes_frames = false; // items have no use here
	assert_software();
	make(CONFIG_STEERING_RSS_RAW, 4, PORTS);
	card.hides_key = true;
	assert_software();
	assert_int_equal(card.validations, 0);
	make(CONFIG_STEERING_RSS_RAW, 4, PORTS);
	card.key[0] ^= 1;
	assert_software();
	make(CONFIG_STEERING_RSS_RAW, 4, PORTS);
	card.info.hash_key_size = STEER_TOEPLITZ_KEY_BYTES - 4;
	assert_software();
	make(CONFIG_STEERING_RSS_RAW, 4, PORTS);
	card.info.reta_size = 0;
	assert_software();
}

static void
test_ports_that_do_not_fit(void **state)
{
	(void)state;
	make(CONFIG_STEERING_FLOW, 4, PORTS);
	weir.ports[1].queues = 3;
	assert_software();
	assert_int_equal(card.validations, 0);
	make(CONFIG_STEERING_FLOW, 1, 1);
	assert_software();
	assert_int_equal(card.validations, 0);
}

// Requests that no worker served before the end, and a card that keeps its rules.
static void
test_end(void **state)
{
	(void)state;
	make(CONFIG_STEERING_FLOW, 2, 1);
	assert_in_force(CONFIG_STEERING_FLOW);
	for (unsigned i = 0; i < 2; i++) {
		struct own_jobs *own = ios[i].own;

		own->jobs[own->count++].mbuf = rte_pktmbuf_alloc(mbufs);
	}
	assert_int_equal(rte_mempool_avail_count(mbufs), BUFFERS - 2);
	stop();
	assert_int_equal(rte_mempool_avail_count(mbufs), BUFFERS);
	make(CONFIG_STEERING_FLOW, 2, 1);
	assert_in_force(CONFIG_STEERING_FLOW);
	card.refuse_destruction = true;
	steering_down(&weir);
	assert_int_equal(card.destructions, card.rule_count);
	assert_int_equal(weir.steering.in_force, CONFIG_STEERING_SOFTWARE);
}

static void
test_roles(void **state)
{
	struct lcore_plan both = {.count = 2, .io_count = 2, .worker_count = 2};
	struct lcore_plan apart = {.count = 2, .io_count = 1, .worker_count = 1};
	struct lcore_plan mixed = {.count = 2, .io_count = 1, .worker_count = 2};

	(void)state;
	for (uint32_t kind = CONFIG_STEERING_SOFTWARE; kind <= CONFIG_STEERING_FLOW; kind++) {
		struct config some = {.steering = kind};
		bool any = kind == CONFIG_STEERING_SOFTWARE;

		assert_true(steering_check(&some, &both, &error));
		assert_int_equal(steering_check(&some, &apart, &error), any);
		assert_int_equal(steering_check(&some, &mixed, &error), any);
	}
	assert_string_equal(error.setting, "driver.steering");
	assert_non_null(strstr(error.text, "\"flow\" needs lcores with both roles"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_software_asks_nobody),
		cmocka_unit_test(test_flow),
		cmocka_unit_test(test_flow_leaves_the_rest),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_rss_raw),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_rss_raw_refusals),
		cmocka_unit_test(test_ports_that_do_not_fit),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_roles),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
