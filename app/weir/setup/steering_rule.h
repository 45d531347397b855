// SPDX-License-Identifier: BSD-3-Clause
// A rule of rte_flow that steers announces of one address family by their info_hash (BEP 15: 16 bytes into the
// payload, behind connection_id, action and transaction_id).
//
// Drivers take bytes of the payload in two shapes. Neither says anything about Weir's other packets: connects, scrapes
// and what is no datagram for the tracker stay with RSS over addresses.

#pragma once

#include "../../../lib/net/host.h"
#include "../../../lib/stats/verdict.h"

#include <rte_flow.h>

#include <stdint.h>

enum steering_shape {
	// ETH [VLAN] IPV4|IPV6 UDP RAW: the bytes follow the UDP header (i40e)
	STEERING_ITEMS,
	// RAW alone: a whole frame and its mask in hexadecimal digits, which a parser in the card understands (ice, iavf)
	STEERING_FRAME,
	STEERING_SHAPES,
};

enum {
	STEERING_ITEMS_MAX = 6, // with END
	STEERING_FRAME_BYTES_MAX = 18 + 40 + 8 + 36, // up to the end of the info_hash
	STEERING_RAW_BYTES = 8, // from the low half of `action` to the second byte of the info_hash
};

// Points into itself: it stays where it is made. Drivers copy it.
struct steering_rule {
	struct rte_flow_item items[STEERING_ITEMS_MAX];
	struct rte_flow_action actions[2];
	struct rte_flow_item_vlan vlan[2]; // the value, and the mask; likewise below
	struct rte_flow_item_udp udp[2];
	struct rte_flow_item_raw raw[2];
	uint8_t bytes[2][STEERING_RAW_BYTES];
	char digits[2][2 * STEERING_FRAME_BYTES_MAX + 1];
	struct rte_flow_action_queue queue;
	struct rte_flow_action_rss rss;
};

// Announces whose info_hash has a first byte that is `pattern` where `mask` has ones go to a queue.
struct steering_match {
	enum family family;
	uint8_t mask, pattern;
	uint16_t queue;
};

void steering_rule_queue(
	struct steering_rule *rule,
	enum steering_shape shape,
	const struct host *host,
	const struct steering_match *match
);

// Datagrams of a family are spread by a hash of the 20 bytes where an announce has its info_hash. Only as STEERING_FRAME.
void steering_rule_rss(struct steering_rule *rule, const struct host *host, enum family family);

// As the functions of rte_flow: 0 or a negative errno; NULL on failure.
int steering_rule_validate(
	const struct steering_rule *rule,
	uint16_t port,
	struct rte_flow_error *error
);
struct rte_flow *
steering_rule_create(const struct steering_rule *rule, uint16_t port, struct rte_flow_error *error);
