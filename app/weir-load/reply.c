// SPDX-License-Identifier: BSD-3-Clause
// Start reading at reply_check(), at the end.

#include "reply.h"

#include "datagram.h"
#include "options.h"
#include "peer_list.h"

#include <rte_common.h>

#include <string.h>

void
reply_checks_init(
	struct reply_checks *checks,
	const struct options *options,
	const struct flows *flows,
	const struct flight *flight
)
{
	*checks = (struct reply_checks){
		.flows = flows,
		.flight = flight,
		.tracker.ipv4 = options->tracker_ipv4.address,
		.tracker.port = rte_cpu_to_be_16((uint16_t)options->port),
		.allow_self = options->allow_self,
		.junk_sent = options->junk > 0,
		.num_want = options->num_want,
	};
	memcpy(checks->tracker.ipv6, options->tracker_ipv6.address, 16);
}

static void
set_wrong(struct reply *reply, enum wrong wrong)
{
	reply->outcome = REPLY_WRONG;
	reply->wrong = wrong;
}

static bool
destination_matches(
	const struct reply_checks *checks,
	const struct datagram *datagram,
	uint32_t flow
)
{
	if (datagram->udp->dst_port != checks->flows->items[flow].port
	    || datagram->ipv6 != flow_is_ipv6(checks->flows, flow))
		return false;
	if (likely(!datagram->ipv6)) {
		rte_be32_t address = flow_ipv4(checks->flows, flow);

		return memcmp(datagram->destination, &address, 4) == 0;
	}
	rte_be64_t address[2] = {flow_ipv6_high(checks->flows, flow), FLOW_IPV6_LOW};

	return memcmp(datagram->destination, address, 16) == 0;
}

static struct peer_list_faults
scan_peers(const struct reply_checks *checks, const struct reply *reply, bool ipv6)
{
	const uint8_t *peers = reply->payload + sizeof(struct bep15_announce_reply);
	const struct pending *pending = reply->pending;

	if (likely(!ipv6))
		return peer_list_scan_ipv4(
			peers, reply->peers, flow_ipv4(checks->flows, pending->flow), pending->port
		);
	rte_be64_t self[2] = {flow_ipv6_high(checks->flows, pending->flow), FLOW_IPV6_LOW};

	return peer_list_scan_ipv6(peers, reply->peers, self, pending->port);
}

static enum wrong
check_announce(const struct reply_checks *checks, struct reply *reply)
{
	const struct bep15_announce_reply *announce = (const void *)reply->payload;
	bool ipv6 = flow_is_ipv6(checks->flows, reply->pending->flow);
	unsigned entry = ipv6 ? BEP15_PEER_IPV6_BYTES : BEP15_PEER_IPV4_BYTES;
	unsigned peers_len = reply->len - (unsigned)sizeof(*announce);

	if (reply->len < sizeof(*announce) || peers_len % entry != 0)
		return WRONG_length;
	reply->peers = (uint16_t)(peers_len / entry);
	if (reply->peers > checks->num_want)
		return WRONG_too_many;
	if ((int32_t)rte_be_to_cpu_32(announce->interval) <= 0)
		return WRONG_interval;
	if ((uint64_t)rte_be_to_cpu_32(announce->seeders) + rte_be_to_cpu_32(announce->leechers)
	    < reply->peers)
		return WRONG_counts;
	struct peer_list_faults faults = scan_peers(checks, reply, ipv6);

	if (unlikely(faults.port_zero > 0))
		return WRONG_port_zero;
	reply->lists_self = faults.self > 0;
	return reply->lists_self && !checks->allow_self ? WRONG_self : WRONG_NONE;
}

static enum wrong
check_payload(const struct reply_checks *checks, struct reply *reply)
{
	const struct bep15_reply *header = (const void *)reply->payload;
	const struct pending *pending = reply->pending;

	if (unlikely(header->action != rte_cpu_to_be_32(pending->kind)))
		return header->action == RTE_BE32(BEP15_ERROR) ? WRONG_error_reply : WRONG_action;
	if (pending->kind == KIND_ANNOUNCE)
		return check_announce(checks, reply);
	unsigned len = pending->kind == KIND_CONNECT
		? sizeof(struct bep15_connect_reply)
		: sizeof(*header) + pending->hashes * sizeof(struct bep15_scrape_row);

	return reply->len == len ? WRONG_NONE : WRONG_length;
}

static bool
is_expired_error(const struct reply *reply)
{
	char message[128];
	size_t len = RTE_MIN(reply->len - sizeof(struct bep15_reply), sizeof(message) - 1);

	memcpy(message, reply->payload + sizeof(struct bep15_reply), len);
	message[len] = '\0';
	return strcasestr(message, "expired") != NULL;
}

// A reply to no request in flight.
static void
check_stray(const struct reply_checks *checks, enum flight_find find, struct reply *reply)
{
	const struct bep15_reply *header = (const void *)reply->payload;
	bool junk = header->transaction_id & RTE_BE32(FLIGHT_JUNK);

	// Trackers that refuse noise may leave the transaction id 0.
	if (checks->junk_sent && header->action == RTE_BE32(BEP15_ERROR)
	    && (junk || header->transaction_id == 0))
		reply->outcome = REPLY_REFUSED;
	else if (find == FLIGHT_LATE)
		reply->outcome = REPLY_LATE;
	else
		set_wrong(reply, junk ? WRONG_junk_answered : WRONG_unknown_transaction);
}

void
reply_check(
	const struct reply_checks *checks,
	const uint8_t *frame,
	uint16_t len,
	struct reply *reply
)
{
	struct datagram datagram;
	enum wrong wrong;
	struct pending *pending;

	*reply = (struct reply){.outcome = REPLY_OTHER};
	if (!datagram_read(&datagram, &checks->tracker, frame, len, &wrong))
		return;
	reply->payload = datagram.payload;
	reply->len = datagram.payload_len;
	if (unlikely(wrong != WRONG_NONE)) {
		set_wrong(reply, wrong);
		return;
	}
	if (unlikely(reply->len < sizeof(struct bep15_reply))) {
		set_wrong(reply, WRONG_length);
		return;
	}
	const struct bep15_reply *header = (const void *)reply->payload;
	enum flight_find find =
		flight_find(checks->flight, rte_be_to_cpu_32(header->transaction_id), &pending);

	if (unlikely(find != FLIGHT_FOUND)) {
		check_stray(checks, find, reply);
		return;
	}
	reply->pending = pending;
	if (unlikely(!destination_matches(checks, &datagram, pending->flow))) {
		set_wrong(reply, WRONG_address);
		return;
	}
	wrong = check_payload(checks, reply);
	if (likely(wrong == WRONG_NONE))
		reply->outcome = REPLY_GOOD;
	else if (wrong == WRONG_error_reply && is_expired_error(reply))
		reply->outcome = REPLY_EXPIRED;
	else
		set_wrong(reply, wrong);
}
