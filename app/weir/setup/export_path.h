// SPDX-License-Identifier: BSD-3-Clause
// Whether a scrape export can be written to export.file.

#pragma once

#include "../config/config.h"

#include <stdbool.h>
#include <stddef.h>

// The folder must exist and allow us to write. False: a sentence in `why`.
bool export_path_check(const struct config *config, char *why, size_t size);
