// SPDX-License-Identifier: BSD-3-Clause

#include "steering_rule.h"

#include "../../../lib/bep15/wire.h"
#include "../../../lib/net/ipv6.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum {
	VALUE,
	MASK,
	ACTION_LOW_AT = offsetof(struct bep15_announce, request.action) + 2,
	INFO_HASH_AT = offsetof(struct bep15_announce, info_hash),
	PAYLOAD_BYTES = INFO_HASH_AT + BEP15_INFO_HASH_BYTES,
};

static_assert(
	INFO_HASH_AT + 2 - ACTION_LOW_AT == STEERING_RAW_BYTES,
	"both are in the bytes of a rule"
);

static const struct rte_flow_attr ingress = {.ingress = 1};

static void
set_end(struct steering_rule *rule, enum rte_flow_action_type type, const void *conf)
{
	rule->actions[0] = (struct rte_flow_action){.type = type, .conf = conf};
	rule->actions[1].type = RTE_FLOW_ACTION_TYPE_END;
}

// --- items ----------------------------------------------------------------------------------------

// With the value and its mask, or the mere presence of a header.
static struct rte_flow_item
item(enum rte_flow_item_type type, const void *value, const void *mask)
{
	return (struct rte_flow_item){.type = type, .spec = value, .mask = mask};
}

static void
make_items(struct steering_rule *rule, const struct host *host, const struct steering_match *match)
{
	struct rte_flow_item *next = rule->items;

	*next++ = item(RTE_FLOW_ITEM_TYPE_ETH, NULL, NULL);
	if (host->vlan_tci != 0) {
		rule->vlan[VALUE].hdr.vlan_tci = host->vlan_tci;
		rule->vlan[MASK].hdr.vlan_tci = RTE_BE16(RTE_VLAN_ID_MASK);
		*next++ = item(RTE_FLOW_ITEM_TYPE_VLAN, &rule->vlan[VALUE], &rule->vlan[MASK]);
	}
	*next++ = match->family == FAMILY_IPV4 ? item(RTE_FLOW_ITEM_TYPE_IPV4, NULL, NULL)
					       : item(RTE_FLOW_ITEM_TYPE_IPV6, NULL, NULL);
	rule->udp[VALUE].hdr.dst_port = host->udp_port;
	rule->udp[MASK].hdr.dst_port = UINT16_MAX;
	*next++ = item(RTE_FLOW_ITEM_TYPE_UDP, &rule->udp[VALUE], &rule->udp[MASK]);
	rule->bytes[VALUE][1] = BEP15_ANNOUNCE;
	rule->bytes[MASK][0] = rule->bytes[MASK][1] = UINT8_MAX;
	rule->bytes[VALUE][INFO_HASH_AT - ACTION_LOW_AT] = match->pattern;
	rule->bytes[MASK][INFO_HASH_AT - ACTION_LOW_AT] = match->mask;
	rule->raw[VALUE] = (struct rte_flow_item_raw){
		.relative = 1,
		.offset = ACTION_LOW_AT,
		.length = STEERING_RAW_BYTES,
		.pattern = rule->bytes[VALUE],
	};
	rule->raw[MASK] = rte_flow_item_raw_mask;
	rule->raw[MASK].reserved = 0;
	rule->raw[MASK].pattern = rule->bytes[MASK];
	*next++ = item(RTE_FLOW_ITEM_TYPE_RAW, &rule->raw[VALUE], &rule->raw[MASK]);
	*next = item(RTE_FLOW_ITEM_TYPE_END, NULL, NULL);
}

// --- a whole frame --------------------------------------------------------------------------------

