// SPDX-License-Identifier: BSD-3-Clause
// What Weir answered lately, kept for a while: however many clients ask us, Weir is asked each
// thing once a second.
//
// Belongs to one thread, that which asks; questions block it for up to ASK_TIMEOUT_S. A Weir that
// cannot be reached is not asked again for a second, and what another Weir said is forgotten.

#pragma once

#include "../ask/ask.h"
#include "own.h"

#include <stdint.h>

enum {
	REPLIES_MAX = 64, // kept at a time; DPDK's replies have at most 16 KiB each
	REPLIES_COMMAND_MAX = 128, // bytes, with the byte 0 behind them
	REPLIES_KEEP_MS = 1000,
	REPLIES_KEEP_TOP_MS = 10000, // what takes a look at all torrents
	REPLIES_KEEP_CLIENTS_MS = 60000, // what takes a look at all peers
};

struct replies;

// `now_us`: a clock that never jumps. NULL without memory. The caller keeps `ask` and `own`.
struct replies *replies_new(struct ask *ask, struct own *own, uint64_t (*now_us)(void));
void replies_free(struct replies *replies); // NULL too

// The value that answers `command`, at most `keep_ms` old; the caller releases it (json_decref),
// and does not change it. NULL: `error` says why; errors are kept too.
json_t *replies_get(
	struct replies *replies,
	const char *command,
	unsigned keep_ms,
	struct ask_error *error
);

// How long ago Weir said what is kept for `command`; 0 where nothing is.
uint64_t replies_age_ms(const struct replies *replies, const char *command);
