// SPDX-License-Identifier: BSD-3-Clause
// Whether snapshots can be written to snapshot.file, and one that is there may be loaded.

#pragma once

#include "../../common/error.h"
#include "../config/config.h"

#include <stdbool.h>

// The folder must exist and be writable. A file that is there must be a regular one that nobody else can read
// or change. What is in it is not looked at.
bool snapshot_path_check(const struct config *config, struct error *error);
