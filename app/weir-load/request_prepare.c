// SPDX-License-Identifier: BSD-3-Clause

#include "options.h"
#include "request.h"
#include "request_layout.h"

#include <rte_ip.h>
#include <rte_udp.h>

#include <string.h>

enum {
	TTL = 64,
	URL_DATA = 2, // option of BEP 41
};

static const uint16_t payload_bytes[KIND_REQUEST_COUNT] = {
	[KIND_CONNECT] = sizeof(struct bep15_request),
	[KIND_ANNOUNCE] = sizeof(struct bep15_announce),
	[KIND_SCRAPE] = sizeof(struct bep15_request), // plus the info_hashes
};

static void
prepare_payload(const struct options *options, enum kind kind, uint8_t *payload)
{
	struct bep15_announce *announce = (void *)payload;
	struct bep15_request *request = &announce->request;

	request->action = rte_cpu_to_be_32(kind);
	if (kind == KIND_CONNECT)
		request->connection_id = BEP15_MAGIC;
	if (kind != KIND_ANNOUNCE)
		return;
	memcpy(announce->peer_id, "-WL0100-", REQUEST_PEER_ID_FIXED);
	announce->downloaded = RTE_BE64(REQUEST_LEFT_BYTES);
	announce->uploaded = RTE_BE64(REQUEST_LEFT_BYTES);
	announce->num_want = rte_cpu_to_be_32(options->num_want);
}

static void
prepare_ipv4(struct request_frame *prepared, const struct options *options, uint16_t payload_len)
{
	struct frame_ipv4 *frame = (void *)prepared->bytes;
	uint16_t udp_len = sizeof(frame->udp) + payload_len;

	frame->ether.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4);
	frame->ip = (struct rte_ipv4_hdr){
		.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = rte_cpu_to_be_16(sizeof(frame->ip) + udp_len),
		.fragment_offset = RTE_BE16(RTE_IPV4_HDR_DF_FLAG),
		.time_to_live = TTL,
		.next_proto_id = IPPROTO_UDP,
		.dst_addr = options->tracker_ipv4.address,
	};
	frame->udp.dst_port = rte_cpu_to_be_16((uint16_t)options->port);
	frame->udp.dgram_len = rte_cpu_to_be_16(udp_len);
	prepared->ip_sum = rte_raw_cksum(&frame->ip, sizeof(frame->ip));
	prepared->udp_sum =
		(uint64_t)rte_ipv4_phdr_cksum(&frame->ip, 0) + rte_raw_cksum(&frame->udp, udp_len);
	prepared->len = sizeof(*frame) + payload_len;
}

static void
prepare_ipv6(struct request_frame *prepared, const struct options *options, uint16_t payload_len)
{
	struct frame_ipv6 *frame = (void *)prepared->bytes;
	uint16_t udp_len = sizeof(frame->udp) + payload_len;

	frame->ether.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV6);
	frame->ip = (struct ipv6_header){
		.vtc_flow = RTE_BE32(0x60000000),
		.payload_len = rte_cpu_to_be_16(udp_len),
		.proto = IPPROTO_UDP,
		.hop_limits = TTL,
	};
	memcpy(frame->ip.dst_addr, options->tracker_ipv6.address, 16);
	frame->udp.dst_port = rte_cpu_to_be_16((uint16_t)options->port);
	frame->udp.dgram_len = rte_cpu_to_be_16(udp_len);
	prepared->udp_sum = (uint64_t)rte_ipv6_phdr_cksum((const void *)&frame->ip, 0)
		+ rte_raw_cksum(&frame->udp, udp_len);
	prepared->len = sizeof(*frame) + payload_len;
}

// The option behind an announce, which starts at an even byte of the datagram, as its checksum wants.
static void
prepare_url(struct requests *requests, const char *path)
{
	size_t len = path == NULL ? 0 : strlen(path);

	if (len == 0)
		return;
	requests->url[0] = URL_DATA;
	requests->url[1] = (uint8_t)len;
	memcpy(requests->url + 2, path, len);
	requests->url_len = (uint16_t)(2 + len);
	requests->url_sum = rte_raw_cksum(requests->url, requests->url_len);
}

void
request_init(
	struct requests *requests,
	const struct options *options,
	const struct rte_ether_addr *from,
	const struct rte_ether_addr to[2]
)
{
	*requests = (struct requests){0};
	prepare_url(requests, options->url_path);
	for (unsigned kind = 0; kind < KIND_REQUEST_COUNT; kind++) {
		struct request_frame *ipv4 = &requests->prepared[0][kind];
		struct request_frame *ipv6 = &requests->prepared[1][kind];

		prepare_payload(options, kind, ipv4->bytes + sizeof(struct frame_ipv4));
		prepare_payload(options, kind, ipv6->bytes + sizeof(struct frame_ipv6));
		prepare_ipv4(ipv4, options, payload_bytes[kind]);
		prepare_ipv6(ipv6, options, payload_bytes[kind]);
		for (unsigned i = 0; i < 2; i++) {
			struct rte_ether_hdr *ether = (void *)requests->prepared[i][kind].bytes;

			ether->src_addr = *from;
			ether->dst_addr = to[i];
		}
	}
}
