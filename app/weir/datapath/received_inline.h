// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: from a received mbuf to a parsed frame.

#pragma once

#include "loops.h"
#include "rx_checksum_inline.h"

// Results of checksum offload, by the mbuf flags that report them.
#define RX_CHECKSUM_OF_IP(ip, flags)                                                               \
	[RX_CHECKSUM_AT(ip, UNKNOWN)] = (flags),                                                   \
			    [RX_CHECKSUM_AT(ip, GOOD)] = (flags) | FRAME_RX_UDP_GOOD,              \
			    [RX_CHECKSUM_AT(ip, BAD)] = (flags) | FRAME_RX_UDP_BAD,                \
			    [RX_CHECKSUM_AT(ip, NONE)] = (flags) | FRAME_RX_UDP_GOOD

// L4 NONE: the data are good but the checksum is not filled in, as in frames between virtio guests.
static const uint8_t rx_checksums[] = {
	RX_CHECKSUM_OF_IP(UNKNOWN, 0),
	RX_CHECKSUM_OF_IP(GOOD, FRAME_RX_IP_GOOD),
	RX_CHECKSUM_OF_IP(BAD, FRAME_RX_IP_BAD),
	RX_CHECKSUM_OF_IP(NONE, 0),
};

enum { RX_CHECKSUM_MASK = RX_CHECKSUM_AT(MASK, MASK) };

static_assert(
	RTE_DIM(rx_checksums) == RX_CHECKSUM_MASK + 1,
	"the table has every combination of flags"
);

static inline uint8_t
received_checksums(const struct io_queue *queue, const struct rte_mbuf *mbuf)
{
	return rx_checksums[mbuf->ol_flags >> 3 & queue->rx_checksum_mask];
}

// Parses the frame in `mbuf`. If the parser moves the start of the frame, the mbuf follows.
static inline enum verdict
received_parse(const struct io_queue *queue, struct rte_mbuf *mbuf, struct frame *frame)
{
	uint8_t *bytes = rte_pktmbuf_mtod(mbuf, uint8_t *);

	frame->family = FAMILY_LINK;
	if (unlikely(mbuf->nb_segs > 1 || mbuf->buf_len - mbuf->data_off < LOOP_FRAME_ROOM))
		return VERDICT_frame_segmented;
	frame->bytes = bytes;
	frame->len = mbuf->data_len;
	frame->rx_checksum = received_checksums(queue, mbuf);
	enum verdict verdict = frame_parse(queue->host, frame);
	if (unlikely(frame->bytes != bytes))
		rte_pktmbuf_adj(mbuf, (uint16_t)(frame->bytes - bytes));
	return verdict;
}