// Headers that make a parser find a datagram for the tracker. Returns where the payload begins.
static unsigned
write_headers(uint8_t *frame, const struct host *host, enum family family)
{
	bool is_ipv4 = family == FAMILY_IPV4;
	uint16_t type = rte_cpu_to_be_16(is_ipv4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	struct rte_udp_hdr udp = {
		.dst_port = host->udp_port,
		.dgram_len = RTE_BE16(sizeof(udp) + PAYLOAD_BYTES),
	};
	struct rte_ipv4_hdr ipv4 = {
		.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = RTE_BE16(sizeof(ipv4) + sizeof(udp) + PAYLOAD_BYTES),
		.time_to_live = HOST_TTL,
		.next_proto_id = IPPROTO_UDP,
	};
	struct ipv6_header ipv6 = {
		.vtc_flow = RTE_BE32(6u << 28),
		.payload_len = udp.dgram_len,
		.proto = IPPROTO_UDP,
		.hop_limits = HOST_TTL,
	};
	unsigned at = host->l2_len;

	if (host->vlan_tci != 0) {
		memcpy(frame + at - 6, &(rte_be16_t){RTE_BE16(RTE_ETHER_TYPE_VLAN)}, 2);
		memcpy(frame + at - 4, &host->vlan_tci, 2);
	}
	memcpy(frame + at - 2, &type, 2);
	if (is_ipv4)
		memcpy(frame + at, &ipv4, sizeof(ipv4));
	else
		memcpy(frame + at, &ipv6, sizeof(ipv6));
	at += is_ipv4 ? sizeof(ipv4) : sizeof(ipv6);
	memcpy(frame + at, &udp, sizeof(udp));
	return at + (unsigned)sizeof(udp);
}

static void
write_digits(char *digits, const uint8_t *bytes, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		snprintf(digits + 2 * (size_t)i, 3, "%02x", bytes[i]);
}

static void
set_frame(struct steering_rule *rule, uint8_t frames[2][STEERING_FRAME_BYTES_MAX], unsigned bytes)
{
	for (unsigned i = VALUE; i <= MASK; i++) {
		write_digits(rule->digits[i], frames[i], bytes);
		rule->raw[i].length = (uint16_t)(2 * bytes);
		rule->raw[i].pattern = (const uint8_t *)rule->digits[i];
	}
	rule->items[0] = item(RTE_FLOW_ITEM_TYPE_RAW, &rule->raw[VALUE], &rule->raw[MASK]);
	rule->items[1] = item(RTE_FLOW_ITEM_TYPE_END, NULL, NULL);
}

static void
make_frame(struct steering_rule *rule, const struct host *host, const struct steering_match *match)
{
	uint8_t frames[2][STEERING_FRAME_BYTES_MAX] = {0};
	unsigned at = write_headers(frames[VALUE], host, match->family);
	rte_be16_t port = UINT16_MAX;

	memcpy(frames[MASK] + at - sizeof(struct rte_udp_hdr)
		       + offsetof(struct rte_udp_hdr, dst_port),
	       &port,
	       sizeof(port));
	frames[VALUE][at + ACTION_LOW_AT + 1] = BEP15_ANNOUNCE;
	memset(frames[MASK] + at + ACTION_LOW_AT, UINT8_MAX, 2);
	frames[VALUE][at + INFO_HASH_AT] = match->pattern;
	frames[MASK][at + INFO_HASH_AT] = match->mask;
	set_frame(rule, frames, at + PAYLOAD_BYTES);
}

// --- rules ----------------------------------------------------------------------------------------

void
steering_rule_queue(
	struct steering_rule *rule,
	enum steering_shape shape,
	const struct host *host,
	const struct steering_match *match
)
{
	memset(rule, 0, sizeof(*rule));
	if (shape == STEERING_ITEMS)
		make_items(rule, host, match);
	else
		make_frame(rule, host, match);
	rule->queue.index = match->queue;
	set_end(rule, RTE_FLOW_ACTION_TYPE_QUEUE, &rule->queue);
}

void
steering_rule_rss(struct steering_rule *rule, const struct host *host, enum family family)
{
	uint8_t frames[2][STEERING_FRAME_BYTES_MAX] = {0};
	unsigned at = write_headers(frames[VALUE], host, family);

	memset(rule, 0, sizeof(*rule));
	frames[VALUE][at + ACTION_LOW_AT + 1] = BEP15_ANNOUNCE;
	memset(frames[MASK] + at + INFO_HASH_AT, UINT8_MAX, BEP15_INFO_HASH_BYTES);
	set_frame(rule, frames, at + PAYLOAD_BYTES);
	rule->rss.func = RTE_ETH_HASH_FUNCTION_TOEPLITZ;
	set_end(rule, RTE_FLOW_ACTION_TYPE_RSS, &rule->rss);
}

int
steering_rule_validate(
	const struct steering_rule *rule,
	uint16_t port,
	struct rte_flow_error *error
)
{
	return rte_flow_validate(port, &ingress, rule->items, rule->actions, error);
}

struct rte_flow *
steering_rule_create(const struct steering_rule *rule, uint16_t port, struct rte_flow_error *error)
{
	return rte_flow_create(port, &ingress, rule->items, rule->actions, error);
}
