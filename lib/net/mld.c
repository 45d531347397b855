// SPDX-License-Identifier: BSD-3-Clause

#include "mld.h"

#include "checksum.h"

#include <assert.h>
#include <string.h>

enum {
	MLD_HOP_LIMIT = 1, // RFC 3810 5: messages stay on the link
	CHECKSUM_AT = 2, // in every message
	QUERY_V1_LEN = 24, // RFC 3810 8.1: exactly
	QUERY_V2_LEN = 28, // at least
	SOURCE_BYTES = 16,
	ROBUSTNESS_BITS = 0x07, // of the byte with the S flag

	// The layout of a word in host_notes, from its low bits upwards.
	WORD_CODE_BITS = 16,
	WORD_ROBUSTNESS_AT = 16,
	WORD_V2_AT = 19,
	WORD_INTERVAL_AT = 20,
	WORD_TIME_AT = 28,
	TIME_SHIFT = 24, // of the cycle counter: resolution of milliseconds, wraps after years
};

// RFC 3810 5.1. MLDv1 has the same fields up to the group (RFC 2710 3).
struct mld_query_message {
	uint8_t type;
	uint8_t code;
	rte_be16_t checksum;
	rte_be16_t response_code;
	rte_be16_t reserved;
	uint8_t group[16];
	uint8_t flags; // S, and the querier's robustness variable
	uint8_t interval_code;
	rte_be16_t source_count;
} __attribute__((packed)) __rte_aligned(2);

// RFC 3810 5.2; its records, without sources, are mld_record_message (5.2.1 and following).
struct mld_report_message {
	uint8_t type;
	uint8_t code;
	rte_be16_t checksum;
	rte_be16_t reserved;
	rte_be16_t record_count;
} __attribute__((packed)) __rte_aligned(2);

struct mld_record_message {
	uint8_t type;
	uint8_t data_len;
	rte_be16_t source_count;
	uint8_t group[16];
} __attribute__((packed)) __rte_aligned(2);

// RFC 2710 3.
struct mld_report_v1_message {
	uint8_t type;
	uint8_t code;
	rte_be16_t checksum;
	rte_be32_t delay_and_reserved;
	uint8_t group[16];
} __attribute__((packed)) __rte_aligned(2);

// A hop-by-hop header with a Router Alert (RFC 2711) of value 0 (MLD) and an empty PadN.
static const uint8_t router_alert[8] = {IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0};

static_assert(sizeof(struct mld_query_message) == QUERY_V2_LEN, "RFC 3810 5.1");
static_assert(sizeof(struct mld_report_v1_message) == QUERY_V1_LEN, "RFC 2710 3");
static_assert(sizeof(struct mld_report_message) == 8, "RFC 3810 5.2");
static_assert(sizeof(struct mld_record_message) == 20, "RFC 3810 5.2");

static const uint8_t unspecified[16];
static const uint8_t all_mldv2_routers[16] = {0xff, 0x02, [15] = 0x16};

bool
mld_is_message(const struct frame *frame)
{
	const uint8_t *type = frame_l4(frame);

	return *type >= MLD_QUERY && *type <= MLD_DONE_V1;
}

// Decodes a code of RFC 3810 5.1.3 or 5.1.9: a small number as such, a larger one as mantissa and exponent.
static uint32_t
number_of_code(uint32_t code, unsigned mantissa_bits)
{
	uint32_t mantissa = code & ((1u << mantissa_bits) - 1);
	uint32_t exponent = code >> mantissa_bits & 7;
	bool plain = code >> (mantissa_bits + 3) == 0;

	return plain ? code : (mantissa | 1u << mantissa_bits) << (exponent + 3);
}

