// SPDX-License-Identifier: BSD-3-Clause
// Which programs peers run, as their peer ids say (BEP 20), and how many run which.
//
// Peers may send what they like: only names of clients.def are ever told, with versions of letters
// and digits.

#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	CLIENT_PEER_ID_BYTES = 20,
	CLIENT_TEXT_BYTES = 48, // of a name with its version and the byte 0
};

// Rows of clients.def.
enum {
	CLIENTS_COUNT = 0
#define CLIENT(beginning, name) +1
#include "clients.def"
#undef CLIENT
};

struct client_count {
	const char *name;
	uint64_t peers;
};

struct clients {
	uint64_t peers;
	uint64_t unknown; // of those
	struct client_count rows[CLIENTS_COUNT]; // until clients_sort, by row of the table
};

void clients_init(struct clients *clients);
void clients_add(struct clients *clients, const uint8_t peer_id[CLIENT_PEER_ID_BYTES]);

// Brings names together that several rows have, most peers first. Returns how many programs there
// are: rows[0..count) have peers. Nothing may be added afterwards.
unsigned clients_sort(struct clients *clients);

// "qBittorrent 4.5.2"; an empty text where the program is not known.
void client_text(const uint8_t peer_id[CLIENT_PEER_ID_BYTES], char text[CLIENT_TEXT_BYTES]);
