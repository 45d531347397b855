// SPDX-License-Identifier: BSD-3-Clause

#include "port.h"

#include "fail.h"
#include "flight.h"

#include <rte_eth_ring.h>
#include <rte_ethdev.h>

#include <string.h>

enum { QUEUES_MAX = 16, INFO_HASH_AT = 16 };

static struct rte_ring *rx[QUEUES_MAX], *tx[QUEUES_MAX];
static unsigned queue_count;
static uint16_t id;
static bool steers;

static struct rte_ring *
make_ring(const char *kind, unsigned number, unsigned frames)
{
	char name[32];

	snprintf(name, sizeof(name), "%s_%u", kind, number);
	struct rte_ring *ring = rte_ring_create(
		name, rte_align32pow2(frames + 1), SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ
	);

	fail_unless(ring != NULL, "no memory for rings");
	return ring;
}

void
port_open(unsigned queues, unsigned tx_frames, struct rte_mempool *pool)
{
	struct rte_eth_conf conf = {0};

	fail_unless(queues <= QUEUES_MAX, "a port has at most %d queues", QUEUES_MAX);
	queue_count = queues;
	for (unsigned q = 0; q < queues; q++) {
		rx[q] = make_ring("rx", q, PORT_RX_FRAMES);
		tx[q] = make_ring("tx", q, tx_frames);
	}
	int made = rte_eth_from_rings("sim", rx, queues, tx, queues, 0);

	fail_unless(made >= 0, "net_ring makes no port");
	id = (uint16_t)made;
	bool right = rte_eth_dev_configure(id, (uint16_t)queues, (uint16_t)queues, &conf) == 0;

	for (uint16_t q = 0; right && q < queues; q++)
		right = rte_eth_rx_queue_setup(id, q, 64, 0, NULL, pool) == 0
			&& rte_eth_tx_queue_setup(id, q, 64, 0, NULL) == 0;
	fail_unless(right && rte_eth_dev_start(id) == 0, "net_ring does not start");
}

uint16_t
port_id(void)
{
	return id;
}

void
port_set_link(bool up)
{
	int result = up ? rte_eth_dev_set_link_up(id) : rte_eth_dev_set_link_down(id);

	fail_unless(result == 0, "net_ring does not change its link");
}

void
port_steer(bool on)
{
	steers = on;
}

// A rule for each pattern of the lowest bits of a byte, three bits more than needed if queues are no power of two.
static unsigned
ruled_queue(uint8_t byte)
{
	unsigned bits = 0;

	while (1u << bits < queue_count)
		bits++;
	if (1u << bits != queue_count)
		bits = bits + 3 < 8 ? bits + 3 : 8;
	return (byte & ((1u << bits) - 1)) % queue_count;
}

unsigned
port_queue_of(const struct packet *packet)
{
	uint32_t address = packet->client / PACKET_NEIGHBOURS * 2 + packet->stranger;

	if (steers && packet->payload_len > INFO_HASH_AT)
		return ruled_queue(packet->bytes[packet->payload_at + INFO_HASH_AT]);
	return (unsigned)((address * UINT32_C(2654435769) >> 8) % queue_count);
}

enum port_receipt
port_receive(struct packet *packet, struct rte_mempool *pool)
{
	struct rte_ring *ring = rx[port_queue_of(packet)];

	if (rte_ring_full(ring))
		return PORT_FULL;
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(pool);

	if (mbuf == NULL)
		return PORT_NO_MBUF;
	memcpy(rte_pktmbuf_append(mbuf, packet->len), packet->bytes, packet->len);
	mbuf->port = id;
	flight_begin(mbuf, packet);
	fail_unless(rte_ring_enqueue(ring, mbuf) == 0, "a receive queue has no room");
	return PORT_RECEIVED;
}

unsigned
port_waiting(unsigned queue)
{
	return rte_ring_count(rx[queue]);
}

unsigned
port_unsent(unsigned queue)
{
	return rte_ring_count(tx[queue]);
}

unsigned
port_received_all(void)
{
	unsigned count = 0;

	for (unsigned q = 0; q < queue_count; q++)
		count += rte_ring_count(rx[q]);
	return count;
}

unsigned
port_unsent_all(void)
{
	unsigned count = 0;

	for (unsigned q = 0; q < queue_count; q++)
		count += rte_ring_count(tx[q]);
	return count;
}

void
port_send(unsigned queue, void (*sent)(struct rte_mbuf *mbuf))
{
	void *mbuf;

	while (rte_ring_dequeue(tx[queue], &mbuf) == 0) {
		sent(mbuf);
		rte_pktmbuf_free(mbuf);
	}
}

static void
clear(struct rte_ring *ring)
{
	void *mbuf;

	while (rte_ring_dequeue(ring, &mbuf) == 0)
		rte_pktmbuf_free(mbuf);
}

void
port_clear(void)
{
	for (unsigned q = 0; q < queue_count; q++) {
		clear(rx[q]);
		clear(tx[q]);
	}
}
