// SPDX-License-Identifier: BSD-3-Clause
// --print-hashes: the torrents of a load as a list, for trackers that serve only what is on one.

#pragma once

#include <stdbool.h>

struct options;

// Writes the file. False, and a sentence to standard error, where it cannot.
bool hashes_write(const struct options *options);
