// SPDX-License-Identifier: BSD-3-Clause
// Boot step: steering of announces in the NIC (driver.steering), so that most of them arrive on the lcore that owns
// their torrent and need no ring.
//
// Queue q of every port belongs to io lcore q. Rules of rte_flow, or RSS over the info_hash, bring an announce to the
// queue of the lcore that owns its torrent; steer.h computes the same owner. A NIC is never trusted with it: each request
// is checked in software, and goes through a ring if this lcore is not the owner. So rules that do nothing, or something
// else, cost time and no swarm. All ports steer, or none; without rules Weir steers, by its keyed hash.

#pragma once

#include "../weir.h"

enum { STEERING_WORD_MAX = 16 };

// Whether a NIC is to steer, if it can.
static inline bool
steering_is_wanted(const struct config *config)
{
	return config->steering != CONFIG_STEERING_SOFTWARE;
}

// Steering in the NIC needs lcores with both roles.
bool
steering_check(const struct config *config, const struct lcore_plan *plan, struct error *error);

// Once ports have started and before torrents are loaded: creates the rules and decides who owns which torrent. Ports
// that do not take them are no failure: the log says what is used in place.
bool steering_up(struct weir *weir, struct error *error);

// Removes the rules, and frees the mbufs of requests that no worker has served.
void steering_down(struct weir *weir);

// The word of the setting for a kind of steering.
void steering_word(enum config_steering kind, char *word, size_t size);
