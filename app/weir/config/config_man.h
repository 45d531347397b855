// SPDX-License-Identifier: BSD-3-Clause
// The reference of all settings for the man page weir.cfg(5).

#pragma once

#include <stdio.h>

// Writes its section SETTINGS (mdoc).
void config_print_options_man(FILE *out);
