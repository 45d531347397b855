// SPDX-License-Identifier: BSD-3-Clause

#include "packet.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	PACKETS = 1 << 14,
	ETHER = 14,
	IPV4 = 20,
	IPV6 = 40,
	UDP = 8,
	PROTOCOL_ICMP = 1,
	PROTOCOL_UDP = 17,
	PROTOCOL_ICMP6 = 58,
};

const uint8_t packet_host_mac[6] = {2, 0, 0, 0, 0, 1};
const uint8_t packet_router_mac[6] = {2, 0, 0, 0, 0, 0xfe};
const uint8_t packet_host4[4] = {45, 1, 0, 1};
const uint8_t packet_host6[16] = {0x2a, 0x01, 0, 1, [15] = 1};

static struct packet *packets;
static struct packet *unused[PACKETS];
static unsigned unused_count;

// --- bytes ------------------------------------------------------------------------------------

static void
put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

static void
put64(uint8_t *at, uint64_t value)
{
	put32(at, (uint32_t)(value >> 32));
	put32(at + 4, (uint32_t)value);
}

uint16_t
packet_checksum(const uint8_t *bytes, unsigned len, uint32_t sum)
{
	for (unsigned i = 0; i + 1 < len; i += 2)
		sum += (unsigned)bytes[i] << 8 | bytes[i + 1];
	if (len % 2 != 0)
		sum += (unsigned)bytes[len - 1] << 8;
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint16_t
packet_l4_checksum(const uint8_t *ip, unsigned protocol, unsigned len)
{
	bool ipv4 = ip[0] >> 4 == 4;
	const uint8_t *addresses = ip + (ipv4 ? 12 : 8);
	unsigned header = ipv4 ? IPV4 : IPV6;
	uint16_t sum = packet_checksum(addresses, ipv4 ? 8 : 32, protocol + len);

	return packet_checksum(ip + header, len, (uint16_t)~sum);
}

// --- packets ----------------------------------------------------------------------------------

static void
make_packets(void)
{
	packets = calloc(PACKETS, sizeof(*packets));
	if (packets == NULL)
		abort();
	while (unused_count < PACKETS) {
		unused[unused_count] = &packets[PACKETS - 1 - unused_count];
		unused_count++;
	}
}

struct packet *
packet_new(uint32_t client, bool stranger, uint32_t transaction)
{
	if (packets == NULL)
		make_packets();
	if (unused_count == 0)
		return NULL;
	struct packet *packet = unused[--unused_count];

	memset(packet, 0, offsetof(struct packet, bytes));
	packet->holders = 1;
	packet->client = client;
	packet->stranger = stranger;
	packet->transaction = transaction;
	packet->family = packet_family(client);
	packet->payload_at = (uint16_t)(ETHER + UDP + (packet->family == 0 ? IPV4 : IPV6));
	return packet;
}

void
packet_hold(struct packet *packet)
{
	packet->holders++;
}

void
packet_release(struct packet *packet)
{
	if (--packet->holders == 0)
		unused[unused_count++] = packet;
}

unsigned
packets_used(void)
{
	return packets == NULL ? 0 : PACKETS - unused_count;
}

// --- headers ----------------------------------------------------------------------------------

unsigned
packet_family(uint32_t client)
{
	return client / PACKET_NEIGHBOURS % 3 == 2;
}

void
packet_address(uint32_t client, bool stranger, uint8_t address[PACKET_ADDRESS_MAX])
{
	uint32_t number = client / PACKET_NEIGHBOURS + 1;
	bool ipv6 = packet_family(client) == 1;

	memset(address, 0, PACKET_ADDRESS_MAX);
	put32(address, (ipv6 ? UINT32_C(0x2a020000) : UINT32_C(0x0b000000)) + (ipv6 ? 0 : number));
	if (ipv6) {
		put32(address + 4, number);
		address[15] = stranger ? 2 : 1;
	}
	put16(address + (ipv6 ? 16 : 4), PACKET_PORT_FIRST + client);
}

static void
write_ip(struct packet *packet, unsigned protocol, unsigned len)
{
	uint8_t *ip = packet->bytes + ETHER, address[PACKET_ADDRESS_MAX];

	memcpy(packet->bytes, packet_host_mac, 6);
	memcpy(packet->bytes + 6, packet_router_mac, 6);
	packet_address(packet->client, packet->stranger, address);
	if (packet->family == 0) {
		put16(packet->bytes + 12, 0x0800);
		memset(ip, 0, IPV4);
		ip[0] = 0x45;
		put16(ip + 2, IPV4 + len);
		ip[8] = 57; // TTL
		ip[9] = (uint8_t)protocol;
		memcpy(ip + 12, address, 4);
		memcpy(ip + 16, packet_host4, 4);
		put16(ip + 10, packet_checksum(ip, IPV4, 0));
		packet->len = (uint16_t)(ETHER + IPV4 + len);
	} else {
		put16(packet->bytes + 12, 0x86dd);
		memset(ip, 0, 8);
		ip[0] = 0x60;
		put16(ip + 4, len);
		ip[6] = (uint8_t)protocol;
		ip[7] = 57;
		memcpy(ip + 8, address, 16);
		memcpy(ip + 24, packet_host6, 16);
		packet->len = (uint16_t)(ETHER + IPV6 + len);
	}
}

// The payload is there.
static void
close_datagram(struct packet *packet, unsigned len)
{
	uint8_t *udp = packet->bytes + packet->payload_at - UDP;

	packet->payload_len = (uint16_t)len;
	put16(udp, PACKET_PORT_FIRST + packet->client);
	put16(udp + 2, PACKET_TRACKER_PORT);
	put16(udp + 4, UDP + len);
	put16(udp + 6, 0);
	write_ip(packet, PROTOCOL_UDP, UDP + len);
	uint16_t sum = packet_l4_checksum(packet->bytes + ETHER, PROTOCOL_UDP, UDP + len);

	put16(udp + 6, sum == 0 ? 0xffff : sum);
}

// --- requests ---------------------------------------------------------------------------------

static uint8_t *
write_request(struct packet *packet, uint64_t id, uint32_t action)
{
	uint8_t *payload = packet->bytes + packet->payload_at;

	put64(payload, id);
	put32(payload + 8, action);
	put32(payload + 12, packet->transaction);
	return payload;
}

void
packet_write_connect(struct packet *packet)
{
	packet->kind = PACKET_CONNECT;
	write_request(packet, UINT64_C(0x41727101980), 0);
	close_datagram(packet, 16);
}

void
packet_write_announce(
	struct packet *packet,
	const struct packet_id *id,
	const struct packet_announce *announce
)
{
	uint8_t *payload = write_request(packet, id->id, 1);

	packet->kind = PACKET_ANNOUNCE;
	packet->id = *id;
	memcpy(payload + 16, announce->info_hash, 20);
	memcpy(payload + 36, "-SI0001-", 8);
	put64(payload + 44, packet->client);
	put32(payload + 52, packet->transaction);
	put64(payload + 56, 1);
	put64(payload + 64, announce->left);
	put64(payload + 72, 2);
	put32(payload + 80, announce->event);
	put32(payload + 84, 0);
	put32(payload + 88, packet->client);
	put32(payload + 92, announce->num_want);
	put16(payload + 96, announce->port_zero ? 0 : PACKET_PORT_FIRST + packet->client);
	memset(payload + 98, 0, announce->extra);
	close_datagram(packet, 98u + announce->extra);
}

void
packet_write_scrape(
	struct packet *packet,
	const struct packet_id *id,
	const uint8_t (*hashes)[20],
	unsigned count,
	uint16_t extra
)
{
	uint8_t *payload = write_request(packet, id->id, 2);

	packet->kind = PACKET_SCRAPE;
	packet->id = *id;
	memcpy(payload + 16, hashes, 20 * (size_t)count);
	memset(payload + 16 + 20 * (size_t)count, 0x55, extra);
	close_datagram(packet, 16 + 20 * count + extra);
}

void
packet_write_datagram(struct packet *packet, const void *bytes, uint16_t len)
{
	memcpy(packet->bytes + packet->payload_at, bytes, len);
	packet->kind = PACKET_BROKEN;
	close_datagram(packet, len);
}

void
packet_write_arp(struct packet *packet)
{
	static const uint8_t head[] = {0, 1, 8, 0, 6, 4, 0, 1};
	uint8_t *arp = packet->bytes + ETHER;
	uint8_t mac[6] = {2, 0, 1, 0, (uint8_t)(packet->client >> 8), (uint8_t)packet->client};

	packet->kind = PACKET_HOST;
	memset(packet->bytes, 0xff, 6);
	memcpy(packet->bytes + 6, mac, 6);
	put16(packet->bytes + 12, 0x0806);
	memcpy(arp, head, sizeof(head));
	memcpy(arp + 8, mac, 6);
	memcpy(arp + 14, packet_host4, 2);
	put16(arp + 16, 2 + packet->client % 60000);
	memset(arp + 18, 0, 6);
	memcpy(arp + 24, packet_host4, 4);
	packet->len = ETHER + 28;
}

void
packet_write_ping(struct packet *packet, uint16_t len)
{
	unsigned protocol = packet->family == 0 ? PROTOCOL_ICMP : PROTOCOL_ICMP6;
	uint8_t *icmp = packet->bytes + ETHER + (packet->family == 0 ? IPV4 : IPV6);

	packet->kind = PACKET_HOST;
	memset(icmp, 0, 8u + len);
	icmp[0] = packet->family == 0 ? 8 : 128;
	put32(icmp + 4, packet->transaction);
	write_ip(packet, protocol, 8u + len);
	put16(icmp + 2,
	      packet->family == 0 ? packet_checksum(icmp, 8u + len, 0)
				  : packet_l4_checksum(packet->bytes + ETHER, protocol, 8u + len));
}
