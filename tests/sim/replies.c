// SPDX-License-Identifier: BSD-3-Clause

#include "replies.h"

#include "../../lib/stats/verdict.h"
#include "appliance.h"
#include "fail.h"

#include <string.h>

enum {
	ETHER = 14,
	UDP = 8,
	TTL = 64,
	SLOT_S = 64, // lib/guard/connid.h: an id is of a slot, and has its number's low byte
	SLOTS_TOLD_APART = 254,
};

static uint32_t clock_steps;

void
replies_clock_stepped(void)
{
	clock_steps++;
}

uint32_t
replies_clock_steps(void)
{
	return clock_steps;
}

static unsigned
get16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static uint32_t
get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

// --- headers ----------------------------------------------------------------------------------

static void
check_ip(const struct packet *packet, const uint8_t *ip, unsigned len)
{
	bool ipv4 = packet->family == 0;
	unsigned header = ipv4 ? 20 : 40;
	const uint8_t *request = packet->bytes + ETHER;
	bool right = ipv4
		? ip[0] == 0x45 && get16(ip + 2) == len && ip[8] == TTL && ip[9] == 17
			&& packet_checksum(ip, 20, 0) == 0
		: ip[0] == 0x60 && get16(ip + 4) == len - header && ip[6] == 17 && ip[7] == TTL;
	unsigned from = ipv4 ? 12 : 8, size = ipv4 ? 4 : 16;

	fail_unless(
		right && memcmp(ip + from, request + from + size, size) == 0
			&& memcmp(ip + from + size, request + from, size) == 0,
		"a reply to client %u has a wrong IP header",
		packet->client
	);
	fail_unless(
		get16(ip + header + 4) == len - header && get16(ip + header + 6) != 0
			&& packet_l4_checksum(ip, 17, len - header) == 0,
		"a reply to client %u has a wrong UDP header or checksum",
		packet->client
	);
	fail_unless(
		memcmp(ip + header, request + header + 2, 2) == 0
			&& memcmp(ip + header + 2, request + header, 2) == 0,
		"a reply to client %u has wrong UDP ports",
		packet->client
	);
}

// Returns the payload.
static const uint8_t *
check_headers(
	const struct packet *packet,
	const uint8_t *bytes,
	unsigned len,
	unsigned *payload_len
)
{
	fail_unless(len >= packet->payload_at + 8u, "a reply is too short");
	fail_unless(
		memcmp(bytes, packet->bytes + 6, 6) == 0
			&& memcmp(bytes + 6, packet_host_mac, 6) == 0
			&& memcmp(bytes + 12, packet->bytes + 12, 2) == 0,
		"a reply to client %u has a wrong Ethernet header",
		packet->client
	);
	check_ip(packet, bytes + ETHER, len - ETHER);
	*payload_len = len - packet->payload_at;
	return bytes + packet->payload_at;
}

// --- connection ids -----------------------------------------------------------------------------

static unsigned
states_at(const struct packet_id *id, uint32_t wall_s)
{
	int64_t age = (int64_t)(wall_s / SLOT_S) - id->wall_s / SLOT_S;
	uint32_t max = (appliance_weir()->config->connection_id_max_age_s + SLOT_S - 1) / SLOT_S;

	if (id->forged || id->keys != appliance_weir()->config->test_seed || age < -1
	    || age > SLOTS_TOLD_APART)
		return ID_FORGED;
	return age <= (int64_t)max ? ID_GOOD : ID_EXPIRED;
}

unsigned
reply_id_states(const struct flight *flight)
{
	const struct packet_id *id = &flight->packet->id;

	if (id->forged)
		return ID_FORGED;
	if (flight->steps != clock_steps)
		return ID_GOOD | ID_EXPIRED | ID_FORGED;
	return states_at(id, flight->wall_s) | states_at(id, appliance_wall_s());
}

// --- payloads -----------------------------------------------------------------------------------

static void
judge_connect(
	const struct packet *packet,
	const uint8_t *payload,
	unsigned len,
	struct reply *reply
)
{
	fail_unless(
		packet->kind == PACKET_CONNECT && len == 16,
		"client %u got a reply to a connect, of %u bytes",
		packet->client,
		len
	);
	reply->kind = REPLY_CONNECT;
	reply->verdict = VERDICT_connect;
	reply->id = (uint64_t)get32(payload + 8) << 32 | get32(payload + 12);
	fail_unless(reply->id != 0, "a connection id is 0");
}

