// SPDX-License-Identifier: BSD-3-Clause
// A card whose driver takes rules of rte_flow, in place of DPDK's functions for rules and RSS: it records them, refuses
// what a test wants, and says on which queue a frame would arrive. One for a program.

#pragma once

#include <rte_ethdev.h>
#include <rte_flow.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	CARD_RULES_MAX = 1024, // of all ports, ever created
	CARD_FRAME_MAX = 128, // bytes that a rule looks at
	CARD_NO_RULE = -1,
	CARD_TABLE_MAX = 512,
};

struct card_rule {
	bool live;
	bool is_rss; // over bytes of a frame
	uint16_t port;
	uint16_t queue; // the first of several
	uint16_t queues; // of RSS over addresses; 0: it goes to one
	unsigned bytes;
	uint8_t value[CARD_FRAME_MAX], mask[CARD_FRAME_MAX];
};

extern struct card {
	// What the driver can do.
	bool takes_items; // ETH / VLAN / IP / UDP / RAW
	bool takes_frames; // RAW alone, in hexadecimal digits
	int refuse_validation; // this one, from 1; 0: none
	int refuse_creation;
	bool refuse_destruction, refuse_table, hides_key;
	bool refuse_isolation;
	struct rte_eth_dev_info info;

	// What it was told.
	int validations, creations, destructions, key_updates, table_updates, isolations;
	unsigned rule_count;
	struct card_rule rules[CARD_RULES_MAX];
	uint8_t key[64];
	uint16_t table[RTE_MAX_ETHPORTS][CARD_TABLE_MAX];
} card;

// A card that does everything, and has been told nothing.
void card_reset(void);

unsigned card_live_rules(void);

// The queue of a port on which a rule puts a frame, or CARD_NO_RULE.
int card_queue(uint16_t port, const uint8_t *frame, unsigned bytes);
