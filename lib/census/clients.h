// SPDX-License-Identifier: BSD-3-Clause
// The client programs of peers by their peer ids (BEP 20), and the number of peers of each.
//
// Peer ids are untrusted: only names of clients.def are used, with versions of digits and dots.

#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	CLIENT_PEER_ID_BYTES = 20,
	CLIENT_TEXT_BYTES = 48, // a name with its version and the terminating byte
};

// Rows of clients.def.
enum {
	CLIENTS_COUNT = 0
#define CLIENT(prefix, name) +1
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

// Merges rows with the same name and sorts them by the number of peers, descending. Returns the number of
// programs: rows[0..count) have peers. Nothing may be added afterwards.
unsigned clients_sort(struct clients *clients);

// Writes "qBittorrent 4.5.2", or an empty text if the program is unknown.
void client_text(const uint8_t peer_id[CLIENT_PEER_ID_BYTES], char text[CLIENT_TEXT_BYTES]);
