// SPDX-License-Identifier: BSD-3-Clause
// From the outside in; reply_check, at the end, gives the order.

#include "reply.h"

#include "../../lib/net/checksum.h"
#include "options.h"

#include <string.h>

const struct wrong_info wrong_infos[WRONG_COUNT] = {
	{"", ""},
#define WRONG(name, help) {#name, help},
#include "wrong.def"
#undef WRONG
};

// A datagram that looks like a reply. Addresses stay where they lie.
struct datagram {
	const struct rte_udp_hdr *udp;
	const void *ip;
	const uint8_t *destination;
	bool ipv6;
	bool from_tracker; // by its address
};

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
		.tracker_ipv4 = options->tracker_ipv4.address,
		.port = rte_cpu_to_be_16((uint16_t)options->port),
		.allow_self = options->allow_self,
		.junk_asked = options->junk > 0,
		.num_want = options->num_want,
	};
	memcpy(checks->tracker_ipv6, options->tracker_ipv6.address, 16);
}

static void
set_wrong(struct reply *reply, enum wrong wrong)
{
	reply->outcome = REPLY_WRONG;
	reply->wrong = wrong;
}

// --- headers --------------------------------------------------------------------------------------

// REPLY_OTHER stays where it is no UDP; WRONG_frame where it is, of the tracker, but malformed.
static bool
read_ipv4(
	const struct reply_checks *checks,
	const uint8_t *bytes,
	unsigned room,
	struct datagram *datagram,
	struct reply *reply
)
{
	const struct rte_ipv4_hdr *ip = (const void *)bytes;

	if (room < sizeof(*ip) + sizeof(struct rte_udp_hdr) || ip->next_proto_id != IPPROTO_UDP)
		return false;
	unsigned total = rte_be_to_cpu_16(ip->total_length);

	datagram->ip = ip;
	datagram->udp = (const void *)(ip + 1);
	datagram->destination = (const uint8_t *)&ip->dst_addr;
	datagram->from_tracker = ip->src_addr == checks->tracker_ipv4;
	reply->len = (uint16_t)(total - sizeof(*ip) - sizeof(struct rte_udp_hdr));
	if (unlikely(
		    ip->version_ihl != RTE_IPV4_VHL_DEF || total > room
		    || total < sizeof(*ip) + sizeof(struct rte_udp_hdr)
		    || ip->fragment_offset & RTE_BE16(0x3fff)
	    )) {
		set_wrong(reply, WRONG_frame);
		return datagram->from_tracker;
	}
	if (unlikely(!checksum_ipv4_ok(ip)))
		set_wrong(reply, WRONG_checksum);
	return true;
}

static bool
read_ipv6(
	const struct reply_checks *checks,
	const uint8_t *bytes,
	unsigned room,
	struct datagram *datagram,
	struct reply *reply
)
{
	const struct ipv6_header *ip = (const void *)bytes;

	if (room < sizeof(*ip) + sizeof(struct rte_udp_hdr) || ip->proto != IPPROTO_UDP)
		return false;
	unsigned payload = rte_be_to_cpu_16(ip->payload_len);

	datagram->ip = ip;
	datagram->ipv6 = true;
	datagram->udp = (const void *)(ip + 1);
	datagram->destination = ip->dst_addr;
	datagram->from_tracker = memcmp(ip->src_addr, checks->tracker_ipv6, 16) == 0;
	reply->len = (uint16_t)(payload - sizeof(struct rte_udp_hdr));
	if (unlikely(
		    *bytes >> 4 != 6 || payload > room - sizeof(*ip)
		    || payload < sizeof(struct rte_udp_hdr)
	    )) {
		set_wrong(reply, WRONG_frame);
		return datagram->from_tracker;
	}
	return true;
}

static bool
udp_checksum_holds(const struct datagram *datagram, uint16_t udp_len)
{
	if (datagram->udp->dgram_cksum == 0)
		return !datagram->ipv6; // RFC 8200 8.1
	return checksum_l4_ok(
		datagram->ipv6 ? FAMILY_IPV6 : FAMILY_IPV4, IPPROTO_UDP, datagram->udp, udp_len
	);
}

