// SPDX-License-Identifier: BSD-3-Clause
// --print-hashes: lists the torrents of a load, for trackers with a whitelist.

#pragma once

#include <stdbool.h>

struct options;

// Returns false, with a message on standard error, if the file cannot be written.
bool hashes_write(const struct options *options);
