// SPDX-License-Identifier: BSD-3-Clause
// --replay: sends the frames of a capture file unchanged and counts the replies.

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
	struct flows flows; // clients whose MAC addresses neighbours may resolve
	struct neighbour neighbour;
	struct pace pace;
	uint64_t total; // frames to send
	uint64_t made; // frames written to mbufs
	uint64_t start_tsc;
	uint64_t last_tsc; // when a frame was last sent or received
	bool stop; // set by the main lcore: end early
	struct port_backlog backlog;
};

// Returns false, with a reason in `why`, if the file cannot be used.
bool replay_init(
	struct replay *replay,
	const struct options *options,
	struct port *port,
	struct results *results,
	char *why,
	size_t size
);
void replay_free(struct replay *replay);

// Runs the replay on the polling lcore; `argument` is the struct replay. Returns 0.
int replay_run(void *argument);
