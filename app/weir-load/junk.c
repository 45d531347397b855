// SPDX-License-Identifier: BSD-3-Clause
// Datagrams that the tracker must drop.

#include "flight.h"
#include "request.h"
#include "request_layout.h"

// Cuts a frame to `payload_len` bytes of payload and corrects lengths and checksums.
static uint16_t
truncate_frame(const struct request_head *head, uint8_t *bytes, uint16_t payload_len)
{
	uint16_t udp_len = sizeof(struct rte_udp_hdr) + payload_len;

	if (flow_is_ipv6(head->flows, head->flow)) {
		struct frame_ipv6 *frame = (void *)bytes;

		frame->ip.payload_len = frame->udp.dgram_len = rte_cpu_to_be_16(udp_len);
		frame->udp.dgram_cksum = 0;
		frame->udp.dgram_cksum =
			rte_ipv6_udptcp_cksum((const void *)&frame->ip, &frame->udp);
		return sizeof(*frame) + payload_len;
	}
	struct frame_ipv4 *frame = (void *)bytes;

	frame->ip.total_length = rte_cpu_to_be_16(sizeof(frame->ip) + udp_len);
	frame->ip.hdr_checksum = 0;
	frame->ip.hdr_checksum = rte_ipv4_cksum(&frame->ip);
	frame->udp.dgram_len = rte_cpu_to_be_16(udp_len);
	frame->udp.dgram_cksum = 0;
	frame->udp.dgram_cksum = rte_ipv4_udptcp_cksum(&frame->ip, &frame->udp);
	return sizeof(*frame) + payload_len;
}

static uint8_t *
frame_payload(const struct request_head *head, uint8_t *frame)
{
	return frame
		+ (flow_is_ipv6(head->flows, head->flow) ? sizeof(struct frame_ipv6)
							 : sizeof(struct frame_ipv4));
}

static uint16_t
write_noise(uint8_t *payload, struct rng *rng)
{
	uint16_t len = (uint16_t)(1 + rng_below(rng, REQUEST_JUNK_BYTES_MAX));

	for (uint16_t i = 0; i < len; i++)
		payload[i] = (uint8_t)(rng_next(rng) >> 56);
	return len;
}

uint16_t
request_junk(
	const struct requests *requests,
	const struct request_head *head,
	const struct population *population,
	uint32_t peer,
	enum junk junk,
	struct rng *rng,
	uint8_t *frame
)
{
	uint8_t *payload = frame_payload(head, frame);
	struct bep15_request *request = (void *)payload;
	uint16_t len = sizeof(struct bep15_announce);

	if (junk == JUNK_LENGTH && rng_next(rng) >> 63) {
		request_connect(requests, head, frame);
		len = (uint16_t)rng_below(rng, sizeof(struct bep15_request));
	} else {
		request_announce(requests, head, population, peer, BEP15_EVENT_NONE, frame);
		// Never 0, so that it is not the right id.
		request->connection_id ^= rng_next(rng) | 1;
	}
	if (junk == JUNK_LENGTH && len == sizeof(struct bep15_announce)) {
		uint16_t min_len = sizeof(struct bep15_request);

		request->connection_id = head->flows->items[head->flow].id;
		len = (uint16_t)(min_len + rng_below(rng, len - min_len));
	} else if (junk == JUNK_NOISE) {
		len = write_noise(payload, rng);
		// An error reply is recognised by it as one to junk.
		if (len >= sizeof(struct bep15_request))
			request->transaction_id = head->transaction_id;
	}
	return truncate_frame(head, frame, len);
}
