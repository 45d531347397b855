// SPDX-License-Identifier: BSD-3-Clause

#include "quota.h"

#include "appliance.h"
#include "fail.h"
#include "naive.h"
#include "virtual.h"

#include <stdlib.h>
#include <string.h>

enum {
	SOURCES = (1 << 16) / PACKET_NEIGHBOURS + 2, // addresses, or /64s, by their numbers
	CONNECTS_S = 10, // docs/limits.md: seconds of limits.connects that a source gets at once
	LATE_S = 8, // a request was charged this long before its reply, at most
	QUEUES_OF_64 = 2, // a /64 has two addresses here, which may be on queues of two lcores
};

// A bucket of tokens, which are thousandths.
struct bucket {
	int64_t level;
	uint64_t at_ns; // 0: full
};

static struct bucket connects[SOURCES], work[SOURCES];

void
quota_open(void)
{
	memset(connects, 0, sizeof(connects));
	memset(work, 0, sizeof(work));
}

// Each io lcore has its own budgets.
static unsigned
queues_of(const struct packet *packet)
{
	if (appliance_weir()->steering.in_force != CONFIG_STEERING_SOFTWARE)
		return appliance_weir()->plan.io_count;
	return packet->family == 0 ? 1 : QUEUES_OF_64;
}

static void
take(struct bucket *bucket, const struct packet *packet, uint32_t rate, int64_t size, int64_t price)
{
	unsigned times = queues_of(packet);
	int64_t full = times * 1000 * (size + (int64_t)rate * LATE_S + 1), passed_ns;

	if (rate == 0)
		return;
	passed_ns = (int64_t)(virtual_ns() - bucket->at_ns);
	if (bucket->at_ns == 0 || passed_ns / 1000000 * rate * times >= full - bucket->level)
		bucket->level = full;
	else
		bucket->level += passed_ns / 1000000 * rate * times;
	bucket->level -= 1000 * price;
	// What is left of a millisecond counts the next time.
	bucket->at_ns = virtual_ns() - (uint64_t)(bucket->at_ns == 0 ? 0 : passed_ns % 1000000);
	fail_unless(
		bucket->level >= 0,
		"the source of client %u got more than its limit of %u a second",
		packet->client,
		rate
	);
}

void
quota_served(const struct packet *packet, unsigned verdict)
{
	const struct config *config = appliance_weir()->config;
	static const struct config *of; // that the buckets are of
	uint32_t source = packet->client / PACKET_NEIGHBOURS;

	if (of != config)
		quota_open();
	of = config;
	if (packet->kind == PACKET_CONNECT || verdict == VERDICT_id_expired)
		take(&connects[source],
		     packet,
		     config->connects,
		     (int64_t)config->connects * CONNECTS_S,
		     1);
	else // no announce or scrape costs less than two units (docs/limits.md)
		take(&work[source], packet, config->budget, config->burst, 2);
}

// --- peers --------------------------------------------------------------------------------------

static uint32_t peers[SOURCES], in_torrent[SOURCES], touched[SOURCES];
static unsigned touched_count;
static uint32_t torrent_now;

static void
forget_torrent(void)
{
	while (touched_count > 0)
		in_torrent[touched[--touched_count]] = 0;
}

static void
count_peer(uint32_t torrent, unsigned family, const uint8_t *address)
{
	const struct config *config = appliance_weir()->config;
	const uint8_t *number = address + (family == 0 ? 1 : 5); // its last three bytes
	uint32_t source = ((uint32_t)number[0] << 16 | (uint32_t)number[1] << 8 | number[2]) - 1;

	if (torrent != torrent_now)
		forget_torrent();
	torrent_now = torrent;
	fail_unless(source < SOURCES, "a peer has an address of nobody");
	if (in_torrent[source]++ == 0)
		touched[touched_count++] = source;
	peers[source]++;
	fail_unless(
		config->peers_per_source == 0 || peers[source] <= config->peers_per_source,
		"source %u has more than %u peers",
		source,
		config->peers_per_source
	);
	fail_unless(
		config->peers_per_swarm_and_source == 0
			|| in_torrent[source] <= config->peers_per_swarm_and_source,
		"source %u has more than %u peers in torrent %u",
		source,
		config->peers_per_swarm_and_source,
		torrent
	);
}

void
quota_check_peers(void)
{
	memset(peers, 0, sizeof(peers));
	forget_torrent();
	naive_each(count_peer, appliance_now_s());
}
