// SPDX-License-Identifier: BSD-3-Clause
// The file of a scrape export. It has a line for each address family of a torrent with peers or downloads:
// "4|6 info_hash seeders leechers completed". Lines are in no order.

#pragma once

#include "../../../lib/swarm/shard_view.h"
#include "../../common/atomic_file.h"

struct export_file {
	struct atomic_file file;
	uint64_t torrents; // with a line
};

// Starts an atomic file write. The file gets mode 0644, less the umask. False: errno says why.
bool export_file_start(struct export_file *file, const char *path);

// Writes the lines of some torrents: an ask_visit whose context is a struct export_file.
void export_file_rows(void *context, const struct shard_row *rows, unsigned count);

// Replaces the older file. False: errno says why, and the older file remains.
bool export_file_finish(struct export_file *file);

// Leaves the older file as it is.
void export_file_abandon(struct export_file *file);