// False: not a datagram of the tracker, nor one that pretends to be.
static bool
read_headers(
	const struct reply_checks *checks,
	const uint8_t *frame,
	uint16_t len,
	struct datagram *datagram,
	struct reply *reply
)
{
	const struct rte_ether_hdr *ether = (const void *)frame;
	const uint8_t *ip = (const uint8_t *)(ether + 1);

	if (likely(len > sizeof(*ether) && ether->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV4))) {
		if (!read_ipv4(checks, ip, len - sizeof(*ether), datagram, reply))
			return false;
	} else if (len > sizeof(*ether) && ether->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV6)) {
		if (!read_ipv6(checks, ip, len - sizeof(*ether), datagram, reply))
			return false;
	} else {
		return false;
	}
	if (reply->outcome == REPLY_WRONG)
		return true;

	const struct rte_udp_hdr *udp = datagram->udp;
	uint16_t udp_len = sizeof(*udp) + reply->len;

	if (unlikely(udp->src_port != checks->port || !datagram->from_tracker)) {
		set_wrong(reply, WRONG_address);
		return datagram->from_tracker || udp->src_port == checks->port
			|| udp->dst_port == checks->port;
	}
	if (unlikely(udp->dgram_len != rte_cpu_to_be_16(udp_len)))
		set_wrong(reply, WRONG_frame);
	else if (!udp_checksum_holds(datagram, udp_len))
		set_wrong(reply, WRONG_checksum);
	reply->payload = (const uint8_t *)(udp + 1);
	return true;
}

static bool
goes_to_asker(const struct reply_checks *checks, const struct datagram *datagram, uint32_t flow)
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

// --- lists of peers -----------------------------------------------------------------------------

struct listed {
	unsigned self; // times
	unsigned port_zero;
};

// Loads of 8 bytes for entries of 6: two bytes behind the last entry are read, and ignored.
static struct listed
look_through_ipv4(const uint8_t *peers, unsigned count, rte_be32_t address, rte_be16_t port)
{
	uint64_t self = (uint64_t)port << 48 | (uint64_t)address << 16;
	struct listed listed = {0};

	for (unsigned i = 0; i < count; i++) {
		uint64_t word;

		memcpy(&word, peers + i * BEP15_PEER_IPV4_BYTES, 8);
		word <<= 16;
		listed.self += word == self;
		listed.port_zero += word >> 48 == 0;
	}
	return listed;
}

static struct listed
look_through_ipv6(
	const uint8_t *peers,
	unsigned count,
	const rte_be64_t self[2],
	rte_be16_t self_port
)
{
	struct listed listed = {0};

	for (unsigned i = 0; i < count; i++) {
		uint64_t address[2];
		rte_be16_t port;

		memcpy(address, peers + i * BEP15_PEER_IPV6_BYTES, 16);
		memcpy(&port, peers + i * BEP15_PEER_IPV6_BYTES + 16, 2);
		listed.self += address[0] == self[0] && address[1] == self[1] && port == self_port;
		listed.port_zero += port == 0;
	}
	return listed;
}

static struct listed
look_through(const struct reply_checks *checks, const struct reply *reply, bool ipv6)
{
	const uint8_t *peers = reply->payload + sizeof(struct bep15_announce_reply);
	const struct asked *asked = reply->asked;

	if (likely(!ipv6))
		return look_through_ipv4(
			peers, reply->peers, flow_ipv4(checks->flows, asked->flow), asked->port
		);
	rte_be64_t self[2] = {flow_ipv6_high(checks->flows, asked->flow), FLOW_IPV6_LOW};

	return look_through_ipv6(peers, reply->peers, self, asked->port);
}

// --- payloads -------------------------------------------------------------------------------------

