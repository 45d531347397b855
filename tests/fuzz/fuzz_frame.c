// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to frames: lib/net/frame.h and the host stack behind it. An input is two bytes that choose the host,
// one for what the NIC says of checksums, one for the length of a reply, and the frame.
//
// Whatever is accepted has been checked again here, byte by byte; whatever is sent is a right packet for the one who
// asked, and no longer than what came, but for the advertisements of neighbour discovery.

#include "../../lib/net/arp.h"
#include "../../lib/net/icmp.h"
#include "../../lib/net/mld.h"
#include "../../lib/net/ndp.h"
#include "../../lib/net/udp_partial.h"
#include "../support/frames.h"
#include "fuzz.h"

enum {
	HEAD_BYTES = 4,
	FRAME_MAX = 2048,
	NOW_TSC = 1000,
	HZ = 1000,
	RATE = 1000,
	NDP_REPLY_BYTES = 72, // IPv6 header and advertisement
};

enum host_choice {
	CHOOSE_TAG = 1 << 0,
	CHOOSE_PARTIAL = 1 << 1,
	CHOOSE_PUBLIC = 1 << 2, // private sources are not served
	CHOOSE_GATEWAY = 1 << 3,
	CHOOSE_OFFLOAD_IP = 1 << 4,
	CHOOSE_OFFLOAD_UDP = 1 << 5,
	CHOOSE_NO_IPV6 = 1 << 6,
	CHOOSE_NO_IPV4 = 1 << 7,
};

static struct host
choose_host(uint8_t choice)
{
	struct host host = wire_host(choice & CHOOSE_TAG);

	host.partial_checksums = choice & CHOOSE_PARTIAL;
	host.allow_private = !(choice & CHOOSE_PUBLIC);
	host.offload_ip_checksum = choice & CHOOSE_OFFLOAD_IP;
	host.offload_udp_checksum = choice & CHOOSE_OFFLOAD_UDP;
	host.ipv6_off = choice & CHOOSE_NO_IPV6;
	if (choice & CHOOSE_NO_IPV4)
		host.ipv4_count = 0;
	if (choice & CHOOSE_GATEWAY) {
		memcpy(&host.gateway_ipv4, wire_gateway4, 4);
		memcpy(host.gateway_ipv6, wire_gateway6, 16);
		host.gateway_ipv4_mac = 0x1060504030202;
		host.gateway_ipv6_pending = true;
	}
	return host;
}

static unsigned
word_at(const uint8_t *bytes)
{
	return bytes[0] * 256u + bytes[1];
}

static bool
is_ours_ipv4(const struct host *host, const uint8_t *address)
{
	for (unsigned i = 0; i < host->ipv4_count; i++)
		if (host->ipv4_usable >> i & 1 && memcmp(&host->ipv4[i], address, 4) == 0)
			return true;
	return false;
}

static bool
is_ours_ipv6(const struct host *host, const uint8_t *address)
{
	for (unsigned i = 0; i < host->ipv6_count; i++)
		if (host->ipv6_usable >> i & 1 && memcmp(host->ipv6[i], address, 16) == 0)
			return true;
	return false;
}

// A datagram that was accepted: for us, whole, and with right sums, or those that the NIC has vouched for.
static void
check_datagram(const struct host *host, const struct frame *frame, bool partial)
{
	const uint8_t *ip = frame_l3(frame), *udp = frame_l4(frame);
	bool ipv4 = frame->family == FAMILY_IPV4;
	unsigned end = (unsigned)(udp - frame->bytes) + frame->l4_len;

	demand(memcmp(frame->bytes, host->mac.addr_bytes, 6) == 0);
	demand(frame->l2_len == host->l2_len && frame->l3_len == (ipv4 ? 20 : 40));
	demand(end <= frame->len && frame->l4_len >= 8 && word_at(udp + 4) == frame->l4_len);
	demand(ipv4 ? is_ours_ipv4(host, ip + 16) : is_ours_ipv6(host, ip + 24));
	demand(word_at(udp) != 0);
	demand((word_at(udp + 2) == WIRE_PORT) == (frame->kind == FRAME_UDP));
	if (ipv4 && !(frame->rx_checksum & FRAME_RX_IP_GOOD))
		demand(wire_checksum(ip, 20, 0) == 0);
	if (partial || frame->rx_checksum & FRAME_RX_UDP_GOOD || (ipv4 && word_at(udp + 6) == 0))
		return;
	demand(wire_checksum(udp, frame->l4_len, wire_pseudo_sum(ip, frame->l4_len, 17)) == 0);
}