static void
judge_announce(
	const struct flight *flight,
	const uint8_t *payload,
	unsigned len,
	struct reply *reply
)
{
	const struct packet *packet = flight->packet;
	unsigned stride = packet->family == 0 ? 6 : 18;

	fail_unless(
		packet->kind == PACKET_ANNOUNCE && flight->judged && len >= 20,
		"client %u got a reply to an announce",
		packet->client
	);
	fail_unless(
		get32(payload + 8) >= flight->interval_low
			&& get32(payload + 8) <= flight->interval_high,
		"the interval of a reply is %u",
		get32(payload + 8)
	);
	fail_unless(
		get32(payload + 12) == flight->leechers && get32(payload + 16) == flight->seeders
			&& len == 20 + flight->peer_count * stride
			&& flight_hash(payload + 20, len - 20) == flight->peers_hash,
		"the reply to client %u is not what the worker made of its announce",
		packet->client
	);
	reply->kind = REPLY_ANNOUNCE;
	reply->verdict = flight->verdict;
}

static void
judge_scrape(const struct flight *flight, const uint8_t *payload, unsigned len, struct reply *reply)
{
	const struct packet *packet = flight->packet;
	unsigned count = (packet->payload_len - 16u) / 20, max = packet->family == 0 ? 72 : 71;

	count = count < max ? count : max;
	fail_unless(
		packet->kind == PACKET_SCRAPE && len == 8 + 12 * count,
		"client %u got a reply to a scrape, of %u bytes",
		packet->client,
		len
	);
	for (unsigned i = 0; i < count; i++) {
		const struct flight_row *row = &flight->rows[i];
		const uint8_t *at = payload + 8 + 12 * i;

		fail_unless(
			row->known && get32(at) == row->seeders && get32(at + 4) == row->completed
				&& get32(at + 8) == row->leechers,
			"row %u of a scrape by client %u is not what the worker told",
			i,
			packet->client
		);
	}
	reply->kind = REPLY_SCRAPE;
	reply->verdict = VERDICT_scrape;
}

static bool
is_text(const uint8_t *payload, unsigned len, const char *text)
{
	return len == 8 + strlen(text) && memcmp(payload + 8, text, strlen(text)) == 0;
}

static void
judge_error(const struct flight *flight, const uint8_t *payload, unsigned len, struct reply *reply)
{
	const struct packet *packet = flight->packet;
	bool announce = packet->kind == PACKET_ANNOUNCE;
	bool port_zero = announce && get16(packet->bytes + packet->payload_at + 96) == 0;

	reply->kind = REPLY_ERROR;
	if (is_text(payload, len, "connection id expired")
	    && (announce || packet->kind == PACKET_SCRAPE)
	    && (reply_id_states(flight) & ID_EXPIRED) != 0)
		reply->verdict = VERDICT_id_expired;
	else if (is_text(payload, len, "port must not be 0") && port_zero)
		reply->verdict = VERDICT_announce_port_zero;
	else if (is_text(payload, len, "torrent not allowed") && flight->judged && flight->verdict == VERDICT_announce_denied)
		reply->verdict = VERDICT_announce_denied;
	else
		fail("client %u got an error: %.*s",
		     packet->client,
		     (int)len - 8,
		     (const char *)payload + 8);
}

// Nothing longer than the request goes to an address that has not proved itself.
static void
check_length(const struct flight *flight, unsigned len)
{
	const struct packet *packet = flight->packet;
	bool proved = packet->kind == PACKET_ANNOUNCE && !packet->id.forged && !packet->stranger
		&& (reply_id_states(flight) & ID_GOOD) != 0;

	fail_unless(
		len <= packet->payload_len || proved,
		"a reply of %u bytes went to client %u, which has not proved its address with %u",
		len,
		packet->client,
		packet->payload_len
	);
}

void
reply_judge(const struct flight *flight, const uint8_t *bytes, unsigned len, struct reply *reply)
{
	const struct packet *packet = flight->packet;
	unsigned payload_len;

	fail_unless(packet != NULL, "a datagram was sent that is no reply, or the second one");
	fail_unless(
		packet->kind <= PACKET_SCRAPE, "client %u got a reply to nothing", packet->client
	);
	const uint8_t *payload = check_headers(packet, bytes, len, &payload_len);

	fail_unless(
		get32(payload + 4) == packet->transaction,
		"a reply to client %u has another transaction id",
		packet->client
	);
	switch (get32(payload)) {
	case 0:
		judge_connect(packet, payload, payload_len, reply);
		break;
	case 1:
		judge_announce(flight, payload, payload_len, reply);
		break;
	case 2:
		judge_scrape(flight, payload, payload_len, reply);
		break;
	case 3:
		judge_error(flight, payload, payload_len, reply);
		break;
	default:
		fail("a reply has action %u", get32(payload));
	}
	if (reply->kind == REPLY_ANNOUNCE || reply->kind == REPLY_SCRAPE)
		fail_unless(
			(reply_id_states(flight) & ID_GOOD) != 0,
			"client %u was served with a connection id that is not valid",
			packet->client
		);
	check_length(flight, payload_len);
}
