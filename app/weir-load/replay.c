// SPDX-License-Identifier: BSD-3-Clause

#include "replay.h"

#include "../../lib/net/ipv6.h"
#include "options.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_memcpy.h>
#include <rte_udp.h>

#include <string.h>

enum { FRAME_MAX = 1518 };

bool
replay_init(
	struct replay *replay,
	const struct options *options,
	struct port *port,
	struct results *results,
	char *why,
	size_t size
)
{
	*replay = (struct replay){.options = options, .port = port, .results = results};
	if (!pcap_read(&replay->frames, options->replay, FRAME_MAX, why, size))
		return false;
	replay->total = options->count > 0 ? options->count : replay->frames.count;
	flows_init(&replay->flows, options);
	neighbour_init(&replay->neighbour, options, &replay->flows, &port->mac);
	return true;
}

void
replay_free(struct replay *replay)
{
	port_backlog_free(&replay->backlog);
	pcap_frames_free(&replay->frames);
	flows_free(&replay->flows);
}

// Reads the action of a reply: the first word of a datagram from the tracker's UDP port. False: the
// frame is none.
static bool
read_action(const struct replay *replay, const uint8_t *frame, uint16_t len, uint32_t *action)
{
	const struct rte_ether_hdr *ether = (const void *)frame;
	bool ipv6 = ether->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV6);
	unsigned ip_len = ipv6 ? sizeof(struct ipv6_header) : sizeof(struct rte_ipv4_hdr);
	const struct rte_udp_hdr *udp = (const void *)(frame + sizeof(*ether) + ip_len);
	unsigned protocol_at = sizeof(*ether)
		+ (ipv6 ? offsetof(struct ipv6_header, proto)
			: offsetof(struct rte_ipv4_hdr, next_proto_id));
	rte_be32_t word;

	if (len < sizeof(*ether) + ip_len + sizeof(*udp) + sizeof(word)
	    || (!ipv6 && ether->ether_type != RTE_BE16(RTE_ETHER_TYPE_IPV4))
	    || frame[protocol_at] != IPPROTO_UDP
	    || udp->src_port != rte_cpu_to_be_16((uint16_t)replay->options->port))
		return false;
	memcpy(&word, udp + 1, sizeof(word));
	*action = rte_be_to_cpu_32(word);
	return true;
}

static void
count_reply(struct results *results, uint32_t action)
{
	unsigned last = RTE_DIM(results->replies) - 1;

	stats_add(&results->replies[RTE_MIN(action, last)], 1);
	stats_add(&results->good_replies, 1);
}

// True: the mbuf was sent.
static bool
take_frame(struct replay *replay, struct rte_mbuf *mbuf)
{
	uint8_t *frame = rte_pktmbuf_mtod(mbuf, uint8_t *);
	uint32_t action;

	if (read_action(replay, frame, mbuf->data_len, &action)) {
		count_reply(replay->results, action);
		return false;
	}
	stats_add(&replay->results->other, 1);
	uint16_t size = mbuf->buf_len - mbuf->data_off;
	uint16_t len = neighbour_receive(&replay->neighbour, frame, mbuf->data_len, size);

	if (len == 0)
		return false;
	port_send_one(replay->port, mbuf, len);
	return true;
}

static void
receive(struct replay *replay, uint64_t now_tsc)
{
	struct rte_mbuf *mbufs[PORT_BURST];
	uint16_t count = rte_eth_rx_burst(replay->port->id, 0, mbufs, PORT_BURST);

	if (count > 0)
		replay->last_tsc = now_tsc;
	for (uint16_t i = 0; i < count; i++)
		if (!take_frame(replay, mbufs[i]))
			rte_pktmbuf_free(mbufs[i]);
}

static void
transmit(struct replay *replay, struct rte_mbuf **mbufs, unsigned count)
{
	unsigned sent = port_send(replay->port, &replay->backlog, mbufs, count);

	stats_add(&replay->results->replayed, sent);
}

static void
fill_mbuf(const struct replay *replay, struct rte_mbuf *mbuf, uint64_t number)
{
	const struct pcap_frame *frame = &replay->frames.items[number % replay->frames.count];

	rte_memcpy(rte_pktmbuf_mtod(mbuf, void *), replay->frames.bytes + frame->at, frame->len);
	mbuf->data_len = frame->len;
	mbuf->pkt_len = frame->len;
}

static void
send_frames(struct replay *replay, uint64_t now_tsc)
{
	struct rte_mbuf *mbufs[PORT_BURST];
	uint64_t max = RTE_MIN((uint64_t)PORT_BURST, replay->total - replay->made);

	if (replay->backlog.count > 0) {
		replay->last_tsc = now_tsc;
		transmit(replay, replay->backlog.mbufs, replay->backlog.count);
		return;
	}
	uint32_t count = pace_allow(&replay->pace, now_tsc, 0, (uint32_t)max);

	if (count == 0 || rte_pktmbuf_alloc_bulk(replay->port->mbufs, mbufs, count) != 0)
		return;
	for (uint32_t i = 0; i < count; i++)
		fill_mbuf(replay, mbufs[i], replay->made + i);
	pace_advance(&replay->pace, count);
	replay->made += count;
	replay->last_tsc = now_tsc;
	transmit(replay, mbufs, count);
}

static void
begin(struct replay *replay)
{
	uint64_t now_tsc = rte_rdtsc();

	replay->start_tsc = replay->last_tsc = now_tsc;
	if (replay->options->rate > 0) // nothing is skipped, so that every frame is sent
		pace_open(
			&replay->pace,
			now_tsc,
			replay->results->hz / replay->options->rate,
			UINT64_MAX / 2
		);
	else // as fast as the port accepts them: no request is in flight
		pace_closed(&replay->pace, PORT_BURST);
	replay->pace.burst_min = 1;
}

int
replay_run(void *argument)
{
	struct replay *replay = argument;
	struct results *results = replay->results;
	uint64_t silence_tsc = (uint64_t)(replay->options->timeout_ms * results->hz / 1e3);
	uint64_t now_tsc;

	begin(replay);
	do {
		now_tsc = rte_rdtsc();
		receive(replay, now_tsc);
		send_frames(replay, now_tsc);
	} while (!__atomic_load_n(&replay->stop, __ATOMIC_RELAXED)
		 && (replay->made < replay->total || replay->backlog.count > 0
		     || now_tsc - replay->last_tsc < silence_tsc));
	results->finished = !replay->stop;
	results->seconds = (double)(replay->last_tsc - replay->start_tsc) / results->hz;
	results->rate = (double)results->good_replies / results->seconds;
	return 0;
}
