// SPDX-License-Identifier: BSD-3-Clause

#include "request.h"

#include "request_layout.h"

#include <rte_ip.h>
#include <rte_memcpy.h>
#include <rte_udp.h>

#include <string.h>

static_assert(
	sizeof(struct frame_ipv6) + sizeof(struct bep15_announce) == REQUEST_PREPARED_BYTES,
	"the longest prepared frame"
);
static_assert((int)REQUEST_HASHES_MAX <= (int)BEP15_SCRAPE_IPV6_MAX, "fits 1500 bytes");

// --- checksums: words in the order of memory, carries kept in the upper bits until the end ------

static inline uint64_t
sum_64(uint64_t word)
{
	return (word >> 32) + (uint32_t)word;
}

static inline uint16_t
sum_fold(uint64_t sum)
{
	sum = sum_64(sum);
	sum = (sum >> 16) + (uint16_t)sum;
	sum = (sum >> 16) + (uint16_t)sum;
	sum = (sum >> 16) + (uint16_t)sum;
	return (uint16_t)sum;
}

static inline rte_be16_t
sum_udp_checksum(uint64_t sum)
{
	uint16_t checksum = (uint16_t)~sum_fold(sum);

	return checksum != 0 ? checksum : 0xffff; // RFC 768: 0 means "no checksum"
}

// --- writing ------------------------------------------------------------------------------------

// A frame that is being written: its parts, and its checksum up to now.
struct draft {
	struct rte_udp_hdr *udp;
	void *payload;
	uint64_t udp_sum;
	uint16_t len;
};

// Copies the prepared frame and fills in the client. `extra`: bytes of payload after it.
static __rte_always_inline struct draft
draft_start(
	const struct requests *requests,
	const struct request_head *head,
	enum kind kind,
	uint16_t extra,
	uint8_t *bytes
)
{
	bool ipv6 = flow_is_ipv6(head->flows, head->flow);
	const struct request_frame *prepared = &requests->prepared[ipv6][kind];
	const struct flow *flow = &head->flows->items[head->flow];
	struct draft draft = {.udp_sum = prepared->udp_sum, .len = prepared->len + extra};

	// Constant sizes let the compiler unroll the copies; excess bytes are overwritten.
	if (kind == KIND_ANNOUNCE)
		memcpy(bytes, prepared->bytes, REQUEST_PREPARED_BYTES);
	else
		memcpy(bytes,
		       prepared->bytes,
		       sizeof(struct frame_ipv6) + sizeof(struct bep15_request));
	if (likely(!ipv6)) {
		struct frame_ipv4 *frame = (void *)bytes;
		rte_be32_t address = flow_ipv4(head->flows, head->flow);
		uint32_t ip_sum = prepared->ip_sum + (uint16_t)address + (address >> 16);

		if (extra > 0) {
			frame->ip.total_length =
				rte_cpu_to_be_16(rte_be_to_cpu_16(frame->ip.total_length) + extra);
			ip_sum += rte_cpu_to_be_16(extra);
		}
		frame->ip.src_addr = address;
		frame->ip.hdr_checksum = (uint16_t)~sum_fold(ip_sum);
		draft.udp_sum += address;
		draft.udp = &frame->udp;
		draft.payload = frame->payload;
	} else {
		struct frame_ipv6 *frame = (void *)bytes;
		rte_be64_t high = flow_ipv6_high(head->flows, head->flow), low = FLOW_IPV6_LOW;

		frame->ip.payload_len =
			rte_cpu_to_be_16(rte_be_to_cpu_16(frame->ip.payload_len) + extra);
		memcpy(frame->ip.src_addr, &high, 8);
		memcpy(frame->ip.src_addr + 8, &low, 8);
		draft.udp_sum += sum_64(high) + sum_64(low);
		draft.udp = &frame->udp;
		draft.payload = frame->payload;
	}
	draft.udp->src_port = flow->port;
	draft.udp_sum += flow->port;
	if (extra > 0) { // the length is part of UDP header and pseudo header
		draft.udp->dgram_len =
			rte_cpu_to_be_16(rte_be_to_cpu_16(draft.udp->dgram_len) + extra);
		draft.udp_sum += 2 * (uint64_t)rte_cpu_to_be_16(extra);
	}
	struct bep15_request *request = draft.payload;

	request->transaction_id = head->transaction_id;
	draft.udp_sum += head->transaction_id;
	if (kind != KIND_CONNECT) {
		request->connection_id = flow->id;
		draft.udp_sum += sum_64(flow->id);
	}
	return draft;
}

static __rte_always_inline uint16_t
draft_finish(const struct draft *draft)
{
	draft->udp->dgram_cksum = sum_udp_checksum(draft->udp_sum);
	return draft->len;
}

uint16_t
request_connect(const struct requests *requests, const struct request_head *head, uint8_t *frame)
{
	struct draft draft = draft_start(requests, head, KIND_CONNECT, 0, frame);

	return draft_finish(&draft);
}

// Returns the checksum of the bytes written.
static __rte_always_inline uint64_t
write_info_hash(uint8_t *at, const struct population *population, uint32_t torrent)
{
	struct info_hash_words words = population_info_hash(population, torrent);

	memcpy(at, &words.first, 8);
	memcpy(at + 8, &words.second, 8);
	memcpy(at + 16, &words.third, 4);
	return sum_64(words.first) + sum_64(words.second) + words.third;
}

uint16_t
request_announce(
	const struct requests *requests,
	const struct request_head *head,
	const struct population *population,
	uint32_t number,
	enum bep15_event event,
	uint8_t *frame
)
{
	struct draft draft = draft_start(requests, head, KIND_ANNOUNCE, requests->url_len, frame);
	const struct peer *peer = &population->peers[number];
	struct bep15_announce *announce = draft.payload;
	struct peer_id_words id = population_peer_id(population, number);

	draft.udp_sum += write_info_hash(announce->info_hash, population, peer->torrent);
	memcpy(announce->peer_id + REQUEST_PEER_ID_FIXED, &id.first, 8);
	memcpy(announce->peer_id + REQUEST_PEER_ID_FIXED + 8, &id.second, 4);
	announce->left = peer->state & PEER_SEEDER ? 0 : RTE_BE64(REQUEST_LEFT_BYTES);
	announce->event = rte_cpu_to_be_32(event);
	announce->port = peer->port;
	if (requests->url_len > 0)
		memcpy(announce + 1, requests->url, requests->url_len);
	draft.udp_sum += requests->url_sum;
	draft.udp_sum += sum_64(id.first) + id.second + sum_64(announce->left) + announce->event
		+ peer->port;
	return draft_finish(&draft);
}

uint16_t
request_scrape(
	const struct requests *requests,
	const struct request_head *head,
	const struct population *population,
	uint32_t first,
	unsigned hashes,
	uint8_t *frame
)
{
	uint16_t extra = (uint16_t)(hashes * BEP15_INFO_HASH_BYTES);
	struct draft draft = draft_start(requests, head, KIND_SCRAPE, extra, frame);
	struct bep15_scrape *scrape = draft.payload;

	for (unsigned i = 0; i < hashes; i++) {
		draft.udp_sum += write_info_hash(
			scrape->info_hash[i], population, population->peers[first].torrent
		);
		first = first + 1 < population->peer_count ? first + 1 : 0;
	}
	return draft_finish(&draft);
}
