// SPDX-License-Identifier: BSD-3-Clause

#include "flow_card.h"

#include <rte_errno.h>
#include <rte_thash.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct card card;

void
card_reset(void)
{
	memset(&card, 0, sizeof(card));
	card.takes_items = card.takes_frames = true;
	card.info.flow_type_rss_offloads = RTE_ETH_RSS_IP;
	card.info.hash_key_size = 40;
	card.info.reta_size = 128;
}

// --- rules into bytes -----------------------------------------------------------------------------

static void
put(struct card_rule *rule, unsigned at, const void *value, const void *mask, unsigned bytes)
{
	memcpy(rule->value + at, value, bytes);
	memcpy(rule->mask + at, mask, bytes);
}

// The types of headers tell a parser what they are.
static void
put_type(struct card_rule *rule, unsigned at, uint16_t type)
{
	rte_be16_t value = rte_cpu_to_be_16(type), mask = UINT16_MAX;

	put(rule, at, &value, &mask, sizeof(value));
}

// An item without a value matches any address.
static void
put_address(struct card_rule *rule, unsigned at, const struct rte_flow_item *item)
{
	const struct rte_flow_item_ipv4 *ipv4 = item->spec, *ipv4_mask = item->mask;
	const struct rte_flow_item_ipv6 *ipv6 = item->spec, *ipv6_mask = item->mask;

	if (item->spec == NULL)
		return;
	if (item->type == RTE_FLOW_ITEM_TYPE_IPV4)
		put(rule, at + 16, &ipv4->hdr.dst_addr, &ipv4_mask->hdr.dst_addr, 4);
	else
		put(rule, at + 24, &ipv6->hdr.dst_addr, &ipv6_mask->hdr.dst_addr, 16);
}

static bool
read_items(struct card_rule *rule, const struct rte_flow_item *item)
{
	unsigned type_at = 12, at = RTE_ETHER_HDR_LEN;
	const uint8_t udp = 17, all = UINT8_MAX;

	if (item->type != RTE_FLOW_ITEM_TYPE_ETH)
		return false;
	if (item->spec != NULL)
		put(rule, 0, item->spec, item->mask, RTE_ETHER_ADDR_LEN);
	item++;
	if (item->type == RTE_FLOW_ITEM_TYPE_VLAN) {
		put_type(rule, type_at, RTE_ETHER_TYPE_VLAN);
		put(rule, at, item->spec, item->mask, 2);
		type_at += RTE_VLAN_HLEN;
		at += RTE_VLAN_HLEN;
		item++;
	}
	if (item->type == RTE_FLOW_ITEM_TYPE_IPV4) {
		put_type(rule, type_at, RTE_ETHER_TYPE_IPV4);
		put(rule, at + 9, &udp, &all, 1);
		put_address(rule, at, item);
		at += 20;
	} else if (item->type == RTE_FLOW_ITEM_TYPE_IPV6) {
		put_type(rule, type_at, RTE_ETHER_TYPE_IPV6);
		put(rule, at + 6, &udp, &all, 1);
		put_address(rule, at, item);
		at += 40;
	} else {
		return false;
	}
	if ((++item)->type != RTE_FLOW_ITEM_TYPE_UDP)
		return false;
	put(rule, at, item->spec, item->mask, 8);
	at += 8;
	rule->bytes = at;
	if (item[1].type == RTE_FLOW_ITEM_TYPE_END)
		return true;
	if ((++item)->type != RTE_FLOW_ITEM_TYPE_RAW || item[1].type != RTE_FLOW_ITEM_TYPE_END)
		return false;
	const struct rte_flow_item_raw *spec = item->spec, *mask = item->mask;

	// As i40e has it: an even distance behind the header before, at most 16 bytes.
	if (!spec->relative || spec->search || spec->limit != 0 || spec->offset < 0
	    || spec->offset % 2 != 0 || spec->length > 16)
		return false;
	rule->bytes = at + (unsigned)spec->offset + spec->length;
	put(rule, at + (unsigned)spec->offset, spec->pattern, mask->pattern, spec->length);
	return true;
}

