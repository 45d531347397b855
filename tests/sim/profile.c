// SPDX-License-Identifier: BSD-3-Clause

#include "profile.h"

#include "dice.h"
#include "fail.h"
#include "faults.h"

#include <stdio.h>

static uint32_t
one_of(struct dice *dice, const uint32_t *values, unsigned count)
{
	return values[dice_below(dice, count)];
}

#define ONE_OF(dice, ...)                                                                          \
	one_of(dice, (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

static void
draw_replies(struct profile *profile, struct dice *dice)
{
	profile->interval_s = ONE_OF(dice, 30, 60, 120);
	profile->spread_s = ONE_OF(dice, 0, 1, 30);
	profile->peers_default = ONE_OF(dice, 0, 10, 50, 200);
	profile->peers_max_ipv4 = ONE_OF(dice, 1, 50, 200, 200);
	profile->peers_max_ipv6 = ONE_OF(dice, 1, 66, 66);
	profile->stage_turns = ONE_OF(dice, 0, 1, 37);
}

static void
draw_limits(struct profile *profile, struct dice *dice)
{
	profile->budget = ONE_OF(dice, 1, 20, 200);
	profile->burst = ONE_OF(dice, 70, 500, 5000);
	profile->connects = ONE_OF(dice, 0, 1, 10);
}

// Of the peers and torrents of one source.
static void
draw_shares(struct profile *profile, struct dice *dice)
{
	profile->peers_per_source = ONE_OF(dice, 0, 2, 40);
	profile->peers_per_pair = ONE_OF(dice, 0, 1, 2);
	profile->torrents_per_source = ONE_OF(dice, 0, 1, 20);
}

static void
make_small(struct profile *profile, struct dice *dice)
{
	profile->small_tables = true;
	profile->max_torrents = ONE_OF(dice, 1, 20, 300);
	profile->max_peers = ONE_OF(dice, 10, 500, 3000);
	draw_shares(profile, dice);
}

void
profile_draw(struct profile *profile, uint64_t seed)
{
	struct dice dice = dice_of(seed, 1);

	draw_replies(profile, &dice);
	profile->test_seed = 1 + dice_below(&dice, INT32_MAX - 1);
	profile->max_torrents = 60000;
	profile->max_peers = 60000;
	profile->timeout_s = ONE_OF(&dice, 200, 600, 2700, 9000);
	profile->keep_completed_s = ONE_OF(&dice, 0, 600, 86400);
	profile->id_max_age_s = ONE_OF(&dice, 60, 120, 600, 7200);
	profile->detail = dice_once_in(&dice, 2);
	profile->ring_size = ONE_OF(&dice, 64, 1024);
	profile->mbufs = 4000;
	profile->dad = dice_once_in(&dice, 4);
	profile->steered = profile->shared && fault_strikes(FAULT_steering);
	if (fault_strikes(FAULT_small_rings))
		profile->ring_size = ONE_OF(fault_dice(FAULT_small_rings), 2, 4, 16);
	if (fault_strikes(FAULT_small_pool))
		profile->mbufs = ONE_OF(fault_dice(FAULT_small_pool), 63, 300);
	if (fault_strikes(FAULT_small_tables))
		make_small(profile, fault_dice(FAULT_small_tables));
	if (fault_strikes(FAULT_limits)) {
		draw_limits(profile, fault_dice(FAULT_limits));
		// Small tables estimate too high to let a peer too many in.
		if (dice_once_in(fault_dice(FAULT_limits), 2))
			draw_shares(profile, fault_dice(FAULT_limits));
	}
}

void
profile_draw_reload(struct profile *profile)
{
	struct dice *dice = fault_dice(FAULT_reload);

	draw_replies(profile, dice);
	if (fault_is_on(FAULT_limits)) {
		profile->budget = profile->connects = 0;
		if (dice_once_in(dice, 2))
			draw_limits(profile, dice);
	}
}

static void
write_lcores(const struct profile *profile, FILE *out)
{
	unsigned first_worker = profile->shared ? 1 : 1 + profile->ios;

	fprintf(out, "lcores = { main = [ 0 ]; ring_size = %u; io = [", profile->ring_size);
	for (unsigned i = 0; i < profile->ios; i++)
		fprintf(out, "%s %u", i == 0 ? "" : ",", 1 + i);
	fprintf(out, " ]; workers = [");
	for (unsigned i = 0; i < profile->workers; i++)
		fprintf(out, "%s %u", i == 0 ? "" : ",", first_worker + i);
	fprintf(out, " ]; };\n");
}

static void
write_all(const struct profile *p, FILE *out, const char *snapshot_path)
{
	fprintf(out,
		"ports = ( { addresses = [ \"45.1.0.1/16\", \"2a01:1::1/64\" ]; } );\n"
		"tracker = { interval = %u; interval_spread = %u; peers_default = %u;\n"
		"  peers_max_ipv4 = %u; peers_max_ipv6 = %u; connection_id_max_age = %u; };\n",
		p->interval_s,
		p->spread_s,
		p->peers_default,
		p->peers_max_ipv4,
		p->peers_max_ipv6,
		p->id_max_age_s);
	fprintf(out,
		"swarm = { max_torrents = %u; max_peers = %u; peer_timeout = %u;\n"
		"  keep_completed = %u; peer_detail = %s; };\n",
		p->max_torrents,
		p->max_peers,
		p->timeout_s,
		p->keep_completed_s,
		p->detail ? "true" : "false");
	fprintf(out,
		"limits = { budget = %u; burst = %u; connects = %u; peers_per_source = %u;\n"
		"  peers_per_swarm_and_source = %u; torrents_per_source = %u; };\n",
		p->budget,
		p->burst == 0 ? 600000 : p->burst,
		p->connects,
		p->peers_per_source,
		p->peers_per_pair,
		p->torrents_per_source);
	fprintf(out,
		"memory = { mbufs = %u; hugepages = \"no\"; };\n"
		"host = { dad = %s; };\n"
		"telemetry = { stage_turns = %u; capture = false; };\n"
		"driver = { steering = \"%s\"; };\n"
		"log = { level = \"error\"; };\n"
		"snapshot = { file = \"%s\"; interval = 0; };\n"
		"test = { seed = %u; };\n",
		p->mbufs,
		p->dad ? "true" : "false",
		p->stage_turns,
		p->steered ? "flow" : "software",
		snapshot_path,
		p->test_seed);
}

void
profile_write(const struct profile *profile, const char *path, const char *snapshot_path)
{
	FILE *out = fopen(path, "w");

	fail_unless(out != NULL, "%s cannot be written", path);
	write_lcores(profile, out);
	write_all(profile, out, snapshot_path);
	fclose(out);
}
