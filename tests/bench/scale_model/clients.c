// SPDX-License-Identifier: BSD-3-Clause

#include "clients.h"

#include "../../../lib/base/rng.h"
#include "../../../lib/bep15/wire.h"
#include "../../../lib/net/checksum.h"
#include "../../../lib/tracker/steer.h"
#include "model.h"

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include <string.h>

struct datagram {
	struct rte_ether_hdr ether;
	struct rte_ipv4_hdr ip;
	struct rte_udp_hdr udp;
	struct bep15_announce announce;
} __attribute__((packed, aligned(2)));

enum { REPLY_BYTES_MIN = 20 }; // to an announce, without peers

static struct datagram frames[MODEL_PEERS];
static unsigned next[MODEL_LCORES_MAX]; // by queue; not steered: the first one
static unsigned steered_queues; // 0: they are not steered

static void
make_frame(
	struct datagram *frame,
	unsigned peer,
	const struct connid *connid,
	const struct host *host
)
{
	rte_be32_t address = rte_cpu_to_be_32(RTE_IPV4(198u, 51, 0, 0) + peer);
	struct rng hash = {.state = peer % MODEL_TORRENTS + 1};
	uint16_t l4_len = sizeof(frame->udp) + sizeof(frame->announce);

	memset(frame, 0, sizeof(*frame));
	frame->ether.dst_addr = host->mac;
	frame->ether.src_addr = (struct rte_ether_addr){{2, 0, 0, 0, 0, 9}};
	frame->ether.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4);
	frame->ip.version_ihl = 0x45;
	frame->ip.total_length = rte_cpu_to_be_16(sizeof(frame->ip) + l4_len);
	frame->ip.time_to_live = 64;
	frame->ip.next_proto_id = IPPROTO_UDP;
	frame->ip.src_addr = address;
	frame->ip.dst_addr = host->ipv4[0];
	frame->ip.hdr_checksum = checksum_ipv4(&frame->ip);
	frame->udp.src_port = RTE_BE16(6881);
	frame->udp.dst_port = host->udp_port;
	frame->udp.dgram_len = rte_cpu_to_be_16(l4_len);
	frame->announce.request.connection_id =
		rte_cpu_to_be_64(connid_mint(connid, FAMILY_IPV4, (const uint8_t *)&address));
	frame->announce.request.action = RTE_BE32(BEP15_ANNOUNCE);
	for (unsigned i = 0; i < BEP15_INFO_HASH_BYTES; i++)
		frame->announce.info_hash[i] = (uint8_t)rng_next(&hash);
	memcpy(frame->announce.peer_id, "-TR4030-", 8);
	frame->announce.left = RTE_BE64(1000);
	frame->announce.num_want = RTE_BE32(30);
	frame->announce.port = RTE_BE16(6881);
	frame->udp.dgram_cksum =
		checksum_l4(&frame->ip, FAMILY_IPV4, IPPROTO_UDP, &frame->udp, l4_len);
}

void
clients_make(const struct connid *connid, const struct host *host)
{
	for (unsigned peer = 0; peer < MODEL_PEERS; peer++)
		make_frame(&frames[peer], peer, connid, host);
}

void
clients_steer(unsigned queues)
{
	steered_queues = queues;
}

static bool
is_of_queue(const struct datagram *frame, unsigned queue)
{
	unsigned patterns = 1u << steer_rule_bits(steered_queues);

	return steer_rule_queue(frame->announce.info_hash[0] & (patterns - 1), steered_queues)
		== queue;
}

static const struct datagram *
next_frame(unsigned queue)
{
	unsigned *at = &next[steered_queues == 0 ? 0 : queue];
	const struct datagram *frame;

	do {
		frame = &frames[*at];
		*at = (*at + 1) % MODEL_PEERS;
	} while (steered_queues != 0 && !is_of_queue(frame, queue));
	return frame;
}

void
clients_announce(struct rte_mbuf *mbuf, uint16_t port, unsigned queue)
{
	rte_pktmbuf_reset(mbuf);
	mbuf->port = port;
	mbuf->data_len = sizeof(struct datagram);
	mbuf->pkt_len = sizeof(struct datagram);
	memcpy(rte_pktmbuf_mtod(mbuf, void *), next_frame(queue), sizeof(struct datagram));
}

bool
clients_accept(const struct rte_mbuf *mbuf)
{
	const struct datagram *frame = rte_pktmbuf_mtod(mbuf, const struct datagram *);
	rte_be32_t action; // a reply begins with it

	memcpy(&action, &frame->udp + 1, sizeof(action));
	return mbuf->data_len >= offsetof(struct datagram, announce) + REPLY_BYTES_MIN
		&& action == RTE_BE32(BEP15_ANNOUNCE);
}