static bool
read_digits(const struct rte_flow_item_raw *raw, uint8_t *bytes)
{
	const char *digits = (const char *)raw->pattern;

	if (strlen(digits) != raw->length || raw->length % 2 != 0
	    || raw->length / 2 > CARD_FRAME_MAX)
		return false;
	for (unsigned i = 0; i < raw->length / 2; i++) {
		char pair[3] = {digits[2 * i], digits[2 * i + 1], '\0'}, *end;

		bytes[i] = (uint8_t)strtoul(pair, &end, 16);
		if (*end != '\0')
			return false;
	}
	return true;
}

// The parser of the card finds headers in the value; its mask need not name them.
static bool
read_frame(struct card_rule *rule, const struct rte_flow_item *item)
{
	const struct rte_flow_item_raw *spec = item->spec, *mask = item->mask;
	unsigned at = 12;

	if (item->type != RTE_FLOW_ITEM_TYPE_RAW || item[1].type != RTE_FLOW_ITEM_TYPE_END
	    || spec->length != mask->length || !read_digits(spec, rule->value)
	    || !read_digits(mask, rule->mask))
		return false;
	rule->bytes = spec->length / 2u;
	memset(rule->mask + at, UINT8_MAX, 2);
	if (rule->value[at] == 0x81) {
		at += RTE_VLAN_HLEN;
		memset(rule->mask + at, UINT8_MAX, 2);
	}
	bool is_ipv4 = rule->value[at] == 0x08 && rule->value[at + 1] == 0x00;

	rule->mask[at + 2 + (is_ipv4 ? 9 : 6)] = UINT8_MAX;
	return is_ipv4 || (rule->value[at] == 0x86 && rule->value[at + 1] == 0xdd);
}

static bool
read_actions(struct card_rule *rule, const struct rte_flow_action *action)
{
	if (action[1].type != RTE_FLOW_ACTION_TYPE_END)
		return false;
	if (action->type == RTE_FLOW_ACTION_TYPE_QUEUE) {
		rule->queue = ((const struct rte_flow_action_queue *)action->conf)->index;
		return true;
	}
	const struct rte_flow_action_rss *rss = action->conf;

	if (action->type == RTE_FLOW_ACTION_TYPE_RSS && rss->queue_num > 0) { // as mlx5 has it
		rule->queue = rss->queue[0];
		rule->queues = (uint16_t)rss->queue_num;
		memcpy(card.key, rss->key, rss->key_len);
		return rss->types != 0 && rss->queue[rss->queue_num - 1] == rss->queue_num - 1;
	}
	rule->is_rss = true; // as ice has it: no queues and no key
	return action->type == RTE_FLOW_ACTION_TYPE_RSS && rss->level == 0 && rss->queue == NULL
		&& rss->queue_num == 0 && rss->key_len == 0;
}

static bool
read_rule(
	struct card_rule *rule,
	uint16_t port,
	const struct rte_flow_attr *attr,
	const struct rte_flow_item *items,
	const struct rte_flow_action *actions
)
{
	bool is_frame = items[0].type == RTE_FLOW_ITEM_TYPE_RAW;

	*rule = (struct card_rule){.live = true, .port = port};
	return attr->ingress && !attr->egress && attr->priority == 0 && attr->group == 0
		&& (is_frame ? card.takes_frames && read_frame(rule, items)
			     : card.takes_items && read_items(rule, items))
		&& read_actions(rule, actions);
}

// --- DPDK's functions -----------------------------------------------------------------------------

int
rte_flow_validate(
	uint16_t port,
	const struct rte_flow_attr *attr,
	const struct rte_flow_item items[],
	const struct rte_flow_action actions[],
	struct rte_flow_error *error
)
{
	struct card_rule rule;

	if (++card.validations != card.refuse_validation
	    && read_rule(&rule, port, attr, items, actions))
		return 0;
	error->message = items[0].type == RTE_FLOW_ITEM_TYPE_RAW ? "no frames" : "no items";
	return -EINVAL;
}

