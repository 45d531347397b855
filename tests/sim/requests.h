// SPDX-License-Identifier: BSD-3-Clause
// What a client asks for: an announce of one of its torrents, as one that downloads, shares and leaves makes them, or a
// scrape; and requests that no client should send.

#pragma once

#include "dice.h"
#include "packet.h"

#include <stdbool.h>
#include <stdint.h>

enum { REQUEST_TORRENTS = 4 }; // of a client

// The torrents of a client.
struct requests_of_client {
	uint32_t torrents[REQUEST_TORRENTS];
	bool joined[REQUEST_TORRENTS], seeds[REQUEST_TORRENTS];
};

struct request {
	bool scrape;
	bool stranger; // from another address of the client's network
	bool fails; // an error is the right reply
	unsigned slot; // of the torrent of an announce
	struct packet_announce announce;
	uint8_t hashes[PACKET_HASHES_MAX][20]; // of a scrape
	unsigned hash_count;
	uint16_t extra;
};

void requests_begin(struct requests_of_client *client, struct dice *dice);
void
request_draw(struct request *request, const struct requests_of_client *client, struct dice *dice);

// It was answered, or refused.
void
request_done(const struct request *request, struct requests_of_client *client, struct dice *dice);

void
request_write(const struct request *request, const struct packet_id *id, struct packet *packet);

// `id`: one of the client's, of any age, or none.
void request_write_broken(const struct packet_id *id, struct packet *packet, struct dice *dice);
