// SPDX-License-Identifier: BSD-3-Clause
// Which client programs are served: starts of peer ids, such as "-qB46".
//
// One block of memory without pointers. Built by one thread; once it is published nobody changes it, and
// any thread may read. A lookup is a binary search, then a walk over those prefixes that others start with.

#pragma once

#include "access_list.h"

enum { CLIENT_LIST_PREFIX_MAX = 20 };

struct client_prefix {
	uint8_t len; // 1 to CLIENT_LIST_PREFIX_MAX
	uint8_t bytes[CLIENT_LIST_PREFIX_MAX];
	uint32_t until_s; // Unix time; 0: it stays
};

struct client_list;

size_t client_list_bytes(uint32_t count);

// Makes a list in `memory` (client_list_bytes(count) bytes, aligned to 64). Of a prefix that is there twice,
// the last one counts.
struct client_list *client_list_init(
	void *memory,
	enum access_mode mode,
	const struct client_prefix *prefixes,
	uint32_t count
);

// Whether a client with this peer id (20 bytes) is served.
bool client_list_allows(const struct client_list *list, const uint8_t *peer_id, uint32_t now_s);

uint32_t client_list_count(const struct client_list *list);
