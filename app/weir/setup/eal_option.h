// SPDX-License-Identifier: BSD-3-Clause
// Options of EAL that the operator gives, in driver.eal or behind -- on the command line.

#pragma once

#include "../weir.h"

// `option`: as "-m" or "--no-huge".
bool eal_option_is_given(const struct weir *weir, const char *option);

// Whether any of them decides where memory comes from.
bool eal_option_rules_memory(const struct weir *weir);
