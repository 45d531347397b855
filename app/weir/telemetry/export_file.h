// SPDX-License-Identifier: BSD-3-Clause
// A full scrape as a file: "4|6 info_hash seeders leechers completed", a line for each family of
// each torrent that has peers or downloads of that family. In no order.

#pragma once

#include "../../../lib/swarm/shard_view.h"
#include "../../common/atomic_file.h"

struct export_file {
	struct atomic_file file;
	uint64_t torrents; // that have a line
};

// Whole or not at all, as atomic_file.h says; others may read it, where the umask lets them.
bool export_file_start(struct export_file *file, const char *path);

// An ask_visit; the context is the struct export_file.
void export_file_rows(void *context, const struct shard_row *rows, unsigned count);

// False: errno says why, and an older file is as it was.
bool export_file_finish(struct export_file *file);
void export_file_abandon(struct export_file *file);
