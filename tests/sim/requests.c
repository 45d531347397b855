// SPDX-License-Identifier: BSD-3-Clause

#include "requests.h"

#include "../../lib/stats/verdict.h"
#include "torrents.h"

#include <stddef.h>
#include <string.h>

enum { EVENT_NONE, EVENT_COMPLETED, EVENT_STARTED, EVENT_STOPPED, EVENT_PAUSED };

// Some torrents are much more popular than others.
static uint32_t
draw_torrent(struct dice *dice)
{
	uint32_t below = 1 + dice_below(dice, torrents_count());

	return dice_below(dice, 1 + dice_below(dice, below));
}

static void
choose_torrent(struct requests_of_client *client, unsigned slot, struct dice *dice)
{
	client->joined[slot] = false;
	client->seeds[slot] = dice_once_in(dice, 3);
	client->torrents[slot] = draw_torrent(dice);
	for (unsigned i = 0; i < REQUEST_TORRENTS; i++)
		if (i != slot && client->torrents[i] == client->torrents[slot])
			client->torrents[slot] = (client->torrents[slot] + 1) % torrents_count();
}

void
requests_begin(struct requests_of_client *client, struct dice *dice)
{
	for (unsigned slot = 0; slot < REQUEST_TORRENTS; slot++)
		choose_torrent(client, slot, dice);
}

static void
draw_scrape(struct request *request, struct dice *dice)
{
	request->scrape = true;
	request->hash_count = (unsigned)(1 + dice_skewed(dice, 7) % PACKET_HASHES_MAX);
	request->extra = dice_once_in(dice, 10) ? (uint16_t)(1 + dice_below(dice, 11)) : 0;
	for (unsigned i = 0; i < request->hash_count; i++)
		torrent_hash(draw_torrent(dice), request->hashes[i]);
}

static void
draw_announce(struct request *request, const struct requests_of_client *client, struct dice *dice)
{
	static const uint32_t wants[] = {
		UINT32_MAX, UINT32_MAX, 0, 1, 30, 50, 200, 201, 5000, INT32_MAX, 0x80000000};
	struct packet_announce *announce = &request->announce;
	unsigned slot = dice_below(dice, REQUEST_TORRENTS);
	bool seeds = client->seeds[slot];

	request->slot = slot;
	if (!client->joined[slot])
		announce->event = EVENT_STARTED;
	else if (dice_once_in(dice, 12))
		announce->event = EVENT_STOPPED;
	else if (!seeds && dice_once_in(dice, 10))
		announce->event = EVENT_COMPLETED;
	else
		announce->event = dice_once_in(dice, 30) ? EVENT_PAUSED : EVENT_NONE;
	seeds |= announce->event == EVENT_COMPLETED;
	announce->left = seeds ? 0 : 1 + dice_below(dice, 1000000);
	announce->num_want = wants[dice_below(dice, sizeof(wants) / sizeof(*wants))];
	announce->extra = dice_once_in(dice, 4) ? (uint16_t)dice_below(dice, 300) : 0;
	announce->port_zero = dice_once_in(dice, 200);
	request->fails = announce->port_zero;
	torrent_hash(client->torrents[slot], announce->info_hash);
}

void
request_draw(struct request *request, const struct requests_of_client *client, struct dice *dice)
{
	memset(request, 0, offsetof(struct request, hashes));
	request->hash_count = 0;
	request->extra = 0;
	if (dice_once_in(dice, 20))
		draw_scrape(request, dice);
	else
		draw_announce(request, client, dice);
}

void
request_done(const struct request *request, struct requests_of_client *client, struct dice *dice)
{
	unsigned slot = request->slot;

	if (request->scrape || request->fails)
		return;
	client->joined[slot] = request->announce.event != EVENT_STOPPED;
	client->seeds[slot] |= request->announce.event == EVENT_COMPLETED;
	if (!client->joined[slot])
		choose_torrent(client, slot, dice);
}

void
request_write(const struct request *request, const struct packet_id *id, struct packet *packet)
{
	unsigned max = packet->family == 0 ? 72 : 71;

	if (!request->scrape)
		packet_write_announce(packet, id, &request->announce);
	else if (request->hash_count < max)
		packet_write_scrape(
			packet, id, request->hashes, request->hash_count, request->extra
		);
	else
		packet_write_scrape(packet, id, request->hashes, max, 0);
}

// --- broken ones --------------------------------------------------------------------------------

static void
write_malformed(struct packet *packet, enum verdict verdict, struct dice *dice)
{
	uint8_t bytes[1500] = {0, 0, 4, 0x17, 0x27, 0x10, 0x19, 0x80};
	unsigned max = packet->family == 0 ? 1472 : 1452;
	unsigned len = 16;

	switch (verdict) {
	case VERDICT_request_short:
		len = dice_below(dice, 16);
		break;
	case VERDICT_request_long:
		len = max + 1 + dice_below(dice, 3);
		break;
	case VERDICT_request_magic:
		bytes[dice_below(dice, 8)] ^= (uint8_t)(1 + dice_below(dice, 255));
		break;
	case VERDICT_request_action:
		bytes[8 + dice_below(dice, 3)] = (uint8_t)(1 + dice_below(dice, 255));
		break;
	case VERDICT_announce_short:
		bytes[11] = 1;
		len = 16 + dice_below(dice, 98 - 16);
		break;
	default:
		bytes[11] = 2;
		len = 16 + dice_below(dice, 20);
		break;
	}
	packet_write_datagram(packet, bytes, (uint16_t)len);
	packet->verdict = verdict;
}

// An id that somebody made up, or an old one of the client.
static void
write_with_id(const struct packet_id *id, struct packet *packet, struct dice *dice)
{
	struct packet_announce announce = {.num_want = UINT32_MAX, .left = 1};
	struct packet_id forged = {.id = dice_next(dice), .forged = true};
	const struct packet_id *shown = id->id == 0 || dice_once_in(dice, 2) ? &forged : id;

	// Over IPv6 other bits would make it an id of another address of the /64.
	if (shown == &forged && id->id != 0 && dice_once_in(dice, 2))
		forged.id = id->id ^ UINT64_C(1) << dice_below(dice, packet->family == 0 ? 64 : 28);
	torrent_hash(draw_torrent(dice), announce.info_hash);
	if (dice_once_in(dice, 3))
		packet_write_scrape(packet, shown, &announce.info_hash, 1, 0);
	else
		packet_write_announce(packet, shown, &announce);
}

void
request_write_broken(const struct packet_id *id, struct packet *packet, struct dice *dice)
{
	static const uint8_t verdicts[] = {
		VERDICT_request_short,
		VERDICT_request_long,
		VERDICT_request_magic,
		VERDICT_request_action,
		VERDICT_announce_short,
		VERDICT_scrape_short,
	};
	unsigned kind = dice_below(dice, 2 * sizeof(verdicts));

	if (kind < sizeof(verdicts))
		write_malformed(packet, verdicts[kind], dice);
	else
		write_with_id(id, packet, dice);
}
