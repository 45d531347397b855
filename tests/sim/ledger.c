// SPDX-License-Identifier: BSD-3-Clause

#include "ledger.h"

#include "../../app/weir/control/tally.h"
#include "appliance.h"
#include "fail.h"
#include "faults.h"
#include "port.h"
#include "virtual.h"

#include <string.h>

static struct {
	uint64_t received;
	uint64_t missing_addresses; // received while addresses may not be in use
	uint64_t kinds[FAMILY_COUNT][PACKET_HOST + 1]; // received
	uint64_t broken[FAMILY_COUNT]
		       [VERDICT_COUNT]; // received, by the verdict that they have to get
	uint64_t may_forge[FAMILY_COUNT];
	uint64_t replied[FAMILY_COUNT][VERDICT_COUNT];
	uint64_t missing_until_ns;
	int held;
} books;

static uint64_t requests;

static enum family
family_of(const struct packet *packet)
{
	if (packet->bytes[12] == 8 && packet->bytes[13] == 6)
		return FAMILY_LINK;
	return packet->family == 0 ? FAMILY_IPV4 : FAMILY_IPV6;
}

void
ledger_open(void)
{
	int held = books.held;

	memset(&books, 0, sizeof(books));
	books.held = held;
}

void
ledger_received(const struct packet *packet)
{
	enum family family = family_of(packet);

	books.received++;
	requests += packet->kind != PACKET_HOST;
	books.kinds[family][packet->kind]++;
	books.missing_addresses += ledger_misses_addresses();
	if (packet->kind == PACKET_BROKEN)
		books.broken[family][packet->verdict]++;
}

void
ledger_replied(const struct packet *packet, unsigned verdict)
{
	books.replied[family_of(packet)][verdict]++;
}

void
ledger_hold(int mbufs)
{
	books.held += mbufs;
}

void
ledger_addresses_missing(uint64_t until_ns)
{
	books.missing_until_ns = until_ns;
}

bool
ledger_misses_addresses(void)
{
	return virtual_ns() < books.missing_until_ns;
}

uint64_t
ledger_requests(void)
{
	return requests;
}

// --- verdicts -----------------------------------------------------------------------------------

static uint64_t
decided(const struct stats *sum)
{
	uint64_t packets = 0;

	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			packets += sum->verdicts[f][v];
	return packets;
}

// How many packets may have ended in a verdict that is no reply of the tracker.
static uint64_t
most_of(enum family family, enum verdict verdict)
{
	const uint64_t *kinds = books.kinds[family];
	uint64_t asked = kinds[PACKET_CONNECT] + kinds[PACKET_ANNOUNCE] + kinds[PACKET_SCRAPE];
	uint64_t all = asked + kinds[PACKET_BROKEN] + kinds[PACKET_HOST];

	switch (verdict) {
	case VERDICT_id_forged: // also ids that have become too old, or of other keys
		return kinds[PACKET_ANNOUNCE] + kinds[PACKET_SCRAPE];
	case VERDICT_source_limited:
		return fault_is_on(FAULT_limits) ? asked : 0;
	case VERDICT_overload:
		return fault_is_on(FAULT_limits) ? asked : 0;
	case VERDICT_ring_full:
		return fault_is_on(FAULT_small_rings) || fault_is_on(FAULT_stall)
				|| fault_is_on(FAULT_flood) || fault_is_on(FAULT_burst)
			? asked
			: 0;
	case VERDICT_tx_full:
		return fault_is_on(FAULT_full_transmit) ? all : 0;
	case VERDICT_ip_destination:
	case VERDICT_icmp_noted: // a ping over IPv6 to an address that is being probed
		return books.missing_addresses;
	case VERDICT_arp_answered:
	case VERDICT_arp_limited:
	case VERDICT_arp_noted:
	case VERDICT_echo_answered:
	case VERDICT_echo_limited:
		return kinds[PACKET_HOST];
	default:
		return books.broken[family][verdict];
	}
}

static bool
is_reply_of_tracker(enum verdict verdict)
{
	return verdict_infos[verdict].outcome == OUTCOME_ANSWERED
		&& verdict_infos[verdict].kind != VERDICT_KIND_HOST;
}

static void
check_verdict(const struct stats *sum, enum family family, enum verdict verdict, bool all_sent)
{
	uint64_t count = sum->verdicts[family][verdict];
	uint64_t replied = books.replied[family][verdict], most = most_of(family, verdict);

	if (is_reply_of_tracker(verdict))
		fail_unless(
			replied <= count && (!all_sent || replied == count),
			"%ju replies over %s were sent, and %s counts %ju",
			(uintmax_t)replied,
			family_names[family],
			verdict_infos[verdict].name,
			(uintmax_t)count
		);
	else
		fail_unless(
			count <= most,
			"verdict %s over %s is counted %ju times, at most %ju are right",
			verdict_infos[verdict].name,
			family_names[family],
			(uintmax_t)count,
			(uintmax_t)most
		);
}

// What is malformed has to end as such, whatever happens, but where Weir has no address yet.
static void
check_broken(const struct stats *sum)
{
	for (enum family f = 0; f < FAMILY_COUNT; f++)
		for (enum verdict v = 0; v < VERDICT_COUNT; v++)
			fail_unless(
				sum->verdicts[f][v] + books.missing_addresses >= books.broken[f][v],
				"%ju packets have to get the verdict %s, and %ju have",
				(uintmax_t)books.broken[f][v],
				verdict_infos[v].name,
				(uintmax_t)sum->verdicts[f][v]
			);
}

static void
check_verdicts(const struct stats *sum, bool at_rest)
{
	uint64_t taken = books.received - port_received_all();
	bool all_sent = port_unsent_all() == 0;

	fail_unless(
		sum->values[STAT_rx_packets] == taken,
		"%ju packets left receive queues, and %ju are counted",
		(uintmax_t)taken,
		(uintmax_t)sum->values[STAT_rx_packets]
	);
	fail_unless(
		decided(sum) + appliance_jobs() == taken,
		"%ju packets were received, %ju have a verdict and %u are with workers",
		(uintmax_t)taken,
		(uintmax_t)decided(sum),
		appliance_jobs()
	);
	for (enum family f = 0; f < FAMILY_COUNT; f++)
		for (enum verdict v = 0; v < VERDICT_COUNT; v++)
			check_verdict(sum, f, v, all_sent);
	if (at_rest)
		check_broken(sum);
}

// --- mbufs ----------------------------------------------------------------------------------------

static void
check_owners(void)
{
	unsigned in_use = rte_mempool_in_use_count(appliance_pool());
	unsigned owned = port_received_all() + port_unsent_all() + appliance_jobs()
		+ appliance_outboxes() + (unsigned)books.held;

	fail_unless(
		in_use == owned,
		"%u mbufs are in use, and %u have an owner: %u received, %u with workers, %u to be "
		"sent",
		in_use,
		owned,
		port_received_all(),
		appliance_jobs(),
		port_unsent_all()
	);
}

void
ledger_check(bool at_rest)
{
	struct stats sum;

	tally_stats(appliance_weir(), &sum);
	check_owners();
	check_verdicts(&sum, at_rest);
}