// The checks of RFC 3810 6.2 and 8.1, and 5.1.10 for the list of sources.
static bool
query_is_valid(const struct frame *frame)
{
	const struct ipv6_header *ip = frame_l3(frame);
	const struct mld_query_message *query = frame_l4(frame);

	if (!ipv6_is_link_local(ip->src_addr) || ip->hop_limits != MLD_HOP_LIMIT
	    || !frame->router_alert)
		return false;
	if (frame->l4_len != QUERY_V1_LEN
	    && (frame->l4_len < QUERY_V2_LEN
		|| frame->l4_len - QUERY_V2_LEN
			< rte_be_to_cpu_16(query->source_count) * SOURCE_BYTES))
		return false;
	return query->group[0] == 0xff || ipv6_is_unspecified(query->group);
}

static uint64_t
word_of_query(const struct frame *frame, uint64_t tsc)
{
	const struct mld_query_message *query = frame_l4(frame);
	uint64_t word = tsc >> TIME_SHIFT << WORD_TIME_AT | rte_be_to_cpu_16(query->response_code);

	if (frame->l4_len == QUERY_V1_LEN)
		return word;
	return word | UINT64_C(1) << WORD_V2_AT
		| (uint64_t)(query->flags & ROBUSTNESS_BITS) << WORD_ROBUSTNESS_AT
		| (uint64_t)query->interval_code << WORD_INTERVAL_AT;
}

struct mld_query
mld_query_from_word(uint64_t word)
{
	uint32_t code = word & ((1u << WORD_CODE_BITS) - 1);

	if ((word >> WORD_V2_AT & 1) == 0) // RFC 2710 3.4: plain milliseconds
		return (struct mld_query){.v1 = true, .delay_ms = code};
	return (struct mld_query){
		.delay_ms = number_of_code(code, 12),
		.robustness = word >> WORD_ROBUSTNESS_AT & ROBUSTNESS_BITS,
		.interval_s = number_of_code(word >> WORD_INTERVAL_AT & 0xff, 4),
	};
}

static bool
in_group_of(const struct host *host, const uint8_t group[16], unsigned i)
{
	static const uint8_t solicited[13] = {0xff, 0x02, [11] = 1, [12] = 0xff};

	return (host->ipv6_anycast >> i & 1) == 0 && memcmp(group, solicited, 13) == 0
		&& memcmp(group + 13, host->ipv6[i] + 13, 3) == 0;
}

// The first address whose group this is, or HOST_NO_ADDRESS.
static int
find_group(const struct host *host, const uint8_t group[16])
{
	for (unsigned i = 0; i < host->ipv6_count; i++)
		if (in_group_of(host, group, i))
			return (int)i;
	return HOST_NO_ADDRESS;
}

enum verdict
mld_receive(
	const struct host *host,
	const struct frame *frame,
	struct host_notes *notes,
	uint64_t tsc
)
{
	const struct mld_query_message *query = frame_l4(frame);
	int group = MLD_ALL_GROUPS;

	// Reports of other hosts do not suppress ours: RFC 3810 8.2.2 leaves that to the host, and a
	// snooping switch needs a report of each listener (RFC 4541 2.1.1).
	if (query->type != MLD_QUERY)
		return VERDICT_mld_noted;
	if (!query_is_valid(frame))
		return VERDICT_mld_malformed;
	if (query->group[0] == 0xff) {
		group = find_group(host, query->group);
		if (group == HOST_NO_ADDRESS)
			return VERDICT_mld_noted;
	}
	uint64_t *note = group == MLD_ALL_GROUPS ? &notes->mld_general_query
						 : &notes->mld_group_queries[group];

	__atomic_store_n(note, word_of_query(frame, tsc), __ATOMIC_RELAXED);
	return VERDICT_mld_query;
}

static void
solicited_nodes(const uint8_t address[16], uint8_t group[16])
{
	memcpy(group, (const uint8_t[13]){0xff, 0x02, [11] = 1, [12] = 0xff}, 13);
	memcpy(group + 13, address + 13, 3);
}