// A packet that leaves: its lengths and sums.
static void
check_sent(const struct host *host, const uint8_t *bytes, unsigned len, bool offloads)
{
	const uint8_t *ip = bytes + host->l2_len;
	unsigned type = word_at(ip - 2);

	demand(memcmp(bytes + 6, host->mac.addr_bytes, 6) == 0
	       && (bytes[0] & 1) == (bytes[0] == 0x33));
	if (type == 0x0806)
		return;
	bool ipv4 = type == 0x0800;
	const uint8_t *l4 = ip + (ipv4 ? 20 : 40);
	unsigned l4_len = len - (unsigned)(l4 - bytes);
	uint8_t protocol = ipv4 ? ip[9] : ip[6];

	demand(ipv4 ? ip[0] == 0x45 && word_at(ip + 2) == l4_len + 20
		    : type == 0x86dd && ip[0] >> 4 == 6 && word_at(ip + 4) == l4_len);
	demand(ipv4 ? is_ours_ipv4(host, ip + 12) : is_ours_ipv6(host, ip + 8));
	if (ipv4 && !(offloads && host->offload_ip_checksum))
		demand(wire_checksum(ip, 20, 0) == 0);
	if (offloads && host->offload_udp_checksum)
		return;
	demand(wire_checksum(l4, l4_len, protocol == 1 ? 0 : wire_pseudo_sum(ip, l4_len, protocol))
	       == 0);
}

static void
reply_datagram(const struct host *host, struct frame *frame, unsigned payload_len)
{
	uint8_t before[40 + 8];
	unsigned l3_len = frame->l3_len, at = host->l2_len;
	bool ipv4 = frame->family == FAMILY_IPV4;
	unsigned payload_at = frame_udp_payload_at(host, frame->family);
	unsigned room = frame->len + WIRE_ROOM - payload_at;

	memcpy(before, frame->bytes + at, l3_len + 8);
	payload_len = payload_len < room ? payload_len : room;
	unsigned len = frame_reply_udp(host, frame->bytes, frame->family, (uint16_t)payload_len);
	const uint8_t *ip = frame->bytes + at, *udp = ip + l3_len;

	demand(len == payload_at + payload_len);
	check_sent(host, frame->bytes, len, true);
	demand(memcmp(ip + (ipv4 ? 16 : 24), before + (ipv4 ? 12 : 8), ipv4 ? 4 : 16) == 0);
	demand(memcmp(ip + (ipv4 ? 12 : 8), before + (ipv4 ? 16 : 24), ipv4 ? 4 : 16) == 0);
	demand(memcmp(udp, before + l3_len + 2, 2) == 0 && memcmp(udp + 2, before + l3_len, 2) == 0
	);
}

static enum verdict
serve_icmp(
	const struct host *host,
	struct frame *frame,
	struct host_notes *notes,
	struct shares *limit
)
{
	enum verdict verdict;

	if (!icmp_is_mld_or_ndp(frame, &verdict))
		return verdict != VERDICT_NONE ? verdict
					       : icmp_receive(host, frame, limit, NOW_TSC);
	return mld_is_message(frame) ? mld_receive(host, frame, notes, NOW_TSC)
				     : ndp_receive(host, frame, notes, limit, NOW_TSC);
}

static enum verdict
serve(const struct host *host, struct frame *frame)
{
	static const struct siphash_key key = {1, 2};
	static struct shares limit;
	struct host_notes notes = {0};

	shares_init(&limit, RATE, RATE, HZ, &key);
	switch (frame->kind) {
	case FRAME_ARP:
		return arp_receive(host, frame, &notes, &limit, NOW_TSC);
	case FRAME_CLOSED:
		return icmp_refuse(host, frame, &limit, NOW_TSC);
	default:
		return serve_icmp(host, frame, &notes, &limit);
	}
}

static void
serve_stack(const struct host *host, struct frame *frame)
{
	unsigned before = frame->len;
	bool advertises = frame->kind == FRAME_ICMP6;
	enum verdict verdict = serve(host, frame);

	demand(verdict > VERDICT_NONE && verdict < VERDICT_COUNT);
	if (verdict_infos[verdict].outcome != OUTCOME_ANSWERED)
		return;
	demand(frame->len <= before || (advertises && frame->len == host->l2_len + NDP_REPLY_BYTES)
	);
	check_sent(host, frame->bytes, frame->len, false);
}

static void
judge(const struct host *host, struct frame *frame, unsigned reply_len)
{
	enum verdict verdict = frame_parse(host, frame);
	bool partial = verdict == VERDICT_udp_checksum && host->partial_checksums;

	demand(verdict < VERDICT_COUNT && frame->family < FAMILY_COUNT);
	if (partial)
		verdict = udp_partial_accept(host, frame);
	if (verdict != VERDICT_NONE)
		return;
	if (frame->kind == FRAME_UDP || frame->kind == FRAME_CLOSED)
		check_datagram(host, frame, partial);
	if (frame->kind == FRAME_UDP)
		reply_datagram(host, frame, reply_len);
	else
		serve_stack(host, frame);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	uint8_t head[HEAD_BYTES];

	if (size < HEAD_BYTES || size > HEAD_BYTES + FRAME_MAX)
		return 0;
	fuzz_take(&input, head, sizeof(head));
	struct host host = choose_host(head[0]);
	// A buffer of exactly the promised size: AddressSanitizer finds what reads or writes behind it.
	uint8_t *buffer = malloc(input.left + WIRE_ROOM);
	struct frame frame = {
		.bytes = buffer, .len = (uint16_t)input.left, .rx_checksum = head[2] & 0xf};

	demand(buffer != NULL);
	host.ipv6_usable ^= head[1] & 7;
	memset(buffer + input.left, 0xa5, WIRE_ROOM);
	if (input.left > 0)
		memcpy(buffer, input.data, input.left);
	judge(&host, &frame, head[3] * 5u);
	free(buffer);
	return 0;
}