static enum wrong
check_announce(const struct reply_checks *checks, struct reply *reply)
{
	const struct bep15_announce_reply *answer = (const void *)reply->payload;
	bool ipv6 = flow_is_ipv6(checks->flows, reply->asked->flow);
	unsigned entry = ipv6 ? BEP15_PEER_IPV6_BYTES : BEP15_PEER_IPV4_BYTES;
	unsigned room = reply->len - (unsigned)sizeof(*answer);

	if (reply->len < sizeof(*answer) || room % entry != 0)
		return WRONG_length;
	reply->peers = (uint16_t)(room / entry);
	if (reply->peers > checks->num_want)
		return WRONG_too_many;
	if ((int32_t)rte_be_to_cpu_32(answer->interval) <= 0)
		return WRONG_interval;
	if ((uint64_t)rte_be_to_cpu_32(answer->seeders) + rte_be_to_cpu_32(answer->leechers)
	    < reply->peers)
		return WRONG_counts;
	struct listed listed = look_through(checks, reply, ipv6);

	if (unlikely(listed.port_zero > 0))
		return WRONG_port_zero;
	reply->lists_self = listed.self > 0;
	return reply->lists_self && !checks->allow_self ? WRONG_self : WRONG_NONE;
}

static enum wrong
check_payload(const struct reply_checks *checks, struct reply *reply)
{
	const struct bep15_reply *answer = (const void *)reply->payload;
	const struct asked *asked = reply->asked;

	if (unlikely(answer->action != rte_cpu_to_be_32(asked->kind)))
		return answer->action == RTE_BE32(BEP15_ERROR) ? WRONG_error_reply : WRONG_action;
	if (asked->kind == KIND_ANNOUNCE)
		return check_announce(checks, reply);
	unsigned len = asked->kind == KIND_CONNECT
		? sizeof(struct bep15_connect_reply)
		: sizeof(*answer) + asked->hashes * sizeof(struct bep15_scrape_row);

	return reply->len == len ? WRONG_NONE : WRONG_length;
}

static bool
says_expired(const struct reply *reply)
{
	char message[128];
	size_t len = RTE_MIN(reply->len - sizeof(struct bep15_reply), sizeof(message) - 1);

	memcpy(message, reply->payload + sizeof(struct bep15_reply), len);
	message[len] = '\0';
	return strcasestr(message, "expired") != NULL;
}

// A reply to nothing that waits.
static void
check_stray(const struct reply_checks *checks, enum flight_find find, struct reply *reply)
{
	const struct bep15_reply *answer = (const void *)reply->payload;
	bool junk = answer->transaction_id & RTE_BE32(FLIGHT_JUNK);

	// Trackers that refuse noise may leave the transaction id 0.
	if (checks->junk_asked && answer->action == RTE_BE32(BEP15_ERROR)
	    && (junk || answer->transaction_id == 0))
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
	struct datagram datagram = {0};
	struct asked *asked;

	*reply = (struct reply){.outcome = REPLY_OTHER};
	if (!read_headers(checks, frame, len, &datagram, reply)) {
		reply->outcome = REPLY_OTHER;
		return;
	}
	if (unlikely(reply->outcome == REPLY_WRONG))
		return;
	if (unlikely(reply->len < sizeof(struct bep15_reply))) {
		set_wrong(reply, WRONG_length);
		return;
	}
	const struct bep15_reply *answer = (const void *)reply->payload;
	enum flight_find find =
		flight_find(checks->flight, rte_be_to_cpu_32(answer->transaction_id), &asked);

	if (unlikely(find != FLIGHT_FOUND)) {
		check_stray(checks, find, reply);
		return;
	}
	reply->asked = asked;
	if (unlikely(!goes_to_asker(checks, &datagram, asked->flow))) {
		set_wrong(reply, WRONG_address);
		return;
	}
	enum wrong wrong = check_payload(checks, reply);

	if (likely(wrong == WRONG_NONE))
		reply->outcome = REPLY_GOOD;
	else if (wrong == WRONG_error_reply && says_expired(reply))
		reply->outcome = REPLY_EXPIRED;
	else
		set_wrong(reply, wrong);
}
