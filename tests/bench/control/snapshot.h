// SPDX-License-Identifier: BSD-3-Clause
// Rates of saving and loading the peers of one worker, without the disk: the file is a block of memory.

#pragma once

#include "tables.h"

// Adds rows about `entries` peers in a fifth as many torrents, in peers per second: snapshot_save_* (out of
// the shard into blocks with checksums), snapshot_load_* (checked as a whole, then read again into a new shard).
// Starts the EAL.
table_measure_fn snapshot_measure;
