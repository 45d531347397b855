// SPDX-License-Identifier: BSD-3-Clause
// --replay: frames of a capture file, sent as they are; what comes back is counted.

#pragma once

#include "flows.h"
#include "neighbour.h"
#include "pace.h"
#include "pcap_file.h"
#include "port.h"
#include "results.h"

#include <stdbool.h>
#include <stdint.h>

struct options;

struct replay {
	const struct options *options;
	struct port *port;
	struct results *results; // read by the main lcore
	struct pcap_frames frames;
	struct flows flows; // for whose stations neighbours may ask
	struct neighbour neighbour;
	struct pace pace;
	uint64_t total; // frames to send
	uint64_t made; // put into buffers
	uint64_t start_tsc;
	uint64_t last_tsc; // when something was sent or received
	bool stop; // set by the main lcore: end early
	struct port_backlog backlog;
};

// False, and a sentence in `why`, where the file is of no use.
bool replay_init(
	struct replay *replay,
	const struct options *options,
	struct port *port,
	struct results *results,
	char *why,
	size_t size
);
void replay_free(struct replay *replay);

// Runs it all; on the polling lcore, with `argument` the struct replay. Returns 0.
int replay_run(void *argument);
