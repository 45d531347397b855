// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's mutations of fuzz_frame.c. Most of them get checksums that are right, because few inputs would get past them
// otherwise.

#include "../support/frames.h"
#include "fuzz.h"

enum { HEAD_BYTES = 4, ETHER_BYTES = 14, TAG_BYTES = 4, UDP = 17, ICMP = 1, ICMP6 = 58 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

static void
set_sum(uint8_t *at, uint16_t sum)
{
	at[0] = sum >> 8;
	at[1] = sum & 0xff;
}

static void
seal_upper(const uint8_t *ip, uint8_t *l4, size_t len, uint8_t protocol)
{
	unsigned at = protocol == UDP ? 6 : 2;
	uint32_t start = protocol == ICMP ? 0 : wire_pseudo_sum(ip, (unsigned)len, protocol);

	if ((protocol != UDP && protocol != ICMP && protocol != ICMP6) || len < at + 2u)
		return;
	set_sum(l4 + at, 0);
	set_sum(l4 + at, wire_checksum(l4, (unsigned)len, start));
}

static void
seal_ipv4(uint8_t *ip, size_t left)
{
	size_t header = ip[0] % 16 * 4u, total = ip[2] * 256u + ip[3];

	if (header < 20 || total < header || total > left)
		return;
	set_sum(ip + 10, 0);
	set_sum(ip + 10, wire_checksum(ip, (unsigned)header, 0));
	seal_upper(ip, ip + header, total - header, ip[9]);
}

// Extension headers (hop-by-hop, routing, destination) are passed over.
static void
seal_ipv6(uint8_t *ip, size_t left)
{
	size_t end = 40u + ip[4] * 256u + ip[5], at = 40;
	uint8_t next = ip[6];

	if (end > left)
		return;
	for (; (next == 0 || next == 43 || next == 60) && at + 8 <= end; at += ip[at + 1] * 8u + 8)
		next = ip[at];
	if (at < end)
		seal_upper(ip, ip + at, end - at, next);
}

static void
seal(uint8_t *frame, size_t size)
{
	size_t at = ETHER_BYTES;

	if (size >= at + TAG_BYTES && frame[12] == 0x81 && frame[13] == 0)
		at += TAG_BYTES;
	if (size >= at + 20 && frame[at] >> 4 == 4)
		seal_ipv4(frame + at, size - at);
	else if (size >= at + 40 && frame[at] >> 4 == 6)
		seal_ipv6(frame + at, size - at);
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	size = LLVMFuzzerMutate(data, size, max);
	if (seed % 8 != 0 && size > HEAD_BYTES)
		seal(data + HEAD_BYTES, size - HEAD_BYTES);
	return size;
}