uint32_t
mld_groups(const struct host *host)
{
	uint32_t groups = 0;

	for (unsigned i = 0; i < host->ipv6_count; i++) {
		uint8_t group[16];

		solicited_nodes(host->ipv6[i], group);
		if (find_group(host, group) == (int)i)
			groups |= UINT32_C(1) << i;
	}
	return groups;
}

// The source address of reports: RFC 3810 5.2.13.
static const uint8_t *
report_source(const struct host *host)
{
	uint32_t usable = __atomic_load_n(&host->ipv6_usable, __ATOMIC_RELAXED);

	for (unsigned i = 0; i < host->ipv6_count; i++)
		if (ipv6_is_link_local(host->ipv6[i]) && (usable >> i & 1) != 0)
			return host->ipv6[i];
	return unspecified;
}

bool
mld_has_source(const struct host *host)
{
	return report_source(host) != unspecified;
}

// Writes the headers in front of a message and points *message behind them.
static struct ipv6_header *
write_headers(const struct host *host, uint8_t *bytes, const uint8_t to[16], void **message)
{
	struct rte_ether_addr mac = {{0x33, 0x33, to[12], to[13], to[14], to[15]}};
	uint8_t l2_len = frame_write_ether(host, bytes, &mac, RTE_ETHER_TYPE_IPV6);
	struct ipv6_header *ip = (void *)(bytes + l2_len);

	*ip = (struct ipv6_header){
		.vtc_flow = RTE_BE32(0x60000000),
		.proto = IPV6_HOP_BY_HOP,
		.hop_limits = MLD_HOP_LIMIT,
	};
	memcpy(ip->src_addr, report_source(host), 16);
	memcpy(ip->dst_addr, to, 16);
	memcpy(ip + 1, router_alert, sizeof(router_alert));
	*message = (uint8_t *)(ip + 1) + sizeof(router_alert);
	return ip;
}

// Completes a message of `len` bytes: checksum and length. Returns the length of the frame.
static uint16_t
finish_message(const struct host *host, struct ipv6_header *ip, void *message, uint16_t len)
{
	rte_be16_t checksum = checksum_l4(ip, FAMILY_IPV6, IPPROTO_ICMPV6, message, len);

	memcpy((uint8_t *)message + CHECKSUM_AT, &checksum, sizeof(checksum));
	ip->payload_len = rte_cpu_to_be_16((uint16_t)(sizeof(router_alert) + len));
	return host->l2_len + sizeof(*ip) + sizeof(router_alert) + len;
}

uint16_t
mld_write_report(const struct host *host, uint8_t *bytes, enum mld_record record, uint32_t groups)
{
	void *message;
	struct ipv6_header *ip = write_headers(host, bytes, all_mldv2_routers, &message);
	struct mld_report_message *report = message;
	struct mld_record_message *records = (void *)(report + 1);
	uint16_t count = 0;

	for (unsigned i = 0; i < host->ipv6_count; i++) {
		if ((groups >> i & 1) == 0)
			continue;
		records[count] = (struct mld_record_message){.type = (uint8_t)record};
		solicited_nodes(host->ipv6[i], records[count].group);
		count++;
	}
	*report = (struct mld_report_message){
		.type = MLD_REPORT,
		.record_count = rte_cpu_to_be_16(count),
	};
	return finish_message(
		host, ip, message, (uint16_t)(sizeof(*report) + count * sizeof(*records))
	);
}

uint16_t
mld_write_report_v1(const struct host *host, uint8_t *bytes, unsigned i)
{
	uint8_t group[16];
	void *message;

	solicited_nodes(host->ipv6[i], group);
	struct ipv6_header *ip = write_headers(host, bytes, group, &message);
	struct mld_report_v1_message *report = message;

	*report = (struct mld_report_v1_message){.type = MLD_REPORT_V1};
	memcpy(report->group, group, 16);
	return finish_message(host, ip, message, sizeof(*report));
}