struct rte_flow *
rte_flow_create(
	uint16_t port,
	const struct rte_flow_attr *attr,
	const struct rte_flow_item items[],
	const struct rte_flow_action actions[],
	struct rte_flow_error *error
)
{
	struct card_rule *rule = &card.rules[card.rule_count];

	(void)error; // no message: the error number has to do
	if (++card.creations != card.refuse_creation && card.rule_count < CARD_RULES_MAX
	    && read_rule(rule, port, attr, items, actions)) {
		card.rule_count++;
		return (struct rte_flow *)rule;
	}
	rte_errno = ENOSPC;
	return NULL;
}

int
rte_flow_destroy(uint16_t port, struct rte_flow *flow, struct rte_flow_error *error)
{
	struct card_rule *rule = (struct card_rule *)flow;

	(void)error;
	card.destructions++;
	if (card.refuse_destruction || !rule->live || rule->port != port)
		return -EIO;
	rule->live = false;
	return 0;
}

int
rte_flow_isolate(uint16_t port, int set, struct rte_flow_error *error)
{
	(void)port;
	card.isolations++;
	if (!card.refuse_isolation && set == 1)
		return 0;
	error->message = "no isolation";
	return -ENOTSUP;
}

int
rte_eth_dev_info_get(uint16_t port, struct rte_eth_dev_info *info)
{
	(void)port;
	*info = card.info;
	return 0;
}

int
rte_eth_dev_rss_hash_update(uint16_t port, struct rte_eth_rss_conf *conf)
{
	(void)port;
	card.key_updates++;
	memcpy(card.key, conf->rss_key, conf->rss_key_len);
	return 0;
}

int
rte_eth_dev_rss_hash_conf_get(uint16_t port, struct rte_eth_rss_conf *conf)
{
	(void)port;
	if (card.hides_key)
		return -ENOTSUP;
	memcpy(conf->rss_key, card.key, conf->rss_key_len);
	return 0;
}

int
rte_eth_dev_rss_reta_update(uint16_t port, struct rte_eth_rss_reta_entry64 *entries, uint16_t size)
{
	card.table_updates++;
	if (card.refuse_table || size != card.info.reta_size)
		return -EINVAL;
	for (unsigned i = 0; i < size; i++)
		card.table[port][i] =
			entries[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE];
	return 0;
}

// --- what becomes of a frame ----------------------------------------------------------------------

unsigned
card_live_rules(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < card.rule_count; i++)
		count += card.rules[i].live;
	return count;
}

// A rule of RSS is for all frames with its headers, whatever their payload; a frame that ends earlier has zeros there.
static bool
matches(const struct card_rule *rule, const uint8_t *frame, unsigned bytes)
{
	unsigned end = rule->is_rss ? rule->bytes - 20 : rule->bytes;

	if (end > bytes)
		return false;
	for (unsigned i = 0; i < end; i++)
		if (((frame[i] ^ rule->value[i]) & rule->mask[i]) != 0)
			return false;
	return true;
}

// Toeplitz over the bytes that the mask selects, in their order.
static unsigned
hash_of(const struct card_rule *rule, const uint8_t *frame, unsigned bytes)
{
	uint8_t input[CARD_FRAME_MAX] = {0};
	uint32_t words[CARD_FRAME_MAX / 4];
	unsigned count = 0;

	for (unsigned i = rule->bytes - 20; i < rule->bytes; i++)
		if (rule->mask[i] == UINT8_MAX)
			input[count++] = i < bytes ? frame[i] : 0;
	for (unsigned i = 0; i < count / 4; i++) {
		memcpy(&words[i], &input[4 * (size_t)i], 4);
		words[i] = rte_be_to_cpu_32(words[i]);
	}
	return rte_softrss(words, count / 4, card.key);
}

int
card_queue(uint16_t port, const uint8_t *frame, unsigned bytes)
{
	for (unsigned i = 0; i < card.rule_count; i++) {
		const struct card_rule *rule = &card.rules[i];

		if (!rule->live || rule->port != port || !matches(rule, frame, bytes))
			continue;
		if (!rule->is_rss)
			return rule->queue;
		return card.table[port][hash_of(rule, frame, bytes) % card.info.reta_size];
	}
	return CARD_NO_RULE;
}
