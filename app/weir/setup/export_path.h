// SPDX-License-Identifier: BSD-3-Clause
// Whether a scrape export can be written to export.file.

#pragma once

#include "../../common/error.h"
#include "../config/config.h"

#include <stdbool.h>

// The folder must exist and be writable.
bool export_path_check(const struct config *config, struct error *error);
